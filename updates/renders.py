"""Renders a version of the template with the answers of a service."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from updates.files import Tree, read_tree


class AnswersError(Exception):
    """The answers cannot be read or are refused; the message is for the owner."""


def read_answers(text: str, name: str) -> dict[str, Any]:
    """Read an answers file.

    Raises:
        AnswersError: the file is not valid YAML, or does not name the template.
    """
    try:
        answers = yaml.safe_load(text)
    except yaml.YAMLError as exc:
        raise AnswersError(f"{name} is not valid YAML: {exc}") from exc
    if not isinstance(answers, dict) or not isinstance(answers.get("_src_path"), str):
        raise AnswersError(
            f"{name} does not say which template the service is of (_src_path). Restore it from git."
        )
    return answers


def given(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers to the template's questions, without Copier's own keys."""
    return {key: value for key, value in answers.items() if not key.startswith("_")}


def render(source: str, ref: str, answers: Mapping[str, Any], folder: Path) -> Tree:
    """Render a version to a new folder, and return its files.

    Raises:
        AnswersError: this version refuses the answers.
    """
    import copier  # takes more than a second, and not every caller renders

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            copier.run_copy(
                source,
                folder,
                given(answers),
                vcs_ref=ref,
                defaults=True,
                overwrite=True,
                quiet=True,
                unsafe=True,
                skip_tasks=True,
            )
        except copier.errors.UserMessageError as exc:
            raise AnswersError(exc.message) from exc
    return read_tree(folder)
