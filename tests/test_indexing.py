"""The extension that spares Copier a process of git for each file where there is no repository."""

from __future__ import annotations

import shutil
from pathlib import Path

import copier
import pytest
from jinja2 import Environment

from extensions.indexing import ASKS, IndexingExtension, is_in_repository
from tests.conftest import ROOT
from tests.copying import commit, git, render, update

SETTINGS = """\
_jinja_extensions:
  - copier_template_extensions.TemplateExtensionLoader
  - extensions/indexing.py:IndexingExtension
_exclude: [extensions, copier.yml, .git]
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A template with one file that cannot be executed yet."""
    folder = tmp_path / "template"
    (folder / "extensions").mkdir(parents=True)
    shutil.copy(ROOT / "extensions/indexing.py", folder / "extensions")
    (folder / "copier.yml").write_text(SETTINGS)
    (folder / "{{ _copier_conf.answers_file }}.jinja").write_text(
        "{{ _copier_answers | to_nice_yaml }}"
    )
    (folder / "run.sh").write_text("true\n")
    commit(folder, "v1")
    git(folder, "tag", "v1")
    return folder


def test_copier_has_the_method_that_is_changed() -> None:
    assert hasattr(copier._main.Worker, ASKS)


def test_a_copier_without_the_method_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(copier._main.Worker, ASKS)

    IndexingExtension(Environment(autoescape=True))

    assert not hasattr(copier._main.Worker, ASKS)


def test_a_file_becomes_executable_where_git_does_not_look_at_modes(
    template: Path, tmp_path: Path
) -> None:
    """It is what Copier asks git for after each file."""
    service = tmp_path / "service"
    render(template, service)
    commit(service)
    git(service, "config", "core.fileMode", "false")
    (template / "run.sh").chmod(0o755)
    commit(template, "v2")
    git(template, "tag", "v2")

    update(service)

    assert git(service, "ls-files", "--stage", "run.sh").startswith("100755")


def test_a_repository_is_found_where_git_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "services" / "one"
    inner.mkdir(parents=True)
    link = tmp_path / "link"

    before = is_in_repository(inner)
    git(tmp_path / "services", "init", "--quiet")
    link.symlink_to(inner)

    assert not before
    assert is_in_repository(inner)
    assert is_in_repository(link)
    assert not is_in_repository(tmp_path / "elsewhere")

    monkeypatch.setenv("GIT_DIR", str(tmp_path / "services/.git"))

    assert is_in_repository(tmp_path / "elsewhere")
