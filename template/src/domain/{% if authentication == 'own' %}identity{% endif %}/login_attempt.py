"""An attempt to log in, as it is counted: whose account it is aimed at, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Network, ip_address

from domain.identity.value_objects.user import Username
from domain.shared import DomainError


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """`account` is the name that was given, whether anybody has it or not.

    `client` is the network that the attempt comes from, or None where that cannot be told.
    """

    account: str
    client: str | None

    @classmethod
    def of(cls, name: str, address: str | None) -> LoginAttempt:
        """All spellings of a `Username` are one account."""
        try:
            account = Username.parse(name).value
        except DomainError:
            account = name
        return cls(account, client=_network(address) if address else None)


def _network(address: str) -> str:
    """Return the addresses that one client can choose among, as text.

    With IPv6 that is a network of 64 bits (RFC 4291, section 2.5.1): whoever has one address has
    2^64 of them.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return address  # no IP address: a proxy may send a name instead
    if ip.version == 4:
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Network((int(ip) >> 64 << 64, 64)))
