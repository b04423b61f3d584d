"""Lays rendered Python out as ruff does, so that a service needs no formatting after it is rendered.

Templates import all that they may need, and write each statement on one line. This package drops the
imports that a rendered file does not use, sorts the others, and moves those that only annotations use
below ``TYPE_CHECKING`` (``imported``); it breaks lines of more than 100 characters (``lines`` finds them,
``brackets`` reads them, ``broken`` breaks them) and mends blank lines and nested blocks (``blocks``). Names
decide all of that, so a template cannot.

It knows the statements that the templates print, not all of Python. Tests ask ruff whether it agrees.
"""

from __future__ import annotations

import ast

from .blocks import combined, spaced
from .imported import imports, parted
from .lines import broken_lines

__all__ = ["laid_out"]


def laid_out(source: str) -> str:
    """Return a module as ruff would format it, with its imports sorted and none unused."""
    tree = ast.parse(source)
    head, body = parted(source, tree)
    wrapped = "\n".join(broken_lines("\n".join(combined(body.splitlines()))))
    return spaced(head, imports(tree), wrapped, tree)
