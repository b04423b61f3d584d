"""Names: of one letter and of forty, close to keywords, and those that the templates have for something else."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

from extensions.strata_contexts import names
from tests.drawing.mending import Drawn, mended
from tests.pages import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERYTHING: Final = Path(__file__).parents[1] / "contexts/everything.yml"

FIELDS: Final = (
    *("a", "x1", "title", "starting_point", "number_of_seats_2", "is_there", "due_on", "began_at"),
    *("identity_of_the_traveller_who_pays_for_it", "price", "kind", "sku", "klass", "if_any"),
    *("typed", "selfish", "none_of_it", "not_null", "in_time", "orders_left", "nan", "truth"),
    *("tax_id", "reply_ids", "note", "colour", "weight", "remark_about_the_weather"),
)
ENTITIES: Final = (
    *("It", "Order", "ParcelLabel", "HTTPProbe", "TemporaryRailwayCompartmentReservation", "X"),
    *("Person", "Shelf", "Analysis", "Box2", "Category", "Hero", "Invoice", "Journey", "Klass"),
    *("Unit", "Hour", "European", "Process", "Policy", "Quiz", "Wheel", "Area", "Agreement"),
)
VALUES: Final = ("Span", "PlaceOfWork", "DimensionsOfTheRailwayCompartment", "Y", "Address")
PARTS: Final = {
    "lines": "Line",
    "bits": "B",
    "seats_in_the_whole_train": "SeatInTheTrain",
    "entries": "EntryOfIt",
    "boxes": "BoxOfIt",
    "people_on_board": "Passenger",
}
CONTEXTS: Final = (
    *("x", "ordering", "warehouse_and_delivery_of_large_parcels", "sales2", "domain_of_names"),
    *("back_office", "typing_errors", "application_forms"),
)
VERBS: Final = (
    *("submit", "hand_over", "cancel_after_all", "confirm_after_the_waiting_period", "ship"),
    *("go", "relist", "created", "read_aloud", "lists", "removed", "close_2", "unlock", "second"),
)
STATES: Final = (
    *("draft", "waiting_for_it", "gone", "new", "none_yet", "name", "open", "done", "s1"),
    *("waiting_for_a_final_confirmation_of_all", "value", "mro", "class_of_its_own", "closed"),
)
ROLES: Final = ("clerk", "deputy_supervisor_of_the_night_shift", "ada", "root", "bob")
CHOICES: Final = (
    *("on-time", "late", "never", "A4", "other", "another", "None", "class", "name", "value"),
    *("mro", "True", "in", "parse", "x", "far-too-late-for-anything-to-be-done-now"),
)
DOCS: Final = (
    "What people ask for first",
    'We call it "the title".',
    "A {{ brace }} or two {% raw %} {# gone #}, it's said",
    "Größe für Übergröße: 100 % of it!",
    r"A back\slash, a # mark, <b>bold</b> and a | bar",
    "Is it so long that it has to be broken? It is, since it goes on and on about things that matter little",
)


@cache
def names_of_templates() -> frozenset[str]:
    """Return the names that rendered code has for its own, whatever is on the page."""
    found = [
        {
            name
            for path, text in rendered(page_named(entity), "own")
            if path.suffix == ".py"
            for name in names_in(ast.parse(text))
        }
        for entity in ("Abcd", "Efgh")
    ]
    return frozenset(found[0] & found[1])


def page_named(entity: str) -> Drawn:
    """Return a page with some of everything, all of it named for an entity."""
    snake = entity.lower()
    other: Drawn = yaml.safe_load(EVERYTHING.read_text())
    aggregate = other["contexts"][0]["aggregates"][0]
    text = yaml.safe_dump({**aggregate, "name": entity}, sort_keys=False)
    for word in (
        *aggregate["fields"],
        *aggregate["changes"],
        *aggregate["lifecycle"]["transitions"],
    ):
        text = re.sub(rf"\b{word}\b", f"{snake}_{word}", text)
    return {"roles": ["clerk"], "contexts": [{"name": snake, "aggregates": [yaml.safe_load(text)]}]}


def names_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                yield name
            case ast.alias(name=name):
                yield name.rpartition(".")[2]
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name


@cache
def words_of_templates() -> tuple[str, ...]:
    """Return the names of templates as fields and verbs would have them, those of classes included."""
    spelled = {
        each.lower() if each.isupper() else names.snake(each) for each in names_of_templates()
    }
    good = (each for each in spelled if not names.snake_problem(each))
    return tuple(sorted(each for each in good if not each.startswith("test_")))


@cache
def classes_of_templates() -> tuple[str, ...]:
    """Return the names of templates that may be those of aggregates, too."""
    spelled = (each for each in names_of_templates() if not each.isupper())
    return tuple(sorted(each for each in spelled if not names.pascal_problem(each)))


WORDED: Final[tuple[Drawn, ...]] = (
    {"type": "string", "min": 3},
    {"type": "list", "of": "string"},
    {"type": "string", "sensitive": True, "optional": True},
    {"type": "money"},
    {"type": "enum", "values": ["some", "more"]},
    {"type": "decimal", "min": 0, "max": 9},
)
LEXICA: Final = (
    "Glossary",
    "Thesaurus",
    "Lexicon",
    "Vocabulary",
    "Idiom",
    "Wording",
    "Primer",
    "Jargon",
)


@cache
def page_of_words() -> Drawn:
    """Return a page that has the words of templates as fields and as changes, all that it may have."""
    words, count = words_of_templates(), len(LEXICA)
    aggregates = [
        {
            "name": entity,
            "fields": {"usual": "string"}
            | {
                word: WORDED[place % len(WORDED)]
                for place, word in enumerate(words)
                if place % count == part
            },
            "changes": {word: {"fields": ["usual"]} for word in words[(part + 1) % count :: count]},
            "remove": True,
        }
        for part, entity in enumerate(LEXICA)
    ]
    return mended({"contexts": [{"name": "wording", "aggregates": aggregates}]}, "own")


@cache
def accepted_words(key: str) -> tuple[str, ...]:
    """Return the words of templates that fields may be called, or changes."""
    [context] = page_of_words()["contexts"]
    return tuple(word for aggregate in context["aggregates"] for word in aggregate[key])
