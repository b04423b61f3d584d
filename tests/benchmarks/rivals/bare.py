"""The same operations with as little as possible beside FastAPI: asyncpg and dictionaries, no layers."""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
import jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Query
from pydantic import BaseModel

COLUMNS = (
    'id, username, email, is_admin AS "isAdmin", is_active AS "isActive", roles,'
    ' created_at AS "createdAt", updated_at AS "updatedAt"'
)
BY_ID = f"SELECT {COLUMNS} FROM users WHERE id = $1"
PAGE = f"SELECT {COLUMNS} FROM users ORDER BY created_at, id LIMIT $1 OFFSET $2"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    url = os.environ["DATABASE_URL"].replace("+asyncpg", "")
    async with asyncpg.create_pool(url, min_size=10, max_size=10) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


async def get_current_user(authorization: Annotated[str, Header()]) -> asyncpg.Record:
    claims = jwt.decode(
        authorization.removeprefix("Bearer "),
        os.environ["JWT_SECRET"],
        algorithms=["HS256"],
        issuer="benchmark",
        audience="benchmark",
    )
    user = await app.state.pool.fetchrow(BY_ID, uuid.UUID(claims["sub"]))
    if user is None or not user["isActive"]:
        raise HTTPException(401)
    return user


CurrentUser = Annotated[Any, Depends(get_current_user)]


class UserCreate(BaseModel):
    username: str
    email: str
    password: str


class UserRead(BaseModel):
    id: uuid.UUID
    username: str
    email: str
    isAdmin: bool
    isActive: bool
    roles: list[str]
    createdAt: Any
    updatedAt: Any


@app.post("/users", status_code=201)
async def create_user(payload: UserCreate) -> UserRead:
    row = await app.state.pool.fetchrow(
        "INSERT INTO users (id, username, email, password_hash, is_admin, is_active, created_at,"
        " version, credentials_version)"
        f" VALUES ($1, $2, $3, $4, false, true, now(), 1, 1) RETURNING {COLUMNS}",
        uuid.uuid4(),
        payload.username,
        payload.email,
        f"not hashed: {payload.password}",
    )
    return UserRead(**row)


@app.get("/users/me")
async def read_me(current_user: CurrentUser) -> UserRead:
    return UserRead(**current_user)


@app.get("/users/{user_id}")
async def read_user(user_id: uuid.UUID, current_user: CurrentUser) -> UserRead:
    return await read_public_user(user_id)


@app.get("/public/users/{user_id}")
async def read_public_user(user_id: uuid.UUID) -> UserRead:
    row = await app.state.pool.fetchrow(BY_ID, user_id)
    if row is None:
        raise HTTPException(404)
    return UserRead(**row)


class UserPage(BaseModel):
    items: list[UserRead]
    total: int


@app.get("/users")
async def list_users(
    current_user: CurrentUser,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> UserPage:
    return await list_public_users(limit, offset)


@app.get("/public/users")
async def list_public_users(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> UserPage:
    async with app.state.pool.acquire() as connection:
        total = await connection.fetchval("SELECT count(*) FROM users")
        rows = await connection.fetch(PAGE, limit, offset)
    return UserPage(items=[UserRead(**row) for row in rows], total=total)


@app.get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/health/ready")
async def ready() -> dict[str, str]:
    await app.state.pool.fetchval("SELECT 1")
    return {"status": "ok"}
