"""Refuses to render a service again over its owner's files, unless `--overwrite` is given.

`copier recopy`, and `copier copy` to the folder of a service, replace the owner's files by the template's.
`copier update` is not affected: Copier sets `overwrite` for it.
"""

from __future__ import annotations

from pathlib import Path

from copier.errors import UserMessageError
from jinja2 import Environment, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context


@pass_context
def refuse_recopy(context: Context) -> bool:
    """Return False where there is no service yet, or Copier may write over files.

    Raises ``UserMessageError`` otherwise, before anything is written.
    """
    settings = context["_copier_conf"]
    answers = Path(settings["dst_path"], settings["answers_file"])
    if settings["overwrite"] or settings["pretend"] or not answers.is_file():
        return False
    raise UserMessageError(
        f"This folder already contains a service: {answers}. Nothing was changed."
        "\nRendering it again would discard your changes to the template's files."
        "\nTo update it and keep your changes:"
        "\n  copier update --trust --defaults"
        "\nTo discard them, commit first, and add --overwrite to your command."
    )


class RecopyExtension(Extension):
    """Makes the check known to ``copier.yml``."""

    def __init__(self, environment: Environment) -> None:
        """Register the global function that the first question calls."""
        super().__init__(environment)
        environment.globals["refuse_recopy"] = refuse_recopy
