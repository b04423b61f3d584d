"""The responses to your own kinds of `AppError`.

A kind is a direct subclass of `AppError`, such as an `UnpaidError` in `application/own_errors.py`,
which belongs to no context. The refusals of contexts are subclasses of a kind, and need no row.
"""

from application.errors import AppError
from presentation.wire_error import WireError

OWN_WIRE_MAP: dict[type[AppError], WireError] = {}
"""One row per kind: `UnpaidError: WireError(402, "Payment Required", UnpaidError.code)`."""
