"""Hypothesis draws pages of contexts that are good and rendered, the odd as likely as the usual.

Names are of one letter and of forty, words that the templates use themselves, and words close to keywords;
bounds are at their edges; there are changes of nothing, states in circles, and permissions for nobody.
"""

from __future__ import annotations

import ast
import re
from decimal import Context, Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from extensions import strata_contexts
from extensions.strata_contexts import models, names
from extensions.strata_contexts.checks import rules as rules_checked
from tests.pages import rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Drawn = dict[str, Any]
Draw = Any
"""What a composite strategy draws with."""

EVERYTHING: Final = Path(__file__).parent / "contexts/everything.yml"

FIELDS: Final = (
    *("a", "x1", "title", "starting_point", "number_of_seats_2", "is_there", "due_on", "began_at"),
    *("identity_of_the_traveller_who_pays_for_it", "price", "kind", "sku", "klass", "if_any"),
    *("typed", "selfish", "none_of_it", "not_null", "in_time", "orders_left", "nan", "truth"),
)
ENTITIES: Final = (
    *("It", "Order", "ParcelLabel", "HTTPProbe", "TemporaryRailwayCompartmentReservation", "X"),
    *("Person", "Shelf", "Analysis", "Box2", "Category", "Hero", "Invoice", "Journey", "Klass"),
    *("Unit", "Hour", "European", "Process", "Policy", "Quiz", "Wheel", "Area", "Agreement"),
)
CONTEXTS: Final = (
    *("x", "ordering", "warehouse_and_delivery_of_large_parcels", "sales2", "domain_of_names"),
    *("back_office", "typing_errors", "application_forms"),
)
VERBS: Final = (
    *("submit", "hand_over", "cancel_after_all", "confirm_after_the_waiting_period", "ship"),
    *("go", "relist", "created", "read_aloud", "lists", "removed", "close_2", "unlock"),
)
STATES: Final = (
    *("draft", "waiting_for_it", "gone", "new", "none_yet", "name", "open", "done", "s1"),
    *("waiting_for_a_final_confirmation_of_all", "value", "mro", "class_of_its_own", "closed"),
)
ROLES: Final = ("clerk", "deputy_supervisor_of_the_night_shift", "ada", "root", "bob")
CHOICES: Final = (
    *("on-time", "late", "never", "A4", "other", "another", "None", "class", "name", "value"),
    *("mro", "True", "in", "parse", "x", "far-too-late-for-anything-to-be-done-now"),
)
PATTERNS: Final = (
    "[A-Z]{2}",
    "97[89][0-9]{10}",
    "[a-z]+(?:-[a-z]+)*",
    r"\+[1-9][0-9]{1,14}",
    "new|used",
    r"[A-Z]\.[0-9]",
    "[!-/:-@]{3}",
)
DOCS: Final = (
    "What people ask for first",
    'We call it "the title".',
    "A {{ brace }} or two {% raw %} {# gone #}, it's said",
    "Größe für Übergröße: 100 % of it!",
    "Is it so long that it has to be broken? It is, since it goes on and on about things that matter little",
)


@cache
def names_of_templates() -> frozenset[str]:
    """Return the names that rendered code has for its own, whatever is on the page."""
    found = [
        {
            name
            for path, text in rendered(page_named(entity), "own")
            if path.suffix == ".py"
            for name in names_in(ast.parse(text))
        }
        for entity in ("Abcd", "Efgh")
    ]
    return frozenset(found[0] & found[1])


def page_named(entity: str) -> Drawn:
    """Return a page with some of everything, all of it named for an entity."""
    snake = entity.lower()
    other: Drawn = yaml.safe_load(EVERYTHING.read_text())
    aggregate = other["contexts"][0]["aggregates"][0]
    text = yaml.safe_dump({**aggregate, "name": entity}, sort_keys=False)
    for word in (
        *aggregate["fields"],
        *aggregate["changes"],
        *aggregate["lifecycle"]["transitions"],
    ):
        text = re.sub(rf"\b{word}\b", f"{snake}_{word}", text)
    return {"roles": ["clerk"], "contexts": [{"name": snake, "aggregates": [yaml.safe_load(text)]}]}


def names_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                yield name
            case ast.alias(name=name):
                yield name.rpartition(".")[2]
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name


@cache
def words_of_templates() -> tuple[str, ...]:
    """Return the names of templates as fields and verbs would have them, those of classes included."""
    lower = {
        each.lower() if each.isupper() else names.snake(each) for each in names_of_templates()
    } | {"filled", "whole"}
    lower.discard(
        "field"
    )  # an entity without secrets imports `field` in vain; 0.2.0 accepts the name
    return tuple(
        sorted(
            each for each in lower if not (each.startswith("test_") or names.snake_problem(each))
        )
    )


@cache
def classes_of_templates() -> tuple[str, ...]:
    """Return the names of templates that may be those of aggregates, too."""
    return tuple(
        sorted(
            each
            for each in names_of_templates()
            if not (each.isupper() or names.pascal_problem(each))
        )
    )


LARGE: Final = (models.MOST_INTEGER, 2**31, 2**31 - 1)
NUMBERS: Final = st.sampled_from(
    (*LARGE, *(-each for each in LARGE), -(2**31) - 1, -1, 0, 1, 2, 9),
)
SCALARS: Final = ("boolean", "date", "datetime", "uuid", "email", "url", "money")


@st.composite
def bounded(draw: Draw, kind: str, edges: list[int]) -> Drawn:
    """A type with both bounds, one of them, or none."""
    low, high = sorted((draw(st.sampled_from(edges)), draw(st.sampled_from(edges))))
    given = draw(st.sampled_from([("min", "max"), ("max",), ("min",), ()]))
    return {"type": kind, **{key: {"min": low, "max": high}[key] for key in given}}


@st.composite
def integers(draw: Draw) -> Drawn:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    given = draw(st.sampled_from([("min", "max"), ("max",), ("min",), ()]))
    return {"type": "integer", **{key: {"min": low, "max": high}[key] for key in given}}


@st.composite
def decimals(draw: Draw) -> Drawn:
    """Many digits and few, all of them after the point, bounds as far as they go."""
    precision = draw(st.sampled_from([1, 2, 9, 12, models.MOST_DIGITS]))
    scale = draw(st.sampled_from([0, 1, 3, precision]).filter(lambda each: each <= precision))
    found: Drawn = {"type": "decimal", "precision": precision, "scale": scale}
    most = 10**precision - 1
    steps = st.sampled_from([-most, -1, 0, 1, 5, most]).filter(lambda each: abs(each) <= most)
    low, high = sorted((draw(steps), draw(steps)))
    for key, number in (("min", low), ("max", high)):
        if draw(st.booleans()):
            found[key] = format(Decimal(number).scaleb(-scale, Context(prec=99)), "f")
    return found


STRINGS: Final = bounded("string", [1, 2, 3, 40, 200, models.MOST_STRING])
ENUMS: Final = st.lists(st.sampled_from(CHOICES), min_size=1, max_size=6, unique=True).map(
    lambda found: {"type": "enum", "values": found}
)
PATTERNED: Final = st.sampled_from(PATTERNS).map(lambda each: {"type": "string", "pattern": each})
SIMPLE: Final = STRINGS | PATTERNED | integers() | decimals() | ENUMS
LISTS: Final = st.tuples(
    SIMPLE | st.sampled_from([{"type": "email"}, {"type": "url"}]),
    st.sampled_from([(0, 1), (0, 5), (1, 1), (2, 3), (0, 100)]),
).map(lambda pair: {"type": "list", "of": pair[0], "min": pair[1][0], "max": pair[1][1]})
TYPES: Final = (
    SIMPLE
    | bounded("text", [1, 2, 900, models.MOST_TEXT])
    | st.sampled_from(SCALARS).map(lambda kind: {"type": kind})
    | LISTS
)
UNIQUE: Final = ("string", "integer", "decimal", "email", "uuid", "url", "date", "datetime")


def chance(draw: Draw, percent: int) -> bool:
    """Draw true about as often."""
    return bool(draw(st.integers(0, 99)) < percent)


@st.composite
def fields(draw: Draw, *, asked: bool = False) -> Drawn:
    """A field of an aggregate, or one that a transition asks for."""
    found: Drawn = draw(TYPES)
    kind = found["type"]
    if kind != "list" and chance(draw, 30):
        found = {**found, "optional": True}
    if chance(draw, 15):
        found = {**found, "sensitive": True}
    if chance(draw, 20):
        found = {**found, "doc": draw(st.sampled_from(DOCS))}
    if asked:
        return found
    if kind in UNIQUE and chance(draw, 20):
        found = {**found, "unique": True}
    if chance(draw, 20):
        found = {**found, "set": "once"}
    if not {"optional", "sensitive", "unique"} & found.keys() and chance(draw, 40):
        found = with_default(draw, found)
    return found


def with_default(draw: Draw, spec: Drawn) -> Drawn:
    """Give a field a default where its type has one, those that are false included."""
    match spec["type"]:
        case "boolean":
            return {**spec, "default": draw(st.booleans())}
        case "integer":
            edges = [spec[key] for key in ("min", "max") if key in spec] or [0]
            return {**spec, "default": draw(st.sampled_from(edges))}
        case "decimal" if "min" in spec:
            return {**spec, "default": spec["min"]}
        case "enum":
            return {**spec, "default": draw(st.sampled_from(spec["values"]))}
        case "string" | "text" if "pattern" not in spec:
            return {**spec, "default": "x" * spec.get("min", 1)}
        case _:
            return spec


@cache
def accepted_words(key: str) -> tuple[str, ...]:
    """Return the words of templates that fields may be called, or changes."""
    return tuple(
        word
        for aggregate in page_of_words()["contexts"][0]["aggregates"]
        for word in aggregate[key]
    )


def named(draw: Draw, pool: tuple[str, ...], count: int) -> list[str]:
    """Draw different names, some of them words that templates have for something else."""
    own = accepted_words("changes" if pool is VERBS else "fields")
    words = st.sampled_from(pool) | st.sampled_from(own)
    found: list[str] = draw(st.lists(words, min_size=count, max_size=count, unique=True))
    return found


def some(draw: Draw, items: list[str], least: int = 1) -> list[str]:
    """Draw some of a few, in any order."""
    drawn: list[str] = draw(
        st.lists(st.sampled_from(items), min_size=least, max_size=len(items), unique=True)
    )
    return drawn


@st.composite
def lifecycles(draw: Draw) -> Drawn:
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
        name: draw(fields(asked=True))
        for name in named(draw, ("reason", "note_of_it"), draw(st.integers(0, 2)))
    }
    transitions: Drawn = {}
    for verb, (before, after) in zip(verbs, steps, strict=True):
        transitions[verb] = {"from": before[0] if len(before) == 1 else before, "to": after}
        if asked and chance(draw, 40):
            with_ = some(draw, list(asked))
            transitions[verb]["with"] = {name: asked[name] for name in with_}
    found: Drawn = {"initial": states[0], "transitions": transitions}
    return {**found, "final": final} if final else found


COMPARED: Final = ("integer", "decimal", "money", "date", "datetime")
"""Types that are more or less than another one."""
EQUAL: Final = ("string", "boolean", "uuid", "email", "url")
"""Types that are the same as another one, or not."""


@st.composite
def rules(draw: Draw, known: dict[str, Drawn]) -> tuple[dict[str, Drawn], Drawn]:
    """Some rules, and the fields that they need beside those that are there."""
    more: dict[str, Drawn] = {}
    found: Drawn = {}
    if chance(draw, 35):
        kind = draw(st.sampled_from((*COMPARED, *EQUAL)))
        equality = rules_checked.EQUALITY
        operators = tuple(rules_checked.REVERSED) if kind in COMPARED else equality
        one, two = [each for each in ("first_of_two", "second_of_two") if each not in known]
        for name in (one, two):
            more[name] = {"type": kind}
            if chance(draw, 30):
                more[name] = {"type": kind, "optional": True}
        found["they_compare"] = f"{one} {draw(st.sampled_from(operators))} {two}"
    optional = [name for name, spec in known.items() if spec.get("optional")]
    if len(optional) > 1 and chance(draw, 50):
        found["one_is_there"] = {"any_of": some(draw, optional, 2)}
    return more, found


@st.composite
def aggregates(draw: Draw, roles: list[str], authentication: str) -> Drawn:
    """An aggregate, without its name."""
    own = {
        name: draw(fields()) for name in named(draw, FIELDS, draw(st.sampled_from([1, 2, 3, 5, 8])))
    }
    more, ruled = draw(rules(own))
    own |= more
    found: Drawn = {"fields": own}
    if ruled:
        found["rules"] = ruled
    has_owner = authentication != "none"
    if has_owner and chance(draw, 40):
        found["owner"] = draw(st.sampled_from(["none", "none", "actor"]))
        has_owner = found["owner"] == "actor"
    if chance(draw, 20):
        found["doc"] = draw(st.sampled_from(DOCS))
    if chance(draw, 50):
        found["lifecycle"] = draw(lifecycles())
    if group := together(draw, own, has_owner=has_owner):
        found["unique_together"] = [group]
    found |= draw(operations(found, roles, authentication, has_owner=has_owner))
    return found


def together(draw: Draw, own: dict[str, Drawn], *, has_owner: bool) -> list[str]:
    keys = [
        name
        for name, spec in own.items()
        if spec["type"] in (*UNIQUE, "enum") and not {"unique", "optional"} & spec.keys()
    ]
    if has_owner:
        keys.append("owner_id")
    return some(draw, keys, 2)[:3] if len(keys) > 1 and chance(draw, 30) else []


@st.composite
def operations(
    draw: Draw, found: Drawn, roles: list[str], authentication: str, *, has_owner: bool
) -> Drawn:
    """What can be done with an aggregate, and who may."""
    lifecycle = found.get("lifecycle", {})
    steps = lifecycle.get("transitions", {})
    final = lifecycle.get("final", [])
    states = list(
        dict.fromkeys([lifecycle.get("initial"), *(each["to"] for each in steps.values())])
    )
    free = [name for name, spec in found["fields"].items() if spec.get("set") != "once"]
    more: Drawn = {}
    known = ["create", "read", "list", *steps]
    if chance(draw, 20):
        more["changes"] = {}
    elif free and chance(draw, 50):
        verbs = [each for each in named(draw, VERBS, 6) if each not in steps]
        more["changes"] = {}
        for verb in verbs[: draw(st.integers(1, 3))]:
            more["changes"][verb] = {"fields": some(draw, free)}
            if lifecycle and chance(draw, 50):
                more["changes"][verb]["in"] = some(draw, [s for s in states if s not in final])
        known += more["changes"]
    elif free:
        known.append("revise")
    if chance(draw, 60):
        is_somewhere = lifecycle and chance(draw, 60)
        more["remove"] = {"in": some(draw, states)} if is_somewhere else True
        known.append("remove")
    if chance(draw, 40):
        more["reads"] = {"page": draw(st.sampled_from(["slice", "total"]))}
    if authentication != "none" and chance(draw, 60):
        more["may"] = {
            each: draw(grantees(each, roles, has_owner=has_owner)) for each in some(draw, known)[:4]
        }
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


def is_rendered(page: Drawn, authentication: str) -> bool:
    """Tell whether a page is good, and all of it is rendered."""
    return not refusals(page, authentication)


@st.composite
def pages(draw: Draw, authentication: str = "own", most: int = 3) -> Drawn:
    """A page that is good and rendered, with up to so many aggregates in up to two contexts."""
    known = st.lists(st.sampled_from(ROLES), max_size=2, unique=True)
    roles = [] if authentication == "none" else draw(known)
    known_names = st.sampled_from(ENTITIES) | st.sampled_from(classes_of_templates())
    entities = draw(st.lists(known_names, min_size=1, max_size=most, unique=True))
    homes = draw(st.lists(st.sampled_from(CONTEXTS), min_size=1, max_size=2, unique=True))
    contexts: dict[str, list[Drawn]] = {}
    for entity in entities:
        good = (
            aggregates(roles, authentication)
            .map(with_name(entity))
            .filter(lambda each: is_rendered(page_of({"x": [each]}, roles), authentication))
        )
        contexts.setdefault(draw(st.sampled_from(homes)), []).append(draw(good))
    page = page_of(contexts, roles)
    assume(is_rendered(page, authentication))  # names of one aggregate may meet those of another
    return page


def with_name(entity: str) -> Callable[[Drawn], Drawn]:
    return lambda found: {"name": entity, **found}


def page_of(contexts: dict[str, list[Drawn]], roles: list[str]) -> Drawn:
    found: Drawn = {"roles": roles} if roles else {}
    listed = [{"name": name, "aggregates": each} for name, each in contexts.items()]
    return {**found, "contexts": listed}


WORDED: Final[tuple[Drawn, ...]] = (
    {"type": "string", "min": 3},
    {"type": "list", "of": "string"},
    {"type": "string", "sensitive": True, "optional": True},
    {"type": "money"},
    {"type": "enum", "values": ["some", "more"]},
    {"type": "decimal", "min": 0, "max": 9},
)


def page_of_words() -> Drawn:
    """Return a page that has the words of templates as fields and as changes, all that it may have."""
    words = words_of_templates()
    entities = ("Glossary", "Thesaurus", "Lexicon", "Vocabulary", "Idiom", "Wording")
    count = len(entities)
    aggregates_of_words: list[Drawn] = [
        {
            "name": entity,
            "fields": {"usual": "string"}
            | {
                word: WORDED[place % len(WORDED)]
                for place, word in enumerate(words)
                if place % count == part
            },
            "changes": {word: {"fields": ["usual"]} for word in words[(part + 1) % count :: count]},
            "remove": True,
        }
        for part, entity in enumerate(entities)
    ]
    page = page_of({"wording": aggregates_of_words}, [])
    while lines := refusals(page):
        for line in lines:
            named = re.search(r"aggregates\[(\d)\]\.(fields|changes)\.(\w+)", line)
            if named:
                aggregates_of_words[int(named[1])][named[2]].pop(named[3], None)
        if not any(re.search(r"\.(fields|changes)\.", line) for line in lines):
            raise AssertionError(lines)
    return page


def refusals(page: Drawn, authentication: str = "own") -> list[str]:
    """Return why a page is bad, or else what of it is not rendered."""
    try:
        strata_contexts.read_answers(page, authentication=authentication)
    except strata_contexts.PageError as refusal:
        return refusal.lines
    return strata_contexts.unrendered(page, authentication=authentication)


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
