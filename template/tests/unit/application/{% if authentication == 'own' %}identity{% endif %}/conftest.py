import pytest

from tests.unit.application.identity.world import World


@pytest.fixture
def world() -> World:
    return World()
