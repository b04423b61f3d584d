"""Chooses the operations for a run of the fuzz tests, so that it does not take minutes.

`FUZZ_OPERATIONS` is the number of operations. New ones and those that have changed since the last
commit come first; the others take turns from day to day. `all` tests all operations, as CI and
`just fuzz` do.
"""

import json
from typing import Any

AT_MOST = "20"


def chosen(document: dict[str, Any], before: str | None, turn: int, most: str) -> list[str]:
    """Return the operations to test: new and changed ones first, then those whose turn it is."""
    operations = _operations(document)
    if most == "all" or len(operations) <= int(most):
        return list(operations)
    known = _operations(json.loads(before)) if before else {}
    fresh = [label for label in operations if operations[label] != known.get(label)]
    rest = [label for label in operations if label not in fresh]
    places = max(int(most) - len(fresh), 0)
    start = turn * places % len(rest) if rest else 0
    return (fresh + rest[start:] + rest[:start])[: int(most)]


def _operations(document: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{method.upper()} {path}": operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
