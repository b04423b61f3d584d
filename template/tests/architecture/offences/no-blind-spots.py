# offence: what runs is not what is read
# plant: src/infrastructure/persistence/aviary/owl_repo.py
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    async def finish(session: Any) -> None: ...

else:

    async def finish(session):  # refused
        await session.commit()


# offence: not while types are checked
# plant: src/application/aviary/fly.py
import typing

if not typing.TYPE_CHECKING:
    print("fly")  # refused


# offence: a function that nobody reads
# plant: src/infrastructure/persistence/aviary/jay_repo.py
from typing import Any, no_type_check


@no_type_check
async def insert(session: Any, jay: Any) -> None:  # refused
    session.add(jay)  # refused
    await session.commit()  # refused


# offence: a file that nobody reads
# plant: src/infrastructure/persistence/aviary/kite_repo.py
# mypy: ignore-errors  # refused


async def insert(session, kite):
    session.add(kite)  # refused


# offence: a file without complaints
# plant: src/application/aviary/land.py
# type: ignore  # refused


async def land(session) -> None:
    print(session)  # refused


# offence: after the end
# plant: src/infrastructure/aviary.py
import sys


def close() -> None:
    sys.exit(0)
    print("closed")  # refused


# innocent: another system, and types alone
# plant: src/infrastructure/platforms.py
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

if sys.platform == "win32":
    print("slower")

if sys.version_info >= (3, 99):
    print("faster")


def repeat(action: "Callable[[], None]", times: int) -> None:
    for _ in range(times):
        action()
