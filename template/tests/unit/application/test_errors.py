import pytest

from application.errors import (
    AppConflictError,
    AppError,
    AppNotFoundError,
    AppUnavailableError,
    AppValidationError,
    DomainConflictError,
    DomainError,
    RepoConflictError,
    RepoError,
    RepoNotFoundError,
    RepoStaleError,
    RepoUnavailableError,
    RepoValueError,
    to_app_error,
)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (DomainError("no"), AppValidationError),
        (DomainConflictError("no"), AppConflictError),
        (RepoNotFoundError("secret"), AppNotFoundError),
        (RepoConflictError("secret"), AppConflictError),
        (RepoStaleError("secret"), AppConflictError),
        (RepoUnavailableError("secret"), AppUnavailableError),
        (RepoValueError("secret"), AppValidationError),
        (RepoError("secret"), AppError),
    ],
)
def test_every_error_of_an_inner_stage_has_its_place(
    error: DomainError | RepoError, expected: type[AppError]
) -> None:
    canonical = to_app_error(error)

    assert type(canonical) is expected
    assert "secret" not in canonical.detail


def test_a_broken_rule_keeps_its_words_and_its_place() -> None:
    canonical = to_app_error(DomainError("too short", field="name"))

    assert (canonical.detail, canonical.field) == ("too short", "name")


def test_a_conflict_keeps_its_place() -> None:
    assert to_app_error(RepoConflictError("duplicate", field="name")).field == "name"
