"""The health checks for orchestrators and load balancers."""

from fastapi import APIRouter

from application.errors import AppUnavailableError
from application.health.use_cases import check_readiness
from presentation.deps.shared import DatabaseProbeDep, ReadinessTimeoutDep
from presentation.openapi import problems
from schemas.health import HealthResponse

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def live_endpoint() -> HealthResponse:
    """Check that the process is running."""
    return HealthResponse()


@router.get("/ready", responses=problems(AppUnavailableError))
async def ready_endpoint(
    database: DatabaseProbeDep, time_limit: ReadinessTimeoutDep
) -> HealthResponse:
    """Check that the database responds, and has the migrations that this version needs."""
    await check_readiness(database, time_limit)
    return HealthResponse()
