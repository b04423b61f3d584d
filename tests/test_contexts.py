"""Services that are born with contexts: what a page is rendered as, and that it passes its own checks."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import copier
import pytest
import yaml
from copier.errors import UserMessageError

from extensions import strata_contexts
from tests.conftest import owners_environment, require_style
from tests.pages import random_page, rendered
from tests.reading import require_that_pages_agree_with_the_api

if TYPE_CHECKING:
    from tests.conftest import MakeService, Render, Service

PAGES = Path(__file__).parent / "contexts"
ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "extensions/strata_contexts/example.yml"
AUTHENTICATIONS = ("own", "external", "none")


def page(name: str, authentication: str = "own") -> dict[str, Any]:
    """Return a page; where nobody is known, without what it says of actors."""
    file = EXAMPLE if name == "example" else PAGES / f"{name}.yml"
    read: dict[str, Any] = yaml.safe_load(file.read_text())
    return without_actors(read) if authentication == "none" else read


def without_actors(page: dict[str, Any]) -> dict[str, Any]:
    """Take out of a page what it says of actors."""
    page.pop("roles", None)
    for context in page["contexts"]:
        for aggregate in context["aggregates"]:
            aggregate.pop("may", None)
            aggregate.pop("owner", None)
            filters = aggregate.get("reads", {}).get("filter", [])
            filters[:] = [each for each in filters if each != "owner_id"]
            groups = aggregate.get("unique_together", [])
            groups[:] = [each for each in groups if "owner_id" not in each]
    return page


STYLED = (
    *("circles", "everything", "example", "long", "refs", "values", "names", "taken", "types"),
    *("parts", "access", "asked"),
)


@pytest.mark.parametrize("authentication", AUTHENTICATIONS)
@pytest.mark.parametrize(
    "name",
    [
        name
        if name == "everything"
        else pytest.param(name, marks=pytest.mark.scheduled("without Copier, it always runs"))
        for name in STYLED
    ],
)
def test_what_is_rendered_needs_no_formatting_and_has_no_offence_of_style(
    render: Render, name: str, authentication: str
) -> None:
    folder = render(authentication=authentication, **page(name, authentication))

    require_style(folder)


def test_the_files_of_contexts_need_no_formatting_and_have_no_offence_of_style(
    tmp_path: Path,
) -> None:
    others = itertools.product(("everything", "refs", "access", "asked"), ("external", "none"))
    for name, authentication in [*((name, "own") for name in STYLED), *others]:
        write(page(name, authentication), authentication, tmp_path / f"{name}-{authentication}")
    shutil.copy(ROOT / "tests/contexts/ruff.toml", tmp_path)

    require_style(tmp_path)


def write(page: dict[str, Any], authentication: str, folder: Path) -> None:
    """Write the files that the template renders for a page."""
    for path, text in rendered(page, authentication):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def test_the_layout_agrees_with_ruff_about_a_service_without_contexts(render: Render) -> None:
    """What people wrote is laid out as ruff does, as far as templates print the like."""
    folder = render()
    files = [*(folder / "src").rglob("*.py"), *(folder / "tests/fakes").rglob("*.py")]
    known = [file for file in files if (folder / "src/presentation") not in file.parents]

    changed = [
        file.name
        for file in known
        if len(text := file.read_text()) < 4_000 and strata_contexts.laid_out(text) != text
    ]

    assert len(known) > 60
    assert len(changed) <= 8, changed


def test_a_page_without_contexts_leaves_no_trace(render: Render) -> None:
    plain = render()

    answers = (plain / ".copier-answers.yml").read_text()

    assert "contexts" not in answers
    assert "0004_add_roles" in (plain / "src/infrastructure/persistence/head.py").read_text()


def test_the_stored_answers_keep_the_order_of_the_page(render: Render) -> None:
    given = page("everything")

    stored = yaml.safe_load((render(**given) / ".copier-answers.yml").read_text())

    assert {key: stored[key] for key in given} == given
    fields = stored["contexts"][0]["aggregates"][0]["fields"]
    assert list(fields) == list(given["contexts"][0]["aggregates"][0]["fields"])


NOT_YET = {
    "a part that points to what has it": (
        "fields: {title: string}, parts: {links: {name: Link, fields: {to: {type: ref, to: Order}}}}"
    ),
}


@pytest.mark.parametrize("body", NOT_YET.values(), ids=NOT_YET)
def test_what_is_not_rendered_yet_is_refused_and_nothing_is_written(
    body: str, tmp_path: Path, copier_template: Path
) -> None:
    contexts = yaml.safe_load(f"[{{name: ordering, aggregates: [{{name: Order, {body}}}]}}]")

    with pytest.raises(UserMessageError, match="not in this version"):
        copier.run_copy(
            str(copier_template),
            tmp_path / "service",
            {"contexts": contexts},
            defaults=True,
            quiet=True,
            unsafe=True,
        )

    assert not (tmp_path / "service").exists()


CONTEXTS_OF_BOOKSHOP = ("catalog", "events", "ordering")
LEVELS = ("unit/domain", "unit/application", "integration/persistence", "integration/http")


@pytest.fixture(scope="module")
def bookshop(make_service: MakeService) -> Service:
    page = yaml.safe_load((ROOT / "docs/examples/bookshop/contexts.yml").read_text())
    return make_service(**page)


def test_the_bookshop_passes_its_static_checks_and_the_tests_of_its_contexts(
    bookshop: Service,
) -> None:
    assert_it_passes_its_static_checks(bookshop)
    ended = run_tests_of_contexts(bookshop, "-q")

    assert ended.returncode == 0, ended.stdout


def run_tests_of_contexts(bookshop: Service, *options: str) -> subprocess.CompletedProcess[str]:
    folders = [f"tests/{level}/{name}" for level in LEVELS for name in CONTEXTS_OF_BOOKSHOP]
    return bookshop.try_to("uv", "run", "pytest", *options, "-m", "not fuzz", *folders)


@pytest.mark.scheduled("the rest of its tests are those of every service, which run for variants")
def test_the_bookshop_passes_its_own_checks(bookshop: Service) -> None:
    assert_it_passes_its_own_checks(bookshop)


@pytest.mark.scheduled("the static checks of the bookshop always run")
def test_the_example_of_the_language_is_typed_and_keeps_the_rules_of_its_layers(
    make_service: MakeService,
) -> None:
    service = make_service(**page("example"))

    for check in ("lint", "types", "architecture"):
        service.run("uv", "run", "just", check)


ENTITY, USE_CASES = "src/domain/ordering/order.py", "src/application/ordering/use_cases/order.py"
REPOSITORY = "src/infrastructure/persistence/ordering/order_repo.py"
# What a careless hand may change in the bookshop: a file, what it has, and what it has then.
MUTANTS = {
    "a larger maximum": (
        "src/domain/ordering/value_objects/order.py",
        "most: ClassVar[int] = 99",
        "most: ClassVar[int] = 999",
    ),
    "a rule that always holds": (ENTITY, "if until_day < from_day:", "if until_day < until_day:"),
    "a change that forgets a field": (
        "src/domain/catalog/book.py",
        "        self.lowest_price = lowest_price\n",
        "",
    ),
    "a secret that is shown": (
        ENTITY,
        "gift_code: GiftCode | None = field(repr=False)",
        "gift_code: GiftCode | None",
    ),
    "two columns swapped": (REPOSITORY, 'from_day=row["from_day"]', 'from_day=row["until_day"]'),
    "a version that is not compared": (
        USE_CASES,
        "expect_version(order.version, expected)\n        order.submit",
        "order.submit",
    ),
    "lines that change in any state": (
        ENTITY,
        "        self._require_changeable_lines()\n        if len",
        "        if len",
    ),
    "a line that takes the ISBN of another one": (
        ENTITY,
        "        self._require_distinct_line(line)\n        self.lines = replaced",
        "        self.lines = replaced",
    ),
    "a line too many": (
        ENTITY,
        "if len(self.lines) >= MOST_LINES",
        "if len(self.lines) > MOST_LINES",
    ),
    "a changed line of another version": (
        USE_CASES,
        "        expect_version(order.version, expected)\n        if not order.has_line(line_id):\n"
        "            raise OrderLineNotFoundError\n        order.change_line",
        "        if not order.has_line(line_id):\n            raise OrderLineNotFoundError\n"
        "        order.change_line",
    ),
    "lines with the same ISBN in the database": (
        "src/infrastructure/persistence/ordering/models/order.py",
        '        UniqueConstraint("order_id", "isbn"),\n',
        "",
    ),
    "a removal in any state": (USE_CASES, "order.require_removable()", "pass"),
    "a list of all for everybody": (USE_CASES, "LIST_ORDERS.limit_to(actor)", "None"),
    "a permission for everybody": (
        "src/application/events/permissions/reading.py",
        'CREATE_READING = Permission("For admins.")',
        'CREATE_READING = Permission("For admins.", members=True)',
    ),
    "a conflict without its code": (
        "src/application/ordering/refusals/order.py",
        "return OrderReferenceTakenError()",
        "return to_app_error(error)",
    ),
    "a unique constraint that is missing": (
        "src/infrastructure/persistence/ordering/models/order.py",
        '        UniqueConstraint("reference"),\n',
        "",
    ),
    "a target that is not asked for": (
        "src/application/ordering/use_cases/reservation.py",
        "    await _require_book(books, book_id)\n",
        "",
    ),
    "a foreign key that is missing": (
        "src/infrastructure/persistence/events/models/registration.py",
        '        ForeignKeyConstraint(["reading_id"], ["readings.id"], ondelete="RESTRICT"),\n',
        "",
    ),
    "a route that passes on another field": (
        "src/presentation/routers/ordering/orders.py",
        "from_day=payload.from_day",
        "from_day=payload.until_day",
    ),
}


@pytest.mark.scheduled("a service is built, and its tests are run for each change")
@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_tests_of_a_context_notice_a_careless_change(bookshop: Service, mutant: str) -> None:
    file, before, after = MUTANTS[mutant]
    text = (bookshop.path / file).read_text()
    assert before in text

    try:
        (bookshop.path / file).write_text(text.replace(before, after, 1))
        ended = run_tests_of_contexts(bookshop, "-x", "--quiet")
    finally:
        (bookshop.path / file).write_text(text)

    assert ended.returncode == 1, ended.stdout


@pytest.mark.parametrize(
    ("name", "authentication"),
    [("circles", "own"), ("parts", "none"), ("open", "own"), ("asked", "own")],
)
def test_contexts_pass_their_unit_tests_in_the_environment_of_another_service(
    bookshop: Service, render: Render, name: str, authentication: str
) -> None:
    """Most of what is rendered badly fails here already, without a database."""
    given = page(name, authentication)
    folder = render(authentication=authentication, **given)
    contexts = [context["name"] for context in given["contexts"]]
    levels = ("unit/domain", "unit/application")

    python = bookshop.path / ".venv/bin/python"
    folders = [f"tests/{level}/{context}" for level in levels for context in contexts]
    ended = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *folders],
        cwd=folder,
        env=owners_environment(),
        check=False,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 0, ended.stdout


@pytest.mark.scheduled("services are built and tested, which takes minutes each")
@pytest.mark.parametrize(
    ("name", "authentication"),
    [
        *((name, each) for name in ("everything", "refs") for each in AUTHENTICATIONS),
        *(
            (name, "own")
            for name in ("values", "names", "taken", "types", "parts", "access", "example")
        ),
        *(("values", "none"), ("parts", "none"), ("circles", "own"), ("circles", "none")),
        *(("open", "own"), ("asked", "own")),
    ],
)
def test_a_service_with_contexts_passes_its_own_checks(
    make_service: MakeService, name: str, authentication: str
) -> None:
    service = make_service(authentication=authentication, **page(name, authentication))

    assert_it_passes_its_own_checks(service)


@pytest.mark.scheduled("the rules of a service are proven, which takes minutes")
def test_the_rules_are_proven_beside_contexts_that_the_proof_has_too(
    make_service: MakeService,
) -> None:
    make_service(**page("taken")).run("uv", "run", "just", "proof")


def assert_it_passes_its_static_checks(service: Service) -> None:
    service.run("uv", "run", "just", "openapi")
    service.run("git", "add", "--all")
    service.run("git", "commit", "--quiet", "--allow-empty", "--message", "Write the API document")

    require_that_pages_agree_with_the_api(service.path)
    for check in ("lint", "types", "architecture", "migrations"):
        service.run("uv", "run", "just", check)


def assert_it_passes_its_own_checks(service: Service) -> None:
    assert_it_passes_its_static_checks(service)
    service.run("uv", "run", "just", "processes=", "test")


def test_random_pages_need_no_formatting_and_have_no_offence_of_style(tmp_path: Path) -> None:
    for seed in range(12):
        write(random_page(seed), "own", tmp_path / str(seed))
    shutil.copy(ROOT / "tests/contexts/ruff.toml", tmp_path)

    require_style(tmp_path)


def test_other_contexts_than_those_of_birth_are_refused(
    tmp_path: Path, copier_template: Path
) -> None:
    """The migration of its tables is written, so another page would change it."""
    folder = tmp_path / "service"

    def render_again(contexts: list[Any], name: str) -> None:
        copier.run_copy(
            str(copier_template),
            folder,
            {"contexts": contexts, "project_name": name},
            defaults=True,
            overwrite=True,
            quiet=True,
            unsafe=True,
        )

    book = {"name": "Book", "fields": {"title": "string"}}
    first = [{"name": "catalog", "aggregates": [book]}]
    render_again(first, "Library")
    before = (folder / ".copier-answers.yml").read_text()

    with pytest.raises(UserMessageError, match="uv run just grow"):
        render_again(page("everything")["contexts"][1:], "Library")
    assert (folder / ".copier-answers.yml").read_text() == before

    render_again(first, "Reading Room")
    assert "Reading Room" in (folder / ".copier-answers.yml").read_text()
