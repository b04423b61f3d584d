"""The rendered service as it is, but for hashing, which would drown all else.

Two routes more, written as a service would write them for what everyone may read, show what reading
costs without the question who is asking.
"""

from datetime import UTC, datetime
from typing import Annotated

from application.identity.dto import UserOutput
from application.identity.use_cases import get_user, list_users
from application.paging import PageParams
from domain.identity.value_objects import UserId
from fastapi import APIRouter, FastAPI, Query
from presentation.app import create_app as create_rendered_app
from presentation.deps.identity import UserIdDep, UsersDep
from presentation.deps.sessions import ReadSessionsDep
from schemas.identity import UserResponse
from schemas.paging import PageQuery, PageResponse

ANYONE = UserOutput(
    UserId.generate(), "anyone", "anyone@example.org", True, True, datetime.now(UTC), None
)

router = APIRouter(prefix="/public")


@router.get("/users/{userId}")
async def get_user_endpoint(
    user_id: UserIdDep, read_sessions: ReadSessionsDep, users: UsersDep
) -> UserResponse:
    result = await get_user(read_sessions, users, ANYONE, user_id)
    return UserResponse.from_output(result)


@router.get("/users")
async def list_users_endpoint(
    page: Annotated[PageQuery, Query()], read_sessions: ReadSessionsDep, users: UsersDep
) -> PageResponse[UserResponse]:
    params = PageParams(limit=page.limit, offset=page.offset)
    result = await list_users(read_sessions, users, ANYONE, params)
    return PageResponse[UserResponse].from_output(result)


class NoHasher:
    async def hash(self, password: str) -> str:
        return f"not hashed: {password}"

    async def verify(self, password: str, password_hash: str | None) -> bool:
        return password_hash == f"not hashed: {password}"

    def needs_rehash(self, password_hash: str) -> bool:
        return False


def create_app() -> FastAPI:
    app = create_rendered_app()
    app.state.password_hasher = NoHasher()
    app.include_router(router)
    return app
