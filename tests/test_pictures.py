"""The pages that a service's `docs/contexts/` has: what they say, and that their diagrams can be drawn."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from extensions.strata_contexts import markdown
from tests.pages import random_page, rendered
from tests.reading import READER, cells, seen
from tests.test_contexts import AUTHENTICATIONS, page
from tests.test_typescript import Workshop, installed

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
MERMAID = Path(__file__).parent / "mermaid"
EXAMPLES = sorted((ROOT / "docs/examples").glob("*/contexts.yml"))


def pages_of(given: dict[str, Any], authentication: str = "own") -> dict[str, str]:
    """Return the pages of a service by their paths below `docs/contexts`."""
    folder = Path("docs/contexts")
    return {
        str(path.relative_to(folder)): text
        for path, text in rendered(given, authentication, below="docs")
    }


def example_pages() -> Iterator[dict[str, str]]:
    for authentication in AUTHENTICATIONS:
        for name in ("everything", "long"):
            yield pages_of(page(name, authentication), authentication)
    for file in EXAMPLES:
        yield pages_of(yaml.safe_load(file.read_text()))
    for seed in range(12):
        yield pages_of(random_page(seed))


def diagrams(pages: dict[str, str]) -> dict[str, str]:
    """Return the source of each diagram."""
    return {
        name: token.content
        for name, text in pages.items()
        for token in READER.parse(text)
        if token.info == "mermaid"
    }


def test_each_aggregate_has_a_page_and_the_map_links_to_it() -> None:
    pages = pages_of(page("everything"))

    links = re.findall(r"\]\(([^)]+\.md)\)", pages["README.md"])

    assert set(pages) == {"README.md", "ordering/order.md", "catalog/book.md", "catalog/shelf.md"}
    assert set(links) - {"../authentication.md"} == set(pages) - {"README.md"}


def test_an_aggregate_more_adds_a_page_and_changes_only_the_map() -> None:
    given = page("everything")
    more = page("everything")
    more["contexts"][1]["aggregates"].append({"name": "Poster", "fields": {"title": "string"}})

    before, after = pages_of(given), pages_of(more)

    assert set(after) - set(before) == {"catalog/poster.md"}
    assert {name for name in before if before[name] != after[name]} == {"README.md"}


def test_a_page_says_who_may_do_what_and_when() -> None:
    text = pages_of(page("everything"))["ordering/order.md"]

    rows = {row[0].partition(":")[0]: row for row in cells(text) if len(row) == 5}

    assert rows["redirect"][1:] == [
        "the owner and admins",
        "draft, submitted",
        "POST /orders/{orderId}/redirect",
        "404 order_not_found, 409 cannot_redirect_order",
    ]
    assert rows["ship"][1:3] == ["clerks and admins", "submitted → delivered"]
    assert rows["list"][1] == "owners, who see their own; clerks and admins, who see all"
    assert rows["cancel"][0] == "cancel: Asks for reason, contactOfClerk."


def test_a_page_names_the_refusal_of_a_token_where_a_token_may_be_sent() -> None:
    pages = pages_of(page("circles")) | pages_of(page("open"))
    open_to_all = pages_of(page("circles", "none"), "none")

    assert (
        "401 `unauthorized`" in pages["ordering/review.md"]
    )  # everybody may, with a token or without
    assert "401" not in open_to_all["ordering/review.md"]


def test_a_page_says_which_fields_are_never_in_an_answer() -> None:
    text = pages_of(page("everything"))["ordering/order.md"]

    shown = {row[0]: row[-1] for row in cells(text) if len(row) == 4}

    assert shown["doorCode"] == "never"
    assert shown["reference"] == "always"
    assert shown["reason"] == "null before cancel"
    assert shown["contactOfClerk"] == "never"


def test_the_map_says_what_values_are_made_of_what_has_to_hold_and_what_is_never_shown() -> None:
    value = (
        "{title: string, pin_code: {type: string, sensitive: true}, starts_at: date, ends_at: date}"
    )
    text = pages_of(
        yaml.safe_load(
            f"values: {{Stay: {{fields: {value}, rules: {{in_order: ends_at > starts_at}}}}}}\n"
            "contexts: [{name: hotel, aggregates: [{name: Booking, fields: {stay: {type: Stay}}}]}]\n"
        )
    )["README.md"]

    rows = {row[0]: row[-1] for row in cells(text)}

    assert (rows["title"], rows["pinCode"]) == ("always", "never")
    assert rows["endsAt is after startsAt"] == "in_order"


def test_a_page_says_what_an_aggregate_is_made_of() -> None:
    text = pages_of(page("everything"))["ordering/order.md"]

    rows = {row[0]: row for row in cells(text) if len(row) == 5}
    fields = {row[0]: row for row in cells(text) if len(row) == 4}

    assert "### Lines" in text
    assert "An order has 1 to 50 of them, in their order." in " ".join(text.split())
    assert fields["sku"][2] == "text of up to 30 characters; no two lines of an order have the same"
    assert fields["seal"][3] == "never"
    assert rows["change line"][2:] == [
        "draft, submitted",
        "PUT /orders/{orderId}/lines/{lineId}",
        "404 order_not_found, 404 order_line_not_found, 409 cannot_change_order_lines,"
        " 409 order_line_sku_taken",
    ]


def test_where_nobody_is_known_a_page_speaks_of_nobody() -> None:
    pages = pages_of(page("everything", "none"), "none")

    for text in pages.values():
        assert not re.search(r"owner|admin|signed in|identity|User", text)


ODD_TEXTS = [
    "A | bar, and `code` with a | bar",
    "*Stars*, _lines_, ~~waves~~, <b>tags</b> & [links](x) # $1$",
    "1. no list",
    "- no list either",
    "# no heading",
    "www.example.org and https://example.org/?a=1&b=2",
]


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_odd_texts_are_seen_as_they_were_written(text: str) -> None:
    given = {
        "contexts": [
            {
                "name": "ordering",
                "doc": text,
                "aggregates": [
                    {
                        "name": "Order",
                        "doc": text,
                        "fields": {"title": {"type": "string", "doc": text}},
                        "lifecycle": {
                            "initial": "draft",
                            "final": "sent",
                            "transitions": {"submit": {"from": "draft", "to": "sent", "doc": text}},
                        },
                    }
                ],
            }
        ]
    }
    said = text if text[-1] in ".!?" else f"{text}."

    pages = pages_of(given)

    order = cells(pages["ordering/order.md"])
    assert said in [row[1] for row in cells(pages["README.md"])]
    assert ["title", said] in [row[:2] for row in order]
    assert f"submit: {said}" in [row[0] for row in order]
    first = next(token for token in READER.parse(pages["ordering/order.md"])[3:] if token.children)
    assert seen(first).replace("\n", " ").startswith(said)


@pytest.mark.parametrize("pattern", ["(?:a|b)", "[|]{2}", "a`b", "[*_]+", "x"])
def test_patterns_are_seen_as_they_were_written(pattern: str) -> None:
    [row] = cells(f"| a |\n|---|\n| {markdown.code(pattern)} |\n")[1:]

    assert row == [pattern]


def test_each_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    """A bar within a cell would end it, and what follows would be seen nowhere."""
    for pages in example_pages():
        for name, text in pages.items():
            width = 0
            for line in text.splitlines():
                bars = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
                assert not width or not bars or bars == width, f"{name}: {line}"
                width = bars


def test_lines_are_wrapped_as_in_other_pages() -> None:
    for pages in example_pages():
        for name, text in pages.items():
            prose = re.sub(r"^(```.*?^```|\|.*?|.*`src/.*?)$", "", text, flags=re.M | re.S)
            long = [line for line in prose.splitlines() if len(line) > 110 and " " in line]
            assert long == [], name
            assert "\n\n\n" not in text, name
            assert text.endswith("\n"), name
            assert not text.endswith("\n\n"), name


# What a diagram might take for a word of its own.
WORDS = """
    accdescr acctitle as begin call choice class classdef click concurrent default direction empty end flowchart
    fork graph hide href init interactive join left linkstyle note of over right root scale start state
    statediagram style subgraph title width
"""


def of_words() -> Iterator[dict[str, str]]:
    """Yield diagrams with names that are words of Mermaid's, alone and within longer ones."""
    for number, name in enumerate(WORDS.split()):
        states = [name, f"{name}_of_it", f"the_{name}"]
        steps = {f"step_{name}_{place}": state for place, state in enumerate(states)}
        transitions = {step: {"from": "begun", "to": state} for step, state in steps.items()}
        lifecycle = {"initial": "begun", "final": states, "transitions": transitions}
        aggregate = {
            "name": name.capitalize() + "It",
            "fields": {"subject": "string"},
            "lifecycle": lifecycle,
        }
        context = f"{name}_of_it" if number % 2 else f"the_{name}"
        yield pages_of({"contexts": [{"name": context, "aggregates": [aggregate]}]})


@pytest.fixture(scope="session")
def drawing(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return installed(MERMAID, tmp_path_factory.mktemp("mermaid") / "packages")


def refused_by_mermaid(drawing: Workshop, sources: dict[str, str]) -> dict[str, str]:
    file = drawing.folder / "diagrams.json"
    file.write_text(json.dumps(sources))
    found: dict[str, str] = json.loads(drawing.run("node", "parse.mjs", str(file)))
    return found


@pytest.mark.scheduled("Mermaid is installed from npm")
def test_mermaid_reads_each_diagram(drawing: Workshop) -> None:
    sources = {
        f"{number} {name}": source
        for number, pages in enumerate([*example_pages(), *of_words()])
        for name, source in diagrams(pages).items()
    }

    assert len(sources) > 2 * len(WORDS.split())
    assert refused_by_mermaid(drawing, sources) == {}


@pytest.mark.scheduled("Mermaid is installed from npm")
def test_mermaid_refuses_a_diagram_with_a_mistake(drawing: Workshop) -> None:
    broken = {"states": "stateDiagram-v2\n    a --> end\n    -->", "map": "flowchart LR\n    a[b"}

    assert set(refused_by_mermaid(drawing, broken)) == set(broken)
