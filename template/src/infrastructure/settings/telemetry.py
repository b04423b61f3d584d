"""The settings of logs, traces and metrics."""

from typing import Literal

from pydantic import field_validator

from infrastructure.addresses import check_web_address
from infrastructure.settings.base import EnvironmentSettings, Name


class TelemetrySettings(EnvironmentSettings):
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"

    otel_exporter_otlp_endpoint: str = ""
    """Where traces and metrics are sent. If it is empty, none are made, and they cost nothing."""

    otel_exporter_otlp_protocol: Literal["http/protobuf"] = "http/protobuf"
    """Only this protocol is installed; any other value stops the service at start-up."""

    otel_metrics_exporter: Literal["otlp", "none"] = "otlp"
    """Use `none` for a backend that accepts traces only."""

    otel_service_name: Name
    """The name of the service in the backend."""

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, given: object) -> object:
        return given.upper() if isinstance(given, str) else given

    @field_validator(
        "log_format", "otel_exporter_otlp_protocol", "otel_metrics_exporter", mode="before"
    )
    @classmethod
    def _in_small_letters(cls, given: object) -> object:
        return given.lower() if isinstance(given, str) else given

    @field_validator("otel_exporter_otlp_endpoint")
    @classmethod
    def _must_be_an_address(cls, given: str) -> str:
        return check_web_address(given) if given else given
