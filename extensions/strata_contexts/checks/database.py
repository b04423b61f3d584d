"""What PostgreSQL would cut or refuse: names of more than 63 bytes, and rows too long for an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import names
from ..columns import columns_of
from ..field_types import BrokenField, EmailField, EnumField, RefField, StringField, UrlField
from ..values import LONGEST_EMAIL, LONGEST_URL
from ..walk import (
    aggregates,
    attribute,
    columns,
    own_fields,
    part_fields,
    with_fields,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..field_types import FieldSpec
    from ..mistakes import Mistakes, Path
    from ..models import Page
    from ..walk import AggregateHere, FieldHere

LONGEST_IDENTIFIER: Final = 63
MOST_COLUMNS: Final = 200  # PostgreSQL takes 1,600, people fewer
MOST_INDEXED: Final = 2_600  # bytes; a page of a B-tree holds three rows of 2,704
BYTES_OF_A_CHARACTER: Final = 4
BYTES_OF_AN_OWNER: Final = 255 * BYTES_OF_A_CHARACTER


def check(page: Page, mistakes: Mistakes, authentication: str) -> None:
    """Add names and indexes that are too long."""
    for here in aggregates(page):
        if here.aggregate.name and not mistakes.within((*here.path, "name")):
            check_aggregate(here, page, mistakes, has_owner=here.has_owner(authentication))


def check_aggregate(
    here: AggregateHere, page: Page, mistakes: Mistakes, *, has_owner: bool
) -> None:
    table = here.table
    fields = [*own_fields(here), *with_fields(here)]
    check_columns(table, fields, page, mistakes)
    for key in here.aggregate.rules:
        check_name(f"ck_{table}_{key}", (*here.path, "rules", key), mistakes)
    check_indexes(here, mistakes, has_owner=has_owner)
    total = sum(len(columns(field.name, field.spec, page)) for field in fields)
    if total > MOST_COLUMNS:
        mistakes.add(
            (*here.path, "fields"),
            f"{total} columns are more than anybody can read ({MOST_COLUMNS}): part the aggregate",
        )
    parent = f"{names.snake(here.aggregate.name)}_id"
    for part, _, path in here.parts:
        inner = names.plural(names.snake(part.name))
        check_columns(inner, list(part_fields(part, path)), page, mistakes)
        check_name(f"fk_{inner}_{parent}", (*path, "name"), mistakes)
        for field in part_fields(part, path):
            if field.spec.unique and not field.is_broken:
                column = attribute(field.name, field.spec)
                check_name(f"uq_{inner}_{parent}_{column}", field.path, mistakes)


def check_name(name: str, path: Path, mistakes: Mistakes) -> None:
    size = len(name.encode())
    if size > LONGEST_IDENTIFIER:
        mistakes.add(
            path,
            f"PostgreSQL would cut the name {name}, of {size} bytes, at {LONGEST_IDENTIFIER}: shorten it,"
            " or the name of the table",
        )


def check_columns(table: str, fields: Iterable[FieldHere], page: Page, mistakes: Mistakes) -> None:
    for field in fields:
        if mistakes.within(field.path) or mistakes.within(("values", field.spec.type)):
            continue
        longest = max(column_names(table, field, page), key=len, default="")
        check_name(longest, field.path, mistakes)
        if field.spec.unique:
            size = indexed_bytes(field.spec)
            check_size(size, field.path, f"{field.name} is unique", mistakes)


def column_names(table: str, field: FieldHere, page: Page) -> list[str]:
    """Return the names of the columns of a field, and of what is named for them."""
    found = []
    is_kept = field.scope == "transition"  # and null before
    spec = field.spec.model_copy(update={"optional": True}) if is_kept else field.spec
    for column in columns_of(field.name, spec, page):
        found += [column.name, *(f"ck_{table}_{check.name}" for check in column.checks)]
        if isinstance(field.spec, RefField):
            found.append(f"fk_{table}_{column.name}")
        if field.spec.unique:
            found.append(f"uq_{table}_{column.name}")
    return found


def check_indexes(here: AggregateHere, mistakes: Mistakes, *, has_owner: bool) -> None:
    """Check the index of each filter, sort and group: after the owner, and before the id."""
    reads = here.aggregate.reads
    owner = ["owner_id"] if has_owner else []
    for key, listed in (("filter", reads.filter), ("sort", reads.sort)):
        for place, name in enumerate(listed):
            path = (*here.path, "reads", key, place)
            if not mistakes.within(path):
                check_index("ix", here, [*owner, name, "id"], path, mistakes)
    for place, group in enumerate(here.aggregate.unique_together):
        path = (*here.path, "unique_together", place)
        if not mistakes.within(path):
            check_index("uq", here, group, path, mistakes)


def check_index(
    prefix: str, here: AggregateHere, fields: list[str], path: Path, mistakes: Mistakes
) -> None:
    specs = here.aggregate.fields
    if any(isinstance(specs.get(name), BrokenField) for name in fields):
        return
    named = [attribute(name, specs[name]) if name in specs else name for name in fields]
    check_name(f"{prefix}_{here.table}_{'_'.join(named)}", path, mistakes)
    size = sum(
        indexed_bytes(specs[name]) if name in specs else owner_bytes(name) for name in fields
    )
    check_size(size, path, " and ".join(fields), mistakes)


def check_size(size: int, path: Path, what: str, mistakes: Mistakes) -> None:
    if size > MOST_INDEXED:
        mistakes.add(
            path,
            f"{what}: an index would hold up to {size} bytes for a row, and PostgreSQL takes"
            f" {MOST_INDEXED}: lower `max`",
        )


def owner_bytes(name: str) -> int:
    return BYTES_OF_AN_OWNER if name == "owner_id" else 16


def indexed_bytes(spec: FieldSpec) -> int:
    """Return how many bytes a field takes in an index at most."""
    match spec:
        case StringField():
            return spec.max * BYTES_OF_A_CHARACTER
        case EmailField():
            return LONGEST_EMAIL
        case UrlField():
            return LONGEST_URL * BYTES_OF_A_CHARACTER
        case EnumField():
            return 40
        case _:
            return 16
