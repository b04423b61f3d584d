"""Registering users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.errors import RepoConflictError
from application.identity.dto_map.user import user_output
from application.identity.refusals.user import taken
from domain.identity.user import User
from domain.identity.value_objects.password import NewPassword
from domain.identity.value_objects.user import Email, Username
from domain.shared import Faults

if TYPE_CHECKING:
    from application.clock import Clock
    from application.identity.dto.user import CreateUserInput, UserOutput
    from application.identity.ports.password_hasher import PasswordHasher
    from application.identity.ports.user_repo import UserRepository
    from application.sessions import SessionFactory


async def create_user(
    data: CreateUserInput,
    *,
    session_factory: SessionFactory,
    users: UserRepository,
    hasher: PasswordHasher,
    clock: Clock,
    service_name: str,
) -> UserOutput:
    """Register a user.

    Raises:
        InvalidInputError: the username, the email or the password breaks a rule.
        UsernameTakenError: another user has the name.
        EmailTakenError: another user has the address.
    """
    with Faults() as faults:
        with faults.at("username"):
            username = Username.parse(data.username)
        with faults.at("email"):
            email = Email.parse(data.email)
        with faults.at("password"):
            about = (service_name, data.username, data.email)
            password = NewPassword.parse(data.password, about=about)

    password_hash = await hasher.hash(password.value)
    user = User.create(username, email, password_hash, clock.now(), is_admin=data.is_admin)

    try:
        async with session_factory() as session, session.begin():
            await users.insert(session, user)
    except RepoConflictError as exc:
        raise taken(exc) from exc
    return user_output(user)
