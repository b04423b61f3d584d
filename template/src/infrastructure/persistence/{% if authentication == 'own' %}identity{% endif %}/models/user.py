"""The rows of users."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, DateTime, Index, String, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base

# The parameters of a hash in the format of PHC strings, such as `m=19456,t=2,p=1`. Both are written
# out, because an index is used only where a statement says the same without parameters.
PASSWORD_COSTS = literal_column("split_part(password_hash, '$', 4)", String)
IS_ARGON2 = literal_column("password_hash LIKE '$argon2id$v=19$%'", Boolean)


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

    __table_args__ = (
        # The order in which users are listed.
        Index(None, "created_at", "id"),
        # Which costs there are is asked at each login.
        Index("ix_users_password_costs", PASSWORD_COSTS, postgresql_where=IS_ARGON2),
    )
