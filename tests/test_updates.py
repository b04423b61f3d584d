"""Updates of services from version to version, with the edits of their owners.

Services are born at every release in updates/releases.yml, as soon as it is listed, and at the template of the
working tree.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import Service
from tests.copying import git
from tests.lives import (
    NEWEST,
    NOW,
    OF_THE_NEXT,
    REALISTIC,
    RELEASES,
    SETTINGS,
    SOME_VARIANTS,
    VERSIONS,
    Life,
    be_born,
    make_template,
    options_of,
    version_of,
)
from tests.owners import ADDED_FILES, FATES, KNOWN, LINE_KINDS, Edit, expected_after, plan_edits
from updates import tables
from updates.files import File
from updates.update import Update

OTHER_VARIANTS = pytest.mark.scheduled("edited services of one variant are updated in every run")
OTHER_BIRTHS = pytest.mark.scheduled("an unedited service of one variant is updated in every run")
OTHER_SETTINGS = pytest.mark.scheduled("of now and of the first release, one runs in every run")
ANSWERS = ".copier-answers.yml"
FORCED = ("--trust", "--defaults", "--overwrite", "--quiet")


@pytest.fixture(scope="session")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("versions") / "template")


Anew = Callable[..., Mapping[str, File]]


@pytest.fixture(scope="session")
def anew(versions: Path, tmp_path_factory: pytest.TempPathFactory) -> Anew:
    """`anew(version, answers)` returns the files of a service that is rendered from a version."""

    @cache
    def rendered(version: str, *answers: str) -> Mapping[str, File]:
        folder = tmp_path_factory.mktemp("anew")
        return be_born(versions, folder, version, answers=answers).committed()

    return rendered


def born_and_settings() -> list[object]:
    """Return where services are born, and their owner's git settings.

    In every run, that is now and the first release; the settings take turns from release to release.
    """
    turns = list(zip([NOW, *RELEASES], itertools.cycle(SETTINGS)))
    others = [*((NOW, settings) for settings in SETTINGS), *((born, "plain") for born in RELEASES)]
    scheduled = [*turns[2:], *(each for each in others if each not in turns)]
    return [
        *(pytest.param(*turn) for turn in turns[:2]),
        *(pytest.param(*each, marks=OTHER_SETTINGS) for each in scheduled),
    ]


# Edited services.


def planned(life: Life, fresh: Mapping[str, File], settings: str = "plain") -> list[Edit]:
    """Plan the edits of an owner. Each git settings begin with other kinds, where files are few."""
    moved = tables.load(life.template / "updates")
    return plan_edits(life.committed(), fresh, moved, list(SETTINGS).index(settings))


def differences(after: Mapping[str, File], edits: Sequence[Edit], fresh: Mapping[str, File]) -> str:
    """Return the files that are not as expected, by the name of the edit."""
    names = {path: edit.name for edit in edits for path in edit.expected}
    expected = expected_after(edits, fresh)
    return "\n".join(
        f"{names.get(path, 'untouched')}: {path}: {after.get(path)} instead of {expected.get(path)}"
        for path in sorted({*after, *expected})
        if after.get(path) != expected.get(path)
    )


@pytest.mark.parametrize(("born", "settings"), born_and_settings())
def test_every_kind_of_edit_survives_an_update_to_the_newest_version(
    versions: Path, anew: Anew, tmp_path: Path, born: str, settings: str
) -> None:
    below = "" if settings == "plain" else "services/order desk"
    life = be_born(versions, tmp_path, version_of(born), settings=settings, below=below)
    fresh = anew(NEWEST)
    edits = planned(life, fresh, settings)
    assert len({edit.name for edit in edits}) >= 60
    life.make(edits)

    ended = life.update()

    assert ended.returncode == 0, ended.stdout
    assert life.git("ls-files", "--unmerged") == b""
    assert "<<<<<<<" not in ended.stdout
    life.commit()
    assert not differences(life.committed(), edits, fresh)
    assert "pyproject.toml" in ended.stdout.partition("Merged:")[2]
    assert "openapi.json: uv run just openapi" in ended.stdout

    if (born, settings) == (NOW, "plain"):
        again = life.update()

        assert again.returncode == 0, again.stdout
        assert life.status() == ""


def test_every_kind_of_edit_is_tried_on_files_of_every_fate(
    versions: Path, anew: Anew, tmp_path: Path
) -> None:
    life = be_born(versions, tmp_path)
    fresh = anew(NEWEST)

    tried = {edit.name for settings in SETTINGS for edit in planned(life, fresh, settings)}

    assert tried >= {f"{kind}, {fate}" for kind in LINE_KINDS for fate in FATES}
    assert tried >= {f"{kind}, {fate}" for kind in ("deleted", "renamed") for fate in FATES}
    assert tried >= {*ADDED_FILES, *(kind for kind, *_ in KNOWN), "a migration"}


@OTHER_VARIANTS
@pytest.mark.parametrize("name", [name for name in SOME_VARIANTS if name != "default"])
@pytest.mark.parametrize("born", [NOW, *RELEASES])
def test_every_kind_of_edit_survives_in_other_variants(
    versions: Path, anew: Anew, tmp_path: Path, born: str, name: str
) -> None:
    answers = options_of(name)
    life = be_born(versions, tmp_path, version_of(born), answers=answers)
    fresh = anew(NEWEST, *answers)
    edits = planned(life, fresh)
    life.make(edits)

    ended = life.update()

    assert ended.returncode == 0, ended.stdout
    life.commit()
    assert not differences(life.committed(), edits, fresh)
    assert life.update().returncode == 0
    assert life.status() == ""


# The checks of an edited service.

BOOKSHOP = "docs/examples/bookshop/contexts.yml"
COMMENTED = ("src/presentation/app.py", "src/application/errors.py", "tests/conftest.py")


@pytest.mark.scheduled("it takes all checks of each service")
@pytest.mark.parametrize("name", SOME_VARIANTS)
@pytest.mark.parametrize("born", RELEASES or [NOW])
def test_a_service_that_was_edited_with_care_passes_its_own_checks(
    versions: Path, tmp_path: Path, born: str, name: str
) -> None:
    life = be_born(versions, tmp_path, version_of(born), answers=options_of(name))
    for path in COMMENTED:
        file = life.path / path
        file.write_text(f"{file.read_text()}\n# Ours.\n")
    recipes = life.path / "justfile"
    recipes.write_text(f"{recipes.read_text()}\n# Ours\nours:\n    true\n")
    (life.path / "docs" / "clients.md").unlink()
    Service(life.path).run("uv", "run", "just", "format", **life.environment)
    life.commit()

    ended = life.update(NOW if born in RELEASES else REALISTIC)

    assert ended.returncode == 0, ended.stdout
    life.commit()
    for recipe in ("openapi", "check", "ours"):
        Service(life.path).run("uv", "run", "just", recipe, **life.environment)


@pytest.mark.scheduled("the tests of a service with contexts run; other tests compare its files")
@pytest.mark.parametrize("born", list(RELEASES)[1:] or [NOW])
def test_contexts_of_a_release_pass_their_own_tests_after_an_update(
    versions: Path, tmp_path: Path, born: str
) -> None:
    """Their tables are those of the release: the first one with contexts, and each later one."""
    version, page = version_of(born), tmp_path / "contexts.yml"
    page.write_text(git(versions, "show", f"{version}:{BOOKSHOP}"))
    life = be_born(versions, tmp_path / "life", version, answers=("--data-file", str(page)))
    service = Service(life.path)
    service.run("uv", "run", "just", "openapi", **life.environment)
    life.commit()

    ended = life.update(NOW)

    assert ended.returncode == 0, ended.stdout
    for recipe in ("openapi", "static", "test"):
        service.run("uv", "run", "just", recipe, **life.environment)


# Unedited services and files.


def unedited() -> list[object]:
    """Return where unedited services are born, their variants, and the versions that they go through."""
    # The default variant goes through every version, the others directly to the newest.
    lives = [(NOW, name, VERSIONS[1:] if name == "default" else [NEWEST]) for name in SOME_VARIANTS]
    lives += [(born, name, [NOW, NEWEST]) for born in RELEASES for name in SOME_VARIANTS]
    always = (NOW, SOME_VARIANTS[-1])
    return [
        pytest.param(*life, id="-".join(life[:2]), marks=[OTHER_BIRTHS] * (life[:2] != always))
        for life in lives
    ]


@pytest.mark.parametrize(("born", "name", "through"), unedited())
def test_a_service_that_nobody_has_edited_becomes_a_fresh_render(
    versions: Path, anew: Anew, tmp_path: Path, born: str, name: str, through: Sequence[str]
) -> None:
    answers = options_of(name)
    life = be_born(versions, tmp_path / "old", version_of(born), answers=answers)

    for version in through:
        ended = life.update(version)

        assert ended.returncode == 0, ended.stdout
        assert "your changes" not in ended.stdout
        life.commit()
        assert life.committed() == anew(version, *answers)


@pytest.mark.scheduled("with other edits, this version is among those of every run")
def test_an_option_over_something_that_was_always_there_takes_nothing_away(
    versions: Path, tmp_path: Path
) -> None:
    life = be_born(versions, tmp_path)
    guide = life.path / "docs" / "clients.md"
    guide.write_text(guide.read_text() + "Mine.\n")
    life.commit()
    before = guide.read_bytes()

    ended = life.update(REALISTIC)

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
    (path / "migrations" / "versions" / f"{OF_THE_NEXT}_note_releases.py").mkdir()
    (path / "migrations" / "versions" / f"{OF_THE_NEXT}_note_releases.py" / "mine.txt").write_text(
        "mine\n"
    )
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
            f"migrations/versions/{OF_THE_NEXT}_note_releases.py",
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


@pytest.mark.parametrize(
    "command",
    [
        "recopy",
        pytest.param("copy", marks=pytest.mark.scheduled("bad places are tested in every run")),
    ],
)
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
