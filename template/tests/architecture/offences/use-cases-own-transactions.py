# offence: autocommit
# plant: src/infrastructure/persistence/orchard/counter.py
from sqlalchemy.ext.asyncio import AsyncSession

OPTIONS = {"isolation_level": "AUTOCOMMIT"}  # refused


async def count(session: AsyncSession) -> None:
    await session.connection(execution_options=OPTIONS)


# offence: begin
# plant: src/infrastructure/persistence/orchard/barn_repo.py
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession as Db


class PgBarnRepository:
    async def insert(self, db: Db, barn: object) -> None:
        async with db.begin():  # refused
            db.add(barn)

    async def remove(self, db: Db, barn: object) -> None:
        try:
            await db.delete(barn)
        except ValueError:
            await (
                db.rollback()  # refused
            )
            raise


# offence: by name
# plant: src/infrastructure/persistence/orchard/fence_repo.py
from sqlalchemy import text


class PgFenceRepository:
    async def insert(self, session: object, fence: object) -> None:
        await getattr(session, "commit")()  # refused

    async def remove(self, session: object, fence: object) -> None:
        await session.execute(text("COMMIT"))  # refused
        session.sync_session.rollback()  # refused


# offence: commit
# plant: src/infrastructure/persistence/orchard/cow_repo.py
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession


class PgCowRepository:
    async def insert(self, session: AsyncSession, cow: object) -> None:
        await session.execute(insert(cow))
        await session.commit()  # refused


# offence: in a route
# plant: src/presentation/routers/farm.py
from fastapi import APIRouter

router = APIRouter()


@router.post("/cows")
async def create_cow_endpoint(session_factory: object) -> None:
    async with session_factory() as session:
        await session.commit()  # refused


# offence: own factory
# plant: src/infrastructure/persistence/orchard/field_repo.py
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.asyncio import async_sessionmaker as maker  # refused


class PgFieldRepository:
    def __init__(self, sessions: maker[AsyncSession]) -> None:
        self._sessions = sessions

    async def insert(self, field: object) -> None:
        async with self._sessions() as s:
            s.add(field)
            finish = s.commit  # refused
            await finish()


# offence: own session
# plant: src/infrastructure/persistence/orchard/tractor_repo.py
import sqlalchemy.ext.asyncio as sa

from infrastructure.persistence.database import Database  # refused


class PgTractorRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def insert(self, tractor: object) -> None:
        async with sa.AsyncSession(self._database.engine) as s:  # refused
            s.add(tractor)


# offence: yield dependency
# plant: src/presentation/deps/farm.py
from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession

from presentation.deps.shared import DatabaseDep


async def get_session(database: DatabaseDep) -> AsyncIterator[AsyncSession]:
    async with database.sessions() as session:
        yield session
        await session.commit()  # refused


async def get_unit(database: DatabaseDep) -> AsyncIterator[AsyncSession]:
    async with database.sessions.begin() as session:  # refused
        yield session


# innocent: version control
# plant: src/domain/releases/branch.py
from dataclasses import dataclass, field


@dataclass(slots=True)
class GitRepository:
    name: str


@dataclass(slots=True)
class Branch:
    """A branch has commits and can be rolled back; none of it is a transaction."""

    repository: GitRepository
    commits: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, name: str) -> "Branch":
        return cls(GitRepository(name))

    def commit(self, message: str) -> None:
        self.commits.append(message)

    def rollback(self) -> None:
        self.commits.pop()
# plant: src/infrastructure/git_server.py
from typing import Protocol


class Checkout(Protocol):
    def commit(self, message: str) -> None: ...

    def rollback(self) -> None: ...


def publish(checkout: Checkout) -> None:
    checkout.commit("publish")
