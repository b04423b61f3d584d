"""The settings of requests and responses."""

from pydantic import Field, field_validator

from infrastructure.addresses import check_origin
from infrastructure.settings.base import EnvironmentSettings, Listed, Seconds


class RequestSettings(EnvironmentSettings):
    max_body_bytes: int = Field(default=1_048_576, ge=0, le=1_073_741_824)
    """The maximum size of a request body; a larger one is refused."""

    cors_origins: Listed = ()
    """Origins whose web pages may call the service, separated by commas; `*` allows all."""

    api_docs: bool = True
    """Serve `/docs` and `/openapi.json`."""

    readiness_timeout: Seconds = 2.0
    """Seconds that `/health/ready` waits for the database to answer."""

    @field_validator("cors_origins")
    @classmethod
    def _must_be_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(origin if origin == "*" else check_origin(origin) for origin in origins)
