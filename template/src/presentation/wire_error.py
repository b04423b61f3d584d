"""What the responses to all errors of one kind have in common."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WireError:
    """`code` is for errors without a code of their own; `headers` are sent with every response."""

    status: int
    title: str
    code: str
    headers: dict[str, str] = field(default_factory=dict)
