"""ISBNs for schemathesis, whose check digit the API document cannot describe."""

import schemathesis
from hypothesis import strategies as st


def _isbn(digits: str) -> str:
    weighted = (int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-sum(weighted) % 10}"


schemathesis.openapi.format("isbn", st.from_regex(r"97[89][0-9]{9}", fullmatch=True).map(_isbn))
