"""`openapi.json`, the contract of a service with its clients, as the template renders it.

The template's file is written by a machine, from what two services serve: `just golden`.
"""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.test_template import TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import MakeService, Service

CONTRACT = TEMPLATE / "openapi.json.jinja"


@pytest.fixture
def served(make_service: MakeService) -> Iterator[tuple[str, str]]:
    """What a service with identity serves, and one without, as `just openapi` writes it."""
    one, other = make_service(), make_service(authentication="none")
    for service in (one, other):
        service.run("uv", "run", "just", "openapi")
    yield (one.path / CONTRACT.stem).read_text(), (other.path / CONTRACT.stem).read_text()
    for service in (one, other):
        service.run("git", "checkout", "--quiet", ".")


def template_of(with_identity: str, without: str) -> str:
    """Return the template that renders both documents, with a condition around what differs."""
    one, other = with_identity.splitlines(), without.splitlines()
    matcher = difflib.SequenceMatcher(None, other, one, autojunk=False)
    lines: list[str] = []
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            lines += one[first:last]
        elif kind == "delete":
            lines += ["{% if authentication != 'own' %}", *other[start:end], "{% endif %}"]
        else:
            rest = ["{% else %}", *other[start:end]] if kind == "replace" else []
            lines += ["{% if authentication == 'own' %}", *one[first:last], *rest, "{% endif %}"]
    about = json.loads(with_identity)["info"]
    text = "\n".join(lines) + "\n"
    for answer, value in {
        "project_name": about["title"],
        "description": about["description"],
    }.items():
        text = text.replace(
            f": {json.dumps(value)},", f": {{{{ {answer} | to_json(ensure_ascii=false) }}}},", 1
        )
    return text


def test_the_template_of_the_contract_is_exactly_what_two_services_serve(
    served: tuple[str, str], request: pytest.FixtureRequest
) -> None:
    assert not re.search(r"\{[{%#]", "".join(served)), "Jinja would take that for its own"

    template = template_of(*served)

    if request.config.getoption("--write-golden"):
        CONTRACT.write_text(template)
    assert CONTRACT.read_text() == template


def test_each_service_is_born_with_the_contract_that_it_keeps(service: Service) -> None:
    assert "is up to date" in service.run("uv", "run", "just", "openapi")

    assert service.run("git", "status", "--porcelain") == ""


def test_a_service_that_changes_its_api_is_told_what_that_means_until_it_accepts(
    make_service: MakeService,
) -> None:
    service = make_service()
    schemas = service.path / "src/schemas/identity.py"
    before = schemas.read_text()
    schemas.write_text(before.replace("max_length=100", "max_length=99"))
    run_the_test = ("uv", "run", "pytest", "-q", "tests/integration/http/test_openapi.py")

    try:
        refused = service.try_to(*run_the_test)
        assert refused.returncode == 1
        lines = refused.stdout.splitlines()
        assert (
            "  breaking: POST /users, POST /auth/token, PUT /users/me/username: "
            "the request property `username` went from maxLength 100 to 99"
        ) in lines
        assert "`uv run just openapi`" in refused.stdout

        for _ in range(2):  # what counts is what was committed, not what was written meanwhile
            assert "breaking: POST /users" in service.run("uv", "run", "just", "openapi")
        service.run(*run_the_test)

        service.run("git", "commit", "--quiet", "--all", "--message", "Shorter names")
        assert "is up to date" in service.run("uv", "run", "just", "openapi")
        service.run("git", "reset", "--quiet", "--hard", "HEAD~1")
    finally:
        service.run("git", "checkout", "--quiet", ".")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda text: text.replace('"version": "0.1.0"', '"version": "0.0.9"'), "is up to date"),
        (lambda text: text.replace('"tags"', '"tags" '), "nothing but texts"),
        (lambda text: text.replace("Register.", "Sign up."), "nothing but texts"),
        (lambda text: f"<<<<<<< before\n{text}", "no API document"),
        (lambda text: "{}", "no API document"),
        (None, "is missing"),
    ],
    ids=["older release", "white space", "other words", "conflict", "empty", "missing"],
)
def test_whatever_became_of_the_file_it_can_be_written_anew(
    make_service: MakeService, damage: Callable[[str], str] | None, told: str
) -> None:
    service = make_service()
    file = service.path / "openapi.json"
    whole = file.read_text()
    if damage:
        file.write_text(damage(whole))
    else:
        file.unlink()
    service.run("git", "commit", "--quiet", "--all", "--message", "Damage")

    output = service.run("uv", "run", "just", "openapi")
    service.run("git", "reset", "--quiet", "--hard", "HEAD~1")

    assert told in output
    assert file.read_text() == whole
