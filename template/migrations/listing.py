"""A table is seen only where `infrastructure/persistence/metadata.py` imports its module."""

import sys
from pkgutil import walk_packages

from alembic.util import CommandError

from infrastructure import persistence


def refuse_unlisted_models() -> None:
    """Make sure that every module of rows is listed, or a migration would leave its tables out.

    Raises:
        CommandError: some are not; the message has the lines to add.
    """
    modules = walk_packages(persistence.__path__, f"{persistence.__name__}.")
    unlisted = [
        module.name
        for module in modules
        if "models" in module.name.split(".")
        and not module.ispkg
        and module.name not in sys.modules
    ]
    if unlisted:
        lines = "".join(f"\n    import {name}" for name in unlisted)
        raise CommandError(
            "Nothing was written, because tables are not listed. Add to"
            f" src/infrastructure/persistence/metadata.py:{lines}"
        )
