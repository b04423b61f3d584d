"""Use cases for the command line, which run outside a request."""

from application.identity.dto.user import CreateUserInput, UserOutput
from application.identity.roles import ROLES
from application.identity.use_cases.administration import promote_user
from infrastructure.clock import SystemClock
from infrastructure.config import Settings
from infrastructure.persistence.database import Database
from presentation.deps.identity.adapters import build_adapters
from presentation.deps.identity.users import bind_users


async def create_admin(settings: Settings, data: CreateUserInput) -> UserOutput:
    database = Database(settings)
    try:
        users = bind_users(database.sessions, build_adapters(settings), ROLES)
        return await users.create_user(data)
    finally:
        await database.close()


async def promote_to_admin(settings: Settings, username: str) -> UserOutput:
    database = Database(settings)
    try:
        return await promote_user(
            username,
            session_factory=database.sessions.write,
            users=build_adapters(settings).users,
            clock=SystemClock(),
        )
    finally:
        await database.close()
