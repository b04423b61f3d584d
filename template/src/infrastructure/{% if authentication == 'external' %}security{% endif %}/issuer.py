"""Fetching the issuer's keys over HTTP."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx

from infrastructure.security.addresses import is_on_this_machine, is_safe

_DISCOVERY = "/.well-known/openid-configuration"
_MOST_BYTES = 262_144


class IssuerError(Exception):
    """The issuer did not respond, or not as expected. The message is for the log."""


class HttpIssuer:
    """Fetches the keys with one client, so that the connection is reused.

    It uses addresses from the settings and from the discovery document, never from a token or a
    redirect. If `jwks_uri` is given, there is no discovery.
    """

    def __init__(self, issuer: str, *, jwks_uri: str, timeout: float) -> None:
        self._issuer = issuer
        self._jwks_uri = jwks_uri
        self._timeout = timeout
        # A compressed response could expand without limit.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        self._client = httpx.AsyncClient(headers=headers, timeout=timeout, follow_redirects=False)

    async def fetch_keys(self) -> Any:
        """Return the JWK set as published.

        Raises:
            IssuerError: the JWK set could not be fetched.
        """
        try:
            async with asyncio.timeout(self._timeout):
                return await self._get(self._jwks_uri or await self._discover())
        except TimeoutError:
            raise IssuerError(f"no answer within {self._timeout} seconds") from None

    async def close(self) -> None:
        await self._client.aclose()

    async def _discover(self) -> str:
        """Return the address of the keys (OpenID Connect Discovery 1.0, section 4)."""
        address = self._issuer.removesuffix("/") + _DISCOVERY
        document = await self._get(address)
        if not isinstance(document, dict) or document.get("issuer") != self._issuer:
            raise IssuerError(f"{address} is not the metadata of {self._issuer}")
        found = document.get("jwks_uri")
        if not isinstance(found, str) or not is_safe(found):
            raise IssuerError(f"{address} has no https:// address in jwks_uri")
        if is_on_this_machine(found) and not is_on_this_machine(self._issuer):
            raise IssuerError(f"{address} has an address of this machine in jwks_uri")
        return found

    async def _get(self, address: str) -> Any:
        body = bytearray()
        try:
            async with self._client.stream("GET", address) as response:
                if response.status_code != httpx.codes.OK:
                    raise IssuerError(f"{address} answered {response.status_code}")
                async for chunk in response.aiter_raw():
                    body += chunk
                    if len(body) > _MOST_BYTES:
                        raise IssuerError(f"{address} answered more than {_MOST_BYTES} bytes")
            return json.loads(body)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise IssuerError(f"{address}: {exc!r}") from exc
        except (ValueError, RecursionError):
            raise IssuerError(f"{address} did not answer with JSON") from None
