"""Asking the issuer for its keys, over HTTP."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx

from infrastructure.security.addresses import is_on_this_machine, is_safe

_DISCOVERY = "/.well-known/openid-configuration"
_MOST_BYTES = 262_144


class IssuerError(Exception):
    """The issuer could not be asked, or has not said what was expected. For the log."""


class HttpIssuer:
    """One client that is kept, and with it the connection.

    It goes where the settings or the discovery document say, and nowhere that a token or a redirect
    says. `jwks_uri`, if any, takes the place of discovery.
    """

    def __init__(self, issuer: str, *, jwks_uri: str, timeout: float) -> None:
        self._issuer = issuer
        self._jwks_uri = jwks_uri
        self._timeout = timeout
        # What is sent compressed could grow without limit.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        self._client = httpx.AsyncClient(headers=headers, timeout=timeout, follow_redirects=False)

    async def fetch_keys(self) -> Any:
        """Return the JWK set, as it was published.

        Raises:
            IssuerError: it could not be fetched.
        """
        try:
            async with asyncio.timeout(self._timeout):
                return await self._get(self._jwks_uri or await self._discover())
        except TimeoutError:
            raise IssuerError(f"no answer within {self._timeout} seconds") from None

    async def close(self) -> None:
        await self._client.aclose()

    async def _discover(self) -> str:
        """Ask where the keys are (OpenID Connect Discovery 1.0, section 4)."""
        address = self._issuer.removesuffix("/") + _DISCOVERY
        document = await self._get(address)
        if not isinstance(document, dict) or document.get("issuer") != self._issuer:
            raise IssuerError(f"{address} does not speak for {self._issuer}")
        found = document.get("jwks_uri")
        if not isinstance(found, str) or not is_safe(found):
            raise IssuerError(f"{address} names no https:// address of keys")
        if is_on_this_machine(found) and not is_on_this_machine(self._issuer):
            raise IssuerError(f"{address} names an address of this machine")
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
