"""Checks of the addresses at which an issuer publishes its keys."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from infrastructure.addresses import read_web_address


def is_safe(address: str) -> bool:
    """Tell whether a response from this address is authentic, because it uses TLS or is local.

    An address with a user name before the host is not safe.
    """
    try:
        parts = read_web_address(address)
    except ValueError:
        return False
    return "@" not in address and (parts.scheme == "https" or _is_loopback(parts))


def is_on_this_machine(address: str) -> bool:
    return _is_loopback(urlsplit(address))


def _is_loopback(parts: SplitResult) -> bool:
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
