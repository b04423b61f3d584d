"""Which addresses may be asked for keys, or be told to others for that."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from infrastructure.addresses import read_web_address


def is_safe(address: str) -> bool:
    """Tell whether what comes from this address comes from whom it names.

    That takes TLS, unless it never leaves the machine, and no name of a user before the host's.
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
