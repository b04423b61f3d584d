import pytest
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings

from infrastructure.config import DatabaseSettings, Settings, load_settings
from infrastructure.persistence.database import Database

GOOD_URL = "postgresql+asyncpg://user:hunter2@localhost:5432/db"


def test_the_database_settings_are_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", GOOD_URL)
    monkeypatch.setenv("DATABASE_POOL_SIZE", "3")

    settings = load_settings(DatabaseSettings)

    assert settings.database_url.get_secret_value() == GOOD_URL
    assert settings.database_pool_size == 3


def test_every_missing_setting_is_named_before_the_service_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    required = [
        name.upper() for name, field in Settings.model_fields.items() if field.is_required()
    ]
    for name in required:
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(SystemExit) as stop:
        load_settings(Settings)

    assert "DATABASE_URL" in required
    assert all(f"{name}: missing" in str(stop.value) for name in required)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "postgresql://user:hunter2@localhost/db",
        "postgresql+psycopg://user:hunter2@localhost/db",
        "mysql://user:hunter2@localhost/db",
        "postgresql+asyncpg://user:hunter2@one:1,two:2/db",
        "postgresql+asyncpg:///db",
    ],
)
def test_an_address_of_another_kind_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(SystemExit) as stop:
        load_settings(DatabaseSettings)

    assert "DATABASE_URL: must look like postgresql+asyncpg://" in str(stop.value)
    assert "hunter2" not in str(stop.value)


def test_a_value_out_of_range_is_named_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", GOOD_URL)
    monkeypatch.setenv("DATABASE_POOL_SIZE", "-12345")

    with pytest.raises(SystemExit) as stop:
        load_settings(DatabaseSettings)

    assert "DATABASE_POOL_SIZE: " in str(stop.value)
    assert "12345" not in str(stop.value)


@pytest.mark.parametrize("parameter", ["sslmode", "ssl"])
def test_the_ssl_mode_of_libpq_becomes_that_of_the_driver(
    monkeypatch: pytest.MonkeyPatch, parameter: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{GOOD_URL}?{parameter}=verify-full")

    settings = load_settings(DatabaseSettings)

    assert settings.database_url.get_secret_value() == f"{GOOD_URL}?ssl=verify-full"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("sslmode=maybe", "sslmode must be one of allow, disable, prefer, require"),
        ("channel_binding=require", "asyncpg knows no parameter channel_binding; leave it out"),
    ],
)
def test_a_parameter_that_would_fail_at_the_first_query_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, query: str, reason: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{GOOD_URL}?{query}")

    with pytest.raises(SystemExit) as stop:
        load_settings(DatabaseSettings)

    assert f"DATABASE_URL: {reason}" in str(stop.value)
    assert "hunter2" not in str(stop.value)


async def test_a_database_is_reached_by_an_address_with_an_ssl_mode(
    monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{database_url}?sslmode=prefer")
    database = Database(load_settings(DatabaseSettings))

    await database.ping()

    await database.close()


def test_a_secret_that_is_too_short_is_told_how_long_it_has_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class WithKey(BaseSettings):
        some_key: SecretStr = Field(min_length=32)

    monkeypatch.setenv("SOME_KEY", "hunter2")

    with pytest.raises(SystemExit) as stop:
        load_settings(WithKey)

    assert str(stop.value).endswith("wrong:\n  SOME_KEY: must have at least 32 characters")


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ("", ()),
        ("*", ("*",)),
        (
            "https://App.example.org, http://localhost:3000",
            ("https://app.example.org", "http://localhost:3000"),
        ),
    ],
)
def test_origins_are_separated_by_commas(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, given: str, origins: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CORS_ORIGINS", given)

    read = Settings(**settings.model_dump(exclude={"cors_origins"}))

    assert read.cors_origins == origins


@pytest.mark.parametrize(
    "origin", ["app.example.org", "https://app.example.org/", "null", "https://*.org"]
)
def test_what_is_no_origin_is_refused(settings: Settings, origin: str) -> None:
    with pytest.raises(ValidationError, match=r"https://app\.example\.org"):
        Settings(**settings.model_dump() | {"cors_origins": origin})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_METRICS_EXPORTER", "prometheus"),
    ],
)
def test_what_the_exporter_does_not_do_is_refused_at_start_up(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as stop:
        load_settings(Settings)

    assert f"{name}: " in str(stop.value)


def test_secrets_do_not_show_when_the_settings_are_printed(settings: Settings) -> None:
    assert settings.database_url.get_secret_value() not in f"{settings!r} {settings}"
