"""Refuses to render a service anew over what its owner has made of it, unless it is forced.

`copier recopy`, and `copier copy` to the folder of a service, put the template's files in place of the
owner's. An update never comes here without `overwrite`, which Copier sets for it.
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
        f"There is a service already: {answers}. Nothing was changed."
        "\nTo render it anew would take back everything that was changed in the template's files."
        "\nTo bring in what is new, and keep your changes:"
        "\n  copier update --trust --defaults"
        "\nTo lose them, commit first, and add --overwrite to your command."
    )


class RecopyExtension(Extension):
    """Makes the check known to ``copier.yml``."""

    def __init__(self, environment: Environment) -> None:
        """Register the global function that the first question calls."""
        super().__init__(environment)
        environment.globals["refuse_recopy"] = refuse_recopy
