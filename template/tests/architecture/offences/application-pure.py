# offence: adapter
# plant: src/application/shipping/settings.py
from infrastructure.config import Settings as Config  # refused


async def limit(settings: Config) -> int:
    return settings.max_body_bytes


# offence: driver error
# plant: src/application/shipping/conflict.py
import sqlalchemy.exc as sa_exc  # refused

from application.errors import AppConflictError


async def ship() -> None:
    try:
        ...
    except sa_exc.IntegrityError as exc:
        raise AppConflictError("shipped already") from exc


# offence: http exception
# plant: src/application/shipping/refuse.py
from fastapi import HTTPException  # refused


async def ship() -> None:
    raise HTTPException(409, "shipped already")


# offence: lazy
# plant: src/application/shipping/lazy.py
async def notify(address: str) -> None:
    import httpx  # refused

    async with httpx.AsyncClient() as client:
        await client.post(address)


# offence: more than session types
# plant: src/application/shipping/more.py
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession  # refused
    from sqlalchemy.orm import Session  # refused
else:
    from sqlalchemy.ext.asyncio import AsyncSession  # refused


async def ship(one: AsyncSession, two: AsyncConnection, three: Session) -> None: ...


# offence: schema for typing
# plant: src/application/shipping/answer.py
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.health import HealthResponse  # refused


async def health() -> "HealthResponse": ...


# offence: session types at runtime
# plant: src/application/shipping/runtime.py
from sqlalchemy.ext.asyncio import (  # refused
    AsyncSession,
    async_sessionmaker,
)


async def ship(session_factory: async_sessionmaker[AsyncSession]) -> None: ...
