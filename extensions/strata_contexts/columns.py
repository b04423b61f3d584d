"""The columns of a field, with the constraints that say in PostgreSQL what its type says.

A constraint is named for its column and what it checks: on table ``orders`` it becomes
``ck_orders_reference_length``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from . import patterns, values
from .field_types import (
    BooleanField,
    DateField,
    DatetimeField,
    DecimalField,
    EmailField,
    EnumField,
    FieldSpec,
    IntegerField,
    ListField,
    MoneyField,
    RefField,
    StringField,
    TextField,
    UrlField,
    UuidField,
    ValueField,
)
from .literals import grouped, raw_literal
from .models import AnyOf, Page
from .rules import parse
from .walk import attribute

if TYPE_CHECKING:
    from .models import Rules
    from .rules import Comparison

LARGEST_INTEGER = 2**31 - 1
ENUM_ROOM = 40
STATE = "state"


@dataclass(frozen=True)
class Check:
    """A CHECK constraint: the end of its name, and its condition in SQL."""

    name: str
    sql: str

    @property
    def sql_python(self) -> str:
        """Its condition as Python, in which SQLAlchemy takes no colon for a parameter."""
        return raw_literal(re.sub(r":(?=\w)", r"\:", self.sql))


@dataclass(frozen=True)
class Column:
    """A column of a table.

    ``annotation`` is what stands in ``Mapped[...]``, without the None of a column that may be null.
    ``type`` is the type for SQLAlchemy as Python, such as ``String(40)``; ``names`` are what it has to
    import from SQLAlchemy.
    """

    name: str
    annotation: str
    type: str
    names: tuple[str, ...]
    is_nullable: bool
    checks: tuple[Check, ...] = ()

    @property
    def declared(self) -> str:
        """How a class of rows declares it. Some types say themselves what they are in PostgreSQL."""
        annotation = f"{self.annotation} | None" if self.is_nullable else self.annotation
        says_itself = self.type in ("Boolean", "Date", "Integer", "Uuid")
        column = "" if says_itself else f" = mapped_column({self.type})"
        return f"{self.name}: Mapped[{annotation}]{column}"


STATE_COLUMN = Column(STATE, "str", f"String({ENUM_ROOM})", ("String",), is_nullable=False)


def columns_of(name: str, spec: FieldSpec, page: Page) -> list[Column]:
    """Return the columns of a field, in the order of the table."""
    if isinstance(spec, MoneyField):
        return [
            amount_column(f"{name}_amount", is_nullable=spec.optional),
            currency_column(f"{name}_currency", is_nullable=spec.optional),
        ]
    if isinstance(spec, ValueField):
        return value_columns(name, spec, page)
    return [single_column(attribute(name, spec), spec)]


def value_columns(name: str, spec: ValueField, page: Page) -> list[Column]:
    """Return the columns of a value of several fields, with the constraints that span them."""
    value = page.values.get(spec.type)
    if value is None:
        return []
    inner: list[Column] = []
    for key, each in value.fields.items():
        own = f"{name}_{key}"
        found = columns_of(own, each, page)
        is_pair = each.optional and isinstance(each, MoneyField)
        inner += with_checks(found, [complete(own, found, [])] if is_pair else [])
    if not inner:
        return []
    always = [column for column in inner if not column.is_nullable]
    there = f"{always[0].name} IS NULL OR " if spec.optional else ""
    checks = [
        Check(f"{name}_{check.name}", f"{there}{check.sql}" if is_any_of else check.sql)
        for check, is_any_of in rule_checks(value.rules, value.fields, page, f"{name}_")
    ]
    if spec.optional and len(inner) > 1:
        checks.append(complete(name, always, [column for column in inner if column.is_nullable]))
    nullable = [replace(each, is_nullable=each.is_nullable or spec.optional) for each in inner]
    return with_checks(nullable, checks)


def complete(name: str, always: list[Column], sometimes: list[Column]) -> Check:
    """Say that a field of several columns is there as a whole or not at all.

    ``always`` are the columns that it has whenever it is there, ``sometimes`` the others.
    """
    listed = ", ".join(column.name for column in always)
    conditions = [f"num_nonnulls({listed}) IN (0, {len(always)})"] if len(always) > 1 else []
    if sometimes:
        others = ", ".join(column.name for column in sometimes)
        nothing = f"{always[0].name} IS NOT NULL OR num_nonnulls({others}) = 0"
        conditions.append(f"({nothing})" if conditions else nothing)
    return Check(f"{name}_complete", " AND ".join(conditions))


def with_checks(columns: list[Column], checks: list[Check]) -> list[Column]:
    """Add constraints that span some columns: they stand after those of the last one."""
    *others, last = columns
    return [*others, replace(last, checks=(*last.checks, *checks))]


def rule_checks(
    rules: Rules, fields: dict[str, FieldSpec], page: Page, prefix: str = ""
) -> list[tuple[Check, bool]]:
    """Return what rules are in SQL, each with whether it asks that one of some fields is there."""
    found = []
    for name, rule in rules.items():
        if isinstance(rule, AnyOf):
            found.append((Check(name, any_of_sql(rule, fields, page, prefix)), True))
        elif comparison := parse(rule):
            found.append((Check(name, comparison_sql(comparison, fields, prefix)), False))
    return found


def amount_column(name: str, *, is_nullable: bool) -> Column:
    condition = f"{name} BETWEEN 0 AND {values.MOST_MONEY}"
    check = Check(f"{name}_range", condition)
    return Column(name, "Decimal", "Numeric(12, 2)", ("Numeric",), is_nullable, (check,))


def currency_column(name: str, *, is_nullable: bool) -> Column:
    check = Check(f"{name}_pattern", f"{name} ~ '^[A-Z]{{3}}$'")
    return Column(name, "str", "String(3)", ("String",), is_nullable, (check,))


def single_column(name: str, spec: FieldSpec) -> Column:
    annotation, kind, imports = column_type(spec)
    return Column(
        name,
        annotation,
        kind,
        imports,
        spec.optional,
        tuple(checks_of(name, spec)),
    )


def column_type(spec: FieldSpec) -> tuple[str, str, tuple[str, ...]]:
    """Return the annotation of a column, its type for SQLAlchemy, and what that imports."""
    match spec:
        case StringField():
            return "str", f"String({string_room(spec)})", ("String",)
        case TextField():
            return "str", f"String({spec.max})", ("String",)
        case IntegerField():
            is_small = spec.min >= -LARGEST_INTEGER - 1 and spec.max <= LARGEST_INTEGER
            kind = "Integer" if is_small else "BigInteger"
            return "int", kind, (kind,)
        case DecimalField():
            return "Decimal", f"Numeric({spec.precision}, {spec.scale})", ("Numeric",)
        case BooleanField():
            return "bool", "Boolean", ("Boolean",)
        case DateField():
            return "date", "Date", ("Date",)
        case DatetimeField():
            return "datetime", "DateTime(timezone=True)", ("DateTime",)
        case UuidField() | RefField():
            return "UUID", "Uuid", ("Uuid",)
        case EmailField():
            return "str", f"String({values.LONGEST_EMAIL})", ("String",)
        case UrlField():
            return "str", f"String({values.LONGEST_URL})", ("String",)
        case EnumField():
            return "str", f"String({ENUM_ROOM})", ("String",)
        case ListField():
            annotation, kind, imports = column_type(spec.of)
            return f"list[{annotation}]", f"ARRAY({kind})", ("ARRAY", *imports)
        case _:
            raise TypeError(f"{type(spec).__name__} has no single column")


def string_room(spec: StringField) -> int:
    """Return how many characters a string may have, which its pattern may limit further."""
    if spec.pattern is None:
        return spec.max
    longest = patterns.parse(spec.pattern).longest if values.is_pattern(spec.pattern) else None
    return spec.max if longest is None else max(1, min(spec.max, longest))


def checks_of(name: str, spec: FieldSpec) -> list[Check]:
    """Return the constraints that a type asks for, beyond what the column's own type says."""
    match spec:
        case StringField() | TextField():
            found = [Check(f"{name}_length", f"char_length({name}) >= {spec.min}")]
            if isinstance(spec, StringField) and spec.pattern:
                condition = f"{name} ~ {sql_string(f'^{grouped(patterns.visible(spec.pattern))}$')}"
                found.append(Check(f"{name}_pattern", condition))
            return found
        case IntegerField():
            if (spec.min, spec.max) == (-LARGEST_INTEGER - 1, LARGEST_INTEGER):
                return []
            return [Check(f"{name}_range", f"{name} BETWEEN {spec.min} AND {spec.max}")]
        case DecimalField():
            least, greatest = values.decimal_bounds(spec)
            most = values.most_of(spec)
            if (least, greatest) == (values.least_of(spec), most):
                return []
            return [Check(f"{name}_range", f"{name} BETWEEN {least:f} AND {greatest:f}")]
        case EnumField():
            known = ", ".join(map(sql_string, spec.values))
            return [Check(f"{name}_values", f"{name} IN ({known})")]
        case ListField():
            return [
                Check(f"{name}_items", f"cardinality({name}) BETWEEN {spec.min} AND {spec.max}")
            ]
        case _:
            return []


def sql_string(text: str) -> str:
    """Write a string literal of standard SQL, in which a backslash is itself."""
    return "'" + text.replace("'", "''") + "'"


def comparison_sql(rule: Comparison, fields: dict[str, FieldSpec], prefix: str = "") -> str:
    """Say in SQL that two fields compare. ``prefix`` stands before the names of their columns."""
    operator = {"==": "=", "!=": "<>"}.get(rule.operator, rule.operator)
    left, right = (f"{prefix}{attribute(each, fields[each])}" for each in (rule.left, rule.right))
    if isinstance(fields[rule.left], MoneyField):
        amounts = f"{left}_amount {operator} {right}_amount"
        if rule.operator == "!=":
            return f"{left}_currency <> {right}_currency OR {amounts}"
        return f"{left}_currency = {right}_currency AND {amounts}"
    return f"{left} {operator} {right}"


def any_of_sql(rule: AnyOf, fields: dict[str, FieldSpec], page: Page, prefix: str = "") -> str:
    """Say in SQL that one of some fields is there. A field of several columns has all or none."""
    first = [required_column(f"{prefix}{name}", fields[name], page) for name in rule.any_of]
    return f"num_nonnulls({', '.join(first)}) >= 1"


def required_column(name: str, spec: FieldSpec, page: Page) -> str:
    """Return the column of a field that is null only where the field is missing."""
    inner = spec
    if isinstance(inner, ValueField):
        value = page.values[inner.type]
        key, each = next((key, each) for key, each in value.fields.items() if not each.optional)
        return required_column(f"{name}_{key}", each, page)
    return columns_of(name, spec, page)[0].name
