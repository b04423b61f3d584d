"""The matrix of access: who, in the tests, gets which status for what.

Whoever does something must also be allowed to read what it points to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import ref_view, words
from ..field_types import RefField
from ..view import HiddenTarget
from ..view.access import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..field_types import FieldSpec
    from ..view import RefView
    from .subject import Subject


def cells(
    subject: Subject, operation: str, fields: list[dict[str, FieldSpec]] | None = None
) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Yield a row of the matrix: who, with which roles, gets which status.

    ``fields`` are those that the operation sets, if they do not follow from its name.
    """
    done = {"create": 201, "remove": 204}.get(operation, 200)
    readers, allowed = set(subject.allowed("read")), set(subject.allowed(operation))
    if fields is None:
        fields = ref_view.every_set_by(subject.here, operation)
    foreign = foreign_fields(subject, fields)
    is_refused = not may_point(subject, "nobody", (), *fields)
    yield "nobody", (), (REFUSED if is_refused else done) if "anyone" in allowed else 401
    for who, roles in people(subject):
        known = {"anyone", "member", *roles, *(["owner"] if who == "owner" else [])}
        is_admin = words.ADMIN in roles
        if operation != "create" and not may_point(subject, who, roles, *foreign):
            yield who, roles, REFUSED  # another context is asked first
        elif is_admin or known & allowed or (operation == "list" and "owner" in allowed):
            yield who, roles, done if may_point(subject, who, roles, *fields) else REFUSED
        elif operation in ("create", "list") or known & readers:
            yield who, roles, 403
        else:
            yield who, roles, 404


def people(subject: Subject) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield those who are signed in, with their roles."""
    if subject.has_owner:
        yield "owner", ()
    yield "stranger", ()
    yield from ((role, (role,)) for role in (*subject.page.roles, words.ADMIN))


def foreign_fields(
    subject: Subject, fields: list[dict[str, FieldSpec]]
) -> list[dict[str, FieldSpec]]:
    """Return those of some fields that point to other contexts, one by one."""
    home = subject.here.context.name
    return [
        {name: spec}
        for each in fields
        for name, spec in each.items()
        if any(other.context.name != home for other in subject.targets({name: spec}))
    ]


def may_point(
    subject: Subject, who: str, roles: tuple[str, ...], *fields: dict[str, FieldSpec]
) -> bool:
    """Tell whether somebody in the tests may read all that some fields point to."""
    here = subject.here
    is_itself = any(
        isinstance(spec, RefField)
        and not spec.optional
        and ref_view.found(subject.page, here, spec.to).qualified == here.qualified
        for each in fields
        for spec in each.values()
    )
    return all(
        ref_view.may_read(other, who, roles, subject.authentication)
        for other in (*subject.targets(*fields), *([here] if is_itself else []))
    )


def hidden_target(
    subject: Subject, operation: str, fields: dict[str, FieldSpec]
) -> HiddenTarget | None:
    """Return somebody who may do something, and what they may not let some fields point to."""
    parts = "" if operation == "create" else operation
    refs: list[tuple[RefView, dict[str, FieldSpec]]] = [
        (subject.ref(name, spec, parts), {name: spec})
        for name, spec in fields.items()
        if isinstance(spec, RefField)
    ]
    in_order = sorted(refs, key=lambda ref: ref[0].is_local)  # as a use case asks for them
    others = ref_view.every_set_by(subject.here, operation)[1:] if not parts else []
    for who, roles, status in cells(subject, operation, [fields]):
        if status == REFUSED and may_point(subject, who, roles, *others):
            for ref, field in in_order:
                if not may_point(subject, who, roles, field):
                    return HiddenTarget(who, ref.wire, ref.refusal_code, ref.nowhere_json)
    return None
