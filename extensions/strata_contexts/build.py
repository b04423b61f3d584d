"""Makes the view of a page that has no mistakes."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from . import names, words
from .checks import access, reads
from .checks.refs import target
from .columns import Check, columns_of
from .examples import example
from .field_view import Surroundings, field_view, literal, member
from .models import EnumField, RefField, Remove
from .rule_view import rule_views
from .satisfying import keeping
from .view import (
    AggregateView,
    ChangeView,
    ContextView,
    FilterView,
    IndexView,
    LifecycleView,
    ModelView,
    PartView,
    PermissionView,
    RefView,
    SortView,
    StateView,
    TransitionView,
    ValueView,
)
from .walk import AggregateHere, aggregates, as_list, attribute, type_name

if TYPE_CHECKING:
    from .models import Change, FieldSpec, Page, Part, Transition
    from .view import FieldView, ValueObject


def view_of(page: Page, authentication: str = "own") -> ModelView:
    """Compute all that templates print of a page, which must have no mistakes."""
    return ModelView(
        has_actors=authentication != "none",
        roles=tuple(page.roles),
        values=tuple(value_view(name, page) for name in page.values),
        contexts=tuple(
            context_view(place, page, authentication) for place in range(len(page.contexts))
        ),
    )


def context_view(place: int, page: Page, authentication: str) -> ContextView:
    context = page.contexts[place]
    views = tuple(
        AggregateBuilder(here, page, authentication).build()
        for here in aggregates(page)
        if here.path[1] == place
    )
    others = {field.ref.context for view in views for field in view.refs if field.ref}
    return ContextView(
        name=context.name,
        label=names.spaced(context.name),
        doc=names.sentence(context.doc),
        aggregates=views,
        needs=tuple(sorted(others - {context.name})),
    )


def no_ref(to: str) -> RefView:
    raise LookupError(f"a value has no ref, and this is one to {to}")


def value_view(name: str, page: Page) -> ValueView:
    value = page.values[name]
    around = Surroundings(page, names.snake(name), name, frozenset(), no_ref)
    fields = tuple(field_view(key, spec, around) for key, spec in value.fields.items())
    return ValueView(
        name=name,
        snake=names.snake(name),
        label=names.spaced(name),
        doc=names.sentence(value.doc),
        fields=fields,
        rules=rule_views(value.rules, value.fields, page, ""),
        value_objects=value_objects(fields),
    )


def value_objects(fields: tuple[FieldView, ...]) -> tuple[ValueObject, ...]:
    """Return the classes of some fields, each once."""
    found: dict[str, ValueObject] = {}
    for field in fields:
        for each in (field, field.item):
            if each and each.value_object:
                found.setdefault(each.value_object.name, each.value_object)
    return tuple(found.values())


class AggregateBuilder:
    """Makes the view of one aggregate."""

    def __init__(self, here: AggregateHere, page: Page, authentication: str) -> None:
        self._here = here
        self._page = page
        self._has_actors = authentication != "none"
        self._has_owner = here.has_owner(authentication)
        self._spec = here.aggregate
        self._snake = names.snake(here.aggregate.name)
        self._permissions = {view.operation: view for view in self._permission_views()}
        self._rules = rule_views(self._spec.rules, self._spec.fields, page, here.table)
        self._ways = self._ways_to_states()

    def build(self) -> AggregateView:
        """Compute the whole view."""
        spec, here = self._spec, self._here
        fields = self._fields(spec.fields, self._snake, "")
        asked = self._asked_fields()
        parts = tuple(self._part(key, part) for key, part in spec.parts.items())
        everything = (*fields, *asked, *(field for part in parts for field in part.fields))
        remove = spec.remove
        states = here.states
        if isinstance(remove, Remove) and remove.in_ is not None:
            states = as_list(remove.in_)
        return AggregateView(
            name=spec.name,
            snake=self._snake,
            camel=names.camel(self._snake),
            label=names.spaced(spec.name),
            labelled=names.article(names.spaced(spec.name)),
            plural=here.plural,
            plural_label=names.spaced(here.plural),
            doc=names.sentence(spec.doc),
            table=here.table,
            url=here.url,
            id_class=f"{spec.name}Id",
            id_parameter=f"{names.camel(self._snake)}Id",
            has_owner=self._has_owner,
            fields=fields,
            example=self._example(fields, 0),
            other_example=self._example(fields, 1),
            once_fields=tuple(field for field in fields if field.is_once),
            shown_fields=tuple(field for field in (*fields, *asked) if not field.is_sensitive),
            transition_fields=asked,
            rules=self._rules,
            parts=parts,
            changes=self._changes(fields),
            lifecycle=self._lifecycle(),
            can_be_removed=remove is not False,
            removable_states=tuple(states) if remove is not False else (),
            filters=tuple(map(self._filter, spec.reads.filter)),
            sorts=tuple(map(self._sort, spec.reads.sort)),
            is_paged=spec.reads.page == "total",
            indexes=self._indexes(),
            checks=self._checks(),
            permissions=tuple(self._permissions.values()),
            refs=tuple(field for field in everything if field.ref),
            value_objects=value_objects(everything),
            values=tuple(
                dict.fromkeys(field.class_name for field in everything if field.type == "value")
            ),
            column_types=tuple(
                sorted({name for f in (*fields, *asked) for c in f.columns for name in c.names})
            ),
        )

    def _example(self, fields: tuple[FieldView, ...], number: int) -> dict[str, Any]:
        found = keeping(self._spec.fields, self._spec.rules, self._page, number)
        found = found or keeping(self._spec.fields, self._spec.rules, self._page) or {}
        return {field.wire: found[field.name] for field in fields}

    def _around(self, entity: str, prefix: str, *, is_asked: bool = False) -> Surroundings:
        own = {self._spec.name, f"{self._spec.name}Id", f"{self._spec.name}State"}
        own |= {part.name for part in self._spec.parts.values()}
        own |= {f"{part.name}Id" for part in self._spec.parts.values()}
        taken = frozenset(own | set(self._page.values))
        return Surroundings(self._page, entity, prefix, taken, self._resolve, is_asked)

    def _fields(
        self, fields: dict[str, FieldSpec], entity: str, prefix: str
    ) -> tuple[FieldView, ...]:
        around = self._around(entity, prefix)
        return tuple(field_view(name, spec, around) for name, spec in fields.items())

    def _asked_fields(self) -> tuple[FieldView, ...]:
        """Return what transitions ask for, as columns of the aggregate: each once."""
        around = self._around(self._snake, "", is_asked=True)
        found: dict[str, FieldView] = {}
        for transition in self._spec.lifecycle.transitions.values() if self._spec.lifecycle else ():
            for name, spec in transition.with_.items():
                optional = spec.model_copy(update={"optional": True})
                found.setdefault(name, field_view(name, optional, around))
        return tuple(found.values())

    def _resolve(self, to: str) -> RefView:
        other = target(self._page, self._here, to)
        if other is None:
            raise LookupError(f"nothing is called {to}")
        snake = names.snake(other.aggregate.name)
        return RefView(
            context=other.context.name,
            aggregate=other.aggregate.name,
            snake=snake,
            id_class=f"{other.aggregate.name}Id",
            table=other.table,
            is_local=other.context.name == self._here.context.name,
            port=names.pascal(other.plural),
        )

    def _permission_views(self) -> list[PermissionView]:
        return (
            [self._permission(each) for each in access.operations(self._here)]
            if self._has_actors
            else []
        )

    def _permission(self, operation: str) -> PermissionView:
        given = self._spec.may.get(operation)
        allowed = as_list(given) if given is not None else self._default_access(operation)
        label = self._permission_label(operation)
        return PermissionView(
            operation=operation,
            constant=label.upper().replace(" ", "_"),
            text=label,
            is_open="anyone" in allowed,
            is_member="member" in allowed,
            is_owner="owner" in allowed,
            roles=tuple(sorted({*(set(allowed) - set(words.ACCESS_WORDS)), words.ADMIN})),
        )

    def _default_access(self, operation: str) -> list[str]:
        """Closed: owners do what they like with their own, and without one only admins write."""
        if self._has_owner:
            return ["member"] if operation == "create" else ["owner"]
        return ["member"] if operation in ("read", "list") else []

    def _permission_label(self, operation: str) -> str:
        if operation == "list":
            return f"list {names.spaced(self._here.plural)}"
        verb = (
            f"change {names.spaced(operation)} of"
            if operation in self._spec.parts
            else names.spaced(operation)
        )
        return f"{verb} {names.spaced(self._spec.name)}"

    def _open_states(self) -> tuple[str, ...]:
        """Return the states in which something may change."""
        final = as_list(self._spec.lifecycle.final) if self._spec.lifecycle else []
        return tuple(state for state in self._here.states if state not in final)

    def _part(self, key: str, part: Part) -> PartView:
        snake = names.snake(part.name)
        return PartView(
            key=key,
            attribute=key,
            wire=names.camel(key),
            url=names.kebab(key),
            name=part.name,
            snake=snake,
            camel=names.camel(snake),
            label=names.spaced(part.name),
            plural_label=names.spaced(key),
            doc=names.sentence(part.doc),
            min=part.min,
            max=part.max,
            table=names.plural(snake),
            parent_column=f"{self._snake}_id",
            fields=self._fields(part.fields, snake, part.name),
            unique=tuple(
                attribute(name, spec) for name, spec in part.fields.items() if spec.unique
            ),
            id_class=f"{part.name}Id",
            permission=self._permissions.get(key),
            states=self._open_states(),
        )

    def _changes(self, fields: tuple[FieldView, ...]) -> tuple[ChangeView, ...]:
        declared = self._spec.changes
        if declared is None:
            free = tuple(field for field in fields if not field.is_once)
            return (self._change("revise", None, free),) if free else ()
        by_name = {field.name: field for field in fields}
        return tuple(
            self._change(name, change, tuple(by_name[each] for each in change.fields))
            for name, change in declared.items()
        )

    def _change(
        self, name: str, change: Change | None, fields: tuple[FieldView, ...]
    ) -> ChangeView:
        given = as_list(change.in_) if change and change.in_ is not None else self._open_states()
        states = tuple(given)
        set_here = {field.attribute for field in fields}
        return ChangeView(
            name=name,
            pascal=names.pascal(name),
            url=names.kebab(name),
            label=names.spaced(name),
            doc=names.sentence(change.doc if change else None),
            fields=fields,
            rules=tuple(rule for rule in self._rules if set_here & set(rule.fields)),
            states=states,
            other_states=tuple(state for state in self._here.states if state not in states),
            permission=self._permissions.get(name),
            is_default=change is None,
        )

    def _lifecycle(self) -> LifecycleView | None:
        lifecycle = self._spec.lifecycle
        if lifecycle is None:
            return None
        states = tuple(map(self._state, self._here.states))
        return LifecycleView(
            class_name=f"{self._spec.name}State",
            initial=next(state for state in states if state.is_initial),
            states=states,
            transitions=tuple(
                self._transition(name, step) for name, step in lifecycle.transitions.items()
            ),
        )

    def _state(self, name: str) -> StateView:
        lifecycle = self._spec.lifecycle
        return StateView(
            name=name,
            member=member(name),
            is_initial=lifecycle is not None and name == lifecycle.initial,
            is_final=lifecycle is not None and name in as_list(lifecycle.final),
            way=self._ways[name],
        )

    def _transition(self, name: str, step: Transition) -> TransitionView:
        starts = tuple(as_list(step.from_))
        nearest = min(starts, key=lambda state: len(self._ways[state]))
        pascal = names.pascal(name)
        return TransitionView(
            name=name,
            pascal=pascal,
            url=names.kebab(name),
            label=names.spaced(name),
            doc=names.sentence(step.doc),
            from_states=starts,
            refused_from=tuple(state for state in self._here.states if state not in starts),
            to_state=step.to,
            fields=self._fields(step.with_, self._snake, ""),
            permission=self._permissions.get(name),
            refusal_class=f"Cannot{pascal}{self._spec.name}Error",
            refusal_code=f"cannot_{name}_{self._snake}",
            way=self._ways[nearest],
        )

    def _ways_to_states(self) -> dict[str, tuple[str, ...]]:
        """Return the shortest way of transitions to each state."""
        lifecycle = self._spec.lifecycle
        if lifecycle is None:
            return {}
        ways: dict[str, tuple[str, ...]] = {lifecycle.initial: ()}
        waiting = deque([lifecycle.initial])
        while waiting:
            state = waiting.popleft()
            for name, step in lifecycle.transitions.items():
                if state in as_list(step.from_) and step.to not in ways:
                    ways[step.to] = (*ways[state], name)
                    waiting.append(step.to)
        return ways

    def _filter(self, name: str) -> FilterView:
        spec = self._spec.fields.get(name)
        column = attribute(name, spec) if spec else name
        wire = names.camel(column)
        has_range = len(reads.parameters(self._here, name)) > 1
        return FilterView(
            name=name,
            column=column,
            parameter=wire,
            annotation=self._filter_annotation(name, spec),
            has_range=has_range,
            from_parameter=f"{wire}From" if has_range else "",
            to_parameter=f"{wire}To" if has_range else "",
            example=self._filter_example(name, spec),
        )

    def _filter_annotation(self, name: str, spec: FieldSpec | None) -> str:
        if spec is None:
            if name == "state":
                return f"Literal[{', '.join(map(literal, self._here.states))}]"
            return "str" if name == "owner_id" else "datetime"
        if isinstance(spec, EnumField):
            return f"Literal[{', '.join(map(literal, spec.values))}]"
        kinds = {"integer": "int", "decimal": "Decimal", "boolean": "bool", "date": "date"}
        kinds |= {"datetime": "datetime", "uuid": "UUID", "ref": "UUID"}
        return kinds.get(type_name(spec), "str")

    def _filter_example(self, name: str, spec: FieldSpec | None) -> Any:
        if spec is not None:
            return example(name, spec, self._page)
        if name == "state":
            return self._here.states[0]
        return "ada" if name == "owner_id" else "2026-01-31T12:00:00Z"

    def _sort(self, name: str) -> SortView:
        spec = self._spec.fields.get(name)
        column = attribute(name, spec) if spec else name
        wire = names.camel(column)
        return SortView(name, column, ascending=wire, descending=f"-{wire}")

    def _column(self, name: str) -> str:
        spec = self._spec.fields.get(name)
        return attribute(name, spec) if spec else name

    def _indexes(self) -> tuple[IndexView, ...]:
        """Return what is unique, an index for each filter and sort, and one for each local ref.

        The owner comes first where lists are those of one owner; the id last, to break ties.
        """
        table = self._here.table
        found: dict[tuple[str, ...], IndexView] = {}

        def add(prefix: str, columns: list[str], *, is_unique: bool) -> None:
            name = f"{prefix}_{table}_{'_'.join(columns)}"
            found.setdefault(tuple(columns), IndexView(name, tuple(columns), is_unique))

        for name, spec in self._spec.fields.items():
            if spec.unique:
                add("uq", [attribute(name, spec)], is_unique=True)
        for group in self._spec.unique_together:
            add("uq", list(map(self._column, group)), is_unique=True)
        owner = ["owner_id"] if self._has_owner else []
        for name in (*self._spec.reads.sort, *self._spec.reads.filter):
            column = self._column(name)
            add("ix", [*(each for each in owner if each != column), column, "id"], is_unique=False)
            if owner and column != "owner_id":
                add("ix", [column, "id"], is_unique=False)
        for name, spec in self._spec.fields.items():
            if isinstance(spec, RefField):
                column = attribute(name, spec)
                if not any(columns[0] == column for columns in found):
                    add("ix", [column], is_unique=False)
        return tuple(found.values())

    def _checks(self) -> tuple[Check, ...]:
        """Return the constraints of the aggregate's own table."""
        own = (*self._spec.fields.items(), *self._asked())
        found = [
            Check(f"ck_{self._here.table}_{check.name}", check.sql)
            for name, spec in own
            for column in columns_of(name, spec, self._page)
            for check in column.checks
        ]
        found += [Check(rule.constraint, rule.sql) for rule in self._rules]
        if self._spec.lifecycle:
            known = ", ".join(f"'{state}'" for state in self._here.states)
            found.append(Check(f"ck_{self._here.table}_state_values", f"state IN ({known})"))
        return tuple(found)

    def _asked(self) -> list[tuple[str, FieldSpec]]:
        found: dict[str, FieldSpec] = {}
        for transition in self._spec.lifecycle.transitions.values() if self._spec.lifecycle else ():
            for name, spec in transition.with_.items():
                found.setdefault(name, spec)
        return list(found.items())
