"""Contexts, and the whole model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from .. import markdown
from ..page_view import arrows_of, nodes_of, section_of
from ..table_view import added_keys, table_of, table_of_part

if TYPE_CHECKING:
    from ..bodies import LongBody
    from ..pages import Arrow, Node, ValueSection
    from ..table_view import AddedKey, TableView
    from .aggregate import AggregateView
    from .refs import RefView
    from .values import ValueView

LAST_MIGRATIONS: Final = {
    "own": "0004_add_roles",
    "external": "0001_start",
    "none": "0001_start",
}
"""The last migration that the template has for every service, by the answer to `authentication`."""


@dataclass(frozen=True)
class ContextView:
    """A bounded context."""

    name: str
    label: str
    doc: str
    aggregates: tuple[AggregateView, ...]
    needs: tuple[str, ...]
    """The other contexts that its aggregates point to."""
    foreign: tuple[RefView, ...]
    """What its aggregates point to in other contexts, each once."""

    @property
    def targets(self) -> tuple[AggregateView, ...]:
        """The aggregates that others point to, in this context or in another one."""
        return tuple(each for each in self.aggregates if each.is_target)

    @property
    def composed(self) -> tuple[AggregateView, ...]:
        """The aggregates that have parts."""
        return tuple(each for each in self.aggregates if each.parts)

    @property
    def guarded(self) -> tuple[AggregateView, ...]:
        """The aggregates with which not anyone may do anything."""
        return tuple(each for each in self.aggregates if each.checked)

    @property
    def modules(self) -> str:
        """The modules of its routes."""
        return ", ".join(each.plural for each in self.aggregates)

    @property
    def title(self) -> str:
        return self.label.capitalize()

    @property
    def about(self) -> str:
        return self.doc or f"The domain of {self.label}."

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Its aggregates in the map of contexts."""
        return nodes_of(self)

    @property
    def about_in_markdown(self) -> str:
        return markdown.text(self.about)


@dataclass(frozen=True)
class ModelView:
    """The whole model."""

    has_actors: bool
    roles: tuple[str, ...]
    values: tuple[ValueView, ...]
    contexts: tuple[ContextView, ...]
    long_bodies: tuple[LongBody, ...]
    """What creates aggregates and may be longer than `MAX_BODY_BYTES` lets it be by default."""
    last_of_template: str
    """The name of the last migration that the template has for every service."""

    @property
    def before_tables(self) -> str:
        """The revision that the migration of the contexts comes after."""
        return self.last_of_template.partition("_")[0]

    @property
    def revision(self) -> str:
        """The revision of the migration of the contexts."""
        return f"{int(self.before_tables) + 1:04}"

    @property
    def head(self) -> str:
        """The name of the last migration of a new service."""
        return f"{self.revision}_create_tables" if self.contexts else self.last_of_template

    @property
    def hooked_values(self) -> tuple[ValueView, ...]:
        """The values of which the API document cannot say all."""
        return tuple(each for each in self.values if each.has_hooks)

    @property
    def is_searched(self) -> bool:
        """Whether any list can be filtered, or sorted in several ways."""
        return any(each.is_searched for context in self.contexts for each in context.aggregates)

    @cached_property
    def tables(self) -> tuple[TableView, ...]:
        """The tables of the first migration, those first that others point to."""
        every = {each.table: each for context in self.contexts for each in context.aggregates}
        found: list[TableView] = []
        seen: set[str] = set()

        def add(aggregate: AggregateView) -> None:
            if aggregate.table not in seen:
                seen.add(aggregate.table)
                for ref in aggregate.every_ref:
                    if ref.is_local and not ref.is_circular:
                        add(every[ref.table])
                found.append(table_of(aggregate))
                found.extend(table_of_part(part, aggregate) for part in aggregate.parts)

        for aggregate in every.values():
            add(aggregate)
        return tuple(found)

    @property
    def keys_between_tables(self) -> tuple[AddedKey, ...]:
        """The foreign keys of tables that point to each other, which are added when all are there."""
        return tuple(
            key
            for context in self.contexts
            for each in context.aggregates
            for key in added_keys(each)
        )

    @property
    def asks_who(self) -> bool:
        """Whether there is anything for which a token is taken, and not needed."""
        return any(
            permission.asks_who
            for context in self.contexts
            for each in context.aggregates
            for permission in each.access.values()
        )

    @property
    def has_refs(self) -> bool:
        return any(each.required_refs for context in self.contexts for each in context.aggregates)

    @property
    def has_other_refs(self) -> bool:
        """Whether any field has to point to another one than the field beside it."""
        return any(each.others for context in self.contexts for each in context.aggregates)

    @property
    def has_parts(self) -> bool:
        return any(each.parts for context in self.contexts for each in context.aggregates)

    @property
    def has_added_parts(self) -> bool:
        return any(each.added_parts for context in self.contexts for each in context.aggregates)

    @property
    def has_mended_parts(self) -> bool:
        """Whether the fuzz tests look at parts one by one."""
        return any(each.mended_parts for context in self.contexts for each in context.aggregates)

    @property
    def needs_distinct_parts(self) -> bool:
        """Whether the fuzz tests make parts differ that must be there."""
        every = (each for context in self.contexts for each in context.aggregates)
        return any(unique.values for each in every for p in each.parts for unique in p.unique)

    @property
    def value_sections(self) -> tuple[ValueSection, ...]:
        """What the map of contexts says of the values that they share."""
        return tuple(map(section_of, self.values))

    @property
    def arrows(self) -> tuple[Arrow, ...]:
        """The references in the map of contexts."""
        return tuple(arrows_of(self.contexts))

    @property
    def dropped(self) -> tuple[TableView, ...]:
        return self.tables[::-1]
