"""Checks of the addresses in the settings, so that a wrong one is reported before it is used.

Each function raises a `ValueError`. Its message is safe to show: it never quotes the given value.
"""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

# RFC 1123, section 2.1, plus the underscore, which host names in private networks may
# contain.
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE | re.ASCII)

# The characters of RFC 3986, without a fragment, and without characters that two parsers could
# interpret differently.
_PLAIN = re.compile(r"[!$-;=?-Z\[\]_a-z~]+")

_WEB = "must look like https://host:port"
_LOOKS = (
    "must look like postgresql+asyncpg://user:password@host:port/database, with special characters"
    " of the password percent-encoded"
)
_PARAMETERS = {"host", "port", "ssl", "sslmode", "target_session_attrs"}
_SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
_SESSION_ATTRS = {"any", "primary", "standby", "prefer-standby", "read-write", "read-only"}


def check_database_url(given: str) -> str:
    """Return the address in the driver's form: PostgreSQL's `sslmode` becomes asyncpg's `ssl`."""
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise ValueError(_LOOKS) from None
    if url.drivername != "postgresql+asyncpg" or not url.database:
        raise ValueError(_LOOKS)
    if unknown := sorted(url.query.keys() - _PARAMETERS):
        raise ValueError(f"asyncpg knows no parameter {', '.join(unknown)}; leave it out")
    _check_servers(url)
    _check_choice(url, "target_session_attrs", _SESSION_ATTRS)
    # Providers of managed PostgreSQL give out URLs for libpq; asyncpg has another name for `sslmode`.
    mode = _check_choice(url, "sslmode", _SSL_MODES) or _check_choice(url, "ssl", _SSL_MODES)
    if mode is None:
        return given
    url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return url.render_as_string(hide_password=False)


def _check_servers(url: URL) -> None:
    try:
        _, driver = url.get_dialect()().create_connect_args(url)
    except (ArgumentError, ValueError):
        raise ValueError("each host in it may have one port, which must be a number") from None
    hosts, ports = driver.get("host", ""), driver.get("port")
    for host in [hosts] if isinstance(hosts, str) else hosts:
        if not host.startswith("/"):  # a path is the folder of a Unix socket
            check_host(host)
    for port in ports if isinstance(ports, list) else [ports]:
        check_port(port)
    check_port(url.port)


def _check_choice(url: URL, parameter: str, choices: set[str]) -> str | None:
    given = url.query.get(parameter)
    if given is None:
        return None
    if not isinstance(given, str) or given not in choices:
        raise ValueError(f"{parameter} must be one of {', '.join(sorted(choices))}")
    return given


def check_web_address(given: str) -> str:
    """Return the address if it starts with `http` or `https` and has no query."""
    if "?" in given:
        raise ValueError(_WEB)
    read_web_address(given)
    return given


def read_web_address(given: str) -> SplitResult:
    """Split an `http` or `https` address into its parts."""
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        raise ValueError(f"{_WEB}, with a port from 1 to 65535") from None
    if parts.scheme not in ("http", "https") or not _PLAIN.fullmatch(given):
        raise ValueError(_WEB)
    check_host(parts.hostname or "")
    check_port(port)
    return parts


def check_origin(given: str) -> str:
    """Return the origin as a browser sends it: in lower case, without a path."""
    address = check_web_address(given).lower()
    if address.count("/") != 2 or "@" in address:
        raise ValueError("each must look like https://app.example.org, or be *")
    return address


def check_host(host: str) -> None:
    labels = host.removesuffix(".").split(".")
    if ":" in host or labels[-1].isdecimal():
        try:
            ip_address(host)
        except ValueError:
            raise ValueError("a host in it is not a valid IP address") from None
    elif len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError("a host in it is not a valid host name")


def check_port(port: int | None) -> None:
    if port is not None and not 1 <= port <= 65535:
        raise ValueError("a port in it is not from 1 to 65535")
