"""The base of all schemas: camelCase JSON, common field types, and problems as in RFC 9457."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError


def _unwrapped(value: Any) -> Any:
    return getattr(value, "value", value)


# An id is a value object inside the service, and a plain UUID in JSON.
Id = Annotated[UUID, BeforeValidator(_unwrapped)]

# An id that is not a UUID, such as the subject of a token.
TextId = Annotated[str, BeforeValidator(_unwrapped)]

T = TypeVar("T")


def _drop_default(schema: dict[str, Any]) -> None:
    del schema["default"]


# A member that is left out of the body, rather than sent as null, when it has no value.
Omittable = Annotated[T | SkipJsonSchema[None], Field(json_schema_extra=_drop_default)]


# Text from a client, in a body, a form, a path or a query. PostgreSQL cannot store NUL, and a decoder
# puts U+FFFD in place of bytes that are not UTF-8. The pattern also refuses lone surrogates, which a
# plain `str` accepts.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00\uFFFD]*$")]

# Text that is more than white space, for values that become a `Text` of `domain.shared`.
FilledText = Annotated[
    Text,
    Field(
        json_schema_extra={
            "pattern": r"^[^\x00\uFFFD]*[^ \t\n\f\r\x00\uFFFD][^\x00\uFFFD]*$",
        }
    ),
]


def of_format(name: str) -> Callable[[dict[str, Any]], None]:
    """Declare a format for a text that a pattern alone cannot check.

    Use it as `json_schema_extra=of_format("isbn")`. The tests generate values of the format with
    the strategy that a context registers in its `fuzz_hooks`. The pattern is removed from the
    schema, because it would take precedence over the format.
    """

    def declare(schema: dict[str, Any]) -> None:
        del schema["pattern"]
        schema["format"] = name

    return declare


def _whole_number(value: Any) -> Any:
    """Accept 1.0 as 1, as JSON Schema does, but neither true nor "1"."""
    if isinstance(value, bool | str | bytes):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


# An integer in a body. JSON distinguishes numbers, strings and booleans, while pydantic would accept
# any of them as a number. `Strict` would refuse 1.0, which is an integer in JSON Schema.
WholeNumber = Annotated[int, BeforeValidator(_whole_number)]


# A boolean in a body. Without `Strict`, pydantic would also accept "yes" and 1.
TrueOrFalse = Annotated[bool, Strict()]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _day(value: Any) -> Any:
    """Accept days as RFC 3339 writes them; pydantic would also accept numbers and midnights."""
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise PydanticCustomError("date_type", "Input should be a day such as 2026-01-31")
    return value


# A day in a body.
Day = Annotated[date, BeforeValidator(_day)]


def _moment(value: Any) -> Any:
    """Accept texts; pydantic would also accept numbers, as seconds since 1970."""
    if not isinstance(value, datetime) and not (isinstance(value, str) and _DAY.match(value)):
        raise PydanticCustomError(
            "datetime_type", "Input should be a moment such as 2026-01-31T12:00:00Z"
        )
    return value


# The driver takes the first and the last moment for infinity, and reads them back without a zone.
_INFINITE = {
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
}


def _in_utc(value: datetime) -> datetime:
    try:
        moment = value.astimezone(UTC)
    except OverflowError as exc:
        raise _out_of_range() from exc
    if moment in _INFINITE:
        raise _out_of_range()
    return moment


def _out_of_range() -> PydanticCustomError:
    return PydanticCustomError("datetime_range", "Input should be within the years 1 to 9999")


# A moment in a body, with its time zone. It is stored, and returned, in UTC.
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_in_utc)]


def _plain(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else value


# A decimal in a response. It is sent as a string, because many JSON parsers would round a number.
# A decimal in a request is a `Text` with a pattern, which becomes a `DecimalNumber` of the domain.
DecimalString = Annotated[str, BeforeValidator(_plain), Field(examples=["12.50"])]


class CamelModel(BaseModel):
    """snake_case in Python, camelCase in JSON, which knows neither NaN nor infinity."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        field_title_generator=lambda name, _: name.replace("_", " ").capitalize(),
        validate_by_name=True,
        from_attributes=True,
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,  # an error may be logged
    )

    @classmethod
    def from_output(cls, output: Any) -> Self:
        """Build the schema from an object that has the same attributes."""
        return cls.model_validate(output)


class InputProblem(CamelModel):
    """A fault in one part of the input.

    `code` is stable, like that of the problem. `pointer` is a JSON Pointer into the body, and
    `parameter` is the name of a parameter.
    """

    code: str
    detail: str
    pointer: Omittable[str] = None
    parameter: Omittable[str] = None


class Problem(CamelModel):
    """The body of every response that is not a success (RFC 9457).

    `code` is stable: clients can base decisions on it. `title` and `detail` are for people.
    """

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: Omittable[str] = None
    errors: Omittable[list[InputProblem]] = None
