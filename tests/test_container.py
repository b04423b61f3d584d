"""The image, built and run for real: with Docker, or with podman if root can install it on Debian.

If no registry can be reached, there is no `python:3.11-slim`. On Debian, an equivalent image is built from
packages, once. It has no `apt-get`: builds get one that only knows the package that the Dockerfile installs.
Both are stored with the layers of later builds in the harness's own folder; the images of the user who runs
the harness are not touched.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import time
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from dev.postgres import LocalPostgres

from tests import debian

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import MakeService, Service

PATIENCE = 60  # seconds
PORT = 8000  # the port of the image
PYTHON = "docker.io/library/python:3.11-slim"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "strata" / "containers"
APT_GET = """\
#!/bin/sh
case "$*" in
    update) ;;
    "install --yes --no-install-recommends binutils")
        cp -R --no-clobber /usr/local/sbin/binutils/usr / ;;
    *)
        echo "The apt-get of tests/test_container.py does not know: $*" >&2
        exit 1 ;;
esac
"""
HARDENED = ["--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges"]
PLANTED = f"planted-{secrets.token_hex(8)}"  # in all places where owners store secrets
OUT_OF_PLACE = (
    *("gcc*", "g++*", "cc", "ld", "make", "cargo", "rustc"),
    *("uv", "uvx", "just", "pytest", "ruff", "mypy", "conftest.py", "test_*.py"),
)


@dataclass(frozen=True)
class Engine:
    """Docker, or podman with its own storage; both have the same commands."""

    command: list[str]
    building: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)

    def __call__(self, *arguments: str, **environment: str) -> str:
        """Run a command and return what it printed.

        Raises:
            AssertionError: it failed; the message is its output.
        """
        ended = self.try_to(*arguments, **environment)
        assert ended.returncode == 0, f"{' '.join(arguments)}\n{ended.stdout}{ended.stderr}"
        return ended.stdout.strip()

    def try_to(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command that may fail."""
        return subprocess.run(
            [*self.command, *arguments],
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def build(self, folder: Path, tag: str) -> None:
        self("build", *self.building, f"--tag={tag}", str(folder))

    def run(self, *arguments: str) -> list[str]:
        """The command that runs a container as compose and Kubernetes do, without any privileges."""
        return ["run", *self.running, *HARDENED, *arguments]

    def once(self, image: str, *command: str, user: str = "10001:10001") -> list[str]:
        """The command that runs another command in a new container, without a network."""
        return self.run("--rm", "--network=none", f"--user={user}", image, *command)

    def size(self, image: str) -> int:
        return int(self("image", "inspect", "--format={{.Size}}", image))


@pytest.fixture(scope="module")
def engine() -> Engine:
    docker = ["docker"]
    if shutil.which("docker") and Engine(docker).try_to("info").returncode == 0:
        Engine(docker)("pull", "--quiet", PYTHON)
        return Engine(docker)
    debian.need(podman="podman", runc="runc", mmdebstrap="mmdebstrap")
    if os.geteuid() != 0:
        pytest.skip("no Docker engine, and podman would need root to make its base image")
    return podman()


def podman() -> Engine:
    """Podman with the base image in its storage, and in builds with the machine's certificates and `apt-get`."""
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / "uv").mkdir(exist_ok=True)
    (CACHE / "uv" / "uv.toml").write_text("system-certs = true\n")
    engine = Engine(
        ["podman", f"--root={CACHE}/storage", f"--runroot={CACHE}/run", "--runtime=runc"],
        building=[
            "--isolation=chroot",
            "--layers",
            "--pull=never",
            "--format=docker",
            "--volume=/etc/ssl/certs:/etc/ssl/certs:ro",
            f"--volume={CACHE}/uv:/etc/uv:ro",
            f"--volume={CACHE}/sbin:/usr/local/sbin:ro",
        ],
        running=["--ulimit=nofile=20000:20000", "--ulimit=nproc=4096:4096"],
    )
    if engine.try_to("image", "exists", PYTHON).returncode != 0:
        make_python(engine)
    make_apt_get()
    return engine


def make_python(engine: Engine) -> None:
    """Build an equivalent of `python:3.11-slim`: Debian 12, with its Python 3.11 at the same path.

    The necessary results of the configuration are created by hand.
    """
    by_hand = """
        cd "$1"
        for name in passwd group; do cp usr/share/base-passwd/$name.master etc/$name; done
        mkdir -p usr/local/bin && cd usr/local/bin
        ln -s /usr/bin/python3.11 python && ln -s /usr/bin/pip3 pip
        rm ../../lib/python3.11/EXTERNALLY-MANAGED
    """
    with TemporaryDirectory() as folder:
        archive = f"{folder}/python.tar"
        unpack(
            archive,
            "--include=base-files,base-passwd,ca-certificates,coreutils,dash,findutils,grep,libstdc++6",
            "--include=python3,python3-pip",
            f"--extract-hook=set -e; {by_hand}",
        )
        engine("import", archive, PYTHON)


def make_apt_get() -> None:
    """Unpack binutils for builds, with an `apt-get` that copies it into the image.

    The base image stays as small as it is without them.
    """
    sbin = CACHE / "sbin"
    sbin.mkdir(exist_ok=True)
    (sbin / "apt-get").write_text(APT_GET)
    (sbin / "apt-get").chmod(0o755)
    if not (sbin / "binutils").exists():
        with TemporaryDirectory(dir=CACHE) as folder:
            unpack(f"{folder}/binutils", "--include=binutils")
            (Path(folder) / "binutils").rename(sbin / "binutils")


def unpack(target: str, *options: str) -> None:
    """Unpack packages of Debian 12, with those that they need, or skip the test with the reason.

    They are not configured, so that it takes a sixth of the time.
    """
    made = subprocess.run(
        [*("timeout", "120", "mmdebstrap", "--variant=extract"), *options, "bookworm", target],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        last = made.stdout.strip().splitlines()[-1:]
        pytest.skip(f"mmdebstrap ended with {made.returncode}: {last}")


@pytest.fixture(scope="module")
def service(make_service: MakeService) -> Service:
    return make_service()


@pytest.fixture(scope="module")
def image(
    engine: Engine, service: Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The image, built from a checkout that contains secrets in many places."""
    folder = tmp_path_factory.mktemp("build") / "service"
    shutil.copytree(service.path, folder, ignore=shutil.ignore_patterns(".venv", ".local"))
    for name in (".env", "src/.env", "src/.env.local", "migrations/.env", ".local/jwt-secret"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"JWT_SECRET={PLANTED}\n")
    tag = f"localhost/strata-test-{os.getpid()}"
    engine.build(folder, tag)
    yield tag
    engine("image", "rm", "--force", tag)


@pytest.fixture(scope="module")
def postgres() -> Iterator[LocalPostgres]:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # unlike pytest's folders, because root's server runs as `nobody`
        with LocalPostgres(Path(folder) / "postgres", durable=False).running() as server:
            server.create_database("my-service")
            yield server


@pytest.fixture(scope="module")
def settings(postgres: LocalPostgres) -> dict[str, str]:
    return {"DATABASE_URL": postgres.url("my-service"), "JWT_SECRET": secrets.token_hex(32)}


@pytest.fixture(scope="module")
def migrated(engine: Engine, image: str, settings: dict[str, str]) -> dict[str, str]:
    """The settings of a database that the image itself has migrated."""
    command = engine.run("--rm", "--network=host", "--env=DATABASE_URL", image)
    engine(*command, "alembic", "upgrade", "head", **settings)
    return settings


@pytest.fixture(scope="module")
def container(engine: Engine, image: str, migrated: dict[str, str]) -> Iterator[str]:
    """A container that runs the service. The last test stops it."""
    name = f"strata-test-{secrets.token_hex(4)}"
    options = ["--detach", "--network=host", f"--name={name}", *(f"--env={k}" for k in migrated)]
    with (Path(gettempdir()) / f"strata-{PORT}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the tests run in several processes
        until(lambda: not somebody_listens(), f"port {PORT} is free")
        engine(*engine.run(*options, image), **migrated)
        try:
            until(is_ready, lambda: f"it is ready:\n{engine.try_to('logs', name)}")
            yield name
        finally:
            engine("rm", "--force", name)


def until(condition: Callable[[], bool], what: str | Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited in vain until {what if isinstance(what, str) else what()}")
        time.sleep(0.05)


def somebody_listens() -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
        return True
    return False


def is_ready() -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(f"http://127.0.0.1:{PORT}/health/ready").status_code == 200
    return False


def inspect(engine: Engine, image: str) -> dict[str, Any]:
    (found,) = json.loads(engine("image", "inspect", image))
    return dict(found)


def health_check(engine: Engine, image: str) -> list[str]:
    """The health check of the image."""
    found = inspect(engine, image)
    kind, *words = (found.get("Healthcheck") or found["Config"]["Healthcheck"])["Test"]
    assert kind == "CMD"
    return list(words)


def user(name: str) -> bytes:
    password = "correct horse battery"
    return json.dumps(
        {"username": name, "email": f"{name}@example.org", "password": password}
    ).encode()


# The content of the image


def test_the_image_is_small(
    engine: Engine, image: str, record_property: Callable[[str, object], None]
) -> None:
    whole, python = engine.size(image), engine.size(PYTHON)

    record_property(
        "size of the image",
        f"{whole / 1e6:.0f} MB: {python / 1e6:.0f} MB base, {(whole - python) / 1e6:.0f} MB ours",
    )
    assert whole - python < 84e6


def test_the_image_holds_what_production_needs_and_nothing_of_development(
    engine: Engine, image: str, service: Service
) -> None:
    project = tomllib.loads((service.path / "pyproject.toml").read_text())
    lock = tomllib.loads((service.path / "uv.lock").read_text())
    needed = {
        re.split(r"[\[<>=]", requirement)[0] for requirement in project["project"]["dependencies"]
    }
    development = {
        re.split(r"[\[<>=]", requirement)[0] for requirement in project["dependency-groups"]["dev"]
    }
    script = (
        "from importlib.metadata import distributions as found;"
        "print(*{one.metadata['Name'].lower().replace('_', '-') for one in found(path=["
        "'/app/.venv/lib/python3.11/site-packages'])})"
    )

    installed = set(engine(*engine.once(image, "python", "-c", script)).split())

    assert needed | {"my-service"} <= installed
    assert not development & installed
    assert installed <= {package["name"] for package in lock["package"]}


def test_the_image_holds_no_compiler_no_tool_and_no_test(engine: Engine, image: str) -> None:
    names = " -o ".join(f"-name {name}" for name in OUT_OF_PLACE)
    search = f"find /app /bin/ /usr/bin /usr/local /root -type f ( {names} )".split()
    libraries = "/app/.venv/lib/"  # some libraries contain tests

    found = engine(*engine.once(image, *search, user="0:0")).split()

    assert [name for name in found if not name.startswith(libraries)] == []
    assert set(engine(*engine.once(image, "ls", "-A", "/app")).split()) == {
        ".venv",
        "migrations",
        "pyproject.toml",
    }


def test_no_secret_of_the_checkout_is_in_the_image(engine: Engine, image: str) -> None:
    configuration = engine("image", "inspect", image) + engine("history", "--no-trunc", image)
    search = ["grep", "-r", "--files-with-matches", PLANTED, "/app", "/etc", "/usr", "/root"]

    found = engine.try_to(*engine.once(image, *search, user="0:0"))

    assert (found.returncode, found.stdout) == (1, ""), found.stderr
    assert PLANTED not in configuration
    assert not re.search(r"(?i)(secret|password|token)\w*=", configuration)
    environment = {
        variable.partition("=")[0] for variable in inspect(engine, image)["Config"]["Env"]
    }
    assert environment - {"GPG_KEY", "LANG", "PYTHON_SHA256", "PYTHON_VERSION"} == {  # Python's own
        "PATH",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONUNBUFFERED",
    }


def test_the_libraries_can_be_loaded_without_their_debug_information(
    engine: Engine, image: str
) -> None:
    script = (
        "from ctypes import CDLL; from pathlib import Path;"
        "files = list(Path('/app/.venv').rglob('*.so'));"
        "print(*(file.name for file in files if CDLL(file)))"
    )

    loaded = engine(*engine.once(image, "python", "-c", script)).split()

    names = {name.partition(".")[0] for name in loaded}
    assert {"_greenlet", "_pydantic_core", "_rust", "loop", "protocol"} <= names


# The behaviour of the image


def test_without_settings_it_stops_and_names_them(engine: Engine, image: str) -> None:
    ended = engine.try_to(*engine.once(image))

    assert ended.returncode == 1
    assert "DATABASE_URL: missing" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_it_migrates_the_database(engine: Engine, image: str, migrated: dict[str, str]) -> None:
    command = engine.run("--rm", "--network=host", "--env=DATABASE_URL", image)

    assert "(head)" in engine(*command, "alembic", "current", **migrated)


def test_it_registers_a_user(container: str, postgres: LocalPostgres) -> None:
    answer = httpx.post(
        f"http://127.0.0.1:{PORT}/users",
        content=user("ada"),
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 201
    assert "server" not in answer.headers
    assert postgres.psql("my-service", "SELECT email FROM users;") == "ada@example.org"


def test_it_is_healthy_while_it_serves_and_not_otherwise(
    engine: Engine, image: str, container: str
) -> None:
    check = health_check(engine, image)

    serves = engine.try_to("exec", container, *check)
    is_alone = engine.try_to(*engine.once(image, *check))

    assert serves.returncode == 0, serves.stderr
    assert is_alone.returncode == 1
    assert "ConnectionRefusedError" in is_alone.stderr


def test_it_has_no_right_that_it_can_do_without(engine: Engine, container: str) -> None:
    status = engine(
        "exec", container, "grep", "-E", "^(Uid|Gid|CapEff|NoNewPrivs):", "/proc/1/status"
    )
    written = engine.try_to("exec", container, "touch", "/app/file")

    assert [line.split()[1] for line in status.splitlines()] == ["10001", "10001", "0" * 16, "1"]
    assert "Read-only file system" in written.stderr
    engine("exec", container, "touch", "/tmp/file")  # noqa: S108 - inside the container


def test_it_ends_gently_and_lets_a_request_under_way_finish(engine: Engine, container: str) -> None:
    body = user("grace")
    head = (
        f"POST /users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    )

    with socket.create_connection(("127.0.0.1", PORT), timeout=PATIENCE) as client:
        client.sendall(head.encode())
        assert client.recv(100).startswith(b"HTTP/1.1 100")  # the service now waits for the body
        stop = subprocess.Popen([*engine.command, "stop", "--time=25", container])
        until(lambda: not somebody_listens(), "it takes no more requests")
        client.sendall(body)
        answer = client.recv(100)
    stop.wait(PATIENCE)

    assert answer.startswith(b"HTTP/1.1 201")
    assert engine("inspect", "--format={{.State.ExitCode}}", container) == "0"
