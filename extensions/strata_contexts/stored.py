"""Compares tables as migrations write them, and says what a database is asked where they differ."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .table_view import TableView

WIDER = {"Integer": ("BigInteger",), "BigInteger": ("Integer",)}
RANGE = re.compile(r"(.+) BETWEEN ([-.\d]+) AND ([-.\d]+)")
CHOICE = re.compile(r"(\w+) IN \((.+)\)")
LEAST = re.compile(r"(char_length\(\w+\)) >= (\d+)")


@dataclass(frozen=True)
class Stored:
    """A table: its columns, its constraints by name, and the columns of its indexes."""

    types: Mapping[str, str]
    required: frozenset[str]
    checks: Mapping[str, str]
    uniques: Mapping[str, tuple[str, ...]]
    indexes: tuple[tuple[str, ...], ...]

    def newly_required(self, before: Stored) -> list[str]:
        """Return the columns that are required, and were not there before or could be null."""
        return [name for name in self.types if name in self.required - before.required]


def stored_tables(tables: Iterable[TableView]) -> dict[str, Stored]:
    """Read the arguments of Alembic's operations."""
    return {table.name: stored(table) for table in tables}


def stored(table: TableView) -> Stored:
    types, required = {}, set()
    for text in table.columns:
        call = read_call(text)
        name = ast.literal_eval(call.args[0])
        types[name] = ast.unparse(call.args[1]).replace("sa.", "")
        options = {each.arg: ast.unparse(each.value) for each in call.keywords}
        if options.get("nullable") == "False":
            required.add(name)
    checks, uniques = {}, {}
    for text in table.constraints:
        call = read_call(text)
        kind = ast.unparse(call.func)
        name = name_of(call)
        if kind.endswith("CheckConstraint"):
            checks[name] = str(ast.literal_eval(call.args[0])).replace("\\:", ":")
        elif kind.endswith("UniqueConstraint"):
            uniques[name] = tuple(ast.literal_eval(each) for each in call.args)
    indexes = tuple(indexed_columns(text) for text in table.indexes)
    return Stored(types, frozenset(required), checks, uniques, indexes)


def indexed_columns(text: str) -> tuple[str, ...]:
    """Read the arguments of Alembic's ``create_index``."""
    _, _, columns = read_call(f"create_index({text})").args
    return tuple(ast.literal_eval(columns))


def read_call(text: str) -> ast.Call:
    expression = ast.parse(text, mode="eval").body
    if not isinstance(expression, ast.Call):
        raise TypeError(f"no call: {text}")
    return expression


def name_of(call: ast.Call) -> str:
    given = next((each.value for each in call.keywords if each.arg == "name"), None)
    if isinstance(given, ast.Call):
        given = given.args[0]
    return str(ast.literal_eval(given)) if given else ""


def type_problem(before: str, after: str) -> str:
    """Say why a column cannot get another type; nothing if it can."""
    before, after = without_collation(before), without_collation(after)
    was, now = re.findall(r"[A-Za-z]+|\d+", before), re.findall(r"[A-Za-z]+|\d+", after)
    kinds = (
        [part for part in was if not part.isdecimal()],
        [part for part in now if not part.isdecimal()],
    )
    if kinds[0] != kinds[1] and after not in WIDER.get(before, ()):
        return (
            f"its column would become {after}, and is {before}: add a field of another name, and remove"
            " this one later"
        )
    if was[0] == "Numeric" and (int(now[2]) < int(was[2])):
        return "fewer digits after the point would round what is there: leave `scale` as it was"
    return ""


def questions(
    before: Mapping[str, Stored],
    after: Mapping[str, Stored],
    fills: Mapping[str, Mapping[str, str]],
) -> Iterator[str]:
    """Yield a sentence for each thing that the database will be asked."""
    for table in after:
        if table in before:
            yield from table_questions(table, before[table], after[table], fills.get(table, {}))
        else:
            yield f"{table}: create the table"
    for table in before:
        if table not in after:
            yield f"{table}: drop the table, with all of its rows"


def table_questions(
    table: str, before: Stored, after: Stored, fills: Mapping[str, str]
) -> Iterator[str]:
    new = after.types.keys() - before.types.keys()
    for column in after.types:
        if column in new:
            given = (
                f", which is {fills[column]} in the rows that are there" if column in fills else ""
            )
            yield f"{table}: add the column {column}{given}"
    for column, kind in after.types.items():
        yield from type_questions(table, column, before.types.get(column, kind), kind)
    for column in after.newly_required(before):
        if column not in new:
            yield f"{table}: fill {column} with {fills.get(column)} where it is null, and require it"
    for column in sorted(before.required - after.required):
        if column in after.types:
            yield f"{table}: let {column} be null"
    yield from constraint_questions(table, before, after, new)
    for column in before.types:
        if column not in after.types:
            yield f"{table}: drop the column {column}, with all that is in it"


def type_questions(table: str, column: str, before: str, after: str) -> Iterator[str]:
    was, now = without_collation(before), without_collation(after)
    if was != now:
        fails = "; this fails if a row has more" if is_narrower(was, now) else ""
        yield f"{table}: make {column} {now}, which was {was}{fails}"
    if (was == before) != (now == after):
        how = "as the database does" if now == after else "by code points"
        yield f"{table}: order {column} {how}; its indexes are made anew, which blocks the table"


def without_collation(kind: str) -> str:
    return re.sub(r", collation='\w+'", "", kind)


def is_narrower(before: str, after: str) -> bool:
    room = [[int(digits) for digits in re.findall(r"\d+", each)] for each in (before, after)]
    return before == "BigInteger" or any(
        now < was for was, now in zip(room[0], room[1], strict=False)
    )


def constraint_questions(
    table: str, before: Stored, after: Stored, new: Iterable[str]
) -> Iterator[str]:
    for name, sql in after.checks.items():
        old = before.checks.get(name)
        if old != sql and columns_in(sql) & before.types.keys():
            is_wider = old is not None and allows_all_of(sql, old)
            what = ", which allows more" if is_wider else "; this fails if a row breaks it"
            yield f"{table}: require {sql}{what}"
    for columns in after.uniques.values():
        if columns not in before.uniques.values() and not set(columns) & set(new):
            yield f"{table}: let no two rows have the same {', '.join(columns)}; this fails if two have"
    for columns in after.indexes:
        if columns not in before.indexes:
            yield f"{table}: create an index on {', '.join(columns)}, which blocks nobody"
    for columns in before.indexes:
        if columns not in after.indexes and after.types.keys() >= {*columns}:
            yield f"{table}: drop the index on {', '.join(columns)}"


def allows_all_of(after: str, before: str) -> bool:
    """Tell whether a condition allows what another one does, as far as that is easily seen."""
    if (was := CHOICE.fullmatch(before)) and (now := CHOICE.fullmatch(after)):
        return was[1] == now[1] and texts_in(was[2]) <= texts_in(now[2])
    if (was := RANGE.fullmatch(before)) and (now := RANGE.fullmatch(after)):
        least, most = (Decimal(now[place]) - Decimal(was[place]) for place in (2, 3))
        return was[1] == now[1] and least <= 0 <= most
    if (was := LEAST.fullmatch(before)) and (now := LEAST.fullmatch(after)):
        return was[1] == now[1] and int(now[2]) <= int(was[2])
    return False


def texts_in(sql: str) -> set[str]:
    return set(re.findall(r"'[^']*'", sql))


def columns_in(sql: str) -> set[str]:
    """Return the words of a condition outside of texts."""
    return set(re.findall(r"[a-z_][a-z0-9_]*", re.sub(r"'[^']*'", "", sql)))
