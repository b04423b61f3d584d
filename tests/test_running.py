"""`just dev`, started for real and called over HTTP by a client."""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import Service, owners_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import MakeService

ADA = {"username": "ada", "email": "ada@example.org", "password": "purple monkey dishwasher"}
PATIENCE = 60  # seconds; a start takes two

OTHER_DAMAGE = pytest.mark.scheduled("another damage of the same file is told in every run")

FREE_SOCKET = """
from dev.files import LocalError
from dev.server import free_socket
try:
    free_socket()
except LocalError as error:
    raise SystemExit(str(error))
"""


@contextmanager
def just_dev(service: Service, log: Path, stop: signal.Signals = signal.SIGINT) -> Iterator[str]:
    """Run `just dev`, yield its address, and stop it as a terminal does on Ctrl-C.

    It must exit quietly, with 0, however it is stopped, unless it is killed.
    """
    with log.open("w") as output:
        process = subprocess.Popen(
            ["uv", "run", "just", "dev"],
            cwd=service.path,
            env=owners_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield _address(process, log)
    finally:
        os.killpg(process.pid, stop)
        ended = process.wait(PATIENCE)
    if stop != signal.SIGKILL:
        assert ended == 0, log.read_text()
        assert not re.search("error:|Traceback", log.read_text())


def begin_anew(service: Service) -> None:
    """Delete the data that earlier tests have left in the local database."""
    shutil.rmtree(service.path / ".local", ignore_errors=True)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until the service is ready, and return the address that it printed."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if printed := re.search(r"API +(http://\S+)", log.read_text()):
            try:
                httpx.get(f"{printed[1]}/health/ready").raise_for_status()
            except httpx.HTTPError:
                pass
            else:
                return printed[1]
        time.sleep(0.05)
    pytest.fail(f"the service did not start:\n{log.read_text()}")


def processes_of(service: Service) -> list[str]:
    """Return the command lines of all processes that run from the project's folder."""
    lines = subprocess.run(
        ["ps", "-eo", "args"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    return [line for line in lines if str(service.path) in line]


def authorization(client: httpx.Client, name: str) -> dict[str, str]:
    form = {"grant_type": "password", "username": name, "password": ADA["password"]}
    token = client.post("/auth/token", data=form).raise_for_status().json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_a_new_service_serves_its_first_users_and_keeps_them_over_a_restart(
    make_service: MakeService, tmp_path: Path
) -> None:
    service = make_service()
    begin_anew(service)

    with just_dev(service, tmp_path / "first.log") as url, httpx.Client(base_url=url) as client:
        docs = client.get("/docs")
        assert docs.status_code == 200
        assert "server" not in docs.headers
        assert client.post("/users", json=ADA).status_code == 201
        assert client.post("/users", json=ADA).status_code == 409
        ada = authorization(client, "ada")
        assert client.get("/users/me", headers=ada).json()["email"] == "ada@example.org"
        assert client.get("/users/me").status_code == 401
        assert client.get("/users", headers=ada).status_code == 403

    assert processes_of(service) == []

    with just_dev(service, tmp_path / "second.log") as url, httpx.Client(base_url=url) as client:
        assert client.get("/users/me", headers=ada).json()["username"] == "ada"
        create_admin(service, "root")
        refused = service.try_to("uv", "run", "just", "create-admin", "--promote", "root")
        assert refused.stdout == "No admin was created: the user is an admin already.\n"
        root = authorization(client, "root")
        page = client.get("/users?limit=1", headers=root).json()
        assert (len(page["items"]), page["total"]) == (1, 2)
        assert page["items"][0]["username"] == "ada"

    assert processes_of(service) == []


def create_admin(service: Service, name: str) -> None:
    """Create an admin with Ada's password, as the owner would."""
    created = subprocess.run(
        ["uv", "run", "just", "create-admin", name, f"{name}@example.org"],
        cwd=service.path,
        env=owners_environment(),
        input=f"{ADA['password']}\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert f"{name} may now log in as an admin." in created.stdout, created.stdout


def test_two_services_run_side_by_side(make_service: MakeService, tmp_path: Path) -> None:
    one, other = make_service(), make_service(authentication="none")

    with (
        just_dev(one, tmp_path / "one.log") as url,
        just_dev(other, tmp_path / "other.log") as url2,
    ):
        assert url != url2
        titles = [httpx.get(f"{u}/openapi.json").json()["paths"].keys() for u in (url, url2)]
        assert "/users" in titles[0]
        assert "/users" not in titles[1]

    assert processes_of(one) == processes_of(other) == []


def test_a_service_without_users_can_be_tried_before_it_has_an_issuer(
    make_service: MakeService, tmp_path: Path
) -> None:
    service = make_service(authentication="external")
    begin_anew(service)

    token = service.run("uv", "run", "just", "token", "ada", "clerk", "admin").strip()
    ada = {"Authorization": f"Bearer {token}"}

    for start in ("first", "second"):
        with just_dev(service, tmp_path / f"{start}.log") as url:
            me = httpx.get(f"{url}/me", headers=ada).raise_for_status().json()
            assert me == {"id": "ada", "roles": ["admin", "clerk"]}
            assert httpx.get(f"{url}/me").status_code == 401
    assert (service.path / ".local/issuer/key.pem").stat().st_mode & 0o077 == 0
    assert processes_of(service) == []


def test_a_supervisor_that_terminates_it_leaves_nothing_running(
    make_service: MakeService, tmp_path: Path
) -> None:
    service = make_service()

    with just_dev(service, tmp_path / "dev.log", stop=signal.SIGTERM):
        assert processes_of(service) != []

    assert processes_of(service) == []


@pytest.mark.parametrize("moment", ["start", "initdb", "migrations"])
def test_ctrl_c_during_the_very_first_start_ends_it_as_quietly(
    make_service: MakeService, moment: str
) -> None:
    service = make_service()
    begin_anew(service)
    log = service.path / ".local/postgres/server.log"
    begun = {
        "start": lambda: (service.path / ".local/secrets/JWT_SECRET").exists(),
        "initdb": lambda: any(service.path.glob(".local/postgres/data.*/PG_VERSION")),
        "migrations": lambda: log.exists() and "ready to accept" in log.read_text(),
    }[moment]

    said, ended = in_a_terminal(service, begun)

    assert (ended, re.findall("error:|Traceback", said)) == (0, []), said
    assert processes_of(service) == []


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("", id="a full disk"),
        pytest.param("\0" * 64, id="a crash", marks=OTHER_DAMAGE),
        pytest.param("short", id="an editor", marks=OTHER_DAMAGE),
    ],
)
def test_a_damaged_secret_is_named_with_the_remedy(make_service: MakeService, damage: str) -> None:
    service = make_service()
    secret = service.path / ".local/secrets/JWT_SECRET"
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text(damage)

    refusals = [service.try_to("uv", "run", "just", recipe) for recipe in ("dev", "migrate")]

    secret.unlink()
    for refusal in refusals:
        assert refusal.returncode == 1
        assert f"{secret} holds no secret" in refusal.stdout
        assert "Delete it" in refusal.stdout
        assert "Traceback" not in refusal.stdout
    service.run("uv", "run", "just", "migrate")
    assert re.fullmatch(r"[\w-]{64}", secret.read_text())


NAMES = ('$HOME "b"', "it's %(here)s 100%", "a\\n`id` é!", "[x]{y}*?#~;&")


@pytest.mark.parametrize(
    "name",
    [
        "".join(NAMES),
        *(pytest.param(n, marks=pytest.mark.scheduled("part of another name")) for n in NAMES),
    ],
)
def test_a_checkout_may_lie_below_a_folder_of_any_name(
    make_service: MakeService, tmp_path: Path, name: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's are closed to root's PostgreSQL
        Path(folder).chmod(0o755)
        odd = Service(Path(folder) / name / "service")
        shutil.copytree(
            make_service().path, odd.path, ignore=shutil.ignore_patterns(".venv", ".local")
        )
        odd.run("uv", "sync", "--quiet")

        odd.run("uv", "run", "just", "migrate")
        odd.run("uv", "run", "just", "revision", "a thing")
        odd.run("uv", "run", "pytest", "-q", "tests/integration/persistence")
        with just_dev(odd, tmp_path / "dev.log") as url:
            assert httpx.get(f"{url}/health/ready").status_code == 200


def in_a_terminal(service: Service, begun: Callable[[], bool]) -> tuple[str, int]:
    """Run `just dev` in a terminal, press Ctrl-C, and return its output and exit code."""
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        ["setsid", "--ctty", "--wait", "uv", "run", "just", "dev"],
        cwd=service.path,
        env=owners_environment(),
        stdin=inside,
        stdout=inside,
        stderr=inside,
    )
    os.close(inside)
    try:
        deadline = time.monotonic() + PATIENCE
        while not begun():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.001)
        os.write(terminal, b"\x03")
        said = b""
        with suppress(OSError):  # the other end has been closed
            while part := os.read(terminal, 65536):
                said += part
        return said.decode(), process.wait(PATIENCE)
    finally:
        os.close(terminal)
        process.terminate()
        process.wait()


def test_what_is_left_of_a_killed_service_is_taken_over(
    make_service: MakeService, tmp_path: Path
) -> None:
    service = make_service()

    with just_dev(service, tmp_path / "first.log", stop=signal.SIGKILL):
        pass
    with just_dev(service, tmp_path / "second.log") as url:
        assert httpx.get(f"{url}/health/ready").json() == {"status": "ok"}

    assert processes_of(service) == []


def test_without_its_settings_the_service_stops_at_once_and_names_them(
    make_service: MakeService,
) -> None:
    service = make_service()

    ended = service.try_to(
        "uv", "run", "uvicorn", "--factory", "presentation.app:create_app", JWT_SECRET="too-short"
    )

    assert ended.returncode == 1
    assert "DATABASE_URL: missing" in ended.stdout
    assert "JWT_SECRET: " in ended.stdout
    assert "too-short" not in ended.stdout
    assert "Traceback" not in ended.stdout


@pytest.mark.parametrize("port", ["0", "70000", "-1", "http"])
def test_a_port_that_is_none_is_refused_before_anything_starts(
    make_service: MakeService, port: str
) -> None:
    service = make_service()

    ended = service.try_to("uv", "run", "python", "-c", FREE_SOCKET, PORT=port)

    assert ended.returncode == 1
    assert f"PORT must be a number from 1 to 65535, and is {port!r}." in ended.stdout
    assert "Traceback" not in ended.stdout
