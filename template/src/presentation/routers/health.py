"""What orchestrators and load balancers ask."""

from fastapi import APIRouter

from application.errors import AppUnavailableError
from application.health.use_cases import check_readiness
from presentation.deps.shared import DatabaseProbeDep, ReadinessTimeoutDep
from presentation.openapi import problems
from schemas.health import HealthResponse

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def live_endpoint() -> HealthResponse:
    """The process runs and answers."""
    return HealthResponse()


@router.get("/ready", responses=problems(AppUnavailableError))
async def ready_endpoint(
    database: DatabaseProbeDep, time_limit: ReadinessTimeoutDep
) -> HealthResponse:
    """The database answers too, and was migrated as far as this version needs."""
    await check_readiness(database, time_limit)
    return HealthResponse()
