"""Names: words that something trips over, and names that meet another one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from .. import names, words
from ..field_types import BrokenField, MoneyField, ValueField
from ..mistakes import spelled
from ..models import LANGUAGE
from ..walk import (
    SYSTEM_FIELDS,
    aggregates,
    attribute,
    columns,
    own_fields,
    part_fields,
    value_fields,
    with_fields,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..mistakes import Mistakes, Path
    from ..models import Page
    from ..walk import AggregateHere, FieldHere

REMEDY: Final = "choose another name"
OPERATIONS: Final = ("create", "read", "get", "list", "remove", "delete")


class Taken:
    """Names that may be used once. They are compared without case."""

    def __init__(self, mistakes: Mistakes) -> None:
        self._mistakes = mistakes
        self._paths: dict[str, tuple[str, Path]] = {}

    def add(self, name: str, path: Path, what: str, remedy: str = REMEDY) -> None:
        """Take a name; if it is taken, that is a mistake."""
        if not name:
            return
        key = name.casefold()
        if key not in self._paths:
            self._paths[key] = (name, path)
            return
        other, where = self._paths[key]
        if where != path:
            self._mistakes.add(path, f"{what} {other} is taken by {spelled(where)}: {remedy}")


def check(page: Page, mistakes: Mistakes, authentication: str) -> None:
    """Add what is wrong with names."""
    if page.language != LANGUAGE and not mistakes.within(("language",)):
        remedy = (
            "update the template, or write"
            if page.language > LANGUAGE
            else "there never was another one before it: write"
        )
        mistakes.add(
            ("language",),
            f"this template reads language {LANGUAGE}, not {page.language}: {remedy} `language: 1`",
        )
    check_roles(page, mistakes)
    check_contexts(page, mistakes, authentication)
    check_values(page, mistakes)
    check_classes(page, mistakes, authentication)
    check_addresses(page, mistakes, authentication)
    for name, value in page.values.items():
        check_fields(value_fields(name, value), page, mistakes, Taken(mistakes))
    for here in aggregates(page):
        check_aggregate(here, page, mistakes)


def check_roles(page: Page, mistakes: Mistakes) -> None:
    taken = Taken(mistakes)
    for place, role in enumerate(page.roles):
        path = ("roles", place)
        if role in words.ROLES:
            remedy = "leave it out" if role == words.ADMIN else REMEDY
            mistakes.add(path, f"{role} is {words.ROLES[role]}: {remedy}")
        taken.add(role, path, "the role", "name it once")


def check_contexts(page: Page, mistakes: Mistakes, authentication: str) -> None:
    taken = Taken(mistakes)
    for place, context in enumerate(page.contexts):
        path = ("contexts", place, "name")
        reserved = words.PYTHON_KEYWORDS | modules(page)
        if context.name in reserved:
            mistakes.add(path, f"{context.name} is {reserved[context.name]}: {REMEDY}")
        elif context.name == words.IDENTITY and authentication == "own":
            mistakes.add(path, f"identity is a context that the service has already: {REMEDY}")
        taken.add(context.name, path, "the context", "put the aggregates of both into one")


def modules(page: Page) -> dict[str, str]:
    """Return what no context or value is called, since a service with this page has such a module."""
    has_parts = any(here.aggregate.parts for here in aggregates(page))
    shared = words.LAYERS | words.SHARED_MODULES
    return shared | (words.MODULES_OF_PARTS if has_parts else {})


def check_values(page: Page, mistakes: Mistakes) -> None:
    """A value is a module beside the contexts, and shows something of itself."""
    taken = modules(page) | {words.IDENTITY: "a context of services with their own accounts"}
    taken |= {context.name: "a context, too" for context in page.contexts}
    for name, value in page.values.items():
        path = ("values", name)
        if (snake := names.snake(name)) in taken:
            mistakes.add(path, f"{snake} is {taken[snake]}: {REMEDY}")
        if value.fields and all(field.sensitive for field in value.fields.values()):
            mistakes.add(
                path, "all of it is sensitive: say `sensitive` where the value is used instead"
            )


def check_classes(page: Page, mistakes: Mistakes, authentication: str) -> None:
    """Classes are told apart by their names alone in the API document, whatever their context."""
    classes = words.CLASSES | (words.IDENTITY_CLASSES if authentication == "own" else {})
    taken = Taken(mistakes)

    def take(name: str, path: Path, what: str) -> None:
        if name in classes:
            mistakes.add(path, f"{name} is {classes[name]}: {REMEDY}")
        elif names.snake(name) in words.PYTHON_KEYWORDS | words.MODULES:
            reserved = words.PYTHON_KEYWORDS | words.MODULES
            mistakes.add(path, f"{names.snake(name)} is {reserved[names.snake(name)]}: {REMEDY}")
        for each in (name, names.snake(name)):
            taken.add(each, path, what)

    for name in page.values:
        take(name, ("values", name), "the name")
    for here in aggregates(page):
        take(here.aggregate.name, (*here.path, "name"), "the name")
        for part, _, path in here.parts:
            take(part.name, (*path, "name"), "the name")
    check_derived(page, mistakes)


def check_derived(page: Page, mistakes: Mistakes) -> None:
    """`OrderId` and the like are made of a name, and must not be another one."""
    named: dict[str, Path] = {}
    for here in aggregates(page):
        named[here.aggregate.name] = (*here.path, "name")
        named |= {part.name: (*path, "name") for part, _, path in here.parts}
    named |= {name: ("values", name) for name in page.values}
    for name in filter(None, list(named)):
        for ending in (
            "Id",
            "State",
            "Model",
            "Input",
            "Output",
            "Response",
            "Request",
            "Repository",
        ):
            if path := named.get(name + ending):
                mistakes.add(
                    path,
                    f"{name}{ending} is what the code of {name} calls one of its classes: {REMEDY}",
                )


def check_addresses(page: Page, mistakes: Mistakes, authentication: str) -> None:
    """Tables of all contexts stand in one database, and their URLs in one service."""
    is_own = authentication == "own"
    paths = words.SERVICE_PATHS | (words.IDENTITY_PATHS if is_own else {})
    tables = words.SERVICE_TABLES | (words.IDENTITY_TABLES if is_own else {})
    urls, rows = Taken(mistakes), Taken(mistakes)
    for here in aggregates(page):
        if not here.aggregate.name:
            continue
        key = "plural" if here.aggregate.plural else "name"
        if here.url in paths:
            mistakes.add(
                (*here.path, key), f"/{here.url} is {paths[here.url]}: name another one as `plural`"
            )
        if here.table in tables | words.COLUMNS:
            reserved = tables | words.COLUMNS
            table_key = "table" if here.aggregate.table else key
            mistakes.add(
                (*here.path, table_key),
                f"{here.table} is {reserved[here.table]}: name another one as `table`",
            )
        if here.plural in words.PYTHON_KEYWORDS | words.BUILTINS:
            reserved = words.PYTHON_KEYWORDS | words.BUILTINS
            mistakes.add((*here.path, key), f"{here.plural} is {reserved[here.plural]}: {REMEDY}")
        if here.plural == names.snake(here.aggregate.name):
            mistakes.add(
                (*here.path, key),
                f"one is called {here.plural}, too, and the code tells one from several by their names:"
                f" name several as `plural`, such as {here.plural}_items",
            )
        if mistakes.within((*here.path, "name")):
            continue
        urls.add(here.url, (*here.path, key), "the address", "name another one as `plural`")
        rows.add(
            here.table,
            (*here.path, "table" if here.aggregate.table else key),
            "the table",
            "name another one as `table`",
        )
        for part, _, path in here.parts:
            table = names.plural(names.snake(part.name))
            rows.add(table, (*path, "name"), "the table", REMEDY)
            if table in tables | words.COLUMNS:
                mistakes.add(
                    (*path, "name"), f"{table} is {(tables | words.COLUMNS)[table]}: {REMEDY}"
                )


def check_aggregate(here: AggregateHere, page: Page, mistakes: Mistakes) -> None:
    taken = Taken(mistakes)
    check_fields(own_fields(here), page, mistakes, taken)
    check_with(here, page, mistakes, taken)
    for key, path in operations(here):
        if key in OPERATIONS:
            mistakes.add(path, f"{key} is there without being declared: {REMEDY}")
        elif (text := reserved_operation(here, key)) and not names.snake_problem(key):
            is_part = key in here.aggregate.parts
            holder = names.snake(here.aggregate.name)
            example = f"{holder}_{key}" if is_part else f"{key}_{holder}"
            mistakes.add(path, f"{key} is {text}: {REMEDY}{such_as(example)}")
        taken.add(names.camel(key), path, "the name")
    for part, _, path in here.parts:
        inner = Taken(mistakes)
        parent = f"{names.snake(here.aggregate.name)}_id"
        check_fields(part_fields(part, path), page, mistakes, inner, {"position", parent})


def operations(here: AggregateHere) -> list[tuple[str, Path]]:
    """Return what shares the names and the URLs of an aggregate with its fields."""
    found: list[tuple[str, Path]] = [(key, path) for _, key, path in here.parts]
    for key in here.aggregate.changes or {}:
        found.append((key, (*here.path, "changes", key)))
    for key in here.transitions:
        found.append((key, (*here.path, "lifecycle", "transitions", key)))
    return found


def check_fields(
    fields: Iterable[FieldHere],
    page: Page,
    mistakes: Mistakes,
    taken: Taken,
    also: Iterable[str] = (),
) -> None:
    for field in fields:
        if names.snake_problem(field.name):
            continue
        check_field_name(field, page, mistakes, also)
        for name in taken_names(field, page):
            taken.add(name, field.path, "the name")


def taken_names(field: FieldHere, page: Page) -> list[str]:
    """Return all that a field is called: its attribute and its columns, as JSON spells them."""
    own = attribute(field.name, field.spec)
    return list(dict.fromkeys(map(names.camel, [own, *columns(field.name, field.spec, page)])))


def check_field_name(field: FieldHere, page: Page, mistakes: Mistakes, also: Iterable[str]) -> None:
    own = attribute(field.name, field.spec)
    if field.is_broken and field.name in words.POSTGRESQL:
        return  # a `ref` may be called so, and whether it is one is not known
    if own in SYSTEM_FIELDS or own in also:
        what = "every part" if field.scope == "part" else "every aggregate"
        text = f"{own} is there without being declared, as in {what}: leave it out"
        if own == "state" and field.scope == "aggregate":
            text = "state is what a `lifecycle` declares: write one, or choose another name"
        mistakes.add(field.path, text)
        return
    text = reserved_attribute(own) or reserved_column(field, page)
    if text:
        example = f"{names.snake(field.holder)}_{field.name}"
        mistakes.add(field.path, f"{own} is {text}: {REMEDY}{such_as(example)}")


def such_as(example: str) -> str:
    """End a remedy with another name, unless that would be refused, too."""
    is_refused = len(example) > names.LONGEST_NAME or reserved_attribute(example)
    return "" if is_refused else f", such as {example}"


def reserved_operation(here: AggregateHere, name: str) -> str:
    """Say what a part, a change or a transition cannot be called, since it is that; or nothing."""
    may_be = name in words.VERBS and name not in here.aggregate.parts
    return "" if may_be else reserved_attribute(name)


def reserved_column(field: FieldHere, page: Page) -> str:
    if isinstance(field.spec, BrokenField | MoneyField | ValueField):
        return ""
    return next(
        (
            words.COLUMNS[each]
            for each in columns(field.name, field.spec, page)
            if each in words.COLUMNS
        ),
        "",
    )


def reserved_attribute(name: str) -> str:
    """Say what an attribute cannot be called, since it is that; or nothing."""
    if name in words.ATTRIBUTES:
        return words.ATTRIBUTES[name]
    if name.startswith("model_"):
        return "a name that pydantic keeps for itself, like all that begin with `model_`"
    return ""


def check_with(here: AggregateHere, page: Page, mistakes: Mistakes, taken: Taken) -> None:
    """Two transitions may ask for the same field; it is one column then, so it is one type."""
    same: dict[str, list[FieldHere]] = defaultdict(list)
    for field in with_fields(here):
        same[field.name].append(field)
    for first, *others in same.values():
        check_fields([first], page, mistakes, taken)
        for other in others:
            if not (first.is_broken or other.is_broken) and first.spec != other.spec:
                mistakes.add(
                    other.path,
                    f"{other.name} is kept in one column for all transitions, and says something else"
                    f" at {spelled(first.path)}: make them alike, or choose another name",
                )
