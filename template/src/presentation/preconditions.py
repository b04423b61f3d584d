"""Versions in headers: `ETag`, `If-Match` and `If-None-Match` (RFC 9110, sections 8.8.3 and 13.1).

A route that returns a resource sets `response.headers["ETag"] = etag(result.version)` and declares
`VERSIONED`. One that changes it takes `IfMatchDep` of `deps.preconditions`, or `RequiredIfMatchDep`
if clients must have read the current version before they change it. It passes the versions to its
use case, which compares them in its transaction. The middleware here handles `If-None-Match` for
all routes.
"""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.versions import ExpectedVersions

_OURS = re.compile(r'(?:^|,)[ \t]*"([1-9][0-9]{0,17})"[ \t]*(?=,|$)')
_ANY = re.compile(r'(?:^|,)[ \t]*(?:W/)?("[^"]*")[ \t]*(?=,|$)')


def etag(version: int) -> str:
    return f'"{version}"'


def versions_named(if_match: str) -> ExpectedVersions:
    """Return the versions that `If-Match` names, or None for `*`, which matches any version.

    A weak tag, or one that this service does not issue, matches no version (RFC 9110, 8.8.3.2).
    """
    if if_match.strip() == "*":
        return None
    return frozenset(int(version) for version in _OURS.findall(if_match))


class NotModifiedMiddleware:
    """Responds to a read with 304 and no body if the caller already has the current version."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        known = _if_none_match(scope)
        if known is None:
            await self.app(scope, receive, send)
            return

        not_modified = False

        async def send_unless_known(message: Message) -> None:
            nonlocal not_modified
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = MutableHeaders(raw=list(message["headers"]))
                not_modified = _names(known, headers.get("etag"))
                if not_modified:
                    del headers["content-length"]
                    del headers["content-type"]
                    message = {**message, "status": 304, "headers": headers.raw}
            elif not_modified and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app(scope, receive, send_unless_known)


def _if_none_match(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            return str(value, "latin-1")
    return None


def _names(if_none_match: str, tag: str | None) -> bool:
    """Tell whether the header names the tag, by weak comparison (RFC 9110, section 13.1.2)."""
    return tag is not None and (if_none_match.strip() == "*" or tag in _ANY.findall(if_none_match))
