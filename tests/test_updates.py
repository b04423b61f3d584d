"""Services are updated from version to version, with everything that their owners have made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lives import (
    NEWEST,
    SETTINGS,
    Edits,
    be_born,
    edit_everything,
    make_template,
)

ANSWERS = ".copier-answers.yml"
MARKER = b"<<<<<<< before updating"


@pytest.fixture(scope="session")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("versions") / "template")


def arguments(answers: dict[str, Any]) -> list[str]:
    """Return answers as Copier's command line takes them."""
    return [text for name, value in answers.items() for text in ("-d", f"{name}={value}")]


# What owners have made of their services.


def problems(edits: Edits) -> dict[str, str]:
    """Return what is not as it has to be, by the kind of edit."""
    after = edits.life.committed()
    return {
        edits.kinds[path]: f"{path}: {after.get(path)} instead of {expected}"
        for path, expected in edits.expected.items()
        if after.get(path) != expected
    }


@pytest.mark.parametrize("settings", SETTINGS)
def test_every_kind_of_edit_survives_two_versions(
    versions: Path, tmp_path: Path, settings: str
) -> None:
    below = "" if settings == "plain" else "services/order desk"
    life = be_born(versions, tmp_path, settings=settings, below=below)
    edits = edit_everything(life)
    assert len(edits.life.git("diff", "--name-only", "HEAD~1").splitlines()) >= 60

    ended = life.update()

    assert ended.returncode == 0, ended.stdout
    assert life.git("ls-files", "--unmerged") == b""
    assert "<<<<<<<" not in ended.stdout
    life.commit()
    assert problems(edits) == {}
    untouched = edits.before.keys() - edits.expected.keys() - {ANSWERS}
    fresh = be_born(versions, tmp_path / "fresh", NEWEST).committed()
    after = life.committed()
    assert {path: after[path] for path in untouched & fresh.keys()} == {
        path: fresh[path] for path in untouched & fresh.keys()
    }
    assert not [path for path in after if path.endswith(".rej") and path != "notes.rej"]
    assert "pyproject.toml" in ended.stdout.partition("Merged:")[2]
    assert "openapi.json: uv run just openapi" in ended.stdout

    again = life.update()

    assert again.returncode == 0, again.stdout
    assert life.status() == ""
