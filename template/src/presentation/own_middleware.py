"""Your own middleware."""

from starlette.middleware import Middleware

from presentation.deps import Settings


def own_middleware(settings: Settings) -> list[Middleware]:
    """Return your middleware, the outermost first, such as `Middleware(GZipMiddleware)`.

    It stands between that of the template and the routes. So a request already has its id and its
    limits, and every error becomes a response, also an `AppError` that your middleware raises.
    """
    return []
