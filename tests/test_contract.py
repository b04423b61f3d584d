"""`openapi.json`, the contract of a service with its clients, as the template renders it.

The template's file is generated from the documents of services of each kind: `just golden`.
"""

from __future__ import annotations

import difflib
import json
import re
from itertools import groupby
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment

from tests.test_template import TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import MakeService, Service

CONTRACT = TEMPLATE / "openapi.json.jinja"
KINDS: dict[str, dict[str, str]] = {
    "none": {"authentication": "none"},
    "external": {"authentication": "external"},
    "own": {},
}


@pytest.fixture
def served(make_service: MakeService) -> Iterator[dict[str, str]]:
    """The API documents of services with each kind of authentication, as `just openapi` writes them."""
    services = {kind: make_service(**answers) for kind, answers in KINDS.items()}
    for service in services.values():
        service.run("uv", "run", "just", "openapi")
    yield {kind: (service.path / CONTRACT.stem).read_text() for kind, service in services.items()}
    for service in services.values():
        service.run("git", "checkout", "--quiet", ".")


def template_of(documents: dict[str, str]) -> str:
    """Return the template that renders all documents, with conditions around the differences."""
    lines = [
        rendered
        for kinds, group in groupby(merged(documents), key=lambda line: line[0])
        for rendered in under_condition(kinds, [text for _, text in group], among=set(documents))
    ]
    about = json.loads(documents["own"])["info"]
    text = "\n".join(lines) + "\n"
    for answer, value in {
        "project_name": about["title"],
        "description": about["description"],
    }.items():
        text = text.replace(
            f": {json.dumps(value)},", f": {{{{ {answer} | to_json(ensure_ascii=false) }}}},", 1
        )
    return text


def merged(documents: dict[str, str]) -> list[tuple[frozenset[str], str]]:
    """Merge the lines of all documents in order, each with the kinds whose document contains it."""
    lines: list[tuple[frozenset[str], str]] = []
    for kind, document in documents.items():
        new = document.splitlines()
        matcher = difflib.SequenceMatcher(None, [text for _, text in lines], new, autojunk=False)
        together: list[tuple[frozenset[str], str]] = []
        for how, start, end, first, last in matcher.get_opcodes():
            if how == "equal":
                together += [(kinds | {kind}, text) for kinds, text in lines[start:end]]
            else:
                together += lines[start:end]
                together += [(frozenset({kind}), text) for text in new[first:last]]
        lines = together
    return lines


def under_condition(kinds: frozenset[str], lines: list[str], *, among: set[str]) -> list[str]:
    if kinds == among:
        return lines
    if len(kinds) == 1:
        condition = f"authentication == '{min(kinds)}'"
    else:
        condition = " and ".join(f"authentication != '{kind}'" for kind in sorted(among - kinds))
    return [f"{{% if {condition} %}}", *lines, "{% endif %}"]


def test_the_template_of_the_contract_is_exactly_what_the_services_serve(
    served: dict[str, str], request: pytest.FixtureRequest
) -> None:
    assert not re.search(r"\{[{%#]", "".join(served.values())), "Jinja would take that for its own"

    template = template_of(served)

    if request.config.getoption("--write-golden"):
        CONTRACT.write_text(template)
    assert CONTRACT.read_text() == template


def test_each_document_comes_out_of_the_template_of_all() -> None:
    documents = {
        "none": '{\n  "info": {"title": "T", "description": "D"},\n  "a": 1,\n  "z": 9\n}\n',
        "external": '{\n  "info": {"title": "T", "description": "D"},\n  "b": 2,\n  "z": 9\n}\n',
        "own": '{\n  "info": {"title": "T", "description": "D"},\n  "b": 2,\n  "c": 3,\n  "z": 9\n}\n',
    }
    environment = Environment(autoescape=False, keep_trailing_newline=True, trim_blocks=True)  # noqa: S701 - it is JSON
    environment.filters["to_json"] = json.dumps

    template = environment.from_string(template_of(documents))

    for kind, document in documents.items():
        assert template.render(authentication=kind, project_name="T") == document


@pytest.mark.slow
def test_each_service_is_born_with_the_contract_that_it_keeps(service: Service) -> None:
    assert "is up to date" in service.run("uv", "run", "just", "openapi")

    assert service.run("git", "status", "--porcelain") == ""


def test_a_service_that_changes_its_api_is_told_what_that_means_until_it_accepts(
    make_service: MakeService,
) -> None:
    service = make_service()
    schemas = service.path / "src/schemas/identity/user.py"
    before = schemas.read_text()
    schemas.write_text(before.replace("max_length=100", "max_length=99"))
    run_the_test = ("uv", "run", "pytest", "-q", "tests/integration/http/test_openapi.py")

    try:
        refused = service.try_to(*run_the_test)
        assert refused.returncode == 1
        lines = refused.stdout.splitlines()
        assert (
            "  breaking: POST /users, PUT /users/me/username: "
            "the request property `username` went from maxLength 100 to 99"
        ) in lines
        assert "`uv run just openapi`" in refused.stdout

        for _ in range(2):  # it is compared with the committed file
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
        (lambda text: text.replace('"tags"', '"tags" '), "only texts"),
        (lambda text: text.replace("Register a user.", "Sign up."), "only texts"),
        (lambda text: f"<<<<<<< before\n{text}", "is not an API document"),
        (lambda text: "{}", "is not an API document"),
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
