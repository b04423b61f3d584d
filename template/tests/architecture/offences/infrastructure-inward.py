# offence: http exception
# plant: src/infrastructure/persistence/billing/invoice_repo.py
from fastapi import HTTPException  # refused


class PgInvoiceRepository:
    async def find(self, number: str) -> object:
        raise HTTPException(status_code=404)


# offence: lazy presentation
# plant: src/infrastructure/mailer.py
def base_url() -> str:
    from presentation import about  # refused

    return about.TITLE


# offence: starlette types
# plant: src/infrastructure/uploads.py
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.datastructures import UploadFile as Upload  # refused


async def store(upload: Upload) -> None: ...


# offence: wire shape
# plant: src/infrastructure/webhooks.py
import schemas.health as shapes  # refused
from fastapi.encoders import (  # refused
    jsonable_encoder as encode,
)


def body() -> object:
    return encode(shapes.HealthResponse())
