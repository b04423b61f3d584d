"""The language of `contexts.yml`: what it accepts, its command, its schema, and that nothing breaks it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from extensions import contexts, strata_contexts
from extensions.strata_contexts import field_types, models, names, operations, patterns, words
from extensions.strata_contexts.__main__ import main
from extensions.strata_contexts.checks import fields, reads
from extensions.strata_contexts.generate import SCHEMA, generated
from extensions.strata_contexts.spec import Spec

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = (ROOT / "extensions/strata_contexts/example.yml").read_text()
THREE_LINES = (
    "contexts: [{name: catalog, aggregates: [\n  {name: Book,\n   fields: {title: string}}]}]"
)
SOURCE = ROOT / "template/src"


@pytest.mark.parametrize("authentication", ["own", "external"])
def test_the_example_with_everything_is_good(authentication: str) -> None:
    page = strata_contexts.read(EXAMPLE, authentication=authentication)

    assert [context.name for context in page.contexts] == ["catalog", "ordering"]
    assert list(page.contexts[1].aggregates[0].fields)[:3] == [
        "reference",
        "customer_email",
        "total",
    ]


@pytest.mark.parametrize("authentication", ["own", "external", "none"])
def test_three_lines_are_an_aggregate(authentication: str) -> None:
    page = strata_contexts.read(THREE_LINES, authentication=authentication)

    aggregate = page.contexts[0].aggregates[0]
    assert (aggregate.reads.sort, aggregate.remove, aggregate.changes) == (
        ["created_at"],
        False,
        None,
    )


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "contexts: []\n", "language: 1\n"])
def test_a_page_may_be_empty(text: str) -> None:
    assert strata_contexts.read(text).contexts == []


def test_a_page_is_the_same_from_yaml_and_from_answers() -> None:
    assert strata_contexts.read_answers(yaml.safe_load(EXAMPLE)) == strata_contexts.read(EXAMPLE)


def test_what_the_language_accepts_its_models_do_too() -> None:
    """But for fields, which are written in two ways, pydantic reads what `structure` reads."""
    aggregate = yaml.safe_load(EXAMPLE)["contexts"][1]["aggregates"][0]
    lifecycle = {**aggregate["lifecycle"]}
    del lifecycle["transitions"]["cancel"]["with"]

    read = strata_contexts.read(EXAMPLE).contexts[1].aggregates[0]

    assert operations.Reads.model_validate(aggregate["reads"]) == read.reads
    assert operations.Lifecycle.model_validate(lifecycle).transitions["ship"] == (
        read.lifecycle and read.lifecycle.transitions["ship"]
    )


# What is drawn has keys and words of the language, so that it gets past the first check.
KEYS = [
    info.alias or name
    for spec in (*models.SPECS, *field_types.FIELD_TYPES.values())
    for name, info in spec.model_fields.items()
]
WORDS = ["draft", "sent", "Order", "Book", "Address", "title", "ordering", "ordering.Order", "once"]
SCALARS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-5, 2_000)
    | st.integers()
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.text(max_size=8)
    | st.sampled_from(
        [*field_types.FIELD_TYPES, *WORDS, "[a-z]+", "(a+)+", "one >= two", "2026-01-31"]
    )
)
NAMES = st.sampled_from([*KEYS, *WORDS, "one", "two", "lines"]) | st.text(max_size=5)
STRUCTURES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=30,
)
FIELDS = st.dictionaries(
    NAMES,
    st.sampled_from(list(field_types.FIELD_TYPES))
    | st.fixed_dictionaries(
        {"type": st.sampled_from([*field_types.FIELD_TYPES, "Address"])},
        optional=dict.fromkeys(
            ("min", "max", "pattern", "values", "of", "to", "default", "example", "scale"),
            STRUCTURES,
        ),
    )
    | STRUCTURES,
    max_size=4,
)
AGGREGATES = st.fixed_dictionaries(
    {"name": st.sampled_from(["Order", "Book"]), "fields": FIELDS},
    optional=dict.fromkeys(
        ("rules", "parts", "changes", "lifecycle", "reads", "remove", "may", "plural"), STRUCTURES
    ),
)
PAGES = st.fixed_dictionaries(
    {},
    optional={
        "contexts": st.lists(
            st.fixed_dictionaries(
                {
                    "name": st.sampled_from(["ordering", "catalog"]),
                    "aggregates": st.lists(AGGREGATES, max_size=3),
                }
            )
            | STRUCTURES,
            max_size=2,
        ),
        "values": st.dictionaries(st.just("Address"), st.fixed_dictionaries({"fields": FIELDS})),
        "roles": STRUCTURES,
        "language": st.integers(0, 2),
    },
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(page=PAGES | STRUCTURES, authentication=st.sampled_from(["own", "external", "none"]))
def test_whatever_stands_on_a_page_it_is_good_or_its_mistakes_are_listed(
    page: Any, authentication: str
) -> None:
    lines = mistakes_of(page, authentication)

    assert all(line and "\n" not in line for line in lines)
    if not lines:
        read = strata_contexts.read_answers(page, authentication=authentication)
        assert strata_contexts.view_of(read, authentication)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(page=PAGES)
def test_yaml_and_plain_values_are_judged_alike(page: Any) -> None:
    text = yaml.safe_dump(page, allow_unicode=True)

    lines = strata_contexts.check(text)

    assert bool(lines) == bool(mistakes_of(yaml.safe_load(text)))


def mistakes_of(page: object, authentication: str = "own") -> list[str]:
    try:
        strata_contexts.read_answers(page, authentication=authentication)
    except strata_contexts.PageError as error:
        return error.lines
    return []


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=st.text(max_size=60) | st.text("{}[]:-&*!|>'\"%@`#, \n\tab1", max_size=40))
def test_any_text_is_a_good_page_or_its_mistakes_are_listed(text: str) -> None:
    lines = strata_contexts.check(text, file="contexts.yml")

    assert all(re.match(r"contexts\.yml:[1-9][0-9]*: .", line) for line in lines)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=st.text("ab01[]^-(){},|*+?.\\$:=!dws \n", max_size=16))
def test_a_pattern_is_refused_or_python_takes_it(text: str) -> None:
    try:
        pattern = patterns.parse(text)
    except patterns.PatternError:
        return
    re.compile(text)
    for example in pattern.examples(0, 50, 3):
        assert pattern.shortest <= len(example) <= (pattern.longest or 50)


GOOD_PATTERNS = [
    "[A-Z]{2}",
    "[a-z]+(-[a-z]+)*",
    "[0-9]{1,3}(,[0-9]{3})*",
    r"([0-9]{1,3}\.){3}[0-9]{1,3}",
    "97[89](?:[- ]?[0-9]){10}",
    "[A-Z]{2}[0-9]{2}( ?[A-Z0-9]{4}){3,7}",
    "(red|green|blue)(,(red|green|blue))*",
    r"\+[1-9][0-9]{1,14}",
    r"(0|[1-9][0-9]*)(\.[0-9]+)?",
    "(foo|foobar)+",
    "([0-9]{3})+",
    r"[^\n]+@[^\n]+",
]
EXPLOSIVE_PATTERNS = [
    "(a+)+",
    "(a*)*",
    "(a|a)*",
    "(a|ab|b)*",
    "(a?b?)*",
    "([a-z]+[0-9]*)+",
    "(a|aa)+",
    "(a{2,3})+",
    "(x+x+)+y",
    "([a-zA-Z0-9]+)*@x",
    "(a|[a-z]b?)*c",
]


@pytest.mark.parametrize("text", GOOD_PATTERNS)
def test_patterns_that_people_need_are_good_and_have_examples(text: str) -> None:
    pattern = patterns.parse(text)

    example = pattern.example(1, 200)

    assert example is not None
    assert re.fullmatch(text, example)


@pytest.mark.parametrize("text", EXPLOSIVE_PATTERNS)
def test_patterns_that_may_take_exponential_time_are_refused(text: str) -> None:
    with pytest.raises(patterns.PatternError, match="exponential"):
        patterns.parse(text)


PLURALS = {
    "order": "orders",
    "category": "categories",
    "day": "days",
    "box": "boxes",
    "address": "addresses",
    "branch": "branches",
    "person": "people",
    "order_person": "order_people",
    "salesperson": "salespeople",
    "child": "children",
    "grandchild": "grandchildren",
    "woman": "women",
    "craftsman": "craftsmen",
    "human": "humans",
    "bookshelf": "bookshelves",
    "half": "halves",
    "analysis": "analyses",
    "index": "indexes",
    "criterion": "criteria",
    "datum": "data",
    "series": "series",
    "equipment": "equipment",
    "photo": "photos",
    "hero": "heroes",
    "quiz": "quizzes",
    "bus": "buses",
    "status": "statuses",
    "inquiry": "inquiries",
    "colloquy": "colloquies",
    "movie": "movies",
    "roof": "roofs",
    "isbn": "isbns",
}


@pytest.mark.parametrize(("word", "plural"), PLURALS.items())
def test_plurals_are_english(word: str, plural: str) -> None:
    assert names.plural(word) == plural


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("Order", "order"),
        ("OrderLine", "order_line"),
        ("HTTPServer", "http_server"),
        ("ISBN", "isbn"),
        ("OrderID", "order_id"),
        ("Covid19Test", "covid19_test"),
        ("PDFFile", "pdf_file"),
    ],
)
def test_acronyms_are_one_word(name: str, snake: str) -> None:
    assert names.snake(name) == snake


def test_every_shared_module_of_a_service_is_a_word_that_no_context_has() -> None:
    """Contexts are packages beside these modules, in each layer."""
    beside = [
        *SOURCE.glob("*/*"),
        *(SOURCE / "infrastructure/persistence").glob("*"),
        *(SOURCE / "presentation/deps").glob("*"),
        *(SOURCE / "presentation/routers").glob("*"),
        *(ROOT / "template/tests/fakes").glob("*"),
        *(ROOT / "template/tests/unit").glob("*"),
        *(ROOT / "template/tests/integration").glob("*"),
        *(ROOT / "template/tests/integration/http").glob("*"),
        *(ROOT / "template/tests/integration/persistence").glob("*"),
    ]
    modules = {re.sub(r"\{%.*?%\}|\.jinja$|\.py$", "", path.name) for path in beside}
    named = {
        each for each in modules if each.isidentifier() and not each.startswith(("_", "test_"))
    }

    assert named - {"identity"} <= set(words.SHARED_MODULES | words.LAYERS)


def test_schemas_of_a_service_have_names_that_no_aggregate_would_give_its_own() -> None:
    texts = [path.read_text() for path in (SOURCE / "schemas").rglob("*.py")]
    schemas = {found for text in texts for found in re.findall(r"^class (\w+)", text, re.MULTILINE)}
    stems = {re.sub("^Create|Response$|Request$", "", name) for name in schemas}
    names_of_changes = {stem for stem in stems if stem.startswith(("Change", "Assign"))}

    taken = words.CLASSES | words.IDENTITY_CLASSES | words.FRAMEWORKS
    assert stems - names_of_changes - {"InputProblem"} <= set(taken)


def test_the_reference_and_the_schema_are_those_of_the_models() -> None:
    for path, text in generated().items():
        assert path.read_text() == text, f"{path.name} is old: write it anew by `just language`"


def test_the_reference_names_every_key() -> None:
    text = (ROOT / "docs/contexts.md").read_text()

    assert [key for key in KEYS if f"`{key}`" not in text and key != "type"] == []


@pytest.mark.parametrize(
    ("spec", "key", "types"),
    [
        (operations.Reads, "filter", reads.NOT_FILTERED),
        (operations.Reads, "sort", reads.NOT_SORTED),
        (models.Aggregate, "unique_together", reads.NOT_TOGETHER),
        (field_types.FieldSpec, "unique", tuple(fields.NOT_UNIQUE)),
    ],
    ids=["filter", "sort", "unique_together", "unique"],
)
def test_the_reference_names_the_types_that_the_checks_refuse(
    spec: type[Spec], key: str, types: tuple[str, ...]
) -> None:
    description = spec.model_fields[key].description or ""
    refused = description.partition("Refused: ")[2]

    named = set(re.findall("`(.+?)`", refused)) & set(field_types.FIELD_TYPES)
    assert named == set(types)


SCHEMA_VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))


@pytest.mark.parametrize("page", [EXAMPLE, THREE_LINES])
def test_the_schema_accepts_what_the_language_accepts(page: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA_VALIDATOR.schema)

    assert list(SCHEMA_VALIDATOR.iter_errors(yaml.safe_load(page))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"fields": {"title": "strin"}},
        {"fields": {"title": {"type": "string", "maximum": 3}}},
        {"fields": {"Title": "string"}},
        {"fields": {}},
        {"owner": "somebody"},
        {"reads": {"page": "numbers"}},
        {"lifecycle": {"initial": "draft"}},
    ],
    ids=str,
)
def test_the_schema_refuses_other_keys_and_types(change: dict[str, Any]) -> None:
    page = yaml.safe_load(THREE_LINES)
    page["contexts"][0]["aggregates"][0] |= change

    assert list(SCHEMA_VALIDATOR.iter_errors(page))
    assert mistakes_of(page)


def test_the_command_tells_a_good_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "contexts.yml"
    page.write_text(EXAMPLE)

    status = main([str(page)])

    assert status == 0
    assert capsys.readouterr().out == f"{page} is good: 2 contexts, 2 aggregates.\n"


def test_the_command_lists_the_mistakes_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "contexts.yml"
    page.write_text(
        EXAMPLE.replace("total: money", "total: monney").replace("cancelled", "canceled", 1)
    )

    status = main([str(page)])

    told = capsys.readouterr().out.splitlines()
    assert status == 1
    assert told[0] == (
        f'{page}:38: contexts[1].aggregates[0].fields.total: unknown type "monney": did you mean money?'
    )
    assert told[-1] == f"{len(told) - 1} mistakes. Nothing was changed."
    assert len(told) == 4


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_the_command_says_why_a_page_cannot_be_read(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "contexts.yml"
    if content is not None:
        page.write_bytes(content)

    status = main([str(page)])

    assert status == 1
    assert capsys.readouterr().err.startswith(f"{page}: cannot be read: ")


def test_two_versions_of_the_language_live_in_one_process(tmp_path: Path) -> None:
    """As on an update, where Copier loads the extensions of the old and of the new template."""
    other = tmp_path / "strata_contexts"
    for file in sorted(contexts.FOLDER.rglob("*.py")):
        copy = other / file.relative_to(contexts.FOLDER)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes().replace(b"did you mean", b"perhaps"))

    old, new = contexts.load(other), contexts.load(contexts.FOLDER)

    page = "contxts: []"
    assert old.check(page) == ['contxts: unknown key "contxts": perhaps contexts?']
    assert new.check(page) == ['contxts: unknown key "contxts": did you mean contexts?']
    assert contexts.load(contexts.FOLDER) is new
    modules = {name for name in sys.modules if name.startswith(f"{old.__name__}.")}
    assert len(modules) == len(list(other.rglob("*.py"))) - 2
