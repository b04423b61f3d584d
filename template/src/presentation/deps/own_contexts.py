"""The wiring of your own contexts. Each of them is wired in its own package beside this module."""

from fastapi import FastAPI

from application.sessions import Sessions
from infrastructure.config import Settings


def wire(app: FastAPI, settings: Settings) -> None:
    """Build the objects of your contexts that live as long as the application."""


def bind(app: FastAPI, sessions: Sessions) -> None:
    """Bind their use cases: `catalog.bind(app, sessions)`, with `catalog` from `presentation.deps`."""


async def close(app: FastAPI) -> None:
    """Close what `wire` has opened."""
