"""What a new password has to be."""

from __future__ import annotations

from domain.shared import DomainError

# NIST SP 800-63B-4, section 3.1.1.2: at least 15 characters where the password is all there is,
# and at least 64 accepted. An upper limit keeps hashing affordable.
MIN_PASSWORD_LEN = 15
MAX_PASSWORD_LEN = 128


def check_new_password(password: str) -> None:
    """Make sure that the password may be chosen.

    Raises:
        DomainError: it is too short or too long.
    """
    if not MIN_PASSWORD_LEN <= len(password) <= MAX_PASSWORD_LEN:
        raise DomainError(
            f"a password has {MIN_PASSWORD_LEN} to {MAX_PASSWORD_LEN} characters",
            code="invalid_password",
        )
