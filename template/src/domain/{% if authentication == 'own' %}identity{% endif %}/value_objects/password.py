"""Passwords: the normalized form that is hashed, and the rules for new passwords."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unicodedata import category, normalize

from domain.identity.value_objects.common_passwords import COMMON_WORDS, WELL_KNOWN_ROWS
from domain.shared import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# NIST SP 800-63B-4, section 3.1.1.2: require at least 15 characters where the password is the only
# factor, and accept at least 64. An upper limit keeps hashing affordable.
MIN_PASSWORD_LENGTH = 15
MAX_PASSWORD_LENGTH = 128

_MIN_UNGUESSABLE = 8
"""How many characters must remain without common words, sequences and repetitions."""

_MIN_DISTINCT = 5

_REPEATED = re.compile(r"(.{1,32}?)\1+")


def canonical_password(raw: str) -> str:
    """Return the password in the form that is hashed, NFC.

    Keyboards and operating systems encode the same letters differently (NIST SP 800-63B-4, section
    3.1.1.2). RFC 8265, section 4.2.2, chooses NFC.
    """
    return normalize("NFC", raw)


def password_spellings(raw: str) -> tuple[str, ...]:
    """Return the forms of the password that a stored hash may have been made from, NFC first.

    Hashes that are older than the NFC rule were made from the password as it was typed. For ASCII
    passwords, all forms are equal.
    """
    return tuple(dict.fromkeys((canonical_password(raw), raw, normalize("NFD", raw))))


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A newly chosen password, in the form that is hashed."""

    value: str = field(repr=False)

    @classmethod
    def parse(cls, raw: str, *, about: Iterable[str] = ()) -> NewPassword:
        """Return the password if it is long enough and not easy to guess.

        `about` contains the names that attackers would try for this user: those of the user and of
        the service. The password is judged as a whole (NIST SP 800-63B-4, section 3.1.1.2): a
        common word does no harm if the password contains enough else.

        Raises:
            DomainError: the password is too short, too long or too easy to guess, or contains
                control characters or invalid characters.
        """
        value = canonical_password(raw)
        if not MIN_PASSWORD_LENGTH <= len(value) <= MAX_PASSWORD_LENGTH:
            raise DomainError(
                f"a password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters",
                code="password_length",
            )
        if any(category(character) in {"Cc", "Cs"} or character == "\ufffd" for character in value):
            raise DomainError(
                "a password has no control characters, and nothing that is no text",
                code="password_characters",
            )
        if _is_guessable(value, about):
            raise DomainError(
                "this password is too easy to guess: it is made of common words, repetitions,"
                " sequences, or names of yours or of this service",
                code="password_too_easy",
            )
        return cls(value)


def _is_guessable(password: str, about: Iterable[str]) -> bool:
    rest = "".join(password.casefold().split())
    words = COMMON_WORDS.union(*(_words_of(name) for name in about))
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, " ")
    rest = "".join(_without_rows(rest))
    rest = _REPEATED.sub(r"\1", rest.replace(" ", ""))
    return len(rest) < _MIN_UNGUESSABLE or len(set(rest)) < _MIN_DISTINCT


def _words_of(name: str) -> set[str]:
    """Return the spellings of a name, and of its parts, that have at least three characters."""
    folded = canonical_password(name).casefold()
    parts = re.findall(r"[^\W_]+", folded)
    return {word for word in ("".join(folded.split()), "".join(parts), *parts) if len(word) > 2}


def _without_rows(text: str) -> Iterator[str]:
    """Yield the text, with a space for each run from the alphabet, the digits or a keyboard row."""
    start = 0
    while start < len(text):
        least = 3 if text[start].isdecimal() else 4
        end = start + least
        if any(text[start:end] in row for row in WELL_KNOWN_ROWS) and end <= len(text):
            while end < len(text) and any(text[start : end + 1] in row for row in WELL_KNOWN_ROWS):
                end += 1
            yield " "
            start = end
        else:
            yield text[start]
            start += 1
