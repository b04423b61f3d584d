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


# offence: a failure becomes a value
# plant: src/application/moons/use_cases.py
from application.errors import AppError, RepoError, RepoUnavailableError
from domain.shared import DomainError


async def moons(find: object) -> list[str]:
    try:
        return [str(find)]
    except RepoError:  # refused
        return []


async def count(find: object) -> int:
    total = 0
    try:
        total = len(str(find))
    except (ValueError, RepoUnavailableError):  # refused
        total = -1
    return total


def land(moon: list[str]) -> bool:
    try:
        moon.append("landed")
    except DomainError:  # refused
        return False
    return True


async def name(find: object) -> str | None:
    try:
        return str(find)
    except AppError as exc:  # refused
        print("no name", exc.field)
    return None


async def orbit(find: object) -> dict[str, list[str]]:
    for _ in range(3):
        try:
            return {"orbit": [str(find)]}
        except RepoError:  # refused
            continue
    return {}


# offence: the world outside failed
# plant: src/infrastructure/tides.py
from dataclasses import dataclass, field

import httpx
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class Tides:
    heights: list[int] = field(default_factory=list)


_NONE = Tides()


async def fetch(client: httpx.AsyncClient) -> Tides:
    try:
        await client.get("/tides")
    except httpx.HTTPError:  # refused
        return Tides()
    return _NONE


async def count(session: AsyncSession) -> int:
    try:
        return len((await session.execute(text("SELECT 1"))).all())
    except SQLAlchemyError:  # refused
        return 0


def read() -> Tides | None:
    try:
        open("tides").close()
    except FileNotFoundError:  # refused
        return None
    return _NONE


# offence: broad by another name
# plant: src/infrastructure/comets.py
from typing import Final

Problem = Exception
ANY: Final = (KeyError, Problem)
_Everything = BaseException


def one() -> int:
    try:
        return 1
    except Problem:  # refused
        return 0


def two() -> int:
    try:
        return 2
    except ANY as exc:  # refused
        print(exc)
    return 0


def three(kinds: tuple[type[Exception], ...]) -> None:
    try:
        print(3)
    except kinds:  # refused
        print("no")


def four(kind: type[_Everything]) -> None:
    try:
        print(4)
    except kind:  # refused
        ...


# offence: raised now and then
# plant: src/application/comets/use_cases.py
import asyncio


async def watch(tries: int) -> None:
    for attempt in range(tries):
        try:
            print("watch")
            return
        except Exception:  # refused
            if attempt == tries - 1:
                raise
            await asyncio.sleep(1)


async def describe(comet: object, *, strict: bool) -> str:
    try:
        return str(comet)
    except Exception as exc:  # refused
        if not strict:
            return "a comet"
        raise ValueError("no comet") from exc


async def look() -> None:
    try:
        print("look")
    except Exception:  # refused
        def again() -> None:
            raise ValueError("not today")

        print(again)


# offence: an exit that may be true
# plant: src/infrastructure/guards.py
import contextlib
from collections.abc import AsyncIterator, Iterator
from types import TracebackType

from domain.shared import DomainError


class Quiet:
    def __enter__(self) -> "Quiet":
        return self

    def __exit__(self, *exc_info: object) -> bool:
        return True  # refused


class Picky:
    async def __aenter__(self) -> None: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, _: TracebackType | None
    ) -> bool | None:
        return kind is not None and issubclass(kind, DomainError)  # refused


@contextlib.contextmanager
def keep(faults: list[str]) -> Iterator[None]:
    try:
        yield
    except ValueError as exc:  # refused
        faults.append(type(exc).__name__)


@contextlib.asynccontextmanager
async def keep_later(faults: list[Exception]) -> AsyncIterator[None]:
    try:
        yield
    except DomainError as exc:  # refused
        faults.append(exc)


# offence: suppressed by family
# plant: src/application/comets/quiet.py
import contextlib as c
from contextlib import suppress

from application import errors
from application.errors import RepoUnavailableError
from domain.shared import DomainError

FAMILY = errors.RepoError


async def quiet() -> None:
    with suppress(FAMILY):  # refused
        print("one")
    with c.suppress(KeyError, errors.AppError):  # refused
        print("two")
    with suppress(DomainError):  # refused
        print("three")
    with suppress(RepoUnavailableError), suppress(OSError):  # refused
        print("four")


# offence: told, and gone
# plant: src/presentation/comets.py
import structlog

logger = structlog.get_logger()


async def watch() -> dict[str, str]:
    try:
        return {"comet": "seen"}
    except Exception as exc:  # refused
        await logger.aerror("no comet", error=exc)
        return {"comet": "none"}


# offence: the long way around
# plant: src/application/detours/use_cases.py
import contextlib
from collections.abc import Callable

from application.errors import AppConflictError, RepoConflictError, RepoError, RepoStaleError


async def a(find: Callable[[], str]) -> str | None:
    result: str | None = None
    try:
        result = find()
    except RepoError:  # refused
        pass
    return result


async def b(find: Callable[[], str]) -> str | None:
    try:
        found = find()
    except RepoError:  # refused
        found = None
    finally:
        print("x")
    return found


async def d(find: Callable[[], str]) -> bool:
    ok = True
    try:
        find()
    except (RepoConflictError, RepoStaleError):  # refused
        ok = False
    return ok


async def e(find: Callable[[], str]) -> None:
    try:
        find()
    except RepoError as exc:  # refused
        if isinstance(exc, RepoConflictError):
            raise AppConflictError("x") from exc


async def f(find: Callable[[], str]) -> list[str]:
    try:
        return [find()]
    except RepoError:  # refused
        return list()


async def g(find: Callable[[], str]) -> list[str]:
    try:
        return [find()]
    except RepoError:  # refused
        empty: list[str] = []
        return empty


async def h(find: Callable[[], str]) -> None:
    try:
        find()
    except Exception as exc:  # refused
        if False:
            raise


async def i(find: Callable[[], str]) -> None:
    try:
        find()
    except Exception:  # refused
        try:
            raise
        except Exception:  # refused
            pass


async def j(find: Callable[[], str]) -> str:
    with contextlib.ExitStack() as stack:
        stack.push(lambda *exc: True)  # refused
        return find()
    return ""


def k(find: Callable[[], str]) -> None:
    with contextlib.suppress(*[Exception]):  # refused
        find()


class Ex:
    def __enter__(self) -> None: ...

    def _quiet(self, *a: object) -> bool:
        return True

    __exit__ = _quiet  # refused


# offence: in a hurry
# plant: src/infrastructure/hurry.py
import contextlib
import logging
from typing import Any

import httpx

from application.errors import RepoError

log = logging.getLogger(__name__)


async def a(client: httpx.AsyncClient) -> float | None:
    try:
        r = await client.get("/eur")
        r.raise_for_status()
        return float(r.text)
    except (httpx.HTTPStatusError, httpx.TimeoutException):  # refused
        log.warning("no rate")
        return None


async def b(client: httpx.AsyncClient) -> float:
    rate = 1.0
    with contextlib.suppress(httpx.HTTPError):  # refused
        rate = float((await client.get("/eur")).text)
    return rate


async def c(client: httpx.AsyncClient) -> dict[str, Any]:
    try:
        return dict((await client.get("/eur")).json())
    except Exception as e:  # refused
        return {"error": str(e)}


async def d(client: httpx.AsyncClient) -> None:
    try:
        await client.post("/x")
    except Exception as e:  # refused
        log.error(f"failed {e}")


async def f(client: httpx.AsyncClient) -> bool:
    try:
        await client.post("/x")
    except (ConnectionError, TimeoutError):  # refused
        return False
    else:
        return True


def h() -> None:
    try:
        print()
    except* ValueError:
        pass
    except* Exception:  # refused
        pass


async def i(client: httpx.AsyncClient) -> str:
    try:
        return (await client.get("/")).text
    except RepoError:  # refused
        log.exception("failed")
        return ""


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


# innocent: errors that somebody hears of
# plant: src/infrastructure/workers.py
import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import Future

import jwt

from application.errors import RepoNotFoundError, RepoUnavailableError
from domain.shared import DomainError

log = logging.getLogger(__name__)


def run(job: Callable[[], int], future: Future[int]) -> None:
    try:
        future.set_result(job())
    except BaseException as exc:
        future.set_exception(exc)


async def work(jobs: asyncio.Queue[Callable[[], Awaitable[None]]]) -> None:
    while True:
        job = await jobs.get()
        try:
            await job()
        # allow: no-swallowed-errors - whatever one job does, the worker goes on with the next
        except Exception:
            log.exception("a job failed")


def serve(start: Callable[[], None]) -> None:
    try:
        start()
    except KeyboardInterrupt:
        log.info("stopped")
    except Exception as exc:
        log.exception("cannot start")
        sys.exit(f"cannot start: {type(exc).__name__}")


def claims(token: str) -> dict[str, object] | None:
    try:
        return dict(jwt.decode(token, options={"verify_signature": False}))
    except jwt.InvalidTokenError:
        return None


def port(raw: str | None) -> int | None:
    try:
        return int(raw or "")
    except ValueError:
        return None


async def fetch(send: Callable[[], Awaitable[str]]) -> str:
    for _ in range(3):
        try:
            return await send()
        except TimeoutError as exc:
            last = exc
    raise RepoUnavailableError("it does not answer") from last


async def found(find: Callable[[], Awaitable[str]]) -> str | None:
    try:
        return await find()
    except RepoNotFoundError:
        return None


def mapped(job: Callable[[], None]) -> None:
    try:
        job()
    except Exception as exc:
        if isinstance(exc, DomainError):
            raise
        elif isinstance(exc, OSError):
            raise RepoUnavailableError("the disk") from exc
        else:
            os.abort()


class Lock:
    async def __aenter__(self) -> "Lock":
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        log.info("unlocked")


class Counted:
    def __enter__(self) -> None: ...

    def __exit__(self, *exc_info: object) -> bool:
        log.info("counted")
        return False


# innocent: sagas and input that is wrong
# plant: src/application/crossings/use_cases.py
from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from application.errors import (
    AppConflictError,
    AppUnavailableError,
    RepoConflictError,
    RepoNotFoundError,
    RepoStaleError,
    RepoUnavailableError,
)
from domain.shared import DomainError
from domain.crossings.port import Port

if TYPE_CHECKING:
    from collections.abc import Iterator


class Voyages(Protocol):
    async def book(self, port: Port) -> None: ...

    async def cancel(self, port: Port) -> None: ...

    async def find(self, port: Port) -> str: ...


class Faults:
    """What is wrong with an input, all of it."""

    def __init__(self) -> None:
        self.found: list[DomainError] = []

    @contextmanager
    def at(self, field: str) -> Iterator[None]:
        try:
            yield
        # allow: no-swallowed-errors - it is raised with the others, by `raise_if_any`
        except DomainError as exc:
            self.found.append(DomainError(exc.detail, field=field))

    def raise_if_any(self) -> None:
        if self.found:
            raise self.found[0]


async def sail(raw: str, *, voyages: Voyages) -> str:
    faults = Faults()
    with faults.at("port"):
        port = Port.parse(raw)
    faults.raise_if_any()
    try:
        await voyages.book(port)
    except RepoConflictError:
        return await voyages.find(port)
    except RepoUnavailableError as exc:
        with suppress(RepoNotFoundError, RepoStaleError):
            await voyages.cancel(port)
        raise AppUnavailableError("no ship today") from exc
    except (DomainError, RepoStaleError) as exc:
        raise AppConflictError("another ship was faster") from exc
    return "sailed"


def is_port(raw: str) -> bool:
    try:
        Port.parse(raw)
    except DomainError:
        return False
    return True
# plant: src/domain/crossings/port.py
from __future__ import annotations

from dataclasses import dataclass

from domain.shared import DomainError


@dataclass(frozen=True, slots=True)
class Port:
    value: str

    @classmethod
    def parse(cls, raw: str) -> Port:
        if not raw.isalpha():
            raise DomainError("a port has letters")
        return cls(raw)


# innocent: adapters of the outside world
# plant: src/infrastructure/pasture_clients.py
from __future__ import annotations

import hashlib
import hmac
import json
import logging
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import redis.asyncio as redis  # type: ignore[import-not-found]
from aiokafka import AIOKafkaConsumer  # type: ignore[import-not-found]
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

from application.errors import RepoError, RepoUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = logging.getLogger(__name__)


class RateAnswer(BaseModel):
    rate: Decimal
    currency: str = "EUR"


class HttpRates:
    def __init__(self, client: httpx.AsyncClient, *, api_key: SecretStr) -> None:
        self._client = client
        self._headers = {"X-Api-Key": api_key.get_secret_value()}

    async def rate(self, currency: str) -> Decimal:
        try:
            answer = await self._client.get(f"/{currency}", headers=self._headers)
            answer.raise_for_status()
            return RateAnswer.model_validate_json(answer.content).rate
        except httpx.HTTPStatusError as exc:
            if exc.response.status_code == httpx.codes.NOT_FOUND:
                raise RepoError("no such currency") from exc
            raise RepoUnavailableError(f"rates: {exc}") from exc
        except (httpx.HTTPError, ValidationError) as exc:
            raise RepoUnavailableError(f"rates: {exc!r}") from exc


class RedisCache:
    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    async def get(self, key: str) -> dict[str, Any] | None:
        try:
            raw = await self._client.get(key)
        except redis.RedisError:
            log.warning("no cache")
            return None
        return json.loads(raw) if raw else None  # type: ignore[no-any-return]

    async def put(self, key: str, value: dict[str, Any]) -> None:
        async with self._client.pipeline() as pipe:
            pipe.set(key, json.dumps(value))
            pipe.expire(key, 60)
            await pipe.execute()

    async def close(self) -> None:
        await self._client.close()


async def consume(consumer: AIOKafkaConsumer) -> AsyncIterator[bytes]:
    async for message in consumer:
        yield message.value
        await consumer.commit()


@dataclass(frozen=True)
class Signer:
    secret: SecretStr
    algorithm: str = "sha256"

    def sign(self, body: bytes) -> str:
        key = self.secret.get_secret_value().encode()
        return hmac.new(key, body, self.algorithm).hexdigest()

    def etag(self, body: bytes) -> str:
        return hashlib.sha256(body).hexdigest()


def parse(raw: str) -> dict[str, int] | None:
    try:
        return TypeAdapter(dict[str, int]).validate_json(raw)
    except ValidationError:
        return None
