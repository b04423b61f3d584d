"""Formats of the service's own, for values whose check is more than a pattern.

A shape declares `json_schema_extra={"format": "isbn"}` and no pattern, which would win over the format;
here stands how a good value is made, so that the fuzz tests send some:

    FORMATS = {"isbn": st.integers(0, 10**9 - 1).map(isbn_with_check_digit)}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

FORMATS: dict[str, SearchStrategy[str]] = {}
