"""Which version of a thing somebody means to change."""

from __future__ import annotations

from application.errors import AppStaleError

ExpectedVersions = frozenset[int] | None
"""The versions that the caller has seen; None where the caller does not mind which one it is."""


def expect_version(version: int, expected: ExpectedVersions) -> None:
    """Make sure that the caller has seen the present version, inside the transaction that changes it.

    Raises:
        AppStaleError: somebody changed the thing since.
    """
    if expected is not None and version not in expected:
        raise AppStaleError
