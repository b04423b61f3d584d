import socket
import ssl

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import event

from application.errors import RepoUnavailableError
from infrastructure.config import Settings
from infrastructure.persistence.database import Database


def elsewhere(settings: Settings, query: str) -> Database:
    url = SecretStr(f"{settings.database_url.get_secret_value()}?{query}")
    return Database(settings.model_copy(update={"database_url": url}))


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (asyncpg.InvalidPasswordError("no"), "the user and the password in DATABASE_URL"),
        (asyncpg.InvalidAuthorizationSpecificationError("no"), "pg_hba.conf"),
        (asyncpg.InvalidCatalogNameError("no"), "the name of the database in DATABASE_URL"),
        (asyncpg.InsufficientPrivilegeError("no"), "the privileges of the user in DATABASE_URL"),
        (asyncpg.TooManyConnectionsError("no"), "DATABASE_POOL_SIZE"),
        (asyncpg.ObjectNotInPrerequisiteStateError("no"), "ALLOW_CONNECTIONS"),
        (asyncpg.CannotConnectNowError("no"), "CannotConnectNowError"),
        (asyncpg.TargetServerAttributeNotMatched("no"), "target_session_attrs"),
        (asyncpg.ClientConfigurationError("no"), "ClientConfigurationError"),
        (asyncpg.ProtocolViolationError("no"), "ProtocolViolationError"),
        (socket.gaierror("no"), "the host in DATABASE_URL"),
        (ssl.SSLCertVerificationError("no"), "PGSSLROOTCERT"),
        (TimeoutError(), "DATABASE_CONNECT_TIMEOUT"),
        (ConnectionRefusedError("no"), "ConnectionRefusedError"),
        (UnicodeError("no"), "UnicodeError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_every_failure_to_connect_is_unavailable_with_a_hint_in_the_log(
    settings: Settings, error: Exception, remedy: str
) -> None:
    database = Database(settings)

    @event.listens_for(database.engine.sync_engine, "connect")
    def fail(*_: object) -> None:
        raise error

    with pytest.raises(RepoUnavailableError, match=remedy):
        await database.ping()

    await database.close()


async def test_a_server_of_the_wrong_kind_is_unavailable(settings: Settings) -> None:
    database = elsewhere(settings, "target_session_attrs=standby")

    with pytest.raises(RepoUnavailableError, match="target_session_attrs in DATABASE_URL"):
        await database.ping()


async def test_a_server_that_cannot_be_asked_as_the_address_says_is_unavailable(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)
    database = elsewhere(settings, "ssl=verify-full")

    with pytest.raises(RepoUnavailableError, match=r"root.*certificate|sslmode"):
        await database.ping()


async def test_the_error_of_a_failed_login_does_not_contain_the_password(
    settings: Settings,
) -> None:
    url = SecretStr("postgresql+asyncpg://nobody:hunter2@127.0.0.1:1/nothing")
    database = Database(settings.model_copy(update={"database_url": url}))

    with pytest.raises(RepoUnavailableError) as refusal:
        await database.ping()

    assert "hunter2" not in str(refusal.value)
