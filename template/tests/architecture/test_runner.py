"""The command behind `just architecture`: what it prints, and that it never says nothing."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from architecture.page import rules_page
from architecture.rules import BrokenRuleError, Rule, load_rules
from architecture.tools import imports, lint, syntax
from tests.architecture.planting import ROOT, copy_of_the_service, run


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service with one offence."""
    service = copy_of_the_service(tmp_path_factory.mktemp("runner"))
    (service / "src/domain/clock.py").write_text("import time\n")
    return service


A_RULE = Rule(id="no-cats", offence="A cat.", why="It scratches.", instead="Take a dog.")


def test_a_refusal_names_file_line_and_rule_and_says_what_to_do_instead(service: Path) -> None:
    result = run(service)

    assert result.returncode == 1
    assert re.match(r"src/domain/clock\.py:1: no-naive-time: Take `now` as", result.stdout)
    assert "1 refused" in result.stdout


def test_a_refusal_is_a_workflow_command_for_github(service: Path) -> None:
    result = run(service, "--format", "github")

    assert result.returncode == 1
    assert result.stdout.startswith(
        "::error file=src/domain/clock.py,line=1,title=no-naive-time::Take `now` as"
    )


def test_a_refusal_is_a_result_in_sarif(service: Path) -> None:
    report = json.loads(run(service, "--format", "sarif").stdout)

    assert report["version"] == "2.1.0"
    (found,) = report["runs"][0]["results"]
    rules = report["runs"][0]["tool"]["driver"]["rules"]
    assert rules[found["ruleIndex"]]["id"] == found["ruleId"] == "no-naive-time"


def test_the_page_of_rules_is_the_one_that_the_rules_make() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")

    assert page == rules_page(load_rules()), "run `just rules-page`"


def test_a_broken_rule_is_no_success(service: Path) -> None:
    broken = service / "architecture/rules/no-cats.yml"
    broken.write_text("id: no-dogs\noffence: A cat.\nsyntax: []\ncolour: black\n")

    result = run(service)

    broken.unlink()
    assert result.returncode == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    problems = [line.removeprefix("architecture/rules/no-cats.yml: ") for line in lines]
    assert problems == [
        "does not know the key 'colour'",
        "needs 'why', in one line",
        "needs 'instead', in one line",
        "has the id 'no-dogs'; it must be named like its file",
        "'syntax' must be a list that is not empty",
    ]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"rule": {"pattern": "cat()"}}, "needs the 'files'"),
        ({"files": ["src/cats/**/*.py"], "rule": {"pattern": "cat()"}}, "matches no file"),
        ({"files": ["src/**/*.py"], "ignores": ["src/cat.py"], "rule": {}}, "matches no file"),
        ({"files": ["src/**/*.py"], "rule": {"kind": "cat"}}, "Kind `cat` is invalid"),
        ({"files": ["src/**/*.py"], "rule": {"pattern": "cat()"}, "ignore": []}, "unknown field"),
    ],
)
def test_syntax_that_checks_nothing_is_an_error(part: dict[str, object], message: str) -> None:
    with pytest.raises(BrokenRuleError, match=rf"(?s)^architecture/rules/no-cats.yml.*{message}"):
        syntax.check([replace(A_RULE, syntax=[part])])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"type": "cats"}, "'type' must be one of allow_list"),
        ({"type": "allow_list", "layer": "domain"}, "allowed: This is a required field"),
        ({"type": "allow_list", "layer": "cats", "allowed": []}, "'cats' matches no module"),
        (
            {
                "type": "protected",
                "protected_modules": ["domain.*.cats"],
                "allowed_importers": ["domain"],
            },
            "'domain.*.cats' matches no module",
        ),
        (
            {
                "type": "forbidden",
                "source_modules": ["domain"],
                "forbidden_modules": ["not_installed"],
            },
            "'not_installed' matches no module",
        ),
        (
            {
                "type": "forbidden",
                "source_modules": ["schemas"],
                "forbidden_modules": ["domain"],
                "ignore_imports": [{"import": "schemas.base -> domain.shared"}],
            },
            "'ignore_imports' needs an 'import' and a 'reason' each",
        ),
    ],
)
def test_a_contract_that_checks_nothing_is_an_error(
    options: dict[str, object], message: str
) -> None:
    with pytest.raises(BrokenRuleError, match=re.escape(message)):
        imports.check([replace(A_RULE, imports=[options])])


def test_a_code_that_ruff_does_not_know_is_an_error() -> None:
    with pytest.raises(BrokenRuleError, match="CAT001"):
        lint.check([replace(A_RULE, ruff=["CAT001"])])


def test_an_import_that_is_let_through_without_need_is_refused(service: Path) -> None:
    rule = service / "architecture/rules/schemas-alone.yml"
    before = rule.read_text()
    exception = "{ import: schemas.base -> domain.shared, reason: none }"
    rule.write_text(f"{before}    ignore_imports:\n      - {exception}\n")

    result = run(service)

    rule.write_text(before)
    line = before.count("\n") + 2
    assert f"{rule.relative_to(service)}:{line}: no-silent-exception:" in result.stdout
