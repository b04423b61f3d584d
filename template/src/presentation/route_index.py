"""An index of the routes, so that a request costs hardly more when there are many.

Starlette asks every route in turn whether it matches. The index uses the segments of the path to
find the few routes that can match. FastAPI then chooses among these, in the order of their
declaration, as it does without an index.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from fastapi.routing import APIRoute, APIRouter, APIWebSocketRoute
from starlette.convertors import (
    FloatConvertor,
    IntegerConvertor,
    StringConvertor,
    UUIDConvertor,
)
from starlette.routing import (
    PARAM_FORMAT_REGEX,
    BaseRoute,
    Mount,
    Route,
    WebSocketRoute,
    compile_path,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from starlette.types import Receive, Scope, Send

Segments = tuple[str | None, ...]
"""The segments that a path must have for a route to match. `None` stands for any one segment.

The last one is empty if nothing but a slash may follow.
"""
Entry = tuple[Segments, BaseRoute]

_WITHIN_A_SEGMENT = {
    kind.regex for kind in (FloatConvertor, IntegerConvertor, StringConvertor, UUIDConvertor)
}

# A route of any other class may match by something else, so it is always asked.
_BY_PATH = {kind.matches for kind in (APIRoute, APIWebSocketRoute, Mount, Route, WebSocketRoute)}


@runtime_checkable
class _IncludedRouter(Protocol):
    """FastAPI's route for an included router. Its class is private and may change.

    If it is no longer recognized, every request asks the router as a whole, as without an index.
    """

    original_router: APIRouter
    include_context: Any

    def effective_low_priority_routes(self) -> Sequence[object]: ...


class RouteIndex:
    """Runs the requests of a router: `router.middleware_stack = RouteIndex(router)`.

    Routes may be added at any time and in any way, to the router or to one that it includes.
    """

    def __init__(self, router: APIRouter) -> None:
        self._router = router
        self._read()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._router.app(scope, receive, send)
            return
        if self._lists != self._as_read:
            self._read()
        branch = self._start
        for segment in f"{_path_of(scope)}/".split("/"):
            if branch.ends:
                break
            branch = branch.after(segment)
        scope.setdefault("router", self._router)  # `url_for` needs all routes
        scope["routes"] = branch.router.routes
        await branch.router.app(scope, receive, send)

    def _read(self) -> None:
        self._lists = list(_lists_of_routes(self._router))
        self._as_read = [list(routes) for routes in self._lists]
        entries = [entry for route in self._router.routes for entry in _entries(route)]
        self._start = _Branch(self._router, entries)


class _Branch:
    """The routes that can still match after some segments, with the segments that must follow."""

    def __init__(self, router: APIRouter, entries: Sequence[Entry]) -> None:
        self.router = _with_routes(router, (route for _, route in entries))
        self._entries = entries
        self._known = {segments[0] for segments, _ in entries if segments}
        self._branches: dict[str | None, _Branch] = {}
        self.ends = not any(part is not None for segments, _ in entries for part in segments)

    def after(self, segment: str) -> _Branch:
        """Return the branch for the next segment. It is created when it is first needed."""
        key = segment if segment in self._known else None
        if key not in self._branches:
            left = [
                (segments[1:], route)
                for segments, route in self._entries
                if not segments or segments[0] in (key, None)
            ]
            self._branches[key] = _Branch(self.router, left)
        return self._branches[key]


def _entries(route: BaseRoute, prefix: str = "") -> Iterator[Entry]:
    """Yield the route, or each route of an included router as if it were included alone."""
    if not isinstance(route, _IncludedRouter):
        yield _segments(route, prefix), route
        return
    router, context = route.original_router, route.include_context
    if route.effective_low_priority_routes():
        yield (), route  # it also serves files, for any path
        return
    included: Any = type(route)
    for child in router.routes:
        for segments, leaf in _entries(child, prefix + context.prefix):
            yield segments, included(_with_routes(router, [leaf]), context)


def _segments(route: BaseRoute, prefix: str) -> Segments:
    path = prefix + getattr(route, "path", "")
    if isinstance(route, Mount):
        path += "/{path:path}"
    if type(route).matches not in _BY_PATH:
        return ()
    pattern, path, parameters = compile_path(path)
    if not prefix and pattern != getattr(route, "path_regex", None):
        return ()  # the pattern was replaced
    found: list[str | None] = []
    for segment in path.split("/"):
        names = PARAM_FORMAT_REGEX.findall(segment)
        if any(parameters[name].regex not in _WITHIN_A_SEGMENT for name in names):
            return tuple(found)
        found.append(None if names else segment)
    return (*found, "")


def _with_routes(router: APIRouter, routes: Iterable[BaseRoute]) -> APIRouter:
    """Return a copy of the router that has only these routes."""
    narrowed = copy(router)
    narrowed.routes = list(routes)
    return narrowed


def _lists_of_routes(router: APIRouter) -> Iterator[list[BaseRoute]]:
    """Yield the lists of routes of the router and of all routers that it includes."""
    yield router.routes
    for route in router.routes:
        if isinstance(route, _IncludedRouter):
            yield from _lists_of_routes(route.original_router)


def _path_of(scope: Scope) -> str:
    """Return the path below the root path, without line feeds: `$` also matches before the last one."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    below = path[len(root) :] if f"{path}/".startswith(f"{root}/") else path
    return below.replace("\n", "")
