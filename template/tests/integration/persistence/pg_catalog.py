"""Comparing the models with the migrations, by the PostgreSQL catalogs of their tables.

Alembic compares tables, columns, indexes and most types. It does not reliably compare enum values, check
conditions, expressions, sequence options, whether a table is logged, and more. So this module compares the
catalogs, and generates the statement that fixes each difference. It ignores the order of columns, because
no migration can change it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection

_DECLARED = "declared_"
_OURS = "('alembic_version', 'applied_migrations')"

_TABLES = f"""
    WITH tables AS (
        SELECT c.*, nspname, format('%I.%I', nspname, relname) AS name
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname = :schema AND relkind IN ('r', 'p') AND NOT relispartition
          AND relname NOT IN {_OURS}
          AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')
    ), columns AS (
        SELECT a.*, name, pg_get_expr(adbin, adrelid) AS expression,
               format('ALTER TABLE %s ALTER COLUMN %I ', name, attname) AS alter
        FROM tables JOIN pg_attribute a ON attrelid = tables.oid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attnum > 0 AND NOT attisdropped
    )
"""  # noqa: S608 - contains only constants

_NAMES = f"""{_TABLES}
    SELECT format('table %s', name) FROM tables
    UNION ALL SELECT format('column %s.%I', name, attname) FROM columns
"""  # noqa: S608 - as above

# Each row: the object, its definition, the statement that creates it, and, if it has to be dropped first,
# the statement that drops it.
_FACTS = f"""{_TABLES}
    SELECT format('whether %s is logged', name), relpersistence::text,
           format('ALTER TABLE %s SET %s', name,
                  CASE relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END), NULL
    FROM tables
    UNION ALL
    SELECT format('partitions of %s', name), pg_get_partkeydef(oid), NULL, NULL
    FROM tables WHERE relkind = 'p'
    UNION ALL
    SELECT format('option %s of %s', split_part(option, '=', 1), name), option,
           format('ALTER TABLE %s SET (%s)', name, option),
           format('ALTER TABLE %s RESET (%s)', name, split_part(option, '=', 1))
    FROM tables, unnest(reloptions) AS option
    UNION ALL
    SELECT format('comment on %s', name), obj_description(oid, 'pg_class'),
           format('COMMENT ON TABLE %s IS %L', name, obj_description(oid, 'pg_class')),
           format('COMMENT ON TABLE %s IS NULL', name)
    FROM tables WHERE obj_description(oid, 'pg_class') IS NOT NULL
    UNION ALL
    SELECT format('comment on %s.%I', name, attname), col_description(attrelid, attnum),
           format('COMMENT ON COLUMN %s.%I IS %L', name, attname, col_description(attrelid, attnum)),
           format('COMMENT ON COLUMN %s.%I IS NULL', name, attname)
    FROM columns WHERE col_description(attrelid, attnum) IS NOT NULL
    UNION ALL
    SELECT format('type of %s.%I', name, attname), type || rule,
           alter || 'TYPE ' || type || rule, NULL
    FROM columns, format_type(atttypid, atttypmod) AS type, LATERAL (
        SELECT coalesce((SELECT format(' COLLATE %I', collname) FROM pg_collation
                         WHERE pg_collation.oid = attcollation AND collname <> 'default'), '')
    ) AS collated (rule)
    UNION ALL
    SELECT format('whether %s.%I may be null', name, attname), (NOT attnotnull)::text,
           alter || CASE WHEN attnotnull THEN 'SET NOT NULL' ELSE 'DROP NOT NULL' END, NULL
    FROM columns
    UNION ALL
    SELECT format('default of %s.%I', name, attname), expression,
           alter || 'SET DEFAULT ' || expression, alter || 'DROP DEFAULT'
    FROM columns WHERE expression IS NOT NULL AND attgenerated = ''
    UNION ALL
    SELECT format('computation of %s.%I', name, attname), attgenerated::text || ' ' || expression,
           alter || 'SET EXPRESSION AS (' || expression || ')', NULL
    FROM columns WHERE attgenerated <> ''
    UNION ALL
    SELECT format('identity of %s.%I', name, attname), identity,
           alter || 'ADD ' || identity, alter || 'DROP IDENTITY'
    FROM columns
    JOIN pg_depend ON refobjid = attrelid AND refobjsubid = attnum AND deptype = 'i'
    JOIN pg_sequence ON seqrelid = objid, format(
        'GENERATED %s AS IDENTITY (START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s %s)',
        CASE attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, seqstart, seqincrement,
        seqmin, seqmax, seqcache, CASE WHEN seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END
    ) AS identity
    UNION ALL
    SELECT format('constraint %I of %s', conname, name), definition,
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', name, conname, definition),
           format('ALTER TABLE %s DROP CONSTRAINT %I', name, conname)
    FROM tables JOIN pg_constraint ON conrelid = tables.oid,
         replace(pg_get_constraintdef(pg_constraint.oid), ' NOT VALID', '') AS definition
    WHERE contype IN ('c', 'f', 'p', 'u', 'x')
    UNION ALL
    SELECT format('whether constraint %I of %s is validated', conname, name), convalidated::text,
           format('ALTER TABLE %s VALIDATE CONSTRAINT %I', name, conname), NULL
    FROM tables JOIN pg_constraint ON conrelid = tables.oid WHERE contype IN ('c', 'f')
    UNION ALL
    SELECT format('comment on constraint %I of %s', conname, name), comment,
           format('COMMENT ON CONSTRAINT %I ON %s IS %L', conname, name, comment),
           format('COMMENT ON CONSTRAINT %I ON %s IS NULL', conname, name)
    FROM tables JOIN pg_constraint ON conrelid = tables.oid,
         obj_description(pg_constraint.oid, 'pg_constraint') AS comment
    WHERE comment IS NOT NULL
    UNION ALL
    SELECT format('index %I of %s', i.relname, name), definition, definition,
           format('DROP INDEX %I.%I', nspname, i.relname)
    FROM tables JOIN pg_index ON indrelid = tables.oid JOIN pg_class i ON i.oid = indexrelid,
         pg_get_indexdef(indexrelid) AS definition
    WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
    UNION ALL
    SELECT format('whether index %I of %s is valid', i.relname, name), indisvalid::text,
           format('REINDEX INDEX %I.%I', nspname, i.relname), NULL
    FROM tables JOIN pg_index ON indrelid = tables.oid JOIN pg_class i ON i.oid = indexrelid
    UNION ALL
    SELECT format('sequence %I', relname), options,
           format('CREATE SEQUENCE %I.%I %s', nspname, relname, options),
           format('DROP SEQUENCE %I.%I', nspname, relname)
    FROM pg_sequence JOIN pg_class ON pg_class.oid = seqrelid
    JOIN pg_namespace n ON n.oid = relnamespace, format(
        'AS %s START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s %s',
        format_type(seqtypid, NULL), seqstart, seqincrement, seqmin, seqmax, seqcache,
        CASE WHEN seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END
    ) AS options
    WHERE nspname = :schema AND NOT EXISTS (
        SELECT FROM pg_depend WHERE objid = seqrelid AND deptype IN ('a', 'e', 'i')
    )
    UNION ALL
    SELECT format('domain %I', typname), definition,
           format('CREATE DOMAIN %I.%I AS %s', nspname, typname, definition),
           format('DROP DOMAIN %I.%I', nspname, typname)
    FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace, LATERAL (
        SELECT concat_ws(' ', format_type(typbasetype, typtypmod), 'DEFAULT ' || typdefault,
            CASE WHEN typnotnull THEN 'NOT NULL' END,
            (SELECT string_agg(format('CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)), ' '
                               ORDER BY conname)
             FROM pg_constraint WHERE contypid = t.oid AND contype = 'c'))
    ) AS defined (definition)
    WHERE nspname = :schema AND typtype = 'd'
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = t.oid AND deptype = 'e')
"""  # noqa: S608 - as above

_ENUMS = """
    SELECT format('%I.%I', nspname, typname), array_agg(enumlabel::text ORDER BY enumsortorder)
    FROM pg_enum JOIN pg_type t ON t.oid = enumtypid JOIN pg_namespace n ON n.oid = typnamespace
    WHERE nspname = :schema
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = t.oid AND deptype = 'e')
    GROUP BY nspname, typname
"""


@dataclass(frozen=True)
class Fact:
    value: str
    make: str | None
    undo: str | None


@dataclass(frozen=True)
class Catalog:
    """The objects of a schema with their definitions, and the values of its enums."""

    names: set[str]
    facts: dict[str, Fact]
    enums: dict[str, list[str]]


@dataclass(frozen=True)
class Difference:
    """An object that differs between the models and the migrations."""

    what: str
    declared: str
    migrated: str
    remedy: tuple[str, ...]
    """The statements for a migration; empty if no single statement suffices."""

    def __str__(self) -> str:
        lines = [self.what, f"    models:     {self.declared}", f"    migrations: {self.migrated}"]
        how = [f"op.execute({statement!r})" for statement in self.remedy]
        return "\n    ".join(["\n".join(lines), *(how or ["no single statement does it"])])


async def compare(connection: AsyncConnection, models: MetaData) -> list[Difference]:
    """Compare the models with the default schema, and with the schemas that they name.

    The models are created in temporary schemas, which are dropped before this returns.
    """
    schema = str(await connection.scalar(text("SELECT current_schema()")))
    others = sorted({table.schema for table in models.tables.values() if table.schema})
    migrated = [await read_catalog(connection, each, schema) for each in (schema, *others)]
    savepoint = await connection.begin_nested()
    for each in ("", *others):
        await connection.execute(text(f'CREATE SCHEMA "{_DECLARED}{each}"'))
    await connection.execute(text(f"SET LOCAL search_path TO {_DECLARED}, public"))
    await connection.run_sync(_make, models, {each: f"{_DECLARED}{each}" for each in others})
    declared = [
        await read_catalog(connection, f"{_DECLARED}{each}", _DECLARED) for each in ("", *others)
    ]
    await savepoint.rollback()
    return [
        difference
        for pair in zip(declared, migrated, strict=True)
        for difference in differences(*pair)
    ]


def _make(connection: Connection, models: MetaData, schemas: dict[str, str]) -> None:
    connection = connection.execution_options(schema_translate_map=schemas)
    models.create_all(connection, checkfirst=False)
    connection.execution_options(schema_translate_map={})


async def read_catalog(connection: AsyncConnection, schema: str, default: str) -> Catalog:
    """Read the objects of a schema. The name of the default schema is omitted, as in a migration."""
    given = {"schema": schema}

    def known(said: str | None) -> str | None:
        return said and said.replace(f"{default}.", "").replace(_DECLARED, "")

    names = await connection.scalars(text(_NAMES), given)
    facts = await connection.execute(text(_FACTS), given)
    enums = await connection.execute(text(_ENUMS), given)
    return Catalog(
        {str(known(name)) for name in names},
        {
            str(known(what)): Fact(known(value) or "", known(make), known(undo))
            for what, value, make, undo in facts
        },
        {str(known(name)): labels for name, labels in enums},
    )


def differences(declared: Catalog, migrated: Catalog) -> list[Difference]:
    """Return the differences between the models and the migrated database."""
    if declared.names != migrated.names:
        return [
            Difference(
                name, _presence(name in declared.names), _presence(name in migrated.names), ()
            )
            for name in sorted(declared.names ^ migrated.names)
        ]
    return [*_enum_differences(declared, migrated), *_fact_differences(declared, migrated)]


def _presence(present: bool) -> str:
    return "there" if present else "absent; `uv run just revision` sees it"


def _fact_differences(declared: Catalog, migrated: Catalog) -> Iterator[Difference]:
    for what in sorted(declared.facts.keys() | migrated.facts.keys(), key=_comments_last):
        ours, theirs = declared.facts.get(what), migrated.facts.get(what)
        if ours and theirs and _essence(ours.value) == _essence(theirs.value):
            continue
        if what.startswith("whether") and not (ours and theirs):
            continue  # reported for the object that is missing on one side
        statements = (theirs and theirs.undo, ours and ours.make)
        yield Difference(
            what,
            ours.value if ours else "absent",
            theirs.value if theirs else "absent",
            tuple(statement for statement in statements if statement),
        )


def _comments_last(what: str) -> tuple[bool, str]:
    return what.startswith("comment"), what


def _essence(value: str) -> str:
    """Remove casts to text, which PostgreSQL prints differently after a round trip."""
    value = re.sub(r"::(character varying|text)(\(\d+\))?(\[\])?", "", value)
    changed = 1
    while changed:
        value, changed = re.subn(r"\(('[^']*'|[\w.]+|ARRAY\[[^][]*\])\)", r"\1", value)
    return value


def _enum_differences(declared: Catalog, migrated: Catalog) -> Iterator[Difference]:
    for name in sorted(declared.enums.keys() | migrated.enums.keys()):
        ours, theirs = declared.enums.get(name, []), migrated.enums.get(name, [])
        if ours != theirs:
            remedy = tuple(_enum_remedy(name, ours, theirs))
            yield Difference(f"enum {name}", ", ".join(ours), ", ".join(theirs), remedy)


def _enum_remedy(name: str, ours: list[str], theirs: list[str]) -> Iterator[str]:
    if not theirs:
        yield f"CREATE TYPE {name} AS ENUM ({', '.join(map(_quoted, ours))})"
    elif not ours:
        yield f"DROP TYPE {name}"
    elif [label for label in ours if label in theirs] == theirs:  # PostgreSQL can only add values
        for place, label in enumerate(ours):
            if label not in theirs:
                where = (
                    f"AFTER {_quoted(ours[place - 1])}" if place else f"BEFORE {_quoted(theirs[0])}"
                )
                yield f"ALTER TYPE {name} ADD VALUE {_quoted(label)} {where}"


def _quoted(label: str) -> str:
    return "'" + label.replace("'", "''") + "'"
