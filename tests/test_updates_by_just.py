"""The recipes `update`, `template-status` and `template-at` of a service."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Service
from tests.copying import commit, git
from tests.lives import LAST, NOW, OF_THE_NEXT, REALISTIC, Life, be_born, make_older_template
from updates.timeline import HEAD_MODULE

ANSWERS = ".copier-answers.yml"
AFTER_IT = f"{int(OF_THE_NEXT) + 1:04}"
"""The number of the template's next migration if the owner has added one before."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with its first two versions."""
    return make_older_template(tmp_path_factory.mktemp("template") / "template")


def start(template: Path, folder: Path, version: str = NOW, answers: tuple[str, ...] = ()) -> Life:
    """Render a service and install it."""
    life = be_born(template, folder, version, answers=answers)
    Service(life.path).run("uv", "sync", "--quiet", **life.environment)
    life.commit()
    return life


@pytest.fixture(scope="module")
def life(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Life:
    """A service of the first version; tests leave it as it is."""
    return start(template, tmp_path_factory.mktemp("life"))


@pytest.fixture(scope="module")
def updated(template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Life, str]:
    """A service with a migration of its own after `just update`, and what the command has printed."""
    life = start(template, tmp_path_factory.mktemp("updated"))
    add_migration(life)
    contract = life.path / "openapi.json"
    contract.write_text(contract.read_text().replace("{", '{\n  "x-mine": true,', 1))
    life.commit()
    code, said = just(life, "update")
    assert code == 0, said
    return life, said


def add_migration(life: Life) -> None:
    """Add a migration that does nothing after the last one."""
    versions = life.path / "migrations" / "versions"
    (versions / f"{OF_THE_NEXT}_add_orders.py").write_text(
        f'"""Add orders."""\n\nrevision: str = "{OF_THE_NEXT}"\n'
        f'down_revision: str | None = "{LAST[:4]}"\n\n\n'
        "def upgrade() -> None:\n    pass\n\n\ndef downgrade() -> None:\n    pass\n"
    )
    head = life.path / HEAD_MODULE
    head.write_text(head.read_text().replace(LAST, f"{OF_THE_NEXT}_add_orders"))


def just(life: Life, *arguments: str) -> tuple[int, str]:
    """Run a recipe; return its exit code and its output."""
    ended = Service(life.path).try_to("uv", "run", "just", *arguments, **life.environment)
    return ended.returncode, ended.stdout


def answer(life: Life, before: str, after: str) -> None:
    """Edit the stored answers, and commit."""
    answers = life.path / ANSWERS
    text = answers.read_text()
    assert before in text
    answers.write_text(text.replace(before, after))
    life.commit()


def test_an_update_is_refused_while_work_is_not_committed(life: Life) -> None:
    notes = life.path / "notes.txt"
    notes.write_text("mine\n")

    try:
        code, said = just(life, "update")
    finally:
        notes.unlink()

    assert code
    assert "notes.txt" in said
    assert "Commit or stash them" in said


BROKEN = {
    "no YAML": (f"_commit: {NOW}", "_commit: [", f"{ANSWERS} cannot be read"),
    "no version": (f"_commit: {NOW}\n", "", "does not name the template"),
    "a version that never was": (
        f"_commit: {NOW}",
        "_commit: v9.9.9",
        "99.1.0, 99.2.0. Nothing was changed.",
    ),
    "a template that is gone": (
        "_src_path: ",
        "_src_path: /gone",
        "uv run just template-at ADDRESS",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_answers_that_lead_nowhere_are_refused_with_a_remedy(life: Life, name: str) -> None:
    before, after, remedy = BROKEN[name]
    answer(life, before, after)

    try:
        for recipe in ("update", "template-status"):
            code, said = just(life, recipe)

            assert code
            assert remedy in said
            assert "Traceback" not in said
        assert life.git("status", "--porcelain") == b""
    finally:
        life.git("reset", "--quiet", "--hard", "HEAD~1")


def test_a_template_that_has_moved_is_pointed_to_for_good(
    life: Life, template: Path, tmp_path: Path
) -> None:
    elsewhere, other = tmp_path / "else where", tmp_path / "other"
    shutil.copytree(template, elsewhere)
    other.mkdir()
    git(other, "init", "--quiet")
    answers = life.path / ANSWERS
    before = answers.read_text()

    refused, said = just(life, "template-at", str(other))
    unchanged = answers.read_text()
    code, _ = just(life, "template-at", str(elsewhere))
    after = answers.read_text()
    life.git("checkout", "--quiet", ".")

    assert refused
    assert f"has no version '{NOW}'" in said
    assert unchanged == before
    assert code == 0
    assert f'_src_path: "{elsewhere}"' in after


def test_the_status_names_versions_and_edited_files(life: Life, template: Path) -> None:
    app, guide = life.path / "src/presentation/app.py", life.path / "docs" / "clients.md"
    app.write_text(app.read_text() + "# mine\n")
    guide.unlink()

    code, said = just(life, "template-status")
    life.git("checkout", "--quiet", ".")

    assert code == 0, said
    assert f"This service is of 99.1.0 of the template at {template}." in said
    assert "The newest version is 99.2.0. To update: uv run just update" in said
    assert "99.2.0: Orders of more than a ton are refused." in said
    edited, _, gone = said.partition("Edited files of the template:")[2].partition("Deleted")
    assert edited.split() == ["src/presentation/app.py"]
    assert "docs/clients.md" in gone


def test_the_status_names_no_file_because_of_the_order_of_its_fields_or_of_a_growth(
    template: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.yml"
    book = "{name: Book, fields: {title: string, author: string}}"
    page.write_text(f"contexts: [{{name: catalog, aggregates: [{book}]}}]")
    life = start(template, tmp_path / "life", answers=("--data-file", str(page)))
    versions = life.path / "migrations/versions"
    (versions / f"{OF_THE_NEXT}_create_tables.py").rename(
        versions / f"{OF_THE_NEXT}_grow_catalog.py"
    )
    head = life.path / "src/infrastructure/persistence/head.py"
    head.write_text(head.read_text().replace("create_tables", "grow_catalog"))

    code, said = just(life, "template-status")

    assert code == 0, said
    assert "Edited files" not in said
    assert "Deleted" not in said


def test_an_update_says_what_is_different_and_what_is_next(updated: tuple[Life, str]) -> None:
    life, said = updated

    assert "99.2.0: Orders of more than a ton are refused." in said
    assert "x-mine" not in (life.path / "openapi.json").read_text()
    assert f'HEAD = "{AFTER_IT}_note_releases"' in (life.path / HEAD_MODULE).read_text()
    new, _, steps = said.partition("New migrations")[2].partition("Next:\n")
    assert new.splitlines()[1:] == [f"  migrations/versions/{AFTER_IT}_note_releases.py", ""]
    assert [line.strip() for line in steps.splitlines()] == [
        "uv run just migrate",
        "uv run just check",
        "git add --all && git commit -m 'Update to 99.2.0 of the template'",
    ]
    for recipe in ("lint", "migrations"):
        code, said = just(life, recipe)
        assert code == 0, said


def test_a_conflict_is_named_once_and_nothing_hides_what_to_do_next(life: Life) -> None:
    ignored = life.path / ".gitignore"
    ignored.write_text(ignored.read_text().replace(".coverage.json\n", ".coverage.json\n.mine/\n"))
    life.commit()

    code, said = just(life, "update")
    merged = ignored.read_text()
    life.git("reset", "--quiet", "--hard", "HEAD~1")
    life.git("clean", "--quiet", "-fd")

    assert code
    assert "  .gitignore\n" in said
    assert "uv run just openapi" in said
    assert "Task [" not in said
    assert merged.count("<<<<<<<") == 1


def test_a_second_update_changes_nothing_and_a_service_is_not_downgraded(
    updated: tuple[Life, str],
) -> None:
    life, _ = updated
    life.commit()

    again, said = just(life, "update")
    back, why = just(life, "update", f"--vcs-ref={NOW}")

    assert again == 0, said
    assert "is of 99.2.0, and there is no newer version. Nothing has changed." in said
    assert "ton" not in said
    assert back
    assert "downgrad" in why
    assert life.git("status", "--porcelain") == b""


def test_two_ends_of_the_timeline_are_named(updated: tuple[Life, str]) -> None:
    life, _ = updated
    last = life.path / "migrations" / "versions" / f"{AFTER_IT}_note_releases.py"
    other = last.with_name("9999_beside.py")
    other.write_text(last.read_text().replace(f'"{AFTER_IT}"', '"9999"'))
    life.commit()

    code, said = just(life, "update", "-d", "client_guide=false")

    assert code
    assert f"2 heads: {AFTER_IT}, 9999" in said or f"2 heads: 9999, {AFTER_IT}" in said
    assert not (life.path / "docs" / "clients.md").exists()


@pytest.mark.scheduled("a service is updated twice; quick tests read lists of releases")
def test_a_template_without_tags_is_updated_by_its_list_of_releases(
    template: Path, tmp_path: Path
) -> None:
    untagged = tmp_path / "template"
    git(tmp_path, "clone", "--quiet", "--no-tags", str(template), str(untagged))
    first, second = git(
        template, "rev-parse", f"{NOW}^{{commit}}", f"{REALISTIC}^{{commit}}"
    ).split()
    listed = untagged / "updates" / "releases.yml"
    listed.write_text(f'"99.1.0": {first}\n"99.2.0": {second}\n')
    commit(untagged, "List releases")
    life = start(untagged, tmp_path / "life", first)

    _, before = just(life, "template-status")
    code, said = just(life, "update")
    life.commit()
    _, after = just(life, "template-status")
    back, why = just(life, "update", f"--vcs-ref={first}")
    answered, _ = just(life, "update", "-d", "client_guide=false")

    assert "is of 99.1.0 of the template" in before
    assert "The newest version is 99.2.0." in before
    assert code == 0, said
    assert "99.2.0: Orders of more than a ton are refused." in said
    assert "Update to 99.2.0 of the template" in said
    assert "is of 99.2.0 of the template" in after
    assert "There is no newer version." in after
    assert back
    assert "downgrad" in why
    # An answer alone does not lead to the commit after the release.
    assert answered == 0
    assert f"_commit: {second[:7]}" in (life.path / ANSWERS).read_text()
    assert not (life.path / "docs" / "clients.md").exists()
