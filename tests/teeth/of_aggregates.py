"""Operators that change what a page says of an aggregate: its rules, its life, and who may do what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from tests.teeth.spec import (
    Operator,
    Place,
    Spec,
    aggregates,
    at,
    each_field,
    guarded_places,
    home_of,
    put,
    rule_holders,
    states,
    steps,
)

OfAggregate = Callable[[Spec, Spec], Iterator[tuple[Place, str, Any]]]
"""Yields, of an aggregate and its page, a place in the aggregate, in which way it changes, and what is there then."""
OTHER_COMPARISONS: Final = {
    ">=": (">", "<=", "=="),
    "<=": ("<", ">=", "=="),
    ">": (">=", "<"),
    "<": ("<=", ">"),
    "==": ("!=",),
    "!=": ("==",),
}


def of_each_aggregate(change: OfAggregate) -> Operator:
    def changes(page: Spec) -> Iterator[tuple[Place, str, Spec]]:
        for place in aggregates(page):
            for inner, way, value in change(at(page, place), page):
                yield (*place, *inner), way, put(page, (*place, *inner), value)

    return changes


# Rules and keys


def rule_dropped(page: Spec) -> Iterator[tuple[Place, str, Spec]]:
    for holder in rule_holders(page):
        for name in at(page, holder):
            yield (*holder, name), "", put(page, (*holder, name), None)


def rule_compares_otherwise(page: Spec) -> Iterator[tuple[Place, str, Spec]]:
    for holder in rule_holders(page):
        for name, rule in at(page, holder).items():
            if isinstance(rule, str):
                left, comparison, right = rule.split()
                for other in OTHER_COMPARISONS[comparison]:
                    after = put(page, (*holder, name), f"{left} {other} {right}")
                    yield (*holder, name), f"by {other}", after


def any_of_fewer(page: Spec) -> Iterator[tuple[Place, str, Spec]]:
    """Let a rule that one of some fields is there forget one of them."""
    for holder in rule_holders(page):
        for name, rule in at(page, holder).items():
            fields = rule.get("any_of", []) if isinstance(rule, dict) else []
            for field in fields if len(fields) > 2 else ():
                left = [each for each in fields if each != field]
                yield (
                    (*holder, name),
                    f"without {field}",
                    put(page, (*holder, name, "any_of"), left),
                )


def key_dropped(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    for number in range(len(aggregate.get("unique_together", []))):
        yield ("unique_together", number), "", None


def key_of_fewer(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    for number, group in enumerate(aggregate.get("unique_together", [])):
        for field in group if len(group) > 1 else ():
            left = [each for each in group if each != field]
            yield ("unique_together", number), f"without {field}", left


# Lifecycles and states


def step_from_more(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    for name, step in steps(aggregate).items():
        for state in states(aggregate):
            if state not in (*step["from"], *aggregate["lifecycle"]["final"], step["to"]):
                place = ("lifecycle", "transitions", name, "from")
                yield place, f"and {state}", [*step["from"], state]


def step_from_fewer(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    for name, step in steps(aggregate).items():
        for state in step["from"] if len(step["from"]) > 1 else ():
            left = [each for each in step["from"] if each != state]
            yield ("lifecycle", "transitions", name, "from"), f"but {state}", left


def step_elsewhere(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    for name, step in steps(aggregate).items():
        for state in states(aggregate):
            if state not in (*step["from"], step["to"]):
                yield ("lifecycle", "transitions", name, "to"), state, state


def starts_elsewhere(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    for state in states(aggregate):
        if state not in (aggregate["lifecycle"]["initial"], *aggregate["lifecycle"]["final"]):
            yield ("lifecycle", "initial"), state, state


def guarded_less(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    """Allow changes, parts and the removal in one more state, or in all."""
    for place in guarded_places(aggregate):
        spec = at(aggregate, place)
        if "in" not in spec:
            continue
        everywhere: Any = {key: spec[key] for key in spec if key != "in"}
        yield place, "in all states", everywhere or place == ("remove",)
        for state in states(aggregate):
            is_final = state in aggregate["lifecycle"]["final"]
            if state not in spec["in"] and (place == ("remove",) or not is_final):
                yield (*place, "in"), f"and {state}", [*spec["in"], state]


def guarded_more(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    """Allow changes, parts and the removal in one state less."""
    for place in guarded_places(aggregate):
        final = aggregate.get("lifecycle", {}).get("final", [])
        here = at(aggregate, place).get("in") or [s for s in states(aggregate) if s not in final]
        for state in here if len(here) > 1 else ():
            yield (*place, "in"), f"but {state}", [each for each in here if each != state]


def change_of_fewer(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    for name, change in aggregate.get("changes", {}).items():
        for field in change["fields"] if len(change["fields"]) > 1 else ():
            left = [each for each in change["fields"] if each != field]
            yield ("changes", name, "fields"), f"without {field}", left


def change_of_more(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    for name, change in aggregate.get("changes", {}).items():
        for field, spec in aggregate["fields"].items():
            if field not in change["fields"] and spec.get("set") != "once":
                yield ("changes", name, "fields"), f"and {field}", [*change["fields"], field]


def never_removed(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    if aggregate.get("remove"):
        yield ("remove",), "", False


def other_number_of_parts(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    for name, part in aggregate.get("parts", {}).items():
        for key in ("min", "max"):
            for number in (part[key] - 1, part[key] + 1) if key in part else ():
                yield ("parts", name, key), f"is {number}", number


# Owners and permissions


def granted(aggregate: Spec) -> Iterator[tuple[str, list[str]]]:
    """Yield who may do each operation, beside admins, by the words of the page."""
    has_owner = aggregate.get("owner") != "none"
    by_default = {"create": "member"} if has_owner else {"read": "member", "list": "member"}
    revise = aggregate.get("changes", {"revise": {}})
    remove = ["remove"] if aggregate.get("remove") else []
    others = (*revise, *steps(aggregate), *aggregate.get("parts", {}), *remove)
    for operation in ("create", "read", "list", *others):
        usual = by_default.get(operation, "owner" if has_owner else "")
        yield operation, aggregate.get("may", {}).get(operation, [usual] if usual else [])


def opened(aggregate: Spec, page: Spec) -> Iterator[tuple[Place, str, Any]]:
    """Let everybody, members, the owner or another role do an operation."""
    has_owner = aggregate.get("owner") != "none"
    for operation, before in granted(aggregate):
        for wide in ("anyone", "member"):
            if before not in (["anyone"], [wide]):
                yield ("may", operation), f"by {wide}", [wide]
        for more in (*page.get("roles", []), *(["owner"] if has_owner else [])):
            if not {more, "anyone", "member"} & {*before}:
                yield ("may", operation), f"by {more}, too", [*before, more]


def closed(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    """Let one of those who may do an operation do it no more."""
    for operation, before in granted(aggregate):
        for who in before:
            left = ["member"] if who == "anyone" else [each for each in before if each != who]
            yield ("may", operation), f"not by {who}", left


def without_owner(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    if aggregate.get("owner") != "none":
        yield ("owner",), "", "none"


# Reading, and what a ref points to


def read_by_fewer(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    for key in ("filter", "sort"):
        asked = aggregate.get("reads", {}).get(key, [])
        for name in asked if len(asked) > 1 else ():
            yield ("reads", key), f"without {name}", [each for each in asked if each != name]


def sorted_otherwise(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    """Let another sort be the one that is not asked for."""
    asked = aggregate.get("reads", {}).get("sort", [])
    if len(asked) > 1:
        yield ("reads", "sort"), f"{asked[1]} first", [*asked[1:], asked[0]]


def paged_otherwise(aggregate: Spec, _: Spec) -> Iterator[tuple[Place, str, Any]]:
    before = aggregate.get("reads", {}).get("page", "slice")
    yield ("reads", "page"), "", "slice" if before == "total" else "total"


def ref_elsewhere(page: Spec) -> Iterator[tuple[Place, str, Spec]]:
    """Let each ref point to each other aggregate."""
    for place in each_field(page):
        spec = at(page, place)
        if spec["type"] != "ref":
            continue
        own = home_of(page, place).context
        for other in aggregates(page):
            home = home_of(page, other)
            target = home.name if home.context == own else home.label
            if target != spec["to"]:
                yield place, f"to {target}", put(page, place, {**spec, "to": target})


OF_AGGREGATES: Final[dict[str, Operator]] = {
    "a rule is dropped": rule_dropped,
    "a rule compares otherwise": rule_compares_otherwise,
    "a rule accepts fewer fields": any_of_fewer,
    "`unique_together` is forgotten": of_each_aggregate(key_dropped),
    "`unique_together` has a field less": of_each_aggregate(key_of_fewer),
    "a step starts from one state more": of_each_aggregate(step_from_more),
    "a step starts from one state less": of_each_aggregate(step_from_fewer),
    "a step leads elsewhere": of_each_aggregate(step_elsewhere),
    "a new one is in another state": of_each_aggregate(starts_elsewhere),
    "something is possible in more states": of_each_aggregate(guarded_less),
    "something is possible in fewer states": of_each_aggregate(guarded_more),
    "a change sets a field less": of_each_aggregate(change_of_fewer),
    "a change sets a field more": of_each_aggregate(change_of_more),
    "nothing can be removed": of_each_aggregate(never_removed),
    "there may be more parts or fewer": of_each_aggregate(other_number_of_parts),
    "a permission is opened": of_each_aggregate(opened),
    "a permission is closed": of_each_aggregate(closed),
    "rows have no owner": of_each_aggregate(without_owner),
    "a filter or a sort is dropped": of_each_aggregate(read_by_fewer),
    "a list is in another order": of_each_aggregate(sorted_otherwise),
    "a list has other pages": of_each_aggregate(paged_otherwise),
    "a ref points elsewhere": ref_elsewhere,
}
