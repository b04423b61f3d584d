# offence: domain enum
# plant: src/schemas/parcels.py
from domain.shared import DomainError as Problem  # refused
from schemas.base import CamelModel


class ParcelResponse(CamelModel):
    problem: type[Problem]


# offence: output type
# plant: src/schemas/billing.py
from application.health import use_cases  # refused
from schemas.base import CamelModel


class InvoiceResponse(CamelModel):
    number: str

    async def check(self) -> None:
        use_cases


# offence: row
# plant: src/schemas/reports.py
import infrastructure.persistence.base as tables  # refused
import presentation.about  # refused
from schemas.base import CamelModel

base = tables.Base
title = presentation.about.TITLE


class ReportResponse(CamelModel):
    title: str


# offence: to input
# plant: src/schemas/orders.py
from typing import TYPE_CHECKING

from schemas.base import CamelModel

if TYPE_CHECKING:
    from application.errors import AppError  # refused


class OrderRequest(CamelModel):
    reference: str

    def to_input(self) -> "AppError":
        from application.errors import AppError  # refused

        return AppError(self.reference)


# offence: a framework
# plant: src/schemas/uploads.py
from fastapi import UploadFile  # refused

from schemas.base import CamelModel


class UploadRequest(CamelModel):
    file: UploadFile


# offence: what looks into tables
# plant: src/schemas/tables.py
from sqlalchemy import inspect  # refused

from schemas.base import CamelModel


class TableResponse(CamelModel):
    name: str = str(inspect)


# offence: settings
# plant: src/schemas/limits.py
import pydantic_settings as settings  # refused

from schemas.base import CamelModel


class LimitResponse(CamelModel):
    limit: int = len(settings.__name__)


# offence: for typing only
# plant: src/schemas/clients.py
from typing import TYPE_CHECKING

from schemas.base import CamelModel

if TYPE_CHECKING:
    import httpx  # refused


class ClientResponse(CamelModel):
    def of(self, response: "httpx.Response") -> int:
        return response.status_code


# offence: within a method
# plant: src/schemas/logs.py
from schemas.base import CamelModel


class LogResponse(CamelModel):
    line: str

    def log(self) -> None:
        import structlog  # refused

        structlog.get_logger().info(self.line)


# innocent: what shapes are made of
# plant: src/schemas/shipments.py
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AnyHttpUrl, Field, field_validator, model_validator
from pydantic.alias_generators import to_camel

from schemas.base import CamelModel


class ShipmentState(StrEnum):
    SENT = "sent"
    RECEIVED = "received"


class Money(CamelModel):
    amount: Annotated[Decimal, Field(max_digits=12, decimal_places=2)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


class ShipmentRequest(CamelModel):
    to: str
    due: date
    price: Money
    callback: AnyHttpUrl | None = None

    @field_validator("due")
    @classmethod
    def _not_in_the_past(cls, due: date) -> date:
        if due < datetime.now(UTC).date():
            raise ValueError("must not be in the past")
        return due

    @model_validator(mode="after")
    def _costs_something(self) -> "ShipmentRequest":
        if self.price.amount <= 0:
            raise ValueError("must cost something")
        return self


class ShipmentResponse(CamelModel):
    id: UUID
    kind: Literal["shipment"] = "shipment"
    state: ShipmentState
    label: str = to_camel("a_label")
