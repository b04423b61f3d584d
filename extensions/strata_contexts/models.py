"""The language of ``contexts.yml``, version 1: every key, its type, its default, and what it is for.

From the page down to aggregates and their parts. What fields may say is in ``field_types``, and what can be
done with an aggregate in ``operations``; ``spec`` is the base of all these models.

The reference page (``docs/contexts.md``) and the JSON Schema for editors are generated from them, and
``structure.py`` reads pages by them. The order of the keys is that of the reference.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from .field_types import Fields
from .operations import Change, Lifecycle, Reads, Remove, Transition
from .spec import MOST_ITEMS, Doc, OneOrMore, Pascal, Snake, Spec

LANGUAGE: Final = 1


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
            " final. Creation takes parts whatever this and `may` of the part say."
        ),
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
            " one of them, so what is not counted, such as `Equipment`, needs one."
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
            " an owner, members read and admins write. An empty list is for admins only. Whoever may create or"
            " change it gets all of it in the answer, also without `read`."
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
        description=(
            "Groups of fields that no two rows have in common. `owner_id` can stand here. Refused: `text`,"
            " `list`, `money`, `boolean`, values of several fields, fields that are optional or unique by"
            " themselves, and groups that few rows would use up: with fewer than three combinations."
        ),
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
