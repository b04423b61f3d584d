"""What types tell: checks of the code as mypy understands it, run by `just types`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from architecture.typed import errors, hidden, ids, results, rows, secrets, sessions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from architecture.typed.service import Found, Service

CHECKS: dict[str, Callable[[Service], Iterator[Found]]] = {
    "adapters": hidden.adapters,
    "blind_spots": hidden.blind_spots,
    "hidden_imports": hidden.imports,
    "metadata": rows.no_metadata,
    "raw_ids": ids.raw,
    "returned_errors": results.returned,
    "rows": rows.kept_inside,
    "secrets": secrets.given,
    "sessions_in_application": sessions.in_application,
    "sessions_in_infrastructure": sessions.in_infrastructure,
    "sessions_in_presentation": sessions.in_presentation,
    "swallowed_errors": errors.swallowed,
    "texts_of_exceptions": errors.text_on_the_wire,
}
