"""Detecting weak signing secrets.

They come from an example, from a file that was never filled in, or were typed by hand. Whoever
guesses the secret can sign tokens for any user.
"""

import re
from itertools import pairwise

_FEWEST_DIFFERENT = 8
"""32 random hexadecimal digits have fewer different ones only once in 30 million times."""

# The letters of placeholders in examples, manuals and project generators.
_PLACEHOLDERS = re.compile(
    "change(me|this|it|before|in)|replace(me|this|with)|placeholder|example|insecure"
    "|(your|my|super|top|very|jwt|some|a|astring)(jwt|bit|own|super|very)*secret(key|$)"
    "|your(jwt|bit|own)*(secret|key)|astringsecret|supersecret|secretkey"
    "|password|notasecret|dontuse|donotuse|openssl|atleast(characters|bits|bytes)"
    "|(dummy|fillin|insert|unsafe)(here|jwt|key|secret|the|this|token|value|your)"
)
# Short enough to occur by chance: one of 100,000 random base64 secrets contains `dummy` in some mix of
# cases. These count only as whole words.
_SHORT_PLACEHOLDERS = re.compile("(?<![a-z0-9])(dummy|fill[-_ ]?in|insert|unsafe)(?![a-z0-9])")
# allow: secrets-required - this secret is public, and therefore refused
_PUBLISHED = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
"""From FastAPI's tutorial."""


def check_signing_secret(secret: str) -> None:
    """Refuse a secret that is recognizably easy to guess.

    Raises:
        ValueError: the secret is weak; the message says why.
    """
    words = secret.lower()
    letters = re.sub("[^a-z]", "", words)
    placeholder = _PLACEHOLDERS.search(letters) or _SHORT_PLACEHOLDERS.search(words)
    if placeholder or secret == _PUBLISHED:
        raise ValueError("is a placeholder; `openssl rand -hex 32` makes a good one")
    if len(set(secret)) < _FEWEST_DIFFERENT or _repeats(secret) or _counts(secret):
        raise ValueError("is easy to guess; `openssl rand -hex 32` makes a good one")


def _repeats(secret: str) -> bool:
    """Tell whether the secret repeats a shorter text."""
    return any(secret.startswith(secret[i:]) for i in range(1, (len(secret) + 1) // 2 + 1))


def _counts(secret: str) -> bool:
    """Tell whether the secret follows the order of the alphabet or of the digits."""
    steps = [ord(after) - ord(before) for before, after in pairwise(secret)]
    return len(set(steps)) < _FEWEST_DIFFERENT
