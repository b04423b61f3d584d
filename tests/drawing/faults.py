"""Mistakes by name: each is planted somewhere in a good page, and says where it has to be refused.

What needs more around it than any page has is planted in an aggregate of its own, `Subject`, that is added to one
of the contexts.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from extensions.strata_contexts import words
from tests.drawing.pages import pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.drawing.mending import Drawn, Place
    from tests.drawing.types import Draw

    Plant = Callable[[Draw, Drawn], Place]


@dataclass(frozen=True)
class Fault:
    """A page with one mistake, where it has to be told, and a part of what has to be said."""

    page: Drawn
    place: Place
    said: str


FAULTS: Final[dict[str, tuple[Plant, str]]] = {}


def fault(name: str, said: str) -> Callable[[Plant], Plant]:
    """Name a mistake, and what is said about it."""

    def register(plant: Plant) -> Plant:
        FAULTS[name] = (plant, said)
        return plant

    return register


@st.composite
def faulty(draw: Draw, name: str, authentication: str = "own") -> Fault:
    """A good page with one mistake planted in it."""
    page = deepcopy(draw(pages(authentication, most=2)))
    plant, said = FAULTS[name]
    place = plant(draw, page)
    return Fault(page, place, said)


def context_of(draw: Draw, page: Drawn) -> tuple[Drawn, Place]:
    place = draw(st.integers(0, len(page["contexts"]) - 1))
    return page["contexts"][place], ("contexts", place)


def aggregate_of(draw: Draw, page: Drawn) -> tuple[Drawn, Place]:
    context, path = context_of(draw, page)
    place = draw(st.integers(0, len(context["aggregates"]) - 1))
    return context["aggregates"][place], (*path, "aggregates", place)


def subject(draw: Draw, page: Drawn, **keys: Any) -> Place:
    """Add an aggregate, and return where it is."""
    context, path = context_of(draw, page)
    context["aggregates"].append({"name": "Subject", "fields": {"topic": "string"}, **keys})
    return (*path, "aggregates", len(context["aggregates"]) - 1)


def field(draw: Draw, page: Drawn, spec: Any, name: str = "odd_one") -> Place:
    """Add a field to one of the aggregates, and return where it is."""
    aggregate, path = aggregate_of(draw, page)
    aggregate["fields"][name] = spec
    return (*path, "fields", name)


def one_of(draw: Draw, *choices: Any) -> Any:
    return draw(st.sampled_from(choices))


@fault("a context called like the sample", "is a context that the service has already")
def sample(draw: Draw, page: Drawn) -> Place:
    context, path = context_of(draw, page)
    context["name"] = words.IDENTITY
    return (*path, "name")


@fault("a context called like a layer", "is a layer or folder of every service")
def layer(draw: Draw, page: Drawn) -> Place:
    context, path = context_of(draw, page)
    context["name"] = one_of(draw, *words.LAYERS)
    return (*path, "name")


@fault("a context called like a shared module", "is a module that all contexts share")
def module(draw: Draw, page: Drawn) -> Place:
    context, path = context_of(draw, page)
    context["name"] = one_of(draw, *words.SHARED_MODULES)
    return (*path, "name")


@fault("a field that something trips over", "")
def attribute(draw: Draw, page: Drawn) -> Place:
    return field(draw, page, "string", one_of(draw, *words.ATTRIBUTES, "model_x"))


@fault("a field called like a word of SQL", "PostgreSQL")
def column(draw: Draw, page: Drawn) -> Place:
    known = sorted(words.COLUMNS.keys() - words.ATTRIBUTES.keys())
    return field(draw, page, "integer", one_of(draw, *known))


@fault("an aggregate called like a class that is there", "choose another name")
def class_(draw: Draw, page: Drawn) -> Place:
    aggregate, path = aggregate_of(draw, page)
    aggregate["name"] = one_of(draw, *words.CLASSES, "Class", "Import")
    return (*path, "name")


@fault("an address that is there", "name another one as `plural`")
def address(draw: Draw, page: Drawn) -> Place:
    taken = one_of(draw, *words.SERVICE_PATHS, *words.IDENTITY_PATHS)
    return (*subject(draw, page, plural=taken, table="topics_of_it"), "plural")


@fault("a table that is there", "name another one as `table`")
def table(draw: Draw, page: Drawn) -> Place:
    taken = one_of(draw, *words.SERVICE_TABLES, *words.IDENTITY_TABLES, "select", "table")
    return (*subject(draw, page, table=taken), "table")


@fault("a name that Copier would render", "a name is lower-case words joined by _")
def jinja(draw: Draw, page: Drawn) -> Place:
    odd = one_of(draw, "{{ answers }}", "{% yield a from b %}", "../../etc", "a/b", "a b", "Größe")
    return field(draw, page, "string", odd)


@fault("a ref to nothing", "there is no ")
def nowhere(draw: Draw, page: Drawn) -> Place:
    to = one_of(draw, "Nowhere", "nowhere.Order", "Odrer", "nowhere.nothing")
    return (*field(draw, page, {"type": "ref", "to": to}), "to")


@fault("a circle", "so none of them can be the first")
def circle(draw: Draw, page: Drawn) -> Place:
    context, path = context_of(draw, page)
    start = len(context["aggregates"])
    ring = ["RingOne", "RingTwo", "RingThree"][: one_of(draw, 2, 3)]
    for place, name in enumerate(ring):
        to = ring[(place + 1) % len(ring)]
        found = {"name": name, "fields": {"successor": {"type": "ref", "to": to}}}
        context["aggregates"].append(found)
    return (*path, "aggregates", start, "fields", "successor")


@fault("one that needs one of itself", "needs one of itself to be there first")
def itself(draw: Draw, page: Drawn) -> Place:
    spec = {"type": "ref", "to": "Subject"}
    return (*subject(draw, page, fields={"successor": spec}), "fields", "successor")


@fault("a state that cannot be reached", "cannot be reached from draft")
def unreachable(draw: Draw, page: Drawn) -> Place:
    steps = {"go": {"from": "draft", "to": "gone"}, "leave": {"from": "lost", "to": "gone"}}
    lifecycle = {"initial": "draft", "final": "gone", "transitions": steps}
    path = subject(draw, page, lifecycle=lifecycle)
    return (*path, "lifecycle", "transitions", "leave", "from")


@fault("a dead end", "is a dead end")
def dead_end(draw: Draw, page: Drawn) -> Place:
    lifecycle = {"initial": "draft", "transitions": {"go": {"from": "draft", "to": "gone"}}}
    return (*subject(draw, page, lifecycle=lifecycle), "lifecycle", "transitions", "go", "to")


@fault("a rule over fields that do not compare", "not")
def rule(draw: Draw, page: Drawn) -> Place:
    one, two, operator = one_of(
        draw,
        ("integer", "date", "<"),
        ("string", "uuid", "=="),
        ("boolean", "boolean", ">"),
        ("text", "text", "=="),
        ("money", "decimal", "<="),
        ("date", "datetime", "<"),
    )
    rules = {"in_order": f"one {operator} two"}
    return (*subject(draw, page, fields={"one": one, "two": two}, rules=rules), "rules", "in_order")


@fault("a rule over a field that is not there", "there is no field")
def rule_of_nothing(draw: Draw, page: Drawn) -> Place:
    path = subject(draw, page, rules={"in_order": "topic == tropic"})
    return (*path, "rules", "in_order")


@fault("two contexts of one name", "put the aggregates of both into one")
def same_context(draw: Draw, page: Drawn) -> Place:
    context, _ = context_of(draw, page)
    again = {"name": "Again", "fields": {"title": "string"}}
    page["contexts"].append({"name": context["name"], "aggregates": [again]})
    return ("contexts", len(page["contexts"]) - 1, "name")


@fault("two aggregates of one name", "is taken by")
def same_aggregate(draw: Draw, page: Drawn) -> Place:
    aggregate, _ = aggregate_of(draw, page)
    page["contexts"].append(
        {"name": "again", "aggregates": [{"name": aggregate["name"], "fields": {"a": "string"}}]}
    )
    return ("contexts", len(page["contexts"]) - 1, "aggregates", 0, "name")


@fault("two fields that are one on the wire", "is taken by")
def same_field(draw: Draw, page: Drawn) -> Place:
    return (
        *subject(draw, page, fields={"line2": "string", "line_2": "string"}),
        "fields",
        "line_2",
    )


@fault("the same thing twice in a list", "twice")
def twice(draw: Draw, page: Drawn) -> Place:
    keys, place = one_of(
        draw,
        ({"reads": {"filter": ["topic", "topic"]}}, ("reads", "filter", 1)),
        ({"reads": {"sort": ["topic", "topic"]}}, ("reads", "sort", 1)),
        ({"unique_together": [["topic", "topic"]]}, ("unique_together", 0, 1)),
        (
            {"fields": {"kind": {"type": "enum", "values": ["a", "b", "a"]}}},
            ("fields", "kind", "values", 2),
        ),
    )
    return (*subject(draw, page, **keys), *place)


@fault("a minimum over the maximum", "is over max")
def min_over_max(draw: Draw, page: Drawn) -> Place:
    kind, low, high = one_of(
        draw, ("string", 9, 2), ("text", 9, 2), ("integer", 2, -9), ("decimal", "0.5", "0.25")
    )
    spec = {"type": kind, "min": low, "max": high}
    if kind != "text" and draw(st.booleans()):
        return (*field(draw, page, {"type": "list", "of": spec}), "of", "min")
    return (*field(draw, page, spec), "min")


@fault("more items at least than at most", "is over max")
def few_items(draw: Draw, page: Drawn) -> Place:
    return (*field(draw, page, {"type": "list", "of": "string", "min": 9, "max": 2}), "min")


@fault("more parts at least than at most", "is over max")
def few_parts(draw: Draw, page: Drawn) -> Place:
    part = {"name": "SubjectLine", "min": 3, "max": 2, "fields": {"sku": "string"}}
    return (*subject(draw, page, parts={"lines": part}), "parts", "lines", "min")


@fault("a default that its own type refuses", "expected")
def default(draw: Draw, page: Drawn) -> Place:
    spec, odd = one_of(
        draw,
        ({"type": "string", "max": 3}, "long"),
        ({"type": "string", "pattern": "[A-Z]{2}"}, "de"),
        ({"type": "integer", "min": 1}, 0),
        ({"type": "integer"}, "1"),
        ({"type": "decimal"}, "1.005"),
        ({"type": "boolean"}, "yes"),
        ({"type": "enum", "values": ["a", "b"]}, "c"),
        ({"type": "date"}, "31.01.2026"),
        ({"type": "datetime"}, "2026-01-31T12:00:00"),
        ({"type": "money"}, 12.5),
        ({"type": "email"}, "nobody"),
        ({"type": "url"}, "example.com"),
        ({"type": "list", "of": {"type": "string", "max": 3}}, ["long"]),
    )
    return (*field(draw, page, {**spec, "default": odd}), "default")


@fault("an unknown key", "did you mean")
def unknown_key(draw: Draw, page: Drawn) -> Place:
    aggregate, path = aggregate_of(draw, page)
    key, value = one_of(
        draw, ("filds", {"a": "string"}), ("lifecyle", {}), ("rulez", {}), ("Part", {})
    )
    aggregate[key] = value
    return (*path, key)


@fault("an unknown key of a field", "did you mean")
def unknown_option(draw: Draw, page: Drawn) -> Place:
    key = one_of(draw, "optinal", "uniqe", "sensitiv", "exampel", "Max")
    return (*field(draw, page, {"type": "string", key: True}), key)


@fault("a key of a later version", "not in this version of the language")
def later_key(draw: Draw, page: Drawn) -> Place:
    aggregate, path = aggregate_of(draw, page)
    key = one_of(draw, *words.NOT_YET)
    aggregate[key] = True
    return (*path, key)


@fault("a later version", "this template reads language 1")
def later_version(draw: Draw, page: Drawn) -> Place:
    page["language"] = one_of(draw, 2, 3, 99)
    return ("language",)


@fault("a boolean of YAML as a name", "a boolean to YAML")
def boolean(draw: Draw, page: Drawn) -> Place:
    """YAML reads `on` and `yes` as true, `no` and `off` as false."""
    odd = draw(st.booleans())
    kind = one_of(draw, "field", "context", "enum", "state")
    if kind == "field":
        return field(draw, page, "string", odd)
    if kind == "context":
        context, path = context_of(draw, page)
        context["name"] = odd
        return (*path, "name")
    if kind == "enum":
        return (*field(draw, page, {"type": "enum", "values": ["a", odd]}), "values", 1)
    lifecycle = {
        "initial": odd,
        "final": "gone",
        "transitions": {"go": {"from": "a", "to": "gone"}},
    }
    return (*subject(draw, page, lifecycle=lifecycle), "lifecycle", "initial")


@fault("a pattern that is no regular expression", "no regular expression")
def no_pattern(draw: Draw, page: Drawn) -> Place:
    pattern = one_of(draw, "[A-Z", "(a", "*", "[z-a]", "a)", "+a")
    return (*field(draw, page, {"type": "string", "pattern": pattern}), "pattern")


@fault("a pattern that takes exponential time", "takes exponential time")
def slow_pattern(draw: Draw, page: Drawn) -> Place:
    pattern = one_of(
        draw, "(a+)+", "([a-z]+[0-9]*)*", "(a|aa)+", "(?:a|a)*", "(a*)*b", "((ab)*|(a|b)*)*"
    )
    return (*field(draw, page, {"type": "string", "pattern": pattern}), "pattern")


@fault("a name that is too long", "shorten it")
def long_name(draw: Draw, page: Drawn) -> Place:
    return field(draw, page, "string", "a" * one_of(draw, 41, 63, 64, 200))


LONG: Final = "confirmation_of_the_waiting_time"


@fault("a name of which PostgreSQL would cut another one", "PostgreSQL would cut the name")
def cut_name(draw: Draw, page: Drawn) -> Place:
    """Constraints, keys and indexes are named for a table and its columns."""
    keys, place = one_of(
        draw,
        ({"fields": {LONG: {"type": "string", "unique": True}}}, ("fields", LONG)),
        ({"fields": {LONG: "money"}}, ("fields", LONG)),
        ({"fields": {LONG: {"type": "ref", "to": "Subject", "optional": True}}}, ("fields", LONG)),
        ({"fields": {LONG: "date"}, "reads": {"sort": [LONG]}}, ("reads", "sort", 0)),
        ({"fields": {LONG: "date"}, "reads": {"filter": [LONG]}}, ("reads", "filter", 0)),
        (
            {"fields": {LONG: "integer", "x": "integer"}, "unique_together": [[LONG, "x"]]},
            ("unique_together", 0),
        ),
        (
            {"fields": {"a": "integer", "b": "integer"}, "rules": {LONG: "a < b"}},
            ("rules", LONG),
        ),
    )
    return (*subject(draw, page, table="subjects_of_all_conversations", **keys), *place)


STATES: Final[Drawn] = {
    "initial": "draft",
    "final": "gone",
    "transitions": {"go": {"from": "draft", "to": "gone"}},
}
OF_SUBJECTS: Final[dict[str, tuple[Drawn, Place, str]]] = {
    "a permission for nobody known": (
        {"may": {"read": ["librarian"]}},
        ("may", "read", 0),
        "there is no role",
    ),
    "a permission for admins": ({"may": {"read": "admin"}}, ("may", "read"), "admins always may"),
    "a permission for what nobody does": (
        {"may": {"borrow": "member"}},
        ("may", "borrow"),
        "there is no",
    ),
    "a permission to remove what is never removed": (
        {"may": {"remove": "member"}},
        ("may", "remove"),
        "never removed",
    ),
    "a permission that says nothing": (
        {"may": {"read": ["member", "owner"]}},
        ("may", "read", 0),
        "write member alone",
    ),
    "a permission for owners of nothing": (
        {"owner": "none", "may": {"read": "owner"}},
        ("may", "read"),
        "its rows have no owner",
    ),
    "a row of somebody unknown": (
        {"may": {"create": "anyone"}},
        ("may", "create"),
        "can own nothing",
    ),
    "a change that sets the state": (
        {"lifecycle": STATES, "changes": {"move": {"fields": ["state"]}}},
        ("changes", "move", "fields", 0),
        "write a transition",
    ),
    "a change of what never changes": (
        {
            "fields": {"topic": {"type": "string", "set": "once"}},
            "changes": {"move": {"fields": ["topic"]}},
        },
        ("changes", "move", "fields", 0),
        "`set: once`",
    ),
    "a change without an intent": (
        {"changes": {"update": {"fields": ["topic"]}}},
        ("changes", "update"),
        "names no intent",
    ),
    "a change at the end": (
        {"lifecycle": STATES, "changes": {"move": {"fields": ["topic"], "in": ["gone"]}}},
        ("changes", "move", "in", 0),
        "is final",
    ),
    "a state where there are none": (
        {"remove": {"in": ["draft"]}},
        ("remove", "in"),
        "no states without a `lifecycle`",
    ),
    "a step to where it starts": (
        {
            "lifecycle": {
                **STATES,
                "transitions": {**STATES["transitions"], "stay": {"from": "draft", "to": "draft"}},
            }
        },
        ("lifecycle", "transitions", "stay", "from"),
        "which is no step",
    ),
    "a step from the end": (
        {
            "lifecycle": {
                **STATES,
                "transitions": {
                    **STATES["transitions"],
                    "give_back": {"from": "gone", "to": "draft"},
                },
            }
        },
        ("lifecycle", "transitions", "give_back", "from"),
        "is final",
    ),
    "a filter by a secret": (
        {
            "fields": {"topic": {"type": "string", "sensitive": True}},
            "reads": {"filter": ["topic"]},
        },
        ("reads", "filter", 0),
        "is sensitive",
    ),
    "a filter by a long text": (
        {"fields": {"topic": "text"}, "reads": {"filter": ["topic"]}},
        ("reads", "filter", 0),
        "by which nothing is filtered",
    ),
    "a sort by what may be missing": (
        {
            "fields": {"topic": {"type": "string", "optional": True}, "title": "string"},
            "reads": {"sort": ["topic"]},
        },
        ("reads", "sort", 0),
        "is optional",
    ),
    "a sort that says which way": (
        {"reads": {"sort": ["-topic"]}},
        ("reads", "sort", 0),
        "write topic",
    ),
    "pages of no kind": ({"reads": {"page": "cursor"}}, ("reads", "page"), "slice"),
    "a key of one field": (
        {"unique_together": [["topic"]]},
        ("unique_together", 0),
        "expected two fields or more",
    ),
    "a key of what may be missing": (
        {
            "fields": {"topic": "string", "title": {"type": "string", "optional": True}},
            "unique_together": [["topic", "title"]],
        },
        ("unique_together", 0, 1),
        "is optional",
    ),
    "a key of few values": (
        {"fields": {"topic": {"type": "boolean", "unique": True}}},
        ("fields", "topic", "unique"),
        "cannot be unique",
    ),
    "rules against each other": (
        {"fields": {"a": "date", "b": "date"}, "rules": {"one": "a < b", "two": "a > b"}},
        ("rules", "two"),
        "cannot hold together",
    ),
    "the same rule twice": (
        {"fields": {"a": "date", "b": "date"}, "rules": {"one": "a < b", "two": "b > a"}},
        ("rules", "two"),
        "says the same",
    ),
    "a rule that asks for what is there": (
        {"rules": {"one": {"any_of": ["topic"]}}},
        ("rules", "one", "any_of", 0),
        "always there",
    ),
    "a rule with a number": (
        {"fields": {"a": "integer"}, "rules": {"one": "a > 0"}},
        ("rules", "one"),
        "is its `min` or `max`",
    ),
    "a list that may be missing": (
        {"fields": {"topic": {"type": "list", "of": "string", "optional": True}}},
        ("fields", "topic", "optional"),
        "never null",
    ),
    "a list of amounts": (
        {"fields": {"topic": {"type": "list", "of": "money"}}},
        ("fields", "topic", "of"),
        "use `parts`",
    ),
    "a default of what may be missing": (
        {"fields": {"topic": {"type": "string", "optional": True, "default": "x"}}},
        ("fields", "topic", "optional"),
        "never missing",
    ),
    "a secret that everybody knows": (
        {"fields": {"topic": {"type": "string", "sensitive": True, "default": "x"}}},
        ("fields", "topic", "default"),
        "everybody would know",
    ),
    "more digits after the point than there are": (
        {"fields": {"topic": {"type": "decimal", "precision": 2, "scale": 3}}},
        ("fields", "topic", "scale"),
        "is over precision",
    ),
    "choices that differ by their spelling": (
        {"fields": {"topic": {"type": "enum", "values": ["on-time", "on_time"]}}},
        ("fields", "topic", "values", 1),
        "but for its spelling",
    ),
    "a type that is not there": (
        {"fields": {"topic": "strnig"}},
        ("fields", "topic"),
        "did you mean string?",
    ),
    "a bound that is no number": (
        {"fields": {"topic": {"type": "string", "max": "many"}}},
        ("fields", "topic", "max"),
        "expected a whole number",
    ),
    "nothing at all": ({"fields": {}}, ("fields",), "name at least one field"),
    "an address that is the word for one": (
        {"plural": "subject"},
        ("plural",),
        "one is called subject, too",
    ),
    "a ref to a part": (
        {
            "fields": {"line": {"type": "ref", "to": "SubjectLine", "optional": True}},
            "parts": {"lines_of_it": {"name": "SubjectLine", "fields": {"sku": "string"}}},
        },
        ("fields", "line", "to"),
        "is a part of Subject",
    ),
    "a field of a part that is set once": (
        {
            "parts": {
                "lines_of_it": {
                    "name": "SubjectLine",
                    "fields": {"sku": {"type": "string", "set": "once"}},
                }
            }
        },
        ("parts", "lines_of_it", "fields", "sku", "set"),
        "replaced as a whole",
    ),
    "a step that asks for what is unique": (
        {
            "lifecycle": {
                **STATES,
                "transitions": {
                    "go": {
                        "from": "draft",
                        "to": "gone",
                        "with": {"reason": {"type": "string", "unique": True}},
                    }
                },
            }
        },
        ("lifecycle", "transitions", "go", "with", "reason", "unique"),
        "is not unique",
    ),
}
"""Mistakes in an aggregate of their own: its keys, the place of the mistake in it, and what is said."""


def planted(keys: Drawn, place: Place) -> Plant:
    return lambda draw, page: (*subject(draw, page, **deepcopy(keys)), *place)


for _name, (_keys, _place, _said) in OF_SUBJECTS.items():
    FAULTS[_name] = (planted(_keys, _place), _said)
