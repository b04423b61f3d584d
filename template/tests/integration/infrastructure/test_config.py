import pytest

from infrastructure.config import DatabaseSettings, Settings, load_settings

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
