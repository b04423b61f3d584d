"""The fields of the language of ``contexts.yml``: what any of them may say, and then each type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field, WithJsonSchema

from .spec import MOST_ITEMS, Doc, Snake, Spec

MOST_STRING: Final = 1_000  # what an index can hold decides; longer ones are a `text`
MOST_TEXT: Final = 100_000
MOST_INTEGER: Final = 2**53 - 1  # as far as JSON is read alike everywhere
MOST_DIGITS: Final = 30

Number = int | float | str
"""A number: in quotes, too, since YAML cannot write every decimal exactly."""


class FieldSpec(Spec):
    """What any field may say, whatever its type."""

    type: str
    optional: bool = Field(
        default=False,
        description=(
            "It may be missing, and is null then. A change that leaves it out empties it. Not for a `list`,"
            " which may be empty, nor together with `default`."
        ),
        examples=[True],
    )
    unique: bool = Field(
        default=False,
        description=(
            "No two rows have the same; in a part, no two parts of one aggregate. Rows without it, "
            "where it is optional, do not count. Refused: `text`, `boolean`, `enum`, `list`, `money`, values of"
            " several fields, fields with a default, and fields that can have fewer than three values, or in a"
            " part fewer than there have to be parts."
        ),
        examples=[True],
    )
    default: Any = Field(
        default=None,
        description=(
            "What it is if whoever creates the aggregate, or writes one of its parts, does not say. A change has"
            " to say it: what is left out is not reset. Not for what is optional, unique or sensitive, nor for a"
            " `ref`, a `uuid`, or a field of `with`. A field of a value has none; where the value is used, all of it"
            " may: `stay: {type: Stay, default: {nights: 1}}`."
        ),
        examples=["web"],
    )
    backfill: Any = Field(
        default=None,
        description=(
            "What the rows that are there get when `just grow` adds it, or when it was optional before. It "
            "means nothing later. By default `default`."
        ),
        examples=["web"],
    )
    set: Literal["once"] | None = Field(
        default=None,
        description="`once`: it is given when the aggregate is created, and never changes.",
        examples=["once"],
    )
    sensitive: bool = Field(
        default=False,
        description="It is never in an answer, in a log or in a `repr`.",
        examples=[True],
    )
    doc: Doc | None = Field(
        default=None,
        description="What it is, in one sentence, for the API document and for whoever reads the code.",
        examples=["What the customer calls it."],
    )
    example: Any = Field(
        default=None,
        description="A value for the API document and the tests; by default one is made up.",
        examples=["A-1001"],
    )


@dataclass(frozen=True)
class Beyond:
    """What to do where more is wanted than a number may be."""

    beyond: str


Characters = Annotated[int, Beyond("`type: text` takes longer ones")]


class StringField(FieldSpec):
    """A line of text, without white space around it."""

    type: Literal["string"]
    min: Characters = Field(
        default=1, ge=1, le=MOST_STRING, description="The fewest characters.", examples=[3]
    )
    max: Characters = Field(
        default=200, ge=1, le=MOST_STRING, description="The most characters.", examples=[40]
    )
    pattern: str | None = Field(
        default=None,
        description=(
            "A regular expression for the whole text, of the kind that Python, ECMAScript and "
            "PostgreSQL read alike. White space around a text is cut off before."
        ),
        examples=["[A-Z]{2}"],
    )


class TextField(FieldSpec):
    """A text of any number of lines. It is neither unique nor in filters and sorts."""

    type: Literal["text"]
    min: int = Field(
        default=1, ge=1, le=MOST_TEXT, description="The fewest characters.", examples=[10]
    )
    max: int = Field(
        default=2_000, ge=1, le=MOST_TEXT, description="The most characters.", examples=[500]
    )


class IntegerField(FieldSpec):
    """A whole number."""

    type: Literal["integer"]
    min: int = Field(
        default=-(2**31),
        ge=-MOST_INTEGER,
        le=MOST_INTEGER,
        description="The smallest.",
        examples=[1],
    )
    max: int = Field(
        default=2**31 - 1,
        ge=-MOST_INTEGER,
        le=MOST_INTEGER,
        description="The largest.",
        examples=[999],
    )


class DecimalField(FieldSpec):
    """An exact number, which JSON carries as a string."""

    type: Literal["decimal"]
    precision: int = Field(
        default=12, ge=1, le=MOST_DIGITS, description="How many digits, all together.", examples=[8]
    )
    scale: int = Field(
        default=2,
        ge=0,
        le=MOST_DIGITS,
        description="How many of them after the point.",
        examples=[3],
    )
    min: Number | None = Field(
        default=None,
        description="The smallest; by default as far as the digits go.",
        examples=["0.5"],
    )
    max: Number | None = Field(
        default=None,
        description="The largest; by default as far as the digits go.",
        examples=[1000],
    )


class MoneyField(FieldSpec):
    """An amount of zero or more with two decimals, and its currency (ISO 4217).

    JSON has ``{"amount": "12.50", "currency": "EUR"}``.
    """

    type: Literal["money"]


class BooleanField(FieldSpec):
    """True or false."""

    type: Literal["boolean"]


class DateField(FieldSpec):
    """A day of the calendar."""

    type: Literal["date"]


class DatetimeField(FieldSpec):
    """A moment, with its time zone. Neither the first of the year 1 nor the last of 9999, in UTC."""

    type: Literal["datetime"]


class UuidField(FieldSpec):
    """An id that comes from somewhere else."""

    type: Literal["uuid"]


class EmailField(FieldSpec):
    """An e-mail address, of at most 254 characters."""

    type: Literal["email"]


class UrlField(FieldSpec):
    """An address on the web, http or https, of at most 500 characters."""

    type: Literal["url"]


class EnumField(FieldSpec):
    """One of a few values."""

    type: Literal["enum"]
    values: list[str] = Field(
        min_length=1,
        max_length=100,
        description="The values, as they are in JSON. More can be added later.",
        examples=[["web", "store", "phone"]],
    )


class ListField(FieldSpec):
    """Several values of one simple type, in their order. It is never null, but may be empty."""

    type: Literal["list"]
    of: Field_ = Field(
        description="What it holds: any type but `text`, `money`, `list`, `ref` and values.",
        examples=[{"type": "string", "max": 30}],
    )
    min: int = Field(default=0, ge=0, le=MOST_ITEMS, description="The fewest items.", examples=[1])
    max: int = Field(default=100, ge=1, le=MOST_ITEMS, description="The most items.", examples=[10])


class RefField(FieldSpec):
    """The id of another aggregate. Field `book` is `book_id` in Python and PostgreSQL, `bookId` in JSON.

    It has to point to something that the actor may read, whenever it is set. What an aggregate of the same
    context points to cannot be removed; nothing keeps that of another context.
    """

    type: Literal["ref"]
    to: str = Field(
        description="An aggregate of the same context, or `context.Aggregate` of another.",
        examples=["catalog.Book"],
    )


class ValueField(FieldSpec):
    """A value of several fields, which stands under `values`. It is written by its name alone, too."""

    type: str


FIELD_TYPES: Final[dict[str, type[FieldSpec]]] = {
    "string": StringField,
    "text": TextField,
    "integer": IntegerField,
    "decimal": DecimalField,
    "money": MoneyField,
    "boolean": BooleanField,
    "date": DateField,
    "datetime": DatetimeField,
    "uuid": UuidField,
    "email": EmailField,
    "url": UrlField,
    "enum": EnumField,
    "list": ListField,
    "ref": RefField,
}
SHORT_TYPES: Final = tuple(name for name in FIELD_TYPES if name not in ("enum", "list", "ref"))
"""Types that can be written by their names alone."""


class BrokenField(FieldSpec):
    """Stands for a field that could not be read. Checks take it for whatever they would like.

    ``rest`` is what could be read of it, if its type was known.
    """

    rest: FieldSpec | None = None


def field_schema() -> dict[str, Any]:
    """Say in JSON Schema how a field is written: by its type's name, or as a mapping."""
    return {
        "anyOf": [
            {"enum": list(SHORT_TYPES), "type": "string"},
            {"$ref": "#/$defs/ValueName"},
            *({"$ref": f"#/$defs/{spec.__name__}"} for spec in FIELD_TYPES.values()),
            {"$ref": "#/$defs/ValueField"},
        ]
    }


# Pydantic follows each `$ref` while it writes a schema, so this one is put in by `schema.py`.
FIELD_MARK: Final = "a field"
Field_ = Annotated[FieldSpec, WithJsonSchema({"$comment": FIELD_MARK})]
"""A field on the page: the name of a type, or a mapping with a key ``type``."""

Fields = dict[Snake, Field_]

ListField.model_rebuild()  # what it holds is a field, which is only known here
