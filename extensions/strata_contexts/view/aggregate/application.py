"""An aggregate in the application: its use cases, what they are given, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...layout.imported import in_order
from ...literals import literal
from ..operations import UseCase
from .domain import DomainAggregate

if TYPE_CHECKING:
    from ..access import PermissionView


class ApplicationAggregate(DomainAggregate):
    """An aggregate, as far as it is about use cases."""

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
