# offence: behind a helper
# plant: src/presentation/reasons.py
from sqlalchemy.exc import DBAPIError


def describe(problem: Exception) -> str:
    text = repr(problem)  # refused
    return "failed: %s" % problem + text  # refused


def statement(problem: DBAPIError) -> str:
    return "{} in {}".format(  # refused
        problem, problem.statement  # refused
    )


# offence: debug
# plant: src/presentation/debugging.py
from fastapi import FastAPI

app = FastAPI(
    title="debug",
    debug=True,  # refused
)
other = FastAPI()
other.debug = True  # refused


# offence: in a domain error
# plant: src/domain/rockets/fuel.py
from domain.shared import DomainError


def parse(raw: str) -> int:
    try:
        return int(raw)
    except ValueError as exc:
        raise DomainError(
            "not an amount: " + str(exc),  # refused
            field="fuel",
        ) from exc


# offence: in a handler
# plant: src/presentation/crash.py
import traceback  # refused

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse


def install(app: FastAPI) -> None:
    @app.exception_handler(RuntimeError)
    async def handler(request: Request, error: RuntimeError) -> PlainTextResponse:
        reason = error.args[0]  # refused
        return PlainTextResponse(f"{reason} {traceback.format_exc()}")  # refused


# offence: in an app error
# plant: src/application/rockets/use_cases.py
from application.errors import AppConflictError, AppError, RepoConflictError


async def launch() -> None:
    try:
        ...
    except RepoConflictError as exc:
        raise AppConflictError(str(exc)) from exc  # refused


async def land() -> None:
    try:
        ...
    except ValueError as error:
        raise AppError(
            detail=f"cannot land: {error}",  # refused
        ) from error


# offence: last error
# plant: src/presentation/last_error.py
import sys
from traceback import format_exc as last  # refused


def describe(problem: BaseException) -> str:
    kind = sys.exc_info()[0]  # refused
    return "%s: %s" % (kind, problem) + last()  # refused


# offence: a new kind of error in the old place
# append: src/application/errors.py


class AppTeapotError(AppError):  # refused
    pass


# offence: no row
# plant: src/application/rockets/errors.py
from application import errors
from application.errors import AppError as Base


class RocketLaunchedError(Base):  # refused
    pass


class RocketLostError(  # refused
    errors.AppError,
):
    pass
# plant: src/application/probes/errors.py
from application.errors import AppConflictError


class ProbeLostError(AppConflictError):
    """Has the row of its kind."""

    code = "probe_lost"


# offence: str of the exception
# plant: src/presentation/rockets.py
from fastapi import HTTPException
from fastapi.responses import JSONResponse


async def launch() -> JSONResponse:
    try:
        return JSONResponse({})
    except OSError as exc:
        return JSONResponse({"detail": str(exc)}, status_code=500)  # refused


async def land() -> None:
    try:
        await launch()
    except ValueError as e:
        raise HTTPException(
            status_code=400,
            detail=f"cannot land: {e}",  # refused
        ) from e


# offence: the exception itself
# plant: src/presentation/itself.py
from fastapi import HTTPException, Response


async def land() -> Response:
    try:
        return Response()
    except ValueError as problem:
        raise HTTPException(400, problem) from problem  # refused
    except OSError as problem:
        return Response(content=problem, status_code=500)  # refused


# offence: through a variable
# plant: src/application/engines/use_cases.py
from application.errors import AppConflictError, AppValidationError


async def pay(amount: str) -> None:
    try:
        int(amount)
    except ValueError as exc:
        message = f"cannot pay: {exc}"  # refused
        raise AppConflictError(message) from exc


async def start(amount: str) -> None:
    detail = ""
    problem: Exception | None = None
    try:
        int(amount)
    except (ValueError, OverflowError) as exc:
        problem = exc
    if problem:
        detail += "cannot start: %s" % problem  # refused
        raise AppValidationError(detail)


# offence: in parts
# plant: src/application/engines/parts.py
from application.errors import AppConflictError


async def stop() -> None:
    try:
        print("stop")
    except OSError as exc:
        reason = exc.strerror or ""  # refused
        name = " ".join(map(str, exc.args))  # refused
        raise AppConflictError(reason + name) from exc


async def turn() -> None:
    try:
        print("turn")
    except KeyError as exc:
        raise AppConflictError(f"no {exc.args[0]!r}") from exc  # refused


# offence: through a helper
# plant: src/domain/engines/faults.py
from domain.shared import DomainError


def told(cause: BaseException) -> str:
    return cause.__str__()  # refused


def refuse(cause: LookupError | None) -> None:
    raise DomainError("no engine: {}".format(cause))  # refused


# offence: an error of ours made in infrastructure
# plant: src/infrastructure/engines.py
from application.errors import AppUnavailableError, RepoUnavailableError
from domain.shared import DomainError


def start() -> None:
    try:
        print("start")
    except OSError as exc:
        text = repr(exc)
        raise AppUnavailableError(text) from exc  # refused


def stop() -> None:
    try:
        print("stop")
    except ValueError as exc:
        raise DomainError(f"cannot stop: {exc}") from exc  # refused
    except OSError as exc:
        raise RepoUnavailableError(f"cannot stop: {exc!r}") from exc


# offence: what a library says of it
# plant: src/presentation/engines.py
import pydantic
from fastapi import HTTPException


def start(raw: str) -> None:
    try:
        pydantic.TypeAdapter(int).validate_json(raw)
    except pydantic.ValidationError as wrong:
        raise HTTPException(422, detail=wrong.title) from wrong  # refused
    except (UnicodeError, RuntimeError) as wrong:
        answer = {"reason": wrong.args, "why": f"{type(wrong)} {wrong!r}"}  # refused
        raise HTTPException(500, detail=answer) from wrong


# offence: the long way around
# plant: src/application/detours/text.py
import json
from string import Template

from application.errors import AppConflictError


async def a() -> None:
    try:
        ...
    except ValueError as exc:
        raise AppConflictError("x " + repr(exc)) from exc  # refused


async def b() -> None:
    try:
        ...
    except ValueError as exc:
        error = AppConflictError("no")
        error.detail = json.dumps({"why": exc.args})  # refused
        raise error from exc


async def c() -> None:
    try:
        ...
    except ValueError as exc:
        raise AppConflictError(Template("$x").substitute(x=exc)) from exc  # refused


async def d() -> None:
    try:
        ...
    except ValueError as exc:
        raise AppConflictError(*exc.args) from exc  # refused


async def e() -> None:
    try:
        ...
    except ValueError as exc:
        texts = [str(e) for e in (exc, exc.__cause__)]  # refused
        raise AppConflictError(texts[0]) from exc


async def f() -> None:
    try:
        ...
    except ValueError as exc:
        render = str
        raise AppConflictError(render(exc)) from exc  # refused


async def g() -> None:
    try:
        ...
    except ValueError as exc:
        raise AppConflictError("{e}".format(e=exc)) from exc  # refused


async def h() -> None:
    try:
        ...
    except ValueError as exc:
        raise AppConflictError(f"{exc!r:>10}") from exc  # refused


async def i() -> None:
    try:
        ...
    except ValueError as exc:
        raise AppConflictError("%(e)s" % {"e": exc}) from exc  # refused


# innocent: what may be said
# plant: src/application/weights/use_cases.py
import logging

from application.errors import AppConflictError, AppValidationError, RepoConflictError
from domain.shared import DomainError

log = logging.getLogger(__name__)


async def weigh(raw: str) -> int:
    try:
        return int(raw)
    except ValueError as exc:
        log.warning("no weight: %s", exc, extra={"why": str(exc)})
        raise AppValidationError("a weight is a number", field="weight") from exc


async def lift(error: RepoConflictError | DomainError) -> None:
    if isinstance(error, DomainError):
        raise AppConflictError(f"cannot lift: {error.detail}", field=error.field)
    raise AppConflictError(f"{error.field} is taken", field=error.field) from error
# plant: src/infrastructure/weights.py
from application.errors import RepoError, RepoUnavailableError


def weigh() -> None:
    try:
        print("weigh")
    except OSError as exc:
        message = f"the scales do not answer: {exc}"
        raise RepoUnavailableError(message) from exc
    except RepoError as exc:
        raise type(exc)(*exc.args) from exc
# plant: src/presentation/weights.py
import structlog
from fastapi import Request, Response
from fastapi.exceptions import HTTPException

from application.errors import AppError, DomainError

logger = structlog.get_logger()


async def on_error(request: Request, exc: AppError | DomainError | HTTPException) -> Response:
    await logger.ainfo("refused", why=repr(exc), kind=type(exc).__name__)
    logger.bind(error=str(exc)).info("refused")
    return Response(str(exc.detail), headers={"x-kind": type(exc).__name__})


# innocent: a new kind with a status of its own
# plant: src/application/own_errors.py
from application.errors import AppError


class MoonGoneError(AppError):
    code = "moon_gone"
    detail = "the moon was there, and is there no more"
# plant: src/presentation/own_errors.py
from application.errors import AppError
from application.own_errors import MoonGoneError
from presentation.wire_error import WireError

OWN_WIRE_MAP: dict[type[AppError], WireError] = {
    MoonGoneError: WireError(410, "Gone", MoonGoneError.code),
}
