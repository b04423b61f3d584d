"""The template itself: the files that it renders, and how they are written."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jinja2 import Environment, meta

from tests.conftest import ROOT, VARIANTS

if TYPE_CHECKING:
    from tests.conftest import Render

TEMPLATE = ROOT / "template"
GOLDEN = Path(__file__).parent / "golden"

# The variants, and one more that differs only in files that a service's own checks do not read;
# tests/test_kubernetes.py tests those.
RENDERED = VARIANTS | {"kubernetes": {"kubernetes": True}}

# The only Python files that contain Jinja. Three are lists of the contexts, which the template maintains.
# The others contain the name of the service, or the parts for identity in files that every service has.
PYTHON_WITH_JINJA = {
    "dev/environment.py.jinja",
    "src/infrastructure/config.py.jinja",
    "src/infrastructure/persistence/head.py.jinja",
    "src/infrastructure/persistence/metadata.py.jinja",
    "src/presentation/about.py.jinja",
    "src/presentation/deps/__init__.py.jinja",
    "src/presentation/routers/__init__.py.jinja",
    "tests/settings.py.jinja",
}


def template_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z", "template"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", RENDERED)
def test_each_variant_renders_exactly_the_files_that_its_list_names(
    render: Render, name: str, request: pytest.FixtureRequest
) -> None:
    folder = render(**RENDERED[name])
    golden = GOLDEN / f"{name}.txt"

    rendered = sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file())

    if request.config.getoption("--write-golden"):
        golden.write_text("\n".join(rendered) + "\n")
    assert rendered == golden.read_text().splitlines()


def test_jinja_stays_out_of_python() -> None:
    found = {
        str(file.relative_to(TEMPLATE))
        for file in template_files()
        if file.name.removesuffix("{% endif %}").endswith((".py.jinja", ".py{% endif %}.jinja"))
    }

    assert found == PYTHON_WITH_JINJA


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
    environment = Environment(autoescape=False)  # noqa: S701 - nothing is rendered here
    environment.filters.update(dict.fromkeys(_filters(), str))
    questions = set(yaml.safe_load((ROOT / "copier.yml").read_text()))
    known = questions | {"_copier_conf", "_copier_answers", "_copier_operation"}

    for file in template_files():
        path = str(file.relative_to(TEMPLATE))
        sources = [path, file.read_text()] if file.suffix == ".jinja" else [path]
        for source in sources:
            unknown = meta.find_undeclared_variables(environment.parse(source)) - known
            assert unknown == set(), path


def _filters() -> list[str]:
    source = (ROOT / "extensions/answers.py").read_text()
    return [*re.findall(r"^            (\w+)=\w+,$", source, re.M), "to_json", "to_nice_yaml"]


def test_paths_can_be_checked_out_on_every_system() -> None:
    for file in template_files():
        for part in file.relative_to(TEMPLATE).parts:
            assert not re.search(r'[<>:"|?*\\]', part), part
            assert len(part) < 150, part


def test_a_default_service_stays_small_enough_to_be_read(render: Render) -> None:
    """The rules are not counted: each has one file, and another one with its offences."""
    service = render()
    files = [file.relative_to(service) for file in service.rglob("*") if file.is_file()]

    assert len([file for file in files if "architecture" not in file.parts]) <= 260


@pytest.mark.parametrize("answers", VARIANTS.values(), ids=VARIANTS)
def test_the_security_page_names_all_ten_risks_and_only_tests_that_exist(
    render: Render, answers: dict[str, Any]
) -> None:
    service = render(**answers)
    page = (service / "docs" / "security.md").read_text()

    risks = re.findall(r"^\| API(\d+) ", page, re.M)
    named = re.findall(r"`(tests/[^`]+)::(\w+)`", page)

    assert risks == [str(number) for number in range(1, 11)]
    assert page.count("::test_") == len(named)
    for file, test in named:
        assert f"def {test}(" in (service / file).read_text()


# The subjects of the examples in AGENTS.md, which no service contains.
EXAMPLES = ("order", "cancel", "currency")


@pytest.mark.parametrize("answers", VARIANTS.values(), ids=VARIANTS)
def test_the_instructions_name_nothing_that_is_not_there(
    render: Render, answers: dict[str, Any]
) -> None:
    service = render(**answers)
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


@pytest.mark.parametrize("answers", RENDERED.values(), ids=RENDERED)
def test_what_is_rendered_holds_no_trace_of_the_template_language(
    render: Render, answers: dict[str, Any]
) -> None:
    for file in render(**answers).rglob("*"):
        if file.is_file():
            text = file.read_text()
            assert "{%" not in text, file
            assert text.endswith("\n") or not text, file
            assert not text.endswith("\n\n"), file
            assert not re.search(r"\n\n\n\n", text), file
