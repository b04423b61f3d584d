"""Reads Markdown as people see it, and holds the pages of contexts against the API document."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from pathlib import Path

    from markdown_it.token import Token

READER: Final = MarkdownIt("commonmark").enable("table")
METHODS: Final = ("get", "post", "put", "delete")
ANYWHERE: Final = {
    *("unauthorized", "validation", "unavailable", "unknown", "content_too_large"),
    *("stale", "precondition_required"),
}
"""Codes that the notes below the table of a page speak of, or that any request may end in."""


def cells(text: str) -> list[list[str]]:
    """Return the rows of all tables, as they are seen."""
    rows: list[list[str]] = []
    for token in READER.parse(text):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows and token.level > 3:
            rows[-1].append(seen(token))
    return rows


def seen(token: Token) -> str:
    """Return the text of a line, as it is seen."""
    found = "".join(each.content for each in token.children or [] if each.type != "html_inline")
    return re.sub(r"&#(\d+);", lambda code: chr(int(code[1])), found)


def require_that_pages_agree_with_the_api(service: Path) -> None:
    """Require that the pages name each operation of the contexts, with exactly its refusals.

    Raises:
        AssertionError: they do not.
    """
    document = json.loads((service / "openapi.json").read_text())
    folder = service / "docs/contexts"
    contexts = {file.name for file in folder.iterdir() if file.is_dir()}
    declared = {
        f"{method.upper()} {path}": refusals(operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS and contexts & set(operation.get("tags", []))
    }
    written = {
        row[-2]: set(re.findall(r"[0-9]{3} [a-z_0-9]+", row[-1]))
        for page in folder.glob("*/*.md")
        for row in cells(page.read_text())
        if row[-2].startswith(("GET ", "POST ", "PUT ", "DELETE "))
    }

    assert declared
    assert written == declared
    for page in folder.glob("*/*.md"):
        text = page.read_text()
        own = {row[-2] for row in cells(text)} & set(declared)
        of_any = {
            each for name in own for each in refusals(operation_of(document, name), of_any=True)
        }
        notes = re.findall(r"([0-9]{3})\s`(\w+)`", re.sub(r"^\|.*", "", text, flags=re.M))
        assert {" ".join(each) for each in notes} == of_any - UNSAID, page


def operation_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    method, _, path = name.partition(" ")
    found: dict[str, Any] = document["paths"][path][method.lower()]
    return found


UNSAID: Final = {"500 unknown", "413 content_too_large"}
FOR_ALL: Final = ("For everybody who is signed in.", "For owners, who see their own")
"""What a document says of permissions that refuse nobody, and yet declares a refusal of."""


def refusals(operation: dict[str, Any], *, of_any: bool = False) -> set[str]:
    """Return the refusals of an operation: its own, or those that others have, too."""
    found: set[str] = set()
    for status, response in operation["responses"].items():
        for media_type in response.get("content", {}).values():
            for each in media_type["schema"].get("allOf", []):
                codes = each.get("properties", {}).get("code", {}).get("enum", [])
                found |= {f"{status} {code}" for code in codes if (code in ANYWHERE) == of_any}
    is_for_all = any(text in operation.get("description", "") for text in FOR_ALL)
    return found - {"403 forbidden"} if is_for_all else found
