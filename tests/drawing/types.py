"""Fields of every type: bounds at their edges, 30 digits, lists of all that lists hold, defaults that are false."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from extensions.strata_contexts import models
from tests.drawing.words import CHOICES, DOCS

if TYPE_CHECKING:
    from tests.drawing.mending import Drawn

Draw = Any
"""What a composite strategy draws with."""

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
LARGE: Final = (models.MOST_INTEGER, 2**31, 2**31 - 1)
NUMBERS: Final = st.sampled_from(
    (*LARGE, *(-each for each in LARGE), -(2**31) - 1, -1, 0, 1, 2, 9),
)
SCALARS: Final = ("boolean", "date", "datetime", "uuid", "email", "url", "money")
UNIQUE: Final = ("string", "integer", "decimal", "email", "uuid", "url", "date", "datetime")
DEFAULTS: Final[Drawn] = {
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
ITEMS: Final = SIMPLE | st.sampled_from(SCALARS[:-1]).map(lambda kind: {"type": kind})
LISTS: Final = st.tuples(ITEMS, st.sampled_from([(0, 1), (0, 5), (1, 1), (2, 3), (0, 100)])).map(
    lambda pair: {"type": "list", "of": pair[0], "min": pair[1][0], "max": pair[1][1]}
)
SINGLE: Final = (
    SIMPLE
    | bounded("text", [1, 2, 900, models.MOST_TEXT])
    | st.sampled_from(SCALARS).map(lambda kind: {"type": kind})
)


@st.composite
def fields(draw: Draw, where: str = "aggregate", values: tuple[str, ...] = ()) -> Drawn:
    """A field of an aggregate, of a part, of a value, or one that a transition asks for."""
    found: Drawn = {**draw(kinds(where, values))}
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
    can_have_default = (
        where in ("aggregate", "part") and not {"optional", "sensitive", "unique"} & found.keys()
    )
    if can_have_default and chance(draw, 35):
        found |= default_of(draw, found)
    return found


def kinds(where: str, values: tuple[str, ...]) -> st.SearchStrategy[Drawn]:
    """All types that a field may have there, those of several fields included."""
    if where == "value":
        return SINGLE
    named = [st.sampled_from(values).map(lambda name: {"type": name})] if values else []
    return st.one_of(SINGLE, SINGLE, LISTS, *named)


def default_of(draw: Draw, spec: Drawn) -> Drawn:
    """Return a default where the type has one, those that are false included."""
    match spec["type"]:
        case "boolean":
            return {"default": draw(st.booleans())}
        case "integer":
            edges = [spec[key] for key in ("min", "max") if key in spec] or [0]
            return {"default": draw(st.sampled_from(edges))}
        case "decimal" if "min" in spec:
            return {"default": spec["min"]}
        case "enum":
            return {"default": draw(st.sampled_from(spec["values"]))}
        case "string" | "text" if "pattern" not in spec:
            return {"default": "x" * spec.get("min", 1)}
        case "list":
            return {"default": []} if not spec["min"] else {}
        case kind if kind in DEFAULTS:
            return {"default": DEFAULTS[kind]}
        case _:
            return {}
