"""The settings with which the service refuses to start."""

import pytest

from infrastructure.config import Settings, load_settings
from infrastructure.settings.tokens import ALGORITHMS


@pytest.fixture(autouse=True)
def complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment with all required variables."""
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://user:hunter2@localhost/db")
    monkeypatch.setenv("OIDC_ISSUER", "https://login.example.org/realms/shop")
    monkeypatch.setenv("OIDC_AUDIENCE", "orders")


def refusal() -> str:
    with pytest.raises(SystemExit) as stop:
        load_settings(Settings)
    return str(stop.value)


@pytest.mark.parametrize("name", ["OIDC_ISSUER", "OIDC_AUDIENCE"])
def test_issuer_and_audience_are_required(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)

    assert f"{name}: missing" in refusal()


@pytest.mark.parametrize("name", ["OIDC_ISSUER", "OIDC_JWKS_URI"])
@pytest.mark.parametrize(
    "address",
    [
        "login.example.org",
        "http://login.example.org",
        "http://127.0.0.1.example.org",
        "http://192.0.2.1",
        "ftp://login.example.org",
        "file:///etc/keys.json",
        "https://",
        "https://:443/",
        "https://user:hunter2@login.example.org",
        "https://login.example.org#keys",
        "https://login.example.org:0",
        "https://login.example.org:99999",
        "https://login.example.org/a b",
        "https://login.example.org/\u00e4",
        "https://login.example.org\\@evil.example",
        "http://[::1",
    ],
)
def test_keys_are_only_fetched_over_tls_or_from_this_machine(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str
) -> None:
    monkeypatch.setenv(name, address)

    assert f"{name}: must be an https:// address" in refusal()
    assert "hunter2" not in refusal()


def test_an_issuer_has_no_query(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_ISSUER", "https://login.example.org/?realm=shop")

    assert "OIDC_ISSUER: must be an https:// address without a query" in refusal()


@pytest.mark.parametrize(
    "address",
    [
        "https://login.example.org/",
        "HTTPS://login.example.org:8443/realms/shop",
        "http://localhost:8000",
        "http://127.0.0.1:8000",
        "http://127.1.2.3",
        "http://[::1]:8000/realms/shop",
    ],
)
def test_an_issuer_is_named_letter_by_letter(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("OIDC_ISSUER", address)

    assert load_settings(Settings).oidc_issuer == address


def test_an_address_of_keys_may_have_a_query(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_JWKS_URI", "https://login.example.org/keys?realm=shop")

    assert load_settings(Settings).oidc_jwks_uri.endswith("?realm=shop")


def test_algorithms_are_separated_by_commas_and_may_be_written_in_capitals_or_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load_settings(Settings).oidc_algorithms == ALGORITHMS

    monkeypatch.setenv("OIDC_ALGORITHMS", "es256, EDDSA")

    assert load_settings(Settings).oidc_algorithms == ("ES256", "EdDSA")


@pytest.mark.parametrize("algorithms", ["", ",", "HS256", "none", "ES256,HS256", "hs256", "*"])
def test_algorithms_with_a_shared_secret_are_refused(
    monkeypatch: pytest.MonkeyPatch, algorithms: str
) -> None:
    monkeypatch.setenv("OIDC_ALGORITHMS", algorithms)

    assert "OIDC_ALGORITHMS: must be some of RS256, " in refusal()
