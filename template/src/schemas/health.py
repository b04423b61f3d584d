"""The responses of the health checks."""

from typing import Literal

from schemas.base import CamelModel


class HealthResponse(CamelModel):
    status: Literal["ok"] = "ok"
