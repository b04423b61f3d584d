"""What the service tells about itself: FastAPI's own telemetry, and where it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig
    from starlette.types import Scope

    from infrastructure.config import Settings
    from infrastructure.telemetry import Telemetry


def start_telemetry(settings: Settings, version: str) -> Telemetry | None:
    """Return nothing, and import nothing, when nobody said where to send it."""
    if not settings.otel_exporter_otlp_endpoint:
        return None
    from infrastructure.telemetry import Telemetry

    return Telemetry(settings, version)


def native_telemetry(telemetry: Telemetry | None) -> TelemetryConfig:
    """Tell FastAPI what to observe.

    No logs: they go to standard output, once. No spans within a request: a 404 that a use case
    raised would count as an error there.
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
    """Orchestrators ask every few seconds, and would drown what callers did."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path.startswith("/health/")
