"""Proof by generation: random good pages are rendered well, random bad ones are refused cleanly."""

from __future__ import annotations

import ast
import datetime
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from extensions import strata_contexts
from extensions.strata_contexts import names, words
from extensions.strata_contexts.checks.database import LONGEST_IDENTIFIER
from extensions.strata_contexts.mistakes import spelled
from extensions.strata_contexts.rule_view import rule_views
from extensions.strata_contexts.satisfying import compared, holds
from tests.conftest import ROOT, require_style
from tests.copying import run_copier
from tests.drawing.faults import FAULTS, Fault, faulty
from tests.drawing.mending import places, refusals
from tests.drawing.pages import AUTHENTICATIONS, drawn, good_pages, services
from tests.drawing.spoiled import spoiled
from tests.pages import rendered
from tests.proving import Ground, copied_template
from tests.test_contexts import page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Record = Callable[[str, Any], None]

# The names of keys, constraints and indexes, each for a table and columns. PostgreSQL would cut longer ones.
NAMED_IN_SQL = re.compile(r"\"((?:pk|uq|fk|ck|ix)_\w+)\"")


def require_clean(page: dict[str, Any], authentication: str) -> None:
    """Render a page in this process, and require Python without an offence of style."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for path, text in rendered(page, authentication):
            if path.suffix == ".py":
                compile(text, str(path), "exec")
            assert max(map(len, NAMED_IN_SQL.findall(text)), default=0) <= LONGEST_IDENTIFIER, path
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        shutil.copy(ROOT / "tests/contexts/ruff.toml", folder)
        require_style(folder)


# A page that fails is printed as it was drawn: to make it smaller takes minutes.
SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much)
AS_DRAWN = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(
    max_examples=6, deadline=None, derandomize=True, phases=AS_DRAWN, suppress_health_check=SLOW
)
@given(good_pages())
def test_random_pages_need_no_formatting_and_have_no_offence_of_style(
    found: tuple[dict[str, Any], str],
) -> None:
    require_clean(*found)


@pytest.mark.scheduled("300 random pages are rendered, other ones each time")
@settings(
    max_examples=300, deadline=None, print_blob=True, phases=AS_DRAWN, suppress_health_check=SLOW
)
@given(good_pages())
def test_many_random_pages_need_no_formatting_and_have_no_offence_of_style(
    found: tuple[dict[str, Any], str],
) -> None:
    require_clean(*found)


@pytest.mark.scheduled("six random services are built and tested, other ones each day")
def test_random_services_pass_their_own_checks(tmp_path: Path, record_property: Record) -> None:
    tmp_path.chmod(0o755)  # as root, PostgreSQL runs as `nobody`
    template = copied_template(tmp_path / "template")
    grounds = {each: Ground(tmp_path, template, each) for each in ("own", "external", "none")}
    number = datetime.datetime.now(datetime.UTC).toordinal()
    record_property("random services are drawn by", number)

    for found, authentication in drawn(services(), 7, number)[1:]:
        proof = grounds[authentication].prove(found, is_whole=False)

        assert not proof.failed, f"{proof.told}\n{proof.yaml}"


def test_aggregates_that_once_were_rendered_badly_are_rendered_well() -> None:
    for authentication in ("own", "none"):
        require_clean(page("found", authentication), authentication)


def test_what_breaks_a_rule_breaks_no_other_one() -> None:
    read = strata_contexts.read_answers(page("found"))
    [spec] = [each for each in read.contexts[0].aggregates if each.name == "Shipment"]
    comparisons = compared(spec.rules, spec.fields)

    for rule in rule_views(spec.rules, spec.fields, read, "shipments"):
        broken = dict(rule.broken)
        others = [
            each.rule for each in comparisons if {each.rule.left, each.rule.right} <= broken.keys()
        ]

        assert len(others) == 2
        assert [holds(each, spec.fields, broken) for each in others].count(False) == 1


@pytest.mark.parametrize("name", ["everything", "refs", "values", "found"])
def test_no_value_object_is_called_like_what_its_modules_import(name: str) -> None:
    """Each class that is imported beside values of an aggregate, from a module of every service, is reserved."""
    read = page(name)
    own = {context["name"] for context in read["contexts"]}
    own |= {names.snake(value) for value in read.get("values", {})}

    imported = {
        each
        for path, text in rendered(read, "own")
        if path.suffix == ".py" and "value_objects" in text
        for each in classes_imported(ast.parse(text), own)
    }

    assert len(imported) > 20
    assert imported - {*words.CLASSES, *words.FRAMEWORKS, *words.IMPORTED_CLASSES} == set()


@pytest.mark.parametrize("name", ["Date", "Datetime", "Data", "Expected", "Session", "Repository"])
def test_no_aggregate_is_called_like_a_variable_of_its_code(name: str) -> None:
    spec = {"name": name, "plural": "days_of_it", "fields": {"title": "string"}}

    [line] = refusals({"contexts": [{"name": "x", "aggregates": [spec]}]}, "own")

    assert line.startswith("contexts[0].aggregates[0].name: ")


def classes_imported(tree: ast.Module, own: set[str]) -> Iterator[str]:
    """Yield the classes that a module imports from modules that are not named for something on the page."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not own & set((node.module or "").split(".")):
            for each in node.names:
                if not (each.name.isupper() or names.pascal_problem(each.name)):
                    yield each.name


@settings(
    max_examples=100, deadline=None, derandomize=True, phases=AS_DRAWN, suppress_health_check=SLOW
)
@given(AUTHENTICATIONS.flatmap(lambda each: st.tuples(spoiled(each), st.just(each))))
def test_spoiled_pages_are_refused_with_a_line_for_each_place(
    found: tuple[dict[str, Any], str],
) -> None:
    require_refusal(*found)


def require_refusal(page: dict[str, Any], authentication: str) -> None:
    """Require that a page is refused by lines with their places, or else that it is viewed."""
    try:
        read = strata_contexts.read_answers(page, authentication=authentication)
    except strata_contexts.PageError as refusal:
        known = {spelled(place) for place in places(page)}
        for line in refusal.lines:
            assert line.isprintable(), line
            assert any(names_place(line, place) for place in known), line
        return
    if not strata_contexts.unrendered(page, authentication=authentication):
        strata_contexts.view_of(read, authentication)


def names_place(line: str, place: str) -> bool:
    """Tell whether a line begins with a place of the page, or with a key that is missing there."""
    rest = line.removeprefix(place)
    return rest != line and re.match(r"(\.\w+)?: .", rest) is not None


def test_most_spoiled_pages_are_refused(record_property: Record) -> None:
    """Otherwise the test above would prove nothing."""
    found = drawn(spoiled(), 100)

    bad = [page for page in found if refusals(page, "own")]

    record_property("spoiled pages that are refused", f"{len(bad)} of {len(found)}")
    assert len(bad) > 70


@pytest.mark.parametrize("name", FAULTS)
def test_a_mistake_is_refused_at_its_place(name: str) -> None:
    for fault in drawn(faulty(name), 2):
        require_fault(fault)


@pytest.mark.scheduled("each mistake is planted in 40 pages")
@pytest.mark.parametrize("name", FAULTS)
def test_a_mistake_is_refused_at_its_place_on_any_page(name: str) -> None:
    for fault in drawn(faulty(name), 40, 1):
        require_fault(fault)


def require_fault(fault: Fault) -> None:
    """Require a line that begins with the place of a mistake, and says what it is."""
    lines = refusals(fault.page, "own")

    expected = f"{spelled_place(fault)}: "
    assert any(line.startswith(expected) and fault.said in line for line in lines), (
        expected,
        lines,
    )


def spelled_place(fault: Fault) -> str:
    return spelled(tuple(str(key) if isinstance(key, bool) else key for key in fault.place))


OF_COPIER = ("a boolean of YAML as a name", "a name that Copier would render", "a circle")


@pytest.mark.parametrize(
    "name",
    [
        *OF_COPIER,
        *(
            pytest.param(name, marks=pytest.mark.scheduled("Copier runs for each mistake"))
            for name in FAULTS
            if name not in OF_COPIER
        ),
    ],
)
def test_copier_refuses_a_mistake_and_writes_nothing(
    name: str, tmp_path: Path, copier_template: Path
) -> None:
    fault = drawn(faulty(name), 2, 2)[-1]
    file = tmp_path / "page.yml"
    file.write_text(yaml.safe_dump(fault.page, allow_unicode=True, sort_keys=False))

    command = ["copy", "--trust", "--defaults", "--quiet", "--data-file", str(file)]
    ended = run_copier(tmp_path, *command, str(copier_template), "service")

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "Nothing was changed." in ended.stderr
    assert f"  {spelled_place(fault)}: " in ended.stderr
    assert not (tmp_path / "service").exists()
