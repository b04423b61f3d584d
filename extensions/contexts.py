"""Brings the language of ``contexts.yml`` into Copier.

Copier's loader runs one file for each extension, and on an update the extensions of the old and of the
new template in one process. So the package beside this file is loaded under a name made of its contents:
two versions never meet, and the same one is loaded once. All of it is loaded at once, because the folder
of the old version is gone before Copier is done.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from copier.errors import UserMessageError
from copier_template_extensions import ContextHook
from jinja2 import pass_context

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from jinja2 import Environment
    from jinja2.runtime import Context

FOLDER: Final = Path(__file__).with_name("strata_contexts")


def load(folder: Path) -> ModuleType:
    """Load a package under a name of its own, with all of its modules, or find it loaded."""
    files = sorted(folder.rglob("*.py"))
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes() + b"\0")
    name = f"{folder.name}_{digest.hexdigest()[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    places = [str(folder)]
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=places
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"no package in {folder}")
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    try:
        spec.loader.exec_module(package)
        for file in files:
            parts = file.relative_to(folder).with_suffix("").parts
            if not parts[-1].startswith("__"):
                importlib.import_module(".".join([name, *parts]))
    except BaseException:
        del sys.modules[name]
        raise
    return package


language: Final = load(FOLDER)


def refuse_bad_contexts(page: object, authentication: str = "own") -> bool:
    """Judge a page among Copier's answers, and return False: no question is asked.

    Raises ``UserMessageError``, which Copier prints as it stands before it exits with 1, with a line
    for each mistake. Nothing has been written by then.
    """
    try:
        language.read_answers(page, authentication=authentication)
    except language.PageError as error:
        count = len(error.lines)
        raise UserMessageError(
            f"{count} mistake{'s' if count > 1 else ''} in the contexts. Nothing was changed.\n"
            + "\n".join(f"  {line}" for line in error.lines)
        ) from None
    return False


def refuse_unrendered_contexts(page: object, authentication: str = "own") -> bool:
    """Refuse what the language knows and this version does not render; return False otherwise.

    Raises ``UserMessageError``, as ``refuse_bad_contexts`` does.
    """
    lines = language.unrendered(page, authentication=authentication)
    if lines:
        told = "\n".join(f"  {line}" for line in lines)
        raise UserMessageError(f"Not everything can be rendered yet. Nothing was changed.\n{told}")
    return False


def contexts_hints(page: object, authentication: str = "own") -> list[str]:
    """Return a line for each thing on a good page that may surprise its owner."""
    lines: list[str] = language.surprising(page, authentication=authentication)
    return lines


def contexts_view(page: object, authentication: str = "own") -> Any:
    """Compute all that templates print of a page without mistakes."""
    return language.view_of(
        language.read_answers(page, authentication=authentication), authentication
    )


PAGE: Final = ("language", "roles", "values", "contexts")
"""The questions that make up a page."""
DIGEST: Final = "_contexts_digest"
"""The key of the stored answers that tells whether somebody has edited their page by hand."""
GROWING: Final = "TEMPLATE_GROWTH"
"""The variable with which `just grow` names the folder of its request; see updates/growth.py."""


@pass_context
def refuse_bad_page(
    context: Context,
    contexts: object,
    values: object,
    roles: object,
    version: object,
    authentication: str,
) -> bool:
    """Judge the answers that make up a page; return False if they are good.

    Raises ``UserMessageError``, as ``refuse_bad_contexts`` does.
    """
    given = {"contexts": contexts, "values": values, "roles": roles}
    page = {key: value for key, value in given.items() if value is None or value}
    refuse_growth(page, Path(context["_copier_conf"]["dst_path"]), context)
    page["language"] = version
    if folder := os.environ.get(GROWING):
        refuse_bad_request(Path(folder, "contexts.yml"), authentication)
    return refuse_bad_contexts(page, authentication) or refuse_unrendered_contexts(
        page, authentication
    )


def refuse_growth(page: dict[str, object], folder: Path, context: Context) -> None:
    """Refuse other contexts than those of the service, unless `just grow` asks for them.

    Raises ``UserMessageError``.
    """
    answers = folder / context["_copier_conf"]["answers_file"]
    if context["_copier_conf"]["overwrite"] is False or not answers.is_file():
        return
    stored = yaml.safe_load(answers.read_text(encoding="utf-8"))
    if not isinstance(stored, dict):
        return
    # A service of 0.2.0 has no digest yet.
    if DIGEST in stored and with_digest(stored).get(DIGEST) != stored[DIGEST]:
        raise UserMessageError(
            f"The contexts in {answers.name} were edited by hand, so they no longer say what the code was"
            " made from. Nothing was changed.\n"
            f"Restore them: git log -p -- {answers.name}\n"
            "Then edit contexts.yml, and run: uv run just grow"
        )
    known = {key: stored[key] for key in PAGE if stored.get(key) and key != "language"}
    if known != page and not os.environ.get(GROWING):
        raise UserMessageError(
            "An update does not change the contexts of a service. Nothing was changed.\n"
            "Edit contexts.yml, and run: uv run just grow"
        )


def refuse_bad_request(page: Path, authentication: str) -> None:
    """Judge the page of a growth as its owner has written it, with its lines.

    Raises ``UserMessageError``.
    """
    text = page.read_text(encoding="utf-8-sig", errors="replace")
    lines = language.check(text, authentication=authentication, file=page.name)
    if not lines:
        lines = language.unrendered_text(text, file=page.name)
    if lines:
        told = "\n".join(f"  {line}" for line in lines)
        raise UserMessageError(f"The service cannot grow like this. Nothing was changed.\n{told}")


def with_digest(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Add the digest of the page to the answers to be stored; without a page there is none."""
    others = {key: value for key, value in answers.items() if key != DIGEST}
    page = {key: answers[key] for key in PAGE if answers.get(key)}
    return {**others, DIGEST: language.digest(page)} if "contexts" in page else others


def without_page(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Leave the page out of given answers: it may be longer than an argument of a command can be."""
    return {key: value for key, value in answers.items() if key not in PAGE}


RENDER: Final = "render"
"""What Copier calls the phase in which files are rendered, after the questions."""


class ContextsExtension(ContextHook):
    """Makes the checks known to ``copier.yml``, and the view, as ``model``, and the page to the template."""

    def __init__(self, environment: Environment) -> None:
        """Register the functions and the filter."""
        super().__init__(environment)
        environment.globals["refuse_bad_contexts"] = refuse_bad_contexts
        environment.globals["refuse_bad_page"] = refuse_bad_page
        environment.globals["contexts_view"] = contexts_view
        environment.globals["contexts_hints"] = contexts_hints
        environment.filters["laid_out"] = language.laid_out
        environment.filters["with_digest"] = with_digest
        environment.filters["without_page"] = without_page
        self._last: tuple[object, str, dict[str, Any]] | None = None

    def hook(self, context: dict[str, Any]) -> None:
        """Add the view of the answers, computed once for each page, and the page as YAML."""
        if context.get("_copier_phase") != RENDER or "authentication" not in context:
            return
        page = {key: context[key] for key in PAGE if context.get(key)}
        authentication = str(context["authentication"])
        if self._last is None or self._last[:2] != (page, authentication):
            known = {
                "model": viewed(page, authentication),
                "contexts_page": language.written(page),
            }
            self._last = (page, authentication, known)
        context.update(self._last[2])


def viewed(page: object, authentication: str) -> Any:
    """Return the view of a page, or of an empty one where a question is yet to refuse it."""
    try:
        return contexts_view(page, authentication)
    except language.PageError:
        return contexts_view({}, authentication)
