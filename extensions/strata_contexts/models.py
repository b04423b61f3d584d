"""The language of ``contexts.yml``, version 1: every key, its type, its default, and what it is for.

The reference page (``docs/contexts.md``) and the JSON Schema for editors are generated from these
models, and ``structure.py`` reads pages by them. The order of the keys is that of the reference.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from . import names

LANGUAGE: Final = 1

MOST_STRING: Final = 1_000  # what an index can hold decides; longer ones are a `text`
MOST_TEXT: Final = 100_000
MOST_ITEMS: Final = 1_000
MOST_INTEGER: Final = 2**53 - 1  # as far as JSON is read alike everywhere
MOST_DIGITS: Final = 30

Snake = Annotated[str, Field(pattern=f"^{names.SNAKE}$", max_length=names.LONGEST_NAME)]
Pascal = Annotated[str, Field(pattern=f"^{names.PASCAL}$", max_length=names.LONGEST_NAME)]
Doc = Annotated[str, Field(min_length=1, max_length=300)]
OneOrMore = str | list[str]
Number = int | float | str
"""A number: in quotes, too, since YAML cannot write every decimal exactly."""


class Spec(BaseModel):
    """A mapping on the page. It accepts no other keys than these."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FieldSpec(Spec):
    """What any field may say, whatever its type."""

    type: str
    optional: bool = Field(
        default=False, description="It may be missing, and is null then.", examples=[True]
    )
    unique: bool = Field(
        default=False,
        description=(
            "No two rows have the same; in a part, no two parts of one aggregate. Rows without it, "
            "where it is optional, do not count. It has three values at least."
        ),
        examples=[True],
    )
    default: Any = Field(
        default=None,
        description=(
            "What it is if whoever creates the aggregate, or writes one of its parts, does not say. A change has"
            " to say it: what is left out is not reset."
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


class AnyOf(Spec):
    """A rule that at least one of some optional fields is there."""

    any_of: list[str] = Field(
        min_length=2,
        description="Optional fields, of which at least one must be there.",
        examples=[["phone", "email"]],
    )


Rules = dict[Snake, str | AnyOf]

RULES_TEXT: Final = (
    "Rules over several fields, each with a name: one comparison of two fields by `<`, `<=`, `>`, `>=`,"
    " `==` or `!=`, or `any_of`. A comparison holds where one of its fields is missing."
)


class Value(Spec):
    """A value of several fields, such as an address, that any context may use."""

    doc: Doc | None = Field(
        default=None, description="What it is, in one sentence.", examples=["Where a parcel goes."]
    )
    fields: Fields = Field(
        min_length=1,
        description="Its fields: any type but `list`, `ref` and other values.",
        examples=[{"street": {"type": "string", "max": 120}, "city": "string"}],
    )
    rules: Rules = Field(default={}, description=RULES_TEXT, examples=[{"in_order": "low <= high"}])


class Part(Spec):
    """What an aggregate is made of, and never exists without it, such as the lines of an order."""

    name: Pascal = Field(description="What one of them is called.", examples=["OrderLine"])
    doc: Doc | None = Field(
        default=None,
        description="What it is, in one sentence.",
        examples=["What is ordered, and how many."],
    )
    min: int = Field(
        default=0,
        ge=0,
        le=MOST_ITEMS,
        description="The fewest. If that is the most, too, parts are changed, and none is added or removed.",
        examples=[1],
    )
    max: int = Field(default=100, ge=1, le=MOST_ITEMS, description="The most.", examples=[50])
    fields: Fields = Field(
        min_length=1,
        description="Its fields, of any type.",
        examples=[{"sku": {"type": "string", "max": 30}, "price": "money"}],
    )
    in_: OneOrMore | None = Field(
        default=None,
        alias="in",
        description=(
            "The states in which parts are added, changed and removed; by default all that are not"
            " final."
        ),
        examples=[["draft"]],
    )


class Change(Spec):
    """An intent that changes fields, and is named for it."""

    doc: Doc | None = Field(
        default=None, description="What it means, in one sentence.", examples=["Send it elsewhere."]
    )
    fields: list[str] = Field(
        min_length=1, description="The fields that it sets.", examples=[["deliver_to", "note"]]
    )
    in_: OneOrMore | None = Field(
        default=None,
        alias="in",
        description="The states in which it is possible; by default all that are not final.",
        examples=[["draft", "submitted"]],
    )


class Transition(Spec):
    """A step from one state to another, and the only way to get there."""

    doc: Doc | None = Field(
        default=None, description="What it means, in one sentence.", examples=["Call it off."]
    )
    from_: OneOrMore = Field(
        alias="from",
        description="The state that it starts from, or a list.",
        examples=[["draft", "submitted"]],
    )
    to: str = Field(description="The state that it leads to.", examples=["cancelled"])
    with_: Fields = Field(
        default={},
        alias="with",
        description="What has to be said with it. It is kept, and null before.",
        examples=[{"reason": {"type": "string", "max": 200}}],
    )


class Lifecycle(Spec):
    """The states of an aggregate. They are declared by being named, and no endpoint sets one."""

    initial: Snake = Field(description="The state of a new one.", examples=["draft"])
    final: OneOrMore = Field(
        default=[],
        description="The states that nothing leaves, and in which nothing changes.",
        examples=[["cancelled", "delivered"]],
    )
    transitions: dict[Snake, Transition] = Field(
        min_length=1,
        description="The steps, each named as what somebody does.",
        examples=[{"submit": {"from": "draft", "to": "submitted"}}],
    )


class Reads(Spec):
    """How the list can be asked for."""

    filter: list[str] = Field(
        default=[],
        description=(
            "Fields by which it can be filtered: equal to one of several values; numbers and times in "
            "a range, too. `state`, `owner_id`, `created_at` and `updated_at` can stand here."
        ),
        examples=[["state", "channel"]],
    )
    sort: list[str] = Field(
        default=["created_at"],
        description="Fields by which it can be sorted, either way; the first is how it is without being asked.",
        examples=[["created_at", "reference"]],
    )
    page: Literal["slice", "total"] = Field(
        default="slice",
        description="`slice`: go on after the last one. `total`: pages by number, with the total.",
        examples=["total"],
    )


class Remove(Spec):
    """When an aggregate may be removed."""

    in_: OneOrMore | None = Field(
        default=None,
        alias="in",
        description="The states in which it may be removed; by default all.",
        examples=[["draft"]],
    )


class Aggregate(Spec):
    """What changes together and is stored together, such as an order with its lines."""

    name: Pascal = Field(description="What one of them is called.", examples=["Order"])
    doc: Doc | None = Field(
        default=None,
        description="What it is, in one sentence.",
        examples=["What a customer wants."],
    )
    plural: Snake | None = Field(
        default=None,
        description=(
            "What several are called, and their address; by default by rule. It is another word than that for"
            " one of them."
        ),
        examples=["orders"],
    )
    table: Snake | None = Field(
        default=None,
        description="The name of the table; by default the plural.",
        examples=["orders"],
    )
    owner: Literal["actor", "none"] | None = Field(
        default=None,
        description=(
            "Whose a row is: of the `actor` that created it, or of `none`. By default `actor`, where "
            "the service knows actors."
        ),
        examples=["none"],
    )
    may: dict[str, OneOrMore] = Field(
        default={},
        description=(
            "Who may what, beside admins: `anyone` (signed in or not), `member` (whoever is signed in),"
            " `owner`, a role, or a list of these, for `create`, `read`, `list`, `remove`, a part, a"
            " change or a transition. By default members create, and the owner may do the rest; without"
            " an owner, members read and admins write. An empty list is for admins only."
        ),
        examples=[{"ship": ["clerk"]}],
    )
    fields: Fields = Field(
        min_length=1,
        description="Its fields, in the order in which code and answers have them.",
        examples=[{"reference": "string", "total": "money"}],
    )
    unique_together: list[list[str]] = Field(
        default=[],
        description="Groups of fields that no two rows have in common. `owner_id` can stand here.",
        examples=[[["reservation", "topic"]]],
    )
    rules: Rules = Field(
        default={}, description=RULES_TEXT, examples=[{"ends_after_start": "ends_on >= starts_on"}]
    )
    parts: dict[Snake, Part] = Field(
        default={},
        description="What it is made of, by what several of them are called.",
        examples=[{"lines": {"name": "OrderLine", "fields": {"sku": "string"}}}],
    )
    changes: dict[Snake, Change] | None = Field(
        default=None,
        description=(
            "Intents that change fields. By default there is one, `revise`, for all that are not "
            "`set: once`; with `{}` there is none."
        ),
        examples=[{"redirect": {"fields": ["deliver_to", "note"], "in": ["draft", "submitted"]}}],
    )
    lifecycle: Lifecycle | None = Field(
        default=None,
        description="Its states and the ways between them.",
        examples=[
            {
                "initial": "draft",
                "final": ["delivered"],
                "transitions": {"ship": {"from": "draft", "to": "delivered"}},
            }
        ],
    )
    reads: Reads = Field(
        default=Reads(),
        description="How the list can be asked for.",
        examples=[{"filter": ["state"]}],
    )
    remove: bool | Remove = Field(
        default=False,
        description="Whether it may be removed: `true`, or in which states. By default never.",
        examples=[{"in": ["draft"]}],
    )


class Context(Spec):
    """A bounded context: words that mean one thing, and what is done with them."""

    name: Snake = Field(
        description="Its name, which is a package in every layer.", examples=["ordering"]
    )
    doc: Doc | None = Field(
        default=None,
        description="What it is about, in one sentence.",
        examples=["What customers order, until it is delivered."],
    )
    aggregates: list[Aggregate] = Field(
        min_length=1,
        description="Its aggregates.",
        examples=[[{"name": "Order", "fields": {"reference": "string"}}]],
    )


class Page(Spec):
    """The whole page."""

    language: int = Field(
        default=LANGUAGE, description="The version of this language: 1.", examples=[1]
    )
    roles: list[Snake] = Field(
        default=[],
        description=(
            "Roles beside `admin`. Admins assign them to the users of the service; with `authentication=external`,"
            " a claim of the token names them."
        ),
        examples=[["clerk"]],
    )
    values: dict[Pascal, Value] = Field(
        default={},
        description="Values of several fields, which any context may use.",
        examples=[{"Address": {"fields": {"street": "string", "city": "string"}}}],
    )
    contexts: list[Context] = Field(
        default=[],
        description="The contexts of the service.",
        examples=[[{"name": "ordering", "aggregates": []}]],
    )


SPECS: Final[tuple[type[Spec], ...]] = (
    Page,
    Value,
    Context,
    Aggregate,
    Part,
    AnyOf,
    Change,
    Lifecycle,
    Transition,
    Reads,
    Remove,
)
"""The mappings of the language but for fields, in the order of the reference."""

# What a page may be called to hold: scalars as YAML has them.
Scalar = str | int | float | bool | datetime.date

ListField.model_rebuild()
for spec in SPECS:
    spec.model_rebuild()
