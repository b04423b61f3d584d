import pytest

from application.errors import AppStaleError
from application.versions import ExpectedVersions, expect_version


@pytest.mark.parametrize("expected", [None, frozenset({2}), frozenset({1, 2})])
def test_a_version_that_is_expected_passes(expected: ExpectedVersions) -> None:
    expect_version(2, expected)


@pytest.mark.parametrize("expected", [frozenset({1}), frozenset({3}), frozenset()])
def test_any_other_version_is_stale(expected: ExpectedVersions) -> None:
    with pytest.raises(AppStaleError):
        expect_version(2, expected)
