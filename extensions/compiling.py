"""Compiles each text only once.

Jinja keeps the code of a file, but not that of a text. Copier renders the paths of files from texts, each
part anew for each file that it stands for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2.ext import Extension

if TYPE_CHECKING:
    from types import CodeType

    from jinja2 import Environment


class CompilingExtension(Extension):
    """Keeps the code of the texts that an environment has compiled."""

    def __init__(self, environment: Environment) -> None:
        """Look for kept code before the environment compiles."""
        super().__init__(environment)
        compile_anew = environment.compile
        kept: dict[str, CodeType] = {}

        def compile_once(
            source: str, name: str | None = None, filename: str | None = None
        ) -> CodeType:
            if name is not None:  # a file
                return compile_anew(source, name, filename)
            if source in kept:
                # Compiling would do the same. Copier then forgets what the last path has yielded.
                environment.preprocess(source)
            else:
                kept[source] = compile_anew(source)
            return kept[source]

        # Copier makes the environment, so no class of ours can have the method instead.
        environment.compile = compile_once  # type: ignore[method-assign, assignment]
