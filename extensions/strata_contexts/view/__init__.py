"""The view: all that templates print about a model, computed once and documented here.

A template holds loops, look-ups and conditions on booleans, and nothing that computes. Names that end
in ``_annotation``, ``_call`` or ``_sql`` are code, ready to be printed. ``build`` makes the view.

In the calls, ``data`` is the input of a use case, ``row`` a row by its columns, and the entity is named
for its aggregate: ``order``.
"""

from __future__ import annotations

from .access import PermissionView
from .aggregate import AggregateView
from .fields import (
    FieldSample,
    FieldView,
    SampleView,
    ValueObject,
    WireType,
    WrittenRefusal,
    WrongInside,
)
from .listing import ListingView
from .model import LAST_MIGRATIONS, ContextView, ModelView
from .operations import (
    ChangeView,
    LifecycleView,
    Refusal,
    RemovalView,
    StateView,
    TransitionView,
    UseCase,
)
from .parts import PartView, UniquePartView
from .reads import (
    CriterionView,
    FilterView,
    GivenValue,
    IndexView,
    SearchTest,
    SortView,
    UniqueView,
)
from .refs import HiddenTarget, RefView, TargetView
from .rules import RuleTest, RuleView, SqlRefusal, StateRule
from .values import BrokenRule, InnerView, ValueView

__all__ = [
    "LAST_MIGRATIONS",
    "AggregateView",
    "BrokenRule",
    "ChangeView",
    "ContextView",
    "CriterionView",
    "FieldSample",
    "FieldView",
    "FilterView",
    "GivenValue",
    "HiddenTarget",
    "IndexView",
    "InnerView",
    "LifecycleView",
    "ListingView",
    "ModelView",
    "PartView",
    "PermissionView",
    "RefView",
    "Refusal",
    "RemovalView",
    "RuleTest",
    "RuleView",
    "SampleView",
    "SearchTest",
    "SortView",
    "SqlRefusal",
    "StateRule",
    "StateView",
    "TargetView",
    "TransitionView",
    "UniquePartView",
    "UniqueView",
    "UseCase",
    "ValueObject",
    "ValueView",
    "WireType",
    "WrittenRefusal",
    "WrongInside",
]
