"""What the API document cannot say of books: how an ISBN ends, and that labels differ."""

from typing import Any

import schemathesis
from hypothesis import strategies as st


def _isbn(digits: str) -> str:
    weighted = (int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-sum(weighted) % 10}"


schemathesis.openapi.format("isbn", st.from_regex(r"97[89][0-9]{9}", fullmatch=True).map(_isbn))


@schemathesis.hook
def map_case(
    context: schemathesis.HookContext, case: schemathesis.Case[Any]
) -> schemathesis.Case[Any]:
    """Number the labels of editions that are otherwise as the schema wants them."""
    editions = case.body.get("editions") if isinstance(case.body, dict) else None
    if isinstance(editions, list) and len(editions) > 1:
        for number, edition in enumerate(editions):
            if isinstance(edition, dict) and isinstance(label := edition.get("label"), str):
                edition["label"] = label[:90] + (
                    f" {number}" if label.strip() and len(label) < 90 else label[90:]
                )
    return case
