import pytest

from infrastructure.addresses import check_database_url, check_origin, check_web_address

SERVER = "postgresql+asyncpg://user:hunter2@localhost"


@pytest.mark.parametrize(
    "url",
    [
        f"{SERVER}/db",
        f"{SERVER}:1/db",
        f"{SERVER}:65535/db",
        "postgresql+asyncpg://localhost/db",
        "postgresql+asyncpg://user:p%40ss@10.0.0.1/db",
        "postgresql+asyncpg://user@[::1]:5432/db",
        "postgresql+asyncpg://user@my_database.my-namespace.svc.cluster.local./db",
        "postgresql+asyncpg:///db?host=/var/run/postgresql",
        "postgresql+asyncpg://user@/db?host=one:5432&host=two:5433&target_session_attrs=read-write",
        "postgresql+asyncpg://user@/db?host=one,two&port=5432,5433",
    ],
)
def test_the_address_of_a_server_or_of_several_is_taken_as_it_is(url: str) -> None:
    assert check_database_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "postgresql://user:hunter2@localhost/db",
        "postgresql+psycopg://user:hunter2@localhost/db",
        "postgresql+asyncpg://user:hunter2@one:1,two:2/db",
        SERVER,
        f"{SERVER}/",
        "postgresql+asyncpg:///db",
        f"{SERVER}:0/db",
        f"{SERVER}:70000/db",
        f"{SERVER}:-1/db",
        f"{SERVER}:port/db",
        f"{SERVER}/db?host=one:70000&host=two:1",
        f"{SERVER}/db?host=one,two&port=1,2,3",
        "postgresql+asyncpg://user:hunter2@local host/db",
        "postgresql+asyncpg://user:hunter2@one..two/db",
        "postgresql+asyncpg://user:hunter2@-one/db",
        "postgresql+asyncpg://user:hunter2@\u212aollector/db",
        "postgresql+asyncpg://user:hunter2@999.1.1.1/db",
        "postgresql+asyncpg://user:hunter2@[::g]/db",
        "postgresql+asyncpg://user:hunter2@" + "a" * 64 + "/db",
        "postgresql+asyncpg://user:hunter2@" + "a." * 127 + "a/db",
        f"{SERVER}/db?sslmode=maybe",
        f"{SERVER}/db?sslmode=require&sslmode=disable",
        f"{SERVER}/db?channel_binding=require",
        f"{SERVER}/db?target_session_attrs=writable",
    ],
)
def test_an_address_that_leads_nowhere_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"must|host|port|asyncpg knows") as refusal:
        check_database_url(url)

    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("address", ["http://collector:4318", "https://otel.example.org/v1"])
def test_a_web_address_is_taken_as_it_is(address: str) -> None:
    assert check_web_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "collector:4318",
        "ftp://collector",
        "http://",
        "http://collector:70000",
        "http://collector:0",
        "http://collector:port",
        "http://coll ector",
        "http://[::1",
        "http://collector?a=b",
        "http://collector?",
        "http://collector#",
        "http://collector/a b",
        "http://collector\\@evil.example",
        "http://collector/\u00e4",
        "http://\u212aollector",
    ],
)
def test_invalid_web_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"must look like|host|port"):
        check_web_address(address)


@pytest.mark.parametrize(
    "origin",
    [
        "app.example.org",
        "https://app.example.org/",
        "https://app.example.org/page",
        "https://ada@app.example.org",
        "https://*.example.org",
        "https://app.example.org:70000",
        "null",
    ],
)
def test_values_that_no_browser_sends_as_an_origin_are_refused(origin: str) -> None:
    with pytest.raises(ValueError, match=r"must look like|host|port"):
        check_origin(origin)


def test_browsers_write_an_origin_in_small_letters() -> None:
    assert check_origin("https://App.Example.org:8443") == "https://app.example.org:8443"
