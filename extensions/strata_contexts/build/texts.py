"""What operations of an aggregate are called, and what is said about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import names, words
from ..mistakes import listed

if TYPE_CHECKING:
    from .subject import Subject


def sentence(subject: Subject, operation: str, doc: str | None) -> str:
    """Return what the page says about a change or a transition, or else its name as a sentence."""
    if doc:
        return names.sentence(doc)
    return f"{names.spaced(operation).capitalize()} {subject.labelled}."


def refused_because(subject: Subject, verb: str) -> str:
    """Return the beginning of a refusal, which ends in the state."""
    return f"cannot {verb} while the {subject.label} is"


def permission_label(subject: Subject, operation: str) -> str:
    """Return what a permission is called: ``ship order``."""
    if operation == "list":
        return f"list {names.spaced(subject.here.plural)}"
    verb = names.spaced(operation)
    if operation in subject.spec.parts:
        verb = f"change {verb} of"
    return f"{verb} {subject.label}"


def described(subject: Subject, operation: str, *, is_hidden: bool) -> str:
    """Return for the API document who may do something."""
    allowed = subject.allowed(operation)
    if "member" in allowed:
        return "For everybody who is signed in."
    who = [f"the {subject.label}'s owner"] if "owner" in allowed else []
    who += [names.spaced(names.plural(role)) for role in allowed if role not in words.ACCESS_WORDS]
    if operation == "list" and "owner" in allowed:
        text = f"For owners, who see their own; {listed([*who[1:], 'admins'])} see all."
    else:
        text = f"For {listed([*who, 'admins'])}."
    return f"{text} For others, the {subject.label} does not exist." if is_hidden else text
