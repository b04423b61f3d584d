"""The fakes that the use cases of identity work with, and the steps that tests share."""

from datetime import timedelta

from application.identity.dto import (
    AccessToken,
    CreateUserInput,
    LoginInput,
    LoginLimits,
    UserOutput,
)
from application.identity.use_cases import create_user, log_in
from tests.fakes.clock import FakeClock
from tests.fakes.identity import (
    FakeLoginThrottle,
    FakePasswordHasher,
    FakeTokenIssuer,
    FakeUserRepository,
)
from tests.fakes.sessions import FakeSessionFactory

PASSWORD = "correct horse battery"
LIMITS = LoginLimits(per_account=3, per_client=5, window=timedelta(minutes=5))


class World:
    def __init__(self) -> None:
        self.factory = FakeSessionFactory()
        self.sessions = self.factory.sessions
        self.users = FakeUserRepository()
        self.throttle = FakeLoginThrottle(LIMITS)
        self.hasher = FakePasswordHasher()
        self.tokens = FakeTokenIssuer()
        self.clock = FakeClock()

    async def a_user(self, name: str = "ada", *, is_admin: bool = False) -> UserOutput:
        data = CreateUserInput(name, f"{name}@example.org", PASSWORD, is_admin)
        return await create_user(self.sessions, self.users, self.hasher, self.clock, data)

    async def login(
        self, name: str = "ada", password: str = PASSWORD, address: str | None = "192.0.2.1"
    ) -> AccessToken:
        return await log_in(
            self.sessions,
            self.users,
            self.throttle,
            self.hasher,
            self.tokens,
            self.clock,
            LoginInput(name, password, address),
        )
