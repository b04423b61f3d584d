"""Grammars: what a module may hold. All else is refused.

Each says in `KINDS` what it can find, in `OPTIONS` what a rule has to tell it, and yields its findings for the whole service. A rule gives
each kind that it refuses a sentence, which follows the code that was found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from architecture.grammars import (
    answers,
    helpers,
    providers,
    routes,
    schemas,
    signatures,
    wiring,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from architecture.grammars.source import Finding, Source


class Grammar(Protocol):
    KINDS: frozenset[str]
    OPTIONS: frozenset[str]

    def findings(self, source: Source, options: dict[str, Any]) -> Iterator[Finding]: ...


GRAMMARS: dict[str, Grammar] = {
    "answers": answers,
    "helpers": helpers,
    "providers": providers,
    "routes": routes,
    "schemas": schemas,
    "signatures": signatures,
    "wiring": wiring,
}
