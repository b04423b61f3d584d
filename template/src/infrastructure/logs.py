"""Structured logs on standard output: JSON for machines, colours for a terminal.

Our own code logs through structlog. Messages that libraries log through `logging` have the same
format, including the request id, and the trace and span ids if requests are traced.
"""

import json
import logging
import sys
from typing import Literal

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, Processor, WrappedLogger

_ENCODER = json.JSONEncoder(default=repr)  # shared: `json.dumps` would create one for each line

_LONGEST_TEXT = 1_000
_LONGEST_TRACEBACK = 20_000

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure_logging(
    level: str, log_format: Literal["json", "console"], *, traced: bool = False
) -> None:
    shared = [*_SHARED, _add_trace_ids] if traced else _SHARED
    rendering = _rendering(log_format)
    structlog.configure(
        processors=[*shared, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    _take_over_uvicorn()


def _add_trace_ids(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        line["trace_id"] = trace.format_trace_id(context.trace_id)
        line["span_id"] = trace.format_span_id(context.span_id)
    return line


def _rendering(log_format: Literal["json", "console"]) -> list[Processor]:
    """Return the processors that format a line.

    Tracebacks leave out the values of local variables, which may be secret.
    """
    if log_format == "console":
        console = structlog.dev.ConsoleRenderer(
            colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        return [structlog.processors.format_exc_info, _shorten, console]
    return [
        structlog.processors.format_exc_info,
        _shorten,
        structlog.processors.JSONRenderer(_to_json),
    ]


def _to_json(line: EventDict, **_given: object) -> str:
    return _ENCODER.encode(line)


def _shorten(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Shorten long values, so that data sent by a caller cannot fill the log.

    Of a traceback the end is kept, because the error is there.
    """
    for key, value in line.items():
        if key == "exception":
            line[key] = value[-_LONGEST_TRACEBACK:]
        elif isinstance(value, str) and len(value) > _LONGEST_TEXT:
            line[key] = f"{value[:_LONGEST_TEXT]}… ({len(value)} characters)"
    return line


def _take_over_uvicorn() -> None:
    """Let uvicorn log through our handler.

    Its access log is disabled, because our own middleware logs every request.
    """
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.getLogger("uvicorn.access").disabled = True
