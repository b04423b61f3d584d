"""Grammars: what a module may contain. Everything else is refused.

Each grammar lists the kinds of its findings in `KINDS` and the options of a rule in `OPTIONS`, and yields its
findings for the whole service. For each kind that it refuses, a rule has a sentence, which is printed after
the quoted code.
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
