"""Who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..literals import literal

REFUSED: Final = 409
"""The status for what points to nothing that the actor may read."""


@dataclass(frozen=True)
class PermissionView:
    """Who may do something.

    ``constant`` is the name of the permission object. ``is_open`` is for everybody, signed in or not;
    ``is_member`` for everybody who is signed in; ``is_owner`` adds the owner of the row. Only a
    permission that ``is_checked`` is an object. ``is_hidden`` says that whoever may not do it may not
    read the row either, so for them there is none.
    """

    operation: str
    constant: str
    text: str
    is_open: bool
    is_member: bool
    is_owner: bool
    roles: tuple[str, ...]
    described: str = ""
    """Who may, in a sentence for the API document."""
    is_hidden: bool = False
    or_unknown: str = ""
    """What the docstring of a use case adds to `there is none`."""
    cells: tuple[tuple[str, tuple[str, ...], int], ...] = ()
    """The row of the matrix of access: who, with which roles, gets which status."""

    asks_who: bool = False
    """Whether everybody may, but what they point to depends on who they are, if that is known."""
    finding: str = ""
    """How a use case finds the row, or refuses to."""
    responses: str = ""
    """What a route declares of its refusals."""

    @property
    def has_actor(self) -> bool:
        return self.asks_who or not self.is_open

    @property
    def actor(self) -> str:
        """The type of whoever does it."""
        return "Actor | None" if self.asks_who else "Actor"

    @property
    def actor_dep(self) -> str:
        return "ActorIfAnyDep" if self.asks_who else "ActorDep"

    @property
    def about_tokens(self) -> str:
        """What its route adds to the API document, because nobody needs a token."""
        return ", openapi_extra=NEEDS_NO_TOKEN" if self.asks_who else ""

    @property
    def is_checked(self) -> bool:
        return not self.is_open

    @property
    def is_refusing(self) -> bool:
        return not (self.is_open or self.is_member)

    @property
    def is_forbidding(self) -> bool:
        """Whether some get 403."""
        return self.is_refusing and not self.is_hidden and not self.is_limiting

    @property
    def is_limiting(self) -> bool:
        """Whether it is a list that shows owners their own."""
        return self.operation == "list" and self.is_owner

    @property
    def is_requiring(self) -> bool:
        return self.is_checked and not self.is_limiting

    @property
    def is_about_targets(self) -> bool:
        """Whether some may do it, but may not read what the tests let it point to."""
        return any(status == REFUSED for _, _, status in self.cells)

    @property
    def arguments(self) -> str:
        """The arguments of its object, but for the refusal."""
        found = [literal(self.described)]
        if other := [literal(role) for role in self.roles if role != "admin"]:
            found.append(f"roles=frozenset({{ADMIN, {', '.join(other)}}})")
        if self.is_owner:
            found.append("owner=True")
        if self.is_member:
            found.append("members=True")
        return ", ".join(found)

    @property
    def as_ada(self) -> str:
        return "ADA, " if self.has_actor else ""

    @property
    def as_bob(self) -> str:
        return "BOB, " if self.has_actor else ""

    @property
    def more_responses(self) -> str:
        return f", responses={self.responses}" if self.responses else ""

    @property
    def limit(self) -> str:
        """The argument that says whose rows the actor may have."""
        return ", None" if self.is_open else f", {self.constant}.limit_to(actor)"

    @property
    def list_cells(self) -> tuple[tuple[str, int, int], ...]:
        """The row of the matrix for a list of one: who, how many they see, with which status."""
        return tuple(
            (who, self._seen(who, roles, status), status) for who, roles, status in self.cells
        )

    def _seen(self, who: str, roles: tuple[str, ...], status: int) -> int:
        if status != 200:
            return 0
        sees_all = not self.is_limiting or set(roles) & set(self.roles)
        return 1 if sees_all or who == "owner" else 0
