"""What every shape on the wire is made of: camelCase JSON, and problems as in RFC 9457."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError


def _unwrapped(value: Any) -> Any:
    return getattr(value, "value", value)


# An id is a value object inside the service and a plain UUID on the wire.
Id = Annotated[UUID, BeforeValidator(_unwrapped)]

T = TypeVar("T")


def _drop_default(schema: dict[str, Any]) -> None:
    del schema["default"]


# What is left out of a body, rather than sent as null, when there is nothing to say.
Omittable = Annotated[T | SkipJsonSchema[None], Field(json_schema_extra=_drop_default)]


# Text from outside, in a body, a form, a path or a query. PostgreSQL stores no NUL character, and
# U+FFFD is what a decoder has put where the bytes were no UTF-8. The pattern also keeps out lone
# surrogates, which a plain `str` lets pass.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00\uFFFD]*$")]

# The same, where the domain wants more than white space: what becomes a `Text` of `domain.shared`.
FilledText = Annotated[
    Text,
    Field(
        json_schema_extra={
            "pattern": r"^[^\x00\uFFFD]*[^ \t\n\f\r\x00\uFFFD][^\x00\uFFFD]*$",
        }
    ),
]


def of_format(name: str) -> Callable[[dict[str, Any]], None]:
    """Declare a format for a text whose check is more than a pattern: `json_schema_extra=of_format("isbn")`.

    The tests make values of the format by the strategy that a context registers in its
    `fuzz_hooks`. No pattern is declared beside it, for it would win.
    """

    def declare(schema: dict[str, Any]) -> None:
        del schema["pattern"]
        schema["format"] = name

    return declare


def _whole_number(value: Any) -> Any:
    """Take 1.0 for 1, as JSON Schema does, and neither true nor "1"."""
    if isinstance(value, bool | str | bytes):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


# A number of a body. JSON tells numbers, texts and truth values apart, while pydantic would take any of
# them for a number; `Strict` would refuse 1.0, which is an integer to JSON Schema.
WholeNumber = Annotated[int, BeforeValidator(_whole_number)]


def _plain(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else value


# A decimal of a response, sent as text: many who read JSON would round it. One of a request is a `Text`
# with a pattern, which becomes a `DecimalNumber` of the domain.
DecimalString = Annotated[str, BeforeValidator(_plain), Field(examples=["12.50"])]


class CamelModel(BaseModel):
    """snake_case in Python, camelCase in JSON, which knows neither NaN nor infinity."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        from_attributes=True,
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,  # an error may be logged
    )

    @classmethod
    def from_output(cls, output: Any) -> Self:
        """Build the shape from an object that has the same attributes."""
        return cls.model_validate(output)


class InputProblem(CamelModel):
    """What is wrong with one part of the input.

    `code` is stable, as that of the problem is. `pointer` is a JSON Pointer into the body, `parameter`
    the name of a parameter.
    """

    code: str
    detail: str
    pointer: Omittable[str] = None
    parameter: Omittable[str] = None


class Problem(CamelModel):
    """The body of every response that is not a success (RFC 9457).

    `code` is stable: clients decide by it. `title` and `detail` are for people.
    """

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: Omittable[str] = None
    errors: Omittable[list[InputProblem]] = None
