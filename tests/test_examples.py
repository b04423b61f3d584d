"""The examples of contexts: each is rendered, passes its own checks, and its story is true."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from extensions import strata_contexts
from tests.conftest import ROOT
from tests.pages import rendered
from tests.test_contexts import assert_it_passes_its_own_checks
from tests.test_running import begin_anew, just_dev

if TYPE_CHECKING:
    from tests.conftest import MakeService, Service

EXAMPLES = ROOT / "docs/examples"
NAMES = sorted(file.parent.name for file in EXAMPLES.glob("*/contexts.yml"))
TOLD = sorted(file.parent.name for file in EXAMPLES.glob("*/story.py"))


def example(name: str) -> dict[str, Any]:
    """Return the page of an example."""
    page: dict[str, Any] = yaml.safe_load((EXAMPLES / name / "contexts.yml").read_text())
    return page


def make_example(make_service: MakeService, name: str, authentication: str = "external") -> Service:
    return make_service(authentication=authentication, **example(name))


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_rendered_as_it_stands(name: str) -> None:
    page = example(name)

    assert strata_contexts.check((EXAMPLES / name / "contexts.yml").read_text()) == []
    assert strata_contexts.unrendered(page) == []
    assert strata_contexts.surprising(page) == []


@pytest.mark.parametrize("name", TOLD)
def test_a_story_expects_only_codes_that_its_service_has(name: str) -> None:
    """The stories themselves run less often, and a renamed field renames codes."""
    told = ast.parse((EXAMPLES / name / "story.py").read_text())
    expected = {
        code.value
        for call in ast.walk(told)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "is_refused"
        if isinstance(code := call.args[1], ast.Constant)
    }
    of_the_page = [text for _, text in rendered(example(name), "external", "src")]
    of_every_service = [path.read_text() for path in (ROOT / "template/src").rglob("*.py")]
    known = set(re.findall(r'"([a-z_]+)"', "\n".join([*of_the_page, *of_every_service])))

    assert len(expected) > 5
    assert expected <= known


@pytest.mark.scheduled("a service is built and run for each example")
@pytest.mark.parametrize("authentication", ["own", "external"])
@pytest.mark.parametrize("name", TOLD)
def test_the_story_of_an_example_is_true(
    make_service: MakeService, tmp_path: Path, name: str, authentication: str
) -> None:
    """The roles are assigned by an admin of the service, or named by the tokens of an issuer."""
    service = make_example(make_service, name, authentication)
    begin_anew(service)

    with just_dev(service, tmp_path / "dev.log") as url:
        told = service.run("uv", "run", "python", str(EXAMPLES / name / "story.py"), url)

    sentences = told.splitlines()
    assert sentences[-1] == f"That is the story of the {name}."
    refused = [line.rpartition(" That is refused: ")[2][:3] for line in sentences]
    assert {"403", "404", "409", "412", "422"} <= set(refused)


@pytest.mark.scheduled("a service is built and checked for each example")
@pytest.mark.parametrize("name", [name for name in NAMES if name != "bookshop"])
def test_an_example_passes_its_own_checks(make_service: MakeService, name: str) -> None:
    """The bookshop does in every run: see test_contexts.py."""
    assert_it_passes_its_own_checks(make_example(make_service, name))
