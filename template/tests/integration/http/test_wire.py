"""How the service parses requests, byte by byte, over a real socket.

The service and the proxy in front of it must agree where one request ends and the next one begins.
Otherwise an attacker can hide a request in a body, past all checks of the proxy (request smuggling).
"""

import asyncio
import json
import logging
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, NamedTuple

import pytest
import structlog
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

from infrastructure.config import Settings
from presentation.app import create_app
from presentation.protocol import MAX_FIELDS, MAX_HEAD_BYTES, MAX_TARGET_BYTES, HttpProtocol
from tests.integration.http.conftest import served

HOST = b"Host: service\r\n"
NEXT = b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n"
LAST = b"GET /health/live HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
ALIVE = '{"status":"ok"}'
HELLO = b"Content-Length: 5\r\n\r\nhello"


def post(head: bytes, *, version: bytes = b"1.1", host: bytes = HOST) -> bytes:
    return b"POST /_echo?a=1 HTTP/" + version + b"\r\n" + host + head


def get(target: bytes, *, head: bytes = HOST) -> bytes:
    return b"GET " + target + b" HTTP/1.1\r\n" + head + b"\r\n"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str

    @property
    def echo(self) -> dict[str, Any]:
        echo: dict[str, Any] = json.loads(self.body)
        return echo


@pytest.fixture(scope="module")
def echoing(settings: Settings) -> FastAPI:
    app = create_app(settings.model_copy(update={"max_body_bytes": 1000}))

    @app.api_route("/_echo", methods=["GET", "POST"])
    async def echo(request: Request) -> dict[str, Any]:
        return {
            "method": request.method,
            "query": request.url.query,
            "headers": dict(request.headers),
            "body": (await request.body()).decode(),
        }

    @app.get("/_slow")
    async def slow() -> str:
        await asyncio.sleep(0.05)
        return "slow"

    @app.get("/_long")
    async def long() -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b"x" * 100_000
                await asyncio.sleep(0)

        return StreamingResponse(chunks())

    return app


@pytest.fixture(scope="module")
async def port(echoing: FastAPI) -> AsyncIterator[int]:
    async with served(echoing) as port:
        yield port


async def answers_to(port: int, *segments: bytes) -> list[Answer]:
    """Send the segments one by one, and return everything that is received until the end."""
    async with asyncio.timeout(20):
        return answers_in(await _received(port, segments))


async def _received(port: int, segments: tuple[bytes, ...]) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received = b""
    for number, segment in enumerate(segments):
        if number:
            await asyncio.sleep(0.01)
        writer.write(segment)
    with suppress(ConnectionError):
        while piece := await reader.read(1_000_000):
            received += piece
    writer.close()
    return received


def answers_in(received: bytes) -> list[Answer]:
    answers = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        status = int(first.split()[1])
        headers = {name.lower(): value for name, value in (line.split(": ") for line in lines)}
        length = int(headers.get("content-length", 0))
        answers.append(Answer(status, headers, rest[:length].decode()))
        received = rest[length:]
    return answers


OFFERS = {
    "h2c": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
    "websocket": b"Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n",
    "several": b"connection: upgrade\r\nupgrade: TLS/1.0, IRC/6.9\r\nUpgrade: h2c\r\n",
}


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
@pytest.mark.parametrize(
    "body",
    [HELLO, CHUNKED + b"\r\n5\r\nhello\r\n0\r\n\r\n", b"Expect: 100-continue\r\n" + HELLO],
    ids=["length", "chunked", "expected"],
)
@pytest.mark.parametrize("version", [b"1.1", b"1.0"])
async def test_an_upgrade_that_is_not_taken_is_ignored(
    port: int, offer: bytes, body: bytes, version: bytes
) -> None:
    if version == b"1.0" and CHUNKED in body:
        body = HELLO  # HTTP/1.0 has no chunked encoding

    answers = await answers_to(port, post(offer + body, version=version), LAST)

    answer = next(answer for answer in answers if answer.status != 100)
    assert (answer.status, answer.echo["body"]) == (200, "hello")
    assert answer.echo["query"] == "a=1"
    assert (answers[-1].body == ALIVE) == (version == b"1.1")


async def test_the_body_of_a_request_that_offers_an_upgrade_is_never_a_request(port: int) -> None:
    length = b"Content-Length: %d\r\n\r\n" % len(NEXT)
    whole = post(OFFERS["h2c"] + length + NEXT)

    for cut in range(1, len(whole), 7):
        answer, last = await answers_to(port, whole[:cut], whole[cut:], LAST)

        assert answer.echo["body"] == NEXT.decode()
        assert last.body == ALIVE


async def test_offers_may_follow_each_other(port: int) -> None:
    offer = post(OFFERS["h2c"] + HELLO)

    *answers, last = await answers_to(port, offer * 3 + LAST)

    assert [answer.echo["body"] for answer in answers] == ["hello"] * 3
    assert last.body == ALIVE


RIGHT = {
    "absolute form": get(b"http://elsewhere:8/_echo?a=1"),
    "absolute form, in capitals": get(b"HTTPS://[::1]/_echo?a=1"),
    "a path that looks like a host": get(b"//service/_echo"),
    "empty lines before it": b"\r\n\r\n" + get(b"/_echo"),
    "a host with a port": get(b"/_echo", head=b"Host: service:8000\r\n"),
    "an empty port": get(b"/_echo", head=b"Host: service:\r\n"),
    "an IPv6 host": get(b"/_echo", head=b"Host: [2001:db8::1]:80\r\n"),
    "an empty host": get(b"/_echo", head=b"Host: \r\n"),
    "a value in Latin-1": get(b"/_echo", head=HOST + b"X-Name: \xe9\r\n"),
    "a body of GET": get(b"/_echo", head=HOST + b"Content-Length: 0\r\n"),
    "chunks with extensions": post(CHUNKED + b"\r\n5;a=b\r\nhello\r\n0\r\n\r\n"),
    "chunks in capitals": post(b"TRANSFER-ENCODING: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize("request_", RIGHT.values(), ids=RIGHT)
async def test_valid_requests_are_answered(port: int, request_: bytes) -> None:
    answer, last = await answers_to(port, request_, LAST)

    assert answer.status == (404 if b"//service" in request_ else 200)
    assert last.body == ALIVE


async def test_http_1_0_needs_no_host(port: int) -> None:
    (answer,) = await answers_to(port, b"GET /health/live HTTP/1.0\r\n\r\n")

    assert answer.body == ALIVE


async def test_the_host_of_an_absolute_target_counts(port: int) -> None:
    answer, _ = await answers_to(port, get(b"http://elsewhere:8/_echo") + LAST)

    assert answer.echo["headers"]["host"] == "elsewhere:8"


@pytest.mark.parametrize("target", [b"http://service", b"http://service?a=1"])
async def test_an_absolute_target_may_have_no_path(port: int, target: bytes) -> None:
    answer, _ = await answers_to(port, get(target) + LAST)

    assert (answer.status, answer.echo["code"]) == (404, "not_found")


@pytest.mark.parametrize("target", [b"*", b"http://service"])
async def test_the_server_as_a_whole_may_be_asked_for_its_options(port: int, target: bytes) -> None:
    answer, _ = await answers_to(port, get(target).replace(b"GET", b"OPTIONS") + LAST)

    assert answer.status == 204


WRONG = {
    "no host": (get(b"/_echo", head=b""), 400),
    "two hosts": (get(b"/_echo", head=HOST + HOST), 400),
    "two hosts in HTTP/1.0": (b"GET /_echo HTTP/1.0\r\n" + HOST + HOST + b"\r\n", 400),
    "two hosts in one": (get(b"/_echo", head=b"Host: a, b\r\n"), 400),
    "two hosts in one, together": (get(b"/_echo", head=b"Host: a,b\r\n"), 400),
    "a host with a path": (get(b"/_echo", head=b"Host: a/b\r\n"), 400),
    "a host with a user": (get(b"/_echo", head=b"Host: a@b\r\n"), 400),
    "a host with a word as port": (get(b"/_echo", head=b"Host: a:http\r\n"), 400),
    "a host that is no ASCII": (get(b"/_echo", head=b"Host: \xc3\xa9\r\n"), 400),
    "length and chunks": (post(b"Content-Length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n"), 400),
    "chunks and length": (post(CHUNKED + b"Content-Length: 5\r\n\r\n0\r\n\r\n"), 400),
    "two lengths": (post(b"Content-Length: 5\r\n" + HELLO), 400),
    "a list of lengths": (post(b"Content-Length: 5, 5\r\n\r\nhello"), 400),
    "a length with a sign": (post(b"Content-Length: +5\r\n\r\nhello"), 400),
    "a length in hexadecimal": (post(b"Content-Length: 0x5\r\n\r\nhello"), 400),
    "a length that is too much": (post(b"Content-Length: 18446744073709551621\r\n\r\nhello"), 400),
    "no length": (post(b"Content-Length: \r\n\r\n"), 400),
    "a folded length": (post(b"Content-Length:\r\n 5\r\n\r\nhello"), 400),
    "a folded field": (get(b"/_echo", head=HOST + b"X: a\r\n b\r\n"), 400),
    "another coding": (post(b"Transfer-Encoding: gzip\r\n\r\n"), 501),
    "another coding first": (post(b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 501),
    "nothing first": (post(b"Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n"), 501),
    "another coding last": (post(b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"), 400),
    "chunks in chunks": (post(CHUNKED + CHUNKED + b"\r\n0\r\n\r\n"), 400),
    "a coding that looks like it": (post(b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), 501),
    "a coding in quotes": (post(b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n'), 501),
    "a coding after a control": (post(b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n"), 400),
    "a coding with a blank": (post(b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"), 400),
    "chunks in HTTP/1.0": (post(CHUNKED + b"\r\n0\r\n\r\n", version=b"1.0"), 400),
    "a chunk with a sign": (post(CHUNKED + b"\r\n+5\r\nhello\r\n0\r\n\r\n"), 400),
    "a chunk that goes on": (post(CHUNKED + b"\r\n5\r\nhelloo0\r\n\r\n"), 400),
    "a chunk without end": (post(CHUNKED + b"\r\n5;\nhello\r\n0\r\n\r\n"), 400),
    "lines without CR": (b"GET /_echo HTTP/1.1\nHost: service\n\n", 400),
    "lines without LF": (get(b"/_echo", head=b"Host: service\rX: a\r\n"), 400),
    "a field without a name": (get(b"/_echo", head=HOST + b": a\r\n"), 400),
    "a field without a colon": (get(b"/_echo", head=HOST + b"X\r\n"), 400),
    "a NUL": (get(b"/_echo", head=HOST + b"X: a\x00b\r\n"), 400),
    "a fragment": (get(b"/_echo#/../health"), 400),
    "no host beside an absolute target": (get(b"http://service/_echo", head=b""), 400),
    "a user in the target": (get(b"http://user:password@service/_echo"), 400),
    "a target elsewhere": (get(b"ftp://service/_echo"), 400),
    "an asterisk": (get(b"*"), 400),
    "a target that is no path": (get(b"echo"), 400),
    "a target that is no ASCII": (get(b"/\xff"), 400),
    "a tunnel": (b"CONNECT service:80 HTTP/1.1\r\n" + HOST + HELLO, 501),
    "a tunnel to a path": (b"CONNECT /_echo HTTP/1.1\r\n" + HOST + HELLO, 501),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "HTTP/2 in the head": (get(b"/_echo").replace(b"1.1", b"2.0"), 505),
    "HTTP/0.9 in the head": (get(b"/_echo").replace(b"1.1", b"0.9"), 505),
    "a method of nobody's": (b"FETCH /_echo HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "too long a target": (get(b"/" + b"a" * MAX_TARGET_BYTES), 414),
    "too many fields": (get(b"/_echo", head=HOST + b"X: a\r\n" * MAX_FIELDS), 431),
    "too much in the fields": (
        get(b"/_echo", head=HOST + b"X: " + b"a" * MAX_HEAD_BYTES + b"\r\n"),
        431,
    ),
}


@pytest.mark.parametrize(("request_", "status"), WRONG.values(), ids=WRONG)
async def test_an_invalid_request_is_refused_and_ends_the_connection(
    port: int, request_: bytes, status: int
) -> None:
    (answer,) = await answers_to(port, request_ + NEXT)

    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-request-id"]
    assert answer.echo["status"] == status


@pytest.mark.parametrize("status", [200, 431])
async def test_a_head_may_have_exactly_the_maximum_size(port: int, status: int) -> None:
    room = MAX_HEAD_BYTES - len(b"/_echo" + b"host" + b"service" + b"x") + (status == 431)

    large = get(b"/_echo", head=HOST + b"X: " + b"a" * room + b"\r\n")

    answer, *_ = await answers_to(port, large, LAST)

    assert answer.status == status


@pytest.mark.parametrize(
    "endless",
    [
        b"\r\n" * 20_000,
        NEXT + b"\r\n" * 20_000,
        b"GET /",
        b"GET /_echo HTTP/1.1\r\nX: ",
        b"GET /_echo HTTP/1.1\r\n" + HOST + CHUNKED + b"\r\n0\r\nX: ",
        b"GET /_echo HTTP/1.1\r\n" + HOST + CHUNKED + b"\r\n5;",
    ],
    ids=["empty lines", "empty lines between", "target", "field", "trailer", "extension"],
)
async def test_endless_heads_and_trailers_are_refused(port: int, endless: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(endless)

    with suppress(ConnectionError):
        async with asyncio.timeout(20):
            while not reader.at_eof():
                writer.write(b"a" * 10_000)
                await writer.drain()
                await asyncio.sleep(0)
    writer.close()


@pytest.mark.parametrize("before", [1, 2])
async def test_a_wrong_message_is_answered_in_its_turn(port: int, before: int) -> None:
    answers = await answers_to(port, get(b"/_slow") * before, b"nonsense\r\n\r\n", NEXT)

    assert [answer.status for answer in answers] == [200] * before + [400]


async def test_requests_may_come_before_the_answers_to_others(port: int) -> None:
    answers = await answers_to(port, get(b"/_slow") * 2, *[get(b"/_slow")] * 6, LAST)

    assert [answer.status for answer in answers] == [200] * 9
    assert answers[-1].body == ALIVE


class Chat(asyncio.Protocol):
    """A fake of the WebSocket library, which the service does not install."""

    def __init__(self, **_given: object) -> None:
        pass

    def connection_made(self, transport: Any) -> None:
        transport.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        transport.close()


@pytest.mark.parametrize(
    ("method", "version", "status"),
    [(b"GET", b"1.1", 101), (b"GET", b"1.0", 200), (b"POST", b"1.1", 200)],
)
async def test_an_upgrade_is_accepted_if_its_library_is_installed(
    echoing: FastAPI, method: bytes, version: bytes, status: int
) -> None:
    line = method + b" /_echo HTTP/" + version + b"\r\n"

    async with served(echoing, ws=Chat) as port:
        answer, *_ = await answers_to(port, line + HOST + OFFERS["websocket"] + b"\r\n", LAST)

    assert answer.status == status


@pytest.mark.parametrize("first", [b"", get(b"/_slow")], ids=["alone", "after another"])
async def test_a_body_that_goes_wrong_is_refused(port: int, first: bytes) -> None:
    head = first + post(CHUNKED + b"\r\n5\r\nhello\r\n")

    answers = await answers_to(port, head, b"not a length\r\n", NEXT)

    assert answers[-1].status == 400
    assert answers[-1].echo["code"] == "bad_request"
    assert len(answers) == (2 if first else 1)


async def test_a_body_that_goes_wrong_and_is_not_read_ends_the_connection(port: int) -> None:
    unread = get(b"/_slow", head=HOST + CHUNKED)

    answers = await answers_to(port, unread, b"not a length\r\n", NEXT)

    assert [(answer.status, answer.headers["connection"]) for answer in answers] == [(200, "close")]


async def test_data_after_a_refusal_is_not_read(echoing: FastAPI) -> None:
    connections = []

    class Kept(HttpProtocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            connections.append(self)

    async with served(echoing, http=Kept) as port:
        await answers_to(port, b"nonsense\r\n\r\n")
        (connection,) = connections
        refused = connection.cycle
        connection.data_received(NEXT)

    assert connection.cycle is refused


async def test_a_body_that_goes_wrong_after_its_answer_ends_the_connection(port: int) -> None:
    unread = b"POST /_nowhere HTTP/1.1\r\n" + HOST + CHUNKED + b"\r\n5\r\nhello\r\n"

    answers = await answers_to(port, unread, b"not a length\r\n", NEXT)

    assert [answer.status for answer in answers] == [404]


async def test_trailers_do_not_become_headers(port: int) -> None:
    trailers = b"Authorization: Bearer a\r\nX-Forwarded-For: 192.0.2.1\r\nX-Request-ID: forged\r\n"

    chunks = CHUNKED + b"\r\n5\r\nhello\r\n0\r\n" + trailers + b"\r\n"
    answer, _ = await answers_to(port, post(chunks) + LAST)

    assert answer.echo["body"] == "hello"
    assert not {"authorization", "x-forwarded-for", "x-request-id"} & set(answer.echo["headers"])
    assert answer.headers["x-request-id"] != "forged"


async def test_expect_100_continue_is_answered(port: int) -> None:
    head, _, body = HELLO.partition(b"\r\n\r\n")

    expecting = post(b"Expect: 100-continue\r\n" + head + b"\r\n\r\n")
    asked, answer, _ = await answers_to(port, expecting, body + LAST)

    assert asked.status == 100
    assert answer.echo["body"] == "hello"


async def test_http_1_0_ignores_expect(port: int) -> None:
    head, _, body = HELLO.partition(b"\r\n\r\n")
    expecting = post(b"Expect: 100-continue\r\n" + head + b"\r\n\r\n", version=b"1.0")

    (answer,) = await answers_to(port, expecting, body)

    assert answer.status == 200


async def test_after_a_refusal_the_announced_body_is_not_waited_for(port: int) -> None:
    refused = post(b"Expect: 100-continue\r\nContent-Length: 5000\r\n\r\n")

    (answer,) = await answers_to(port, refused, NEXT)

    assert answer.status == 413


async def test_more_requests_than_may_be_are_refused_as_all_else_is(echoing: FastAPI) -> None:
    async with served(echoing, limit_concurrency=1) as port:
        (answer,) = await answers_to(port, LAST)

    assert (answer.status, answer.echo["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"]
    assert answer.headers["x-request-id"]


LEAVING = {
    "while many wait for their turn": get(b"/_slow") * 20,
    "while many are answered": get(b"/_long") * 20,
    "in a body": post(b"Content-Length: 500\r\n\r\n{"),
    "in a body, after others": get(b"/_slow") * 3 + post(b"Content-Length: 500\r\n\r\n{"),
    "in a chunk": post(CHUNKED + b"\r\n5\r\nhe"),
    "before it is asked for its body": post(b"Expect: 100-continue\r\nContent-Length: 500\r\n\r\n"),
    "in a head": NEXT + b"GET /_echo HTTP/1.1\r\nHo",
}


@pytest.mark.parametrize("sent", LEAVING.values(), ids=LEAVING)
@pytest.mark.parametrize("how", ["reset", "closed", "half closed"])
async def test_a_client_that_disconnects_is_not_an_error(
    echoing: FastAPI, caplog: pytest.LogCaptureFixture, sent: bytes, how: str
) -> None:
    with structlog.testing.capture_logs() as lines, caplog.at_level(logging.WARNING):
        async with served(echoing) as port, asyncio.timeout(20):
            for wait in (0.0, 0.001, 0.02):
                await leave(port, sent, how, wait)
            assert (await answers_to(port, LAST))[0].body == ALIVE

    errors = [line for line in lines if line["log_level"] in ("warning", "error")]
    assert errors == []
    assert [record.getMessage() for record in caplog.records] == []


async def leave(port: int, sent: bytes, how: str, wait: float) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    await asyncio.sleep(wait)
    if how == "half closed":
        writer.write_eof()
        await asyncio.sleep(wait)
    if how == "reset":
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.close()


async def test_a_disconnect_in_the_middle_of_a_request_is_logged(
    echoing: FastAPI,
) -> None:
    with structlog.testing.capture_logs() as lines:
        async with served(echoing) as port:
            await leave(port, post(b"Content-Length: 500\r\n\r\n{"), "reset", 0.05)
            await asyncio.sleep(0.05)

    assert [line["status"] for line in lines if line["event"] == "request"] == [499]


async def test_a_refused_message_is_logged(echoing: FastAPI) -> None:
    with structlog.testing.capture_logs() as lines:
        async with served(echoing) as port:
            await answers_to(port, get(b"/" + b"a" * 60_000))
            await answers_to(port, b"nonsense\r\n\r\n")

    logged = [line for line in lines if line["event"] == "request"]
    assert [line["status"] for line in logged] == [414, 400]
    assert all(len(str(line)) < 1_000 for line in logged)
