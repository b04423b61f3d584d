"""Brings the language of ``contexts.yml`` into Copier.

Copier's loader runs one file for each extension, and on an update the extensions of the old and of the
new template in one process. So the package beside this file is loaded under a name made of its contents:
two versions never meet, and the same one is loaded once. All of it is loaded at once, because the folder
of the old version is gone before Copier is done.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from copier.errors import UserMessageError
from jinja2.ext import Extension

if TYPE_CHECKING:
    from types import ModuleType

    from jinja2 import Environment

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


def contexts_view(page: object, authentication: str = "own") -> Any:
    """Compute all that templates print of a page without mistakes."""
    return language.view_of(
        language.read_answers(page, authentication=authentication), authentication
    )


class ContextsExtension(Extension):
    """Makes the check and the view known to ``copier.yml`` and to the template."""

    def __init__(self, environment: Environment) -> None:
        """Register the global functions."""
        super().__init__(environment)
        environment.globals["refuse_bad_contexts"] = refuse_bad_contexts
        environment.globals["contexts_view"] = contexts_view
