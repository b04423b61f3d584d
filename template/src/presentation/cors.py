"""Cross-origin requests (CORS)."""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from application.errors import AppForbiddenError
from presentation.errors import WIRE_MAP, problem_response


class CrossOriginMiddleware(CORSMiddleware):
    """Allows requests from pages of these origins, and refuses other preflights with a problem.

    Credentials that browsers add by themselves, such as cookies, are not allowed: tokens are sent
    in a header.
    """

    def __init__(self, app: ASGIApp, allow_origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=allow_origins,
            allow_methods=["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "If-Match",
                "If-None-Match",
                "X-Request-ID",
            ],
            expose_headers=["ETag", "Location", "Retry-After", "X-Request-ID"],
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        answer = super().preflight_response(request_headers)
        headers = {
            name: value for name, value in answer.headers.items() if not name.startswith("content-")
        }
        if answer.status_code < 400:
            return Response(status_code=204, headers=headers)
        detail = bytes(answer.body).decode()
        return problem_response(WIRE_MAP[AppForbiddenError], detail=detail, headers=headers)
