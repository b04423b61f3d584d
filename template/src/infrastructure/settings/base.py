"""What all settings have in common: how values are read, and types that several of them have."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Seconds = Annotated[float, Field(ge=0.001, le=3600)]
Name = Annotated[str, Field(min_length=1)]


def _split(given: object) -> object:
    return tuple(given.replace(",", " ").split()) if isinstance(given, str) else given


# The value is split only after the validators of the settings have checked that it is one line.
Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class EnvironmentSettings(BaseSettings):
    """Settings that are read from environment variables of the same names."""

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True, allow_inf_nan=False)

    several_lines: ClassVar[tuple[str, ...]] = ()
    """The settings whose value may have several lines; all others must be one line."""

    @field_validator("*", mode="before")
    @classmethod
    def _must_be_one_line(cls, given: object, info: ValidationInfo) -> object:
        """Strip whitespace around a value, since files end in a line break; refuse several lines.

        An optional setting, whose default is `None`, is also `None` if its variable is empty.
        """
        if not isinstance(given, str):
            return given
        name, value = str(info.field_name), given.strip()
        if not value and cls.model_fields[name].default is None:
            return None
        if not value.isprintable() and name not in cls.several_lines:
            raise ValueError("must be one line of text, without control characters")
        return value
