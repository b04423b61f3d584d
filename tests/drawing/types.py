"""Fields of every type: bounds at their edges, 30 digits, lists of all that lists hold, defaults that are false."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from extensions.strata_contexts import field_types, patterns
from tests.drawing.words import CHOICES, DOCS

if TYPE_CHECKING:
    from tests.drawing.mending import Drawn

Draw = Any
"""What a composite strategy draws with."""

POINTING: Final = ("whatever_it_points_to", "other", "author", "it_belongs_to_that_one")
"""What fields are called that point to an aggregate."""

PATTERNS: Final = (
    "[A-Z]{2}",
    "97[89][0-9]{10}",
    "[a-z]+(?:-[a-z]+)*",
    r"\+[1-9][0-9]{1,14}",
    "new|used",
    r"[A-Z]\.[0-9]",
    "[!-/:-@]{3}",
    "[A-Z]{1,3}-[0-9]{1,4}(-[A-Z])?",
    "[^ \n]{4}",
    "(ab|cd){2,}",
    "[äöü]{2}",
    r"[0-9]{3}\\[0-9]",
    "[A-Z]?[0-9]+",
)
LARGE: Final = (field_types.MOST_INTEGER, 2**31, 2**31 - 1)
NUMBERS: Final = st.sampled_from(
    (*LARGE, *(-each for each in LARGE), -(2**31) - 1, -1, 0, 1, 2, 9),
)
SCALARS: Final = ("boolean", "date", "datetime", "uuid", "email", "url", "money")
UNIQUE: Final = ("string", "integer", "decimal", "email", "uuid", "url", "date", "datetime")
GIVEN: Final[Drawn] = {
    "date": "2026-01-31",
    "datetime": "2026-01-31T12:00:00Z",
    "money": {"amount": "12.50", "currency": "EUR"},
    "uuid": "01977a3e-5d5c-7a61-9a44-0f2f6d1c9b10",
    "email": "ada@example.com",
    "url": "https://example.com/a?b=c",
}


def chance(draw: Draw, percent: int) -> bool:
    """Draw true about as often."""
    return bool(draw(st.integers(0, 99)) < percent)


def some(draw: Draw, items: list[str], least: int = 1, most: int | None = None) -> list[str]:
    """Draw some of a few, in any order."""
    drawn: list[str] = draw(
        st.lists(st.sampled_from(items), min_size=least, max_size=most or len(items), unique=True)
    )
    return drawn


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
    precision = draw(st.sampled_from([1, 2, 9, 12, field_types.MOST_DIGITS]))
    scale = draw(st.sampled_from([0, 1, 3, precision]).filter(lambda each: each <= precision))
    found: Drawn = {"type": "decimal", "precision": precision, "scale": scale}
    most = 10**precision - 1
    steps = st.sampled_from([-most, -1, 0, 1, 5, most]).filter(lambda each: abs(each) <= most)
    low, high = sorted((draw(steps), draw(steps)))
    for key, number in (("min", low), ("max", high)):
        if draw(st.booleans()):
            found[key] = format(Decimal(number).scaleb(-scale, Context(prec=99)), "f")
    return found


STRINGS: Final = bounded("string", [1, 2, 3, 40, 200, field_types.MOST_STRING])
ENUMS: Final = st.lists(st.sampled_from(CHOICES), min_size=1, max_size=6, unique=True).map(
    lambda found: {"type": "enum", "values": found}
)
PATTERNED: Final = st.sampled_from(PATTERNS).map(lambda each: {"type": "string", "pattern": each})
SIMPLE: Final = STRINGS | PATTERNED | integers() | decimals() | ENUMS
ITEMS: Final = SIMPLE | st.sampled_from(SCALARS[:-1]).map(lambda kind: {"type": kind})
LISTS: Final = st.tuples(ITEMS, st.sampled_from([(0, 1), (0, 5), (1, 1), (2, 3), (0, 100)])).map(
    lambda pair: {"type": "list", "of": pair[0], "min": pair[1][0], "max": pair[1][1]}
)
SINGLE: Final = (
    SIMPLE
    | bounded("text", [1, 2, 900, field_types.MOST_TEXT])
    | st.sampled_from(SCALARS).map(lambda kind: {"type": kind})
)


@st.composite
def fields(draw: Draw, where: str = "aggregate", values: tuple[str, ...] = ()) -> Drawn:
    """A field of an aggregate, of a part, of a value, or one that a transition asks for."""
    found: Drawn = draw(kinds(where, values))
    kind = found["type"]
    if kind != "list" and chance(draw, 30):
        found["optional"] = True
    if chance(draw, 10):
        found["sensitive"] = True
    if chance(draw, 20):
        found["doc"] = draw(st.sampled_from(DOCS))
    if where in ("aggregate", "part") and kind in UNIQUE and chance(draw, 15):
        found["unique"] = True
    if where == "aggregate" and chance(draw, 15):
        found["set"] = "once"
    if chance(draw, 12):
        found |= given(draw, found, "example")
    is_kept = where in ("aggregate", "part") and not {"optional", "sensitive"} & found.keys()
    if is_kept and "unique" not in found:
        for key, percent in (("default", 35), ("backfill", 8)):
            if chance(draw, percent):
                found |= given(draw, found, key)
    return found


@st.composite
def kinds(draw: Draw, where: str, values: tuple[str, ...]) -> Drawn:
    """All types that a field may have there, those of several fields included."""
    if where != "value" and chance(draw, 15):
        return dict(draw(LISTS))
    if where != "value" and values and chance(draw, 25):
        return {"type": draw(st.sampled_from(values))}
    return dict(draw(SINGLE))


def given(draw: Draw, spec: Drawn, key: str) -> Drawn:
    """Return a value of a type under a key, those that are false included; nothing where none is known."""
    value = value_of(draw, spec)
    return {} if value is None else {key: value}


def value_of(draw: Draw, spec: Drawn) -> Any:
    match spec["type"]:
        case "boolean":
            return draw(st.booleans())
        case "integer":
            edges = [spec[key] for key in ("min", "max") if key in spec] or [0]
            return draw(st.sampled_from(edges))
        case "decimal":
            return spec.get("min", spec.get("max", 0))
        case "enum":
            return draw(st.sampled_from(spec["values"]))
        case "string" if "pattern" in spec:
            return patterns.parse(spec["pattern"]).example(1, field_types.MOST_STRING)
        case "string" | "text":
            return "x" * spec.get("min", 1)
        case "list":
            items = [value_of(draw, spec["of"])] * max(spec["min"], draw(st.integers(0, 1)))
            return None if None in items else items
        case kind:
            return GIVEN.get(kind)


@st.composite
def pointing(draw: Draw, there: list[str]) -> dict[str, Drawn]:
    """Fields that point to aggregates, the one itself among them, or none."""
    found: dict[str, Drawn] = {}
    if chance(draw, 45):
        for name in some(draw, list(POINTING), most=2):
            found[name] = {"type": "ref", "to": draw(st.sampled_from(there))}
            for key, percent in (("optional", 40), ("sensitive", 5), ("unique", 10)):
                if chance(draw, percent):
                    found[name][key] = True
            if chance(draw, 20):
                found[name]["set"] = "once"
    return found
