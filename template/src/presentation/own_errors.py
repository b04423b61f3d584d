"""The responses to your own kinds of `AppError`.

A kind is a direct subclass of `AppError`. A refusal with a status that the service knows already is
no new kind, but a subclass of that of the status, such as `AppConflictError`, and needs no row.
"""

from application.errors import AppError
from presentation.wire_error import WireError

OWN_WIRE_MAP: dict[type[AppError], WireError] = {}
"""Such as `UnpaidError: WireError(402, "Payment Required", UnpaidError.code)`."""
