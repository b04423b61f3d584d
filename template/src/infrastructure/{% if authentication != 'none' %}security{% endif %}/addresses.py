"""Which addresses may be asked for keys, or be told to others for that."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

# No credentials, no fragment, and nothing that two readers could read differently.
_PLAIN = re.compile(r"[!$-?A-\[\]-~]+")


def is_safe(address: str) -> bool:
    """Tell whether what comes from this address comes from whom it names.

    That takes TLS, unless it never leaves the machine.
    """
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    if not (named and _PLAIN.fullmatch(address)):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts))


def is_on_this_machine(address: str) -> bool:
    return _is_loopback(urlsplit(address))


def _is_loopback(parts: SplitResult) -> bool:
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
