"""The command behind `just architecture`: what it prints, and that it never says nothing."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from architecture.rules import BrokenRuleError, Rule, load_rules
from architecture.tools import grammars, imports, lint, syntax, types
from tests.architecture.planting import copy_of_the_service, run

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service with one offence."""
    service = copy_of_the_service(tmp_path_factory.mktemp("runner"))
    (service / "src/domain/clock.py").write_text("import time\n")
    return service


A_RULE = Rule(id="no-cats", offence="A cat.", why="It scratches.", instead="Take a dog.")


def test_a_refusal_names_place_and_rule_and_what_was_found_and_what_to_do(service: Path) -> None:
    result = run(service)

    assert result.returncode == 1
    place, instead, exception, *_ = result.stdout.splitlines()
    assert place == "src/domain/clock.py:1: no-naive-time: `import time`"
    assert instead.startswith("    Instead: Take `now` as")
    assert exception == "    Exception: # allow: no-naive-time - <why it has to be>"
    assert "1 refused" in result.stdout


def test_a_refusal_is_a_workflow_command_for_github(service: Path) -> None:
    result = run(service, "--format", "github")

    assert result.returncode == 1
    assert result.stdout.startswith(
        "::error file=src/domain/clock.py,line=1,title=no-naive-time::`import time`. Take"
    )


def test_a_refusal_is_a_result_in_sarif(service: Path) -> None:
    report = json.loads(run(service, "--format", "sarif").stdout)

    assert report["version"] == "2.1.0"
    (found,) = report["runs"][0]["results"]
    rules = report["runs"][0]["tool"]["driver"]["rules"]
    assert rules[found["ruleIndex"]]["id"] == found["ruleId"] == "no-naive-time"


def test_a_broken_rule_is_no_success(service: Path) -> None:
    broken = service / "architecture/rules/no-cats.yml"
    broken.write_text(
        "id: no-dogs\noffence: A cat.\ncolour: black\n"
        "syntax: []\nimports: [forbidden]\nruff: [ALL, dtz005, DTZ]\n"
    )

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
        "'imports' must be a list of which each element is a mapping",
        "'ALL' is no code of ruff, nor the beginning of codes",
        "'dtz005' is no code of ruff, nor the beginning of codes",
    ]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"rule": {"pattern": "cat()"}}, "needs the 'files'"),
        ({"files": "src/**/*.py", "rule": {"pattern": "cat()"}}, "needs the 'files'"),
        ({"files": ["/src/*.py"], "rule": {"pattern": "cat()"}}, "matches no file"),
        ({"files": ["src/**/*.py"], "found": 3}, "'found' must be a sentence"),
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
        (
            {"type": "forbidden", "source_modules": ["domain"], "forbidden_modules": []},
            "'forbidden_modules' names no module",
        ),
        (
            {"type": "forbidden", "source_modules": ["domain"], "forbidden_modules": [3]},
            "'forbidden_modules' must be a name or a list of names",
        ),
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
                "source_modules": ["domain"],
                "forbidden_modules": ["sqlalchemy.orm"],
            },
            "'sqlalchemy.orm' is part of another package; the graph knows 'sqlalchemy' only",
        ),
        (
            {
                "type": "forbidden",
                "source_modules": ["schemas"],
                "forbidden_modules": ["domain"],
                "ignore_imports": [{"import": "schemas.base -> domain.shared"}],
            },
            "an import is excused where it stands, by `# allow: no-cats - <why it has to be>`",
        ),
    ],
)
def test_a_contract_that_checks_nothing_is_an_error(
    options: dict[str, object], message: str
) -> None:
    with pytest.raises(BrokenRuleError, match=re.escape(message)):
        imports.check([replace(A_RULE, imports=[options])])


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"grammar": "cats"}, "'grammar' must be one of answers, helpers, providers"),
        ({"grammar": "routes"}, "routes needs 'refuses', a sentence for each kind"),
        ({"grammar": "routes", "refuses": {"cat": "purrs"}}, "routes finds no 'cat', but awaits"),
        ({"grammar": "wiring", "refuses": {"state": "is"}}, "wiring needs 'frameworks'"),
    ],
)
def test_a_grammar_that_checks_nothing_is_an_error(part: dict[str, object], message: str) -> None:
    with pytest.raises(BrokenRuleError, match=f"^architecture/rules/no-cats.yml: {message}"):
        grammars.check([replace(A_RULE, grammars=[part])])


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("CAT001", "Unknown rule selector"),  # no such code
        ("S320", "was removed"),  # gone
        ("PLR6301", "no effect"),  # looked for in ruff's preview only
        ("TCH001", "remapped"),  # called otherwise by now
    ],
)
def test_a_code_that_ruff_would_not_look_for_is_an_error_in_one_line(code: str, why: str) -> None:
    with pytest.raises(
        BrokenRuleError, match=rf"^architecture/rules/no-cats\.yml: .*{code}.*$"
    ) as e:
        lint.check([replace(A_RULE, ruff=["BLE001", code])])

    assert why in str(e.value)


OWNERS_RULES = {
    "a-package-that-nobody-imports": (
        "imports: [{type: protected, protected_modules: [hypothesis], allowed_importers: [schemas]}]",
        "import hypothesis\n",
        "imports `hypothesis`",
    ),
    "a-code-that-is-not-selected": (
        "ruff: [PERF401]",
        "found = []\nfor cat in range(3):\n    found.append(cat + 1)\n",
        "Use a list comprehension to create a transformed list (PERF401)",
    ),
    "the-beginning-of-codes": (
        "ruff: [PIE79]",
        "class Cat:\n    tail = 1\n    tail = 1\n",
        "Class field `tail` is defined multiple times (PIE794)",
    ),
    "a-sentence-of-its-own": (
        "syntax: [{files: [src/**/*.py], rule: {pattern: cat()}, found: scratches, instead: Pat it.}]",
        "cat()\n",
        "`cat()` scratches",
    ),
}


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"check": "cats"}, "'types' needs a 'check', which is one of blind_spots"),
        ({"check": "rows.outside", "out": ["domain"]}, "'types' does not know out"),
        ({"check": "rows.outside", "in": ["domain.cats"]}, "'domain.cats' matches no module"),
        ({"check": "rows.outside", "except": ["cats"]}, "'cats' matches no module"),
    ],
)
def test_a_check_of_types_that_checks_nothing_is_an_error(
    part: dict[str, object], message: str
) -> None:
    with pytest.raises(BrokenRuleError, match=re.escape(message)):
        types.check([replace(A_RULE, types=[part])])


def test_owners_rules_work(tmp_path: Path) -> None:
    service = copy_of_the_service(tmp_path)
    texts = "offence: A cat.\nwhy: It scratches.\ninstead: Take a dog.\n"
    for name, (check, _, _) in OWNERS_RULES.items():
        rule = service / f"architecture/rules/{name}.yml"
        rule.write_text(f"id: {name}\n{texts}{check}\n")
    before = run(service)
    assert (before.returncode, before.stderr) == (0, "")

    for number, (_, code, _) in enumerate(OWNERS_RULES.values()):
        (service / f"src/infrastructure/cat_{number}.py").write_text(code)
    after = run(service)

    assert after.returncode == 1
    for name, (_, _, found) in OWNERS_RULES.items():
        assert f": {name}: {found}\n" in after.stdout


def test_a_refusal_names_the_other_module_and_the_path_to_it(tmp_path: Path) -> None:
    service = copy_of_the_service(tmp_path)
    for path, text in {
        "src/domain/fruit/apple.py": "APPLE = 1\n",
        "src/domain/juice/glass.py": "from application.apples import APPLES\n",
        "src/application/apples.py": "from application.baskets import APPLES\n",
        "src/application/baskets.py": "from domain.fruit.apple import APPLE as APPLES\n",
    }.items():
        (service / path).parent.mkdir(exist_ok=True)
        (service / path).parent.joinpath("__init__.py").touch()
        (service / path).write_text(text)

    found = run(service).stdout

    assert (
        "src/domain/juice/glass.py:1: contexts-independent: imports `application.apples`, which leads"
        " to application.apples -> application.baskets -> domain.fruit.apple: juice gets to know fruit"
    ) in found


EXCUSED = {
    "a syntax": ("src/domain/cats.py", "import time\n"),
    "an import": ("src/schemas/cats.py", "import domain.shared\n"),
    "a grammar": (
        "src/presentation/routers/cats.py",
        "async def pat(cat: str) -> str:\n    return cat + '!'\n",
    ),
    "ruff": ("src/infrastructure/cats.py", "from datetime import date\n\nprint(date.today())\n"),
    "ruff and a syntax": (
        "src/application/dogs.py",
        "from datetime import datetime\n\nprint(datetime.now())\n",
    ),
    "a place": ("src/cats.py", "CAT = 1\n"),
    "an outermost except": (
        "src/infrastructure/worker.py",
        "import logging\n\ntry:\n    print()\nexcept Exception:\n    logging.exception('a job')\n",
    ),
}


@pytest.mark.parametrize("above", [False, True], ids=["beside", "above"])
def test_the_comment_that_a_refusal_shows_is_enough(above: bool, tmp_path: Path) -> None:
    service = copy_of_the_service(tmp_path)
    for path, code in EXCUSED.values():
        (service / path).write_text(code)
    printed = run(service).stdout + run(service, "--types").stdout
    shown = re.findall(r"^(\S+):(\d+): .*\n.*\n    Exception: (.*)$", printed, re.MULTILINE)
    assert {path for path, _, _ in shown} == {path for path, _ in EXCUSED.values()}

    for path, line, exception in shown:
        lines = (service / path).read_text().splitlines()
        index = int(line) - 1
        comment = exception.replace("<why it has to be>", "it purrs")
        if above and "allow" in comment:  # ruff wants its own beside
            indent = " " * (len(lines[index]) - len(lines[index].lstrip()))
            lines.insert(index, indent + comment)
        else:
            lines[index] += f"  {comment}"
        (service / path).write_text("\n".join(lines) + "\n")

    with_types = sum(bool(rule.types) for rule in load_rules())
    without = len(load_rules()) - with_types
    assert run(service).stdout == f"All {without} rules hold.\n"
    assert run(service, "--types").stdout == f"All {with_types} rules hold.\n"
