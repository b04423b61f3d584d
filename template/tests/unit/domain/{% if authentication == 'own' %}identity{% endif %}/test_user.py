from datetime import UTC, datetime, timedelta

import pytest

from domain.identity.user import User
from domain.identity.value_objects.user import Email, Role, Username
from domain.shared import DomainConflictError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def a_user() -> User:
    return User.create(Username.parse("ada"), Email.parse("ada@example.org"), "a hash", NOW)


def test_a_new_user_may_log_in_and_is_no_admin() -> None:
    user = a_user()

    assert user.can_login()
    assert not user.is_admin
    assert user.roles == set()
    assert (user.created_at, user.updated_at) == (NOW, None)


def test_a_renamed_user_has_the_new_name() -> None:
    user = a_user()

    user.rename(Username.parse("countess"), LATER)

    assert user.username == Username.parse("countess")
    assert user.updated_at == LATER


def test_an_email_can_be_changed() -> None:
    user = a_user()

    user.change_email(Email.parse("ada@example.com"), LATER)

    assert user.email == Email.parse("ada@example.com")
    assert user.updated_at == LATER


def test_a_password_can_be_changed() -> None:
    user = a_user()

    user.change_password("another hash", LATER)

    assert user.password_hash == "another hash"
    assert user.updated_at == LATER


def test_assigned_roles_replace_the_earlier_ones() -> None:
    user = a_user()
    issued_for = user.credentials_version
    clerk, auditor = Role.from_trusted("clerk"), Role.from_trusted("auditor")

    user.assign_roles(frozenset({clerk}), NOW)
    user.assign_roles(frozenset({auditor}), LATER)

    assert user.roles == {auditor}
    assert user.updated_at == LATER
    assert user.honours(issued_for)


def test_a_user_may_become_an_admin() -> None:
    user = a_user()
    issued_for = user.credentials_version

    user.promote(LATER)

    assert user.is_admin
    assert user.updated_at == LATER
    assert user.honours(issued_for)


def test_admins_and_deactivated_users_cannot_be_promoted() -> None:
    admin, deactivated = a_user(), a_user()
    admin.promote(NOW)
    deactivated.deactivate(NOW)

    with pytest.raises(DomainConflictError, match="an admin already"):
        admin.promote(LATER)
    with pytest.raises(DomainConflictError, match="deactivated"):
        deactivated.promote(LATER)


def test_a_deactivated_user_may_not_log_in() -> None:
    user = a_user()

    user.deactivate(LATER)

    assert not user.can_login()
    assert user.updated_at == LATER


def test_a_reactivated_user_may_log_in_again() -> None:
    user = a_user()
    user.deactivate(NOW)

    user.reactivate(LATER)

    assert user.can_login()
    assert user.updated_at == LATER


def test_tokens_are_honoured_until_the_credentials_change() -> None:
    user = a_user()
    issued_for = user.credentials_version

    user.rename(Username.parse("countess"), LATER)
    user.change_email(Email.parse("ada@example.com"), LATER)
    user.renew_hash("another hash of the same password")
    assert user.honours(issued_for)

    user.change_password("the hash of another password", LATER)
    assert not user.honours(issued_for)
    assert user.honours(user.credentials_version)


def test_a_deactivated_users_tokens_are_not_honoured_even_after_a_reactivation() -> None:
    user = a_user()
    issued_for = user.credentials_version

    user.deactivate(NOW)
    assert not user.honours(user.credentials_version)

    user.reactivate(LATER)
    assert not user.honours(issued_for)
    assert user.honours(user.credentials_version)


def test_another_hash_of_the_same_password_is_no_change_of_the_account() -> None:
    user = a_user()

    user.renew_hash("another hash")

    assert user.password_hash == "another hash"
    assert user.updated_at is None


def test_nobody_is_deactivated_twice() -> None:
    user = a_user()
    user.deactivate(NOW)

    with pytest.raises(DomainConflictError, match="deactivated already"):
        user.deactivate(LATER)


def test_an_active_user_cannot_be_reactivated() -> None:
    with pytest.raises(DomainConflictError, match="active already"):
        a_user().reactivate(LATER)


def test_a_password_hash_does_not_show_in_a_log() -> None:
    assert "a hash" not in repr(a_user())
