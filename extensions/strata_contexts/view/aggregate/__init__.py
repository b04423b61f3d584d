"""An aggregate in every layer.

``facts`` has what is computed once for each aggregate, and the other modules what templates print of that:
``words`` in sentences, ``domain``, ``application``, ``infrastructure`` and ``presentation`` in these layers,
``fuzzed`` in the fuzz tests, and ``tested`` in all others.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ...page_view import page_of
from .fuzzed import FuzzedAggregate
from .infrastructure import StoredAggregate
from .tested import TestedAggregate

if TYPE_CHECKING:
    from ...pages import PageView


class AggregateView(TestedAggregate, FuzzedAggregate, StoredAggregate):
    """An aggregate in every layer."""

    @cached_property
    def page(self) -> PageView:
        """Its page in `docs/contexts/`."""
        return page_of(self)
