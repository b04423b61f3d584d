"""What schemathesis has to know of the catalogue, and the API document cannot say."""

import schemathesis
from hypothesis import strategies as st

from domain.catalog.value_objects.book import check_digit

schemathesis.openapi.format(
    "isbn",
    st.integers(0, 10**9 - 1)
    .map("978{:09}".format)
    .map(lambda digits: digits + check_digit(digits)),
)
