"""Parts of aggregates: what they become, whatever their number, their fields and their names are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from extensions import strata_contexts
from extensions.strata_contexts.bodies import most_bytes
from extensions.strata_contexts.walk import aggregates
from tests.conftest import ROOT
from tests.pages import rendered

if TYPE_CHECKING:
    from extensions.strata_contexts.view import AggregateView, ModelView, PartView
    from tests.conftest import MakeService

PAGE = yaml.safe_load((ROOT / "tests/contexts/parts.yml").read_text())


@pytest.fixture(scope="module")
def model() -> ModelView:
    return strata_contexts.view_of(strata_contexts.read_answers(PAGE))


def aggregate(model: ModelView, name: str) -> AggregateView:
    every = (each for context in model.contexts for each in context.aggregates)
    return next(each for each in every if each.name == name)


def part(model: ModelView, name: str, key: str) -> PartView:
    return next(each for each in aggregate(model, name).parts if each.key == key)


def names_of_use_cases(model: ModelView, name: str) -> list[str]:
    return [each.name for each in aggregate(model, name).use_cases]


def test_a_value_in_a_part_is_columns_of_the_part(model: ModelView) -> None:
    stops = part(model, "Shipment", "stops")

    columns = [column.name for column in stops.columns]
    optional = {column.name for column in stops.columns if column.is_nullable}

    assert columns[:3] == ["place_street", "place_city", "place_country"]
    assert {"keeper_registry_id", "keeper_fee_amount", "reserve_city"} <= optional
    assert {"ck_stops_keeper_complete", "ck_stops_size_not_higher_than_wide"} <= {
        check.name for check in stops.checks
    }


def test_of_what_there_is_always_the_same_number_nothing_is_added_or_removed(
    model: ModelView,
) -> None:
    months = part(model, "Budget", "months")
    operations = names_of_use_cases(model, "Budget")

    assert "change_budget_month" in operations
    assert not {"add_budget_month", "remove_budget_month"} & set(operations)
    assert months.limits == (("NUMBER_OF_MONTHS", 12),)
    assert not any("too_" in refusal.code for refusal in months.state_refusals)


def test_of_what_there_is_one_at_most_it_is_added_where_there_is_none(model: ModelView) -> None:
    notes = part(model, "Budget", "approval_notes")

    assert "add_approval_note" in names_of_use_cases(model, "Budget")
    assert (notes.is_single, notes.count, notes.numbers) == (True, 1, "(number,)")
    assert notes.first_input == "replace(FIRST, approval_notes=[])"


@pytest.mark.parametrize(
    ("key", "number", "label"),
    [
        ("months", 12, '"number": number + 1'),
        ("periods", 4, '"label": ["Label", "Label 3", "Label 5", "Label 7"][number]'),
    ],
)
def test_many_parts_are_written_once_each_with_another_value_for_what_is_unique(
    model: ModelView, key: str, number: int, label: str
) -> None:
    written = part(model, "Budget", key).as_json

    assert label in written
    assert written.endswith(f"for number in range({number})]")


def test_the_part_that_tests_add_has_nothing_unique_of_those_that_are_there(
    model: ModelView,
) -> None:
    signers = part(model, "Budget", "signers")

    for name in ("mail", "badge"):
        assert signers.another.json[name] not in [each.json[name] for each in signers.given]


def test_a_part_points_by_a_foreign_key_within_its_context_only(model: ModelView) -> None:
    tables = {table.name: table for table in model.tables}
    keys = [line for line in tables["loan_tools"].constraints if "ForeignKey" in line]

    assert ["tools.id" in line for line in keys] == [False, True, False]
    assert any("ix_loan_tools_tool_id" in line for line in tables["loan_tools"].indexes)
    assert not any("branch" in line for line in tables["loan_places"].constraints)
    assert list(tables).index("tools") < list(tables).index("loan_tools")


def test_what_parts_point_to_is_made_sure_of_when_the_whole_is_created(model: ModelView) -> None:
    loan = aggregate(model, "Loan")

    assert {"customers", "books", "tools", "branches"} == {each.plural for each in loan.own_targets}
    assert "GuarantorVolumeUnknownError" in loan.access["create"].responses
    assert "LoanToolToolUnknownError" not in part(model, "Loan", "guarantors").add_responses


def test_who_may_not_read_what_a_part_points_to_may_remove_the_part(model: ModelView) -> None:
    guarantors = part(model, "Loan", "guarantors")
    changed, removed = (
        {who: status for who, _, status in cells}
        for cells in (guarantors.access.cells, guarantors.removal_cells)
    )

    assert (changed["clerk"], removed["clerk"]) == (409, 200)
    assert guarantors.hidden_target is not None
    assert guarantors.hidden_target.who == "stranger"


def test_what_the_code_calls_something_else_gets_another_name_in_it(model: ModelView) -> None:
    variables = {each.key: each.variable for each in aggregate(model, "Report").parts}

    assert variables == {
        **{
            "rows": "report_row",
            "items": "item",
            "refusals": "past_refusal",
            "others": "one_other",
        },
        **{"notes": "report_note", "firsts": "first_of_all", "staff": "staff_item"},
    }
    assert part(model, "Loan", "tools").local == "valid_tools"
    assert part(model, "Report", "rows").rows == "_ROWS_OF_REPORT"


def test_the_page_of_settings_names_bodies_that_are_longer_than_they_may_be(
    model: ModelView,
) -> None:
    assert [(body.url, body.written) for body in model.long_bodies] == [("reports", "2.0")]


@pytest.mark.scheduled("a service is built")
def test_a_body_may_be_as_long_as_the_service_finds_by_its_schema(
    make_service: MakeService,
) -> None:
    page = strata_contexts.read_answers(PAGE)
    program = [
        "import sys",
        "sys.path.insert(0, 'src')",
        "from importlib import import_module",
        "from presentation.body_limit import most_bytes",
    ]
    expected = ""
    for here in aggregates(page):
        module = f"presentation.routers.{here.context.name}.{here.plural}"
        program += [
            f"[route] = [each for each in import_module('{module}').router.routes",
            f"    if each.path == '/{here.url}' and 'POST' in each.methods]",
            f"print('{here.url}', int(most_bytes(route)))",
        ]
        expected += f"{here.url} {most_bytes(here.aggregate, page)}\n"

    found = make_service(**PAGE).run("uv", "run", "python", "-c", "\n".join(program))

    assert expected in found


def test_parts_that_point_to_more_than_tests_make_are_refused() -> None:
    book = {"name": "Book", "fields": {"title": "string"}}
    line = {
        "name": "Line",
        "min": 3,
        "fields": {"book": {"type": "ref", "to": "Book", "unique": True}},
    }
    order = {"name": "Order", "fields": {"title": "string"}, "parts": {"lines": line}}

    [told] = strata_contexts.unrendered(
        {"contexts": [{"name": "ordering", "aggregates": [book, order]}]}
    )

    assert "a unique ref where there are 3 parts at least is not in this version" in told


def test_the_fuzz_tests_make_parts_differ_that_must_be_there_once_they_point_to_something(
    model: ModelView,
) -> None:
    budget, loan = aggregate(model, "Budget"), aggregate(model, "Loan")

    assert 'make_distinct(body, "signers", "badge", [1, 2])' in budget.repairs_of_parts
    assert loan.repairs_of_parts == ('keep_distinct(body, "tools", "toolId")',)
    [hooks] = [
        text
        for path, text in rendered(PAGE, "own", "tests/integration/http")
        if path.name == "fuzz_hooks_loan.py"
    ]
    assert hooks.index("point_to_created(each") < hooks.index("keep_distinct(body")


def test_parts_that_wait_for_a_later_state_are_tried_in_it() -> None:
    drugs = {"drug": {"type": "ref", "to": "stock.Drug"}}
    treatment = {"name": "Treatment", "in": "confirmed", "fields": drugs}
    visit = {
        "name": "Visit",
        "fields": {"reason": "string"},
        "parts": {"treatments": treatment},
        "lifecycle": {
            "initial": "asked",
            "final": "over",
            "transitions": {
                "confirm": {"from": "asked", "to": "confirmed"},
                "end": {"from": "confirmed", "to": "over"},
            },
        },
    }
    drug = {"name": "Drug", "owner": "none", "may": {"read": []}, "fields": {"label": "string"}}
    page = {
        "contexts": [
            {"name": "stock", "aggregates": [drug]},
            {"name": "practice", "aggregates": [visit]},
        ]
    }

    texts = dict(rendered(page, "own", "tests/integration/http"))

    tests = texts[Path("tests/integration/http/practice/test_parts_of_visits.py")].split("\n\n\n")
    tried = [each for each in tests if "one = await a_treatment(" in each]
    assert any("as_if_it_was_not_there" in each for each in tried)
    assert all(each.index("/confirm") < each.index("one = await") for each in tried)
