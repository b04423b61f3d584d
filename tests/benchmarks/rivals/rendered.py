"""The rendered service, without password hashing, which would take most of the time.

Two additional routes, written as a service would write public routes, show the cost of reading without
authentication.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Annotated

from application.actors import Actor, ActorId
from application.paging import PageParams
from application.permissions import ADMIN
from domain.identity.value_objects.user import UserId
from fastapi import APIRouter, FastAPI, Query
from presentation.app import create_app as create_rendered_app
from presentation.deps import bind
from presentation.deps.identity.users import UserIdDep, UsersDep
from schemas.identity.user import UserResponse
from schemas.paging import PageQuery, PageResponse

ANYONE = Actor(ActorId.from_trusted(str(UserId.generate().value)), frozenset({ADMIN}))

router = APIRouter(prefix="/public")


@router.get("/users/{userId}")
async def get_user_endpoint(user_id: UserIdDep, users: UsersDep) -> UserResponse:
    result = await users.get_user(ANYONE, user_id)
    return UserResponse.from_output(result)


@router.get("/users")
async def list_users_endpoint(
    page: Annotated[PageQuery, Query()], users: UsersDep
) -> PageResponse[UserResponse]:
    params = PageParams(limit=page.limit, offset=page.offset)
    result = await users.list_users(ANYONE, params)
    return PageResponse[UserResponse].from_output(result)


class NoHasher:
    async def hash(self, password: str) -> str:
        return f"not hashed: {password}"

    async def verify(
        self, password: str, password_hash: str | None, costs: Collection[str] = ()
    ) -> bool:
        return password_hash == f"not hashed: {password}"

    def needs_rehash(self, password_hash: str) -> bool:
        return False


def create_app() -> FastAPI:
    app = create_rendered_app()
    app.state.identity = replace(app.state.identity, hasher=NoHasher())
    bind(app, app.state.database.sessions)
    app.include_router(router)
    return app
