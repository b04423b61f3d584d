"""The model of the counts of login attempts."""

from datetime import datetime

from sqlalchemy import DateTime, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


class LoginAttemptsModel(Base):
    """The number of login attempts per account or client.

    The table is unlogged, because losing the counts in a crash does no harm. Changes are not
    written to the write-ahead log, nor sent to standbys.
    """

    __tablename__ = "login_attempts"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    attempts: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    # The order in which expired rows are deleted.
    __table_args__ = (Index(None, "expires_at"), {"prefixes": ["UNLOGGED"]})
