"""The template itself: the files that it renders, and how they are written."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import yaml
from copier._jinja_ext import YieldExtension
from jinja2 import Environment, meta
from jinja2.environment import TemplateExpression

from extensions import strata_contexts
from tests.conftest import ROOT, require_style

if TYPE_CHECKING:
    from tests.conftest import Render
    from tests.variants import Answers

TEMPLATE = ROOT / "template"
GOLDEN = Path(__file__).parent / "golden"

DEFAULT_ANSWERS: dict[str, Any] = {
    "authentication": "own",
    "ci": "github",
    "dependency_updates": "renovate",
    "container": True,
    "kubernetes": False,
    "contexts": [],
}

# What the template knows of the contexts of a service that has none.
NO_CONTEXTS = strata_contexts.view_of(strata_contexts.read_answers({}))

# Whose files are listed in tests/golden. Between them they have every file of the template.
LISTED: dict[str, dict[str, Any]] = {
    "default": {},
    "external": {"authentication": "external"},
    "no-authentication": {"authentication": "none"},
    "bare": {"ci": "none", "container": False},
    "gitlab": {"ci": "gitlab"},
    "kubernetes": {"kubernetes": True},
    "dependabot": {"dependency_updates": "dependabot"},
}

# What tells of an option: names of files, libraries, classes and recipes, and words of the pages.
OF_IDENTITY = ("identity", "argon", "oauth", "multipart", "hasher", "user_repo", "create_admin")
OF_USERS = (".identity", "identity/", "argon", "oauth", "multipart", "hasher", "user_repo", "jwt_")
OF_AN_ISSUER = ("oidc_jwks", "issuer_keys", "security/issuer", "dev/issuer", "just token")
OF_ACTORS = ("actordep", "actorid", "oidc", "jwt", "access_token", *OF_AN_ISSUER)
OF_CONTAINERS = (
    *("docker", "compose.yaml", "the image", "image.yml", "base image"),
    *("just pin", "dev/pin", "dev.pin"),
)
OF_KUBERNETES = ("kubernetes", "kustom", "kubectl")
OF_GITHUB = (".github/", "actions/checkout", "setup-uv", "pull_request", "pull request")
OF_RENOVATE = ("renovate",)
OF_DEPENDABOT = ("dependabot",)
OF_GITLAB = ("gitlab", "merge_request", "merge request")
TRACES: dict[tuple[str, object], tuple[str, ...]] = {
    ("authentication", "own"): OF_AN_ISSUER,
    ("authentication", "external"): OF_USERS,
    ("authentication", "none"): (*OF_IDENTITY, *OF_ACTORS),
    ("ci", "github"): OF_GITLAB,
    ("ci", "gitlab"): OF_GITHUB,
    ("ci", "none"): (*OF_GITHUB, *OF_GITLAB, "requirements-uv", "ci runs", "update_request"),
    ("dependency_updates", "renovate"): OF_DEPENDABOT,
    ("dependency_updates", "dependabot"): OF_RENOVATE,
    ("dependency_updates", "none"): (*OF_RENOVATE, *OF_DEPENDABOT),
    ("container", False): OF_CONTAINERS,
    ("kubernetes", False): OF_KUBERNETES,
}
# The answers name the questions, the rules and the language of contexts are the same in every service,
# PostgreSQL has identities of its own, and the template's address may be at GitLab.
EXCEPTED = {
    ".copier-answers.yml",
    "architecture",
    "contexts.md",
    "contexts.schema.json",
    "pg_catalog.py",
    "releases.py",
    "template.py",
    "test_pg_catalog.py",
}

# The only Python files that contain Jinja. Three are lists of the contexts that the template renders. The
# others contain the name of the service, or the parts for identity in files that every service has.
PYTHON_WITH_JINJA = {
    "dev/environment.py.jinja",
    "src/application/{% if authentication == 'own' %}identity{% endif %}/roles.py.jinja",
    "src/infrastructure/settings/service.py.jinja",
    "src/infrastructure/persistence/head.py.jinja",
    "src/infrastructure/persistence/metadata.py.jinja",
    "src/presentation/about.py.jinja",
    "src/presentation/deps/__init__.py.jinja",
    "src/presentation/routers/__init__.py.jinja",
    "tests/settings.py.jinja",
}

# Files below these paths are rendered once for each context or aggregate, and are written in Jinja.
YIELD = "{% yield "
# The only other file that a page of contexts brings.
OF_A_PAGE = (
    "migrations/versions/{% if contexts %}{{ model.revision }}_create_tables.py{% endif %}.jinja"
)


def template_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z", "template"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", LISTED)
def test_each_listed_variant_renders_exactly_the_files_that_its_list_names(
    render: Render, name: str, request: pytest.FixtureRequest
) -> None:
    folder = render(**LISTED[name])
    golden = GOLDEN / f"{name}.txt"

    rendered = sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file())

    if request.config.getoption("--write-golden"):
        golden.write_text("\n".join(rendered) + "\n")
    assert rendered == golden.read_text().splitlines()


PAGE_OF_FILES = ROOT / "docs" / "files.md"
CONDITION = re.compile(r"\{% if (.*?) %\}(.*?)\{% endif %\}")
REPETITION = re.compile(r"\{% yield (\w+) from [\w.]+ %\}\{\{ (\w+)\.(\w+) \}\}\{% endyield %\}")


@cache
def sources() -> list[tuple[str, list[str], str]]:
    """Return each file of a service: its path, the conditions in its source's path, and the source."""
    found = []
    for source in (str(file.relative_to(TEMPLATE)) for file in template_files()):
        path = CONDITION.sub(r"\2", source).removesuffix(".jinja")
        path = path.replace("{{_copier_conf.answers_file}}", ".copier-answers.yml")
        path = path.replace("{{ model.revision }}", "<number>")
        repeated = [f"contexts, for each {each}" for each in repetitions(source)[-1:]]
        conditions = [condition for condition, _ in CONDITION.findall(source)]
        found.append((REPETITION.sub(r"<\2>", path), [*conditions, *repeated], source))
    return sorted(found)


def repetitions(source: str) -> list[str]:
    """Return what the path of a source is repeated for."""
    return [name for name, _, _ in REPETITION.findall(source)]


def test_the_page_of_files_lists_exactly_what_the_template_holds(
    request: pytest.FixtureRequest,
) -> None:
    rows = [
        f"| [`{path}`](../template/{quote(source)}) | "
        + (" and ".join(f"`{condition}`" for condition in conditions) or "always")
        + " |"
        for path, conditions, source in sources()
    ]
    text = PAGE_OF_FILES.read_text()
    head = text.partition("\n| ")[0]
    expected = "\n".join([head, "| file | when |", "|---|---|", *rows, ""])

    if request.config.getoption("--write-golden"):
        PAGE_OF_FILES.write_text(expected)
    assert PAGE_OF_FILES.read_text() == expected


def files_of(answers: Answers) -> set[str]:
    """Return the files of a service with these answers, by the conditions on the page of files."""
    known = {**DEFAULT_ANSWERS, **answers, "model": NO_CONTEXTS}
    return {
        path
        for path, conditions, source in sources()
        if YIELD not in source and all(compiled(c)(**known) for c in conditions)
    }


@cache
def compiled(condition: str) -> TemplateExpression:
    return Environment(autoescape=False).compile_expression(condition)  # noqa: S701 - no page


@pytest.mark.parametrize("name", LISTED)
def test_the_conditions_on_the_page_of_files_are_what_decides(name: str) -> None:
    assert sorted(files_of(LISTED[name])) == (GOLDEN / f"{name}.txt").read_text().splitlines()


@pytest.mark.parametrize("authentication", ["own", "external", "none"])
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_style_and_format_have_no_fault_whatever_the_oldest_python_is(
    render: Render, tmp_path: Path, version: str, authentication: str
) -> None:
    """Ruff reads a version without having it, so all are tried on every machine.

    Of what it reads, only its settings depend on the version.
    """
    folder = tmp_path / "service"
    shutil.copytree(render(authentication=authentication), folder)
    shutil.copy(render(python_version=version) / "pyproject.toml", folder)

    require_style(folder)


def test_a_folder_stands_in_the_template_once() -> None:
    """Copier would speak of each folder that two conditions bring as one that is there already."""
    folders = {str(parent) for file in template_files() for parent in file.parents}
    named = [CONDITION.sub(r"\2", folder) for folder in folders]

    assert sorted(named) == sorted(set(named))


def test_of_an_option_that_is_off_no_trace_is_left(render: Render, variant: Answers) -> None:
    folder = render(**variant)
    answers = {**DEFAULT_ANSWERS, **variant}
    needs_uv = answers["container"] or answers["ci"] == "gitlab"
    words = {
        word
        for option, words in TRACES.items()
        if option in answers.items()
        for word in words
        if not (word == "requirements-uv" and needs_uv)
    }

    mentions = {
        f"{name}: {word}"
        for file in folder.rglob("*")
        if file.is_file() and not EXCEPTED & set((name := file.relative_to(folder)).parts)
        for word in words
        if word in f"{name}\n{file.read_text()}".lower()
    }

    assert words
    assert mentions == set()


@pytest.mark.parametrize(("option", "words"), TRACES.items(), ids=str)
def test_the_words_of_an_option_are_there_where_it_is_on(
    render: Render, option: tuple[str, object], words: tuple[str, ...]
) -> None:
    question, off = option
    on = [
        "\n".join(f"{file}\n{file.read_text()}" for file in folder.rglob("*") if file.is_file())
        for answers in LISTED.values()
        if {**DEFAULT_ANSWERS, **answers}[question] != off
        for folder in [render(**answers)]
    ]

    assert [word for word in words if word not in "\n".join(on).lower()] == []


def test_jinja_stays_out_of_python() -> None:
    found = {
        str(file.relative_to(TEMPLATE))
        for file in template_files()
        if file.name.removesuffix("{% endif %}").endswith((".py.jinja", ".py{% endif %}.jinja"))
    }

    assert {name for name in found if YIELD not in name} == {*PYTHON_WITH_JINJA, OF_A_PAGE}


def repeated_sources() -> list[tuple[str, str]]:
    """Return the path and the text of each source that a page of contexts brings."""
    paths = [(str(file.relative_to(TEMPLATE)), file) for file in template_files()]
    return [(path, file.read_text()) for path, file in paths if YIELD in path or path == OF_A_PAGE]


def test_a_source_for_each_context_or_aggregate_only_prints() -> None:
    """It loops, looks up and asks yes or no; what has to be computed is in the view."""
    shapes = [
        r"for \w+(, \w+)* in [\w.]+(\[\w+\])?",
        r"if [\w.\[\]]+",
        r"if authentication [!=]= 'none'",
        *("else", "endif", "endfor", "filter laid_out", "endfilter"),
    ]
    statement = re.compile("|".join(f"(?:{shape})" for shape in shapes))

    odd = {
        f"{path}: {text}"
        for path, source in repeated_sources()
        for kind, text in re.findall(r"\{([%{]) (.*?) [%}]\}", source)
        if not (statement if kind == "%" else re.compile(r"[\w.]+(\[[\w.]+\])*(\.\w+)*")).fullmatch(
            text
        )
    }

    assert odd == set()


def test_each_module_for_an_aggregate_is_laid_out() -> None:
    """Names decide where lines break, so a source that does not ask for it would be formatted later."""
    modules = [each for each in repeated_sources() if not each[0].endswith(".md.jinja")]
    fixed = {path for path, source in modules if "aggregate" not in source}

    loose = {
        path
        for path, source in modules
        if path not in fixed and not source.startswith("{% filter laid_out %}\n")
    }

    assert loose == set()


def test_a_file_without_the_suffix_holds_no_jinja() -> None:
    suspicious = [
        str(file.relative_to(TEMPLATE))
        for file in template_files()
        if file.suffix != ".jinja" and re.search(r"\{%|\{\{ *[a-z_]+ *[|}]", file.read_text())
    ]

    assert suspicious == []


def test_a_block_under_a_condition_is_short_in_python() -> None:
    for name in PYTHON_WITH_JINJA:
        for block in re.findall(r"\{% if .*?%\}\n(.*?)\{% e", (TEMPLATE / name).read_text(), re.S):
            assert len(block.splitlines()) <= 20, name


def test_paths_and_contents_use_only_names_that_exist() -> None:
    environment = Environment(autoescape=False, extensions=[YieldExtension])  # noqa: S701 - nothing is rendered here
    environment.filters.update(dict.fromkeys(_filters(), str))
    questions = set(yaml.safe_load((ROOT / "copier.yml").read_text()))
    known = questions | {"_copier_conf", "_copier_answers", "_copier_operation"}
    known |= {"model", "contexts_page"}

    for file in template_files():
        path = str(file.relative_to(TEMPLATE))
        sources = [path, file.read_text()] if file.suffix == ".jinja" else [path]
        for source in sources:
            unknown = meta.find_undeclared_variables(environment.parse(source)) - known
            assert unknown <= set(repetitions(path)), path


def _filters() -> list[str]:
    source = (ROOT / "extensions/answers.py").read_text()
    return [
        *re.findall(r"^            (\w+)=\w+,$", source, re.M),
        "laid_out",
        "to_json",
        "to_nice_yaml",
        "with_digest",
    ]


def test_paths_can_be_checked_out_on_every_system() -> None:
    for file in template_files():
        for part in file.relative_to(TEMPLATE).parts:
            assert not re.search(r'[<>:"|?*\\]', part), part
            assert len(part) < 150, part


def test_a_default_service_stays_small_enough_to_be_read(render: Render) -> None:
    """The rules are not counted: each has one file, and another one with its offences."""
    service = render()
    files = [file.relative_to(service) for file in service.rglob("*") if file.is_file()]

    assert len([file for file in files if "architecture" not in file.parts]) <= 308


def test_the_security_page_names_all_ten_risks_and_only_tests_that_exist(
    render: Render, variant: Answers
) -> None:
    service = render(**variant)
    page = (service / "docs" / "security.md").read_text()

    risks = re.findall(r"^\| API(\d+) ", page, re.M)
    named = re.findall(r"`(tests/[^`]+)::(\w+)`", page)

    assert risks == [str(number) for number in range(1, 11)]
    assert page.count("::test_") == len(named)
    for file, test in named:
        assert f"def {test}(" in (service / file).read_text()


# The subjects of the examples in AGENTS.md, which no service contains.
EXAMPLES = ("order", "cancel", "currency")


def test_the_instructions_name_nothing_that_is_not_there(render: Render, variant: Answers) -> None:
    service = render(**variant)
    page = (service / "AGENTS.md").read_text()
    quoted = {
        text
        for text in re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", page, flags=re.S))
        if not any(example in text.lower() for example in EXAMPLES)
    }
    roots = (service, service / "src")
    top = {entry.name for root in roots for entry in root.iterdir()}
    paths = {text for text in quoted if re.fullmatch(r"[\w.-]+/[\w./-]*", text)}
    names = {text.rpartition(".")[2] for text in quoted if re.fullmatch(r"[A-Za-z_][\w.]*", text)}
    recipes = {name for text in quoted for name in re.findall(r"^(?:uv run )?just ([\w-]+)", text)}
    python = "\n".join(
        file.read_text()
        for root in ("src", "tests", "dev")
        for file in (service / root).rglob("*.py")
    )

    missing = [
        *(
            path
            for path in paths
            if path.split("/")[0] in top and not any((root / path).exists() for root in roots)
        ),
        *(name for name in names if not re.search(rf"\b{name}\b", python)),
        *(
            f"just {recipe}"
            for recipe in recipes
            if not re.search(rf"^{recipe}\b.*:", (service / "justfile").read_text(), re.M)
        ),
    ]

    assert len(paths) > 10
    assert len(names) > 20
    assert missing == []


def test_what_is_rendered_holds_no_trace_of_the_template_language(
    render: Render, variant: Answers
) -> None:
    for file in render(**variant).rglob("*"):
        if file.is_file():
            text = file.read_text()
            assert "{%" not in text, file
            assert text.endswith("\n") or not text, file
            assert not text.endswith("\n\n"), file
            assert not re.search(r"\n\n\n\n", text), file
