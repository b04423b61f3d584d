"""The traces and metrics of the service, as a collector receives them: OTLP over HTTP."""

import asyncio
import json
import logging
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from sqlalchemy import Integer, String, bindparam, cast, func, select, text

from application.errors import RepoError
from infrastructure.config import Settings
from infrastructure.logs import configure_logging
from infrastructure.persistence.database import Database
from infrastructure.persistence.queries import Query
from presentation.about import VERSION
from presentation.app import create_app

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
QUERIES = {
    "hunter1": Query(select(bindparam("value", type_=String))),
    "hunter2": Query(select(cast(bindparam("value", type_=String), Integer))),
    "hunter3": Query(select(func.pg_sleep(60), bindparam("value", type_=String))),
}
CALLER = {"traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01", "X-Request-ID": "call-7"}


class Collector:
    """Listens on its own port, and responds as long as `answering` is set."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.resource: dict[str, Any] = {}
        self.spans: list[Span] = []
        self.metrics: dict[str, Metric] = {}
        self.answering = threading.Event()
        self.answering.set()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.answering.wait()
                collector.receive(self.path, body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"

    def receive(self, path: str, body: bytes) -> None:
        self.bodies.append(body)
        if path == "/v1/traces":
            for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.resource = attributes(of_resource.resource.attributes)
                for of_scope in of_resource.scope_spans:
                    self.spans += of_scope.spans
        if path == "/v1/metrics":
            for of_meter in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for scope in of_meter.scope_metrics:
                    self.metrics |= {metric.name: metric for metric in scope.metrics}

    def span(self, name: str) -> Span:
        [span] = [span for span in self.spans if span.name == name]
        return span

    def counts(self, name: str) -> list[tuple[dict[str, Any], int]]:
        points = self.metrics[name].sum.data_points
        return [(attributes(point.attributes), point.as_int) for point in points]


def attributes(pairs: Any) -> dict[str, Any]:
    def value(pair: KeyValue) -> Any:
        return getattr(pair.value, pair.value.WhichOneof("value") or "string_value")

    return {pair.key: value(pair) for pair in pairs}


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    serving = threading.Thread(target=collector.server.serve_forever, args=[0.01])
    with collector.server:
        serving.start()
        yield collector
        collector.answering.set()
        left = [thread for thread in threading.enumerate() if thread.name.startswith("Otel")]
        for thread in left:  # of a service that stopped without waiting for us
            thread.join(30)
        collector.server.shutdown()
    assert not any(thread.is_alive() for thread in left), "telemetry was not closed"


@pytest.fixture
def observed(settings: Settings, collector: Collector) -> Iterator[Settings]:
    """The settings of a service that sends telemetry."""
    yield settings.model_copy(update={"otel_exporter_otlp_endpoint": collector.endpoint})
    configure_logging("INFO", "json")


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    """Run the service from startup to shutdown, with routes for the tests."""
    app = create_app(settings)

    @app.get("/_things/{name}")
    async def find_endpoint(name: str, request: Request) -> None:
        database: Database = request.app.state.database
        async with database.sessions.read() as session:
            await session.execute(text("SELECT oid FROM pg_type WHERE typname = :n"), {"n": name})
            logging.getLogger("library").warning("looked")

    @app.get("/_queries/{value}")
    async def query_endpoint(value: str, request: Request) -> None:
        database: Database = request.app.state.database
        async with database.sessions.read() as session, asyncio.timeout(0.1):
            await QUERIES[value].rows(session, value=value)

    @app.get("/_broken-statement")
    async def statement_endpoint(request: Request) -> None:
        database: Database = request.app.state.database
        async with database.sessions.write() as session:
            await session.execute(text("SELECT CAST(CAST(:v AS text) AS int)"), {"v": "hunter2"})

    @app.get("/_abandoned-statement")
    async def abandoned_endpoint(request: Request) -> None:
        database: Database = request.app.state.database
        async with database.sessions.write() as session:
            await session.connection()
            async with asyncio.timeout(0.01):
                await session.execute(text("SELECT pg_sleep(60)"))

    @app.get("/_broken")
    async def broken_endpoint() -> None:
        raise RuntimeError("hunter2")

    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service") as client,
    ):
        yield app, client


def test_without_a_collector_nothing_of_the_sdk_is_imported() -> None:
    script = (
        "import sys;"
        "from presentation.app import create_app; from tests.settings import settings_for_tests;"
        "create_app(settings_for_tests('postgresql+asyncpg://nobody:x@127.0.0.1:1/nothing'));"
        "print([name for name in sys.modules if name.startswith("
        "('opentelemetry.sdk', 'opentelemetry.exporter', 'requests', 'google'))])"
    )

    command = [sys.executable, "-c", script]
    output = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own script

    assert output.stdout == b"[]\n"


async def test_without_a_collector_requests_are_not_recorded(settings: Settings) -> None:
    async with running(settings) as (app, client):
        response = await client.get("/_things/bool", headers=CALLER)

    assert response.status_code == 200
    assert app.state.telemetry is None


async def test_a_request_is_a_span_named_after_its_route(
    observed: Settings, collector: Collector
) -> None:
    async with running(observed) as (_, client):
        await client.get("/_things/bool")

    span = collector.span("GET /_things/{name}")
    assert span.kind == Span.SPAN_KIND_SERVER
    assert span.status.code == Status.STATUS_CODE_UNSET
    assert attributes(span.attributes)["http.response.status_code"] == 200
    assert collector.resource["service.name"] == observed.otel_service_name
    assert collector.resource["service.version"] == VERSION


async def test_a_statement_is_a_child_of_its_request_without_the_values(
    observed: Settings, collector: Collector
) -> None:
    async with running(observed) as (_, client):
        await client.get("/_things/int4range")

    request, statement = collector.span("GET /_things/{name}"), collector.span("SELECT pg_type")
    assert statement.parent_span_id == request.span_id
    assert statement.kind == Span.SPAN_KIND_CLIENT
    described = attributes(statement.attributes)
    assert described["db.system.name"] == "postgresql"
    assert described["db.query.text"].startswith("SELECT oid FROM pg_type WHERE typname = $1")
    assert "int4range" not in str(described)


async def test_a_failed_statement_is_recorded_without_the_driver_message(
    observed: Settings, collector: Collector
) -> None:
    async with running(observed) as (_, client):
        await client.get("/_broken-statement")

    statement = collector.span("SELECT")
    assert statement.status.code == Status.STATUS_CODE_ERROR
    described = attributes(statement.attributes)
    assert (described["error.type"], described["db.response.status_code"]) == ("22P02", "22P02")
    assert not any(b"hunter2" in body for body in collector.bodies)


async def test_an_abandoned_statement_is_marked_too(
    observed: Settings, collector: Collector
) -> None:
    async with running(observed) as (_, client):
        await client.get("/_abandoned-statement")

    statement = collector.span("SELECT")
    assert statement.status.code == Status.STATUS_CODE_ERROR
    assert attributes(statement.attributes)["error.type"] == "CancelledError"


@pytest.mark.parametrize(
    ("value", "error"), [("hunter1", None), ("hunter2", "22P02"), ("hunter3", "CancelledError")]
)
async def test_a_query_that_the_driver_sends_is_traced_like_any_statement(
    observed: Settings, collector: Collector, value: str, error: str | None
) -> None:
    async with running(observed.model_copy(update={"database_idle_check": 60.0})) as (app, client):
        await app.state.database.ping()  # from now on there is an idle connection
        await client.get(f"/_queries/{value}")

    request = collector.span("GET /_queries/{value}")
    [statement] = [span for span in collector.spans if span.kind == Span.SPAN_KIND_CLIENT]
    assert statement.parent_span_id == request.span_id
    described = attributes(statement.attributes)
    assert described["db.system.name"] == "postgresql"
    assert described["db.query.text"].startswith("SELECT ")
    assert described.get("error.type") == error
    assert (statement.status.code == Status.STATUS_CODE_ERROR) == (error is not None)
    assert value not in str(described)


async def test_a_statement_that_no_request_asked_for_is_not_traced(
    observed: Settings, collector: Collector
) -> None:
    async with running(observed) as (app, _), app.state.database.sessions.read() as session:
        with pytest.raises(RepoError):
            await session.execute(text("SELECT nonsense"))

    assert collector.spans == []


async def test_an_error_marks_the_request_and_a_refusal_does_not(
    observed: Settings, collector: Collector
) -> None:
    async with running(observed) as (_, client):
        await client.get("/_broken")
        await client.get("/_nowhere")

    broken, refused = collector.span("GET /_broken"), collector.span("GET")
    assert broken.status.code == Status.STATUS_CODE_ERROR
    assert attributes(broken.attributes)["error.type"] == "500"
    assert attributes(refused.attributes)["http.response.status_code"] == 404
    assert refused.status.code == Status.STATUS_CODE_UNSET


async def test_the_trace_of_the_caller_is_continued(
    observed: Settings, collector: Collector
) -> None:
    async with running(observed) as (_, client):
        await client.get("/_things/bool", headers=CALLER)

    assert {span.trace_id.hex() for span in collector.spans} == {TRACE_ID}
    assert collector.span("GET /_things/{name}").parent_span_id.hex() == "b7ad6b7169203331"


async def test_secrets_of_a_request_are_not_in_its_telemetry(
    observed: Settings, collector: Collector
) -> None:
    headers = {"Authorization": "Bearer hunter2", "Cookie": "session=hunter2"}

    async with running(observed) as (_, client):
        await client.get("/_things/bool?token=hunter2&hunter2", headers=headers)

    span = collector.span("GET /_things/{name}")
    assert attributes(span.attributes)["url.query"] == "REDACTED"
    assert not any(b"hunter2" in body for body in collector.bodies)


async def test_health_checks_are_neither_traced_nor_counted(
    observed: Settings, collector: Collector
) -> None:
    async with running(observed) as (_, client):
        await client.get("/health/live")
        await client.get("/health/ready")

    assert collector.spans == []
    assert "http.server.request.duration" not in collector.metrics


@pytest.mark.parametrize("log_format", ["json", "console"])
async def test_every_line_of_a_request_names_its_trace(
    observed: Settings, capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    async with running(observed.model_copy(update={"log_format": log_format})) as (_, client):
        await client.get("/_things/bool", headers=CALLER)
        await client.get("/_broken", headers=CALLER)

    written = capsys.readouterr().out.splitlines()
    for event in ("looked", "unhandled error", "/_things/bool"):
        [line] = [line for line in written if event in line and "HTTP Request" not in line]
        assert "call-7" in line
        assert TRACE_ID in line
        assert "span_id" in line


async def test_a_line_names_the_span_that_the_collector_has(
    observed: Settings, collector: Collector, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(observed) as (_, client):
        await client.get("/_things/bool")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    span = collector.span("GET /_things/{name}")
    [line] = [line for line in lines if line["event"] == "request"]
    assert (line["trace_id"], line["span_id"]) == (span.trace_id.hex(), span.span_id.hex())
    assert line["request_id"]


async def test_requests_are_measured_by_route_and_not_by_path(
    observed: Settings, collector: Collector
) -> None:
    async with running(observed) as (_, client):
        await client.get("/_things/bool")
        await client.get("/_things/int4")
        await client.get("/_nowhere/1")

    points = collector.metrics["http.server.request.duration"].histogram.data_points
    found = {point.count: attributes(point.attributes) for point in points}
    assert found[2]["http.route"] == "/_things/{name}"
    assert (found[2]["http.request.method"], found[2]["http.response.status_code"]) == ("GET", 200)
    assert "http.route" not in found[1]
    assert not any("nowhere" in str(point) for point in points)


async def test_the_pool_reports_connections_in_use_and_pending_requests(
    observed: Settings, collector: Collector
) -> None:
    async with running(observed.model_copy(update={"database_pool_size": 2})) as (app, client):
        engine, telemetry = app.state.database.engine, app.state.telemetry
        async with engine.connect(), engine.connect(), asyncio.timeout(30):
            waiting = asyncio.create_task(client.get("/_things/bool"))
            while not engine.pool.waiting:  # noqa: ASYNC110 - a counter has no event
                await asyncio.sleep(0)
            await asyncio.to_thread(telemetry.meter_provider.force_flush)
            used, idle = collector.counts("db.client.connection.count")
            [limit] = collector.counts("db.client.connection.max")
            [pending] = collector.counts("db.client.connection.pending_requests")
        answered = await waiting

    name = {"db.client.connection.pool.name": engine.url.database}
    assert used == (name | {"db.client.connection.state": "used"}, 2)
    assert idle == (name | {"db.client.connection.state": "idle"}, 0)
    assert (limit, pending) == ((name, 2), (name, 1))
    assert answered.status_code == 200
    assert collector.counts("db.client.connection.pending_requests") == [(name, 0)]


async def test_a_wait_for_a_connection_that_was_too_long_is_counted(
    observed: Settings, collector: Collector
) -> None:
    small = {"database_pool_size": 1, "database_pool_timeout": 0.01}

    async with (
        running(observed.model_copy(update=small)) as (app, client),
        app.state.database.engine.connect(),
    ):
        refused = await client.get("/_things/bool")

    assert refused.status_code == 503
    assert [count for _, count in collector.counts("db.client.connection.timeouts")] == [1]


async def test_metrics_can_be_left_out(observed: Settings, collector: Collector) -> None:
    async with running(observed.model_copy(update={"otel_metrics_exporter": "none"})) as (
        _,
        client,
    ):
        await client.get("/_things/bool")

    assert collector.spans
    assert collector.metrics == {}


async def test_a_collector_that_is_down_costs_one_line_and_no_request(
    observed: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.1")
    nowhere = {"otel_exporter_otlp_endpoint": "http://127.0.0.1:1"}

    async with running(observed.model_copy(update=nowhere)) as (_, client):
        response = await client.get("/_things/bool")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert response.status_code == 200
    [complaint] = [line for line in lines if line.get("logger", "").startswith("opentelemetry")]
    assert complaint["event"].startswith("Failed to export")


async def test_stopping_does_not_wait_for_a_collector_that_does_not_answer(
    observed: Settings, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infrastructure.telemetry.FLUSH_SECONDS", 0.01)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "3600")
    collector.answering.clear()

    async with asyncio.timeout(20):  # the SDK itself waits for 30
        async with running(observed) as (_, client):
            await client.get("/_things/bool")

    assert collector.bodies == []
