"""The list of releases, what agrees with it, and the migrations that no longer change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from tests.conftest import Render
from tests.copying import commit, git
from tests.releases import (
    ROOT,
    TIMELINES,
    ReleaseError,
    Releases,
    changed_migrations,
    hashes,
)
from tests.variants import Answers
from updates.files import Tree, read_tree
from updates.timeline import heads, migrations_in

# The list of this repository


def test_everything_agrees_with_the_list_of_releases() -> None:
    releases = Releases()

    assert list(releases.problems()) == []
    if missing := [each for each, commit in releases.commits.items() if not releases.has(commit)]:
        pytest.skip(f"this clone is shallow, and does not have the commits of {', '.join(missing)}")


@pytest.mark.parametrize("table", ["releases", "migrations", "moves", "changes"])
def test_each_table_says_how_a_row_is_written(table: str) -> None:
    text = (ROOT / "updates" / f"{table}.yml").read_text()

    assert '#   "0.' in text


# Released migrations

CONTEXTS = Path(__file__).parent / "contexts" / "first.yml"


def test_a_released_migration_is_rendered_as_it_was(variant: Answers, render: Render) -> None:
    found = hashes(read_tree(render(**variant)))

    assert list(changed_migrations(Releases().pins, timeline_of(variant), found)) == []


def test_migrations_form_one_line_that_ends_where_the_code_expects(
    variant: Answers, render: Render
) -> None:
    require_one_line(read_tree(render(**variant)))


@pytest.mark.parametrize("authentication", TIMELINES)
def test_the_migration_of_the_contexts_comes_after_those_of_the_template(
    render: Render, authentication: str
) -> None:
    plain = read_tree(render(authentication=authentication))
    page = yaml.safe_load(CONTEXTS.read_text())
    tree = read_tree(render(authentication=authentication, **page))

    *before, last = migrations_in(tree)

    require_one_line(tree)
    assert last.name == "create_tables"
    assert [(each.path, each.file) for each in before] == [
        (each.path, each.file) for each in migrations_in(plain)
    ]


def require_one_line(tree: Tree) -> None:
    migrations = migrations_in(tree)
    names = [each.name for each in migrations]
    assert heads(migrations) == {migrations[-1].revision}
    assert [each.revision for each in migrations] == [
        f"{number:04}" for number in range(1, len(migrations) + 1)
    ]
    assert all(len(each.after) <= 1 for each in migrations)
    assert len(names) == len(set(names)), "an update knows migrations by their names"
    assert (
        f'HEAD = "{migrations[-1].stem}"'.encode()
        in tree["src/infrastructure/persistence/head.py"].content.splitlines()
    )


def timeline_of(answers: Answers) -> str:
    return str(answers.get("authentication", "own"))


# The list of a repository of its own, which renders only migrations


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    """A template without releases, whose next version is 0.1.0."""
    folder = tmp_path / "template"
    for path, text in {
        "copier.yml": "_subdirectory: service\nauthentication: {type: str, default: own}\n",
        "pyproject.toml": '[project]\nname = "t"\nversion = "0.1.0.dev0"\n',
        "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n- Things.\n",
        "updates/releases.yml": "# Releases\n{}\n",
        "updates/migrations.yml": "# Migrations\n{}\n",
        "updates/moves.yml": "{}\n",
        "updates/changes.yml": "{}\n",
    }.items():
        write(folder / path, text)
    write(folder / f"service/{VERSIONS}/{FIRST}", "first\n")
    commit(folder)
    return Releases(folder)


VERSIONS = "migrations/versions"
ABSENT = "a" * 40
FIRST = "{{ '0001_users.py' if authentication == 'own' else '0001_start.py' }}"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def prepare(releases: Releases, version: str, heading: str | None = None) -> str:
    """Commit a release, before it is listed, and return the commit."""
    folder = releases.folder
    write(folder / "pyproject.toml", f'[project]\nname = "t"\nversion = "{version}"\n')
    changelog = folder / "CHANGELOG.md"
    title = f"## [{version}] - 2026-11-26" if heading is None else heading
    text = changelog.read_text().replace("## [Unreleased]\n", f"## [Unreleased]\n\n{title}\n")
    write(changelog, text)
    commit(folder)
    return git(folder, "rev-parse", "HEAD").strip()


def release(releases: Releases, version: str) -> str:
    """Commit and list a release, and return its commit."""
    made = prepare(releases, version)
    releases.add()
    commit(releases.folder)
    return made


@pytest.mark.parametrize(
    "versions", [[], ["0.1.0"], ["0.1.0", "0.2.0", "0.10.0"]], ids=["none", "one", "three"]
)
def test_releases_are_listed_by_the_command(releases: Releases, versions: Sequence[str]) -> None:
    made = {version: release(releases, version) for version in versions}

    assert releases.commits == made
    assert list(releases.problems()) == []
    listed = (releases.folder / "updates" / "releases.yml").read_text()
    assert listed.startswith("# Releases\n")
    assert [line.split(":")[0] for line in listed.splitlines()[1:]] == (
        [f'"{version}"' for version in versions] or ["{}"]
    )


def test_a_release_pins_its_new_migrations_by_answer(releases: Releases) -> None:
    release(releases, "0.1.0")
    release(releases, "0.2.0")
    write(releases.folder / f"service/{VERSIONS}/0002_more.py", "second\n")
    release(releases, "0.3.0")

    names = {
        version: {answer: list(pinned) for answer, pinned in answers.items()}
        for version, answers in releases.pins.items()
    }

    assert names == {
        "0.1.0": {
            "own": ["0001_users.py"],
            "external": ["0001_start.py"],
            "none": ["0001_start.py"],
        },
        "0.3.0": {answer: ["0002_more.py"] for answer in TIMELINES},
    }
    for answer in TIMELINES:
        assert not list(changed_migrations(releases.pins, answer, releases.migrations(answer)))


@pytest.mark.parametrize("deleted", [False, True])
def test_a_changed_or_missing_migration_of_a_release_is_named(
    releases: Releases, deleted: bool
) -> None:
    release(releases, "0.1.0")
    first = releases.folder / "service" / VERSIONS / FIRST
    if deleted:
        first.unlink()
    else:
        write(first, "first, improved\n")
    write(releases.folder / f"service/{VERSIONS}/0002_more.py", "second\n")
    prepare(releases, "0.2.0")

    with pytest.raises(ReleaseError) as refused:
        releases.add()

    what = "is no longer rendered" if deleted else "is rendered differently"
    assert (
        f"migrations/versions/0001_users.py {what} with authentication=own. Services have had it since"
        " 0.1.0, and their databases have run it: restore it, and write a new migration."
    ) in str(refused.value)
    assert git(releases.folder, "status", "--porcelain") == ""


REFUSED = {
    "uncommitted work": ("0.1.0", None, "Commit your changes first"),
    "a version of development": ("0.1.0.dev0", "", "set the version of the release"),
    "no SemVer": ("1.0", None, "MAJOR.MINOR.PATCH"),
    "no heading": ("0.1.0", "", "add the heading `## [0.1.0] - YYYY-MM-DD`"),
    "no date": ("0.1.0", "## [0.1.0]", "add the heading `## [0.1.0] - YYYY-MM-DD`"),
    "listed twice": ("0.0.1", "", "0.0.1 is already listed"),
    "an older version": ("0.0.0", None, "version 0.0.0 is older than the last release"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_a_release_is_not_listed(releases: Releases, name: str) -> None:
    version, heading, reason = REFUSED[name]
    if name in ("listed twice", "an older version"):
        release(releases, "0.0.1")
    prepare(releases, version, heading)
    if name == "uncommitted work":
        write(releases.folder / "notes.txt", "mine\n")
    before = releases.commits

    with pytest.raises(ReleaseError, match=reason.replace("[", r"\[")):
        releases.add()

    assert releases.commits == before


def test_rows_that_do_not_agree_are_named_with_the_remedy(releases: Releases) -> None:
    first = release(releases, "0.1.0")
    second = release(releases, "0.2.0")
    updates = releases.folder / "updates"
    write(updates / "moves.yml", '"0.3.0": {a: b}\n"0.2.0": {b: c}\n')
    write(
        updates / "releases.yml",
        f'"0.2.0": {second}\n"0.1.0": {second}\n"0.1.1": {ABSENT}\n"0.1.2": {first[:7]}\n',
    )

    assert set(releases.problems()) == {
        "updates/releases.yml: list the versions in ascending order.",
        "updates/moves.yml: 0.3.0 is neither a release nor the next one (0.2.0).",
        "updates/moves.yml: 0.2.0 is not as it was released: move what is new to the next version.",
        f"updates/releases.yml: 0.1.0: pyproject.toml in {second} has version 0.2.0.",
        f"updates/releases.yml: 0.1.1: this repository does not have the commit {ABSENT}.",
        f"updates/releases.yml: 0.1.2: '{first[:7]}' is not a full commit id.",
        "CHANGELOG.md: the heading `## [0.1.1] - YYYY-MM-DD` is missing.",
        "CHANGELOG.md: the heading `## [0.1.2] - YYYY-MM-DD` is missing.",
    }
    write(updates / "releases.yml", f'"v0.1": {first}\n')
    assert list(releases.problems()) == [
        "updates/releases.yml: v0.1: write versions as MAJOR.MINOR.PATCH."
    ]
    write(updates / "releases.yml", f'"0.2.0": {second}\n')
    write(updates / "moves.yml", "{}\n")
    assert list(releases.problems()) == [
        "updates/migrations.yml: 0.1.0 is neither a release nor the next one (0.2.0).",
        "CHANGELOG.md: 0.1.0 is not in updates/releases.yml.",
    ]


def test_lines_that_a_merge_has_put_into_an_older_release_are_named(releases: Releases) -> None:
    release(releases, "0.1.0")
    changelog = releases.folder / "CHANGELOG.md"
    write(changelog, changelog.read_text().replace("- Things.", "- Things.\n- More."))
    write(releases.folder / "updates" / "changes.yml", '"0.1.0": [More.]\n')

    remedy = "0.1.0 is not as it was released: move what is new to the next version."
    assert list(releases.problems()) == [
        f"CHANGELOG.md: {remedy}",
        f"updates/changes.yml: {remedy}",
    ]


def test_commits_that_are_not_in_a_shallow_clone_are_not_missed(
    releases: Releases, tmp_path: Path
) -> None:
    release(releases, "0.1.0")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{releases.folder}", str(shallow))

    cloned = Releases(shallow)

    assert not cloned.has(cloned.commits["0.1.0"])
    assert list(cloned.problems()) == []


def test_a_commit_that_was_abandoned_is_named(releases: Releases) -> None:
    made = release(releases, "0.1.0")
    git(releases.folder, "checkout", "--quiet", "--orphan", "other")
    commit(releases.folder)

    assert list(releases.problems()) == [
        f"updates/releases.yml: 0.1.0: {made} is not in the history of HEAD."
    ]
