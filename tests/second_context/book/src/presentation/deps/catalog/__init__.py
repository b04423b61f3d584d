"""The wiring of the catalogue. A line per aggregate."""

from fastapi import FastAPI

from application.sessions import Sessions
from presentation.deps.catalog.books import bind_books


def bind(app: FastAPI, sessions: Sessions) -> None:
    app.state.books = bind_books(sessions)
