"""Write the migrations of a growth: `python -m dev.growth ANSWER`, which `just grow` runs.

They are generated on a database of their own, and tried there: up, down, and up again.
"""

import io
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

import infrastructure.persistence.head
from dev.environment import LOCAL
from dev.files import LocalError
from dev.own_environment import OWN_ENVIRONMENT
from dev.postgres import LocalPostgres
from migrations.steps import Careful

PROJECT = Path(__file__).resolve().parents[1]


def main() -> None:
    answer = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    contexts = answer["contexts"]
    about = " and ".join(contexts).replace("_", " ") if len(contexts) < 3 else "contexts"
    try:
        with empty_database() as url, redirect_stdout(io.StringIO()):  # Alembic says a lot
            os.environ.update({**OWN_ENVIRONMENT, "DATABASE_URL": url})
            written = write(about, answer["fills"], answer["numbers"])
    except (CommandError, LocalError, SQLAlchemyError) as exc:
        sys.exit(f"The migrations could not be written: {exc}")
    for path in written:
        print(f"Written: {path.relative_to(PROJECT)}")


@contextmanager
def empty_database() -> Iterator[str]:
    """Yield the address of an empty database, as the tests of the service find theirs.

    Raises:
        LocalError: There is a problem on this machine.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with LocalPostgres(LOCAL / "postgres-test", durable=False).running() as server:
        name = f"growth-{os.getpid()}"
        server.create_database(name)
        try:
            yield server.url(name)
        finally:
            server.drop_database(name)


def write(
    about: str, fills: Mapping[str, Mapping[str, str]], numbers: Sequence[Mapping[str, Any]]
) -> list[Path]:
    """Write the migrations, and return their paths; none if no table has changed.

    Raises:
        CommandError: Alembic refuses something, or the migrations do not lead to the models.
    """
    config = Config(toml_file=PROJECT / "pyproject.toml", stdout=io.StringIO())
    script = ScriptDirectory.from_config(config)
    [before] = script.get_heads()
    known, head = migrations(config), Path(infrastructure.persistence.head.__file__)
    named = head.read_bytes()
    command.upgrade(config, "head")
    try:
        careful = Careful(script, about, fills, numbers)
        command.revision(config, autogenerate=True, process_revision_directives=careful)
        written = [path for path in migrations(config) if path not in known]
        command.upgrade(config, "head")
        command.check(config)
        command.downgrade(config, before)
        command.upgrade(config, "head")
    except BaseException:
        for path in migrations(config):
            if path not in known:
                path.unlink()
        head.write_bytes(named)
        raise
    command.downgrade(config, "base")
    return written


def migrations(config: Config) -> list[Path]:
    """Return the paths of all migrations, oldest first."""
    script = ScriptDirectory.from_config(config)
    return [Path(each.path) for each in script.walk_revisions()][::-1]


if __name__ == "__main__":
    main()
