"""What lets the fuzz tests of a service send bodies that keep rules over two members."""

from __future__ import annotations

import ast
import itertools
import runpy
import sys
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from types import SimpleNamespace
from typing import Any

import pytest

from extensions import strata_contexts
from tests.conftest import ROOT
from tests.pages import rendered

MODULE = ROOT / "template/tests/{% if contexts %}rules.py{% endif %}"
ADDED_PARTS = "template/tests/{% if model.has_added_parts %}added_parts.py{% endif %}"
HOLDS = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne}
OF_TYPE: dict[str, tuple[Any, Any]] = {
    "integer": (1, 2),
    "decimal": ("1.50", "2.00"),
    "date": ("2000-01-01", "2000-01-02"),
    "datetime": ("2000-01-01T12:00:00+02:00", "2000-01-01T11:00:00Z"),
    "money": ({"amount": "1.00", "currency": "EUR"}, {"amount": "2.00", "currency": "EUR"}),
}


def compare(*arguments: Any) -> None:
    """Call the function of a service, which no option changes."""
    runpy.run_path(str(MODULE))["compare"](*arguments)


def compare_all(*arguments: Any) -> None:
    runpy.run_path(str(MODULE))["compare_all"](*arguments)


@pytest.mark.parametrize("operator", ["==", "!="])
@pytest.mark.parametrize(("left", "right"), [(False, False), (False, True), (True, False)])
def test_true_and_false_keep_a_rule_afterwards(left: bool, right: bool, operator: str) -> None:
    body = {"left": left, "right": right}

    compare(
        body, "left", operator, "right", "boolean", *((False, True) if operator == "!=" else ())
    )

    assert HOLDS[operator](body["left"], body["right"])


def test_texts_that_only_differ_in_blanks_and_capitals_are_the_same() -> None:
    body = {"left": "ada@example.org", "right": " Ada@example.org  "}

    compare(body, "left", "!=", "right", "email", "ada@example.org", "bob@example.org")

    assert body == {"left": "ada@example.org", "right": "bob@example.org"}


def test_members_with_other_limits_are_not_exchanged() -> None:
    """A body with an amount of a hundred where only a digit may stand would be refused for that."""
    share = {"type": "decimal", "precision": 1, "scale": 1}
    fields = {"share": share, "weight": {**share, "precision": 12}}
    order = {"name": "Order", "fields": fields, "rules": {"it_is_light": "share <= weight"}}
    page = {"contexts": [{"name": "ordering", "aggregates": [order]}]}
    model = strata_contexts.view_of(strata_contexts.read_answers(page))
    [rule] = model.contexts[0].aggregates[0].rules
    body = {"share": "0.9", "weight": "-100.0"}

    compare(body, *ast.literal_eval(f"({rule.compared})"))

    assert body["share"] == rule.kept[0]
    assert Decimal(body["share"]) <= Decimal(body["weight"])


@pytest.mark.parametrize("is_equal", [True, False])
@pytest.mark.parametrize("operator", HOLDS)
@pytest.mark.parametrize("kind", OF_TYPE)
def test_a_body_keeps_a_rule_afterwards(kind: str, operator: str, is_equal: bool) -> None:
    small, large = OF_TYPE[kind]
    kept = {"<": (small, large), "!=": (small, large), ">": (large, small)}.get(operator, ())
    for left, right in ((small, small),) if is_equal else ((small, large), (large, small)):
        body = {"left": left, "right": right}

        compare(body, "left", operator, "right", kind, *kept)

        one, other = ([small, large].index(body[side]) for side in ("left", "right"))
        assert HOLDS[operator](one, other), body


def test_a_whole_number_and_a_decimal_keep_a_rule_afterwards() -> None:
    body: dict[str, Any] = {"left": 0, "right": "1.00"}

    compare(body, "left", "==", "right", "integer decimal", 2, "2.00")

    assert body == {"left": 2, "right": "2.00"}


def test_a_decimal_that_is_no_text_stays_wrong() -> None:
    body: dict[str, Any] = {"left": 0, "right": 1.5}

    compare(body, "left", "==", "right", "integer decimal", 2, "2.00")

    assert body == {"left": 0, "right": 1.5}


@pytest.mark.parametrize("operator", ["<", "<=", "!=", ">"])
def test_a_body_keeps_rules_about_the_same_member_afterwards(operator: str) -> None:
    kept = (9, 8, 7) if operator == ">" else (7, 8, 9)
    rules = [
        ("a", operator, "b", "integer", kept[0], kept[1]),
        ("b", operator, "c", "integer", kept[1], kept[2]),
    ]
    for numbers in itertools.product((7, 8, 20), repeat=3):
        body = dict(zip("abc", numbers, strict=True))

        compare_all(body, *rules)

        assert HOLDS[operator](body["a"], body["b"]), (numbers, body)
        assert HOLDS[operator](body["b"], body["c"]), (numbers, body)


def test_a_rule_that_equal_values_break_says_which_values_keep_it() -> None:
    fields = {"lent_on": "date", "due_on": "date"}
    loan = {"name": "Loan", "fields": fields, "rules": {"later": "due_on > lent_on"}}
    page = {"contexts": [{"name": "lending", "aggregates": [loan]}]}

    texts = {path.name: text for path, text in rendered(page, "own", below="tests")}

    [line] = [each for each in texts["fuzz_hooks_loan.py"].splitlines() if "compare(body" in each]
    later, earlier = line.strip(" )").split(", ")[-2:]
    assert later > earlier


def test_requests_to_a_part_go_to_the_one_that_was_added_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Schemathesis takes the id of an answer for that of the part, but the answer is the whole order."""
    monkeypatch.setitem(
        sys.modules, "schemathesis", SimpleNamespace(hook=lambda function: function)
    )
    added = runpy.run_path(str(ROOT / ADDED_PARTS))
    added["address_parts"]("/orders/{orderId}/lines", "lines")
    order = {"id": "an-order", "lines": [{"id": "a-line"}, {"id": "another-line"}]}

    added["after_call"](None, sent("POST", "/orders/{orderId}/lines"), answered(200, order))
    case = sent("PUT", "/orders/{orderId}/lines/{lineId}", orderId="an-order", lineId="an-order")
    added["before_call"](None, case, {})

    assert case.path_parameters == {"orderId": "an-order", "lineId": "another-line"}


def sent(method: str, path: str, **parameters: str) -> SimpleNamespace:
    """A request as hooks of schemathesis see it."""
    operation = SimpleNamespace(path=path)
    return SimpleNamespace(method=method, operation=operation, path_parameters=parameters)


def answered(status: int, body: object) -> SimpleNamespace:
    return SimpleNamespace(status_code=status, json=lambda: body)
