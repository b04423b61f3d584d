"""What lets the fuzz tests of a service send bodies that keep rules over two members."""

from __future__ import annotations

import runpy
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.pages import rendered

MODULE = ROOT / "template/tests/{% if contexts %}rules.py{% endif %}"
HOLDS = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne}
OF_TYPE: dict[str, tuple[Any, Any]] = {
    "integer": (1, 2),
    "decimal": ("1.50", "2.00"),
    "date": ("2000-01-01", "2000-01-02"),
    "money": ({"amount": "1.00", "currency": "EUR"}, {"amount": "2.00", "currency": "EUR"}),
}


def compare(*arguments: Any) -> None:
    """Call the function of a service, which no option changes."""
    runpy.run_path(str(MODULE))["compare"](*arguments)


@pytest.mark.parametrize("is_equal", [True, False])
@pytest.mark.parametrize("operator", HOLDS)
@pytest.mark.parametrize("kind", OF_TYPE)
def test_a_body_keeps_a_rule_afterwards(kind: str, operator: str, is_equal: bool) -> None:
    small, large = OF_TYPE[kind]
    kept = (small, large) if operator in ("<", "!=") else (large, small)
    for left, right in ((small, small),) if is_equal else ((small, large), (large, small)):
        body = {"left": left, "right": right}

        compare(body, "left", operator, "right", kind, *kept)

        one, other = (str(body[side]) for side in ("left", "right"))
        assert HOLDS[operator](one, other), body


def test_a_rule_that_equal_values_break_says_which_values_keep_it() -> None:
    fields = {"lent_on": "date", "due_on": "date"}
    loan = {"name": "Loan", "fields": fields, "rules": {"later": "due_on > lent_on"}}
    page = {"contexts": [{"name": "lending", "aggregates": [loan]}]}

    texts = {path.name: text for path, text in rendered(page, "own", below="tests")}

    [line] = [each for each in texts["fuzz_hooks_loan.py"].splitlines() if "compare(body" in each]
    later, earlier = line.strip(" )").split(", ")[-2:]
    assert later > earlier
