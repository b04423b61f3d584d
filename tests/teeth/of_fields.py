"""Operators that change what a page says of one field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from tests.teeth.spec import Operator, Place, Spec, at, each_field, put

OfField = Callable[[Spec], Spec | None]
"""Changes a field, or returns None where it does not apply."""


def of_each_field(change: OfField) -> Operator:
    def changes(page: Spec) -> Iterator[tuple[Place, str, Spec]]:
        for place in each_field(page):
            after = change(at(page, place))
            if after is not None:
                yield place, "", put(page, place, after)

    return changes


def without(key: str) -> OfField:
    def change(spec: Spec) -> Spec | None:
        return {name: spec[name] for name in spec if name != key} if key in spec else None

    return change


def moved(key: str, step: int) -> OfField:
    """Move a bound by the least that a value can differ from another one."""

    def change(spec: Spec) -> Spec | None:
        if key not in spec:
            return None
        if spec["type"] == "decimal" and key in ("min", "max"):
            least = Decimal(1).scaleb(-int(spec.get("scale", 2)))
            return {**spec, key: format(Decimal(str(spec[key])) + step * least, "f")}
        return {**spec, key: spec[key] + step}

    return change


def with_other_default(spec: Spec) -> Spec | None:
    if "default" not in spec:
        return None
    before = spec["default"]
    match spec["type"]:
        case "boolean":
            return {**spec, "default": not before}
        case "enum":
            others = [each for each in spec["values"] if each != before]
            return {**spec, "default": others[0]} if others else None
        case "integer":
            return {**spec, "default": before + 1}
        case "string" | "text":
            return {**spec, "default": f"{before}x"}
        case _:
            return None


def with_a_value_less(spec: Spec) -> Spec | None:
    is_one_of_several = spec["type"] == "enum" and len(spec["values"]) > 1
    return {**spec, "values": spec["values"][:-1]} if is_one_of_several else None


def with_a_value_more(spec: Spec) -> Spec | None:
    return {**spec, "values": [*spec["values"], "zzz"]} if spec["type"] == "enum" else None


def optional(spec: Spec) -> Spec | None:
    taken = {"optional", "default"} & spec.keys() or spec["type"] == "list"
    return None if taken else {**spec, "optional": True}


def hidden(spec: Spec) -> Spec | None:
    return None if {"sensitive", "default"} & spec.keys() else {**spec, "sensitive": True}


def of_a_wider_type(spec: Spec) -> Spec | None:
    """Let a field be any text, where it had a form."""
    longest = {"email": 254, "url": 500}.get(spec["type"])
    return {**spec, "type": "string", "max": longest} if longest else None


OF_FIELDS: Final[dict[str, Operator]] = {
    name: of_each_field(change)
    for name, change in {
        "a minimum is dropped": without("min"),
        "a maximum is dropped": without("max"),
        "a minimum is one less": moved("min", -1),
        "a minimum is one more": moved("min", 1),
        "a maximum is one more": moved("max", 1),
        "a maximum is one less": moved("max", -1),
        "a decimal has a digit more": moved("precision", 1),
        "a decimal has a digit less": moved("precision", -1),
        "a pattern is dropped": without("pattern"),
        "an address is any text": of_a_wider_type,
        "`unique` is forgotten": without("unique"),
        "`set: once` is lost": without("set"),
        "something required is optional": optional,
        "something optional is required": without("optional"),
        "a default is another one": with_other_default,
        "a default is dropped": without("default"),
        "a value is dropped": with_a_value_less,
        "a value is added": with_a_value_more,
        "something sensitive is shown": without("sensitive"),
        "something is hidden": hidden,
    }.items()
}
