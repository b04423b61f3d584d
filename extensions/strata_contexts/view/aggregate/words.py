"""What sentences and docstrings call an aggregate."""

from __future__ import annotations

from ... import names
from .facts import AggregateFacts


class SpokenAggregate(AggregateFacts):
    """An aggregate, as far as it is about words."""

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
    def with_parts(self) -> str:
        """What several are called, with their parts: ``orders and their lines``."""
        *first, last = [self.plural_label, *(f"their {part.plural_label}" for part in self.parts)]
        return f"{', '.join(first)} and {last}" if first else last

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
            return f"the caller's own {self.plural_label}, or all if permitted"
        return f"all {self.plural_label}"
