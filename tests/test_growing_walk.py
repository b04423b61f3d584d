"""A bookshop grows in many steps after its owner has edited it in every way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import shop_owner
from tests.conftest import Service
from tests.lives import NOW, Life, be_born, make_template
from tests.shop_growth import STEPS, be_stricter, take

BOOKSHOP = Path(__file__).resolve().parents[1] / "docs/examples/bookshop/contexts.yml"
CONTEXTS = ("catalog", "events", "ordering")
LEVELS = ("unit/domain", "unit/application", "integration/persistence", "integration/http")

# Migrates a database of its own, and asks it something in between.
MIGRATE = """\
import asyncio, json, os, sys
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from dev.environment import LOCAL
from dev.postgres import LocalPostgres


async def ask(url, statements):
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in statements:
            found = await connection.execute(text(statement))
            if found.returns_rows:
                print("ROWS", [tuple(row) for row in found])
    await engine.dispose()


with LocalPostgres(LOCAL / "postgres-test", durable=False).running() as server:
    server.create_database("walk")
    os.environ["DATABASE_URL"] = url = server.url("walk")
    config = Config(toml_file="pyproject.toml")
    for revision, statements in json.loads(sys.argv[1]):
        try:
            command.upgrade(config, revision)
        except Exception as refused:
            print("REFUSED", refused)
        asyncio.run(ask(url, statements))
    server.drop_database("walk")
"""
OLD_ROWS = [
    "INSERT INTO orders (id, owner_id, reference, channel, total_amount, total_currency, customer_email, from_day,"
    " until_day, state, created_at, version) VALUES (gen_random_uuid(), 'ada', 'A-1', 'web', 1, 'EUR', 'a@b.org',"
    " '2026-01-01', '2026-01-02', 'draft', now(), 1)",
    "INSERT INTO order_lines (id, order_id, position, isbn, copies)"
    " SELECT gen_random_uuid(), id, 0, '9780306406157', 80 FROM orders",
    "INSERT INTO readings (id, title, room, begins_at, ends_at, seats, standing, contact, created_at, version) VALUES"
    " (gen_random_uuid(), 'Poems', repeat('x', 35), now(), now() + interval '1 hour', 9, 0, 'a@b.org', now(), 1)",
    "INSERT INTO registrations (id, owner_id, reading_id, guest, seats, created_at, version)"
    " SELECT gen_random_uuid(), 'ada', id, 'Ada', 1, now(), 1 FROM readings",
    "INSERT INTO invoices (id, owner_id, number, address_street, address_city, due_on, created_at, version) VALUES"
    " (gen_random_uuid(), 'ada', 'I-1', 'Meir 1', 'Antwerp', '2026-01-01', now(), 1)",
]
CORRECTIONS = [
    ["UPDATE readings SET room = 'cellar'"],
    ["UPDATE order_lines SET copies = 50"],
    [
        "INSERT INTO invoice_items (id, invoice_id, position, text, amount_amount, amount_currency)"
        " SELECT gen_random_uuid(), id, 0, 'Books', 1, 'EUR' FROM invoices"
    ],
]


def be_born_and_edited(folder: Path) -> tuple[Life, shop_owner.Lines]:
    """Return a bookshop with its owner's edits, and the lines that are theirs."""
    template = make_template(folder / "template", [lambda _: None])
    options = ["authentication=external", "ci=none", "container=no"]
    answers = [text for option in options for text in ("-d", option)]
    life = be_born(template, folder, NOW, answers=[*answers, "--data-file", str(BOOKSHOP)])
    service = Service(life.path)
    service.run("uv", "sync", "--quiet", **life.environment)
    life.commit()
    born = shop_owner.lines_of(life.path)
    shop_owner.edit(life.path)
    # The types, the rules and the tests are checked once, at the end of the walk.
    check = "check: static test proof own-checks"
    shop_owner.replace(life.path / "justfile", check, "check: lint migrations own-checks")
    service.run("uv", "run", "just", "openapi", **life.environment)
    life.commit()
    return life, shop_owner.own_lines(born, shop_owner.lines_of(life.path))


@pytest.mark.scheduled("a service grows eight times, which takes minutes each")
def test_a_bookshop_keeps_what_its_owner_has_written_in_each_step(tmp_path: Path) -> None:
    life, own = be_born_and_edited(tmp_path)
    assert len(own) > 20

    before = {}
    for step in STEPS:
        before[step.edit] = head_of(life)
        take(life, step, own)

    assert_rows_are_asked(life, before[be_stricter])
    service = Service(life.path)
    service.run("uv", "run", "just", "static", **life.environment)
    tests = [f"tests/{level}/{name}" for level in LEVELS for name in CONTEXTS]
    tests.append("tests/integration/persistence/test_migrations.py")
    service.run("uv", "run", "pytest", "-q", "-m", "not fuzz", *tests, **life.environment)


def assert_rows_are_asked(life: Life, revision: str) -> None:
    """Migrate rows that break what the page asks, and correct them one after the other."""
    seen = ["SELECT note, is_paid FROM orders, registrations"]
    steps = [[revision, OLD_ROWS], *(["head", each] for each in CORRECTIONS), ["head", seen]]
    run = Service(life.path).run
    said = run("uv", "run", "python", "-c", MIGRATE, json.dumps(steps), **life.environment)

    refused = [line for line in said.splitlines() if line.startswith("REFUSED")]
    assert len(refused) == 3, said
    assert "value too long for type character varying(30)" in refused[0]
    assert "ck_order_lines_copies_range" in refused[1]
    assert "one of invoices has fewer than 1 or more than 100 of invoice_items" in refused[2]
    assert "ROWS [('none', False)]" in said


def head_of(life: Life) -> str:
    """Return the revision of the last migration."""
    return max((life.path / "migrations/versions").glob("*.py")).name[:4]
