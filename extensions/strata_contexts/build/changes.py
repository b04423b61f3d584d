"""The changes of an aggregate, with what their tests set, and what another one may have already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import names, sample_view
from ..satisfying import is_new, linked
from ..view import ChangeView
from .access import permission_of
from .rules import rule_tests, spared_by
from .samples import may_be_missing
from .texts import refused_because, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..operations import Change
    from ..view import FieldView, PartView, PermissionView, RuleView, UniqueView
    from .samples import Samples
    from .states import States
    from .subject import Subject
    from .transitions import Steps


@dataclass(frozen=True)
class Changes:
    """Makes the views of changes, which depend on all else."""

    subject: Subject
    fields: tuple[FieldView, ...]
    parts: tuple[PartView, ...]
    samples: Samples
    rules: tuple[RuleView, ...]
    unique: tuple[UniqueView, ...]
    states: States
    steps: Steps
    access: dict[str, PermissionView]

    def views(self) -> tuple[ChangeView, ...]:
        """Return the changes that the page declares, or else the one that there is by default."""
        declared = self.subject.spec.changes
        if declared is None:
            free = tuple(field for field in self.fields if not field.is_once)
            return (self._view("revise", None, free),) if free else ()
        by_name = {field.name: field for field in self.fields}
        return tuple(
            self._view(name, change, tuple(by_name[each] for each in change.fields))
            for name, change in declared.items()
        )

    def early(self, changes: Iterable[ChangeView]) -> Iterator[ChangeView]:
        """Yield the changes that a new one allows, and that, one after the other, make it like no other."""
        first, second, *_ = self.samples.sets
        for each in changes:
            found = self._values(each.fields)
            moved = first | {field.name: found[field.name] for field in each.fields}
            together = self.subject.spec.unique_together
            if not each.steps_before and is_new(moved, [second], together):
                first = moved
                yield each

    def _view(self, name: str, change: Change | None, fields: tuple[FieldView, ...]) -> ChangeView:
        subject, states = self.subject, self.states
        allowed = subject.states_in(change.in_ if change else None)
        others = states.others(allowed)
        starts = allowed or states.all
        set_here = {field.attribute for field in fields}
        unique = tuple(each for each in self.unique if set_here & set(each.columns))
        pascal, doc = names.pascal(name), change.doc if change else None
        values = self._values(fields)
        return ChangeView(
            name=name,
            pascal=pascal,
            url=names.kebab(name),
            label=names.spaced(name),
            doc=names.sentence(doc),
            fields=fields,
            rules=tuple(rule for rule in self.rules if set_here & set(rule.fields)),
            states=allowed,
            other_states=others,
            permission=permission_of(subject, self.access, name),
            is_default=change is None,
            access=self.access[name],
            sample=sample_view.sample(values, subject.spec.fields, fields),
            refusal_class=f"Cannot{pascal}{subject.spec.name}Error",
            refusal_code=f"cannot_{name}_{subject.snake}",
            can_conflict=bool(unique),
            shows_conflict=self._shows_conflict(values, unique),
            way=states.way_to(starts),
            sentence=sentence(subject, name, doc),
            is_refused_when=states.is_refused_when(allowed) if allowed else "",
            refused_because=refused_because(subject, names.spaced(name)),
            allowed_states=states.members(allowed),
            refused_states=states.members(others),
            unique=unique,
            taken_input=self._taken_input(values, fields, unique),
            missing=tuple(field for field in fields if may_be_missing(field, self.rules)),
            spared=tuple(
                dict.fromkeys(spared_by(subject, self.rules, self.fields, set_here, values))
            ),
            steps_before=self.steps.to(starts),
            rule_tests=tuple(rule_tests(self.rules, fields)),
        )

    def _values(self, fields: tuple[FieldView, ...]) -> dict[str, Any]:
        """Return good values in which some fields of the first one are changed."""
        set_here = [field.name for field in fields]
        subject = self.subject
        return sample_view.changed(subject.spec, set_here, self.samples.sets, subject.page)

    def _shows_conflict(self, values: dict[str, Any], unique: tuple[UniqueView, ...]) -> bool:
        """Tell whether a test can set what another row has, and what the row did not have before."""
        first = self.samples.sets[0]
        return any(values.get(name) != first.get(name) for name in copied_group(unique))

    def _taken_input(
        self, values: dict[str, Any], fields: tuple[FieldView, ...], unique: tuple[UniqueView, ...]
    ) -> str:
        """Write the input of an aggregate that has already what a change would set."""
        spec = self.subject.spec
        first, second, *_ = self.samples.sets
        changed = {field.name: values[field.name] for field in fields}
        same = linked(set(copied_group(unique)), spec.rules, spec.fields)
        taken = second | {name: first[name] for name in same if name in first} | changed
        given = sample_view.sample(taken, spec.fields, self.fields).input
        arguments = [f"{each.input_name}={given[each.attribute]}" for each in self.fields]
        arguments += [f"{part.key}={part.as_input}" for part in self.parts]
        return f"Create{spec.name}Input({', '.join(arguments)})"


def copied_group(unique: tuple[UniqueView, ...]) -> tuple[str, ...]:
    """Return the first group of fields that are unique together, and that tests can copy."""
    return next((each.fields for each in unique if each.is_copied), ())
