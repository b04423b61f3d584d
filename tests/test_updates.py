"""Updates of services from version to version, with the edits of their owners."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.lives import (
    NEWEST,
    SETTINGS,
    VERSIONS,
    Edits,
    be_born,
    edit_everything,
    make_template,
)
from tests.variants import all_variants, answers_of
from updates.update import Update

ANSWERS = ".copier-answers.yml"
FORCED = ("--trust", "--defaults", "--overwrite", "--quiet")


@pytest.fixture(scope="session")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("versions") / "template")


def arguments(answers: dict[str, Any]) -> list[str]:
    """Return answers as options of Copier's command line."""
    return [text for name, value in answers.items() for text in ("-d", f"{name}={value}")]


# Edited services.


def problems(edits: Edits) -> dict[str, str]:
    """Return the files that differ from the expected ones, by the kind of edit."""
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

    if settings == "plain":
        again = life.update()

        assert again.returncode == 0, again.stdout
        assert life.status() == ""


# Unedited services and files.


@pytest.mark.parametrize(
    "name",
    [
        "default",
        "external-no-ci-long",
        "gitlab-no-image-long",
        "anonymous-gitlab-kubernetes-unusual",
    ],
)
def test_a_service_that_nobody_has_edited_becomes_a_fresh_render(
    versions: Path, tmp_path: Path, name: str
) -> None:
    answers = arguments(answers_of(all_variants()[name]))
    life = be_born(versions, tmp_path / "old", answers=answers)

    # The default variant is updated through every version, the others directly to the newest.
    for version in VERSIONS[1:] if name == "default" else [NEWEST]:
        ended = life.update(version)

        assert ended.returncode == 0, ended.stdout
        assert "your changes" not in ended.stdout
        life.commit()
    fresh = be_born(versions, tmp_path / "new", NEWEST, answers=answers)
    assert life.committed() == fresh.committed()
    assert not (life.path / "architecture" / "rules").exists()


def test_an_option_over_something_that_was_always_there_takes_nothing_away(
    versions: Path, tmp_path: Path
) -> None:
    life = be_born(versions, tmp_path)
    guide = life.path / "docs" / "clients.md"
    guide.write_text(guide.read_text() + "Mine.\n")
    life.commit()
    before = guide.read_bytes()

    ended = life.update(VERSIONS[1])

    assert ended.returncode == 0, ended.stdout
    assert guide.read_bytes() == before
    assert "client_guide: true" in (life.path / ANSWERS).read_text()


# Conflicts.


def test_conflicts_are_named_and_only_where_both_have_changed_the_same_lines(
    versions: Path, tmp_path: Path
) -> None:
    life = be_born(versions, tmp_path, below="order desk", settings="odd")
    ignore, app = life.path / ".gitignore", life.path / "src" / "presentation" / "app.py"
    ignore.write_text(ignore.read_text().replace(".coverage.json\n", ".coverage.json\nmine/\n"))
    app.write_text(app.read_text().replace("import asyncio\n", "import asyncio\nimport mine\n"))
    kept = life.path / "architecture" / "rules" / "typed-ids.yml"
    kept.write_text(kept.read_text() + "# mine\n")
    life.commit()

    ended = life.update()

    assert ended.returncode == 1
    said = ended.stdout.partition("In conflict:")
    assert said[2].splitlines()[1] == "  .gitignore"
    assert "src/presentation/app.py" in said[0].partition("Merged:")[2].partition("Kept")[0]
    assert "architecture/rules/typed-ids.yml" in said[0].partition("Kept")[2]
    assert "git restore --source=HEAD" in said[2]
    assert life.git("diff", "--name-only", "--diff-filter=U") == b"order desk/.gitignore\n"
    marked = "<<<<<<< before updating\nmine/\n=======\n.improved/\n>>>>>>> after updating\n"
    assert marked in ignore.read_text()

    refused = life.update()

    assert refused.returncode == 1
    ignore.write_text(ignore.read_text().replace("<<<<<<< before updating\n", ""))
    ignore.write_text(
        ignore.read_text().replace("=======\n", "").replace(">>>>>>> after updating\n", "")
    )
    life.commit()
    assert life.update().returncode == 0
    assert life.status() == ""


# Refusals before anything is written.


def test_what_could_not_be_undone_is_refused_with_a_remedy(versions: Path, tmp_path: Path) -> None:
    life = be_born(versions, tmp_path, settings="odd")
    path = life.path
    (path / "src" / "mine.py").write_text(
        "<<<<<<< before updating\na = 1\n=======\na = 2\n>>>>>>> after updating\n"
    )
    (path / "migrations" / "versions" / "0002_note_releases.py").mkdir()
    (path / "migrations" / "versions" / "0002_note_releases.py" / "mine.txt").write_text("mine\n")
    (path / "tests" / "architecture" / "planted").write_text("a file of mine\n")
    life.git("rm", "--quiet", "--cached", "docs/clients.md")
    ignored = path / "docs" / "clients.md"
    ignored.write_text("mine\n")
    (path / ".gitignore").write_text((path / ".gitignore").read_text() + "/docs/clients.md\n")
    life.commit()
    untracked = path / "src" / "presentation" / "messages.py"
    untracked.write_text("mine\n")
    before = life.status(), ignored.read_bytes(), untracked.read_bytes()

    ended = life.update()

    assert ended.returncode == 1
    assert "Nothing was changed" in ended.stdout
    for reason, place, remedy in (
        ("conflict markers", "src/mine.py", "Resolve them"),
        (
            "where you have a folder",
            "migrations/versions/0002_note_releases.py",
            "Rename the folder",
        ),
        ("where you have a file", "tests/architecture/planted", "Rename the file"),
        ("git has no copy of them", "docs/clients.md", "git add --force"),
        ("git has no copy of them", "src/presentation/messages.py", "git add --force"),
    ):
        found = ended.stdout.partition(reason)[2].partition("\n\n")[0]
        assert f"  {place}\n" in found
        assert remedy in found
    assert (life.status(), ignored.read_bytes(), untracked.read_bytes()) == before


@pytest.mark.parametrize("command", ["recopy", "copy"])
def test_to_render_a_service_anew_over_its_files_is_refused_unless_forced(
    versions: Path, tmp_path: Path, command: str
) -> None:
    life = be_born(versions, tmp_path, NEWEST)
    app = life.path / "src" / "presentation" / "app.py"
    rendered = app.read_bytes()
    app.write_text("mine\n")
    life.commit()
    source = [str(versions), "."] if command == "copy" else []
    options = ("--trust", "--defaults", f"--vcs-ref={NEWEST}")

    refused = life.copier(command, *options, *source)

    assert refused.returncode == 1
    assert "copier update" in refused.stdout
    assert life.status() == ""
    forced = life.copier(command, *options, "--overwrite", *source)
    assert forced.returncode == 0, forced.stdout
    assert app.read_bytes() == rendered


# Options that are turned off.


def test_an_option_that_is_turned_off_at_a_question_is_refused_and_all_is_undone(
    versions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    life = be_born(versions, tmp_path, NEWEST)
    workflow = life.path / ".github" / "workflows" / "ci.yml"
    workflow.write_text(workflow.read_text() + "# mine\n")
    life.commit()
    assert Update(life.path, versions, NEWEST, ANSWERS).before({}) == 0

    # Simulate Copier's update after the owner has changed an answer in the questionnaire.
    life.copier("copy", *FORCED, f"--vcs-ref={NEWEST}", "-d", "ci=none", str(versions), ".")
    shutil.rmtree(life.path / ".github")
    (life.path / "justfile.rej").write_text("rejected\n")
    code = Update(life.path, versions, NEWEST, ANSWERS).after()

    assert code == 1
    assert ".github/workflows/ci.yml: you have edited it" in capsys.readouterr().err
    assert life.status() == ""
