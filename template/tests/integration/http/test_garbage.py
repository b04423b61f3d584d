import gc

from infrastructure.config import Settings
from presentation.app import create_app


async def test_while_it_runs_the_service_looks_less_often_for_garbage(settings: Settings) -> None:
    usual, frozen = gc.get_threshold(), gc.get_freeze_count()
    app = create_app(settings)

    async with app.router.lifespan_context(app):
        assert gc.get_threshold()[0] > usual[0]
        assert gc.get_freeze_count() > frozen

    assert gc.get_threshold() == usual
    assert gc.get_freeze_count() == 0
