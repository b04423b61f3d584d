import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


@pytest.fixture
def revisions(alembic_config: Config) -> list[str]:
    """All revisions, the first one first."""
    script = ScriptDirectory.from_config(alembic_config)
    return [revision.revision for revision in script.walk_revisions()][::-1]


def test_the_timeline_has_one_head(alembic_config: Config) -> None:
    assert len(ScriptDirectory.from_config(alembic_config).get_heads()) == 1


def test_each_revision_goes_up_and_down_and_up_again(
    alembic_config: Config, revisions: list[str]
) -> None:
    command.downgrade(alembic_config, "base")

    for revision in revisions:
        command.upgrade(alembic_config, revision)
        command.downgrade(alembic_config, "-1")
        command.upgrade(alembic_config, revision)

    command.check(alembic_config)
