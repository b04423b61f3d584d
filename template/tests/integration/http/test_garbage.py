import gc
from collections.abc import Iterator

import pytest

from infrastructure.config import Settings
from presentation.app import create_app

USUAL = (700, 10, 10)


@pytest.fixture(autouse=True)
def _usual_settings() -> Iterator[None]:
    """The settings of a new process, in place of those that all tests share."""
    shared = gc.get_threshold()
    gc.unfreeze()
    gc.set_threshold(*USUAL)
    yield
    gc.freeze()
    gc.set_threshold(*shared)


async def test_while_it_runs_the_service_looks_less_often_for_garbage(settings: Settings) -> None:
    app = create_app(settings)

    async with app.router.lifespan_context(app):
        assert gc.get_threshold()[0] > USUAL[0]
        assert gc.get_freeze_count() > 0

    assert gc.get_threshold() == USUAL
    assert gc.get_freeze_count() == 0


async def test_a_second_application_in_the_process_changes_nothing(settings: Settings) -> None:
    first, second = create_app(settings), create_app(settings)

    async with first.router.lifespan_context(first):
        frozen = gc.get_freeze_count()
        async with second.router.lifespan_context(second):
            assert gc.get_freeze_count() <= frozen  # some of them may have ended meanwhile

        assert gc.get_threshold() != USUAL
