"""The settings of the database and of its migrations."""

from pydantic import Field, SecretStr, field_validator

from infrastructure.addresses import check_database_url
from infrastructure.settings.base import EnvironmentSettings, Seconds


class DatabaseSettings(EnvironmentSettings):
    """The settings that a migration needs."""

    database_url: SecretStr
    """postgresql+asyncpg://user:password@host:port/database

    `?sslmode=` has the same meaning as in libpq. `PGSSLROOTCERT` names the file with the
    certificate authorities that `verify-full` trusts.
    """

    database_pool_size: int = Field(default=10, ge=1, le=1000)
    """The most connections that one process keeps open."""

    database_pool_timeout: Seconds = 5.0
    """Seconds to wait for a free connection from the pool."""

    database_connect_timeout: Seconds = 5.0
    """Seconds to wait while a new connection is opened."""

    database_statement_timeout: Seconds = 10.0
    """Seconds after which the server cancels a statement."""

    database_idle_in_transaction_timeout: Seconds = 10.0
    """Seconds after which the server ends an idle transaction."""

    database_silence_timeout: float = Field(default=1.0, ge=0.1, le=60)
    """Seconds to wait until the other side acknowledges sent data. It does not limit statements."""

    database_idle_check: Seconds = 0.1
    """Idle seconds after which a connection is checked with a query before it is used."""

    database_keepalive: int = Field(default=30, ge=1, le=3600)
    """Seconds without traffic after which TCP keepalive probes are sent."""

    database_connection_lifetime: int = Field(default=1800, ge=1, le=86_400)
    """Seconds after which a connection is replaced with a new one."""

    database_transaction_pooler: bool = False
    """Whether connections go through a pooler in transaction mode, such as PgBouncer."""

    migration_lock_timeout: Seconds = 2.0
    """Seconds that a migration waits for a lock; requests for the table wait in the queue behind it.

    It should exceed PostgreSQL's `deadlock_timeout` of one second, after which autovacuum gives way.
    """

    migration_patience: float = Field(default=300.0, ge=0, le=86_400)
    """Seconds during which a migration that did not get its lock is retried."""

    @field_validator("database_url")
    @classmethod
    def _must_be_for_asyncpg(cls, given: SecretStr) -> SecretStr:
        return SecretStr(check_database_url(given.get_secret_value()))
