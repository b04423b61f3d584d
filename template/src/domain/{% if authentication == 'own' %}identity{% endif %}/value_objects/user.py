"""The values that a user consists of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.shared import DomainError, Id

if TYPE_CHECKING:
    from collections.abc import Collection

# Values are stripped of ASCII white space, as in WHATWG HTML, and may only have the listed characters.
# The API document states the same rules as ECMAScript patterns. ECMAScript and Python disagree about
# `\s` and about capital letters, so a value is lowercased only after it is known to be ASCII.
_BLANKS = " \t\n\f\r"

_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{2,31}")

# The format that browsers accept for <input type="email"> (WHATWG HTML, "valid email address"),
# with a dot required in the domain. Only a delivered message proves that an address exists.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

_EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+")

_MAX_EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets


@dataclass(frozen=True, slots=True)
class UserId(Id):
    pass


@dataclass(frozen=True, slots=True)
class Username:
    """The name that a user logs in with. It is case-insensitive."""

    value: str

    @classmethod
    def parse(cls, raw: str) -> Username:
        trimmed = raw.strip(_BLANKS)
        if not _USERNAME.fullmatch(trimmed):
            raise DomainError(
                "a username has 3 to 32 letters, digits, dots, dashes or underscores,"
                " and starts with a letter",
                code="invalid_username",
            )
        return cls(trimmed.lower())

    @classmethod
    def from_trusted(cls, value: str) -> Username:
        return cls(value)


@dataclass(frozen=True, slots=True)
class Email:
    value: str

    @classmethod
    def parse(cls, raw: str) -> Email:
        trimmed = raw.strip(_BLANKS)
        if len(trimmed) > _MAX_EMAIL_LENGTH or not _EMAIL.fullmatch(trimmed):
            raise DomainError("not an e-mail address", code="invalid_email")
        return cls(trimmed.lower())

    @classmethod
    def from_trusted(cls, value: str) -> Email:
        return cls(value)


@dataclass(frozen=True, slots=True, order=True)
class Role:
    """The name of a role, which permissions of other contexts may ask for."""

    value: str

    @classmethod
    def parse(cls, raw: str, known: Collection[str]) -> Role:
        """Return the role if it is one of the known ones.

        Raises:
            DomainError: it is not.
        """
        if raw not in known:
            roles = ", ".join(sorted(known)) or "none"
            raise DomainError(f"not a role of this service (it has {roles})", code="unknown_role")
        return cls(raw)

    @classmethod
    def from_trusted(cls, value: str) -> Role:
        return cls(value)
