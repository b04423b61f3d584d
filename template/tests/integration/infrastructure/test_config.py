import pytest
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from infrastructure.config import DatabaseSettings, Settings, load_settings
from infrastructure.persistence.database import Database

GOOD_URL = "postgresql+asyncpg://user:hunter2@localhost:5432/db"
REQUIRED = {name for name, field in Settings.model_fields.items() if field.is_required()}
NUMBERS = [
    name for name, field in Settings.model_fields.items() if field.annotation in (int, float)
]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> pytest.MonkeyPatch:
    """A valid environment, which tests then break."""
    for name, field in Settings.model_fields.items():
        monkeypatch.delenv(name.upper(), raising=False)
        given = getattr(settings, name)
        if isinstance(given, SecretStr) or field.is_required():
            monkeypatch.setenv(name.upper(), as_given(given))
    return monkeypatch


def as_given(value: object) -> str:
    """Return the text in the environment that becomes this value."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return ",".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def refusal() -> str:
    """Return the message with which the service refuses to start."""
    with pytest.raises(SystemExit) as stop:
        load_settings(Settings)
    return str(stop.value)


def test_the_database_settings_are_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", GOOD_URL)
    monkeypatch.setenv("DATABASE_POOL_SIZE", "3")

    settings = load_settings(DatabaseSettings)

    assert settings.database_url.get_secret_value() == GOOD_URL
    assert settings.database_pool_size == 3


def test_all_missing_settings_are_named_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in REQUIRED:
        monkeypatch.delenv(name.upper(), raising=False)

    problem = refusal()

    assert "database_url" in REQUIRED
    assert all(f"  {name.upper()}: missing" in problem for name in REQUIRED)


def test_an_address_of_another_kind_is_refused_without_showing_it(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("DATABASE_URL", "mysql://user:hunter2@localhost/db")

    problem = refusal()

    assert "DATABASE_URL: must look like postgresql+asyncpg://" in problem
    assert "hunter2" not in problem


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


async def test_a_database_is_reached_by_an_address_with_an_ssl_mode(
    monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{database_url}?sslmode=prefer")
    database = Database(load_settings(DatabaseSettings))

    await database.ping()

    await database.close()


def test_the_refusal_of_a_short_secret_names_the_minimum_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class WithKey(BaseSettings):
        some_key: SecretStr = Field(min_length=32)

    monkeypatch.setenv("SOME_KEY", "hunter2")

    with pytest.raises(SystemExit) as stop:
        load_settings(WithKey)

    assert "  SOME_KEY: must have at least 32 characters\n" in str(stop.value)


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ("", ()),
        ("*", ("*",)),
        (
            "https://App.example.org, http://localhost:3000\n",
            ("https://app.example.org", "http://localhost:3000"),
        ),
    ],
)
def test_origins_are_separated_by_commas(
    environment: pytest.MonkeyPatch, given: str, origins: tuple[str, ...]
) -> None:
    environment.setenv("CORS_ORIGINS", given)

    assert load_settings(Settings).cors_origins == origins


@pytest.mark.parametrize("empty", ["", " ", "\n"])
def test_an_optional_setting_is_none_if_its_variable_is_empty(
    environment: pytest.MonkeyPatch, empty: str
) -> None:
    class WithOptional(Settings):
        report_address: str | None = None
        most_reports: int | None = Field(default=None, ge=1)

    environment.setenv("REPORT_ADDRESS", empty)
    environment.setenv("MOST_REPORTS", empty)

    settings = load_settings(WithOptional)

    assert (settings.report_address, settings.most_reports) == (None, None)


def test_a_default_is_as_good_as_a_value_that_was_given(environment: pytest.MonkeyPatch) -> None:
    by_default = load_settings(Settings)

    given = by_default.model_dump(exclude=REQUIRED, exclude_none=True)
    for name, value in given.items():
        if not isinstance(value, SecretStr):
            environment.setenv(name.upper(), as_given(value))

    assert load_settings(Settings) == by_default


@pytest.mark.parametrize("around", ["{}\n", "{}\r\n", " {}", "\t{}\n\n"])
def test_blanks_and_line_ends_around_a_value_do_not_matter(
    environment: pytest.MonkeyPatch, around: str
) -> None:
    plain = load_settings(Settings)

    for name in Settings.model_fields:
        environment.setenv(name.upper(), around.format(as_given(getattr(plain, name))))

    assert load_settings(Settings) == plain


@pytest.mark.parametrize("text", ["one\ntwo", "\x07", "\x1b[31m", "\ufeffx", "\u2028", "\udcff"])
def test_every_setting_refuses_control_characters(
    environment: pytest.MonkeyPatch, text: str
) -> None:
    for name in Settings.model_fields:
        environment.setenv(name.upper(), f"hunter2{text}hunter2")

    problem = refusal()

    assert [name for name in Settings.model_fields if f"  {name.upper()}: " not in problem] == []
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "hunter2", "nan", "inf", "-inf", "1e400", "-1", "9" * 30]
)
def test_numeric_settings_refuse_values_out_of_range(
    environment: pytest.MonkeyPatch, text: str
) -> None:
    for name in NUMBERS:
        environment.setenv(name.upper(), text)

    problem = refusal()

    assert [name for name in NUMBERS if f"  {name.upper()}: " not in problem] == []
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    ("name", "given", "read"),
    [
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("LOG_LEVEL", "Warning\n", "WARNING"),
        ("LOG_FORMAT", "Console", "console"),
        ("OTEL_METRICS_EXPORTER", "NONE", "none"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "HTTP/protobuf", "http/protobuf"),
        ("API_DOCS", "False", False),
        ("DATABASE_TRANSACTION_POOLER", "TRUE\n", True),
    ],
)
def test_a_choice_may_be_written_in_capitals_or_not(
    environment: pytest.MonkeyPatch, name: str, given: str, read: object
) -> None:
    environment.setenv(name, given)

    assert getattr(load_settings(Settings), name.lower()) == read


@pytest.mark.parametrize(
    "name",
    [name for name, field in Settings.model_fields.items() if isinstance(field.default, tuple)],
)
@pytest.mark.parametrize("separator", ["\n", "\r\n", "\t"])
def test_list_settings_refuse_line_breaks(
    environment: pytest.MonkeyPatch, name: str, separator: str
) -> None:
    good = getattr(load_settings(Settings), name) or ("https://app.example",)
    environment.setenv(name.upper(), separator.join([*good, *good]))

    assert f"  {name.upper()}: must be one line of text, without control characters" in refusal()


@pytest.mark.parametrize("origin", ["app.example.org", "https://app.example.org/", "null"])
def test_invalid_origins_are_refused(environment: pytest.MonkeyPatch, origin: str) -> None:
    environment.setenv("CORS_ORIGINS", origin)

    assert "  CORS_ORIGINS: " in refusal()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_METRICS_EXPORTER", "prometheus"),
        ("OTEL_SERVICE_NAME", " "),
    ],
)
def test_unsupported_exporter_settings_are_refused_at_startup(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(name, value)

    assert f"  {name}: " in refusal()


def test_secrets_do_not_show_when_the_settings_are_printed(settings: Settings) -> None:
    assert settings.database_url.get_secret_value() not in f"{settings!r} {settings}"
