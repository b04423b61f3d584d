"""The wiring of telemetry: what FastAPI itself records, and where it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig
    from starlette.types import Scope

    from infrastructure.config import Settings
    from infrastructure.telemetry import Telemetry


def start_telemetry(settings: Settings, version: str) -> Telemetry | None:
    """Start the telemetry. Without an endpoint, return None and do not import the SDK."""
    if not settings.otel_exporter_otlp_endpoint:
        return None
    from infrastructure.telemetry import Telemetry

    return Telemetry(settings, version)


def native_telemetry(telemetry: Telemetry | None) -> TelemetryConfig:
    """Configure what FastAPI records.

    Logs are off, because they already go to standard output. Spans within a request are off,
    because a 404 that a use case raises would be recorded as an error there.
    """
    if telemetry is None:
        return {"auto_configure": False, "tracing": False, "metrics": False, "logs": False}
    return {
        "auto_configure": False,
        "tracer_provider": telemetry.tracer_provider,
        "meter_provider": telemetry.meter_provider,
        "logs": False,
        "operation_spans": False,
        "exclude": is_health_check,
    }


def is_health_check(scope: Scope) -> bool:
    """Tell whether not to record a request: health checks would outnumber all others."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path.startswith("/health/")
