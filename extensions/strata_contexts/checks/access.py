"""Owners and permissions: who may what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import words
from ..mistakes import meant, quoted, suggestion
from ..walk import aggregates

if TYPE_CHECKING:
    from ..mistakes import Mistakes, Path
    from ..models import Page
    from ..walk import AggregateHere

WORDS_MEANT: Final = {
    "all": "anyone",
    "anonymous": "anyone",
    "any": "anyone",
    "authenticated": "member",
    "everybody": "anyone",
    "everyone": "anyone",
    "guest": "anyone",
    "logged_in": "member",
    "members": "member",
    "public": "anyone",
    "self": "owner",
    "signed_in": "member",
    "actor": "owner",
    "user": "member",
    "users": "member",
}
OPERATIONS_MEANT: Final = {
    "add": "create",
    "delete": "remove",
    "destroy": "remove",
    "edit": "revise",
    "get": "read",
    "index": "list",
    "insert": "create",
    "post": "create",
    "search": "list",
    "show": "read",
    "update": "revise",
    "view": "read",
    "write": "create",
}


def check(page: Page, mistakes: Mistakes, authentication: str) -> None:
    """Add what is wrong with `owner`, `may` and `roles`."""
    if authentication == "none":
        refuse_access(page, mistakes)
        return
    for here in aggregates(page):
        check_may(page, here, mistakes)


def refuse_access(page: Page, mistakes: Mistakes) -> None:
    """Nobody is known, so nobody can own or be allowed anything."""
    remedy = "with `authentication` none nobody is known, and everything is open: leave it out"
    if page.roles:
        mistakes.add(("roles",), remedy)
    for here in aggregates(page):
        if here.aggregate.owner is not None:
            mistakes.add((*here.path, "owner"), remedy)
        if here.aggregate.may:
            mistakes.add((*here.path, "may"), remedy)


def operations(here: AggregateHere) -> list[str]:
    """Return what somebody may do with an aggregate, by the names that `may` knows."""
    remove = ["remove"] if here.aggregate.remove is not False else []
    return [
        "create",
        "read",
        "list",
        *here.changes,
        *here.transitions,
        *here.aggregate.parts,
        *remove,
    ]


def check_may(page: Page, here: AggregateHere, mistakes: Mistakes) -> None:
    known = operations(here)
    for key, value in here.aggregate.may.items():
        path = (*here.path, "may", key)
        if key not in known:
            mistakes.add(path, unknown_operation(here, key, known))
        if isinstance(value, str):
            check_word(page, here, key, value, path, mistakes)
            continue
        seen: set[str] = set()
        for place, word in enumerate(value):
            inner = (*path, place)
            check_word(page, here, key, word, inner, mistakes)
            if word in seen:
                mistakes.add(inner, f"{word} stands here twice: name it once")
            elif word in ("anyone", "member") and len(value) > 1:
                rest = "everybody" if word == "anyone" else "everybody who is signed in"
                mistakes.add(
                    inner, f"{word} is {rest}, so the others say nothing: write {word} alone"
                )
            seen.add(word)


def unknown_operation(here: AggregateHere, key: str, known: list[str]) -> str:
    if key in ("remove", "delete") and here.aggregate.remove is False:
        return "it is never removed: say `remove: true`, or leave this out"
    if key == "revise" and here.aggregate.changes is not None:
        return "there is no revise where `changes` are declared without it: name one of those, or leave it out"
    meant_here = OPERATIONS_MEANT.get(key)
    if key not in known and meant_here in known and not meant(key, known):
        return f"there is no {quoted(key)}: did you mean {meant_here}?"
    return f"there is no {quoted(key)}: {suggestion(key, known)}"


def check_word(
    page: Page, here: AggregateHere, key: str, word: str, path: Path, mistakes: Mistakes
) -> None:
    """Check one of those who may do something."""
    has_owner = here.aggregate.owner != "none"
    if word == words.ADMIN:
        mistakes.add(path, "admins always may: leave it out (an empty list is for admins only)")
    elif word in words.NOT_YET:
        mistakes.add(path, f"{word} is not in this version of the language: leave it out")
    elif word == "owner" and not has_owner:
        mistakes.add(path, "its rows have no owner: leave it out, or leave `owner: none` out")
    elif word == "owner" and key == "create":
        mistakes.add(path, "what is yet to be created has no owner: write member")
    elif word == "anyone" and key == "create" and has_owner:
        mistakes.add(
            path, "whoever is not signed in can own nothing: write member, or `owner: none`"
        )
    elif word not in (*words.ACCESS_WORDS, *page.roles) and not mistakes.within(("roles",)):
        mistakes.add(path, unknown_role(page, word))


def unknown_role(page: Page, word: str) -> str:
    if word in ("nobody", "none", "admins"):
        return f"there is no role {quoted(word)}: an empty list [] is for admins only"
    if word in WORDS_MEANT:
        return f"there is no role {quoted(word)}: did you mean {WORDS_MEANT[word]}?"
    known = [*words.ACCESS_WORDS, *page.roles]
    close = meant(word, known)
    remedy = (
        f"did you mean {close}?" if close else f"add it to `roles`, or write {' or '.join(known)}"
    )
    return f"there is no role {quoted(word)}: {remedy}"
