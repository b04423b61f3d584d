"""An aggregate in every layer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .. import names
from ..columns import STATE_COLUMN
from ..layout.imported import in_order
from ..literals import literal
from ..page_view import page_of
from .fields import Answered, FieldView, SampleView, ValueObject, WireType, wire_types
from .given import Given
from .operations import (
    ChangeView,
    LifecycleView,
    Refusal,
    RemovalView,
    TransitionView,
    UseCase,
    refusal_of,
)
from .owned import OwnedAggregate
from .reads import as_tuple, written_groups
from .refs import MissingRef, PointingAggregate
from .rules import repairs_of

if TYPE_CHECKING:
    from ..columns import Check, Column
    from ..pages import PageView
    from .access import PermissionView
    from .listing import ListingView
    from .parts import PartView
    from .reads import IndexView, UniqueView
    from .refs import HiddenTarget, RefView, TargetView
    from .rules import RuleView, SqlRefusal
    from .values import ValueView


@dataclass(frozen=True)
class AggregateView(Answered, Given, OwnedAggregate, PointingAggregate):
    """An aggregate in every layer.

    For ``OrderItem``: ``snake`` is ``order_item``, ``camel`` ``orderItem``, ``label`` ``order item``,
    ``plural`` ``order_items``, ``url`` ``order-items``, ``id_parameter`` ``orderItemId``.
    """

    name: str
    snake: str
    camel: str
    label: str
    labelled: str
    """With its article: ``an order item``."""
    plural: str
    plural_label: str
    doc: str
    table: str
    url: str
    id_class: str
    id_parameter: str
    has_owner: bool
    fields: tuple[FieldView, ...]
    example: dict[str, Any]
    """What JSON has for a good one, by the names there; parts are not in it."""
    other_example: dict[str, Any]
    """Another good one, as different as the types allow."""
    once_fields: tuple[FieldView, ...]
    shown_fields: tuple[FieldView, ...]
    """Fields that answers have: all but the sensitive ones."""
    transition_fields: tuple[FieldView, ...]
    """What transitions ask for: columns that are null until then."""
    rules: tuple[RuleView, ...]
    parts: tuple[PartView, ...]
    changes: tuple[ChangeView, ...]
    lifecycle: LifecycleView | None
    can_be_removed: bool
    removable_states: tuple[str, ...]
    listing: ListingView
    indexes: tuple[IndexView, ...]
    checks: tuple[Check, ...]
    """The constraints of columns, and of rules, with their full names."""
    permissions: tuple[PermissionView, ...]
    access: dict[str, PermissionView]
    """Who may do what, by operation: open where nobody is known."""
    samples: tuple[SampleView, ...]
    numbered: dict[str, str]
    """The value of each field for a ``number``, by attribute."""
    unique: tuple[UniqueView, ...]
    every_ref: tuple[RefView, ...]
    """What its fields and those of its parts point to."""
    checked_refs: tuple[RefView, ...]
    """What its fields point to, and what transitions ask for: each field once."""
    is_target: bool
    """Whether another one points to it, in its context or in another."""
    is_local_target: bool
    is_pointed_to: bool
    """Whether rows of its context point to its rows, its own included."""
    sample_ids: tuple[str, ...]
    """The ids of those that tests of others point to."""
    stored: tuple[TargetView, ...]
    """What has to be there before one can be created, those first that others point to."""
    stored_rows: tuple[TargetView, ...]
    """What has to be in the database before its row can be."""
    circle: tuple[TargetView, ...]
    """What has to be in the database, too, before one can point to what points back to it."""
    hidden_target: HiddenTarget | None
    value_objects: tuple[ValueObject, ...]
    """The classes that its fields and those of its parts bring, without ids and shared values."""
    values: tuple[str, ...]
    """The shared values that it uses."""
    shared: tuple[ValueView, ...]
    """The same, in every layer."""
    column_types: tuple[str, ...]
    """What its table imports from SQLAlchemy for the columns of fields."""
    removal: RemovalView
    early_changes: tuple[ChangeView, ...]
    """The changes that a new one allows."""
    keeps_rules_by_default: bool
    """Whether the first one keeps the rules with the defaults of its fields, too."""
    longest_way: tuple[TransitionView, ...]
    """The most transitions that lead from a new one to any state."""
    sql_refusals: tuple[SqlRefusal, ...]

    @property
    def imported_rows(self) -> tuple[TargetView, ...]:
        return tuple({each.name: each for each in (*self.stored_rows, *self.circle)}.values())

    # Words

    @property
    def about(self) -> str:
        return self.doc or f"The {self.label}."

    @property
    def of_one(self) -> str:
        return f"that {self.labelled}"

    @property
    def labelled_new(self) -> str:
        return names.article(f"new {self.label}")

    @property
    def labelled_snake(self) -> str:
        return self.labelled.replace(" ", "_")

    @property
    def plural_title(self) -> str:
        return self.plural_label.capitalize()

    @property
    def plural_class(self) -> str:
        return names.pascal(self.plural)

    @property
    def initially(self) -> str:
        return f" in the state {self.lifecycle.initial.name}" if self.lifecycle else ""

    @property
    def of_the_actor(self) -> str:
        return ", which belongs to the actor" if self.has_owner else ""

    @property
    def of_the_caller(self) -> str:
        return " of the caller's" if self.has_owner else ""

    @property
    def listed(self) -> str:
        if self.has_owner:
            return f"the owner's {self.plural_label}, or of all"
        return f"all {self.plural_label}"

    @property
    def listed_by_actor(self) -> str:
        if self.access["list"].is_limiting:
            return f"the actor's {self.plural_label}, or of all if permitted"
        return f"all {self.plural_label}"

    @property
    def listed_to_caller(self) -> str:
        if self.access["list"].is_limiting:
            return f"the caller's own {self.plural_label}"
        return f"all {self.plural_label}"

    @cached_property
    def page(self) -> PageView:
        """Its page in `docs/contexts/`."""
        return page_of(self)

    # Domain

    @property
    def classes(self) -> tuple[ValueObject, ...]:
        """The classes of its values, with that of its state."""
        if self.lifecycle is None:
            return self.value_objects
        members = tuple((state.member, state.name) for state in self.lifecycle.states)
        state = ValueObject(self.lifecycle.class_name, "StrEnum", "", members=members)
        return (*self.value_objects, state)

    @property
    def imported_values(self) -> str:
        parts = (part.id_class for part in self.parts)
        return ", ".join([self.id_class, *parts, *(each.name for each in self.classes)])

    @property
    def steps(self) -> tuple[TransitionView, ...]:
        return self.lifecycle.transitions if self.lifecycle else ()

    @property
    def asking_steps(self) -> tuple[TransitionView, ...]:
        return tuple(step for step in self.steps if step.fields)

    @property
    def state_refusals(self) -> tuple[Refusal, ...]:
        """What the entity refuses because of its state."""
        found = [
            refusal_of(each.name, self.labelled, each.refusal_class, each.refusal_code)
            for each in self.changes
            if each.is_guarded
        ]
        found += [
            refusal_of(each.name, self.labelled, each.refusal_class, each.refusal_code)
            for each in self.steps
        ]
        broken = {rule.refusal_class for each in self.changes for rule in each.state_rules}
        found += [
            Refusal(rule.refusal_class, rule.code, rule.demand, rule.path)
            for rule in self.rules
            if rule.refusal_class in broken
        ]
        if self.removal.is_guarded:
            removal = self.removal
            found.append(
                refusal_of("remove", self.labelled, removal.refusal_class, removal.refusal_code)
            )
        found += [each for part in self.parts for each in part.state_refusals]
        return tuple(found)

    @property
    def state_refusal_names(self) -> str:
        return ", ".join(each.name for each in self.state_refusals)

    @property
    def imported_domain(self) -> str:
        refusals = (each.name for each in self.state_refusals)
        return ", ".join([self.imported_entities, *refusals])

    @property
    def imported_entities(self) -> str:
        parts = (name for part in self.parts for name in (part.name, *part.constants))
        return ", ".join([self.name, *parts])

    @property
    def is_checked_as_a_whole(self) -> bool:
        """Whether a new one may break a rule that none of its fields breaks."""
        return bool(self.rules or self.parts)

    @property
    def broken_on_creation(self) -> str:
        """What may be wrong with a new one as a whole, in words."""
        found = [
            *(["several fields"] if self.rules else []),
            *(["its parts"] if self.parts else []),
        ]
        return f"a rule over {' or over '.join(found)} is broken"

    @property
    def shown(self) -> tuple[FieldView, ...]:
        """Its own fields that answers have."""
        return tuple(field for field in self.fields if not field.is_sensitive)

    @property
    def shown_later(self) -> tuple[FieldView, ...]:
        """What transitions ask for and answers have."""
        return tuple(field for field in self.transition_fields if not field.is_sensitive)

    @property
    def hidden(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.is_sensitive)

    # Application

    @property
    def is_parsed(self) -> bool:
        return bool(self.parts) or any(field.is_parsed for field in self.fields)

    @property
    def may_be_invalid(self) -> bool:
        """Whether something in the input of a new one may break a rule."""
        return bool(self.is_parsed or self.is_checked_as_a_whole)

    @property
    def creation_may_be_refused(self) -> bool:
        return bool(
            self.access["create"].is_refusing or self.may_be_invalid or self.unique or self.set_refs
        )

    @property
    def is_paged(self) -> bool:
        """Whether lists are pages with a total, or slices."""
        return self.listing.is_paged

    @property
    def is_sliced(self) -> bool:
        return not self.is_paged

    @property
    def is_searched(self) -> bool:
        return self.listing.is_searched

    @property
    def checked(self) -> tuple[PermissionView, ...]:
        """The permissions that are objects."""
        return tuple(each for each in self.access.values() if each.is_checked)

    @property
    def has_checked_rows(self) -> bool:
        return any(each.is_checked for each in self.row_access)

    @property
    def imported_permissions(self) -> str:
        return ", ".join(each.constant for each in self.checked)

    @property
    def asking(self) -> tuple[str, ...]:
        """The operations that have an input, as the names of classes begin."""
        changes = (each.pascal for each in self.changes)
        return ("Create", *changes, *(each.pascal for each in self.asking_steps))

    @property
    def imported_dto(self) -> str:
        inputs = [f"{pascal}{self.name}Input" for pascal in self.asking]
        inputs += [f"{part.name}Input" for part in self.parts]
        return ", ".join([*inputs, *self.listing.imported, f"{self.name}Output"])

    @property
    def imported_outputs(self) -> str:
        return ", ".join(f"{name}Output" for name in (self.name, *(p.name for p in self.parts)))

    @property
    def imported_missing(self) -> str:
        """The refusals of what is not there."""
        return ", ".join([f"{self.name}NotFoundError", *(p.missing_class for p in self.parts)])

    @property
    def refusals(self) -> tuple[str, ...]:
        own = [f"{self.name}NotFoundError", *(part.missing_class for part in self.parts)]
        taken = (each.refusal_class for each in self.unique)
        refs = (each.refusal_class for each in self.required_refs)
        in_use = (self.in_use_class,) if self.is_held else ()
        return (*own, *taken, *refs, *in_use, *(each.name for each in self.state_refusals))

    @property
    def refusal_names(self) -> str:
        ordered = sorted(self.refusals, key=in_order)
        own = [self.conflict] if self.has_conflicts else []
        of_parts = sorted(part.conflict for part in self.parts_with_keys)
        return f"[{', '.join(map(literal, [*ordered, *own, *of_parts]))}]"

    @property
    def imported_refusals(self) -> str:
        return ", ".join(self.refusals)

    @property
    def imported_refusals_with_taken(self) -> str:
        own = [self.conflict] if self.has_conflicts else []
        of_parts = [part.conflict for part in self.parts_with_keys]
        return ", ".join([self.imported_refusals, *own, *of_parts])

    @property
    def use_cases(self) -> tuple[UseCase, ...]:
        """The use cases with their types and what they are bound to."""
        row = [self.id_class]
        output = f"{self.name}Output"
        listed = f"Page[{output}]" if self.is_paged else f"Slice[{output}, {self.id_class}]"
        found = [
            self._use_case(
                self.access["create"],
                f"create_{self.snake}",
                [f"Create{self.name}Input"],
                output,
                self.ref_bindings,
            ),
            self._use_case(self.access["read"], f"get_{self.snake}", row, output),
            self._use_case(
                self.access["list"], f"list_{self.plural}", [self.listing.asked], listed
            ),
        ]
        for change in self.changes:
            asked = [*row, f"{change.pascal}{self.name}Input", "ExpectedVersions"]
            name = f"{change.name}_{self.snake}"
            found.append(self._use_case(change.access, name, asked, output, change.ref_bindings))
        for step in self.steps:
            data = [f"{step.pascal}{self.name}Input"] if step.fields else []
            asked = [*row, *data, "ExpectedVersions"]
            name = f"{step.name}_{self.snake}"
            found.append(self._use_case(step.access, name, asked, output, step.ref_bindings))
        for part in self.parts:
            one, new = [*row, part.id_class], f"{part.name}Input"
            given = {"add": [*row, new], "change": [*one, new], "remove": one}
            for verb in part.verbs:
                asked = [*given[verb], "ExpectedVersions"]
                is_removal = verb == "remove"
                access = part.removal_access if is_removal else part.access
                refs = "" if is_removal else part.ref_bindings
                name = f"{verb}_{part.snake}"
                found.append(self._use_case(access, name, asked, output, refs))
        if self.can_be_removed:
            asked = [*row, "ExpectedVersions"]
            found.append(
                self._use_case(self.access["remove"], f"remove_{self.snake}", asked, "None")
            )
        return tuple(found)

    def _use_case(
        self, access: PermissionView, name: str, asked: list[str], answer: str, targets: str = ""
    ) -> UseCase:
        actor = [access.actor] if access.has_actor else []
        reads = access.operation in ("read", "list")
        return UseCase(
            name=name,
            callable=f"Callable[[{', '.join([*actor, *asked])}], Awaitable[{answer}]]",
            sessions="read_sessions=sessions.read" if reads else "session_factory=sessions.write",
            clock="" if reads or access.operation == "remove" else ", clock=clock",
            targets=targets,
        )

    @property
    def imported_use_cases(self) -> str:
        return ", ".join(each.name for each in self.use_cases)

    # Infrastructure

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of what is declared on the page, in the order of the table."""
        own = [column for field in self.fields for column in field.columns]
        asked = [column for field in self.transition_fields for column in field.columns]
        return (*own, *self.state_columns, *asked)

    @property
    def state_columns(self) -> tuple[Column, ...]:
        return (STATE_COLUMN,) if self.lifecycle else ()

    @property
    def declared_checks(self) -> tuple[tuple[str, str], ...]:
        """The names of its constraints, as a class of rows has them, and their conditions."""
        start = len(f"ck_{self.table}_")
        return tuple((check.name[start:], check.sql_python) for check in self.checks)

    @property
    def part_fields(self) -> tuple[FieldView, ...]:
        return tuple(field for part in self.parts for field in part.fields)

    @property
    def mended_parts(self) -> tuple[PartView, ...]:
        """The kinds of parts whose bodies the fuzz tests have to mend one by one."""
        return tuple(part for part in self.parts if part.repairs)

    @property
    def has_unique_parts(self) -> bool:
        return any(part.unique for part in self.parts)

    @property
    def with_parts(self) -> str:
        """What several are called, with their parts: ``orders and their lines``."""
        *first, last = [self.plural_label, *(f"their {part.plural_label}" for part in self.parts)]
        return f"{', '.join(first)} and {last}" if first else last

    @property
    def imported_ids(self) -> str:
        return ", ".join([self.id_class, *(part.id_class for part in self.parts)])

    @property
    def imported_id_deps(self) -> str:
        return ", ".join(f"{name}Dep" for name in self.imported_ids.split(", "))

    @property
    def imported_models(self) -> str:
        return ", ".join(f"{name}Model" for name in (self.name, *(p.name for p in self.parts)))

    @property
    def part_rows(self) -> str:
        """The arguments by which its rows know those of its parts."""
        return "".join(f", {part.rows}" for part in self.parts)

    @property
    def has_hooks(self) -> bool:
        """Whether the fuzz tests have to know more than the API document says."""
        return bool(self.formats or self.is_mended)

    @property
    def repairs(self) -> tuple[str, ...]:
        """Statements that make a body of the fuzz tests keep all rules."""
        return (*self.repairs_of_rules, *self.repairs_of_parts)

    @property
    def repaired(self) -> str:
        """What the fuzz tests do with bodies, in words."""
        has_rules = self.repairs_of_rules or any(part.has_ruled_values for part in self.parts)
        rules = ["keep the rules over several fields"] if has_rules else []
        parts = ["have no two parts with the same value"] if self.repairs_of_parts else []
        refs = ["point to something that is there"] if self.points_to_others else []
        return f"Let bodies that are otherwise good {', and '.join([*rules, *parts, *refs])}."

    @property
    def repairs_of_rules(self) -> tuple[str, ...]:
        """Those of its own rules, and of the rules of its values."""
        refs = {ref.attribute for ref in self.refs}
        last = (rule.operator == "==" and rule.left in refs for rule in self.rules)
        ordered = sorted(zip(last, self.rules, strict=True), key=lambda pair: pair[0])
        own = repairs_of([rule for _, rule in ordered])
        asked = [field for step in self.steps for field in step.fields]
        inner = [field.repair_inside for field in (*self.fields, *asked) if field.repair_inside]
        return tuple(dict.fromkeys([*own, *inner]))

    @property
    def repairs_of_parts(self) -> tuple[str, ...]:
        return tuple(
            f"make_distinct(body, {literal(part.wire)}, {literal(each.wire)}, {each.values})"
            if each.values
            else f"keep_distinct(body, {literal(part.wire)}, {literal(each.wire)})"
            for part in self.parts
            for each in part.unique
        )

    @property
    def repairs_of_refs(self) -> tuple[str, ...]:
        """Statements that let a body point to something that is there."""
        return tuple(
            f"point_to_{'another' if ref.attribute in self.others else 'created'}"
            f"(body, {literal(ref.wire)}, {literal(f'/{ref.url}')})"
            for ref in self.other_refs
        )

    @property
    def missing_refs(self) -> tuple[MissingRef, ...]:
        """What may be missing although rules are about it, as no other test has it."""
        ruled = {name for rule in self.rules for name in rule.fields}
        there = {field.attribute for field in self.fields if not field.is_left_out}
        found = []
        for ref in self.asked_refs:
            if not ref.is_optional or ref.is_left_out or ref.attribute not in ruled:
                continue
            instead = [
                next((each for each in self.self_refs if each.attribute in rule.fields), None)
                for rule in self.rules
                if not rule.is_comparison
                and ref.attribute in rule.fields
                and there & set(rule.fields) == {ref.attribute}
            ]
            others = dict.fromkeys(each.to_first for each in instead if each)
            given = ", ".join([ref.given("None"), *others])
            found.append(MissingRef(ref, given, needs_first=bool(others)))
        return tuple(found)

    @property
    def spared(self) -> tuple[str, ...]:
        """Inputs for the fields of each rule, of which something is missing that it does not ask for."""
        return tuple(each for rule in self.rules for each in rule.spared)

    @property
    def others(self) -> frozenset[str]:
        """The fields that have to point to another one than the field on the left of a rule."""
        found: set[str] = set()
        refs = {ref.attribute for ref in self.other_refs}
        for rule in self.rules:
            if rule.operator == "!=" and rule.left in refs and rule.left not in found:
                found.add(rule.right)
        return frozenset(found)

    @property
    def has_fake_values(self) -> bool:
        """Whether its fake says what is unique, or what lists are searched by."""
        return bool(self.unique or self.is_searched)

    @property
    def is_mended(self) -> bool:
        return bool(self.repairs or self.mended_parts or self.other_refs)

    # Schemas and routes

    @property
    def wire_types(self) -> tuple[WireType, ...]:
        """The types that its fields bring, each once."""
        asked = [field for step in self.steps for field in step.fields]
        return wire_types((*self.fields, *asked, *self.part_fields))

    @property
    def formats(self) -> tuple[WireType, ...]:
        return (*(each for each in self.wire_types if each.format), *self.listing.formats)

    @property
    def state_annotation(self) -> str:
        states = self.lifecycle.states if self.lifecycle else ()
        return f"Literal[{', '.join(literal(state.name) for state in states)}]"

    @property
    def imported_schemas(self) -> str:
        requests = [f"{pascal}{self.name}Request" for pascal in self.asking]
        requests += [f"{part.name}Request" for part in self.parts]
        return ", ".join([*requests, f"{self.name}Response"])

    @property
    def url_id(self) -> str:
        return f"{{{self.id_parameter}}}"

    # Tests

    @property
    def written_unique(self) -> str:
        return written_groups(self.unique)

    @property
    def copied(self) -> tuple[UniqueView, ...]:
        """What is unique, and that the aggregates of tests have."""
        return tuple(each for each in self.unique if each.is_copied)

    @property
    def written_copied(self) -> str:
        return written_groups(self.freely_copied)

    @property
    def freely_copied(self) -> tuple[UniqueView, ...]:
        return tuple(each for each in self.copied if each.is_free)

    @property
    def is_unique_in_several_ways(self) -> bool:
        return len(self.copied) > 1

    @property
    def outcomes_of_a_copy(self) -> str:
        """What creating the same again may answer: PostgreSQL looks at its oldest index first."""
        return ", ".join(f"(409, {literal(each.refusal_code)})" for each in self.copied)

    @property
    def tested_defaults(self) -> str:
        """What answers have of fields that are left out, if that keeps the rules; otherwise nothing."""
        return self.defaults if self.defaulted and self.keeps_rules_by_default else ""

    @property
    def refusable(self) -> tuple[FieldView, ...]:
        """The fields whose values are refused by a class of their own, each class once."""
        asked = [field for step in self.steps for field in step.fields]
        each = [one for field in (*self.fields, *asked) for one in (field, field.item) if one]
        found = {one.class_name: one for one in each if one.refused and one.value_object}
        return tuple(found.values())

    @property
    def wrong_fields(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.refused)

    @property
    def several(self) -> tuple[FieldView, ...]:
        """The fields whose values have fields that can be wrong."""
        return tuple(field for field in self.fields if field.wrong_inside)

    @property
    def told_fields(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.is_told)

    @property
    def is_refused_by_domain(self) -> bool:
        return bool(self.told_fields)

    @property
    def refusable_steps(self) -> tuple[TransitionView, ...]:
        return tuple(step for step in self.steps if step.refused_from)

    @property
    def compares_some(self) -> bool:
        """Whether answers differ from what was sent."""
        return bool(self.hides or self.parts)

    @property
    def compared_otherwise(self) -> str:
        """The names in JSON of what answers do not have, or have with ids, as a set."""
        hidden = [field.wire for field in self.hidden]
        names_there = [*hidden, *(part.wire for part in self.parts)]
        return f"{{{', '.join(map(literal, names_there))}}}" if names_there else ""

    @property
    def part_parameters(self) -> str:
        """The parameters of a test's function that creates one with other parts than usual."""
        found = (f"{part.attribute}: tuple[{part.name}, ...] | None = None" for part in self.parts)
        return f"*, {', '.join(found)}"

    @property
    def imported_test_inputs(self) -> str:
        """What the tests of its parts know from those of its use cases."""
        steps = {step.constant for part in self.parts for step in part.steps_before if step.fields}
        nowhere = ["NOWHERE"] if self.part_refs else []
        return ", ".join(["ADA", "FIRST", *nowhere, "World", *sorted(steps)])

    @property
    def imported_test_bodies(self) -> str:
        """What the tests of its parts know from those of its routes."""
        ways = (way for part in self.parts for way in (part.steps_before, part.steps_to_refusal))
        steps = {step.constant for way in ways for step in way if step.fields}
        nowhere = ["NOWHERE"] if self.part_refs else []
        stored = ["store_targets"] if self.stored else []
        own = [self.labelled_snake, "outcome", *stored]
        return ", ".join(["ADA", "FIRST", *nowhere, "WHO", *own, *sorted(steps)])

    @property
    def part_attributes(self) -> str:
        return as_tuple(tuple(part.attribute for part in self.parts))

    @property
    def contract_bases(self) -> str:
        """The contracts that its repository keeps."""
        found = [*self.listing.contracts]
        if self.has_owner:
            found.append("OwnedRemoveContract" if self.can_be_removed else "OwnedContract")
        elif self.can_be_removed:
            found.append("RemoveContract")
        found += ["PartsContract"] if self.parts else []
        return ", ".join(f"{each}[{self.name}]" for each in found)
