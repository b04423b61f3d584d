"""What is done with an aggregate: rules, states in circles, changes of nothing, permissions for nobody, lists."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from extensions.strata_contexts.checks import rules as rules_checked
from extensions.strata_contexts.checks.reads import NOT_SORTED
from extensions.strata_contexts.checks.rules import NUMBERS
from extensions.strata_contexts.walk import as_list
from tests.drawing.types import (
    ENUMS,
    UNIQUE,
    Draw,
    chance,
    decimals,
    fields,
    integers,
    pointing,
    some,
)
from tests.drawing.words import DOCS, FIELDS, STATES, VERBS, accepted_words

if TYPE_CHECKING:
    from tests.drawing.mending import Drawn

COMPARED: Final = ("integer", "decimal", "money", "date", "datetime")
"""Types that are more or less than another one."""
EQUAL: Final = ("string", "boolean", "uuid", "email", "url", "enum")
"""Types that are the same as another one, or not."""


def named(draw: Draw, pool: tuple[str, ...], count: int) -> list[str]:
    """Draw different names, some of them words that templates have for something else."""
    own = accepted_words("changes" if pool is VERBS else "fields")
    words = st.sampled_from(pool) | st.sampled_from(pool) | st.sampled_from(own)
    found: list[str] = draw(st.lists(words, min_size=count, max_size=count, unique=True))
    return found


def fields_named(
    draw: Draw, count: int, where: str, values: tuple[str, ...] = ()
) -> dict[str, Drawn]:
    return {name: draw(fields(where, values)) for name in named(draw, FIELDS, count)}


def one_or_more(draw: Draw, items: list[str]) -> str | list[str]:
    """Return a list, or the only one of it by its name alone."""
    return items[0] if len(items) == 1 and chance(draw, 50) else items


def told(draw: Draw, spec: Drawn) -> Drawn:
    """Say in a sentence what something means, or leave it out."""
    return {"doc": draw(st.sampled_from(DOCS)), **spec} if chance(draw, 20) else spec


@st.composite
def lifecycles(draw: Draw, values: tuple[str, ...], there: list[str]) -> Drawn:
    """States that can be reached and left, in circles or straight on; steps that ask for things."""
    states = draw(
        st.lists(st.sampled_from(STATES), min_size=2, max_size=5, unique=True),
    )
    ends = draw(st.integers(0, min(2, len(states) - 1)))
    going, final = states[: len(states) - ends], states[len(states) - ends :]
    steps = [
        (some(draw, going[: min(place, len(going))]), state)
        for place, state in enumerate(states)
        if place
    ]
    if len(going) > 1 and (not final or chance(draw, 40)):
        back = draw(st.integers(0, len(going) - 2))
        steps.append((going[back + 1 :], going[back]))
    if not final and len(going) > 1:
        steps.append(([going[-1]], going[0]))
    verbs = named(draw, VERBS, len(steps))
    asked = {
        name: draw(fields("transition", values))
        for name in named(draw, ("reason", "note_of_it"), draw(st.integers(0, 2)))
    }
    if chance(draw, 30):
        asked |= {f"{name}_then": spec for name, spec in draw(pointing(there)).items()}
    transitions: Drawn = {}
    for verb, (before, after) in zip(verbs, steps, strict=True):
        transitions[verb] = told(draw, {"from": one_or_more(draw, before), "to": after})
        if asked and chance(draw, 40):
            with_ = some(draw, list(asked))
            transitions[verb]["with"] = {name: asked[name] for name in with_}
    found: Drawn = {"initial": states[0], "transitions": transitions}
    return {**found, "final": one_or_more(draw, final)} if final else found


def of_kind(kind: str) -> st.SearchStrategy[Drawn]:
    """Return fields of a kind that compares, numbers with bounds and without; both kinds compare."""
    plain = st.just({"type": kind})
    return plain | integers() | decimals() if kind in NUMBERS else plain.map(dict)


@st.composite
def rules(draw: Draw, known: dict[str, Drawn]) -> tuple[dict[str, Drawn], Drawn]:
    """Some rules, and the fields that they need beside those that are there."""
    more: dict[str, Drawn] = {}
    found: Drawn = {}
    if chance(draw, 35):
        kind = draw(st.sampled_from((*COMPARED, *EQUAL)))
        equality = rules_checked.EQUALITY
        operators = tuple(rules_checked.REVERSED) if kind in COMPARED else equality
        count = draw(st.sampled_from([2, 2, 3]))
        compared = ["first_of_them", "second_of_them", "third_of_them"][:count]
        alike = draw(ENUMS)
        for name in compared:
            more[name] = {**alike} if kind == "enum" else draw(of_kind(kind))
            if chance(draw, 30):
                more[name]["optional"] = True
        for one, two in pairwise(compared):
            found[f"{one}_compares"] = f"{one} {draw(st.sampled_from(operators))} {two}"
    refs: dict[str, list[str]] = {}
    for name, spec in known.items():
        if spec["type"] == "ref":
            refs.setdefault(spec["to"], []).append(name)
    for alike in refs.values():
        if len(alike) > 1 and chance(draw, 50):
            found["they_differ"] = f"{alike[0]} != {alike[1]}"
    optional = [name for name, spec in known.items() if spec.get("optional")]
    if len(optional) > 1 and chance(draw, 50):
        found["one_is_there"] = {"any_of": some(draw, optional, 2)}
    return more, found


def together(draw: Draw, own: dict[str, Drawn], *, has_owner: bool) -> list[list[str]]:
    """Draw groups that are unique, the owner among them or not; most often none."""
    keys = [
        name
        for name, spec in own.items()
        if spec["type"] in (*UNIQUE, "enum", "ref") and not {"unique", "optional"} & spec.keys()
    ]
    if has_owner:
        keys.append("owner_id")
    if len(keys) < 2 or not chance(draw, 30):
        return []
    return [some(draw, keys, 2, 3) for _ in range(draw(st.sampled_from([1, 1, 2])))]


@st.composite
def operations(
    draw: Draw, found: Drawn, roles: list[str], authentication: str, *, has_owner: bool
) -> Drawn:
    """What can be done with an aggregate, and who may."""
    lifecycle = found.get("lifecycle", {})
    steps = lifecycle.get("transitions", {})
    final = as_list(lifecycle.get("final", []))
    states = list(
        dict.fromkeys([lifecycle.get("initial"), *(each["to"] for each in steps.values())])
    )
    free = [name for name, spec in found["fields"].items() if spec.get("set") != "once"]
    more: Drawn = {}
    known = ["create", "read", "list", *steps, *found.get("parts", {})]
    if chance(draw, 20):
        more["changes"] = {}
    elif free and chance(draw, 50):
        verbs = [each for each in named(draw, VERBS, 6) if each not in steps]
        more["changes"] = {}
        for verb in verbs[: draw(st.integers(1, 3))]:
            more["changes"][verb] = told(draw, {"fields": some(draw, free)})
            if lifecycle and chance(draw, 50):
                going = [state for state in states if state not in final]
                more["changes"][verb]["in"] = one_or_more(draw, some(draw, going))
        known += more["changes"]
    elif free:
        known.append("revise")
    if chance(draw, 60):
        is_somewhere = lifecycle and chance(draw, 60)
        somewhere = {"in": one_or_more(draw, some(draw, states))} if is_somewhere else {}
        more["remove"] = somewhere or draw(st.sampled_from([True, True, {}]))
        known.append("remove")
    if chance(draw, 60):
        more["reads"] = draw(reads(found, has_owner=has_owner))
    if authentication != "none" and chance(draw, 60):
        more["may"] = {
            each: draw(grantees(each, roles, has_owner=has_owner)) for each in some(draw, known)[:4]
        }
    return more


@st.composite
def reads(draw: Draw, found: Drawn, *, has_owner: bool) -> Drawn:
    """Filters and sorts by some of all that may be asked for."""
    always = ["created_at", "updated_at", *(["owner_id"] if has_owner else [])]
    always += ["state"] if "lifecycle" in found else []
    plain = {
        name: spec
        for name, spec in found["fields"].items()
        if not spec.get("sensitive") and spec["type"].islower()
    }
    filters = [
        name for name, spec in plain.items() if spec["type"] not in ("text", "list", "money")
    ]
    sorts = [
        name
        for name, spec in plain.items()
        if spec["type"] not in NOT_SORTED and not spec.get("optional")
    ]
    more: Drawn = {"page": draw(st.sampled_from(["slice", "total"]))}
    if chance(draw, 70):
        more["filter"] = some(draw, [*filters, *always], most=5)
    if chance(draw, 60):
        more["sort"] = some(draw, [*sorts, "created_at"], most=3)
    return more


@st.composite
def grantees(draw: Draw, operation: str, roles: list[str], *, has_owner: bool) -> Any:
    """Everybody, members, nobody but admins, or some."""
    some_of = [*roles, *(["owner"] if has_owner and operation != "create" else [])]
    everybody = [] if has_owner and operation == "create" else ["anyone"]
    kinds: list[st.SearchStrategy[Any]] = [st.sampled_from([*everybody, "member"]), st.just([])]
    if some_of:
        kinds.append(st.lists(st.sampled_from(some_of), min_size=1, max_size=3, unique=True))
        kinds.append(st.sampled_from(some_of))
    return draw(st.one_of(kinds))
