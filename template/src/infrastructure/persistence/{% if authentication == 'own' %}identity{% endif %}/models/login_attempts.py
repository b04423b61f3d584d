"""The counts of attempts to log in."""

from datetime import datetime

from sqlalchemy import DateTime, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.base import Base


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
