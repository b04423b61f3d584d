"""Checks a page that could be read: what its words mean together. Each module has one kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import (
    access,
    behaviour,
    code,
    database,
    fields,
    lifecycle,
    naming,
    reads,
    refs,
    rules,
    unique,
)

if TYPE_CHECKING:
    from ..mistakes import Mistakes
    from ..models import Page


def check(page: Page, mistakes: Mistakes, authentication: str) -> None:
    """Add every mistake of a page. ``authentication`` says where actors come from, if anywhere."""
    naming.check(page, mistakes, authentication)
    fields.check(page, mistakes)
    refs.check(page, mistakes)
    rules.check(page, mistakes)
    lifecycle.check(page, mistakes)
    behaviour.check(page, mistakes)
    reads.check(page, mistakes, authentication)
    access.check(page, mistakes, authentication)
    database.check(page, mistakes, authentication)
    if not any(True for _ in mistakes):
        unique.check(page, mistakes)
        code.check(page, mistakes)
