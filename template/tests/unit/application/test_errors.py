import pytest

from application.errors import (
    AppConflictError,
    AppError,
    AppNotFoundError,
    AppStaleError,
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
from domain.shared import Fault


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (DomainError("no"), AppValidationError),
        (DomainConflictError("no"), AppConflictError),
        (RepoNotFoundError("secret"), AppNotFoundError),
        (RepoConflictError("secret"), AppConflictError),
        (RepoStaleError("secret"), AppStaleError),
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


def test_a_broken_rule_keeps_its_message_its_code_and_its_place() -> None:
    canonical = to_app_error(DomainError("too short", code="too_short", path=("name",)))

    assert canonical.detail == "too short"
    assert canonical.faults == [Fault("too_short", "too short", ("name",))]


def test_a_rule_that_the_present_state_forbids_keeps_its_code() -> None:
    class SoldOutError(DomainConflictError):
        code = "sold_out"
        detail = "there is none left"

    canonical = to_app_error(SoldOutError())

    assert (canonical.code, canonical.detail) == ("sold_out", "there is none left")


def test_which_columns_were_refused_is_not_for_callers() -> None:
    assert to_app_error(RepoConflictError("duplicate", columns=("secret_name",))).path == ()
