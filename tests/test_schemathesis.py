"""schemathesis against a running service, over HTTP, with more examples than in the service's own tests.

It runs in the environment of the service, where it is a dev dependency. Its warnings fail the test, too,
because an operation that is hardly ever reached is not tested.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.test_running import ADA, authorization, begin_anew, create_admin, just_dev

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import MakeService, Service

EXAMPLES = 30  # for each operation; a service's own tests use three

# With a shared secret there are no public keys, so both documents are a 404. Operations that require the
# current password are refused, because the example is not the real password: a member who changed it
# could not log in any more.
REFUSED_TO_ALL = """
[[operations]]
include-path-regex = "well-known|/users/me/(email|password)"
warnings = false
"""
# Other actors never reach the operations for admins, as expected.
BUT_REFUSALS = f"""
[warnings]
display = ["missing_test_data", "validation_mismatch", "missing_deserializer", "unsupported_regex"]
fail-on = true
{REFUSED_TO_ALL}"""
ALL = """
[warnings]
fail-on = true
"""


AS_MEMBERS = pytest.mark.scheduled(
    "for admins and members it is held against its document in every run"
)


@pytest.fixture(scope="module")
def served(make_service: MakeService, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    begin_anew(make_service())
    with just_dev(make_service(), tmp_path_factory.mktemp("served") / "dev.log") as url:
        yield url


def test_for_an_admin_the_api_keeps_to_its_document(
    make_service: MakeService, served: str, tmp_path: Path
) -> None:
    service = make_service()
    create_admin(service, "grace")
    examples = {"username": "ada.lovelace", "password": "correct horse battery"}
    with httpx.Client(base_url=served) as client:
        grace = authorization(client, "grace")
        # Then the example of a login in the API document succeeds.
        client.post("/users", json=ADA | examples).raise_for_status()

    _hold_against_its_document(service, served, tmp_path, f"{ALL}{REFUSED_TO_ALL}", grace)


def test_for_members_the_api_keeps_to_its_document_and_shows_none_what_is_anothers(
    make_service: MakeService, served: str, tmp_path: Path
) -> None:
    peers = ["mary", "joan"]
    with httpx.Client(base_url=served) as client:
        for name in peers:
            member = ADA | {"username": name, "email": f"{name}@example.org"}
            client.post("/users", json=member).raise_for_status()
        tokens = [authorization(client, name)["Authorization"] for name in peers]
    document = {
        "auth": [
            {"name": name, "fixedHeaders": [{"name": "Authorization", "value": token}]}
            for name, token in zip(peers, tokens, strict=True)
        ]
    }
    (tmp_path / "peers.json").write_text(json.dumps(document))

    config = f'{BUT_REFUSALS}\n[auth.wfc]\npath = "peers.json"\nuser = "mary"\npeers = {peers}\n'
    _hold_against_its_document(make_service(), served, tmp_path, config)


@AS_MEMBERS
def test_for_strangers_the_api_keeps_to_its_document(
    make_service: MakeService, served: str, tmp_path: Path
) -> None:
    _hold_against_its_document(make_service(), served, tmp_path, BUT_REFUSALS)


@AS_MEMBERS
def test_without_identity_the_api_keeps_to_its_document(
    make_service: MakeService, tmp_path: Path
) -> None:
    service = make_service(authentication="none")

    with just_dev(service, tmp_path / "dev.log") as url:
        _hold_against_its_document(service, url, tmp_path, ALL)


def _hold_against_its_document(
    service: Service, url: str, folder: Path, config: str, headers: dict[str, str] | None = None
) -> None:
    checks = json.loads(
        service.run(
            *("uv", "run", "python", "-c"),
            "import json, tests.integration.http.fuzzing as own; print(json.dumps(own.CHECKS))",
        )
    )
    (folder / "schemathesis.toml").write_text(
        "\n".join(
            [
                f"headers = {json.dumps(headers or {}).replace(': ', ' = ')}",
                "continue-on-failure = true",
                config,
                "[cache]",
                "enabled = false",
                "[generation]",
                f"max-examples = {EXAMPLES}",
                "deterministic = true",
                'database = "none"',
                *(
                    f"[checks.{name}]\nexpected-statuses = {check['expected-statuses']}"
                    for name, check in checks.items()
                ),
            ]
        )
    )

    schemathesis = service.path / ".venv/bin/schemathesis"
    command = f"cd {folder} && {schemathesis} --no-color run {url}/openapi.json --checks all"
    hooks = "tests.integration.http.fuzzing"
    command = f"export PYTHONPATH={service.path} SCHEMATHESIS_HOOKS={hooks}; {command}"
    ended = service.try_to("bash", "-c", command)

    assert ended.returncode == 0, ended.stdout
    assert "WARNINGS" not in ended.stdout
