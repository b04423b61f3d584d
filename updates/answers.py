"""Replaces stored answers that the new version no longer accepts, according to `answers.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Change:
    """The answers and questions that one version has replaced."""

    answers: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    """The new answer by the question and the old answer."""
    questions: Mapping[str, str] = field(default_factory=dict)
    """The new name by the old name of a question."""


def replaced(stored: Mapping[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    """Return the stored answers after all changes, which are sorted by version."""
    answers = dict(stored)
    for change in changes:
        answers = {
            change.questions.get(name, name): _new(change.answers.get(name, {}), value)
            for name, value in answers.items()
        }
    return answers


def _new(table: Mapping[Any, Any], value: Any) -> Any:
    return next((new for old, new in table.items() if old == value), value)
