# offence: blanket noqa
# plant: src/infrastructure/quiet.py
import os


def run(command: str) -> None:
    try:
        os.system(command)  # noqa  # refused
    except Exception:  # noqa: BLE001  # refused
        pass


# offence: ruff comments
# plant: src/infrastructure/quietest.py
# ruff: noqa: BLE001  # refused
from datetime import datetime

# ruff: disable[DTZ005]  # refused
NOW = datetime.now()
# ruff: enable[DTZ005]

# ruff: file-ignore[S110]  # refused


# offence: unused
# plant: src/application/quiet/unused.py
async def find(account: str) -> None: ...  # allow: typed-ids - a bank's number  # refused


async def drop(account: str) -> None: ...  # noqa: DTZ005 - the zone is known  # refused


async def move(account: str) -> None: ...  # allow: typed-idz - misspelt  # refused


async def keep(account: str) -> None: ...  # noqa: XYZ999 - no such code  # refused


# offence: as ast-grep has it
# plant: src/application/quiet/ast_grep.py
async def stop(account_id: str) -> None: ...  # ast-grep-ignore: typed-ids - a bank's number  # refused


# offence: whole file
# plant: src/infrastructure/quieter.py
# ast-grep-ignore  # refused

import contextlib

with contextlib.suppress(Exception):
    print()


# offence: without a reason
# plant: src/application/quiet/ports.py
from typing import Protocol


class Accounts(Protocol):
    # allow: typed-ids  # refused
    async def find(self, account_id: str) -> object: ...

    async def drop(self, account_id: str) -> object: ...  # allow: typed-ids -a number  # refused

    async def move(self, account_id: str) -> object: ...  # allow: typed-ids -  # refused


# innocent: exceptions with a reason
# plant: src/application/accounts/ports.py
from typing import Protocol


class Bank(Protocol):
    async def balance(self, bank_id: str) -> int: ...  # allow: typed-ids - a bank's own

    # allow: typed-ids - the bank's number, which nobody here makes
    async def close(self, bank_id: str) -> None: ...
# plant: src/infrastructure/accounts.py
from datetime import datetime


def opened() -> datetime:
    return datetime.now()  # noqa: DTZ005 - the bank's machines have no zone


# ruff: disable[DTZ005] - nor have its papers
CLOSED = datetime.now()
# ruff: enable[DTZ005]
