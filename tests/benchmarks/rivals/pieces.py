"""The CPU time of each part of a read, within one process.

Runs in the rendered service's environment; `tests.benchmarks.anatomy` starts it.
"""

import os
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import uvloop
from application.identity.dto.login import TokenClaims
from application.paging import PageParams
from domain.identity.value_objects.user import UserId
from infrastructure.config import Settings
from infrastructure.persistence.database import Database
from infrastructure.persistence.identity.models.user import UserModel
from infrastructure.persistence.identity.user_repo import PgUserRepository
from infrastructure.security.token_issuer import JwtTokenIssuer
from infrastructure.security.token_keys import SharedSecret
from pydantic import SecretStr
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

ROUNDS = 40
REPETITIONS = 100

BY_ID = select(UserModel.__table__).where(UserModel.__table__.c.id == bindparam("user_id"))
BY_ID_SQL = "SELECT * FROM users WHERE id = $1"

Piece = Callable[[], Awaitable[object]]


async def main() -> None:
    settings = Settings()
    async with AsyncExitStack() as open_now:
        pieces = await make_pieces(settings, open_now)
        best = dict.fromkeys(pieces, float("inf"))
        for _ in range(ROUNDS):
            for name, piece in pieces.items():
                best[name] = min(best[name], await cpu_micros(piece))
    for name, micros in best.items():
        print(f"| {name} | {micros:.0f} |")


async def cpu_micros(piece: Piece) -> float:
    started = time.process_time()
    for _ in range(REPETITIONS):
        await piece()
    return (time.process_time() - started) / REPETITIONS * 1e6


async def make_pieces(settings: Settings, open_now: AsyncExitStack) -> dict[str, Piece]:
    url = os.environ["DATABASE_URL"].replace("+asyncpg", "")
    pool = await open_now.enter_async_context(asyncpg.create_pool(url, min_size=2, max_size=2))
    connection = await open_now.enter_async_context(pool.acquire())
    database = Database(settings)
    open_now.push_async_callback(database.close)
    engine: AsyncEngine = database.sessions.read.kw["bind"]
    usual_sessions = async_sessionmaker(engine, expire_on_commit=False)
    held = await open_now.enter_async_context(engine.connect())
    held_session = await open_now.enter_async_context(database.sessions.read())
    users = PgUserRepository()
    found: UUID = await connection.fetchval("SELECT id FROM users LIMIT 1")
    user_id = UserId.from_trusted(found)
    tokens = JwtTokenIssuer(
        SharedSecret(SecretStr(os.environ["JWT_SECRET"])),
        issuer="x",
        audience="x",
        lifetime=settings.access_token_lifetime,
    )

    token = tokens.issue(TokenClaims(user_id, 1), datetime.now(UTC)).access_token

    async def usual_session() -> None:
        async with usual_sessions() as session:
            await users.find_by_id(session, user_id)

    async def read_session() -> None:
        async with database.sessions.read() as session:
            await users.find_by_id(session, user_id)

    async def entity() -> None:
        async with database.sessions.write() as session, session.begin():
            await session.get(UserModel, found)

    async def core() -> None:
        async with engine.connect() as connection:
            await connection.execute(BY_ID, {"user_id": found})

    async def page() -> None:
        await users.list(held_session, PageParams(limit=20, offset=0))

    async def verify() -> None:
        tokens.verify(token)

    return {
        "asyncpg, one connection": lambda: connection.fetchrow(BY_ID_SQL, found),
        "asyncpg, its pool": lambda: pool.fetchrow(BY_ID_SQL, found),
        "SQLAlchemy Core, one connection": lambda: held.execute(BY_ID, {"user_id": found}),
        "SQLAlchemy Core, from the pool": core,
        "the repository in SQLAlchemy's own session, AUTOCOMMIT": usual_session,
        "the repository in a read session": read_session,
        "an ORM entity in a transaction": entity,
        "a page of 20 with its total": page,
        "verify a token": verify,
    }


if __name__ == "__main__":
    uvloop.run(main())
