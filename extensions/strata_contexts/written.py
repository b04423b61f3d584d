"""Writes a page as YAML, as a person would: short mappings on one line, names below each other."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEYS: Final = ("language", "roles", "values", "contexts")
ROOM: Final = 100
BELOW_EACH_OTHER: Final = {
    *("values", "contexts", "aggregates", "fields", "rules", "parts", "changes"),
    *("lifecycle", "transitions"),
}
"""Keys whose names stand below each other however few there are."""


def written(page: Mapping[str, Any]) -> str:
    """Write a page; the keys of an empty one are `language` and `contexts`."""
    known = {"language": 1, **{key: page[key] for key in KEYS if page.get(key)}}
    return (
        "\n".join(mapping(known if "contexts" in known else {**known, "contexts": []}, "")) + "\n"
    )


def mapping(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, item in value.items():
        yield from entry(key, item, indent)


def entry(key: str, value: Any, indent: str) -> Iterator[str]:
    start = f"{indent}{flow(key)}:"
    if not isinstance(value, dict | list) or not value:
        yield f"{start} {scalar(value)}"
        return
    below = key in BELOW_EACH_OTHER and (isinstance(value, dict) or isinstance(value[0], dict))
    if not below:
        line = f"{start} {flow(value)}"
        if len(line) <= ROOM and "\n" not in line:
            yield line
            return
    yield start
    if isinstance(value, dict):
        yield from mapping(value, f"{indent}  ")
    else:
        yield from items(value, f"{indent}  ")


def items(values: list[Any], indent: str) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict) and value:
            first, *others = mapping(value, f"{indent}  ")
            yield f"{indent}- {first.strip()}"
            yield from others
        else:
            yield f"{indent}- {flow(value)}"


def scalar(value: Any) -> str:
    """Write a value that has its line for itself."""
    text = yaml.safe_dump(value, width=float("inf"), allow_unicode=True, default_flow_style=True)
    return text.removesuffix("\n").removesuffix("\n...")


def flow(value: Any) -> str:
    """Write a value as it can stand within brackets."""
    text = yaml.safe_dump(
        [value],
        width=float("inf"),
        allow_unicode=True,
        default_flow_style=True,
        sort_keys=False,
    )
    return text.strip()[1:-1]


def digest(page: Mapping[str, Any]) -> str:
    """Return a digest of what stands on a page, in its order."""
    known = {key: page[key] for key in KEYS if page.get(key)}
    text = json.dumps(known, default=str, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
