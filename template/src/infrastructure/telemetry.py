"""Traces and metrics, sent by OTLP to `OTEL_EXPORTER_OTLP_ENDPOINT`.

This module is imported only when that variable is set, because the SDK costs memory and start-up
time. FastAPI itself instruments the requests, with the providers that are created here. This module
instruments the database. The SDK reads OpenTelemetry's other variables
(`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_TRACES_SAMPLER`, ...) from the environment.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from contextlib import contextmanager
from functools import lru_cache
from threading import Thread
from typing import TYPE_CHECKING, cast

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opentelemetry.context import Context
    from opentelemetry.metrics import Meter
    from opentelemetry.sdk.trace import Span
    from sqlalchemy import Connection, Engine, ExceptionContext
    from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

    from infrastructure.config import Settings
    from infrastructure.persistence.pool import TranslatingPool

# At shutdown, running requests get 20 seconds, and cancelled ones 3 more. Together with this limit
# that stays below the usual 30 seconds of an orchestrator.
FLUSH_SECONDS = 5.0

_NAME = "infrastructure.telemetry"
_SILENT_SECONDS = 300.0
_EXPORTERS = (OTLPSpanExporter.__module__, OTLPMetricExporter.__module__)
_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+([\w."]+)', re.IGNORECASE)


class Telemetry:
    """The providers of traces and metrics, from start-up until `close`."""

    def __init__(self, settings: Settings, version: str) -> None:
        endpoint = settings.otel_exporter_otlp_endpoint.rstrip("/")
        resource = Resource.create(
            {"service.name": settings.otel_service_name, "service.version": version}
        )
        self.tracer_provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self.tracer_provider.add_span_processor(_QueryRedactor())
        self.tracer_provider.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(f"{endpoint}/v1/traces"))
        )
        readers: list[MetricReader] = []
        if settings.otel_metrics_exporter == "otlp":
            readers.append(
                PeriodicExportingMetricReader(OTLPMetricExporter(f"{endpoint}/v1/metrics"))
            )
        self.meter_provider = MeterProvider(readers, resource, shutdown_on_exit=False)
        self._throttle = _Throttle()
        for name in _EXPORTERS:
            logging.getLogger(name).addFilter(self._throttle)

    def observe(self, engine: Engine) -> StatementSpans:
        """Create a span for each statement of the engine, and measure its connection pool.

        Statements that bypass the engine are traced by `around` of the returned object.
        """
        _PoolMetrics(self.meter_provider.get_meter(_NAME), engine)
        return StatementSpans(self.tracer_provider.get_tracer(_NAME), engine)

    async def close(self) -> None:
        """Send the remaining data, but do not wait long for a collector that is down."""
        await asyncio.to_thread(self._shut_down)
        for name in _EXPORTERS:
            logging.getLogger(name).removeFilter(self._throttle)

    def _shut_down(self) -> None:
        """Shut down both providers in parallel, within `FLUSH_SECONDS`.

        The SDK would wait up to 30 seconds for each. Daemon threads do not keep the process alive.
        """
        deadline = time.monotonic() + FLUSH_SECONDS
        threads = [
            Thread(target=provider.shutdown, daemon=True)
            for provider in (self.tracer_provider, self.meter_provider)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))


class _QueryRedactor(SpanProcessor):
    """Redacts the query of URLs.

    FastAPI records it, and callers put tokens, names and addresses into it.
    """

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        if span.attributes and "url.query" in span.attributes:
            span.set_attribute("url.query", "REDACTED")


class _Throttle(logging.Filter):
    """Lets one message of the exporters through every five minutes.

    While the collector is down, an exporter logs several errors for every batch that it cannot send.
    """

    def __init__(self) -> None:
        super().__init__()
        self._silent_until = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        if time.monotonic() < self._silent_until:
            return False
        self._silent_until = time.monotonic() + _SILENT_SECONDS
        return True


class StatementSpans:
    """A span for each statement of a traced request: its text, never the values bound to it.

    The names follow https://opentelemetry.io/docs/specs/semconv/db/postgresql/. The driver's error
    message is left out, because PostgreSQL quotes values in it.
    """

    def __init__(self, tracer: trace.Tracer, engine: Engine) -> None:
        self._tracer = tracer
        where = {
            "server.address": engine.url.host,
            "server.port": engine.url.port,
            "db.namespace": engine.url.database,
        }
        self._attributes: dict[str, str | int] = {"db.system.name": "postgresql"}
        self._attributes |= {key: value for key, value in where.items() if value is not None}
        self._open: dict[ExecutionContext | None, trace.Span] = {}
        event.listen(engine, "before_cursor_execute", self._start)
        event.listen(engine, "after_cursor_execute", self._end)
        event.listen(engine, "handle_error", self._fail)

    @contextmanager
    def around(self, statement: str) -> Iterator[None]:
        """Create the span of a statement that bypasses the engine."""
        span = self._span_of(statement)
        try:
            yield
        except BaseException as exc:
            _mark_as_failed(span, exc)
            raise
        finally:
            span.end()

    def _span_of(self, statement: str) -> trace.Span:
        # Statements outside a traced request, such as those of a health check, get no span.
        if not trace.get_current_span().is_recording():
            return trace.INVALID_SPAN
        summary = _summary(statement)
        return self._tracer.start_span(
            summary,
            kind=SpanKind.CLIENT,
            attributes=self._attributes | {"db.query.summary": summary, "db.query.text": statement},
        )

    def _start(
        self,
        connection: Connection,
        cursor: DBAPICursor,
        statement: str,
        parameters: object,
        context: ExecutionContext,
        executemany: bool,
    ) -> None:
        self._open[context] = self._span_of(statement)

    def _end(
        self,
        connection: Connection,
        cursor: DBAPICursor,
        statement: str,
        parameters: object,
        context: ExecutionContext,
        executemany: bool,
    ) -> None:
        self._open.pop(context).end()

    def _fail(self, error: ExceptionContext) -> None:
        span = self._open.pop(error.execution_context, trace.INVALID_SPAN)
        _mark_as_failed(span, error.original_exception.__cause__ or error.original_exception)
        span.end()


def _mark_as_failed(span: trace.Span, error: BaseException) -> None:
    if state := getattr(error, "sqlstate", None):
        span.set_attribute("db.response.status_code", state)
    span.set_attribute("error.type", state or type(error).__name__)
    span.set_status(StatusCode.ERROR)


@lru_cache(maxsize=1024)
def _summary(statement: str) -> str:
    """Return the operation and the first table of a statement, such as `SELECT orders`."""
    operation = statement.split(maxsplit=1)[0].upper()
    table = _TABLE.search(statement)
    return f"{operation} {table[1]}" if table else operation


class _PoolMetrics:
    """Metrics of the connection pool.

    The names follow https://opentelemetry.io/docs/specs/semconv/db/database-metrics/.
    """

    def __init__(self, meter: Meter, engine: Engine) -> None:
        self._engine = engine
        self._name = {"db.client.connection.pool.name": engine.url.database or ""}
        number_of = meter.create_observable_up_down_counter
        number_of("db.client.connection.count", [self._connections], "{connection}")
        number_of("db.client.connection.max", [self._limit], "{connection}")
        number_of("db.client.connection.pending_requests", [self._waiting], "{request}")
        meter.create_observable_counter(
            "db.client.connection.timeouts", [self._timeouts], "{timeout}"
        )

    def _connections(self, _options: CallbackOptions) -> Iterable[Observation]:
        for state, number in (("used", self._pool.checkedout()), ("idle", self._pool.checkedin())):
            yield Observation(number, self._name | {"db.client.connection.state": state})

    def _limit(self, _options: CallbackOptions) -> Iterable[Observation]:
        yield Observation(self._pool.size(), self._name)

    def _waiting(self, _options: CallbackOptions) -> Iterable[Observation]:
        yield Observation(self._pool.waiting, self._name)

    def _timeouts(self, _options: CallbackOptions) -> Iterable[Observation]:
        yield Observation(self._pool.timeouts, self._name)

    @property
    def _pool(self) -> TranslatingPool:
        return cast("TranslatingPool", self._engine.pool)
