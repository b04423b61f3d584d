"""Where owners and the template both add, they do not meet (decision 0037)."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.additions import ADDITIONS, Edit
from tests.conftest import Service
from tests.lives import VERSIONS, be_born, leave, make_template
from tests.test_template import GOLDEN, LISTED, sources
from updates.files import File
from updates.merging import merge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conftest import Render


def edited(folder: Path, path: str, edits: Mapping[str, Edit]) -> str | None:
    """Return the text of a file after its edit, if there is one; None if there is no such file."""
    file = folder / path
    before = file.read_text() if file.exists() else None
    return edits[path](before or "") if path in edits else before


def inserted(before: str, after: str) -> Counter[str]:
    """Return the lines that an edit has added or written anew."""
    return Counter(after.splitlines()) - Counter(before.splitlines())


def check_syntax(path: str, text: str) -> None:
    if path.endswith(".py"):
        ast.parse(text)
    elif path.endswith(".toml"):
        tomllib.loads(text)
    elif path.endswith((".yml", ".yaml")):
        yaml.safe_load(text)


@pytest.mark.parametrize("kind", ADDITIONS)
def test_additions_of_the_owner_and_of_the_template_do_not_conflict(
    render: Render, kind: str
) -> None:
    service, addition = render(), ADDITIONS[kind]

    for path in addition.mine.keys() | addition.theirs.keys():
        base = edited(service, path, {})
        mine = edited(service, path, addition.mine)
        theirs = edited(service, path, addition.theirs)
        if base is None:
            assert None in (mine, theirs), f"both add {path}"
            check_syntax(path, mine or theirs or "")
            continue
        assert mine is not None
        assert theirs is not None

        merged = merge(*(File(text.encode()) for text in (base, mine, theirs)))

        text = merged.file.content.decode()
        assert merged.conflicts == 0, text
        assert inserted(base, text) == inserted(base, mine) + inserted(base, theirs)
        check_syntax(path, text)


# A whole service.


def change_template(folder: Path) -> None:
    """Make all additions of the template in its sources."""
    named = {path: source for path, _, source in sources()}
    for addition in ADDITIONS.values():
        for path, edit in addition.theirs.items():
            write(folder / "template" / named.get(path, path), edit)


def write(file: Path, edit: Edit) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(edit(file.read_text() if file.exists() else ""))


def test_a_service_with_all_additions_is_updated_and_passes_its_checks(tmp_path: Path) -> None:
    template = make_template(tmp_path / "template", (leave, change_template))
    life = be_born(template, tmp_path / "life")
    for addition in ADDITIONS.values():
        for path, edit in addition.mine.items():
            write(life.path / path, edit)
    life.commit()

    ended = life.update(VERSIONS[1])

    assert ended.returncode == 0, ended.stdout
    assert "In conflict" not in ended.stdout
    service = Service(life.path)
    service.run("uv", "sync", "--quiet")
    for recipe in ("lint", "types", "architecture", "own-checks", "weights", "openapi"):
        service.run("uv", "run", "just", recipe)
    assert '"/books/{bookId}"' in (life.path / "openapi.json").read_text()
    settings = "tests/integration/infrastructure/test_settings_page.py"
    service.run("uv", "run", "pytest", "-q", settings)


# The owner's places.


def test_uv_adds_dependencies_below_those_of_the_template(render: Render, tmp_path: Path) -> None:
    shutil.copy(render() / "pyproject.toml", tmp_path)
    before = (tmp_path / "pyproject.toml").read_text()

    for options in ((), ("--dev",)):
        command = ["uv", "add", "--frozen", "--quiet", *options, "blinker>=1", "attrs>=25"]
        subprocess.run(command, cwd=tmp_path, check=True)

    added = '    "blinker>=1",\n    "attrs>=25",\n'
    own = r"( = \[\n(?:    [\"#].*\n)*    # Your own.*\n)\]"
    expected = re.sub(own, rf"\g<1>{added}]", before, count=2)
    assert (tmp_path / "pyproject.toml").read_text() == expected


def rows_of(page: str, title: str) -> list[list[str]]:
    """Return the cells of the table in a section, without its head."""
    section = page.partition(f"{title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


@pytest.mark.parametrize("name", LISTED)
def test_the_page_says_whose_every_file_is_and_names_no_other(render: Render, name: str) -> None:
    page = (render(**LISTED[name]) / "docs/ownership.md").read_text()
    rows = rows_of(page, "# Whose file is it")
    owners = {path: row[1] for row in rows for path in quoted(row[0])}
    rendered = (GOLDEN / f"{name}.txt").read_text().splitlines()

    def is_in(file: str, path: str) -> bool:
        return file == path or (path.endswith("/") and file.startswith(path))

    assert [file for file in rendered if not any(is_in(file, path) for path in owners)] == []
    named = owners.keys() - {"uv.lock"}
    assert [path for path in named if not any(is_in(file, path) for file in rendered)] == []
    assert set(owners.values()) == {"yours", "shared", "the template's", "generated"}


@pytest.mark.parametrize("name", LISTED)
def test_every_place_that_the_page_names_is_there(render: Render, name: str) -> None:
    service = render(**LISTED[name])
    rows = rows_of((service / "docs/ownership.md").read_text(), "## Where to add what")
    marked = {path for row in rows if "Your own" in row[1] for path in quoted(" ".join(row))}
    texts = {path for path in marked if (service / path).is_file() and not path.endswith(".py")}
    modules = {path for row in rows for path in quoted(row[1]) if path.endswith((".py", ".just"))}
    modules -= {"src/application/own_errors.py"}  # which owners create

    assert {".env.example", ".gitignore", "AGENTS.md", "docs/settings.md"} <= texts
    for path in texts:
        assert re.search(r"^ *##? Your own", (service / path).read_text(), re.MULTILINE), path
    of_identity = (service / "src/application/identity").exists()
    assert len(modules) == 8 + of_identity
    assert {path for path in modules if not list(service.rglob(path))} == set()


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("name", LISTED)
def test_the_helpers_that_owners_may_use_are_all_named(render: Render, name: str) -> None:
    service = render(**LISTED[name])
    helpers = rows_of((service / "docs/ownership.md").read_text(), "## Test helpers")
    named = {row[1].strip("`"): set(quoted(row[0])) for row in helpers}

    for path, names in named.items():
        place = service / path.removesuffix("<context>/")
        assert place.exists(), path
        assert not place.is_file() or names <= defined_in(place)
    for conftest in ("tests/integration/conftest.py", "tests/integration/http/conftest.py"):
        assert fixtures_in(service / conftest) <= named[conftest]


def defined_in(file: Path) -> set[str]:
    return set(re.findall(r"^(?:async )?(?:def|class) (\w+)", file.read_text(), re.MULTILINE))


def fixtures_in(file: Path) -> set[str]:
    found = re.findall(
        r"^@pytest\.fixture.*\n(?:async )?def ([a-z]\w+)", file.read_text(), re.MULTILINE
    )
    return set(found)
