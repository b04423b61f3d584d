"""Optimistic locking: the version that the caller means to change."""

from __future__ import annotations

from application.errors import AppStaleError

ExpectedVersions = frozenset[int] | None
"""The versions that the caller has seen; None if the caller accepts any version."""


def expect_version(version: int, expected: ExpectedVersions) -> None:
    """Make sure that the caller has seen the current version.

    Call it in the transaction that makes the change, or before it: the repository refuses to
    overwrite a version that is newer than the one that was read.

    Raises:
        AppStaleError: the resource has changed since the caller read it.
    """
    if expected is not None and version not in expected:
        raise AppStaleError
