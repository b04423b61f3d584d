"""The questions: what they accept, what they refuse, and how answers reach rendered files.

The template under test is small: the real ``copier.yml``, extension and answers file, and one probe per
filter. Other tests render the real template with the answers.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import keyword
import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import copier
import pytest
import yaml
from copier.errors import UserMessageError
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markdown_it import MarkdownIt

from tests.copying import commit, git, recopy, render, run_copier, update

ROOT = Path(__file__).resolve().parents[1]
ANSWERS_FILE = ".copier-answers.yml"
ANSWERS_TEMPLATE = "{{_copier_conf.answers_file}}.jinja"

PROBES = {
    "probe.toml.jinja": "value = {{ description | toml_string }}\n",
    "probe.py.jinja": "VALUE = {{ description | python_string }}\n",
    "probe.yml.jinja": "value: {{ description | yaml_string }}\n",
    "probe.md.jinja": "{{ description | markdown_text }}\n",
    "probe.txt.jinja": "{{ description }}\n",
}

# Type, choices and what an answer is where nothing was said.
CONTRACT: dict[str, tuple[str, list[str] | None, object]] = {
    "project_name": ("str", None, "My Service"),
    "service_name": ("str", None, "my-service"),
    "description": ("str", None, "A microservice with a clean architecture."),
    "author": ("str", None, "The My Service team"),
    "python_version": ("str", ["3.11", "3.12", "3.13", "3.14"], "3.11"),
    "authentication": ("str", ["own", "external", "none"], "own"),
    "ci": ("str", ["github", "gitlab", "none"], "github"),
    "dependency_updates": ("str", ["renovate", "dependabot", "none"], "renovate"),
    "container": ("bool", None, True),
    "kubernetes": ("bool", None, False),
}

# Valid answers that would break templates if they were inserted without a filter.
NASTY_LINES = [
    "{{ 7*7 }} {% raw %} {# gone? #}",
    "it's \"quoted\" and 'quoted'",
    'four """" in a row',
    r"back\slash \n \u0041 \N{DASH} C:\new",
    "key: value # no comment",
    "- item",
    "[x](https://example.org) ![y](z) <script>alert(1)</script>",
    "# Heading *bold* _it_ `code` ~~no~~ | cell | &amp; 2 < 3 > 1",
    "1. first",
    "+ plus",
    "$HOME `id` $(id) ${{ github.actor }} %PATH%",
    "null",
    "3.10",
    "Zoë’s 日本語 Ωμέγα العربية",
    "🚀 👩‍💻 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️",
    "*anchor &ref !tag @at",
    "%YAML",
    "x" * 120,
]

# Text that is not a valid answer, but that a filter may get.
NASTY_TEXTS = [
    *NASTY_LINES,
    "",
    " spaces around ",
    "two\nlines\r\nand\ttabs",
    "bell \a null \0 escape \x1b delete \x7f next line \x85",
    "separators \u2028 \u2029, marks \ufeff \u202e \u200b, no characters \ufffe \U0001ffff",
    "private \ue000 \U0010fffd, new \U0001fae8",
]


def load_extension() -> ModuleType:
    """Import the extension as Copier's loader does: a single file, by its path."""
    spec = importlib.util.spec_from_file_location("answers", ROOT / "extensions" / "answers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


answers = load_extension()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a committed template from the real questions, extension and answers file."""
    folder = tmp_path_factory.mktemp("answers") / "template"
    (folder / "template").mkdir(parents=True)
    for path in ("copier.yml", f"template/{ANSWERS_TEMPLATE}"):
        shutil.copy(ROOT / path, folder / path)
    for path in ("extensions", "updates"):
        shutil.copytree(ROOT / path, folder / path, ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in PROBES.items():
        (folder / "template" / name).write_text(text)
    commit(folder, "Template under test")
    git(folder, "tag", "v1.0.0")
    return folder


def stored_answers(service: Path) -> dict[str, Any]:
    """Read the stored answers of a service, without Copier's own two."""
    stored: dict[str, Any] = yaml.safe_load((service / ANSWERS_FILE).read_text())
    return {key: value for key, value in stored.items() if not key.startswith("_")}


def questions() -> dict[str, Any]:
    """Read the questions of the real template, hidden ones included."""
    settings: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text())
    return {key: value for key, value in settings.items() if not key.startswith("_")}


def asked_questions() -> dict[str, Any]:
    """Return the questions without the hidden ones, which run the checks, and those of the page.

    What `contexts.py` judges, tests/test_language_in_copier.py tests.
    """
    others = {"answers_check", "contexts_check", *answers.PAGE_QUESTIONS}
    return {key: value for key, value in questions().items() if key not in others}


def make_service(template: Path, folder: Path, **data: object) -> Path:
    """Render a service and commit it, so that it can be updated."""
    service = folder / "service"
    render(template, service, **data)
    commit(service, "Start the service")
    return service


def store_answer(service: Path, **changed: object) -> None:
    """Edit the answers file by hand and commit it."""
    path = service / ANSWERS_FILE
    stored = {**yaml.safe_load(path.read_text()), **changed}
    path.write_text(yaml.safe_dump(stored, sort_keys=False))
    commit(service, "Edit the answers by hand")


# The questions; tests/test_questionnaire.py pins them.


def list_choices(question: dict[str, Any]) -> list[str] | None:
    """Return the values that can be chosen, without their labels."""
    choices = question.get("choices")
    return list(choices.values()) if isinstance(choices, dict) else choices


def test_every_question_has_help_a_default_and_a_check() -> None:
    for name, question in asked_questions().items():
        assert question["help"].strip(), name
        assert question["default"] not in (None, ""), name
        assert question["validator"] == f"{{{{ {name} | answer_problem('{name}') }}}}"
        assert name in answers.CHECKS


def test_the_checks_follow_the_order_of_the_questions() -> None:
    assert list(answers.CHECKS) == list(asked_questions())


def test_the_check_offers_the_same_choices_as_the_questions() -> None:
    asked = asked_questions()

    assert list(answers.PYTHON_VERSIONS) == list_choices(asked["python_version"])
    assert list(answers.CI_SYSTEMS) == list_choices(asked["ci"])
    assert list(answers.AUTHENTICATIONS) == list_choices(asked["authentication"])


def test_answers_are_judged_before_the_first_question() -> None:
    first, question = next(iter(questions().items()))

    assert first == "answers_check"
    assert question == {
        "type": "str",
        "when": "{{ refuse_bad_destination() or refuse_bad_answers() or refuse_recopy() }}",
    }


def test_a_misspelt_name_in_the_template_is_an_error() -> None:
    settings = yaml.safe_load((ROOT / "copier.yml").read_text())

    assert settings["_envops"] == {
        "undefined": "jinja2.StrictUndefined",
        "keep_trailing_newline": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }


# Valid answers.


def test_every_default_works(template: Path, tmp_path: Path) -> None:
    render(template, tmp_path / "service")

    assert stored_answers(tmp_path / "service") == {
        name: default for name, (_, _, default) in CONTRACT.items()
    }


@pytest.mark.parametrize("text", NASTY_LINES)
def test_nasty_text_reaches_every_file_as_it_was_given(
    template: Path, tmp_path: Path, text: str
) -> None:
    service = tmp_path / "service"
    title = f"A {text}"[:60].strip()

    render(template, service, description=text, project_name=title, author=text[:80])

    assert tomllib.loads((service / "probe.toml").read_text()) == {"value": text}
    assert python_value((service / "probe.py").read_text()) == text
    assert yaml.safe_load((service / "probe.yml").read_text()) == {"value": text}
    assert markdown_as_seen((service / "probe.md").read_text()) == text
    assert (service / "probe.txt").read_text() == f"{text}\n"
    stored = stored_answers(service)
    assert (stored["description"], stored["project_name"]) == (text, title)
    assert stored["author"] == text[:80]


def python_value(source: str) -> object:
    """Evaluate the literal on the right-hand side of the only assignment."""
    (statement,) = ast.parse(source).body
    assert isinstance(statement, ast.Assign)
    return ast.literal_eval(statement.value)


@pytest.mark.parametrize("limit", [("project_name", 60), ("description", 120), ("author", 80)])
def test_the_longest_text_is_accepted_and_one_more_character_is_not(limit: tuple[str, int]) -> None:
    question, length = limit

    assert not answers.problem_with(question, "x" * length)
    assert f"1 to {length} " in answers.problem_with(question, "x" * (length + 1))


@pytest.mark.parametrize(
    "value", [True, False, 0, 1, "yes", "no", "Y", "N", "on", "off", " TRUE ", "false", "1", "0"]
)
def test_yes_and_no_are_understood_as_copier_understands_them(value: object) -> None:
    assert not answers.problem_with("container", value)


def test_a_data_file_may_leave_the_quotes_off_a_python_version(
    template: Path, tmp_path: Path
) -> None:
    render(template, tmp_path / "service", python_version=3.12, container=False)

    stored = stored_answers(tmp_path / "service")
    assert (stored["python_version"], stored["container"]) == ("3.12", False)


@pytest.mark.parametrize("name", ["a", "b2b", "order-desk", "a-1-b", "x" * 40])
def test_a_service_name_of_words_and_hyphens_is_accepted(name: str) -> None:
    assert not answers.problem_with("service_name", name)


def test_the_answers_file_lists_the_answers_in_question_order(
    template: Path, tmp_path: Path
) -> None:
    render(template, tmp_path / "service", container=True, ci="none", project_name="Desk")

    stored = yaml.safe_load((tmp_path / "service" / ANSWERS_FILE).read_text())
    assert list(stored) == ["_commit", "_src_path", *CONTRACT]


def test_answers_to_questions_without_a_check_here_are_stored_last() -> None:
    given = {"contexts": [{"name": "ordering"}], "ci": "none", "_commit": "v1", "author": "A"}

    assert list(answers.in_question_order(given)) == ["_commit", "author", "ci", "contexts"]


def test_the_message_after_a_copy_can_be_pasted_into_a_shell(
    template: Path, tmp_path: Path
) -> None:
    folder = "it's a folder"

    ended = run_copier(tmp_path, "copy", "--trust", "--defaults", str(template), folder)

    assert ended.returncode == 0, ended.stderr
    commands = [line for line in ended.stderr.splitlines() if line.startswith("  ")]
    assert ["cd", folder] in map(shlex.split, commands)
    assert any("git init -q && git add . && git commit" in line for line in commands)
    assert any("uv run just dev" in line for line in commands)


@pytest.mark.parametrize("reads", ["clerk", "owner"])
def test_the_message_after_a_copy_tells_what_may_surprise_on_the_page(
    template: Path, tmp_path: Path, reads: str
) -> None:
    order = {"name": "Order", "fields": {"title": "string"}, "may": {"read": [reads]}}
    page = {"roles": ["clerk"], "contexts": [{"name": "shop", "aggregates": [order]}]}
    (tmp_path / "page.yml").write_text(yaml.safe_dump(page))
    command = ["copy", "--trust", "--defaults", "--data-file", "page.yml", str(template), "service"]

    ended = run_copier(tmp_path, *command)

    assert ended.returncode == 0, ended.stderr
    told = "  contexts[0].aggregates[0].may.read: the owner may revise, and the answer shows"
    assert (told in ended.stderr) == (reads == "clerk")
    assert ("Worth knowing" in ended.stderr) == (reads == "clerk")


# Answers are text, never templates.

JINJA_TEXTS = {
    "project_name": "Desk {{ 7*7 }}",
    "description": "{{ 7*7 }} {% if x %} {# c #} {{ undefined_name }}",
    "author": "{{ lipsum() }}",
}


def test_jinja_in_an_answer_survives_copy_update_and_recopy(template: Path, tmp_path: Path) -> None:
    def found() -> tuple[str, dict[str, Any]]:
        stored = stored_answers(service)
        text = (service / "probe.txt").read_text()
        return text, {name: stored[name] for name in JINJA_TEXTS}

    expected = (JINJA_TEXTS["description"] + "\n", JINJA_TEXTS)
    newer = tmp_path / "template"
    shutil.copytree(template, newer)
    service = make_service(newer, tmp_path, **JINJA_TEXTS)
    assert found() == expected

    (newer / "template" / "added.txt.jinja").write_text("{{ author }}\n")
    commit(newer, "Add a file")
    git(newer, "tag", "v1.1.0")
    update(service)
    assert found() == expected
    assert (service / "added.txt").read_text() == JINJA_TEXTS["author"] + "\n"

    (service / "probe.txt").unlink()
    recopy(service)
    assert found() == expected


def test_jinja_in_a_title_is_not_run_by_the_defaults_derived_from_it(
    template: Path, tmp_path: Path
) -> None:
    render(template, tmp_path / "service", project_name="A {{ 7*7 }}")

    stored = stored_answers(tmp_path / "service")
    assert stored["author"] == "The A {{ 7*7 }} team"
    assert stored["service_name"] == "a-7-7"


# Invalid answers.

BAD_ANSWERS = [
    ("project_name", ""),
    ("project_name", "   "),
    ("project_name", " Desk"),
    ("project_name", "Desk\n"),
    ("project_name", "two\nlines"),
    ("project_name", "tab\there"),
    ("project_name", "bell \a"),
    ("project_name", "line \u2028 separator"),
    ("project_name", "right to left \u202e"),
    ("project_name", "byte \udcff"),
    ("project_name", "no character \ufffe"),
    ("project_name", "!?…"),
    ("project_name", "🚀"),
    ("project_name", "x" * 61),
    ("project_name", None),
    ("project_name", True),
    ("project_name", 42),
    ("project_name", ["Order", "Desk"]),
    ("project_name", {"title": "Desk"}),
    ("service_name", ""),
    ("service_name", "My_App"),
    ("service_name", "MyApp"),
    ("service_name", "1service"),
    ("service_name", "my--app"),
    ("service_name", "-app"),
    ("service_name", "app-"),
    ("service_name", "my app"),
    ("service_name", "app\n"),
    ("service_name", "café"),
    ("service_name", "日本語"),
    ("service_name", "../app"),
    ("service_name", "{{ 7*7 }}"),
    ("service_name", "x" * 41),
    ("service_name", "class"),
    ("service_name", "match"),
    ("service_name", "type"),
    ("service_name", "json"),
    ("service_name", "py-compile"),
    ("service_name", "test"),
    ("service_name", "cgi"),
    ("service_name", "compression"),
    *(("service_name", name) for name in answers.OWN_FOLDERS.split()),
    ("service_name", "fastapi"),
    ("service_name", "pydantic-core"),
    ("service_name", "postgres"),
    ("service_name", "template0"),
    ("service_name", "template1"),
    ("service_name", None),
    ("service_name", ["a"]),
    ("description", ""),
    ("description", "\t"),
    ("description", "two\nlines"),
    ("description", "x" * 121),
    ("description", None),
    ("description", 5),
    ("author", ""),
    ("author", "x" * 81),
    ("author", "a\r"),
    ("author", ["A", "B"]),
    ("author", None),
    ("python_version", "3.9"),
    ("python_version", ""),
    ("python_version", 3.1),
    ("python_version", "three"),
    ("python_version", None),
    ("python_version", ["3.11"]),
    ("authentication", "maybe"),
    ("authentication", ""),
    ("authentication", "Own"),
    ("authentication", True),
    ("authentication", None),
    ("authentication", []),
    ("ci", "foo"),
    ("ci", "GitHub"),
    ("ci", False),
    ("ci", None),
    ("container", "maybe"),
    ("container", ""),
    ("container", "null"),
    ("container", 2),
    ("container", None),
    ("container", []),
    ("container", {"image": True}),
]


@pytest.mark.parametrize(("question", "value"), BAD_ANSWERS)
def test_a_bad_answer_is_refused_before_anything_is_written(
    template: Path, tmp_path: Path, question: str, value: object
) -> None:
    with pytest.raises(UserMessageError) as refusal:
        render(template, tmp_path / "service", **{question: value})

    assert f"- {question}: got {answers.shortened(value)}, expected " in refusal.value.message
    assert refusal.value.message.startswith("1 answer cannot be used. Nothing was changed.\n")
    assert not (tmp_path / "service").exists()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (["project_name="], "project_name: got '', expected 1 to 60 printable characters"),
        (["project_name=two\nlines"], r"project_name: got 'two\nlines', expected "),
        (["project_name=\udcff"], r"project_name: got '\udcff', expected "),
        (["service_name=json"], "this is a module of Python's standard library"),
        (["python_version=3.9"], "python_version: got '3.9', expected one of 3.11, 3.12,"),
        (
            ["authentication=maybe"],
            "authentication: got 'maybe', expected one of own, external, none",
        ),
        (["ci=foo", "answers_check=passed"], "ci: got 'foo', expected one of github, gitlab, none"),
    ],
)
def test_the_command_line_ends_with_a_message_and_no_folder(
    template: Path, tmp_path: Path, given: list[str], named: str
) -> None:
    options = [argument for answer in given for argument in ("-d", answer)]

    ended = run_copier(
        tmp_path, "copy", "--trust", "--defaults", "-q", *options, str(template), "service"
    )

    assert_refused(ended, named)
    assert not (tmp_path / "service").exists()


def assert_refused(ended: subprocess.CompletedProcess[str], *named: str) -> None:
    """Expect a few readable lines, and Copier's exit code for mistakes of users."""
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    for text in named:
        assert text in ended.stderr


def test_every_mistake_in_a_data_file_is_named_at_once(template: Path, tmp_path: Path) -> None:
    data_file = tmp_path / "answers.yml"
    data_file.write_text(
        "project_name: [Order, Desk]\nservice_name: 1\ndescription: null\n"
        "author: {name: A}\npython_version: 3.9\nauthentication: maybe\nci: off\ncontainer: []\n"
        "dependency_updates: 7\nkubernetes: perhaps\n"
    )

    ended = run_copier(
        tmp_path,
        *("copy", "--trust", "--defaults", "-q", "--data-file", str(data_file)),
        *(str(template), "service"),
    )

    assert_refused(ended, "10 answers cannot be used.", *(f"- {name}: got " for name in CONTRACT))
    assert "- project_name: got ['Order', 'Desk'], expected" in ended.stderr
    assert "- description: got None, expected" in ended.stderr
    assert "- ci: got False, expected" in ended.stderr
    assert not (tmp_path / "service").exists()


def test_bad_defaults_in_the_settings_of_copier_are_refused(template: Path, tmp_path: Path) -> None:
    settings = tmp_path / "settings.yml"
    settings.write_text(
        json.dumps({"defaults": {"author": "x" * 81, "service_name": "{{ 'desk' }}"}})
    )

    ended = run_copier(
        tmp_path,
        *("copy", "--trust", "--defaults", "-q", str(template), "service"),
        COPIER_SETTINGS_PATH=str(settings),
    )

    assert_refused(ended, "- author: got ")
    assert "- service_name" not in ended.stderr
    assert not (tmp_path / "service").exists()


def test_an_answer_wins_over_the_settings_of_copier(template: Path, tmp_path: Path) -> None:
    copier.run_copy(
        str(template),
        tmp_path / "service",
        {"ci": "gitlab"},
        defaults=True,
        quiet=True,
        unsafe=True,
        settings=copier.Settings(defaults={"ci": "jenkins"}),
    )

    assert stored_answers(tmp_path / "service")["ci"] == "gitlab"


def test_a_long_answer_is_shortened_in_the_message() -> None:
    assert len(answers.shortened("x" * 10_000)) <= 60
    assert len(answers.shortened([["x" * 10_000] * 1_000] * 1_000)) < 3_000


# Answers that contradict each other.


@pytest.mark.parametrize("no", ["false", "no", "0"])
def test_manifests_without_an_image_are_refused(template: Path, tmp_path: Path, no: str) -> None:
    ended = run_copier(
        tmp_path,
        *("copy", "--trust", "--defaults", "-d", "kubernetes=true", "-d", f"container={no}"),
        *(str(template), "service"),
    )

    assert_refused(ended, "- kubernetes: got yes, expected no where container is no")
    assert not (tmp_path / "service").exists()


def test_dependabot_is_refused_where_there_is_no_github(template: Path, tmp_path: Path) -> None:
    options = ("-d", "ci=gitlab", "-d", "dependency_updates=dependabot")

    ended = run_copier(
        tmp_path, "copy", "--trust", "--defaults", *options, str(template), "service"
    )

    assert_refused(ended, "- dependency_updates: got 'dependabot', expected renovate or none")
    assert not (tmp_path / "service").exists()


def test_who_gives_up_the_image_gives_up_the_manifests_in_the_same_breath(
    template: Path, tmp_path: Path
) -> None:
    service = make_service(template, tmp_path, kubernetes=True)

    with pytest.raises(UserMessageError, match="expected no where container is no"):
        update(service, container=False)
    update(service, container=False, kubernetes=False)

    assert not (service / "deploy").exists()


# Stored answers.


def test_a_stored_bad_answer_stops_the_update_and_changes_nothing(
    template: Path, tmp_path: Path
) -> None:
    service = make_service(template, tmp_path)
    store_answer(service, ci="jenkins", container="perhaps")

    ended = run_copier(
        tmp_path, "update", "--trust", "--defaults", "-q", "--vcs-ref=:current:", "service"
    )

    assert_refused(ended, "- ci: got 'jenkins'", "- container: got 'perhaps'", ANSWERS_FILE)
    assert git(service, "status", "--porcelain") == ""


def test_a_stored_answer_that_a_newer_template_refuses_is_not_replaced_by_the_default(
    template: Path, tmp_path: Path
) -> None:
    newer = tmp_path / "template"
    shutil.copytree(template, newer)
    service = make_service(newer, tmp_path, ci="gitlab")
    for path in ("copier.yml", "extensions/answers.py"):
        text = (newer / path).read_text()
        text = text.replace("    GitLab CI: gitlab\n", "").replace('"gitlab", ', "")
        (newer / path).write_text(text)
    commit(newer, "Drop GitLab")
    git(newer, "tag", "v2.0.0")

    with pytest.raises(UserMessageError, match="- ci: got 'gitlab', expected one of github, none"):
        update(service)
    assert git(service, "status", "--porcelain") == ""

    update(service, ci="none")
    assert stored_answers(service)["ci"] == "none"


def test_a_stored_bad_answer_stops_a_recopy(template: Path, tmp_path: Path) -> None:
    service = make_service(template, tmp_path)
    store_answer(service, project_name=None)

    with pytest.raises(UserMessageError, match="- project_name: got None"):
        recopy(service)

    assert git(service, "status", "--porcelain") == ""


def test_an_answer_can_be_changed_with_the_command_in_the_answers_file(
    template: Path, tmp_path: Path
) -> None:
    service = make_service(template, tmp_path)
    comment = (service / ANSWERS_FILE).read_text().partition("_commit")[0]
    (command,) = [line for line in comment.splitlines() if "copier update" in line]
    _, _, options = command.replace("NAME=VALUE", "ci=none").partition(" copier ")

    ended = run_copier(tmp_path, *shlex.split(options), "service")

    assert ended.returncode == 0, ended.stderr
    assert stored_answers(service)["ci"] == "none"


# The service's name.


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("My Service", "my-service"),
        ("My--App-", "my-app"),
        ("1service", "service"),
        ("42", "my-service"),
        ("日本語", "my-service"),
        ("Shop 日本語", "shop"),
        ("json", "json-service"),
        ("Calendar", "calendar-service"),
        ("py_compile", "py-compile-service"),
        ("FastAPI", "fastapi-service"),
        ("domain", "domain-service"),
        ("class", "class-service"),
        ("Postgres", "postgres-service"),
        ("Café", "cafe"),
        ("Straße Łódź Ørsted Æther", "strasse-lodz-orsted-aether"),
        ("Zoë’s Desk", "zoes-desk"),
        ("Bob's Desk", "bobs-desk"),
        ("İzmir ısı", "izmir-isi"),
        ("a🚀b", "a-b"),
        ("C++ & Co.", "c-co"),
        ("ＦＵＬＬ ｗｉｄｔｈ ™", "full-width-tm"),
        ("a-very-long-title " * 3, "a-very-long-title-a-very-long-title-a"),
        ("x" * 60, "x" * 40),
        ("x" * 40 + " y", "x" * 40),
        ("json " + "x" * 50, "json-service"),
        ("OpenTelemetry Semantic Conventions", "opentelemetry-semantic-service"),
    ],
)
def test_a_service_name_is_derived_from_any_title(title: str, slug: str) -> None:
    assert answers.service_slug(title) == slug


def test_a_derived_service_name_is_always_a_good_answer() -> None:
    for title in (*NASTY_TEXTS, *answers.RESERVED_NAMES, "\0", "-", "’", "\udcff"):
        assert not answers.problem_with("service_name", answers.service_slug(title)), title


@pytest.mark.parametrize(
    ("given", "suggested"),
    [("My_Shop", "my-shop"), ("json", "json-service"), ("x" * 41, "x" * 40), ("é", "e")],
)
def test_a_bad_service_name_is_refused_with_names_that_would_do(given: str, suggested: str) -> None:
    problem = answers.problem_with("service_name", given, "Order Desk")

    assert problem.endswith(f"for example '{suggested}' or 'order-desk'")


def test_every_name_of_this_python_is_reserved() -> None:
    modules = {name.replace("_", "-") for name in sys.stdlib_module_names if name[0] != "_"}
    keywords = {*keyword.kwlist, *keyword.softkwlist}

    assert {name for name in modules | keywords if answers.SERVICE_NAME.fullmatch(name)} <= set(
        answers.RESERVED_NAMES
    )


# Interactive runs.


@pytest.mark.parametrize(("question", "value"), BAD_ANSWERS)
def test_an_inline_validator_tells_people_what_is_expected(question: str, value: object) -> None:
    validator = jinja().from_string(asked_questions()[question]["validator"])

    assert validator.render({question: value}).startswith("expected ")


def test_an_inline_validator_is_silent_about_good_answers() -> None:
    for name, question in asked_questions().items():
        _, _, default = CONTRACT[name]
        assert jinja().from_string(question["validator"]).render({name: default}) == ""


def test_the_inline_validator_suggests_a_service_name_from_the_title() -> None:
    validator = jinja().from_string(asked_questions()["service_name"]["validator"])

    told = validator.render(service_name="json", project_name="Order Desk")

    assert told.endswith("for example 'json-service' or 'order-desk'")


def jinja() -> SandboxedEnvironment:
    """Create a Jinja environment as Copier does: sandboxed, strict, with the extension."""
    return SandboxedEnvironment(extensions=[answers.AnswersExtension], undefined=StrictUndefined)


# The filters.


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_a_toml_string_reads_back_as_the_text(text: str) -> None:
    assert tomllib.loads(f"value = {answers.toml_string(text)}") == {"value": text}


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_a_yaml_string_reads_back_as_the_text(text: str) -> None:
    assert yaml.safe_load(f"value: {answers.yaml_string(text)}") == {"value": text}
    assert yaml.safe_load(f"{{value: [{answers.yaml_string(text)}]}}") == {"value": [text]}


@pytest.mark.parametrize("text", [*NASTY_TEXTS, "byte \udcff"])
def test_a_python_string_reads_back_as_the_text(text: str) -> None:
    assert ast.literal_eval(answers.python_string(text)) == text


@pytest.mark.parametrize("quote", [answers.toml_string, answers.yaml_string])
def test_text_that_no_file_can_hold_is_refused(quote: Any) -> None:
    with pytest.raises(ValueError, match="not Unicode text"):
        quote("byte \udcff")


def test_the_formatter_leaves_python_strings_alone() -> None:
    quotes = ["'", '"', "''", '""', "'\"", '\'""', "''\"", "\\'", '\\"', '\'\\""', '"\\']
    literals = map(answers.python_string, [*NASTY_TEXTS, *quotes, "byte \udcff"])
    source = "".join(f"VALUE_{number} = {literal}\n" for number, literal in enumerate(literals))

    formatted = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=100", "-"],
        input=source,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert formatted.splitlines() == source.splitlines()


MARKDOWN_TEXTS = [
    *NASTY_LINES,
    "===",
    "---",
    "- [ ] task",
    "> quote",
    "1) first",
    "| a | b |",
    "```",
    "~~~ js",
    "<https://example.org>",
    "<!-- gone -->",
    "a_b_c __d__",
    "ends with \\",
    "C #",
    "[ref]: /url",
    "&copy; &#35;",
    "$x$",
    "!",
]


@pytest.mark.parametrize("text", MARKDOWN_TEXTS)
@pytest.mark.parametrize("before", ["", "# ", "- ", "Before ", "Before\n"])
def test_markdown_shows_the_text_as_it_was_given(text: str, before: str) -> None:
    shown = markdown_as_seen(f"{before}{answers.markdown_text(text)}\n")

    assert shown == before.removeprefix("# ").removeprefix("- ") + text


@pytest.mark.parametrize("text", MARKDOWN_TEXTS)
def test_markdown_shows_the_text_in_a_cell_of_a_table(text: str) -> None:
    cell = answers.markdown_text(text)

    assert markdown_as_seen(f"| a |\n| --- |\n| {cell} |\n") == f"a{text}"


def markdown_as_seen(source: str) -> str:
    """Return the text of a document that contains only text, and fail for any other markup."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(source)
    children = [child for token in tokens for child in token.children or []]
    assert {child.type for child in children} <= {"text", "softbreak"}, source
    assert not [token for token in tokens if token.type in {"html_block", "fence", "code_block"}]
    return "".join("\n" if child.type == "softbreak" else child.content for child in children)


# The extension has no side effects.

OUTSIDE = ("open", "socket.", "subprocess.", "os.", "shutil.", "tempfile.", "urllib.", "ctypes.")
PURE_FILTERS = ["markdown_text", "python_string", "service_slug", "toml_string", "yaml_string"]

Watch = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(scope="module")
def watch() -> Watch:
    """Return a context manager that collects the interpreter's audit events.

    An audit hook can never be removed; outside of the context manager, it does nothing.
    """
    watched: list[list[str]] = []

    def note(event: str, _arguments: object) -> None:
        if watched and event.startswith(OUTSIDE):
            watched[-1].append(event)

    @contextmanager
    def collect() -> Iterator[list[str]]:
        events: list[str] = []
        watched.append(events)
        try:
            yield events
        finally:
            watched.remove(events)

    sys.addaudithook(note)
    return collect


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (".", os.getcwd()),
        ("template", os.path.join(os.getcwd(), "template")),
        ("/srv/template", "/srv/template"),
        ("~/template", "~/template"),
        ("gh:owner/template", "gh:owner/template"),
        ("https://example.org/template.git", "https://example.org/template.git"),
        ("git@example.org:owner/template.git", "git@example.org:owner/template.git"),
    ],
)
def test_a_template_is_remembered_so_that_the_service_finds_it_again(
    given: str, stored: str
) -> None:
    assert answers.with_absolute_source({"_src_path": given}) == {"_src_path": stored}


def test_the_extension_opens_nothing_and_starts_nothing(watch: Watch) -> None:
    calls = "".join(f"{{{{ _text | {name} }}}}" for name in PURE_FILTERS)
    template = jinja().from_string(
        f"{calls}{{{{ refuse_bad_answers() }}}}{{{{ _text | answer_problem('author') }}}}"
        "{{ {'ci': 1, '_src_path': '.'} | with_absolute_source | in_question_order }}"
    )
    conf = {"settings": copier.Settings(defaults={"author": "A"}), "user_defaults": {}}

    with watch() as events:
        for text in NASTY_TEXTS:
            template.render(_text=text, _copier_conf=conf)
        with pytest.raises(UserMessageError):
            template.render(_text="x", _copier_conf=conf, **dict.fromkeys(CONTRACT))

    assert events == []


def test_the_watch_on_the_extension_sees_an_open_file(watch: Watch, tmp_path: Path) -> None:
    with watch() as events:
        (tmp_path / "file").write_text("text")

    assert "open" in events


def test_every_filter_is_watched() -> None:
    added = set(jinja().filters) - set(SandboxedEnvironment().filters)

    assert added == {
        *PURE_FILTERS,
        "answer_problem",
        "in_question_order",
        "with_absolute_source",
    }


def test_a_folder_with_a_repository_of_its_own_is_part_of_no_other(tmp_path: Path) -> None:
    (tmp_path / "outer" / ".git").mkdir(parents=True)
    (tmp_path / "outer" / "inner" / ".git").mkdir(parents=True)

    assert answers.outer_repository(tmp_path / "outer" / "inner") == ""
    assert answers.outer_repository(tmp_path / "outer" / "service") == str(tmp_path / "outer")
