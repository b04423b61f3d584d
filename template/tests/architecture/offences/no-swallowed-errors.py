# offence: logged and forgotten
# plant: src/infrastructure/forgetful.py
import logging


def run() -> None:
    try:
        print()
    except Exception:  # refused
        logging.exception("it failed")


# offence: bare
# plant: src/application/letters/use_cases.py
async def send(letter: object) -> bool:
    try:
        print(letter)
        return True
    except:  # refused
        return False


# offence: exit stack
# plant: src/infrastructure/stack.py
from contextlib import ExitStack, suppress


def run() -> None:
    with ExitStack() as stack:
        stack.enter_context(suppress(Exception))  # refused


# offence: finally and continue
# plant: src/domain/letters/address.py
def parse(lines: list[str]) -> int:
    try:
        return int(lines[0])
    finally:
        return 0  # refused


def skip(lines: list[str]) -> None:
    for line in lines:
        try:
            print(int(line))
        except Exception:  # refused
            continue


# offence: group and alias
# plant: src/presentation/postbox.py
import builtins


async def collect() -> list[str]:
    try:
        return ["letter"]
    except* builtins.Exception:  # refused
        print("nothing today")
    return []


def empty() -> None:
    try:
        collect()
    except BaseException as problem:  # refused
        error = problem
        print(error)


# offence: logged and gone
# plant: src/infrastructure/stamps.py
import logging

log = logging.getLogger(__name__)


def stamp(letter: object) -> str | None:
    try:
        return str(letter)
    except (ValueError, Exception) as exc:  # refused
        log.exception("no stamp", exc_info=exc)
    return None


# offence: pass
# plant: src/infrastructure/letters.py
def send(letter: object) -> None:
    try:
        print(letter)
    except Exception:  # refused
        pass


# offence: suppressed
# plant: src/infrastructure/envelopes.py
import contextlib
from contextlib import suppress as ignoring


def seal(letter: object) -> None:
    with ignoring(Exception):  # refused
        print(letter)


async def open_all(letters: list[object]) -> None:
    for letter in letters:
        with (
            open("/dev/null") as sink,
            contextlib.suppress(ValueError, BaseException),  # refused
        ):
            print(letter, file=sink)


# innocent: errors that are handled
# plant: src/infrastructure/parachute.py
import logging
from contextlib import suppress

from application.errors import RepoError, RepoUnavailableError

log = logging.getLogger(__name__)


async def jump() -> None:
    try:
        print("jump")
    except Exception as exc:
        log.exception("jump failed: %s", str(exc))
        raise RepoUnavailableError("the sky cannot be reached") from exc
    with suppress(ValueError, KeyError):
        print("land")


async def fold() -> None:
    try:
        print("fold")
    except BaseException:
        print("unfold")
        raise


def translated(error: ValueError | RepoError) -> RepoError | None:
    return error if isinstance(error, RepoError) else None
# plant: src/application/jumps/use_cases.py
from application.errors import AppConflictError, AppError, AppNotFoundError, RepoConflictError
from domain.shared import DomainError


def kind_of(error: DomainError | RepoConflictError) -> type[AppError] | None:
    return None


def translated(error: RepoConflictError) -> AppConflictError | AppNotFoundError:
    return AppConflictError("taken", field=error.field)


async def jump() -> None:
    try:
        print("jump")
    except RepoConflictError as exc:
        raise AppConflictError("the slot is taken", field=exc.field) from exc
    except DomainError as exc:
        raise AppConflictError(exc.detail) from exc
# plant: src/presentation/landing.py
import structlog
from fastapi import FastAPI, Request, Response

from application.errors import AppError

logger = structlog.get_logger()


def install(app: FastAPI) -> None:
    @app.exception_handler(AppError)
    async def handler(request: Request, exc: AppError) -> Response:
        logger.error("landing failed", cause=str(exc), trace=exc.args)
        return Response(exc.detail, status_code=409)


def problem(error: dict[str, str]) -> str:
    return f"{error['msg']}: {str(error['loc'])}"
