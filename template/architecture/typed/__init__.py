"""Checks that use mypy's types, run by `just types`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from architecture.typed import errors, hidden, ids, owners, results, rows, secrets, sessions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from architecture.typed.service import Found, Module, Service

CHECKS: dict[str, Callable[[Module, Service], Iterator[Found]]] = {
    "blind_spots": hidden.blind_spots,
    "errors.exits": errors.exits,
    "errors.handlers": errors.handlers,
    "errors.quiet_callbacks": errors.quiet_callbacks,
    "errors.quoted": errors.quoted,
    "errors.returned": results.returned,
    "errors.suppressed": errors.suppressed,
    "errors.texts": errors.texts,
    "hidden_imports": hidden.imports,
    "ids.aliases": ids.aliases,
    "ids.fields": ids.fields,
    "ids.parameters": ids.parameters,
    "ids.unwrapped": ids.unwrapped,
    "ids.variables": ids.variables,
    "owners.unasked": owners.unasked,
    "owners.unasked_in_text": owners.unasked_in_text,
    "rows.handed_out": rows.handed_out,
    "rows.metadata": rows.metadata,
    "rows.of_another_package": rows.of_another_package,
    "rows.outside": rows.outside,
    "secrets.fields": secrets.fields,
    "secrets.filled_in": secrets.filled_in,
    "secrets.made_secret": secrets.made_secret,
    "secrets.named": secrets.named,
    "secrets.stand_ins": secrets.stand_ins,
    "secrets.telling": secrets.telling,
    "sessions.by_name": sessions.by_name,
    "sessions.control": sessions.control,
    "sessions.made": sessions.made,
    "sessions.members": sessions.members,
    "sessions.sqlalchemy_calls": sessions.sqlalchemy_calls,
    "sessions.statements": sessions.statements,
    "sessions.untyped": sessions.untyped,
    "sessions.widened": sessions.widened,
}
