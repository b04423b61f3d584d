"""The result of every tool: a place in a file, the rule that it violates, and what was found."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Refusal:
    """`path` is relative to the service, with forward slashes; lines count from 1.

    `found` describes the construct. `instead` is empty if the rule's own remedy applies. `code` is the
    ruff code, or empty if another tool found it.
    """

    path: str
    line: int
    rule: str
    found: str
    instead: str = ""
    code: str = ""


def excerpt(code: str) -> str:
    """Return code for a quotation in a message: its first line, shortened if it is long."""
    first, *more = code.strip().splitlines()
    short = first[:60].rstrip()
    return f"`{short}{' …' if more or short != first else ''}`"
