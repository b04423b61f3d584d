"""Makes the view of a page that has no mistakes."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from . import names, reads_view, ref_view, sample_view, words
from .bodies import USUAL, LongBody, most_bytes
from .checks import access
from .columns import Check, columns_of
from .examples import as_json
from .field_view import Surroundings, field_view, member
from .mistakes import listed
from .models import RefField, Remove
from .part_view import part_fields, part_view
from .rule_view import repaired, rule_views
from .satisfying import breaks_none, is_new, just_kept, keeping, linked, rows
from .sql_view import sql_refusals
from .value_view import value_objects, value_view
from .view import (
    LAST_MIGRATIONS,
    AggregateView,
    ChangeView,
    ContextView,
    FieldSample,
    HiddenTarget,
    LifecycleView,
    ModelView,
    PartView,
    PermissionView,
    RefView,
    RemovalView,
    RuleTest,
    StateView,
    TransitionView,
    UniqueView,
)
from .view.access import REFUSED
from .walk import AggregateHere, aggregates, as_list, attribute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .models import Change, FieldSpec, Page, Part, Transition
    from .view import FieldView, RuleView, SampleView

LOCAL: Final = frozenset(("session_factory", "parse_each", "counted", "taken", "conflict"))
"""What the code of a use case calls something else."""


def view_of(page: Page, authentication: str = "own") -> ModelView:
    """Compute all that templates print of a page, which must have no mistakes."""
    return ModelView(
        has_actors=authentication != "none",
        roles=tuple(page.roles),
        values=tuple(value_view(name, page) for name in page.values),
        contexts=tuple(
            context_view(place, page, authentication) for place in range(len(page.contexts))
        ),
        long_bodies=tuple(
            LongBody(here.url, most)
            for here in aggregates(page)
            if (most := most_bytes(here.aggregate, page)) > USUAL
        ),
        last_of_template=LAST_MIGRATIONS[authentication],
    )


def context_view(place: int, page: Page, authentication: str) -> ContextView:
    context = page.contexts[place]
    views = tuple(
        AggregateBuilder(here, page, authentication).build()
        for here in aggregates(page)
        if here.path[1] == place
    )
    refs = [ref for view in views for ref in view.every_ref if ref.is_foreign]
    return ContextView(
        name=context.name,
        label=names.spaced(context.name),
        doc=names.sentence(context.doc),
        aggregates=views,
        needs=tuple(sorted({ref.context for ref in refs})),
        foreign=tuple({ref.aggregate: ref for ref in refs}.values()),
    )


def rule_refusal(entity: str, rule: str) -> str:
    return f"{entity}{names.pascal(rule)}Error"


class AggregateBuilder:
    """Makes the view of one aggregate."""

    def __init__(self, here: AggregateHere, page: Page, authentication: str) -> None:
        self._here = here
        self._page = page
        self._authentication = authentication
        self._has_actors = authentication != "none"
        self._has_owner = here.has_owner(authentication)
        self._spec = here.aggregate
        self._snake = names.snake(here.aggregate.name)
        self._ways = self._ways_to_states()
        self._rules = rule_views(self._spec.rules, self._spec.fields, page, here.table)
        self._sets = [
            self._without_itself(values, self._spec.fields)
            for values in rows(self._spec, page, sample_view.NUMBER)
        ]
        self._sets = sample_view.shortened(self._spec.fields, page, self._sets)
        self._given = sample_view.left_out(self._spec, self._sets)
        self._permissions = {view.operation: view for view in self._permission_views()}
        self._access = {view.operation: view for view in self._access_views()}
        self._steps = {
            name: self._transition(name, step)
            for name, step in (
                self._spec.lifecycle.transitions if self._spec.lifecycle else {}
            ).items()
        }
        self._parts = {key: self._part(key, part) for key, part in self._spec.parts.items()}

    def build(self) -> AggregateView:
        """Compute the whole view."""
        spec, here = self._spec, self._here
        fields = self._sampled(self._fields(spec.fields, self._snake, ""))
        fields = reads_view.sorted_alike(here, fields)
        changes = self._changes(fields)
        rules = self._ruled(fields)
        asked = self._asked_fields()
        parts = tuple(self._parts.values())
        everything = (*fields, *asked, *(field for part in parts for field in part.fields))
        values = dict.fromkeys(field.class_name for field in everything if field.type == "value")
        checked = self._checked_refs(fields)
        pointing = list(ref_view.pointing(self._page, here))
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
            rules=rules,
            parts=parts,
            changes=changes,
            lifecycle=self._lifecycle(),
            can_be_removed=remove is not False,
            removable_states=tuple(states) if remove is not False else (),
            listing=reads_view.listing(
                here, self._page, fields, self._sets, is_owned=self._has_owner
            ),
            indexes=reads_view.indexes(here, has_owner=self._has_owner),
            checks=self._checks(),
            permissions=tuple(self._permissions.values()),
            access=self._access,
            samples=sample_view.samples(spec, fields, self._given),
            removal=self._removal(states if remove is not False else []),
            early_changes=tuple(self._early(changes)),
            longest_way=self._steps_of(max(self._ways.values(), key=len, default=())),
            keeps_rules_by_default=self._keeps_rules_by_default(),
            sql_refusals=tuple(sql_refusals(self._here, dict(self._asked()), self._page, rules)),
            numbered=self._numbered(fields),
            unique=self._unique(),
            every_ref=tuple(field.ref for field in everything if field.ref),
            checked_refs=checked,
            is_target=any(other.qualified != here.qualified for other in pointing),
            is_local_target=any(
                other.context.name == here.context.name and other.qualified != here.qualified
                for other in pointing
            ),
            is_pointed_to=self._is_pointed_to(),
            sample_ids=ref_view.sample_ids(self._page, here),
            stored=ref_view.stored(self._page, here, is_local=False),
            stored_rows=ref_view.stored(self._page, here, is_local=True),
            circle=ref_view.circle(self._page, here),
            hidden_target=self._hidden_target("create", self._spec.fields),
            value_objects=value_objects(everything),
            values=tuple(values),
            shared=tuple(value_view(name, self._page) for name in values),
            column_types=tuple(
                sorted({name for f in (*fields, *asked) for c in f.columns for name in c.names})
            ),
        )

    def _sampled(self, fields: tuple[FieldView, ...]) -> tuple[FieldView, ...]:
        """Add good values to each field."""
        sets = sample_view.samples(self._spec, fields, self._given)
        nothing = FieldSample("None", "None", "None")
        found = []
        for field in fields:
            given = [
                FieldSample(
                    each.domain[field.attribute], each.input[field.attribute], each.json[field.wire]
                )
                for each in sets
            ]
            if self._may_be_missing(field):
                given[1] = nothing
            found.append(replace(field, samples=tuple(given)))
        return tuple(found)

    def _early(self, changes: Iterable[ChangeView]) -> Iterator[ChangeView]:
        """Yield the changes that a new one allows, and that, one after the other, make it like no other."""
        first, second, *_ = self._sets
        for each in changes:
            names_here = [field.name for field in each.fields]
            found = sample_view.changed(self._spec, names_here, self._sets, self._page)
            moved = first | {name: found[name] for name in names_here}
            if not each.steps_before and is_new(moved, [second], self._spec.unique_together):
                first = moved
                yield each

    def _keeps_rules_by_default(self) -> bool:
        specs = self._spec.fields
        given = {
            name: as_json(spec, spec.default, self._page)
            for name, spec in specs.items()
            if spec.default is not None
        }
        return breaks_none(self._spec.rules, specs, self._given[0] | given)

    def _may_be_missing(self, field: FieldView) -> bool:
        """Tell whether a field may be missing, whatever the others are."""
        ruled = {name for rule in self._rules for name in rule.fields}
        return field.is_optional and field.attribute not in ruled

    def _ruled(self, fields: tuple[FieldView, ...]) -> tuple[RuleView, ...]:
        """Add to each rule what needs the fields in code."""
        kinds = {field.attribute: field.domain_annotation for field in fields}
        by_attribute = {attribute(name, spec): name for name, spec in self._spec.fields.items()}
        first = sample_view.sample(self._sets[0], self._spec.fields, fields)
        found = []
        for rule in self._rules:
            broken = {by_attribute[each]: value for each, value in rule.broken}
            asked = [field for field in fields if field.attribute in rule.fields]
            kept = list(self._just_kept(rule, asked))
            found.append(
                replace(
                    repaired(rule, {field.attribute: field for field in fields}),
                    refusal_class=rule_refusal(self._spec.name, rule.name),
                    parameters=", ".join(f"{each}: {kinds[each]}" for each in rule.fields),
                    sample=sample_view.sample(self._sets[0] | broken, self._spec.fields, fields),
                    just_kept=tuple(sample_view.as_mapping(each.domain) for each in kept),
                    spared=tuple(
                        sample_view.as_mapping(
                            {field.input_name: each.input[field.attribute] for field in asked}
                        )
                        for each in kept
                        if "None" in each.input.values()
                    ),
                    others=tuple(
                        (field.attribute, value)
                        for field, value in zip(fields, first.domain.values(), strict=True)
                        if field.attribute not in rule.fields
                    ),
                )
            )
        return tuple(found)

    def _just_kept(self, rule: RuleView, asked: list[FieldView]) -> Iterator[SampleView]:
        specs, rules = self._spec.fields, self._spec.rules
        if any(field.ref for field in asked):
            return  # what one of its own kind points to is not there yet
        for kept in just_kept(rules[rule.name], rules, specs, self._sets[0], self._page):
            yield sample_view.sample(kept, specs, asked)

    def _rule_tests(self, fields: tuple[FieldView, ...]) -> Iterator[RuleTest]:
        """Yield the values with which a change of some fields breaks each of its rules."""
        here = {field.attribute for field in fields}
        every = self._fields(self._spec.fields, self._snake, "")
        for rule in self._ruled(every):
            if rule.sample and here & set(rule.fields):
                given = dict.fromkeys((*rule.fields, *dict(rule.broken)))
                before = tuple(
                    (each, rule.sample.domain[each]) for each in given if each not in here
                )
                yield RuleTest(rule.name, before, rule.sample)

    def _steps_of(self, way: tuple[str, ...]) -> tuple[TransitionView, ...]:
        return tuple(self._steps[name] for name in way)

    def _members(self, states: Iterable[str]) -> str:
        """Write some states as a list of members of their enum."""
        return f"[{', '.join(f'{self._spec.name}State.{member(state)}' for state in states)}]"

    def _is_refused_when(self, allowed: Sequence[str]) -> str:
        """Return the condition in Python under which a state is none of those that are allowed."""
        kind = f"{self._spec.name}State"
        if len(allowed) == 1:
            return f"self.state is not {kind}.{member(allowed[0])}"
        return f"self.state not in ({', '.join(f'{kind}.{member(each)}' for each in allowed)})"

    def _refused_because(self, verb: str) -> str:
        return f"cannot {verb} {names.article(names.spaced(self._spec.name))} that is"

    def _removal(self, allowed: Sequence[str]) -> RemovalView:
        others = [state for state in self._here.states if state not in allowed] if allowed else []
        nearest = min(allowed, key=lambda state: len(self._ways[state])) if allowed else ""
        return RemovalView(
            is_guarded=bool(others),
            refusal_class=f"CannotRemove{self._spec.name}Error",
            refusal_code=f"cannot_remove_{self._snake}",
            is_refused_when=self._is_refused_when(allowed) if others else "",
            refused_because=self._refused_because("remove"),
            allowed_states=self._members(allowed),
            refused_states=self._members(others),
            steps_before=self._steps_of(self._ways[nearest]) if nearest else (),
            steps_to_refusal=self._steps_of(
                min((self._ways[state] for state in others), key=len, default=())
            ),
        )

    def _sentence(self, operation: str, doc: str | None) -> str:
        if doc:
            return names.sentence(doc)
        return f"{names.spaced(operation).capitalize()} {names.article(names.spaced(self._spec.name))}."

    def _without_itself(
        self, values: dict[str, Any], specs: dict[str, FieldSpec]
    ) -> dict[str, Any]:
        """Return good values without what the first one could not point to."""
        others = {
            name: None
            for name, spec in specs.items()
            if ref_view.is_left_out(self._page, self._here, name, spec)
        }
        return values | others

    def _is_left_out(self, name: str) -> bool:
        spec = self._spec.fields.get(name)
        return spec is not None and ref_view.is_left_out(self._page, self._here, name, spec)

    def _targets(self, *fields: dict[str, FieldSpec]) -> list[AggregateHere]:
        """Return what some fields point to, its own kind left out."""
        return ref_view.pointed_to(self._page, self._here, *fields)

    def _checked_refs(self, fields: tuple[FieldView, ...]) -> tuple[RefView, ...]:
        asked = (field for step in self._steps.values() for field in step.fields)
        found = {field.attribute: field.ref for field in (*fields, *asked) if field.ref}
        return tuple(found.values())

    def _is_pointed_to(self) -> bool:
        home = self._here.context.name
        return any(
            other.context.name == home for other in ref_view.pointing(self._page, self._here)
        )

    def _hidden_target(self, operation: str, fields: dict[str, FieldSpec]) -> HiddenTarget | None:
        """Return somebody who may do something, and what they may not let some fields point to."""
        parts = "" if operation == "create" else operation
        refs: list[tuple[RefView, dict[str, FieldSpec]]] = [
            (self._resolve(name, spec, parts), {name: spec})
            for name, spec in fields.items()
            if isinstance(spec, RefField)
        ]
        in_order = sorted(refs, key=lambda ref: ref[0].is_local)  # as a use case asks for them
        others = ref_view.every_set_by(self._here, operation)[1:] if not parts else []
        for who, roles, status in self._cells(operation, [fields]):
            if status == REFUSED and self._may_point(who, roles, *others):
                for ref, field in in_order:
                    if not self._may_point(who, roles, field):
                        return HiddenTarget(who, ref.wire, ref.refusal_code, ref.nowhere_json)
        return None

    def _may_point(self, who: str, roles: tuple[str, ...], *fields: dict[str, FieldSpec]) -> bool:
        """Tell whether somebody in the tests may read all that some fields point to."""
        is_itself = any(
            isinstance(spec, RefField)
            and not spec.optional
            and ref_view.found(self._page, self._here, spec.to).qualified == self._here.qualified
            for each in fields
            for spec in each.values()
        )
        return all(
            ref_view.may_read(other, who, roles, self._authentication)
            for other in (*self._targets(*fields), *([self._here] if is_itself else []))
        )

    def _example(self, fields: tuple[FieldView, ...], number: int) -> dict[str, Any]:
        found = keeping(self._spec.fields, self._spec.rules, self._page, number)
        found = found or keeping(self._spec.fields, self._spec.rules, self._page) or {}
        return {field.wire: found[field.name] for field in fields}

    def _around(
        self,
        entity: str,
        prefix: str,
        *,
        is_asked: bool = False,
        variable: str = "",
        one: str = "",
    ) -> Surroundings:
        own = {self._spec.name, f"{self._spec.name}Id", f"{self._spec.name}State"}
        own |= {
            f"{self._spec.name}{each}" for each in ("Model", "Output", "Repository", "Response")
        }
        own |= {part.name for part in self._spec.parts.values()}
        own |= {f"{part.name}Id" for part in self._spec.parts.values()}
        taken = frozenset(own | set(self._page.values))
        used = frozenset(LOCAL | self._used() | {f"{one or self._snake}_id"})
        return Surroundings(
            *(self._page, entity, prefix, taken, self._resolve, is_asked, variable, used),
            siblings=frozenset(self._siblings(prefix)),
        )

    def _siblings(self, prefix: str) -> Iterator[str]:
        """Yield what fields are called that may stand in one input: those of a part, or all others."""
        asked = self._here.lifecycle.transitions.values() if self._here.lifecycle else ()
        groups = [part.fields for part in self._spec.parts.values() if part.name == prefix]
        groups = groups or [self._spec.fields, *(step.with_ for step in asked)]
        yield from (attribute(*each) for group in groups for each in group.items())

    def _used(self) -> set[str]:
        """Return what the code of its use cases calls something, and depends on the page."""
        parsers = {f"parse_{names.snake(name)}" for name in self._page.values}
        targets = {other.plural for other in ref_view.asked(self._page, self._here)}
        return parsers | targets | {self._here.plural, self._snake, f"{self._snake}_output"}

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

    def _resolve(self, name: str, spec: RefField, parts: str = "") -> RefView:
        return ref_view.ref_view(name, spec, self._here, self._page, self._authentication, parts)

    def _permission_views(self) -> list[PermissionView]:
        return (
            [self._permission(each) for each in access.operations(self._here)]
            if self._has_actors
            else []
        )

    def _access_views(self) -> list[PermissionView]:
        """Return who may do what, also where nobody is known."""
        return [self._permission(each) for each in access.operations(self._here)]

    def _permission(self, operation: str) -> PermissionView:
        allowed = self._allowed(operation)
        label = self._permission_label(operation)
        is_hidden = self._is_hidden(operation)
        return PermissionView(
            operation=operation,
            constant=label.upper().replace(" ", "_"),
            text=label,
            is_open="anyone" in allowed,
            is_member="member" in allowed,
            is_owner="owner" in allowed,
            roles=tuple(sorted({*(set(allowed) - set(words.ACCESS_WORDS)), words.ADMIN})),
            described=self._described(operation, allowed, is_hidden=is_hidden),
            is_hidden=is_hidden,
            cells=tuple(self._cells(operation)),
            asks_who=ref_view.asks_who(self._page, self._here, operation, self._authentication),
            finding=self._finding(operation, label.upper().replace(" ", "_")),
            responses=self._responses(
                operation, label.upper().replace(" ", "_"), is_hidden=is_hidden
            ),
        )

    def _finding(self, operation: str, constant: str) -> str:
        """Return the call by which a use case finds a row that the actor may do something with."""
        many = self._here.plural
        if "anyone" in self._allowed(operation):
            owner = ", None" if self._has_owner else ""
            return f"_find_{self._snake}(session, {many}, {self._snake}_id{owner})"
        asked = f"session, {many}, actor, {self._snake}_id, {constant}"
        return f"_require_{self._snake}({asked})"

    def _responses(self, operation: str, constant: str, *, is_hidden: bool) -> str:
        """Return what a route declares of its refusals; nothing where it has none."""
        refusals = [] if "anyone" in self._allowed(operation) else [constant]
        if operation not in ("create", "list") and not is_hidden:
            refusals.append(f"{self._spec.name}NotFoundError")
        lifecycle = self._spec.lifecycle
        pascal = names.pascal(operation)
        if operation == "create":
            refusals += [each.refusal_class for each in self._unique()]
        elif lifecycle and operation in lifecycle.transitions:
            refusals.append(f"Cannot{pascal}{self._spec.name}Error")
        elif operation in self._here.changes:
            refusals += self._refusals_of_change(operation)
        elif operation == "remove" and self._is_removal_guarded():
            refusals.append(f"CannotRemove{self._spec.name}Error")
        refusals += ref_view.unknown_classes(
            self._spec.name, ref_view.set_by(self._here, operation)
        )
        if operation == "create":
            for part in self._spec.parts.values():
                refusals += ref_view.unknown_classes(part.name, part.fields)
        if operation == "remove" and self._is_pointed_to():
            refusals.append(f"{self._spec.name}InUseError")
        declared = [f"problems({', '.join(refusals)})"] if refusals else []
        if operation == "create":
            declared.insert(0, "CREATED")
        elif operation not in ("list", "remove"):
            declared.insert(0, "VERSIONED")
        return " | ".join(declared)

    def _refusals_of_change(self, operation: str) -> Iterator[str]:
        change = (self._spec.changes or {}).get(operation)
        states = as_list(change.in_) if change and change.in_ is not None else self._open_states()
        if set(self._here.states) - set(states):
            yield f"Cannot{names.pascal(operation)}{self._spec.name}Error"
        free = [name for name, spec in self._spec.fields.items() if spec.set is None]
        set_here = set(map(self._column, change.fields if change else free))
        for rule in self._rules:
            if set_here & set(rule.fields) and not set_here >= set(rule.fields):
                yield rule_refusal(self._spec.name, rule.name)
        for each in self._unique():
            if set_here & set(each.columns):
                yield each.refusal_class

    def _is_removal_guarded(self) -> bool:
        remove = self._spec.remove
        if not isinstance(remove, Remove) or remove.in_ is None:
            return False
        return bool(set(self._here.states) - set(as_list(remove.in_)))

    def _allowed(self, operation: str) -> list[str]:
        return ref_view.allowed(self._here, operation, self._authentication)

    def _is_hidden(self, operation: str) -> bool:
        """Tell whether all who may read a row may do this, so that others must not know of it."""
        readers = set(self._allowed("read"))
        if readers & {"anyone", "member"} or operation in ("create", "list"):
            return False
        return readers <= set(self._allowed(operation))

    def _described(self, operation: str, allowed: list[str], *, is_hidden: bool) -> str:
        label = names.spaced(self._spec.name)
        if "member" in allowed:
            return "For everybody who is signed in."
        who = [f"the {label}'s owner"] if "owner" in allowed else []
        who += [
            names.spaced(names.plural(role)) for role in allowed if role not in words.ACCESS_WORDS
        ]
        if operation == "list" and "owner" in allowed:
            text = f"For owners, who see their own; {listed([*who[1:], 'admins'])} see all."
        else:
            text = f"For {listed([*who, 'admins'])}."
        return f"{text} For others, the {label} does not exist." if is_hidden else text

    def _cells(
        self, operation: str, fields: list[dict[str, FieldSpec]] | None = None
    ) -> Iterator[tuple[str, tuple[str, ...], int]]:
        """Yield the row of the matrix of access: who, with which roles, gets which status.

        ``fields`` are those that the operation sets, if they do not follow from its name.
        """
        done = {"create": 201, "remove": 204}.get(operation, 200)
        readers, allowed = set(self._allowed("read")), set(self._allowed(operation))
        if fields is None:
            fields = ref_view.every_set_by(self._here, operation)
        home = self._here.context.name
        foreign = [
            {name: spec}
            for each in fields
            for name, spec in each.items()
            if any(other.context.name != home for other in self._targets({name: spec}))
        ]
        people = [("stranger", ()), *((role, (role,)) for role in self._page.roles)]
        people += [(words.ADMIN, (words.ADMIN,))]
        if self._has_owner:
            people.insert(0, ("owner", ()))
        is_refused = not self._may_point("nobody", (), *fields)
        yield "nobody", (), (REFUSED if is_refused else done) if "anyone" in allowed else 401
        for who, roles in people:
            known = {"anyone", "member", *roles, *(["owner"] if who == "owner" else [])}
            is_admin = words.ADMIN in roles
            if operation != "create" and not self._may_point(who, roles, *foreign):
                yield who, roles, REFUSED  # another context is asked first
            elif is_admin or known & allowed or (operation == "list" and "owner" in allowed):
                yield who, roles, done if self._may_point(who, roles, *fields) else REFUSED
            elif operation in ("create", "list") or known & readers:
                yield who, roles, 403
            else:
                yield who, roles, 404

    def _taken_input(self, values: dict[str, Any], fields: tuple[FieldView, ...]) -> str:
        """Write the input of an aggregate that has already what a change would set."""
        every = self._fields(self._spec.fields, self._snake, "")
        changed = {field.name: values[field.name] for field in fields}
        first = self._sets[0]
        same = linked(set(self._taken_group(fields)), self._spec.rules, self._spec.fields)
        taken = self._sets[1] | {name: first[name] for name in same if name in first} | changed
        given = sample_view.sample(taken, self._spec.fields, every).input
        arguments = [f"{each.input_name}={given[each.attribute]}" for each in every]
        arguments += [f"{key}={part.as_input}" for key, part in self._parts.items()]
        return f"Create{self._spec.name}Input({', '.join(arguments)})"

    def _taken_group(self, fields: tuple[FieldView, ...]) -> tuple[str, ...]:
        """Return the first group of fields that are unique together, and of which some are set."""
        here = {field.attribute for field in fields}
        copied = (each for each in self._unique() if each.is_copied)
        return next((each.fields for each in copied if here & set(each.columns)), ())

    def _shows_conflict(self, values: dict[str, Any], fields: tuple[FieldView, ...]) -> bool:
        """Tell whether a test can set what another row has, and what the row did not have before."""
        group = self._taken_group(fields)
        return any(values.get(name) != self._sets[0].get(name) for name in group)

    def _unique(self) -> tuple[UniqueView, ...]:
        label = names.spaced(self._spec.name)
        groups = [[name] for name, spec in self._spec.fields.items() if spec.unique]
        groups += self._spec.unique_together
        found = []
        for group in groups:
            columns = tuple(map(self._column, group))
            named = [each for each in group if each != "owner_id"]
            whose = " of the same owner" if "owner_id" in group else ""
            stem = "_".join(named)
            found.append(
                UniqueView(
                    columns=columns,
                    fields=tuple(group),
                    refusal_class=f"{self._spec.name}{names.pascal(stem)}TakenError",
                    refusal_code=f"{self._snake}_{stem}_taken",
                    detail=f"another {label}{whose} has this {listed(map(self._spoken, named))}",
                    path=columns if len(columns) == 1 else (),
                    is_copied=not any(map(self._is_left_out, group)),
                    is_free=self._may_be_alike(group),
                )
            )
        return tuple(found)

    def _spoken(self, name: str) -> str:
        """Name a field in a sentence: what it points to, not the id of that."""
        is_ref = isinstance(self._spec.fields[name], RefField)
        return names.spaced(name.removesuffix("_id") if is_ref else name)

    def _may_be_alike(self, group: list[str]) -> bool:
        """Tell whether the second aggregate of a test may have some values of the first one."""
        first, second, _ = self._given
        copied = {name: first[name] for name in group if name in first}
        return breaks_none(self._spec.rules, self._spec.fields, second | copied)

    def _numbered(self, fields: tuple[FieldView, ...]) -> dict[str, str]:
        return {
            each.attribute: sample_view.numbered(
                self._given,
                each,
                self._spec.fields[each.name],
                may_be_missing=self._may_be_missing(each),
            )
            for each in fields
        }

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
        states = tuple(as_list(part.in_)) if part.in_ is not None else self._open_states()
        closed = [state for state in self._here.states if state not in states]
        nearest = min(states, key=lambda state: len(self._ways[state])) if states else ""
        one = names.singular(key)
        variable = ref_view.variable_of(self._here, key)
        around = self._around(names.snake(part.name), part.name, variable=variable, one=one)
        around = replace(around, resolve=partial(self._resolve, parts=key))
        return part_view(
            key,
            part,
            self._spec.name,
            variable,
            part_fields(part, around),
            self._page,
            states=states,
            is_refused_when=self._is_refused_when(states) if closed else "",
            refused_states=self._members(closed),
            steps_before=self._steps_of(self._ways[nearest]) if nearest else (),
            steps_to_refusal=self._steps_of(
                min((self._ways[state] for state in closed), key=len, default=())
            ),
            permission=self._permissions.get(key),
            access=self._access[key],
            local=f"valid_{key}" if key in self._used() else key,
            removal_cells=tuple(self._cells(key, [])),
            hidden_target=self._hidden_target(key, part.fields),
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
        pascal = names.pascal(name)
        set_names = [field.name for field in fields]
        values = sample_view.changed(self._spec, set_names, self._sets, self._page)
        starts = states or self._here.states
        nearest = min(starts, key=lambda state: len(self._ways[state])) if starts else ""
        return ChangeView(
            name=name,
            pascal=names.pascal(name),
            url=names.kebab(name),
            label=names.spaced(name),
            doc=names.sentence(change.doc if change else None),
            fields=fields,
            rules=tuple(
                rule
                for rule in self._ruled(self._fields(self._spec.fields, self._snake, ""))
                if set_here & set(rule.fields)
            ),
            states=states,
            other_states=tuple(state for state in self._here.states if state not in states),
            permission=self._permissions.get(name),
            is_default=change is None,
            access=self._access[name],
            sample=sample_view.sample(values, self._spec.fields, fields),
            refusal_class=f"Cannot{pascal}{self._spec.name}Error",
            refusal_code=f"cannot_{name}_{self._snake}",
            can_conflict=any(set_here & set(each.columns) for each in self._unique()),
            shows_conflict=self._shows_conflict(values, fields),
            way=self._ways[nearest] if nearest else (),
            sentence=self._sentence(name, change.doc if change else None),
            is_refused_when=self._is_refused_when(states) if states else "",
            refused_because=self._refused_because(names.spaced(name)),
            allowed_states=self._members(states),
            refused_states=self._members(s for s in self._here.states if s not in states),
            unique=tuple(each for each in self._unique() if set_here & set(each.columns)),
            taken_input=self._taken_input(values, fields),
            missing=tuple(field for field in fields if self._may_be_missing(field)),
            steps_before=self._steps_of(self._ways[nearest] if nearest else ()),
            rule_tests=tuple(self._rule_tests(fields)),
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
                replace(
                    step,
                    steps_before=self._steps_of(step.way),
                    steps_to_refusal=self._steps_of(
                        min((self._ways[state] for state in step.refused_from), key=len, default=())
                    ),
                )
                for step in self._steps.values()
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
            access=self._access[name],
            sample=sample_view.sample(
                self._without_itself(keeping(step.with_, {}, self._page) or {}, step.with_),
                step.with_,
                self._fields(step.with_, self._snake, ""),
            ),
            refusal_class=f"Cannot{pascal}{self._spec.name}Error",
            refusal_code=f"cannot_{name}_{self._snake}",
            way=self._ways[nearest],
            sentence=self._sentence(name, step.doc),
            is_refused_when=self._is_refused_when(starts),
            refused_because=self._refused_because(names.spaced(name)),
            allowed_states=self._members(starts),
            refused_states=self._members(s for s in self._here.states if s not in starts),
            to_member=member(step.to),
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

    def _column(self, name: str) -> str:
        return reads_view.column_name(self._here, name)

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
                found.setdefault(name, spec.model_copy(update={"optional": True}))
        return list(found.items())
