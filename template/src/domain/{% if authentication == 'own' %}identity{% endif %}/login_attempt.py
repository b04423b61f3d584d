"""A login attempt, as the throttle counts it: by account and by client."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Network, ip_address

from domain.identity.value_objects.user import Username
from domain.shared import DomainError


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """`account` is the username that was entered, whether or not such a user exists.

    `client` is the network that the attempt comes from, or None if it is unknown.
    """

    account: str
    client: str | None

    @classmethod
    def of(cls, name: str, address: str | None) -> LoginAttempt:
        """Return the attempt. All spellings of a `Username` count as one account."""
        try:
            account = Username.parse(name).value
        except DomainError:
            account = name
        return cls(account, client=_network(address) if address else None)


def _network(address: str) -> str:
    """Return the network that one client can choose its address from, as text.

    For IPv4 this is the single address. For IPv6 it is a /64 (RFC 4291, section 2.5.1): a client
    that has one address has all 2^64 addresses of the network.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return address  # not an IP address: a proxy may send a name instead
    if ip.version == 4:
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Network((int(ip) >> 64 << 64, 64)))
