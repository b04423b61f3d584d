"""Computes the page of an aggregate, and the arrows of the map of contexts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from . import markdown, names, words
from .mistakes import listed
from .pages import Arrow, FieldRow, Node, OperationRow, PageView, PartTable, RuleRow, ValueSection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .view import (
        AggregateView,
        ChangeView,
        ContextView,
        FieldView,
        PartView,
        PermissionView,
        ValueView,
    )

TAKEN: Final = words.known_as(
    """
    accdescr acctitle class classdef click default direction end href note scale state statediagram
    style
    """,
    "what a diagram takes for something else than a state; a test asks Mermaid",
)


def page_of(aggregate: AggregateView) -> PageView:
    """Return the page of an aggregate."""
    lifecycle = aggregate.lifecycle
    states = lifecycle.states if lifecycle else ()
    ids = {state.name: state_id(state.name) for state in states}
    return PageView(
        title=aggregate.label.capitalize(),
        about=markdown.paragraph(introduction(aggregate)),
        fields=tuple(field_rows(aggregate)),
        always=markdown.paragraph(always(aggregate)),
        rules=tuple(rule_rows(aggregate)),
        parts=tuple(map(part_table, aggregate.parts)),
        operations=tuple(Operations(aggregate).rows()),
        states=tuple(Node(ids[name], name) for name in ids if ids[name] != name),
        arrows=tuple(
            Arrow(ids[start], ids[step.to_state], step.label)
            for step in aggregate.steps
            for start in step.from_states
        ),
        initial=ids[lifecycle.initial.name] if lifecycle else "",
        final=tuple(ids[state.name] for state in states if state.is_final),
        notes=markdown.paragraph(notes(aggregate)),
    )


def state_id(name: str) -> str:
    """Return what a diagram calls a state."""
    return f"{name}_" if name in TAKEN else name


def introduction(aggregate: AggregateView) -> str:
    said = [markdown.text(aggregate.doc)] if aggregate.doc else []
    if aggregate.has_owner:
        said.append(f"{upper(aggregate.labelled)} belongs to whoever created it.")
    if aggregate.access["read"].is_hidden:
        said.append(f"For those who may not read it, {aggregate.labelled} does not exist.")
    return " ".join(said)


def upper(text: str) -> str:
    """Begin a sentence."""
    return text[:1].upper() + text[1:]


def field_rows(aggregate: AggregateView) -> Iterator[FieldRow]:
    for field in aggregate.fields:
        yield field_row(field, aggregate.plural_label, "never" if field.is_sensitive else "always")
    for field in aggregate.transition_fields:
        asking = {
            step.label: each
            for step in aggregate.steps
            for each in step.fields
            if each.name == field.name
        }
        before = f"null before {' or '.join(f'`{label}`' for label in asking)}"
        asked = next(iter(asking.values()))
        yield field_row(asked, aggregate.plural_label, "never" if field.is_sensitive else before)


def field_row(field: FieldView, several: str, shown: str) -> FieldRow:
    said = [allowed_or_null(field)]
    if field.has_default:
        said.append(f"`{written(field.default)}` where nothing is said")
    if field.is_unique:
        said.append(f"no two {several} have the same")
    if field.is_once:
        said.append("never changes")
    return FieldRow(field.wire, markdown.text(field.doc), "; ".join(said), shown)


def allowed_or_null(field: FieldView) -> str:
    return f"{field.allowed}, or null" if field.is_optional else field.allowed


def part_table(part: PartView) -> PartTable:
    fewest = f"{part.min} to" if part.has_least else "at most"
    count = f"has {fewest} {part.max}" if part.varies else f"always has {part.max}"
    order = ", in their order" if part.max > 1 else ""
    number = f"{upper(part.labelled_whole)} {count} of them{order}."
    several = f"{part.plural_label} of {part.labelled_whole}"
    rows = (
        field_row(field, several, "never" if field.is_sensitive else "always")
        for field in part.fields
    )
    return PartTable(
        title=part.plural_label.capitalize(),
        about=markdown.paragraph(" ".join(filter(None, [markdown.text(part.doc), number]))),
        fields=tuple(rows),
    )


def written(value: Any) -> str:
    """Write a value as it is in JSON, a text without quotes."""
    return value if isinstance(value, str) else json.dumps(value)


def always(aggregate: AggregateView) -> str:
    owner = ["ownerId"] if aggregate.has_owner else []
    state = ["state"] if aggregate.lifecycle else []
    found = [f"`{each}`" for each in ["id", *owner, *state, "createdAt", "updatedAt"]]
    return (
        f"Each answer also has {', '.join(found[:-1])} and {found[-1]}, and the version as `ETag`."
    )


def rule_rows(aggregate: AggregateView) -> Iterator[RuleRow]:
    for rule in aggregate.rules:
        yield RuleRow(rule.documented, rule.code)
    for group in aggregate.unique:
        if len(group.columns) > 1:
            said = listed([f"`{names.camel(name)}`" for name in group.columns])
            yield RuleRow(
                f"No two {aggregate.plural_label} have the same {said}", group.refusal_code
            )


class Operations:
    """Makes the rows of what can be done with an aggregate."""

    def __init__(self, aggregate: AggregateView) -> None:
        self._aggregate = aggregate
        self._url = f"/{aggregate.url}"
        self._url_of_one = f"{self._url}/{aggregate.url_id}"
        self._codes = {rule.refusal_class: rule.code for rule in aggregate.rules}
        self._missing = {part.missing_class: part.missing_code for part in aggregate.parts}

    def rows(self) -> Iterator[OperationRow]:
        """Yield them in the order in which the routes have them."""
        aggregate = self._aggregate
        lifecycle = aggregate.lifecycle
        initial = f"→ `{lifecycle.initial.name}`" if lifecycle else ""
        yield self._row("create", "", initial, f"POST {self._url}")
        yield self._row("list", "", "any", f"GET {self._url}")
        yield self._row("read", "", "any", f"GET {self._url_of_one}")
        for change in aggregate.changes:
            states = self._written(change.states)
            yield self._row(change.name, self._sets(change), states, self._post(change.url))
        for step in aggregate.steps:
            asks = f"asks for {coded(step.fields)}" if step.fields else ""
            states = f"{self._written(step.from_states)} → `{step.to_state}`"
            yield self._row(step.name, joined(step.doc, asks), states, self._post(step.url))
        for part in aggregate.parts:
            yield from self._rows_of_part(part)
        if aggregate.can_be_removed:
            states = self._written(aggregate.removable_states)
            yield self._row("remove", "", states, f"DELETE {self._url_of_one}")

    def _rows_of_part(self, part: PartView) -> Iterator[OperationRow]:
        url = f"{self._url_of_one}/{part.url}"
        states = self._written(part.states)
        operations = {
            "add": (f"POST {url}", part.add_responses),
            "change": (f"PUT {url}/{part.url_id}", part.change_responses),
            "remove": (f"DELETE {url}/{part.url_id}", part.remove_responses),
        }
        for verb in part.verbs:
            endpoint, responses = operations[verb]
            yield OperationRow(
                what=f"**{verb} {part.label_one}**",
                who=who(part.access),
                states=states,
                endpoint=endpoint,
                refusals=", ".join(self._refusals(part.access, responses)),
            )

    def _post(self, url: str) -> str:
        return f"POST {self._url_of_one}/{url}"

    def _sets(self, change: ChangeView) -> str:
        return joined(change.doc, f"sets {coded(change.fields)}")

    def _written(self, states: Sequence[str]) -> str:
        lifecycle = self._aggregate.lifecycle
        if lifecycle and len(states) == len(lifecycle.states):
            return "any"
        return ", ".join(f"`{state}`" for state in states)

    def _row(self, operation: str, about: str, states: str, endpoint: str) -> OperationRow:
        permission = self._aggregate.access[operation]
        return OperationRow(
            what=f"**{names.spaced(operation)}**{about and f': {about}'}",
            who=who(permission),
            states=states,
            endpoint=endpoint,
            refusals=", ".join(self._refusals(permission, permission.responses)),
        )

    def _refusals(self, permission: PermissionView, responses: str) -> Iterator[str]:
        """Yield what a route declares beside what all of them may refuse."""
        if permission.is_forbidding:
            yield "403 `forbidden`"
        if permission.operation not in ("create", "list"):
            yield f"404 `{self._aggregate.snake}_not_found`"
        for name in re.findall(r"(\w+)Error\b", responses):
            if f"{name}Error" in self._missing:
                yield f"404 `{names.snake(name)}`"
            elif name != f"{self._aggregate.name}NotFound":
                yield f"409 `{self._codes.get(f'{name}Error', names.snake(name))}`"


def who(permission: PermissionView) -> str:
    """Say who may do something: everybody, or some people."""
    if permission.is_open:
        return "everybody"
    if permission.is_member:
        return "whoever is signed in"
    roles = [names.spaced(names.plural(role)) for role in permission.roles if role != "admin"]
    if permission.is_limiting:
        return f"owners, who see their own; {listed([*roles, 'admins'])}, who see all"
    owner = ["the owner"] if permission.is_owner else []
    return listed([*owner, *roles, "admins"])


def coded(fields: Iterable[FieldView]) -> str:
    return ", ".join(f"`{field.wire}`" for field in fields)


def joined(doc: str, more: str) -> str:
    """Put what the page says of an operation before what follows from its fields."""
    return " ".join(filter(None, [markdown.text(doc), more and f"{upper(more)}."]))


def notes(aggregate: AggregateView) -> str:
    """Say what may be refused beside what the table has."""
    needed = [f"`{each.label}`" for each in aggregate.changes]
    needed += [f"`{verb} {part.label_one}`" for part in aggregate.parts for verb in part.verbs]
    taken = [f"`{each.label}`" for each in aggregate.steps]
    taken += ["`remove`"] if aggregate.can_be_removed else []
    said = []
    if needed:
        verb = "need" if len(needed) > 1 else "needs"
        said.append(
            f"{listed(needed)} {verb} the `ETag` that was read, as `If-Match`: without it the answer is"
            " 428 `precondition_required`, and if another change came first, 412 `stale`."
        )
    if taken:
        verb = "take" if len(taken) > 1 else "takes"
        said.append(
            f"{listed(taken)} {verb} `If-Match` if it is sent, and then may end in 412 `stale`, too;"
            " without it, two at the same time may end in 409 `stale`."
        )
    takes_token = any(each.has_actor for each in aggregate.access.values())
    unauthorized = "401 `unauthorized`, " if takes_token else ""
    said.append(
        f"Each of them may also end in {unauthorized}422 `validation` or 503 `unavailable`, as"
        " [clients](../../clients.md) have to expect."
    )
    return " ".join(said)


def section_of(value: ValueView) -> ValueSection:
    """Return what the map says of a value of several fields."""
    return ValueSection(
        title=upper(value.label),
        about=markdown.paragraph(markdown.text(value.doc)),
        fields=tuple(
            FieldRow(
                field.wire,
                markdown.text(field.doc),
                allowed_or_null(field),
                "never" if field.is_sensitive else "always",
            )
            for field in value.fields
        ),
        rules=tuple(RuleRow(each.rule.documented, each.rule.code) for each in value.rules),
    )


def nodes_of(context: ContextView) -> tuple[Node, ...]:
    """Return the aggregates of a context, as the map shows them."""
    return tuple(
        Node(f"{context.name}_{each.name}", each.name, has_owner=each.has_owner)
        for each in context.aggregates
    )


def arrows_of(contexts: Sequence[ContextView]) -> Iterator[Arrow]:
    """Yield the references between aggregates: dotted where they cross contexts."""
    for context in contexts:
        for aggregate in context.aggregates:
            inner = (field for part in aggregate.parts for field in part.fields)
            for field in (*aggregate.fields, *aggregate.transition_fields, *inner):
                if field.ref:
                    yield Arrow(
                        tail=f"{context.name}_{aggregate.name}",
                        head=f"{field.ref.context}_{field.ref.aggregate}",
                        label=names.spaced(field.name.removesuffix("_id")),
                        is_dotted=not field.ref.is_local,
                    )
