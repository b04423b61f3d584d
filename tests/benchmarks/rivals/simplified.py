"""The same operations in the simplified pattern: routes that contain the logic, an ORM session from a
dependency that commits after its `yield`, and rows returned directly through `response_model`."""

import os
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy import ARRAY, DateTime, String, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=10, max_overflow=0)
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="auth/token")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    username: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    roles: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), default=lambda: datetime.now(UTC)
    )
    updated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(default=1)
    credentials_version: Mapped[int] = mapped_column(default=1)


class CamelModel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class UserCreate(CamelModel):
    username: str = Field(min_length=3, max_length=32, pattern="^[a-z][a-z0-9._-]+$")
    email: str = Field(max_length=254, pattern="^[^@ ]+@[^@ ]+[.][^@ ]+$")
    password: str = Field(min_length=15, max_length=128)


class UserRead(CamelModel):
    id: uuid.UUID
    username: str
    email: str
    is_admin: bool
    is_active: bool
    roles: list[str]
    created_at: datetime
    updated_at: datetime | None


class UserPage(CamelModel):
    items: list[UserRead]
    total: int


async def get_db() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session
        await session.commit()


SessionDep = Annotated[AsyncSession, Depends(get_db)]


async def get_current_user(
    session: SessionDep, token: Annotated[str, Depends(oauth2_scheme)]
) -> User:
    try:
        claims = jwt.decode(
            token,
            os.environ["JWT_SECRET"],
            algorithms=["HS256"],
            issuer="benchmark",
            audience="benchmark",
        )
    except jwt.InvalidTokenError as exc:
        raise HTTPException(401, "Could not validate credentials") from exc
    user = await session.get(User, uuid.UUID(claims["sub"]))
    if user is None or not user.is_active:
        raise HTTPException(401, "Could not validate credentials")
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


@app.post("/users", response_model=UserRead, status_code=201)
async def create_user(payload: UserCreate, session: SessionDep) -> Any:
    user = User(
        username=payload.username,
        email=payload.email,
        password_hash=f"not hashed: {payload.password}",
    )
    session.add(user)
    try:
        await session.flush()
    except IntegrityError as exc:
        raise HTTPException(409, "Username or email taken") from exc
    return user


@app.get("/users/me", response_model=UserRead)
async def read_me(current_user: CurrentUser) -> Any:
    return current_user


@app.get("/users/{user_id}", response_model=UserRead)
async def read_user(user_id: uuid.UUID, session: SessionDep, current_user: CurrentUser) -> Any:
    if current_user.id != user_id and not current_user.is_admin:
        raise HTTPException(403, "Not enough permissions")
    user = await session.get(User, user_id)
    if user is None:
        raise HTTPException(404, "User not found")
    return user


async def page_of_users(session: AsyncSession, limit: int, offset: int) -> Any:
    total = await session.scalar(select(func.count()).select_from(User))
    page = select(User).order_by(User.created_at, User.id).limit(limit).offset(offset)
    return {"items": (await session.scalars(page)).all(), "total": total}


@app.get("/users", response_model=UserPage)
async def list_users(
    session: SessionDep,
    current_user: CurrentUser,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Any:
    if not current_user.is_admin:
        raise HTTPException(403, "Not enough permissions")
    return await page_of_users(session, limit, offset)


@app.get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/health/ready")
async def ready(session: SessionDep) -> dict[str, str]:
    await session.scalar(select(1))
    return {"status": "ok"}


@app.get("/public/users/{user_id}", response_model=UserRead)
async def read_public_user(user_id: uuid.UUID, session: SessionDep) -> Any:
    user = await session.get(User, user_id)
    if user is None:
        raise HTTPException(404, "User not found")
    return user


@app.get("/public/users", response_model=UserPage)
async def list_public_users(
    session: SessionDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Any:
    return await page_of_users(session, limit, offset)
