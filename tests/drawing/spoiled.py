"""Hypothesis spoils good pages of contexts: here and there a word, a bound, a key or a whole branch."""

from __future__ import annotations

import datetime
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from tests.drawing.mending import at, places
from tests.drawing.pages import pages

if TYPE_CHECKING:
    from tests.drawing.mending import Drawn
    from tests.drawing.types import Draw

ODD: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 2**60, 10**400, 0.1, 1e300, float("nan"), float("inf")),
    *(
        "",
        " ",
        "a b",
        "Größe",
        "class",
        "Class",
        "nowhere",
        "x" * 70,
        "\n",
        "\x00",
        "1",
        "-",
        "{{ a }}",
    ),
    *(
        "../../etc",
        "'; DROP TABLE users; --",
        "[a-z",
        "(a+)+",
        "a == a",
        "one >= two",
        "now",
        "None",
    ),
    *([], {}, [[]], [None], {"type": "string"}, {"a": {}}, ["owner", "owner"], {"fields": None}),
    *(datetime.date(2026, 1, 31), datetime.datetime(2026, 1, 31, 12)),
    *("string", "enum", "list", "ref", "money", "admin", "anyone", "id", "state", "model_x"),
)
KEYS: Final = (
    "",
    "tpye",
    "Fields",
    "min ",
    "id",
    "class",
    "käse",
    "a-b",
    "default",
    "events",
    "soft",
)


@st.composite
def spoiled(draw: Draw, authentication: str = "own") -> Drawn:
    """A good page with one to three things spoiled. It may still be good, by chance."""
    page: Drawn = deepcopy(draw(pages(authentication)))
    for _ in range(draw(st.integers(1, 3))):
        found = list(places(page))
        if not found:
            break
        place = draw(st.sampled_from(found))
        draw(st.sampled_from(SPOILS))(draw, at(page, place[:-1]), place[-1])
    return page


def replace(draw: Draw, holder: Any, key: str | int) -> None:
    holder[key] = draw(st.sampled_from(ODD))


def remove(draw: Draw, holder: Any, key: str | int) -> None:
    del holder[key]


def rename(draw: Draw, holder: Any, key: str | int) -> None:
    if isinstance(holder, dict):
        holder[draw(st.sampled_from(KEYS))] = holder.pop(key)
    else:
        holder.insert(0, holder.pop(key))


def add(draw: Draw, holder: Any, key: str | int) -> None:
    odd = draw(st.sampled_from(ODD))
    if isinstance(holder, dict):
        holder[draw(st.sampled_from(KEYS))] = odd
    else:
        holder.append(odd)


def repeat(draw: Draw, holder: Any, key: str | int) -> None:
    if isinstance(holder, list):
        holder.append(deepcopy(holder[int(key)]))
    else:
        holder[f"{key}_again"] = deepcopy(holder[key])


def turn(draw: Draw, holder: Any, key: str | int) -> None:
    """Exchange bounds, negate a number, write a word otherwise, put what is there into a list."""
    value = holder[key]
    if isinstance(holder, dict) and {"min", "max"} <= holder.keys():
        holder["min"], holder["max"] = holder["max"], holder["min"]
    elif isinstance(value, int):
        holder[key] = -value - 1
    elif isinstance(value, str):
        holder[key] = draw(st.sampled_from([value.upper(), f"{value} ", f"{value}s", value[:-1]]))
    else:
        holder[key] = [value]


SPOILS: Final = (replace, remove, rename, add, repeat, turn)
