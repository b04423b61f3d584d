"""Who may do what with an aggregate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import ref_view, words
from ..checks import access
from ..view import PermissionView
from .matrix import cells
from .responses import responses
from .texts import described, permission_label

if TYPE_CHECKING:
    from ..view import RuleView, UniqueView
    from .subject import Subject


def access_of(
    subject: Subject, rules: tuple[RuleView, ...], unique: tuple[UniqueView, ...]
) -> dict[str, PermissionView]:
    """Return who may do what, by operation: everybody everything where nobody is known."""
    return {
        operation: permission_view(subject, operation, rules, unique)
        for operation in access.operations(subject.here)
    }


def permission_view(
    subject: Subject,
    operation: str,
    rules: tuple[RuleView, ...],
    unique: tuple[UniqueView, ...],
) -> PermissionView:
    allowed = subject.allowed(operation)
    label = permission_label(subject, operation)
    constant = label.upper().replace(" ", "_")
    is_hidden = is_hidden_from_others(subject, operation)
    return PermissionView(
        operation=operation,
        constant=constant,
        text=label,
        is_open="anyone" in allowed,
        is_member="member" in allowed,
        is_owner="owner" in allowed,
        roles=tuple(sorted({*(set(allowed) - set(words.ACCESS_WORDS)), words.ADMIN})),
        described=described(subject, operation, is_hidden=is_hidden),
        is_hidden=is_hidden,
        or_unknown=", or the actor may not know" if is_unknown_to_some(subject, operation) else "",
        cells=tuple(cells(subject, operation)),
        asks_who=ref_view.asks_who(subject.page, subject.here, operation, subject.authentication),
        finding=finding(subject, operation, constant),
        responses=responses(subject, operation, constant, rules, unique, is_hidden=is_hidden),
    )


def is_hidden_from_others(subject: Subject, operation: str) -> bool:
    """Tell whether all who may read a row may do this, and for others there is none."""
    if operation in ("create", "list") or not is_unknown_to_some(subject, operation):
        return False
    return set(subject.allowed("read")) <= set(subject.allowed(operation))


def is_unknown_to_some(subject: Subject, operation: str) -> bool:
    """Tell whether some of those who are signed in may neither read a row nor do this."""
    known = {*subject.allowed("read"), *subject.allowed(operation)}
    return not known & {"anyone", "member"}


def finding(subject: Subject, operation: str, constant: str) -> str:
    """Return the call by which a use case finds a row that the actor may do something with."""
    many, snake = subject.here.plural, subject.snake
    if "anyone" in subject.allowed(operation):
        owner = ", None" if subject.has_owner else ""
        return f"_find_{snake}(session, {many}, {snake}_id{owner})"
    return f"_require_{snake}(session, {many}, actor, {snake}_id, {constant})"


def permission_of(
    subject: Subject, access: dict[str, PermissionView], operation: str
) -> PermissionView | None:
    """Return who may do something, or None where nobody is known."""
    return access[operation] if subject.has_actors else None
