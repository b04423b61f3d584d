"""The use cases of identity with fakes, and the steps that tests share."""

from datetime import timedelta
from functools import partial

from application.actors import Actor
from application.identity.dto.login import AccessToken, LoginInput, LoginLimits
from application.identity.dto.user import (
    AssignRolesInput,
    ChangeEmailInput,
    ChangePasswordInput,
    CreateUserInput,
    UserOutput,
)
from application.identity.dto_map.actor import actor_of
from application.identity.use_cases.account import change_email, change_password, change_username
from application.identity.use_cases.administration import (
    assign_roles,
    deactivate_user,
    promote_user,
    reactivate_user,
)
from application.identity.use_cases.login import authenticate, get_own_account, log_in
from application.identity.use_cases.registration import create_user
from application.identity.use_cases.users import get_user, list_users, scroll_users
from tests.fakes.clock import FakeClock
from tests.fakes.identity.login_throttle import FakeLoginThrottle
from tests.fakes.identity.password_hasher import FakePasswordHasher
from tests.fakes.identity.token_issuer import FakeTokenIssuer
from tests.fakes.identity.user_repo import FakeUserRepository
from tests.fakes.sessions import FakeSessions

PASSWORD = "correct horse battery"
ROLES = ("auditor", "clerk")
SERVICE_NAME = "The Library"
LIMITS = LoginLimits(
    per_account=4, per_account_and_client=3, per_client=5, window=timedelta(minutes=5)
)


class World:
    """The use cases, bound to fakes."""

    def __init__(self) -> None:
        self.sessions = sessions = FakeSessions()
        self.users = users = FakeUserRepository()
        self.clock = clock = FakeClock()
        self.throttle = FakeLoginThrottle(LIMITS, clock)
        self.hasher = FakePasswordHasher()
        self.tokens = FakeTokenIssuer()
        self._admin: UserOutput | None = None

        self.get_user = partial(get_user, read_sessions=sessions.read, users=users)
        self.list_users = partial(list_users, read_sessions=sessions.read, users=users)
        self.scroll_users = partial(scroll_users, read_sessions=sessions.read, users=users)
        self.change_username = partial(
            change_username, session_factory=sessions.write, users=users, clock=clock
        )
        self.deactivate_user = partial(
            deactivate_user, session_factory=sessions.write, users=users, clock=clock
        )
        self.reactivate_user = partial(
            reactivate_user, session_factory=sessions.write, users=users, clock=clock
        )
        self.assign_roles = partial(
            assign_roles,
            session_factory=sessions.write,
            users=users,
            clock=clock,
            known_roles=ROLES,
        )
        self.promote_user = partial(
            promote_user, session_factory=sessions.write, users=users, clock=clock
        )
        self.get_own_account = partial(
            get_own_account, read_sessions=sessions.read, users=users, tokens=self.tokens
        )
        self.authenticate = partial(
            authenticate, read_sessions=sessions.read, users=users, tokens=self.tokens
        )

    async def create_user(self, data: CreateUserInput) -> UserOutput:
        return await create_user(
            data,
            session_factory=self.sessions.write,
            users=self.users,
            hasher=self.hasher,
            clock=self.clock,
            service_name=SERVICE_NAME,
        )

    async def change_email(self, actor: Actor, data: ChangeEmailInput) -> UserOutput:
        return await change_email(
            actor,
            data,
            session_factory=self.sessions.write,
            read_sessions=self.sessions.read,
            users=self.users,
            hasher=self.hasher,
            clock=self.clock,
        )

    async def a_user(self, name: str = "ada", *, is_admin: bool = False) -> UserOutput:
        data = CreateUserInput(name, f"{name}@example.org", PASSWORD, is_admin)
        return await self.create_user(data)

    async def with_roles(self, user: UserOutput, *roles: str) -> UserOutput:
        """Let an admin assign the roles to the user."""
        self._admin = self._admin or await self.a_user("admin", is_admin=True)
        return await self.assign_roles(actor_of(self._admin), user.id, AssignRolesInput(roles))

    async def login(
        self, name: str = "ada", password: str = PASSWORD, address: str | None = "192.0.2.1"
    ) -> AccessToken:
        return await log_in(
            LoginInput(name, password, address),
            autocommit_sessions=self.sessions.autocommit,
            users=self.users,
            throttle=self.throttle,
            hasher=self.hasher,
            tokens=self.tokens,
            clock=self.clock,
        )

    async def change_password(self, actor: Actor, data: ChangePasswordInput) -> None:
        await change_password(
            actor,
            data,
            session_factory=self.sessions.write,
            read_sessions=self.sessions.read,
            users=self.users,
            hasher=self.hasher,
            clock=self.clock,
            service_name=SERVICE_NAME,
        )
