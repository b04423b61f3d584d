"""An aggregate in the fuzz tests: how bodies are made to keep the rules that the API document cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...literals import literal
from ..rules import repairs_of
from .presentation import SentAggregate

if TYPE_CHECKING:
    from ..parts import PartView


class FuzzedAggregate(SentAggregate):
    """An aggregate, as far as it is about bodies that are made at random."""

    @property
    def has_hooks(self) -> bool:
        """Whether the fuzz tests have to know more than the API document says."""
        return bool(self.formats or self.is_mended or self.added_parts)

    @property
    def is_mended(self) -> bool:
        return bool(self.repairs or self.mended_parts or self.other_refs)

    @property
    def added_parts(self) -> tuple[PartView, ...]:
        """The kinds of parts that requests add and remove."""
        return tuple(part for part in self.parts if part.varies)

    @property
    def mended_parts(self) -> tuple[PartView, ...]:
        """The kinds of parts whose bodies the fuzz tests have to mend one by one."""
        return tuple(part for part in self.parts if part.repairs)

    @property
    def has_unique_parts(self) -> bool:
        return any(part.unique for part in self.parts)

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
    def others(self) -> frozenset[str]:
        """The fields that have to point to another one than the field on the left of a rule."""
        found: set[str] = set()
        refs = {ref.attribute for ref in self.other_refs}
        for rule in self.rules:
            if rule.operator == "!=" and rule.left in refs and rule.left not in found:
                found.add(rule.right)
        return frozenset(found)
