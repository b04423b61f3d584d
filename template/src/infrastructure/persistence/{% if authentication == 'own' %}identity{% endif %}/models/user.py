"""The model of users."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, CheckConstraint, DateTime, Index, String, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base

# The cost parameters in a PHC string, such as `m=19456,t=2,p=1`. Both expressions are literal SQL:
# PostgreSQL uses the index only for a statement with the same expressions, without bind parameters.
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
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(63)), server_default="{}")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]
    credentials_version: Mapped[int]

    __table_args__ = (
        CheckConstraint("username ~ '^[a-z][a-z0-9._-]{2,31}$'", "username_pattern"),
        CheckConstraint("email ~ '^[^@A-Z ]+@[^@A-Z ]+$'", "email_pattern"),
        # The order in which users are listed.
        Index(None, "created_at", "id"),
        # Every login reads the distinct costs.
        Index("ix_users_password_costs", PASSWORD_COSTS, postgresql_where=IS_ARGON2),
    )
