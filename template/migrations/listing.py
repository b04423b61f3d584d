"""Finding tables that Alembic would not see."""

import sys
from pathlib import Path

from alembic.util import CommandError

from infrastructure import persistence

PACKAGE = Path(persistence.__file__).parent


def require_listed_models() -> None:
    """Make sure that every module of models is imported, as in `metadata.py` and `own_tables.py`.

    Alembic would ignore the tables of other modules, or drop them if they are in the database.

    Raises:
        CommandError: a module is not imported.
    """
    files = {*PACKAGE.glob("*/models.py"), *PACKAGE.glob("*/models/**/[!_]*.py")}
    names = (".".join(file.relative_to(PACKAGE).with_suffix("").parts) for file in sorted(files))
    modules = (f"{persistence.__name__}.{name}" for name in names)
    if missing := [module for module in modules if module not in sys.modules]:
        lines = "\n".join(f"  import {module}" for module in missing)
        raise CommandError(
            "Nothing was written: these tables are not listed. Add to"
            f" src/infrastructure/persistence/own_tables.py\n{lines}"
        )
