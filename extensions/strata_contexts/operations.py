"""What can be done with an aggregate, in the language of ``contexts.yml``: changes, transitions, lists, removal."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .field_types import Fields
from .spec import Doc, OneOrMore, Snake, Spec


class Change(Spec):
    """An intent that changes fields, and is named for it."""

    doc: Doc | None = Field(
        default=None, description="What it means, in one sentence.", examples=["Send it elsewhere."]
    )
    fields: list[str] = Field(
        min_length=1,
        description="The fields that it sets, all of them: an optional one that is left out is emptied.",
        examples=[["deliver_to", "note"]],
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
            "a range, too. `state`, `owner_id`, `created_at` and `updated_at` can stand here. Refused: `text`,"
            " `list`, `money`, values of several fields, and sensitive fields."
        ),
        examples=[["state", "channel"]],
    )
    sort: list[str] = Field(
        default=["created_at"],
        description=(
            "Fields by which it can be sorted, either way; the first is how it is without being asked."
            " `created_at` can stand here. Refused: `text`, `list`, `money`, `boolean`, `uuid`, `ref`, values of"
            " several fields, optional and sensitive fields, `state`, `owner_id` and `updated_at`."
        ),
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
