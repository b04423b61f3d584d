"""What a page may name is nowhere taken by files that every service has."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

import pytest

from extensions.strata_contexts import words
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPLATE: Final = ROOT / "template"
ADDRESS: Final = re.compile(r"(?:^|\b[A-Z]+ )/([a-z][a-z0-9-]*)(?=[/?{# ]|$)")
"""An address that a page may declare, by itself or in the first line of a request."""
APPLICATION: Final = re.compile(r"\bcreate_app\b|\bclient_of\b|client: ")
"""What a file has that calls the application of the service."""
OTHER_ADDRESSES: Final = {
    "test_openapi.py": {"orders", "page", "parcels", "plain", "secret"},
    "test_registration.py": {"api"},
    "test_root_path.py": {"api"},
    "test_telemetry.py": {"v1"},
}
"""Addresses of other applications, such as that of a proxy, in the files that have them."""
BARE: Final = "test_route_index.py"
"""A file whose routes stand in applications of their own."""
TABLE: Final = re.compile(
    r"CREATE (?:TEMPORARY )?(?:TABLE|TYPE|SEQUENCE) ([a-z]\w*)"
    r'|Table\(\s*"([a-z]\w*)"|EnumOf\(\w+, name="([a-z]\w*)"'
)
"""What gets a name in the database that a page may give to a table."""
OTHER_SCHEMAS: Final = "test_pg_catalog.py"
"""A file whose tables stand in schemas of their own."""
FOLDERS: Final = {"context.name": "contexts", "value.snake": "values"}
REPEATED: Final = re.compile(
    r"(\w*)\{% yield \w+ from model\.\w+ %\}\{\{ ([\w.]+) \}\}\{% endyield %\}(?:\.py)?(?:\.jinja)?"
)
MODULES: Final = (
    words.LAYERS | words.SHARED_MODULES | words.MODULES_OF_PARTS | {words.IDENTITY: "a context"}
)


def plain(file: Path) -> str:
    """Return the name of a file in a service that has it."""
    return re.sub(r"\{%.*?%\}", "", file.name).removesuffix(".jinja")


def skeleton() -> Iterator[tuple[str, str]]:
    """Yield the names and the texts of tests that are the same whatever stands on a page."""
    for file in sorted((TEMPLATE / "tests").rglob("*")):
        if file.is_file() and "yield" not in str(file) and "offences" not in file.parts:
            yield plain(file), file.read_text()


def addresses(text: str) -> set[str]:
    """Return the first segments of the addresses that stand in a file as texts of their own."""
    tree = ast.parse(text)
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    later = {part for node in texts for part in node.values[1:]}
    found = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and node not in later
            and isinstance(node.value, str | bytes)
        ):
            value = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            found |= set(ADDRESS.findall(value))
    return found


def tables(text: str) -> set[str]:
    return {name for names in TABLE.findall(text) for name in names if name}


def test_no_test_of_the_skeleton_has_an_address_that_a_page_may_declare() -> None:
    """An aggregate called `Parcel` would have the address of a route that a test adds."""
    taken = words.SERVICE_PATHS | words.IDENTITY_PATHS
    calling = {name: text for name, text in skeleton() if APPLICATION.search(text) and name != BARE}

    for name, text in calling.items():
        assert addresses(text) - taken.keys() <= OTHER_ADDRESSES.get(name, set()), name
    assert len(calling) > 20


def test_addresses_are_found_wherever_they_stand() -> None:
    text = (
        'get("/parcels"), get(b"POST /hooks?a=1 HTTP/1.1"), get(f"/things/{name}/send"), "/_echo"'
    )

    assert addresses(text) == {"parcels", "hooks", "things"}


def test_no_test_of_the_skeleton_has_a_table_that_a_page_may_declare() -> None:
    taken = words.SERVICE_TABLES | words.IDENTITY_TABLES

    for name, text in skeleton():
        assert name == OTHER_SCHEMAS or tables(text) <= taken.keys(), name
    assert any(tables(text) for name, text in skeleton() if name == OTHER_SCHEMAS)


def test_tables_are_found_however_they_are_created() -> None:
    text = 'Table(\n    "things", "CREATE TABLE counter (n int)", EnumOf(Colour, name="colour"), Table("_it")'

    assert tables(text) == {"things", "counter", "colour"}


@pytest.mark.parametrize("named", FOLDERS, ids=FOLDERS.values())
def test_what_stands_beside_what_is_named_by_a_page_has_a_name_that_no_page_may_have(
    named: str,
) -> None:
    """A context called `rules` would be a folder beside a module `rules.py`."""
    found = [
        (match[1], file)
        for file in TEMPLATE.rglob("*")
        if (match := REPEATED.fullmatch(file.name)) and match[2] == named
    ]

    for start, file in found:
        beside = {plain(each).removesuffix(".py") for each in file.parent.iterdir()}
        names = {each.removeprefix(start) for each in beside if each.startswith(start)}
        declared = {each for each in names if re.fullmatch("[a-z][a-z0-9_]*", each)}
        assert {each for each in declared - MODULES.keys() if not each.startswith("test_")} == set()
    assert len(found) > 3
