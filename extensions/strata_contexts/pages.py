"""What the pages of a service's ``docs/contexts/`` say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldRow:
    """A field in a table, as Markdown. ``shown`` says whether, and since when, answers have it."""

    name: str
    about: str
    allowed: str
    shown: str


@dataclass(frozen=True)
class ValueSection:
    """A value of several fields, in the page of the map."""

    title: str
    about: str
    fields: tuple[FieldRow, ...]
    rules: tuple[RuleRow, ...]


@dataclass(frozen=True)
class RuleRow:
    """What has to hold over several fields or rows, with the code of its refusal."""

    text: str
    code: str


@dataclass(frozen=True)
class PartTable:
    """A kind of part, with its fields."""

    title: str
    about: str
    fields: tuple[FieldRow, ...]


@dataclass(frozen=True)
class OperationRow:
    """What can be done, in which states, by whom and where, and what may be refused."""

    what: str
    who: str
    states: str
    endpoint: str
    refusals: str


@dataclass(frozen=True)
class Arrow:
    """An arrow of a diagram, from one node to another."""

    tail: str
    head: str
    label: str
    is_dotted: bool = False

    @property
    def line(self) -> str:
        return "-.->" if self.is_dotted else "-->"


@dataclass(frozen=True)
class Node:
    """A node of a diagram: its id there, and what people read."""

    id: str
    label: str
    has_owner: bool = False


@dataclass(frozen=True)
class PageView:
    """The page of an aggregate."""

    title: str
    about: str
    fields: tuple[FieldRow, ...]
    always: str
    """The fields that every answer has, in a sentence."""
    rules: tuple[RuleRow, ...]
    parts: tuple[PartTable, ...]
    operations: tuple[OperationRow, ...]
    states: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    """The lifecycle, without its beginning and its ends."""
    initial: str
    final: tuple[str, ...]
    notes: str
    """What may be refused beside what the rows say, in a paragraph."""
