"""The rows of identity. They are private to this package: nothing else sees one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class UserModel(Base):
    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(32), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    is_admin: Mapped[bool]
    is_active: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]
    credentials_version: Mapped[int]

    # The order in which users are listed.
    __table_args__ = (Index(None, "created_at", "id"),)


class LoginAttemptsModel(Base):
    """How often an account or a client was tried. To lose the counts in a crash is no harm.

    So the table is unlogged: nothing of it is written to disk at once, nor sent to standbys.
    """

    __tablename__ = "login_attempts"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    attempts: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    # The order in which rows are cleared away.
    __table_args__ = (Index(None, "expires_at"), {"prefixes": ["UNLOGGED"]})
