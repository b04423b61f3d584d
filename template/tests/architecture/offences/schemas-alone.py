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
