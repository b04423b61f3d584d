"""How a new migration is called, and how the service gets to know of it."""

import re
from pathlib import Path

from alembic import context
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory, write_hooks
from alembic.util import CommandError

from infrastructure.persistence import head

ID = re.compile(r"^revision\b.*?=\s*[\"'](.+?)[\"']", re.MULTILINE)


def name_by_number(_: MigrationContext, __: object, found: list[MigrationScript]) -> None:
    """Number a new migration, and let none be written that would do nothing."""
    options = vars(context.config.cmd_opts) if context.config.cmd_opts else {}
    if "rev_id" not in options:
        return  # `alembic check`, which writes nothing
    [script] = found
    if not re.search(r"\w", script.message or ""):
        raise CommandError('Say what the migration does: just revision "add orders"')
    if options["autogenerate"] and script.upgrade_ops and script.upgrade_ops.is_empty():
        found.clear()
        context.config.print_stdout(
            "Nothing was written: Alembic sees no change in the tables. For a migration that is all"
            ' your own: uv run python -m dev.run alembic revision -m "fill in the totals"'
        )
    elif not options["rev_id"]:
        script.rev_id = next_number(context.script)


def next_number(script: ScriptDirectory) -> str:
    """Return the id of the migration to come: `0002` after `0001`."""
    numbers = [int(each.revision) for each in script.walk_revisions() if each.revision.isdecimal()]
    return f"{max(numbers, default=0) + 1:04}"


@write_hooks.register("head")
def name_the_head(path: str, _: object) -> None:
    """Let the service know of the migration that was written."""
    module = Path(head.__file__)
    line = f'HEAD = "{Path(path).stem}"'
    module.write_text(re.sub(r"^HEAD = .*$", line, module.read_text(), flags=re.MULTILINE))


def refuse_shared_numbers(script: ScriptDirectory) -> None:
    """Say what to do where two branches have added a migration each, under the same number.

    Alembic only warns, and goes on with one of them.

    Raises:
        CommandError: there are such.
    """
    by_number: dict[str, list[str]] = {}
    for file in sorted(Path(script.versions).glob("*.py")):
        if found := ID.search(file.read_text()):
            by_number.setdefault(found[1], []).append(file.name)
    for number, files in by_number.items():
        if len(files) > 1:
            raise CommandError(
                f"{' and '.join(files)} are both migration {number}. Let one come after the other:"
                " give its file and its `revision` the next number, name the other in its"
                " `down_revision`, and name the last one in"
                " src/infrastructure/persistence/head.py."
            )
