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
from application.errors import AppConflictError as Conflict


class RocketLaunchedError(Conflict):  # refused
    pass


class RocketLostError(  # refused
    errors.AppNotFoundError,
):
    pass
# plant: src/application/probes/errors.py
from application.rockets.errors import RocketLostError


class ProbeLostError(RocketLostError):  # refused
    pass


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
