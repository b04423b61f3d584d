"""The way of a service to production: the Dockerfile, compose, and CI."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import yaml
from dev.postgres import LocalPostgres

from tests.conftest import ROOT, VARIANTS
from tests.variants import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import MakeService, Render

WITH_CONTAINER = [name for name, answers in VARIANTS.items() if answers.get("container", True)]
OWN_WORKFLOWS = ROOT / ".github" / "workflows"
OWN_CI = ROOT / ".ci" / "run"


def instructions(folder: Path) -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, each on one line."""
    text = re.sub(r"^#.*\n", "", (folder / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", "").splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line]


def final_stage(folder: Path) -> dict[str, str]:
    """Return the last instruction of each kind in the final stage."""
    found = instructions(folder)
    start = max(i for i, (name, _) in enumerate(found) if name == "FROM")
    return dict(found[start:])


def compose(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((folder / "compose.yaml").read_text())
    return content


def seconds_to_stop(folder: Path) -> float:
    """Return how long a shutdown may take: the sum for the server, the application and telemetry."""
    command = json.loads(final_stage(folder)["CMD"])
    graceful = int(command[command.index("--timeout-graceful-shutdown") + 1])
    code = "".join(
        (folder / "src" / file).read_text()
        for file in ("presentation/app.py", "infrastructure/telemetry.py")
    )
    [last_words] = re.findall(r"^_LAST_WORDS = ([\d.]+)$", code, re.MULTILINE)
    [flush] = re.findall(r"^FLUSH_SECONDS = ([\d.]+)$", code, re.MULTILINE)
    return graceful + float(last_words) + float(flush)


def workflows(render: Render) -> Iterator[Path]:
    yield from (render() / ".github" / "workflows").iterdir()
    yield from OWN_WORKFLOWS.iterdir()


def commands(ci_file: Path) -> list[str]:
    """Return the commands of a CI file, for either system."""
    content: dict[str, Any] = yaml.safe_load(ci_file.read_text())
    if "jobs" in content:
        steps = [step for job in content["jobs"].values() for step in job.get("steps", [])]
        return [step["run"] for step in steps if "run" in step]
    jobs = [job for job in content.values() if "script" in job]
    return [line for job in jobs for line in job["script"]]


def check_schema(schema: str, *files: Path) -> None:
    """Check the files against a schema that is built into `check-jsonschema`.

    Raises:
        AssertionError: a file is not valid; the message says which, and where.
    """
    tool = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    ended = subprocess.run([*tool, *files], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


# The image


def test_the_image_has_the_python_that_was_asked_for(render: Render) -> None:
    stages = [
        value for kind, value in instructions(render(python_version="3.12")) if kind == "FROM"
    ]

    assert stages == ["python:3.12-slim AS base", "base AS builder", "base"]


def test_the_image_runs_as_a_user_whose_number_is_not_that_of_root(render: Render) -> None:
    user = final_stage(render())["USER"]

    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)


def test_the_image_tells_whether_it_is_healthy_with_nothing_but_python(render: Render) -> None:
    check = json.loads(final_stage(render())["HEALTHCHECK"].partition("CMD ")[2])

    assert check[:2] == ["python", "-c"]
    compile(check[2], "health check", "exec")
    assert "/health/live" in check[2]


def test_no_shell_stands_between_the_service_and_its_signals(render: Render) -> None:
    final = final_stage(render())

    command = json.loads(final["CMD"])

    assert command[:3] == ["uvicorn", "--factory", "presentation.app:create_app"]
    assert "ENTRYPOINT" not in final


@pytest.mark.parametrize("file", ["Dockerfile", "dev/server.py"])
def test_every_way_to_serve_reads_one_message_as_one_request(render: Render, file: str) -> None:
    assert "presentation.protocol:HttpProtocol" in (render() / file).read_text()


def test_without_an_image_the_page_on_deployment_serves_in_the_same_way(render: Render) -> None:
    page = (render(container=False) / "docs/deployment.md").read_text()

    assert "--http presentation.protocol:HttpProtocol" in page


def test_the_image_does_not_tell_what_serves_it(render: Render) -> None:
    assert "--no-server-header" in json.loads(final_stage(render())["CMD"])


def test_no_secret_gets_into_the_image(render: Render) -> None:
    found = instructions(render())

    assert not [value for kind, value in found if kind == "ARG"]
    assert not [
        value
        for kind, value in found
        if kind == "ENV" and re.search("secret|password|token|_key|_url", value, re.IGNORECASE)
    ]


def test_the_image_holds_what_the_lock_names_and_nothing_of_development(render: Render) -> None:
    syncs = [value for kind, value in instructions(render()) if kind == "RUN" and "sync" in value]

    assert len(syncs) == 2
    assert all({"--locked", "--no-dev"} <= set(sync.split()) for sync in syncs)


def test_the_build_sees_only_what_the_dockerfile_copies(render: Render) -> None:
    copies = [shlex.split(value) for kind, value in instructions(render()) if kind == "COPY"]
    from_context = [c for c in copies if not any(word.startswith("--from") for word in c)]
    copied = {
        word.rstrip("*") for c in from_context for word in c[:-1] if not word.startswith("--")
    }
    rules = (render() / ".dockerignore").read_text().splitlines()

    assert "*" in rules
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied


# Compose


@pytest.mark.parametrize("name", WITH_CONTAINER)
def test_the_compose_file_is_valid(render: Render, name: str) -> None:
    check_schema("compose-spec", render(**VARIANTS[name]) / "compose.yaml")


@pytest.mark.parametrize("name", WITH_CONTAINER)
def test_compose_sets_exactly_what_the_service_requires(render: Render, name: str) -> None:
    folder = render(**VARIANTS[name])
    required = re.findall(r"^([A-Z_]+)=", (folder / ".env.example").read_text(), re.MULTILINE)

    assert set(compose(folder)["services"]["service"]["environment"]) == set(required)


@pytest.mark.parametrize("name", WITH_CONTAINER)
def test_compose_refuses_to_start_without_a_secret(render: Render, name: str) -> None:
    text = (render(**VARIANTS[name]) / "compose.yaml").read_text()

    taken = re.findall(r"\$\{(\w+)(\S*)", text)

    assert taken
    assert all(rest.startswith(":?") for _, rest in taken)


def test_compose_migrates_a_healthy_database_before_it_starts_the_service(render: Render) -> None:
    services = compose(render())["services"]

    assert services["service"]["depends_on"] == {
        "migrations": {"condition": "service_completed_successfully"}
    }
    assert services["migrations"]["command"] == ["alembic", "upgrade", "head"]
    assert services["migrations"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "pg_isready" in services["database"]["healthcheck"]["test"]


def test_the_service_owns_its_database_in_compose_and_has_no_other_right(
    make_service: MakeService,
) -> None:
    service = make_service()
    content = yaml.safe_load(
        re.sub(r"\$\{\w+:\?.*?\}", "letters", (service.path / "compose.yaml").read_text())
    )
    (mount,) = content["services"]["database"]["configs"]
    address = content["services"]["service"]["environment"]["DATABASE_URL"]
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # unlike pytest's folders, because root's server runs as `nobody`
        with LocalPostgres(Path(folder) / "postgres", durable=False).running() as server:
            server.psql("postgres", content["configs"][mount["source"]]["content"])
            here = address.replace("@database:5432/", f"@127.0.0.1:{server.port}/")

            service.run("uv", "run", "alembic", "upgrade", "head", DATABASE_URL=here)

            rights = server.psql(
                "postgres",
                "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
                " FROM pg_roles WHERE rolname = :'name';",
                name=str(urlsplit(address).username),
            )
    assert rights == "f|f|f|f|f"
    assert mount["target"].startswith("/docker-entrypoint-initdb.d/")
    assert mount["target"].endswith(".sql")


@pytest.mark.parametrize("part", ["service", "migrations"])
def test_compose_gives_the_image_no_right_that_it_can_do_without(render: Render, part: str) -> None:
    definition = compose(render())["services"][part]

    assert definition["read_only"] is True
    assert definition["cap_drop"] == ["ALL"]
    assert definition["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in definition


def test_compose_waits_longer_for_the_end_than_the_service_takes(render: Render) -> None:
    waits = compose(render())["services"]["service"]["stop_grace_period"]

    assert int(waits.removesuffix("s")) > seconds_to_stop(render())


def test_without_containers_no_file_is_about_them(render: Render) -> None:
    for ci in ("github", "gitlab", "none"):
        folder = render(container=False, ci=ci)

        mentions = [
            str(file.relative_to(folder))
            for file in folder.rglob("*")
            if file.is_file()
            and re.search("docker|compose.yaml|podman", f"{file.name}\n{file.read_text()}", re.I)
        ]

        assert mentions == []


# CI


def test_the_workflows_are_valid(render: Render) -> None:
    check_schema("github-workflows", *workflows(render))


@pytest.mark.parametrize("container", [True, False])
def test_the_pipeline_is_valid(render: Render, container: bool) -> None:
    check_schema("gitlab-ci", render(ci="gitlab", container=container) / ".gitlab-ci.yml")


@pytest.mark.parametrize(
    ("ci", "file"), [("github", ".github/workflows/ci.yml"), ("gitlab", ".gitlab-ci.yml")]
)
def test_ci_runs_what_its_owner_runs(render: Render, ci: str, file: str) -> None:
    ci_file = render(ci=ci) / file

    assert "uv run just check" in commands(ci_file)
    assert 'UV_LOCKED: "1"' in ci_file.read_text()


@pytest.mark.parametrize(
    ("ci", "file"), [("github", ".github/workflows/ci.yml"), ("gitlab", ".gitlab-ci.yml")]
)
def test_ci_asks_for_known_vulnerabilities_after_the_checks(
    render: Render, ci: str, file: str
) -> None:
    run = commands(render(ci=ci) / file)

    assert run.index("uv run just audit") == run.index("uv run just check") + 1


@pytest.mark.parametrize(
    ("vulnerable", "code", "message"),
    [
        (None, 0, "Found no known vulnerabilities"),
        ("fastapi", 1, "has 1 known vulnerability"),
        ("unreachable", 2, "error sending request"),
    ],
)
def test_the_audit_fails_unless_nothing_is_known(
    make_service: MakeService, vulnerable: str | None, code: int, message: str
) -> None:
    service = make_service()

    with advisories(vulnerable) as url:
        address = "http://127.0.0.1:1" if vulnerable == "unreachable" else url
        command = ("uv", "run", "just", "audit", "--service-url", address)
        ended = service.try_to(*command, UV_HTTP_RETRIES="0")

    assert message in ended.stdout
    assert ended.returncode == code


@contextmanager
def advisories(vulnerable: str | None) -> Iterator[str]:
    """Respond like osv.dev, with a vulnerability in one package."""
    known = {"id": "PYSEC-1", "modified": "2026-01-01T00:00:00Z", "affected": []}

    class Advisories(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            found = [query["package"]["name"] == vulnerable for query in asked]
            self.answer({"results": [{"vulns": [known]} if bad else {} for bad in found]})

        def do_GET(self) -> None:
            self.answer(known)

        def answer(self, content: object) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Advisories) as server:
        Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def test_ci_runs_with_the_oldest_python_that_the_service_must_run_on(render: Render) -> None:
    on_github, on_gitlab = (render(ci=ci, python_version="3.12") for ci in ("github", "gitlab"))
    workflow = (on_github / ".github" / "workflows" / "ci.yml").read_text()
    pipeline = yaml.safe_load((on_gitlab / ".gitlab-ci.yml").read_text())

    # uv reads the file if nothing else selects a Python version.
    assert (on_github / ".python-version").read_text() == "3.12\n"
    assert not re.search("UV_PYTHON|python-version:|--python", workflow)
    assert pipeline["check"]["image"] == "python:3.12-slim"


@pytest.mark.parametrize(
    ("ci", "file"), [("github", ".github/workflows/image.yml"), ("gitlab", ".gitlab-ci.yml")]
)
def test_ci_builds_the_image_where_there_is_one(render: Render, ci: str, file: str) -> None:
    without = render(ci=ci, container=False) / file

    assert "docker build --tag image ." in commands(render(ci=ci) / file)
    assert not without.exists() or not any("docker" in line for line in commands(without))


def test_the_pipeline_updates_the_service_only_in_scheduled_pipelines(render: Render) -> None:
    pipeline = yaml.safe_load((render(ci="gitlab") / ".gitlab-ci.yml").read_text())

    conditions = [rule["if"] for rule in pipeline["template update"]["rules"]]

    assert conditions == ['$CI_PIPELINE_SOURCE == "schedule" && $UPDATE_TOKEN']


@pytest.mark.parametrize("ci", ["github", "gitlab", "none"])
@pytest.mark.parametrize("container", [True, False])
def test_the_configuration_of_renovate_is_valid(render: Render, ci: str, container: bool) -> None:
    file = render(ci=ci, container=container) / "renovate.json"

    check_schema("renovate", file)


@pytest.mark.parametrize("container", [True, False])
def test_dependabot_proposes_all_that_is_pinned_but_no_new_python(
    render: Render, container: bool
) -> None:
    file = render(dependency_updates="dependabot", container=container) / ".github/dependabot.yml"

    updates = {
        each["package-ecosystem"]: each for each in yaml.safe_load(file.read_text())["updates"]
    }

    check_schema("dependabot", file)
    images = {"docker", "docker-compose"} if container else set()
    assert set(updates) == {"uv", "github-actions", *images}
    if container:
        [ignored] = updates["docker"]["ignore"]
        assert ignored["dependency-name"] == "python"


@pytest.mark.parametrize("ci", ["github", "gitlab", "none"])
def test_either_ci_or_renovate_updates_from_the_template(render: Render, ci: str) -> None:
    rules = json.loads((render(ci=ci) / "renovate.json").read_text())["packageRules"]

    [rule] = [rule for rule in rules if rule.get("matchManagers") == ["copier"]]

    assert rule.get("enabled", True) is (ci == "none")
    assert rule.get("ignoreScripts") is (False if ci == "none" else None)


def test_every_action_is_pinned_by_its_commit_and_says_its_version(render: Render) -> None:
    for workflow in workflows(render):
        used = re.findall(r"uses: ([^.\n].*)", workflow.read_text())

        assert used
        for action in used:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


# The only job that writes pushes a branch and opens a pull request.
WRITES = {"update.yml": {"contents": "write", "pull-requests": "write"}}


def test_workflows_may_read_the_code_and_no_more(render: Render) -> None:
    for workflow in workflows(render):
        content = yaml.safe_load(workflow.read_text())
        steps = [step for job in content["jobs"].values() for step in job.get("steps", [])]
        checkouts = [s for s in steps if s.get("uses", "").startswith("actions/checkout@")]

        assert content["permissions"] == {"contents": "read"}
        rights = [job["permissions"] for job in content["jobs"].values() if "permissions" in job]
        assert rights == ([WRITES[workflow.name]] if workflow.name in WRITES else [])
        assert checkouts
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_free_text_stays_out_of_ci(render: Render, ci: str) -> None:
    """Otherwise a title or a description could inject commands into a shell."""
    plain, nasty = render(ci=ci), render(ci=ci, **TEXTS["unusual"])

    names = ("ci.yml", "image.yml", "update.yml", ".gitlab-ci.yml")
    files = [file for file in plain.rglob("*.yml") if file.name in names]

    assert files
    for file in files:
        assert (nasty / file.relative_to(plain)).read_text() == file.read_text()


def test_without_ci_there_is_no_file_for_it(render: Render) -> None:
    folder = render(ci="none")

    assert not (folder / ".github").exists()
    assert not (folder / ".gitlab-ci.yml").exists()


def test_one_uv_builds_the_image_and_runs_in_ci(render: Render) -> None:
    on_github, on_gitlab = render(), render(ci="gitlab", container=False)
    version, *hashes = (on_github / "requirements-uv.txt").read_text().partition("uv==")[2].split()
    backend = tomllib.loads((on_github / "pyproject.toml").read_text())["build-system"]["requires"]
    install = "pip install --no-cache-dir --require-hashes --requirement requirements-uv.txt"
    folder = on_github / ".github" / "workflows"

    assert hashes
    assert set(hashes[::2]) == {"\\"}
    assert all(re.fullmatch("--hash=sha256:[0-9a-f]{64}", each) for each in hashes[1::2])
    assert backend == ["uv_build>=0.13,<1"]
    assert version.startswith("0.13."), "uv builds the service itself, if it is in that range"
    assert ("RUN", install) in instructions(on_github)
    for workflow in ("ci.yml", "update.yml"):
        assert f" version: {version} " in (folder / workflow).read_text()
    assert install in commands(on_gitlab / ".gitlab-ci.yml")
    assert (on_gitlab / "requirements-uv.txt").is_file()
    assert not (render(ci="none", container=False) / "requirements-uv.txt").exists()


def test_the_own_ci_keeps_to_the_range_of_uv_that_services_are_built_with(render: Render) -> None:
    backend = tomllib.loads((render() / "pyproject.toml").read_text())["build-system"]["requires"]

    for file in (*OWN_WORKFLOWS.iterdir(), OWN_CI):
        assert set(re.findall(r'"(?:uv)?(>=[\d.]+,<[\d.]+)"', file.read_text())) == {
            backend[0].removeprefix("uv_build")
        }


DIGEST = f"sha256:{'ab' * 32}"


@pytest.fixture
def docker(tmp_path: Path) -> Path:
    """A fake `docker` that returns the same digest for every image, but does not know `unknown`."""
    tool = tmp_path / "bin" / "docker"
    tool.parent.mkdir()
    tool.write_text(
        f'#!/bin/sh\ncase "$*" in *unknown*) echo "no such image" >&2; exit 1;; esac\n'
        f"echo {DIGEST}\n"
    )
    tool.chmod(0o755)
    return tool


def test_images_are_pinned_by_digest_as_often_as_their_owner_says_so(
    make_service: MakeService, docker: Path
) -> None:
    service = make_service(ci="gitlab")
    path = f"{docker.parent}:{os.environ['PATH']}"

    for _ in range(2):
        service.run("uv", "run", "just", "pin", PATH=path)
        changed = service.run("git", "diff", "--unified=0")
        added = re.findall(r"^\+(?!\+\+)(.*)$", changed, re.MULTILINE)
        service.run("git", "stash", "--quiet")

    images = [line.split("#")[0].strip() for line in added if "hash=" not in line]
    assert images == [
        f"image: python:3.11-slim@{DIGEST}",
        f"image: python:3.11@{DIGEST}",
        f"image: docker:28-cli@{DIGEST}",
        f"- name: docker:28-dind@{DIGEST}",
        f"FROM python:3.11-slim@{DIGEST} AS base",
        f"image: postgres:18@{DIGEST}",
    ]


def test_nothing_is_pinned_where_an_image_is_not_known(
    make_service: MakeService, docker: Path
) -> None:
    service = make_service(ci="gitlab")
    compose_file = service.path / "compose.yaml"
    before = compose_file.read_text()
    compose_file.write_text(before.replace("postgres:18", "unknown:18"))

    ended = service.try_to("uv", "run", "just", "pin", PATH=f"{docker.parent}:{os.environ['PATH']}")

    assert ended.returncode == 1
    assert "Docker cannot tell the digest of unknown:18: no such image" in ended.stdout
    compose_file.write_text(before)
    assert service.run("git", "status", "--porcelain") == ""


# The template's own CI


def test_the_own_ci_runs_the_command_of_the_readme_from_anywhere(tmp_path: Path) -> None:
    uv = tmp_path / "uv"
    uv.write_text('#!/bin/sh\necho "$PWD: uv $*"\nexit 3\n')
    uv.chmod(0o755)

    ended = subprocess.run(
        ["bash", OWN_CI],
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.stdout == f"{ROOT}: uv run pytest\n"
    assert ended.returncode == 3, "the outcome of the tests is the outcome of the run"
    assert "uv run pytest" in (ROOT / "README.md").read_text()
    assert 'uv run pytest -m "not variant"' in commands(OWN_WORKFLOWS / "ci.yml")
    assert 'uv run pytest --variant "$VARIANT"' in commands(OWN_WORKFLOWS / "variants.yml")
