import pytest

from application.errors import AppUnavailableError, RepoUnavailableError
from application.health.use_cases import check_readiness
from tests.fakes.health import FakeDatabaseProbe


async def test_a_service_whose_database_answers_is_ready() -> None:
    await check_readiness(FakeDatabaseProbe(), time_limit=1)


async def test_a_service_without_its_database_is_not_ready() -> None:
    database = FakeDatabaseProbe(error=RepoUnavailableError("refused"))

    with pytest.raises(AppUnavailableError):
        await check_readiness(database, time_limit=1)


async def test_a_database_that_takes_too_long_counts_as_absent() -> None:
    database = FakeDatabaseProbe(delay=30)

    with pytest.raises(AppUnavailableError):
        await check_readiness(database, time_limit=0.01)
