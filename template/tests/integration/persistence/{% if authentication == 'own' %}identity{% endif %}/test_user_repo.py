"""The contract of `UserRepository`, for PostgreSQL and for the fake."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from application.errors import AppStaleError, AppUnauthorizedError, RepoError
from application.identity.dto.user import AssignRolesInput, UserOutput
from application.identity.dto_map.actor import actor_of
from application.identity.dto_map.user import user_output
from application.identity.use_cases.administration import assign_roles, deactivate_user
from domain.identity.user import User
from domain.identity.value_objects.user import Email, Role, Username
from infrastructure.persistence.identity.user_repo import PgUserRepository
from tests.fakes.clock import FakeClock
from tests.fakes.identity.user_repo import FakeUserRepository
from tests.integration.persistence.contract import NOW, LockContract, PageContract, SliceContract

if TYPE_CHECKING:
    from datetime import datetime

    from application.identity.ports.user_repo import UserRepository
    from application.sessions import Sessions, WriteSession
    from infrastructure.persistence.database import Database


def a_user(name: str, *, created_at: datetime = NOW) -> User:
    email = Email.parse(f"{name}@example.org")
    return User.create(Username.parse(name), email, f"hash of {name}", created_at)


class TestUserRepository(LockContract[User], PageContract[User], SliceContract[User]):
    repositories = (PgUserRepository, FakeUserRepository)
    unique = (("username",), ("email",))

    def make(self, number: int = 1, *, created_at: datetime = NOW) -> User:
        user = a_user(f"user{number}", created_at=created_at)
        return replace(user, credentials_version=number + 10)

    def change(self, aggregate: User, now: datetime) -> None:
        aggregate.rename(Username.parse("countess"), now)
        aggregate.change_email(Email.parse("countess@example.com"), now)
        aggregate.change_password("another hash", now)
        aggregate.assign_roles(frozenset(map(Role.from_trusted, ("clerk", "auditor"))), now)
        aggregate.deactivate(now)

    async def test_users_are_found_by_their_names(
        self, repository: UserRepository, session: WriteSession
    ) -> None:
        ada = a_user("ada")
        await repository.insert(session, ada)

        assert await repository.find_by_username(session, ada.username) == ada
        assert await repository.find_for_login(session, ada.username) == (ada, [])
        assert await repository.find_by_username(session, Username.parse("nobody")) is None

    async def test_the_look_up_for_a_login_returns_the_costs_of_all_hashes(
        self, repository: UserRepository, session: WriteSession
    ) -> None:
        costs = ["m=8,t=1,p=1", "m=8,t=2,p=1", "m=19456,t=2,p=1", "m=8,t=1,p=1"]
        for number, each in enumerate(costs):
            a_hash = f"$argon2id$v=19${each}$c2FsdA$b3V0cHV0"
            user = replace(a_user(f"name{number}"), password_hash=a_hash)
            await repository.insert(session, user)
        bcrypt = replace(a_user("bcrypt"), password_hash="$2b$12$salt-and-output")
        await repository.insert(session, bcrypt)

        for name in map(Username.parse, ("name0", "bcrypt", "nobody")):
            user_found, found = await repository.find_for_login(session, name)

            assert sorted(found) == sorted(set(costs))
            assert user_found == await repository.find_by_username(session, name)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE users SET username = 'Ada'", "ck_users_username_pattern"),
        ("UPDATE users SET username = 'ad'", "ck_users_username_pattern"),
        ("UPDATE users SET username = 'ada lovelace'", "ck_users_username_pattern"),
        ("UPDATE users SET email = 'Ada@example.org'", "ck_users_email_pattern"),
        ("UPDATE users SET email = 'nowhere'", "ck_users_email_pattern"),
    ],
)
async def test_the_database_refuses_what_the_domain_refuses(
    sessions: Sessions, statement: str, constraint: str
) -> None:
    async with sessions.write() as session:
        await PgUserRepository().insert(session, a_user("ada"))

        with pytest.raises(RepoError, match=f"{constraint}$"):
            await session.execute(text(statement))


async def two_admins(committing: Database) -> tuple[UserOutput, UserOutput]:
    ada, bob = (replace(a_user(name), is_admin=True) for name in ("ada", "bob"))
    async with committing.sessions.write() as session, session.begin():
        for admin in (ada, bob):
            await PgUserRepository().insert(session, admin)
    return user_output(ada), user_output(bob)


async def test_of_two_admins_who_deactivate_each_other_at_once_one_is_refused(
    committing: Database,
) -> None:
    ada, bob = await two_admins(committing)

    deactivate = partial(
        deactivate_user,
        session_factory=committing.sessions.write,
        users=PgUserRepository(),
        clock=FakeClock(),
    )
    outcomes = await asyncio.gather(
        deactivate(actor_of(ada), bob.id),
        deactivate(actor_of(bob), ada.id),
        return_exceptions=True,
    )

    assert {type(outcome) for outcome in outcomes} == {UserOutput, AppUnauthorizedError}


async def test_of_two_admins_who_assign_roles_to_one_version_at_once_one_is_refused(
    committing: Database,
) -> None:
    ada, bob = await two_admins(committing)

    assign = partial(
        assign_roles,
        session_factory=committing.sessions.write,
        users=PgUserRepository(),
        clock=FakeClock(),
        known_roles=("auditor", "clerk"),
    )
    outcomes = await asyncio.gather(
        assign(actor_of(ada), bob.id, AssignRolesInput(["auditor"]), frozenset({1})),
        assign(actor_of(bob), bob.id, AssignRolesInput(["clerk"]), frozenset({1})),
        return_exceptions=True,
    )

    assert {type(outcome) for outcome in outcomes} == {UserOutput, AppStaleError}
