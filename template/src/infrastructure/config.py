"""The settings of the service, read from environment variables of the same names.

A setting without a default is required: a default secret or address would be a mistake that shows
only in production. An optional one has the default `None`, and is `None` if its variable is missing
or empty. `docs/settings.md` says what each setting protects from.
"""

from infrastructure.settings.database import DatabaseSettings
from infrastructure.settings.loading import load_settings
from infrastructure.settings.service import ServiceSettings

__all__ = ["DatabaseSettings", "Settings", "load_settings"]


class Settings(ServiceSettings):
    """The settings that the service needs. Add your own here, numbers with their bounds."""
