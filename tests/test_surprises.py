"""Hints about good pages: each with a page that it is about, and with one that it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from extensions import strata_contexts
from extensions.strata_contexts.__main__ import main
from tests.conftest import ROOT
from updates.growth import Comparison, Request

if TYPE_CHECKING:
    from pathlib import Path

LIFE = {
    "initial": "draft",
    "final": "closed",
    "transitions": {
        "send": {"from": "draft", "to": "sent"},
        "close": {"from": "sent", "to": "closed"},
    },
}
LINES = {"lines": {"name": "OrderLine", "fields": {"sku": "string"}}}
NOTE = {"type": "string", "optional": True}
CODE = {**NOTE, "sensitive": True}
BOOK = {"name": "Book", "fields": {"title": "string"}}


def page_of(*others: dict[str, Any], **order: Any) -> dict[str, Any]:
    """Return a page with an order, and with other aggregates before it."""
    aggregate = {"name": "Order", "fields": {"title": "string"}, **order}
    contexts = [{"name": "shop", "aggregates": [*others, aggregate]}]
    return {"roles": ["clerk", "judge"], "contexts": contexts}


def hints(page: dict[str, Any], authentication: str = "own") -> list[str]:
    """Return the hints about a page that is good."""
    if authentication == "none":
        page = {"contexts": page["contexts"]}
    strata_contexts.read_answers(page, authentication=authentication)
    return strata_contexts.surprising(page, authentication=authentication)


def lines_in(*states: str, least: int = 0) -> dict[str, Any]:
    return {"lines": {**LINES["lines"], "in": list(states), "min": least}}


def pointing_to(**target: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return {**BOOK, **target}, {"book": {"type": "ref", "to": "Book"}}


# a. Parts of a new one


@pytest.mark.parametrize(("least", "verb"), [(0, "may"), (1, "has to")])
def test_parts_of_later_states_are_taken_at_once(least: int, verb: str) -> None:
    parts = lines_in("sent", least=least)

    assert hints(page_of(parts=parts, lifecycle=LIFE)) == [
        f"contexts[0].aggregates[0].parts.lines.in: whoever creates an order {verb} give it lines at once, in"
        " draft, which this leaves out: know it, or add draft"
    ]


def test_parts_of_the_initial_state_are_no_surprise() -> None:
    assert hints(page_of(parts=lines_in("draft", "sent"), lifecycle=LIFE)) == []
    assert hints(page_of(parts=LINES, lifecycle=LIFE)) == []


@pytest.mark.parametrize(
    ("lines", "told", "remedy"),
    [(["clerk"], "clerks and admins", "[clerk]"), ([], "admins", "[]")],
)
def test_parts_that_only_others_change_are_taken_from_whoever_creates(
    lines: list[str], told: str, remedy: str
) -> None:
    assert hints(page_of(parts=LINES, may={"read": "member", "lines": lines})) == [
        "contexts[0].aggregates[0].may.lines: members may create an order, and give it lines then, but only"
        f" {told} may change them later: know it, or say `create: {remedy}`, too"
    ]


@pytest.mark.parametrize(
    "may",
    [
        {"lines": "owner"},  # whoever creates an order owns it
        {"lines": ["owner", "clerk"]},
        {"lines": "member"},
        {"create": ["clerk"], "lines": ["clerk", "judge"]},
        {"create": [], "lines": ["clerk"]},
    ],
    ids=str,
)
def test_parts_that_whoever_creates_may_change_are_no_surprise(may: dict[str, Any]) -> None:
    assert hints(page_of(parts=LINES, may={"read": "member", **may})) == []


# b. Fields of a change that is not for all, or not yet


def assessed(may: dict[str, Any], change: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return page_of(
        fields={"title": "string", "risk": NOTE, **fields},
        changes={"assess": {"fields": ["risk"], **change}, "rename": {"fields": ["title"]}},
        lifecycle=LIFE,
        may={"read": "member", **may},
    )


@pytest.mark.parametrize(
    ("may", "change", "limit"),
    [
        ({"assess": ["judge"]}, {}, "for judges and admins"),
        ({}, {"in": "sent"}, "not possible in draft"),
        (
            {"assess": ["judge"]},
            {"in": "sent"},
            "for judges and admins, and not possible in draft",
        ),
    ],
    ids=["may", "in", "both"],
)
def test_what_only_some_may_set_or_only_later_may_be_set_at_once(
    may: dict[str, Any], change: dict[str, Any], limit: str
) -> None:
    assert hints(assessed(may, change)) == [
        f"contexts[0].aggregates[0].changes.assess: assess is {limit}, but whoever creates an order may set risk"
        " at once: know it, or ask for it in a transition's `with`"
    ]


def test_what_has_a_default_may_be_set_at_once_too() -> None:
    page = assessed(
        {"assess": ["judge"]},
        {"fields": ["level", "marks"]},
        level={"type": "integer", "default": 1},
        marks={"type": "list", "of": "integer"},
    )

    [told] = hints(page)
    assert "may set level and marks at once" in told


@pytest.mark.parametrize(
    ("may", "change"),
    [
        ({}, {}),
        ({"assess": ["owner", "judge"]}, {}),
        ({}, {"in": ["draft", "sent"]}),
        ({"create": ["judge"], "assess": ["judge"]}, {}),
        ({"assess": ["judge"]}, {"fields": ["title", "risk"]}),  # a new one has to have a title
    ],
    ids=str,
)
def test_what_whoever_creates_may_set_later_too_is_no_surprise(
    may: dict[str, Any], change: dict[str, Any]
) -> None:
    assert hints(assessed(may, change)) == []


def test_what_another_change_sets_for_all_is_no_surprise() -> None:
    page = page_of(
        fields={"title": "string", "risk": NOTE},
        changes={"assess": {"fields": ["risk"]}, "correct": {"fields": ["title", "risk"]}},
        may={"read": "member", "assess": ["judge"]},
    )

    assert hints(page) == []


def test_one_of_several_that_a_new_one_has_to_have_is_no_surprise() -> None:
    page = page_of(
        fields={"phone": NOTE, "email": {"type": "email", "optional": True}},
        rules={"can_be_reached": {"any_of": ["phone", "email"]}},
        changes={"reach": {"fields": ["phone", "email"]}},
        may={"read": "member", "reach": ["judge"]},
    )

    assert hints(page) == []


# c. What a new one has to point to


@pytest.mark.parametrize(
    ("target", "may", "who", "readers"),
    [
        ({"owner": "none", "may": {"read": ["clerk"]}}, {}, "members", "clerks and admins"),
        ({"may": {"create": ["clerk"]}}, {}, "members", "the owner and admins"),
        (
            {"owner": "none", "may": {"read": ["clerk"]}},
            {"create": ["clerk", "judge"]},
            "judges",
            "clerks and admins",
        ),
    ],
    ids=["a role", "owners of others", "one of two"],
)
def test_who_may_read_nothing_to_point_to_can_create_nothing(
    target: dict[str, Any], may: dict[str, Any], who: str, readers: str
) -> None:
    book, fields = pointing_to(**target)

    assert hints(page_of(book, fields=fields, may=may)) == [
        f"contexts[0].aggregates[1].fields.book: {who} may create an order, but only {readers} may read a book:"
        " all others always get a 409. Add them to `read` of Book, or take them from `create`"
    ]


def test_required_parts_point_to_what_not_all_may_read_too() -> None:
    book, fields = pointing_to(owner="none", may={"read": []})
    parts = {"lines": {"name": "OrderLine", "min": 1, "fields": fields}}

    [told] = hints(page_of(book, parts=parts))
    assert told.startswith("contexts[0].aggregates[1].parts.lines.fields.book: members may create")
    assert hints(page_of(book, parts={"lines": {**parts["lines"], "min": 0}})) == []


@pytest.mark.parametrize(
    ("target", "may"),
    [
        ({"owner": "none"}, {}),
        ({}, {}),  # members may read the books that they have created
        ({"owner": "none", "may": {"read": ["clerk"]}}, {"create": ["clerk"]}),
        ({"owner": "none", "may": {"read": []}}, {"create": []}),
    ],
    ids=str,
)
def test_who_may_read_what_a_new_one_points_to_is_told_nothing(
    target: dict[str, Any], may: dict[str, Any]
) -> None:
    book, fields = pointing_to(**target)

    assert hints(page_of(book, fields=fields, may=may)) == []


def test_what_need_not_be_pointed_to_is_no_surprise() -> None:
    book, fields = pointing_to(owner="none", may={"read": []})
    fields = {"title": "string", "book": {**fields["book"], "optional": True}}

    assert hints(page_of(book, fields=fields)) == []


# d. Answers to those who may not read


def test_whoever_changes_something_sees_all_of_it() -> None:
    may = {"send": ["clerk"], "lines": ["owner", "clerk"], "close": ["owner", "judge"]}

    assert hints(page_of(parts=LINES, lifecycle=LIFE, may=may)) == [
        "contexts[0].aggregates[0].may.send: clerks may send and change lines, and the answer shows the whole order,"
        " although only the owner and admins may read one: add them to `read`, or take this from them",
        "contexts[0].aggregates[0].may.close: judges may close, and the answer shows the whole order, although"
        " only the owner and admins may read one: add them to `read`, or take this from them",
    ]


def test_owners_who_may_not_read_see_what_they_change() -> None:
    [told] = hints(page_of(may={"read": ["clerk"]}))

    assert told.startswith(
        "contexts[0].aggregates[0].may.read: the owner may revise, and the answer"
    )


@pytest.mark.parametrize(
    "may",
    [
        {"send": ["owner"]},
        {"read": ["owner", "clerk"], "send": ["clerk"]},
        {"read": "member", "send": ["clerk"]},
        {"read": "anyone", "send": "anyone"},
        {"remove": ["clerk"]},  # its answer is empty
    ],
    ids=str,
)
def test_answers_to_those_who_may_read_are_no_surprise(may: dict[str, Any]) -> None:
    assert hints(page_of(lifecycle=LIFE, may=may, remove=True)) == []


# e. Secrets that are emptied


@pytest.mark.parametrize("authentication", ["own", "external", "none"])
def test_a_change_empties_a_secret_that_nobody_can_send_back(authentication: str) -> None:
    fields = {"title": "string", "code": CODE}
    told = (
        "sets code together with other fields, and no answer shows it: a client that sends back what it has"
        " read empties it. Give it a change of its own, or say `set: once`"
    )

    by_default = hints(page_of(fields=fields), authentication)
    declared = hints(
        page_of(fields=fields, changes={"correct": {"fields": ["title", "code"]}}), authentication
    )

    assert by_default == [f"contexts[0].aggregates[0].fields.code: revise {told}"]
    assert declared == [f"contexts[0].aggregates[0].changes.correct: correct {told}"]


def test_several_secrets_of_one_change_are_one_hint() -> None:
    [told] = hints(page_of(fields={"title": "string", "code": CODE, "pin": CODE}))

    assert "sets code and pin together with other fields, and no answer shows them" in told


@pytest.mark.parametrize(
    "order",
    [
        {"fields": {"title": "string", "code": {"type": "string", "sensitive": True}}},
        {"fields": {"title": "string", "code": {**CODE, "set": "once"}}},
        {"fields": {"title": "string", "code": NOTE}},
        {
            "fields": {"title": "string", "code": CODE},
            "changes": {"rename": {"fields": ["title"]}, "protect": {"fields": ["code"]}},
        },
        {"fields": {"title": {"type": "string", "set": "once"}, "code": CODE}},
    ],
    ids=["required", "once", "shown", "a change of its own", "alone"],
)
def test_a_secret_that_is_not_emptied_is_no_surprise(order: dict[str, Any]) -> None:
    assert hints(page_of(**order)) == []


def test_where_nobody_is_known_only_secrets_surprise() -> None:
    page = page_of(parts=lines_in("sent"), lifecycle=LIFE)

    assert hints(page, "none") == []
    assert len(hints(page)) == 1


# Where hints are told


def test_the_command_tells_hints_with_their_lines_and_succeeds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "contexts.yml"
    text = (
        "contexts:\n"
        "  - name: shop\n"
        "    aggregates:\n"
        "      - name: Order\n"
        "        may: {read: []}\n"
        "        fields: {title: string}\n"
    )
    page.write_text(text)

    assert main([str(page)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == [f"{page} is good: 1 context, 1 aggregate.", "Worth knowing:"]
    assert told[2].startswith(
        f"{page}:5: contexts[0].aggregates[0].may.read: the owner may revise,"
    )
    assert len(told) == 3

    assert main([str(page), "--authentication", "none"]) == 1
    page.write_text(text.replace("[]", "[owner]"))
    capsys.readouterr()
    assert main([str(page)]) == 0
    assert capsys.readouterr().out == f"{page} is good: 1 context, 1 aggregate.\n"


def test_the_reference_and_the_tutorial_surprise_nobody() -> None:
    tutorial = (ROOT / "docs/tutorial.md").read_text()
    page = tutorial.partition("```yaml\n")[2].partition("```")[0]

    assert strata_contexts.surprising_text(page) == []
    example = (ROOT / "extensions/strata_contexts/example.yml").read_text()
    assert strata_contexts.surprising_text(example) == []


def test_a_growth_tells_what_was_not_so_before(tmp_path: Path) -> None:
    """A hint that the owner has read once is not repeated by each growth."""
    before = page_of(may={"read": ["clerk"]})
    after = page_of(may={"read": ["clerk"]}, fields={"title": "string", "code": CODE})
    (tmp_path / "contexts.yml").write_text(yaml.safe_dump(after))

    request = Request(tmp_path, preview=True, allowed=())
    told = Comparison(request, before, after).told([])
    again = Comparison(request, after, after).told([])

    [hint] = told[told.index("Worth knowing:") + 1 : -1]
    assert hint.startswith("  contexts.yml:")
    assert "revise sets code together with other fields" in hint
    assert "Worth knowing:" not in again
