"""The wiring of identity."""

from fastapi import FastAPI

from application.identity.roles import ROLES
from application.sessions import Sessions
from infrastructure.config import Settings
from infrastructure.security.actor_log import naming_the_actor
from presentation.deps.actor import Actors, bind_actors
from presentation.deps.identity.adapters import build_adapters
from presentation.deps.identity.discovery import bind_discovery
from presentation.deps.identity.login import bind_login
from presentation.deps.identity.users import bind_users


def wire(app: FastAPI, settings: Settings) -> None:
    app.state.identity = build_adapters(settings)


def bind(app: FastAPI, sessions: Sessions) -> None:
    app.state.login = bind_login(sessions, app.state.identity)
    bind_actors(app, Actors(naming_the_actor(app.state.login.authenticate)))
    app.state.discovery = bind_discovery(app.state.identity)
    app.state.users = bind_users(sessions, app.state.identity, ROLES)
