"""A strict HTTP/1.1 protocol for uvicorn, so that every message is exactly one request.

uvicorn loads it by name: `--http presentation.protocol:HttpProtocol`. Like uvicorn's own protocol,
it parses with llhttp. It differs where a proxy in front might interpret a message differently. A
refused message ends the connection, since it is unknown where the next one begins. The application
finds the refusal in the scope, and sends the response when it is this message's turn.
"""

import asyncio
import re
from collections import deque
from functools import lru_cache
from typing import NoReturn

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from application.errors import AppUnavailableError
from presentation.errors import WIRE_MAP, RefusedMessageError
from presentation.wire_error import WireError

BAD_REQUEST = WireError(400, "Bad Request", "bad_request")
TARGET_TOO_LONG = WireError(414, "URI Too Long", "uri_too_long")
HEAD_TOO_LARGE = WireError(431, "Request Header Fields Too Large", "head_too_large")
NOT_IMPLEMENTED = WireError(501, "Not Implemented", "not_implemented")
VERSION_NOT_SUPPORTED = WireError(505, "HTTP Version Not Supported", "version_not_supported")

MAX_TARGET_BYTES = 8_192  # RFC 9110, section 4.1, recommends at least 8,000
MAX_HEAD_BYTES = 32_768  # as many as nginx accepts
MAX_FIELDS = 100  # as many as Apache accepts

# RFC 3986, section 3.2.2, without the comma, with which a proxy joins two Host fields.
_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|([\w.~!$&'()*+;=-]|%[0-9A-Fa-f]{2})*)(:[0-9]*)?")
_ABSOLUTE = re.compile(rb"https?://([^/?]+)(.*)", re.IGNORECASE)


class HttpProtocol(HttpToolsProtocol):
    _refusal: RefusedMessageError | None = None
    _segment = 0  # bytes received last
    _unfinished = 0  # bytes received since the last complete head or part of a body

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._most_at_once, self.limit_concurrency = self.limit_concurrency, None
        self._pipelined: deque[RequestResponseCycle] = deque()

    def data_received(self, data: bytes) -> None:
        if self._refusal:
            return
        self._unset_keepalive_if_required()
        self._segment = len(data)
        self._unfinished += self._segment
        try:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                self._read_after(offer, data)
        except httptools.HttpParserError:
            malformed = RefusedMessageError(BAD_REQUEST, "the message is not HTTP/1.1")
            self._refuse(self._refusal or malformed)
        if self._unfinished > MAX_HEAD_BYTES and not self._refusal:
            self._refuse(RefusedMessageError(HEAD_TOO_LARGE, _MOST_IN_A_HEAD))

    def _read_after(self, offer: httptools.HttpParserUpgrade, data: bytes) -> None:
        """Continue after a head that offers an upgrade, because the parser stops there.

        If the upgrade is not accepted, a new parser reads the head without the offer, and then the
        rest of the data.
        """
        unread = memoryview(data)
        next_offer: httptools.HttpParserUpgrade | None = offer
        while next_offer:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
                return
            unread = unread[_end_of_head(next_offer) :]
            head = self._head_without_offer()
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            self.parser.feed_data(head)
            next_offer = None
            try:
                self.parser.feed_data(unread)
            except httptools.HttpParserUpgrade as another:
                next_offer = another

    def _should_upgrade(self) -> bool:
        """Tell whether to accept the upgrade. If not, it is ignored (RFC 9110, section 7.8)."""
        return (
            self._refusal is None
            and self.parser.get_method() == b"GET"
            and self.parser.get_http_version() == "1.1"
            and super()._should_upgrade()
        )

    def _head_without_offer(self) -> bytes:
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        lines = [b"%s %s HTTP/%s" % (method, self.url, version)]
        lines += [b"%s: %s" % field for field in self.headers if field[0] != b"upgrade"]
        return b"\r\n".join([*lines, b"\r\n"])

    def on_headers_complete(self) -> None:
        if self.parser.should_upgrade():
            if self.parser.get_method() == b"CONNECT":
                self._stop(NOT_IMPLEMENTED, "this server is not a proxy")
            if not self._should_upgrade():
                return
        unusual = self.url[:1] != b"/"
        if unusual:
            self._take_unusual_target()
        earlier = self.cycle
        super().on_headers_complete()
        if self.cycle is earlier:
            return  # the upgrade is accepted
        if unusual and self.url == b"*":
            self.scope["path"] = "*"  # without the prefix `--root-path`
        self._unfinished = 0
        # The task that handles the request has not started yet.
        if refusal := self._fault_of_head():
            self._refusal = refusal
            raise refusal  # ends the parsing
        if self._most_at_once is not None and self._most_at_once <= max(
            len(self.connections), len(self.tasks) - 1
        ):
            self._tell(
                RefusedMessageError(WIRE_MAP[AppUnavailableError], "too many requests at once")
            )
        if self.pipeline:
            self._pipelined.append(earlier)
            while self._pipelined[0].response_complete:
                self._pipelined.popleft()
        # Trailer fields are not headers (RFC 9110, section 6.5.1), and are dropped.
        self.headers = []

    def on_body(self, body: bytes) -> None:
        self._unfinished = 0
        if self.expect_100_continue:
            if self.cycle.response_complete:
                # The response was sent before the body was requested, so the client may omit it:
                # these bytes can be its next request.
                self._stop(BAD_REQUEST, "the body came after the response")
            self.expect_100_continue = False
        super().on_body(body)

    def on_message_complete(self) -> None:
        cycle = self.cycle
        # After a head that offers an upgrade, there is no cycle yet.
        if cycle and cycle.scope is self.scope:
            self._unfinished = 0
            cycle.more_body = False
            cycle.message_event.set()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # uvicorn tells only the last request that the client has disconnected. An earlier one that
        # is still running would write to a closed connection.
        self.pipeline.clear()
        for cycle in self._pipelined:
            if not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()

    def _fault_of_head(self) -> RefusedMessageError | None:
        """Return why a head that llhttp accepts is refused, or None."""
        version = self.scope["http_version"]
        fields = dict(self.headers)
        host = fields.get(b"host")
        if version not in ("1.1", "1.0"):
            return RefusedMessageError(VERSION_NOT_SUPPORTED, f"HTTP/{version} is not supported")
        if len(self.url) > MAX_TARGET_BYTES:
            most = f"a target has at most {MAX_TARGET_BYTES} bytes"
            return RefusedMessageError(TARGET_TOO_LONG, most)
        if len(self.headers) > MAX_FIELDS or (
            self._segment + self._unfinished > MAX_HEAD_BYTES and self._head_is_too_large()
        ):
            return RefusedMessageError(HEAD_TOO_LARGE, _MOST_IN_A_HEAD)
        if b"#" in self.url:
            return RefusedMessageError(BAD_REQUEST, "a request target has no fragment")
        if host is None:
            if version == "1.1":  # RFC 9112, section 3.2
                return RefusedMessageError(BAD_REQUEST, "HTTP/1.1 requires a Host")
        elif not _is_host(host) or (
            len(fields) < len(self.headers)
            and [name for name, _ in self.headers].count(b"host") > 1
        ):
            return RefusedMessageError(BAD_REQUEST, "there must be one Host, which must be valid")
        coding = fields.get(b"transfer-encoding")
        if coding is not None:
            if version == "1.0":
                # RFC 9112, section 6.1: a proxy may have determined its length differently.
                return RefusedMessageError(BAD_REQUEST, "HTTP/1.0 has no Transfer-Encoding")
            if coding.lower() != b"chunked":
                return RefusedMessageError(NOT_IMPLEMENTED, "the only Transfer-Encoding is chunked")
        if version == "1.0":
            self.cycle.waiting_for_100_continue = False  # RFC 9110, section 10.1.1
        return None

    def _head_is_too_large(self) -> bool:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > (
            MAX_HEAD_BYTES
        )

    def _take_unusual_target(self) -> None:
        """Handle the forms of a request target other than a path (RFC 9112, section 3.2)."""
        method = self.parser.get_method()
        if self.url == b"*" and method == b"OPTIONS":
            return
        absolute = _ABSOLUTE.fullmatch(self.url)
        if not absolute or not _is_host(absolute[1]):
            self._stop(BAD_REQUEST, "the request target is not valid")
        # It takes precedence over the Host field (RFC 9112, section 3.2.2).
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) == 1 and _is_host(hosts[0]):
            self.headers[self.headers.index((b"host", hosts[0]))] = (b"host", absolute[1])
        path = absolute[2]
        if not path and method == b"OPTIONS":
            self.url = b"*"
        else:
            self.url = path if path.startswith(b"/") else b"/" + path

    def _stop(self, row: WireError, detail: str) -> NoReturn:
        """Refuse the message from within a parser callback: the exception ends the parsing."""
        self._refusal = RefusedMessageError(row, detail)
        raise self._refusal

    def _refuse(self, refusal: RefusedMessageError) -> None:
        """Let the application respond with the refusal, and read nothing after this message."""
        self._refusal = refusal
        if self.cycle is None or self.cycle.scope is not self.scope:  # its head is incomplete
            method, path = self.parser.get_method(), self.url
            self.url = b"/"
            super().on_headers_complete()
            self.scope["method"] = method.decode("ascii") if path else ""
            self.scope["path"] = path.decode("latin-1")
        self._tell(refusal)
        if self.cycle.response_complete:
            self.transport.close()

    def _tell(self, refusal: RefusedMessageError) -> None:
        self.cycle.scope["state"]["refused"] = refusal
        self.cycle.keep_alive = False
        self.cycle.message_event.set()


_MOST_IN_A_HEAD = f"a head has at most {MAX_FIELDS} fields and {MAX_HEAD_BYTES} bytes"


def _end_of_head(offer: httptools.HttpParserUpgrade) -> int:
    """Return the number of bytes that the parser has read."""
    offset: int = offer.args[0]  # allow: internals-stay-inside - an offset, not in any response
    return offset


@lru_cache(maxsize=256)
def _is_host(value: bytes) -> bool:
    return _HOST.fullmatch(value) is not None
