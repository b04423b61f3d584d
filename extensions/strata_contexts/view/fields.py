"""A field in every layer, and the classes that it brings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import names
from ..literals import day_literal, literal, moment_literal
from .reads import as_tuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..columns import Column
    from ..examples import Refused
    from .refs import RefView


@dataclass(frozen=True)
class ValueObject:
    """A class of the domain that a field brings with it.

    ``base`` is what it extends: ``Text``, ``WholeNumber``, ``DecimalNumber``, ``StrEnum`` or ``Id``.
    ``constants`` are the class attributes that differ from the base, as name, annotation and value;
    ``members`` are those of an enum, as name and value.
    """

    name: str
    base: str
    doc: str
    constants: tuple[tuple[str, str, str], ...] = ()
    members: tuple[tuple[str, str], ...] = ()

    @property
    def is_choice(self) -> bool:
        return self.base == "StrEnum"

    @property
    def is_plain(self) -> bool:
        """Whether its class has no body."""
        return not (self.doc or self.constants or self.members)

    @property
    def written_members(self) -> tuple[tuple[str, str], ...]:
        return tuple((member, literal(value)) for member, value in self.members)


@dataclass(frozen=True)
class WireType:
    """A type of the schemas that a field brings with it.

    ``format`` is its format in the API document, if it has one, and ``strategy`` makes values of it.
    """

    alias: str
    annotation: str
    format: str = ""
    strategy: str = ""


TOLD_BY_DOMAIN = ("too_short", "wrong_form", "too_small", "invalid_number")
"""Refusals of the domain that no type of a request comes before."""


@dataclass(frozen=True)
class FieldSample:
    """A good value of a field, as code: in the domain, in an input, in JSON."""

    domain: str
    input: str
    json: str


@dataclass(frozen=True)
class WrittenRefusal:
    """A value that is refused, as code, with the code of the refusal and the name of its test."""

    written: str
    code: str
    because: str


@dataclass(frozen=True)
class WrongInside:
    """What a request with a value of several fields is refused for.

    ``written`` are the members of the value that are wrong, as code. ``is_told`` says that the domain
    refuses them, not already the type in the request.
    """

    written: str
    pointer: str
    code: str
    because: str
    is_told: bool


@dataclass(frozen=True)
class FieldView:
    """A field in every layer.

    ``name`` is its name on the page, ``attribute`` in Python, ``wire`` in JSON; ``label`` is for people.
    ``type`` is the type of the language, and ``item`` the field of one item of a list.
    """

    name: str
    attribute: str
    wire: str
    label: str
    doc: str
    type: str
    is_optional: bool
    is_unique: bool
    is_once: bool
    is_sensitive: bool
    has_default: bool
    # domain
    value_object: ValueObject | None
    class_name: str
    domain_annotation: str
    # application
    input_name: str
    """What it is called in an input."""
    local: str
    """What a use case calls it once it is good."""
    is_id: bool
    """Whether it has the name or the type of an id, so that outputs keep its type."""
    input_annotation: str
    output_annotation: str
    parse_call: str
    output_call: str
    default: Any
    # infrastructure
    columns: tuple[Column, ...]
    row_calls: tuple[tuple[str, str], ...]
    """Each column with what is stored there, as an expression over the entity."""
    trusted_call: str
    """Makes the domain's value of a row."""
    # schemas and routes
    payload_call: str
    """Makes what an input has of what a request has."""
    wire_type: WireType | None
    request_annotation: str
    response_annotation: str
    # tests and the API document
    example: Any
    example_python: str
    other_example: Any
    other_example_python: str
    is_varied: bool
    """Whether ``other_example`` differs from ``example``."""
    refused: tuple[Refused, ...]
    edges: tuple[str, ...]
    """The least and the greatest value that its class accepts, as code; nothing where no bounds say it."""
    min: int | None
    max: int | None
    ref: RefView | None
    item: FieldView | None
    fields: tuple[FieldView, ...]
    """The fields of a value of several fields; of money, none."""
    allowed: str = ""
    """Which values it takes, in words, as Markdown."""
    wrong_inside: tuple[WrongInside, ...] = ()
    """What a value is refused for: each rule of each field, and each of its own."""
    repair_inside: str = ""
    """A statement that makes a body of the fuzz tests keep the rules of a value, if it has any."""
    samples: tuple[FieldSample, ...] = ()
    """Good values, each time others."""

    @property
    def is_parsed(self) -> bool:
        """Whether the domain makes a value of what an input has."""
        return self.parse_call != f"data.{self.input_name}"

    @property
    def parsed(self) -> str:
        """What a use case passes to the domain."""
        return self.local if self.is_parsed else self.parse_call

    @property
    def payload_call_of_each(self) -> str:
        """What an input has of ``each`` of several in a request."""
        return re.sub(r"\bpayload\.", "each.", self.payload_call)

    @property
    def is_shown(self) -> bool:
        return not self.is_sensitive

    @property
    def hidden(self) -> str:
        """What keeps it out of the representation of a dataclass."""
        return " = field(repr=False)" if self.is_sensitive else ""

    @property
    def is_left_out(self) -> bool:
        """Whether the aggregates of tests do not have it."""
        return self.ref is not None and self.ref.is_left_out

    @property
    def equals(self) -> str:
        """How a test compares it with a good value."""
        return "is" if self.type == "boolean" or self.is_left_out else "=="

    @property
    def request_default(self) -> str:
        """What follows its type in the request that creates."""
        return f" = {self.default_call}" if self.has_default else self.request_missing

    @property
    def default_call(self) -> str:
        """What a request has where nothing is said. A list would be one for all requests."""
        given = self.as_request(self.default)
        return f"Field(default={given})" if self.item else given

    def as_request(self, value: Any) -> str:
        """Write a value of JSON as a request has it."""
        match self.type:
            case "money":
                amount, currency = literal(value["amount"]), literal(value["currency"])
                return f"MoneyRequest(amount={amount}, currency={currency})"
            case "value":
                given = (
                    f"{each.attribute}={each.as_request(value[each.wire])}"
                    for each in self.fields
                    if value[each.wire] is not None
                )
                return f"{self.class_name}Request({', '.join(given)})"
            case _:
                return self.as_input(value)

    @property
    def request_missing(self) -> str:
        return " = None" if self.is_optional else ""

    @property
    def refusals(self) -> tuple[WrittenRefusal, ...]:
        return tuple(
            WrittenRefusal(literal(each.value), each.code, each.because) for each in self.refused
        )

    @property
    def fewest_and_most(self) -> str:
        """The numbers of items that a list may have at least and at most, as a list."""
        return literal(list(dict.fromkeys((self.min, self.max))))

    @property
    def one_item(self) -> str:
        """A list with one item, as an input."""
        return self.as_input([self.item.example]) if self.item else ""

    @property
    def one_too_few(self) -> int:
        return (self.min or 0) - 1

    @property
    def one_too_many(self) -> int:
        return (self.max or 0) + 1

    @property
    def written_edges(self) -> str:
        return f"[{', '.join(self.edges)}]"

    @property
    def written_value(self) -> str:
        """What a test compares the value of its class with that was made of ``raw``."""
        return "Decimal(raw)" if self.type == "decimal" else "raw"

    @property
    def labelled_snake(self) -> str:
        """Its name with an article, for the name of a test."""
        return names.article(self.label).replace(" ", "_")

    @property
    def wrong_input(self) -> str:
        """What an input may not have, or a good value where there is no such thing."""
        return self.as_input(self.refused[0].value) if self.refused else self.samples[0].input

    @property
    def wrong_code(self) -> str:
        return self.refused[0].code

    @property
    def wrong_path(self) -> str:
        """The path to what is wrong with it."""
        inner = ["amount"] if self.type == "money" else []
        return as_tuple((self.attribute, *inner))

    def as_input(self, value: Any) -> str:
        """Write a value of JSON as an input has it."""
        if value is None:
            return "None"
        match self.type:
            case "money":
                return f"MoneyInput({literal(value['amount'])}, {literal(value['currency'])})"
            case "value":
                given = (
                    f"{each.input_name}={each.as_input(value[each.wire])}" for each in self.fields
                )
                return f"{self.class_name}Input({', '.join(given)})"
            case "date":
                return day_literal(value)
            case "datetime":
                return moment_literal(value)
            case "list" if self.item:
                return f"[{', '.join(map(self.item.as_input, value))}]"
            case _:
                return literal(value)

    def call(self, value: Any) -> str:
        """Write a value of JSON as the domain makes one of several fields."""
        given = (each for field in self.fields for each in field.arguments(value[field.wire]))
        return f"{self.class_name}.parse({', '.join(given)})"

    def arguments(self, value: Any) -> list[str]:
        """Return what ``parse`` of a value gets for this field of it."""
        if self.type != "money":
            return [f"{self.input_name}={self.as_input(value)}"]
        money = value or {"amount": None, "currency": None}
        return [f"{self.attribute}_{part}={literal(given)}" for part, given in money.items()]

    @property
    def told(self) -> Refused | None:
        """What the domain refuses, but the type in a request does not."""
        kinds = ("string", "text", "integer", "decimal")
        told = (each for each in self.refused if each.code in TOLD_BY_DOMAIN)
        return next(told, None) if self.type in kinds else None

    @property
    def told_inside(self) -> WrongInside | None:
        return next((each for each in self.wrong_inside if each.is_told), None)

    @property
    def is_told(self) -> bool:
        return bool(self.told or self.told_inside)

    @property
    def told_pointer(self) -> str:
        """Where the answer says that it is wrong."""
        return self.told_inside.pointer if self.told_inside else f"#/{self.wire}"

    @property
    def told_value(self) -> str:
        return self.told_in("FIRST")

    def told_in(self, holder: str) -> str:
        """Write what the domain refuses of it, where a constant of the tests has a good one."""
        if self.told_inside:
            return f'{holder}["{self.wire}"] | {self.told_inside.written}'
        if self.told and self.told.code == "too_short":
            return literal(" ")
        return literal(self.told.value) if self.told else ""

    @property
    def told_code(self) -> str:
        if self.told_inside:
            return self.told_inside.code
        return self.told.code if self.told else ""

    @property
    def hidden_inside(self) -> str:
        """The names in JSON of what a value does not show, as a set; empty if it shows all."""
        return "" if self.is_sensitive else hidden_names(self.fields)


@dataclass(frozen=True)
class SampleView:
    """Good values for the fields of an aggregate, as code: in the domain, in an input, in JSON."""

    domain: dict[str, str]
    input: dict[str, str]
    json: dict[str, str]


def hidden_names(fields: Iterable[FieldView]) -> str:
    """Write the names in JSON of sensitive fields as a set; empty if there are none."""
    hidden = [literal(field.wire) for field in fields if field.is_sensitive]
    return f"{{{', '.join(hidden)}}}" if hidden else ""


class Answered:
    """What is given in a request, of which answers may not have all: the base of what has fields."""

    fields: tuple[FieldView, ...]

    @property
    def hidden_names(self) -> str:
        """The names in JSON of what answers do not have, as a set; empty if they have all."""
        return hidden_names(self.fields)

    @property
    def partly_hidden(self) -> tuple[FieldView, ...]:
        """The values of which answers do not have all."""
        return tuple(field for field in self.fields if field.hidden_inside)

    @property
    def hides(self) -> bool:
        """Whether answers do not have all that was given."""
        return bool(self.hidden_names or self.partly_hidden)


def wire_types(fields: Iterable[FieldView]) -> tuple[WireType, ...]:
    """Return the types that some fields bring, each once."""
    each = [one for field in fields for one in (field, field.item) if one]
    found = {one.wire_type.alias: one.wire_type for one in each if one.wire_type}
    return tuple(found.values())


def written_parameters(pairs: Iterable[tuple[str, str]]) -> str:
    """Write parameters with their annotations."""
    return ", ".join(f"{name}: {annotation}" for name, annotation in pairs)
