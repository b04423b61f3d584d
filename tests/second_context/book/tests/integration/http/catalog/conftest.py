from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from tests.integration.http.actors import anybody_may_act


@pytest.fixture
def acting(app: FastAPI, client: AsyncClient) -> Iterator[AsyncClient]:
    """A client of anybody; see `acting_as`."""
    with anybody_may_act(app):
        yield client
