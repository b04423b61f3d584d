"""What every tool comes down to: a place in a file, the rule that it breaks, and what was found."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Refusal:
    """`path` is relative to the service and has forward slashes; lines count from 1.

    `found` names the construct. `instead` is empty where what the rule says in general will do, and
    `code` where ruff did not find it.
    """

    path: str
    line: int
    rule: str
    found: str
    instead: str = ""
    code: str = ""


def excerpt(code: str) -> str:
    """Return code as a message can quote it: its first line, and not too much of that."""
    first, *more = code.strip().splitlines()
    short = first[:60].rstrip()
    return f"`{short}{' …' if more or short != first else ''}`"
