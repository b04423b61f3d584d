from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import func, select

from application.sessions import Sessions
from infrastructure.persistence.metadata import metadata
from tests.integration.http.identity.steps import an_admin
from tests.integration.http.test_odd_input import (
    ODD_ENCODED,
    ODD_JSON,
    UNUSUAL_ENCODED,
    UNUSUAL_JSON,
    try_everywhere,
)


async def test_invalid_text_is_refused_by_every_route_and_not_stored(
    app: FastAPI, client: AsyncClient, sessions: Sessions
) -> None:
    admin = await an_admin(app, client)
    before = await _rows(sessions)

    statuses = await try_everywhere(client, app.openapi(), ODD_JSON, ODD_ENCODED, admin)

    assert len(statuses) > 100
    others = {place: status for place, status in statuses.items() if status not in (413, 422)}
    assert others == {}
    assert await _rows(sessions) == before


async def test_no_route_breaks_on_unusual_text(app: FastAPI, client: AsyncClient) -> None:
    admin = await an_admin(app, client)

    statuses = await try_everywhere(client, app.openapi(), UNUSUAL_JSON, UNUSUAL_ENCODED, admin)

    assert {place: status for place, status in statuses.items() if status >= 500} == {}


async def _rows(sessions: Sessions) -> dict[str, int]:
    async with sessions.write() as session:
        return {
            table.name: await session.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }
