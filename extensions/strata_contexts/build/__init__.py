"""Makes the view of a page that has no mistakes.

``aggregate`` puts the view of an aggregate together. Each of the other modules computes one thing about
it: ``subject`` is the aggregate itself, on its page; then come its ``fields``, the ``samples`` of its tests,
its ``rules``, what is ``unique``, its ``constraints``, its ``states`` and the ``transitions`` between them,
``changes``, ``parts`` and ``removal``. ``access`` says who may do what, ``matrix`` with which status the tests
see it, and ``responses`` what routes declare of it. ``texts`` has sentences and names of operations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import names
from ..bodies import USUAL, LongBody, most_bytes
from ..value_view import value_view
from ..view import LAST_MIGRATIONS, ContextView, ModelView
from ..walk import aggregates
from .aggregate import aggregate_view
from .subject import Subject

if TYPE_CHECKING:
    from ..models import Page


def view_of(page: Page, authentication: str = "own") -> ModelView:
    """Compute all that templates print of a page, which must have no mistakes."""
    return ModelView(
        has_actors=authentication != "none",
        roles=tuple(page.roles),
        values=tuple(value_view(name, page) for name in page.values),
        contexts=tuple(
            context_view(place, page, authentication) for place in range(len(page.contexts))
        ),
        long_bodies=tuple(
            LongBody(here.url, most)
            for here in aggregates(page)
            if (most := most_bytes(here.aggregate, page)) > USUAL
        ),
        last_of_template=LAST_MIGRATIONS[authentication],
    )


def context_view(place: int, page: Page, authentication: str) -> ContextView:
    context = page.contexts[place]
    views = tuple(
        aggregate_view(Subject(here, page, authentication))
        for here in aggregates(page)
        if here.path[1] == place
    )
    refs = [ref for view in views for ref in view.every_ref if ref.is_foreign]
    return ContextView(
        name=context.name,
        label=names.spaced(context.name),
        doc=names.sentence(context.doc),
        aggregates=views,
        needs=tuple(sorted({ref.context for ref in refs})),
        foreign=tuple({ref.aggregate: ref for ref in refs}.values()),
    )
