"""Databases that live through updates: every migration of the template's, and the owner's in between."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Service
from tests.lives import NOW, REALISTIC, RELEASES, Life, be_born, make_template, version_of
from updates.timeline import migrations_in

MODEL = "src/infrastructure/persistence/identity/models/user.py"
COLUMN = "    is_admin: Mapped[bool]\n"
ALEMBIC = ("uv", "run", "python", "-m", "dev.run", "alembic")
NOTHING = "No new upgrade operations detected."
ADDED = ["add_before", "note_releases", "add_after"]
"""The owner's migrations, and between them one of the template's."""
OWN, EXTERNAL, NONE = (("-d", f"authentication={name}") for name in ("own", "external", "none"))
CONTEXTS = ("--data-file", str(Path(__file__).parent / "contexts" / "first.yml"))
"""A page that every release from 0.2.0 renders."""
VERSIONS = [*RELEASES, NOW, REALISTIC]
WITH_CONTEXTS = VERSIONS[1:]
LATER = pytest.mark.scheduled("in every run, one with users lives from the first release to now")
LIVES = [
    pytest.param([VERSIONS[0], NOW, REALISTIC], OWN, id="own-of-the-first"),
    pytest.param(VERSIONS, OWN, id="own", marks=LATER),
    pytest.param(WITH_CONTEXTS, (*OWN, *CONTEXTS), id="own-contexts", marks=LATER),
    pytest.param(VERSIONS, EXTERNAL, id="external", marks=LATER),
    pytest.param(VERSIONS, NONE, id="none", marks=LATER),
    pytest.param(WITH_CONTEXTS, (*EXTERNAL, *CONTEXTS), id="external-contexts", marks=LATER),
]


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("versions") / "template")


def add_own_migration(life: Life, name: str) -> None:
    """Add a migration as the owner does: a new column if there are users, or else an empty one."""
    service, model = Service(life.path), life.path / MODEL
    if not model.exists():
        service.run(*ALEMBIC, "revision", "-m", f"add {name}", **life.environment)
        return
    column = f"    {name}: Mapped[str | None] = mapped_column(String(40))\n"
    model.write_text(model.read_text().replace(COLUMN, COLUMN + column))
    service.run("uv", "run", "just", "revision", f"add {name}", **life.environment)


@pytest.mark.parametrize(("lived", "answers"), LIVES)
def test_a_database_that_lived_through_all_releases_is_as_the_code_expects(
    versions: Path, tmp_path: Path, lived: Sequence[str], answers: Sequence[str]
) -> None:
    born, *later = lived
    life = be_born(versions, tmp_path, version_of(born), answers=answers)
    service = Service(life.path)
    service.run("uv", "run", "just", "migrate", **life.environment)
    add_own_migration(life, "before")
    life.commit()
    for version in later:
        ended = life.update(version_of(version))
        assert ended.returncode == 0, ended.stdout
        service.run("uv", "run", "just", "migrate", **life.environment)
        # Now, because the owner's next migration would take up what one of the template's has left out.
        assert NOTHING in service.run(*ALEMBIC, "check", **life.environment)
        life.commit()
    add_own_migration(life, "after")
    service.run("uv", "run", "just", "migrate", **life.environment)
    life.commit()

    assert NOTHING in service.run(*ALEMBIC, "check", **life.environment)
    for there in ("base", "head"):
        way = "downgrade" if there == "base" else "upgrade"
        service.run(*ALEMBIC, way, there, **life.environment)
    assert NOTHING in service.run(*ALEMBIC, "check", **life.environment)
    timeline = migrations_in(life.committed())
    before = [each.revision for each in timeline[:-1]]
    assert [each.after for each in timeline] == [set(), *({revision} for revision in before)]
    names = [each.stem.partition("_")[2] for each in timeline]
    assert [name for name in names if name in ADDED] == ADDED
