"""Secrets that look like one and are none.

They come from an example, from a file that was never filled in, or from somebody's keyboard. Whoever
guesses the secret makes tokens for everybody.
"""

import re
from itertools import pairwise

_FEWEST_DIFFERENT = 8
"""Of 32 random hexadecimal digits, fewer are different once in 30 million times."""

# Letters of what examples, manuals and generators of projects write in the place of a secret.
_PLACEHOLDERS = re.compile(
    "change(me|this|it|before|in)|replace(me|this|with)|placeholder|example|insecure|unsafe"
    "|(your|my|super|top|very|jwt|some|a|astring)(jwt|bit|own|super|very)*secret(key|$)"
    "|your(jwt|bit|own)*(secret|key)|astringsecret|supersecret|secretkey|fillin|insert"
    "|password|dummy|notasecret|dontuse|donotuse|openssl|atleast(characters|bits|bytes)"
)
# allow: secrets-required - nobody may have it, because everybody knows it
_PUBLISHED = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
"""From FastAPI's tutorial."""


def check_signing_secret(secret: str) -> None:
    """Refuse what is easy to guess, as far as that can be seen.

    Raises:
        ValueError: and why.
    """
    letters = re.sub("[^a-z]", "", secret.lower())
    if _PLACEHOLDERS.search(letters) or secret == _PUBLISHED:
        raise ValueError("is a placeholder; `openssl rand -hex 32` makes a good one")
    if len(set(secret)) < _FEWEST_DIFFERENT or _repeats(secret) or _counts(secret):
        raise ValueError("is easy to guess; `openssl rand -hex 32` makes a good one")


def _repeats(secret: str) -> bool:
    """Tell whether it is a shorter text, over and over."""
    return any(secret.startswith(secret[i:]) for i in range(1, (len(secret) + 1) // 2 + 1))


def _counts(secret: str) -> bool:
    """Tell whether it goes along the alphabet or the digits."""
    steps = [ord(after) - ord(before) for before, after in pairwise(secret)]
    return len(set(steps)) < _FEWEST_DIFFERENT
