"""`just grow` in a service whose owner has edited what was rendered."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import Service, owners_environment
from tests.lives import NOW, Life, be_born, make_template
from tests.shop_owner import OWN_MIGRATION
from tests.test_tokens import wait_until
from updates.growth import Comparison, Request

PAGE = """\
contexts:
  - name: ordering
    aggregates:
      - name: Order
        fields:
          reference: {type: string, max: 40, unique: true, set: once}
          copies: {type: integer, min: 1, max: 99}
          note: {type: text, optional: true}
          from_day: date
          until_day: date
        lifecycle:
          initial: draft
          final: delivered
          transitions:
            submit: {from: draft, to: submitted}
            ship: {from: submitted, to: delivered}
        remove: {in: draft}
"""
GROWN = {
    "          note: {type: text, optional: true}\n": (
        "          channel: {type: enum, values: [web, store], backfill: web} # in the middle\n"
        "          note: {type: text, backfill: 'none: it is older'}\n"
    ),
    "max: 99": "max: 50",
    "        lifecycle:\n": "        rules: {in_order: until_day >= from_day}\n        lifecycle:\n",
    "            ship:": "            hold: {from: submitted, to: held}\n"
    "            go_on: {from: held, to: submitted}\n            ship:",
    "        remove: {in: draft}\n": "        reads: {sort: [created_at, reference]}\n        remove: {in: draft}\n"
    "      - name: Invoice\n        fields: {number: {type: string, max: 20, unique: true}}\n"
    "  - name: stock\n    aggregates:\n"
    "      - {name: Shelf, may: {read: [auditor]}, fields: {code: {type: string, max: 10}}}\n",
    "contexts:\n  - name: ord": "roles: [auditor]\ncontexts:\n  - name: ord",
}
"""The edits of the page: what is replaced, and by what."""
ORDER = "src/domain/ordering/order.py"
MODEL = "src/infrastructure/persistence/ordering/models/order.py"
REPOSITORY = "src/infrastructure/persistence/ordering/order_repo.py"
HEAD = "src/infrastructure/persistence/head.py"
UNIT = "tests/unit/domain/ordering/test_order.py"
RENAMED = "tests/unit/domain/ordering/test_what_an_order_does.py"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template of the working tree."""
    return make_template(tmp_path_factory.mktemp("template") / "template", [lambda _: None])


@pytest.fixture(scope="module")
def life(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Life:
    """A service that was born with one aggregate, with its owner's edits; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("growing")
    (folder / "page.yml").write_text(PAGE)
    options = ["authentication=external", "ci=none", "container=no"]
    answers = [text for option in options for text in ("-d", option)]
    life = be_born(
        template, folder, NOW, answers=[*answers, "--data-file", str(folder / "page.yml")]
    )
    service = Service(life.path)
    service.run("uv", "sync", "--quiet", **life.environment)
    service.run("uv", "run", "just", "openapi", **life.environment)
    life.commit()
    edit(life)
    life.commit()
    return life


def edit(life: Life) -> None:
    """Edit what was rendered, in many ways that change no behaviour which its tests describe."""
    change(life, "contexts.yml", "contexts:\n", "# What we talk about every day.\ncontexts:\n")
    change(life, ORDER, '"""The order."""\n', '"""The order, as the warehouse knows it."""\n')
    method = "    def is_large(self) -> bool:\n        return self.copies.value > 40\n\n"
    change(life, ORDER, "    def submit(", f"{method}    def submit(")
    change(life, ORDER, '"cannot ship in this state"', '"it is not ready to be shipped"')
    change(
        life,
        MODEL,
        "    version: Mapped[int]\n",
        "    version: Mapped[int]\n    warehouse: Mapped[str | None] = mapped_column(String(20))\n",
    )
    change(life, REPOSITORY, "order.version,\n", 'order.version,\n        "warehouse": None,\n')
    write(life, "migrations/versions/0003_add_warehouse.py", OWN_MIGRATION)
    change(life, HEAD, "0002_create_tables", "0003_add_warehouse")
    (life.path / "tests/integration/http/test_garbage.py").unlink()
    (life.path / UNIT).rename(life.path / RENAMED)
    text = (life.path / RENAMED).read_text()
    tests = r"^@pytest.mark.parametrize[^\n]*\ndef test_(?:ship_leads|an_order_may_be)_.*?\n\n\n"
    first, second = re.findall(tests, text, re.M | re.S)
    write(life, RENAMED, text.replace(first, "").replace(second, second + first))
    append(
        life,
        RENAMED,
        "\n\ndef test_most_orders_are_not_large() -> None:\n    assert not an_order().is_large()\n",
    )
    # The other checks take minutes; a scheduled test runs them.
    change(life, "justfile", "check: static test proof own-checks", "check: static own-checks")
    write(
        life, "src/domain/ordering/own_words.py", '"""Words of our own."""\n\nWORDS = ("parcel",)\n'
    )
    test = '"""Our words."""\n\nfrom domain.ordering.own_words import WORDS\n\n\n'
    test += "def test_a_parcel_is_a_word() -> None:\n    assert WORDS\n"
    write(life, "tests/unit/domain/ordering/test_own_words.py", test)


def write(life: Life, path: str, text: str) -> None:
    (life.path / path).write_text(text)


def change(life: Life, path: str, before: str, after: str) -> None:
    text = (life.path / path).read_text()
    assert before in text, f"{path} has no {before!r}"
    write(life, path, text.replace(before, after))


def append(life: Life, path: str, text: str) -> None:
    write(life, path, (life.path / path).read_text() + text)


def grow_page(life: Life) -> None:
    for before, after in GROWN.items():
        change(life, "contexts.yml", before, after)


def grow(life: Life, *options: str) -> tuple[int, str]:
    ended = Service(life.path).try_to("uv", "run", "just", "grow", *options, **life.environment)
    return ended.returncode, ended.stdout


def with_page(life: Life, before: str, after: str, *options: str) -> tuple[int, str]:
    """Grow with an edit of the page, and restore the page; nothing else may have changed."""
    change(life, "contexts.yml", before, after)
    edited = (life.path / "contexts.yml").read_text()
    try:
        ended = grow(life, *options)
        assert changed(life) == ["contexts.yml"]
        assert (life.path / "contexts.yml").read_text() == edited
    finally:
        life.git("checkout", "--quiet", ".")
    return ended


def changed(life: Life) -> list[str]:
    rows = life.git("status", "--porcelain", "--untracked-files=all").decode().splitlines()
    return [row[3:] for row in rows]


def test_a_preview_shows_everything_and_changes_nothing(life: Life) -> None:
    code, said = with_page(
        life,
        "          note: {type: text, optional: true}\n",
        "          colour: {type: string, optional: true}\n          note: {type: text, backfill: none}\n",
        "--preview",
    )

    assert code == 0, said
    assert "Added:\n  ordering.Order.colour\n" in said
    assert "Changed:\n  ordering.Order.note\n" in said
    assert "  orders: fill note with 'none' where it is null, and require it\n" in said


def test_other_changes_are_refused(life: Life) -> None:
    write(life, "notes.txt", "mine\n")

    try:
        code, said = grow(life)
    finally:
        (life.path / "notes.txt").unlink()

    assert code
    assert "notes.txt" in said
    assert "Commit or stash them" in said


REFUSED = {
    "a mistake": (
        "reference: {type: string",
        "reference: {type: strin",
        'contexts.yml:11: contexts[0].aggregates[0].fields.reference.type: unknown type "strin"',
    ),
    "no YAML": ("contexts:\n", "contexts: [\n", "this is not YAML"),
    "a required field without a value for rows": (
        "          from_day: date\n",
        "          colour: string\n          from_day: date\n",
        "contexts.yml:14: contexts[0].aggregates[0].fields.colour: it is required",
    ),
    "another type": ("from_day: date", "from_day: datetime", "a field keeps its type"),
    "a removal": (
        "          note: {type: text, optional: true}\n",
        "",
        "uv run just grow --allow-removal ordering.Order.note",
    ),
}


def test_of_a_role_that_is_removed_nobody_hears_that_it_is_lost(tmp_path: Path) -> None:
    before = {"roles": ["clerk"], "contexts": yaml.safe_load(PAGE)["contexts"]}
    after = {**before, "roles": ["cashier"]}
    (tmp_path / "contexts.yml").write_text(yaml.safe_dump(after))
    request = Request(tmp_path, preview=True, allowed=[])

    [refusal] = Comparison(request, before, after).refusals([])

    assert refusal.paths == ["roles.clerk (whoever has it keeps it, but nothing asks for it)"]
    assert refusal.remedy.endswith("just grow --allow-removal roles.clerk")


IN_MEMORY = {"a required field without a value for rows", "another type"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.scheduled("refused in tests of the language"))
        if name in IN_MEMORY
        else name
        for name in REFUSED
    ],
)
def test_what_cannot_be_done_is_refused_with_a_remedy(life: Life, name: str) -> None:
    before, after, said_so = REFUSED[name]

    code, said = with_page(life, before, after)

    assert code == 1
    assert said_so in said
    assert "Traceback" not in said
    assert "not updated" not in said
    assert ORDER in said or name != "a removal"


def test_without_an_edit_of_the_page_nothing_happens(life: Life) -> None:
    code, said = grow(life)

    assert (code, changed(life)) == (0, [])
    assert "Nothing has changed" in said


def test_plain_copier_refuses_another_page(life: Life, tmp_path: Path) -> None:
    page = tmp_path / "page.yml"
    page.write_text(PAGE.replace("max: 40", "max: 80"))

    ended = life.update(NOW, "--data-file", str(page))

    assert ended.returncode == 1
    assert "uv run just grow" in ended.stdout
    assert changed(life) == []


def test_contexts_that_were_edited_among_the_answers_are_refused(life: Life) -> None:
    change(life, ".copier-answers.yml", "max: 99", "max: 98")
    life.commit()

    try:
        ended = life.update(NOW)
    finally:
        life.git("reset", "--quiet", "--hard", "HEAD~1")

    assert ended.returncode == 1
    assert "were edited by hand" in ended.stdout


def written(life: Life) -> dict[Path, int]:
    """Return when each module was written."""
    return {file: file.stat().st_mtime_ns for file in (life.path / "src").rglob("*.py")}


def test_an_interrupted_growth_leaves_everything_as_it_was(life: Life) -> None:
    grow_page(life)
    edited = (life.path / "contexts.yml").read_text()
    before = written(life)
    command = ["uv", "run", "python", "-m", "dev.grow"]
    process = subprocess.Popen(
        command,
        cwd=life.path,
        env=owners_environment() | life.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    # git would take a lock that the growth may need, too.
    wait_until(lambda: written(life) != before or process.poll() is not None, patience=500)

    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "Everything is as it was" in said
    assert changed(life) == ["contexts.yml"]
    assert (life.path / "contexts.yml").read_text() == edited
    life.git("checkout", "--quiet", ".")


@pytest.fixture(scope="module")
def conflicting(life: Life) -> tuple[int, str, str]:
    """A growth in which the owner and the page change the same line: exit code, output, file."""
    change(life, MODEL, "copies BETWEEN 1 AND 99", "copies BETWEEN 1 AND 90")
    life.commit()
    grow_page(life)
    code, said = grow(life)
    text = (life.path / MODEL).read_text()
    (life.path / "notes.txt").write_text("mine")
    undone, _ = grow(life, "--undo")
    assert undone == 0
    assert changed(life) == ["contexts.yml"]
    assert life.git("show", "stash@{0}:notes.txt") == b"mine"
    life.git("stash", "drop", "--quiet")
    life.git("reset", "--quiet", "--hard", "HEAD~1")
    return code, said, text


def test_a_conflict_is_named_and_can_be_undone(conflicting: tuple[int, str, str]) -> None:
    code, said, text = conflicting

    assert code == 1
    assert f"  {MODEL}\n" in said
    assert "uv run just grow --continue" in said
    assert "Task [" not in said
    assert text.count("<<<<<<<") == 1


ROWS = """\
import asyncio, os, sys
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from dev.environment import LOCAL
from dev.postgres import LocalPostgres

INSERT = "INSERT INTO orders (id, owner_id, reference, copies, note, from_day, until_day, state, created_at, version)" \\
    " SELECT gen_random_uuid(), 'ada', 'R' || n, CASE n WHEN 8 THEN 80 ELSE 1 END, CASE WHEN n % 2 = 0 THEN 'mine' END, '2026-01-01', '2026-01-02'," \\
    " 'draft', now(), 1 FROM generate_series(1, 2500) n"
SELECT = "SELECT channel, note, count(*) FROM orders GROUP BY channel, note ORDER BY note"
FILE = "SELECT pg_relation_filepath('orders')"


async def ask(url, statement):
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        found = await connection.execute(text(statement))
        rows = [tuple(row) for row in found] if found.returns_rows else []
    await engine.dispose()
    return rows


with LocalPostgres(LOCAL / "postgres-test", durable=False).running() as server:
    server.create_database("rows")
    os.environ["DATABASE_URL"] = url = server.url("rows")
    config = Config(toml_file="pyproject.toml")
    command.upgrade(config, "0003")
    asyncio.run(ask(url, INSERT))
    before = asyncio.run(ask(url, FILE))
    command.upgrade(config, "0004")
    print("REWRITTEN", before != asyncio.run(ask(url, FILE)))
    try:
        command.upgrade(config, "head")
    except Exception as refused:
        print("REFUSED", refused)
    asyncio.run(ask(url, "UPDATE orders SET copies = 1 WHERE copies > 50"))
    command.upgrade(config, "head")
    print("ROWS", asyncio.run(ask(url, SELECT)))
    server.drop_database("rows")
"""


def test_a_growth_keeps_every_edit_passes_the_checks_and_fills_the_rows(life: Life) -> None:
    own = life.committed()
    grow_page(life)
    page = (life.path / "contexts.yml").read_text()

    code, said = grow(life)

    assert code == 0, said
    assert "  orders: require copies BETWEEN 1 AND 50; this fails if a row breaks it\n" in said
    assert "  orders: order reference by code points; its indexes are made anew" in said
    assert "compatible:" in said
    assert "breaking:" in said
    assert (life.path / "contexts.yml").read_text() == page
    versions = versions_of(life)
    assert versions[2:] == [
        "0003_add_warehouse.py",
        "0004_grow_ordering_and_stock.py",
        "0005_fill_ordering_and_stock.py",
        "0006_index_ordering_and_stock.py",
        "0007_validate_ordering_and_stock.py",
    ]
    grown = (life.path / "migrations/versions/0004_grow_ordering_and_stock.py").read_text()
    assert 'type_=sa.String(length=40, collation="C")' in grown
    for name in versions[:3]:
        path = f"migrations/versions/{name}"
        assert (life.path / path).read_bytes() == own[path].content
    assert 'HEAD = "0007_validate_ordering_and_stock"' in (life.path / HEAD).read_text()
    for path, lines in {
        ORDER: ["as the warehouse knows it", "it is not ready to be shipped", "def is_large"],
        MODEL: ["warehouse: Mapped[str | None]", "channel: Mapped[str]"],
        RENAMED: ["test_most_orders_are_not_large", "test_hold_leads_to_held"],
        "src/domain/ordering/own_words.py": ["parcel"],
    }.items():
        text = (life.path / path).read_text()
        assert [line for line in lines if line not in text] == [], path
    assert not (life.path / UNIT).exists()
    assert not (life.path / "tests/integration/http/test_garbage.py").exists()

    change(life, "contexts.yml", "max: 10", "max: 11")
    refused, reason = grow(life)
    assert refused == 1
    assert "The last `just grow` is not committed" in reason

    service = Service(life.path)
    folders = ("unit/domain", "unit/application", "integration/persistence", "integration/http")
    tests = [f"tests/{folder}/{name}" for folder in folders for name in ("ordering", "stock")]
    tests += ["tests/integration/persistence/test_migrations.py"]
    service.run("uv", "run", "pytest", "-q", "-m", "not fuzz", *tests, **life.environment)
    rows = service.run("uv", "run", "python", "-c", ROWS, **life.environment)
    assert "REWRITTEN False" in rows
    assert re.search(r"REFUSED .*ck_orders_copies_range.* is violated by some row", rows)
    assert "ROWS [('web', 'mine', 1250), ('web', 'none: it is older', 1250)]" in rows


@pytest.mark.scheduled("a service is rendered, grows twice, and runs its checks each time")
def test_the_first_contexts_of_a_service_come_and_go_again(template: Path, tmp_path: Path) -> None:
    options = ("authentication=none", "ci=none", "container=no")
    answers = [text for option in options for text in ("-d", option)]
    life = be_born(template, tmp_path, NOW, answers=answers)
    Service(life.path).run("uv", "sync", "--quiet", **life.environment)
    life.commit()
    append(life, "contexts.yml", "# mine\n")
    change(life, "contexts.yml", "contexts: []\n", PAGE)

    code, said = grow(life)

    assert code == 0, said
    assert versions_of(life) == ["0001_start.py", "0002_grow_ordering.py"]
    life.commit()

    change(life, "contexts.yml", PAGE, "contexts: []\n")
    refused, reason = grow(life)
    assert refused == 1
    assert "--allow-removal ordering" in reason

    code, said = grow(life, "--allow-removal", "ordering")

    assert code == 0, said
    assert versions_of(life)[2:] == ["0003_grow_ordering.py"]
    assert "# mine" in (life.path / "contexts.yml").read_text()
    assert not list((life.path / "src/domain/ordering").glob("*.py"))


def versions_of(life: Life) -> list[str]:
    return sorted(path.name for path in (life.path / "migrations/versions").glob("*.py"))
