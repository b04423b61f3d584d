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


# What becomes a `domain.shared.Text` has to be more than white space, which the domain says in words. The
# class lists what Python's `str.strip` takes away; `\s` of ECMAScript is not the same.
_BLANKS = r"\t-\r\x1C-\x20\x85\xA0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000"
NOT_BLANK = rf"^[^\x00\uFFFD]*[^\x00\uFFFD{_BLANKS}][^\x00\uFFFD]*$"
FilledText = Annotated[Text, Field(json_schema_extra={"pattern": NOT_BLANK})]


def declare_format(name: str) -> Callable[[dict[str, Any]], None]:
    """Declare a format of the service's own, for a value whose check is more than a pattern.

    It takes the place of the pattern, which tools would make values of. How a good value is made is said
    to the fuzz tests in `tests/integration/http/<context>/fuzz_hooks.py`.
    """

    def declare(schema: dict[str, Any]) -> None:
        del schema["pattern"]
        schema["format"] = name

    return declare


def _exact(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value


# A decimal of a response, such as "12.50". It is text, because many who read a JSON number round it.
ExactNumber = Annotated[str, BeforeValidator(_exact), Field(json_schema_extra={"format": "decimal"})]


def _whole_number(value: Any) -> Any:
    """Take 1.0 for 1, as JSON Schema does, and neither true nor "1"."""
    if isinstance(value, bool | str | bytes):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


# A number of a body. JSON tells numbers, texts and truth values apart, while pydantic would take any of
# them for a number; `Strict` would refuse 1.0, which is an integer to JSON Schema.
WholeNumber = Annotated[int, BeforeValidator(_whole_number)]


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
