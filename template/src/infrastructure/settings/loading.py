"""Reading the settings, or refusing to start."""

import sys
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

SettingsT = TypeVar("SettingsT", bound=BaseSettings)


def load_settings(settings_type: type[SettingsT]) -> SettingsT:
    """Read the settings, or exit the process.

    Raises:
        SystemExit: settings are missing or invalid. The message names each and shows no values.
    """
    try:
        return settings_type()
    except ValidationError as exc:
        problems = [f"  {str(e['loc'][0]).upper()}: {_reason(e)}" for e in exc.errors()]
        sys.exit(
            "The service cannot start, settings are missing or wrong:\n"
            + "\n".join(problems)
            + "\ndocs/settings.md says what each is for."
        )


def _reason(error: "ErrorDetails") -> str:
    match error["type"]:
        case "missing":
            return "missing"
        case "too_short" | "string_too_short":
            least = error["ctx"]["min_length"]
            return "must not be empty" if least == 1 else f"must have at least {least} characters"
        case _:
            return error["msg"].removeprefix("Value error, ")
