"""Pages that are good and rendered: from one aggregate to whole services of several contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from extensions.strata_contexts.walk import as_list
from tests.drawing.behaviour import (
    fields_named,
    lifecycles,
    one_or_more,
    operations,
    rules,
    together,
    told,
)
from tests.drawing.mending import mended
from tests.drawing.types import Draw, chance, pointing, some, value_of
from tests.drawing.words import (
    CONTEXTS,
    DOCS,
    ENTITIES,
    PARTS,
    ROLES,
    VALUES,
    classes_of_templates,
)

if TYPE_CHECKING:
    from tests.drawing.mending import Drawn

AUTHENTICATIONS: Final = st.sampled_from(["own", "external", "none"])


@st.composite
def pages(draw: Draw, authentication: str = "own", most: int = 3, least: int = 1) -> Drawn:
    """A page that is good and rendered, with up to so many aggregates in up to three contexts."""
    listed = st.lists(st.sampled_from(ROLES), max_size=2, unique=True)
    roles = [] if authentication == "none" else draw(listed)
    declared = draw(values()) if chance(draw, 50) else {}
    homes = draw(
        st.lists(st.sampled_from(CONTEXTS), min_size=min(least, 2), max_size=3, unique=True)
    )
    usual = st.sampled_from(ENTITIES)
    entities = draw(
        st.lists(
            usual | usual | usual | st.sampled_from(classes_of_templates()),
            min_size=least,
            max_size=most,
            unique=True,
        )
    )
    placed = [(draw(st.sampled_from(homes)), entity) for entity in entities]
    contexts: dict[str, list[Drawn]] = {}
    for home, entity in placed:
        before = len(placed) if chance(draw, 30) else placed.index((home, entity)) + 1
        there = [
            name if context == home else f"{context}.{name}" for context, name in placed[:before]
        ]
        spec = draw(aggregates(entity, tuple(declared), there, roles, authentication))
        contexts.setdefault(home, []).append(spec)
    found = page_of(contexts, declared, roles, draw(st.sampled_from(DOCS)))
    give_values(draw, found)
    page = mended(found, authentication)
    assume(page)
    return page


def page_of(contexts: dict[str, list[Drawn]], values: Drawn, roles: list[str], doc: str) -> Drawn:
    found: Drawn = {"language": 1} if values else {}
    if roles:
        found["roles"] = roles
    if values:
        found["values"] = values
    listed = [{"name": name, "doc": doc, "aggregates": each} for name, each in contexts.items()]
    return {**found, "contexts": listed}


@st.composite
def values(draw: Draw) -> Drawn:
    """One value of several fields, or two, with rules of their own or without."""
    found: Drawn = {}
    for name in some(draw, list(VALUES), most=2):
        inner = fields_named(draw, draw(st.integers(1, 4)), "value")
        more, ruled = draw(rules(inner))
        found[name] = {"fields": inner | more}
        if ruled:
            found[name]["rules"] = ruled
        if chance(draw, 40):
            found[name]["doc"] = draw(st.sampled_from(DOCS))
    return found


@st.composite
def aggregates(
    draw: Draw,
    entity: str,
    values: tuple[str, ...],
    there: list[str],
    roles: list[str],
    authentication: str,
) -> Drawn:
    """An aggregate, which may point to those that are there."""
    own = fields_named(draw, draw(st.sampled_from([1, 2, 3, 5, 8])), "aggregate", values)
    own |= draw(pointing(there))
    more, ruled = draw(rules(own))
    own |= more
    found: Drawn = {"name": entity, "fields": own}
    if ruled:
        found["rules"] = ruled
    has_owner = authentication != "none"
    if has_owner and chance(draw, 40):
        found["owner"] = draw(st.sampled_from(["none", "none", "actor"]))
        has_owner = found["owner"] == "actor"
    if chance(draw, 20):
        found["doc"] = draw(st.sampled_from(DOCS))
    if chance(draw, 15):
        found["plural"] = f"many_of_{entity.lower()}"
    if chance(draw, 15):
        found["table"] = f"t_{entity.lower()}"
    if chance(draw, 50):
        found["lifecycle"] = draw(lifecycles(values, there))
    if chance(draw, 40):
        found["parts"] = draw(parts(values, there, found.get("lifecycle", {})))
    if groups := together(draw, own, has_owner=has_owner):
        found["unique_together"] = groups
    found |= draw(operations(found, roles, authentication, has_owner=has_owner))
    return found


@st.composite
def parts(draw: Draw, values: tuple[str, ...], there: list[str], lifecycle: Drawn) -> Drawn:
    """One kind of parts, or two, each of a few fields."""
    found: Drawn = {}
    for key in some(draw, list(PARTS), most=2):
        inner = fields_named(draw, draw(st.integers(1, 4)), "part", values)
        inner |= draw(pointing(there))
        least, more = draw(st.sampled_from([0, 0, 1, 3, 5])), draw(st.sampled_from([0, 2, 40]))
        bounds = {"min": least, "max": max(1, least + more)} if chance(draw, 80) else {}
        found[key] = told(draw, {"name": PARTS[key], **bounds, "fields": inner})
        if lifecycle and chance(draw, 40):
            found[key]["in"] = one_or_more(draw, some(draw, sources_of(lifecycle)))
    return found


def sources_of(lifecycle: Drawn) -> list[str]:
    """Return the states that something leaves, the initial one first."""
    steps = lifecycle["transitions"].values()
    return list(dict.fromkeys(state for step in steps for state in as_list(step["from"])))


def give_values(draw: Draw, page: Drawn) -> None:
    """Let some fields of several fields have a default, or an example."""
    for context in page["contexts"]:
        for aggregate in context["aggregates"]:
            for spec in aggregate["fields"].values():
                if spec["type"] in page.get("values", {}) and chance(draw, 30):
                    inner = page["values"][spec["type"]]["fields"]
                    value = {name: value_of(draw, each) for name, each in inner.items()}
                    key = draw(st.sampled_from(["default", "example", "backfill"]))
                    spec[key] = {name: each for name, each in value.items() if each is not None}


def services() -> st.SearchStrategy[tuple[Drawn, str]]:
    """Pages of three to five aggregates, each with an answer to the question of authentication."""
    return AUTHENTICATIONS.flatmap(lambda each: st.tuples(pages(each, 5, 3), st.just(each)))


def good_pages() -> st.SearchStrategy[tuple[Drawn, str]]:
    """Pages of one to three aggregates, each with an answer to the question of authentication."""
    return AUTHENTICATIONS.flatmap(lambda each: st.tuples(pages(each), st.just(each)))


def drawn(strategy: st.SearchStrategy[Any], count: int, number: int = 0) -> list[Any]:
    """Draw so many examples, the same ones for the same number."""
    found: list[Any] = []

    @seed(number)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(each: Any) -> None:
        found.append(each)

    collect()
    return found
