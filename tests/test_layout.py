"""The layout of rendered Python: what ruff would do to it, done before it is written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from extensions.strata_contexts import laid_out

RUFF_TOML = Path(__file__).parent / "contexts/ruff.toml"


def test_imports_that_nothing_uses_are_dropped_and_the_others_sorted() -> None:
    source = (
        "from domain.shared import Text, Id\n"
        "import pytest\n"
        "from decimal import Decimal\n"
        "from datetime import date, UTC\n"
        "\n"
        "KNOWN = (UTC, Id, Text, date)\n"
    )

    assert laid_out(source) == (
        "from datetime import UTC, date\n"
        "\n"
        "from domain.shared import Id, Text\n"
        "\n"
        "KNOWN = (UTC, Id, Text, date)\n"
    )


def test_what_only_annotations_use_is_imported_for_the_type_checker() -> None:
    source = (
        '"""A module."""\n'
        "from __future__ import annotations\n"
        "from datetime import date\n"
        "from domain.shared import Id\n"
        "\n"
        "def first(day: date) -> Id:\n"
        "    return Id.generate()\n"
    )

    assert laid_out(source) == (
        '"""A module."""\n'
        "\n"
        "from __future__ import annotations\n"
        "\n"
        "from typing import TYPE_CHECKING\n"
        "\n"
        "from domain.shared import Id\n"
        "\n"
        "if TYPE_CHECKING:\n"
        "    from datetime import date\n"
        "\n"
        "\n"
        "def first(day: date) -> Id:\n"
        "    return Id.generate()\n"
    )


def test_a_module_that_is_imported_to_be_loaded_stays() -> None:
    assert laid_out("import a.b\n\nKNOWN = 1\n") == "import a.b\n\nKNOWN = 1\n"


def test_a_with_that_holds_only_another_one_becomes_one_with_it() -> None:
    source = "with first() as one:\n    with one.at():\n        run(one)\nend()\n"

    assert laid_out(source) == "with first() as one, one.at():\n    run(one)\nend()\n"


LONG = "an_extraordinarily_long_winded_name_of_something"
STATEMENTS = (
    f"value = {LONG}.{LONG}({LONG}, {LONG})",
    f"value = None if {LONG} is None else {LONG}.{LONG}({LONG})",
    f"call(first=None if {LONG} is None else {LONG}, second={LONG})",
    f"assert {LONG}.{LONG} == {LONG}.parse({LONG})",
    f"assert outcome({LONG}) == (409, '{LONG}_{LONG}')".replace("'", '"'),
    f"if {LONG} not in ({LONG}, {LONG}):\n    pass",
    f"def {LONG}({LONG}: int) -> {LONG}:\n    pass",
    f"def {LONG}() -> list[{LONG}]:\n    pass",
    f"for {LONG} in all_{LONG}s():\n    pass",
    f"for each in {LONG}(body, {LONG}):\n    pass",
    f"if {LONG} is None or not {LONG}.allows({LONG}, {LONG}):\n    pass",
    f"async def {LONG}(one: int, *, two: {LONG}, three: {LONG}) -> {LONG}:\n    pass",
    f"{LONG}.{LONG} = {LONG}_{LONG}(sessions)",
    f"await {LONG}.{LONG}_{LONG}({LONG}, {LONG})",
    f"values = [{LONG}(each) for each in {LONG}({LONG}) if each]",
    f'row = {{"{LONG}": None if {LONG} is None else {LONG}.value, "other": 1}}',
    f"call(responses=CREATED | problems({LONG}, {LONG}))",
    f"chosen = [{LONG}, {LONG}, {LONG}][number - 1]",
    f'DETAIL = "{"word " * 16}"',
    f'call(first="{"word " * 18}", second={LONG})',
    f"assert {{name: {LONG} for name in {LONG}}} == {LONG}",
    f"assert not {{{LONG}, {LONG}, {LONG}}} & {LONG}.keys()",
    f'value: Annotated[{LONG}, Field(description="{"word " * 9}")] | None = None',
    f'value: Annotated[{LONG}, Field(description="{"word " * 9}")] | None',
    f'value: Annotated[{LONG}, Field(description="{"word " * 9}")] = True',
    f'value: Annotated[{LONG}, Field(description="{"word " * 9}")] = Field(default=[{LONG}])',
    f'value: Annotated[{LONG}, Field(description="{"word " * 9}")] = Field({LONG}={LONG}, b={LONG})',
    f"{LONG}: Annotated[{LONG[:20]} | None, Field()] = None",
    f'who, body = WHO["{LONG}"], FIRST | {{"{LONG}": 1}}',
    f'call(kind, st.decimals("{LONG}", "{LONG[:-20]}", places=30).map(lambda each: f"{{each:f}}"))',
    f"a{LONG}: Annotated[{LONG[:13]} | None, Field()] = None",
    f"shown = {{name: {LONG} for name in {LONG} if name not in {{{LONG}, {LONG}}}}}",
)


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_long_statements_are_broken_as_ruff_breaks_them(statement: str, depth: int) -> None:
    """At several depths, which decide where a line ends."""
    source = statement
    for _ in range(depth):
        source = "class Around:\n" + "\n".join(f"    {line}" for line in source.splitlines())

    written = laid_out(f"{source}\n")

    formatted = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--config", str(RUFF_TOML), "-"],
        input=written,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert written == formatted
