"""What every tool comes down to: a place in a file, and the rule that it breaks."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Refusal:
    """`path` is relative to the service and has forward slashes; lines count from 1."""

    path: str
    line: int
    rule: str
