"""Random pages of contexts, and the files that the template renders for them, without Copier around it.

A page that draws a key or a type is as likely to be odd as to be usual: names of one letter and of forty,
no change at all, fields that never change, everything open.
"""

from __future__ import annotations

import random
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jinja2

from extensions import strata_contexts
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE: Final = ROOT / "template"
NAMES: Final = (
    *("a", "title", "starting_point", "number_of_seats_2", "is_there", "remark_about_the_weather"),
    *("identity_of_the_traveller_who_pays_for_it", "due_on", "began_at", "price", "kind", "sku"),
)
ENTITIES: Final = (
    "It",
    "Order",
    "ParcelLabel",
    "HTTPProbe",
    "TemporaryRailwayCompartmentReservation",
)
VALUES: Final = ("Span", "PlaceOfWork", "DimensionsOfTheRailwayCompartment")
VERBS: Final = (
    "submit",
    "hand_over",
    "cancel_after_all",
    "confirm_after_the_waiting_period",
    "ship",
)
PARTS: Final = {
    "lines": "Line",
    "bits": "B",
    "seats_in_the_whole_train": "Seat",
}
ROLES: Final = ("clerk", "deputy_supervisor_of_the_night_shift")


def random_page(seed: int) -> dict[str, Any]:
    """Draw a page that is rendered, the same one for the same seed."""
    draw = random.Random(seed)  # noqa: S311 - nothing is secret here
    while True:
        declared = values(draw) if draw.random() < 0.5 else {}
        page = {
            "roles": list(ROLES[: draw.randint(0, 2)]),
            "values": declared,
            "contexts": [context(draw, list(declared))],
        }
        if is_rendered(page):
            return page


def is_rendered(page: dict[str, Any]) -> bool:
    try:
        strata_contexts.read_answers(page)
    except strata_contexts.PageError:
        return False
    return not strata_contexts.unrendered(page)


def values(draw: random.Random) -> dict[str, Any]:
    """Draw one value of several fields, or two."""
    found: dict[str, Any] = {}
    for name in draw.sample(VALUES, draw.randint(1, 2)):
        fields = {each: field(draw) for each in draw.sample(NAMES, draw.randint(1, 5))}
        for spec in fields.values():
            spec.pop("unique", None)
            spec.pop("set", None)
            if draw.random() < 0.2:
                spec["sensitive"] = True
        found[name] = {"fields": fields}
        if draw.random() < 0.5:
            found[name]["doc"] = "What they know it by, wherever it is"
    return found


def context(draw: random.Random, values: list[str]) -> dict[str, Any]:
    names = draw.sample(ENTITIES, draw.randint(1, 2))
    name = draw.choice(["x", "ordering", "warehouse_and_delivery_of_large_parcels"])
    found = [aggregate(draw, each, values) for each in names]
    for each in found:
        if draw.random() < 0.5:
            target = draw.choice(names)
            spec = {"type": "ref", "to": target, "optional": draw.random() < 0.5}
            each["fields"]["whatever_it_points_to"] = spec
    return {"name": name, "aggregates": found}


def aggregate(draw: random.Random, name: str, values: list[str]) -> dict[str, Any]:
    fields = {each: field(draw) for each in draw.sample(NAMES, draw.randint(1, 7))}
    for each in draw.sample(NAMES, draw.randint(0, 2)) if values else ():
        fields[each] = {"type": draw.choice(values), "optional": draw.random() < 0.5}
    found: dict[str, Any] = {"name": name, "fields": fields}
    if draw.random() < 0.3:
        found["owner"] = "none"
    if draw.random() < 0.5:
        found["lifecycle"] = lifecycle(draw)
    free = [each for each, spec in fields.items() if spec.get("set") != "once"]
    if draw.random() < 0.3:
        found["changes"] = {}
    elif free and draw.random() < 0.4:
        found["changes"] = {"move": {"fields": draw.sample(free, draw.randint(1, len(free)))}}
    if draw.random() < 0.5:
        found["remove"] = True
    if draw.random() < 0.5:
        found["parts"] = {
            key: part(draw, key) for key in draw.sample(list(PARTS), draw.randint(1, 2))
        }
    if draw.random() < 0.6:
        found["reads"] = reads(draw, found)
    if draw.random() < 0.5:
        allowed = draw.choice(["anyone", "member", [], ["clerk"], ["owner", "clerk"]])
        found["may"] = {draw.choice(["read", "list", "create", "revise", "move"]): allowed}
    return found


def part(draw: random.Random, key: str) -> dict[str, Any]:
    fields = {each: field(draw) for each in draw.sample(NAMES, draw.randint(1, 3))}
    for each in fields.values():
        each.pop("set", None)
    least = draw.choice([0, 1, 3, 5])
    most = least + draw.choice([0, 1, 2, 40])
    return {"name": PARTS[key], "min": least, "max": max(1, most), "fields": fields}


def reads(draw: random.Random, aggregate: dict[str, Any]) -> dict[str, Any]:
    """Draw what a list can be asked for: of all fields, those that the language lets it be asked for."""
    names = [*aggregate["fields"], "created_at", "updated_at"]
    names += ["state"] if "lifecycle" in aggregate else []
    names += ["owner_id"] if "owner" not in aggregate else []
    found: dict[str, Any] = {"page": draw.choice(["slice", "total"])}
    filters = [
        each for each in names if draw.random() < 0.5 and can_be({"filter": [each]}, aggregate)
    ]
    sorts = [each for each in names if draw.random() < 0.3 and can_be({"sort": [each]}, aggregate)]
    return found | ({"filter": filters} if filters else {}) | ({"sort": sorts} if sorts else {})


def can_be(reads: dict[str, Any], aggregate: dict[str, Any]) -> bool:
    page = {"contexts": [{"name": "x", "aggregates": [{**aggregate, "reads": reads}]}]}
    return not any(".reads." in line for line in mistakes(page))


def mistakes(page: dict[str, Any]) -> list[str]:
    try:
        strata_contexts.read_answers(page)
    except strata_contexts.PageError as error:
        return error.lines
    return []


def field(draw: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = draw.choice(
        [
            {"type": "string", "max": draw.choice([1, 30, 200])},
            {"type": "string", "min": 3, "max": 40},
            {"type": "string", "pattern": "[A-Z]{2}"},
            {"type": "text"},
            {"type": "integer", "min": draw.choice([-5, 0, 1]), "max": draw.choice([9, 2**40])},
            {"type": "decimal", "precision": 9, "scale": draw.choice([0, 3])},
            {"type": "decimal", "min": "0.5", "max": 100},
            {"type": "enum", "values": draw.choice([["on-time", "late", "never"], ["only"]])},
            {"type": draw.choice(["boolean", "date", "datetime", "uuid", "email", "url", "money"])},
            {"type": "list", "of": draw.choice(["string", "integer", "email"]), "max": 5},
        ]
    )
    if found["type"] != "list" and draw.random() < 0.3:
        found["optional"] = True
    if found["type"] in ("string", "integer", "email", "uuid") and draw.random() < 0.3:
        found["unique"] = True
    if draw.random() < 0.2:
        found["set"] = "once"
    if draw.random() < 0.2:
        found["doc"] = "What people ask for first, when they write to us about it"
    return found


def lifecycle(draw: random.Random) -> dict[str, Any]:
    first, second = draw.sample(VERBS, 2)
    asked: dict[str, Any] = (
        {"with": {"reason": {"type": "string", "max": 90}}} if draw.random() < 0.5 else {}
    )
    return {
        "initial": "draft",
        "final": "gone",
        "transitions": {
            first: {"from": "draft", "to": "waiting-for-it"},
            second: {"from": ["draft", "waiting-for-it"], "to": "gone", **asked},
        },
    }


def rendered(
    page: dict[str, Any], authentication: str, below: str | tuple[str, ...] = ""
) -> Iterator[tuple[Path, str]]:
    """Yield the files of a page, or those below some folders, with their paths in the service."""
    view = strata_contexts.view_of(
        strata_contexts.read_answers(page, authentication=authentication), authentication
    )
    known = {"model": view, "contexts": page["contexts"], "authentication": authentication}
    for file in sorted(TEMPLATE.rglob("*")):
        name = str(file.relative_to(TEMPLATE))
        is_of_a_page = "yield" in name or "if contexts" in name or "if model" in name
        if file.is_file() and is_of_a_page and name.startswith(below):
            text = file.read_text()
            for path, names in paths(name, known):
                if Path(path).name == ".jinja":
                    continue
                if file.suffix == ".jinja":
                    yield Path(path.removesuffix(".jinja")), compiled(text).render(names)
                else:
                    yield Path(path), text


@cache
def compiled(text: str) -> jinja2.Template:
    """Compile a template as Copier does, but only once: most of the time goes there."""
    environment = jinja2.Environment(  # noqa: S701 - no HTML
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["laid_out"] = lru_cache(maxsize=16)(strata_contexts.laid_out)
    return environment.from_string(text)


def paths(name: str, known: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each path that a path with repetitions stands for, with what is known there."""
    start, found, rest = name.partition("{% yield ")
    if not found:
        path = compiled(name).render(known)
        if "//" not in path and not path.endswith("/"):
            yield path, known
        return
    head, _, tail = rest.partition(" %}")
    item, _, source = head.partition(" from ")
    body, _, after = tail.partition("{% endyield %}")
    holder, _, attribute = source.partition(".")
    for each in getattr(known[holder], attribute):
        names = {**known, item: each}
        printed = compiled(body).render(names)
        yield from paths(f"{start}{printed}{after}", names)
