"""HTTP/1.1 as the service reads it: one message is one request.

uvicorn takes it by its name: `--http presentation.protocol:HttpProtocol`. It parses as uvicorn's own
does, by llhttp, and differs in what a proxy in front takes another way. What it refuses ends the
connection, since nobody can tell where the next message begins, and is answered in its turn by the
application, which is told of it in the scope.
"""

import re
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from application.errors import AppUnavailableError
from presentation.errors import WIRE_MAP, RefusedMessageError, WireError

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

BAD_REQUEST = WireError(400, "bad_request", "Bad Request")
TARGET_TOO_LONG = WireError(414, "uri_too_long", "URI Too Long")
HEAD_TOO_LARGE = WireError(431, "head_too_large", "Request Header Fields Too Large")
NOT_IMPLEMENTED = WireError(501, "not_implemented", "Not Implemented")
VERSION_NOT_SUPPORTED = WireError(505, "version_not_supported", "HTTP Version Not Supported")

MAX_TARGET_BYTES = 8_192  # RFC 9110, section 4.1, wants 8,000
MAX_HEAD_BYTES = 32_768  # as much as nginx takes
MAX_FIELDS = 100  # as many as Apache takes

# RFC 3986, section 3.2.2, but for the comma: that is two hosts which somebody has made one.
_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|([\w.~!$&'()*+;=-]|%[0-9A-Fa-f]{2})*)(:[0-9]*)?")
_ABSOLUTE = re.compile(rb"https?://([^/?]+)(.*)", re.IGNORECASE)


class _Part(Enum):
    """Where in a message the parser is."""

    BETWEEN = 0
    HEAD = 1
    BODY = 2


class HttpProtocol(HttpToolsProtocol):
    _part = _Part.BETWEEN
    _running: RequestResponseCycle | None = None
    _refused = False
    _segment = 0  # bytes that arrived last
    _unfinished = 0  # bytes that arrived since the message began, or since a part of its body

    def data_received(self, data: bytes) -> None:
        if self._refused or self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        self._segment = len(data)
        self._unfinished += self._segment
        try:
            self._feed(data)
        except httptools.HttpParserError as error:
            cause = error.__context__  # what a callback has raised
            if not isinstance(cause, RefusedMessageError):
                cause = RefusedMessageError(BAD_REQUEST, "the message is not HTTP/1.1")
            self._refuse(cause)
        else:
            if self._unfinished > MAX_HEAD_BYTES:
                self._refuse(RefusedMessageError(HEAD_TOO_LARGE, _MOST_IN_A_HEAD))

    def _feed(self, data: bytes) -> None:
        unread = memoryview(data)
        while unread:
            try:
                self.parser.feed_data(unread)
                return
            except httptools.HttpParserUpgrade as offer:
                unread = unread[offer.args[0] :]
            if self._should_upgrade():
                self.handle_websocket_upgrade()
                return
            # The parser has left the body out. Another one reads the head without the offer, and
            # then what follows.
            head = self._head_without_offer()
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            self.parser.feed_data(head)

    def _should_upgrade(self) -> bool:
        """An upgrade that is not taken is ignored (RFC 9110, section 7.8)."""
        return (
            not self._refused
            and self.parser.get_method() == b"GET"
            and self.parser.get_http_version() == "1.1"
            and super()._should_upgrade()
        )

    def _head_without_offer(self) -> bytes:
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        lines = [b"%s %s HTTP/%s" % (method, self.url, version)]
        lines += [b"%s: %s" % field for field in self.headers if field[0] != b"upgrade"]
        return b"\r\n".join([*lines, b"\r\n"])

    def on_message_begin(self) -> None:
        self._part = _Part.HEAD
        self._unfinished = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._check_head()
        if self.parser.should_upgrade():
            if self._should_upgrade():
                super().on_headers_complete()
            return
        self._part = _Part.BODY
        super().on_headers_complete()
        if self.url == b"*":
            self.scope["path"] = "*"  # below whatever `--root-path` is
        # Trailer fields, which are no headers (RFC 9110, section 6.5.1), go where nobody looks.
        self.headers = []

    def on_body(self, body: bytes) -> None:
        self._unfinished = 0
        self.expect_100_continue = False
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self._part is _Part.BODY:
            self._part = _Part.BETWEEN
            self._unfinished = 0
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # A client that waited to be asked for its body may leave it out after this answer, and
        # then its next request would be taken for the body.
        if self._part is _Part.BODY and self.expect_100_continue and self.cycle.response_complete:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # Of several requests, uvicorn tells the last that the client is gone, which may be waiting
        # for its turn. The one that is being answered would write to what is closed.
        self.pipeline.clear()
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: "ASGI3Application") -> None:
        self._running = cycle
        if app is not self.app:  # uvicorn's answer when there are more than `--limit-concurrency`
            cycle.scope["state"]["refused"] = RefusedMessageError(
                WIRE_MAP[AppUnavailableError], "too many requests at once"
            )
        super()._start_asgi_task(cycle, self.app)

    def _check_head(self) -> None:
        """Refuse what llhttp lets pass, and make a target in absolute form a path.

        Raises:
            RefusedMessageError: the message is not one that the service may answer.
        """
        version = self.parser.get_http_version()
        if version not in ("1.1", "1.0"):
            raise RefusedMessageError(VERSION_NOT_SUPPORTED, f"HTTP/{version} is not spoken here")
        if len(self.url) > MAX_TARGET_BYTES:
            most = f"a target has at most {MAX_TARGET_BYTES} bytes"
            raise RefusedMessageError(TARGET_TOO_LONG, most)
        if len(self.headers) > MAX_FIELDS or self._head_is_too_large():
            raise RefusedMessageError(HEAD_TOO_LARGE, _MOST_IN_A_HEAD)
        host = None
        for name, value in self.headers:
            if name == b"host":
                if host is not None or not _is_host(value):
                    raise RefusedMessageError(
                        BAD_REQUEST, "there must be one Host, and a valid one"
                    )
                host = value
            elif name == b"transfer-encoding":
                _check_coding(value, version)
        if version == "1.0":
            self.expect_100_continue = False  # RFC 9110, section 10.1.1
        elif host is None:
            raise RefusedMessageError(BAD_REQUEST, "HTTP/1.1 wants a Host")  # RFC 9112, section 3.2
        if self.url[:1] != b"/" or b"#" in self.url:
            self._take_unusual_target()
        elif self.parser.get_method() == b"CONNECT":
            raise RefusedMessageError(NOT_IMPLEMENTED, "this is no proxy")

    def _head_is_too_large(self) -> bool:
        if self._unfinished + self._segment <= MAX_HEAD_BYTES:
            return False
        return len(self.url) + sum(map(len, sum(self.headers, ()))) > MAX_HEAD_BYTES

    def _take_unusual_target(self) -> None:
        """Take the forms of RFC 9112, section 3.2, other than a path."""
        method = self.parser.get_method()
        if method == b"CONNECT":
            raise RefusedMessageError(NOT_IMPLEMENTED, "this is no proxy")
        if self.url == b"*" and method == b"OPTIONS":
            return
        absolute = _ABSOLUTE.fullmatch(self.url)
        if not absolute or b"#" in self.url or not _is_host(absolute[1]):
            raise RefusedMessageError(BAD_REQUEST, "the target is not that of a request")
        rest = absolute[2]
        if not rest and method == b"OPTIONS":
            self.url = b"*"
        else:
            self.url = rest if rest.startswith(b"/") else b"/" + rest
        # It counts instead of what the Host field says (RFC 9112, section 3.2.2).
        self.headers[:] = [field for field in self.headers if field[0] != b"host"]
        self.headers.append((b"host", absolute[1]))

    def _refuse(self, refusal: RefusedMessageError) -> None:
        self._refused = True
        if self._part is _Part.BODY:
            self.cycle.scope["state"]["refused"] = refusal
            if self.cycle.response_complete:
                self.transport.close()
        else:
            if self._part is _Part.BETWEEN:
                self.on_message_begin()
            self.scope["state"]["refused"] = refusal
            method, path = self.parser.get_method(), self.url
            self.url = b"/"
            super().on_headers_complete()
            self.scope["method"] = method.decode("ascii") if path else ""
            self.scope["path"] = path.decode("latin-1")
        self.cycle.keep_alive = False
        self.cycle.message_event.set()


_MOST_IN_A_HEAD = f"a head has at most {MAX_FIELDS} fields and {MAX_HEAD_BYTES} bytes"


@lru_cache(maxsize=256)
def _is_host(value: bytes) -> bool:
    return _HOST.fullmatch(value) is not None


def _check_coding(value: bytes, version: str) -> None:
    if version == "1.0":
        # RFC 9112, section 6.1: whoever forwarded it may have read it another way.
        raise RefusedMessageError(BAD_REQUEST, "HTTP/1.0 knows no Transfer-Encoding")
    if value.lower() != b"chunked":
        raise RefusedMessageError(NOT_IMPLEMENTED, "the only Transfer-Encoding is chunked")
