"""Takes out of a drawn page what is refused, so that what remains is good and rendered.

So nothing that draws has to know what goes together, and what is rendered tomorrow is drawn already.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from extensions import strata_contexts
from extensions.strata_contexts.mistakes import spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

Drawn = dict[str, Any]
Place = tuple[str | int, ...]


def refusals(page: Drawn, authentication: str) -> list[str]:
    """Return why a page is bad, or else what of it is not rendered."""
    try:
        strata_contexts.read_answers(page, authentication=authentication)
    except strata_contexts.PageError as refusal:
        return refusal.lines
    return strata_contexts.unrendered(page, authentication=authentication)


def is_rendered(page: Drawn, authentication: str) -> bool:
    """Tell whether a page is good, and all of it is rendered."""
    return not refusals(page, authentication)


def mended(page: Drawn, authentication: str) -> Drawn:
    """Return a page without what is refused; without contexts if nothing remains."""
    page = deepcopy(page)
    while lines := refusals(page, authentication):
        known = {spelled(place): place for place in places(page)}
        wrong = {known[where] for line in lines if (where := longest(line, known))}
        if not wrong:
            raise AssertionError("\n".join(lines))
        narrow = [
            each
            for each in wrong
            if not any(each == other[: len(each)] for other in wrong - {each})
        ]
        for place in sorted(narrow, key=in_order, reverse=True):  # the last items of a list first
            remove(page, place)
        if not page.get("contexts"):
            return {}
    return page


def in_order(place: Place) -> list[str]:
    return [f"{key:09}" if isinstance(key, int) else key for key in place]


def longest(line: str, known: dict[str, Place]) -> str:
    """Return the narrowest place of a page with which a line begins; empty if there is none."""
    text, _, _ = line.partition(": ")
    while text and text not in known:
        text = text[: max(text.rfind("."), text.rfind("["), 0)]
    return text


def remove(page: Any, place: Place) -> None:
    """Take a place out of a page, unless it is gone, and what holds it if nothing is left there."""
    try:
        holder = at(page, place[:-1])
        del holder[place[-1]]
    except (KeyError, IndexError, TypeError):
        return
    if not holder and len(place) > 1:
        remove(page, place[:-1])


def places(value: Any, here: Place = ()) -> Iterator[Place]:
    """Yield every place of a page, but for the page itself."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, each in inner:
        yield (*here, key)
        yield from places(each, (*here, key))


def at(page: Any, place: Place) -> Any:
    for key in place:
        page = page[key]
    return page
