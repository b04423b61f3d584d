"""The names that follow from a name: in Python, in JSON, in PostgreSQL and in URLs.

What a service was born with must come out the same for ever, or an update would rename its tables.
So plurals are made by rules and a list that stand here and are never changed for a word that they
know, not by a library that learns; ``plural`` and ``table`` on the page say otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

SNAKE: Final = r"[a-z][a-z0-9]*(_[a-z0-9]+)*"
PASCAL: Final = r"[A-Z][A-Za-z0-9]*"
LONGEST_NAME: Final = 40

LETTERS: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe"}
)
ACCENTS: Final = dict.fromkeys(range(0x300, 0x370))

# A word of capitals is one word: HTTPServer is http_server, PersonID is person_id.
WORD: Final = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z0-9]+|[0-9]+")

IRREGULAR: Final = dict(
    pair.split(":")
    for pair in [
        "addendum:addenda",
        "analysis:analyses",
        "appendix:appendices",
        "axis:axes",
        "bacterium:bacteria",
        "basis:bases",
        "bus:buses",
        "calf:calves",
        "child:children",
        "cookie:cookies",
        "crisis:crises",
        "criterion:criteria",
        "curriculum:curricula",
        "datum:data",
        "diagnosis:diagnoses",
        "echo:echoes",
        "elf:elves",
        "ellipsis:ellipses",
        "emphasis:emphases",
        "erratum:errata",
        "foot:feet",
        "gas:gases",
        "goose:geese",
        "half:halves",
        "hero:heroes",
        "hypothesis:hypotheses",
        "index:indexes",
        "knife:knives",
        "leaf:leaves",
        "life:lives",
        "loaf:loaves",
        "man:men",
        "matrix:matrices",
        "medium:media",
        "memorandum:memoranda",
        "money:moneys",
        "mouse:mice",
        "movie:movies",
        "nucleus:nuclei",
        "oasis:oases",
        "ox:oxen",
        "parenthesis:parentheses",
        "passerby:passersby",
        "person:people",
        "phenomenon:phenomena",
        "potato:potatoes",
        "prognosis:prognoses",
        "quiz:quizzes",
        "radius:radii",
        "referendum:referendums",
        "self:selves",
        "shelf:shelves",
        "stadium:stadiums",
        "stimulus:stimuli",
        "syllabus:syllabuses",
        "synopsis:synopses",
        "synthesis:syntheses",
        "thesis:theses",
        "thief:thieves",
        "tomato:tomatoes",
        "tooth:teeth",
        "torpedo:torpedoes",
        "vertex:vertices",
        "veto:vetoes",
        "wife:wives",
        "wolf:wolves",
        "woman:women",
        "yes:yeses",
    ]
)

# Words whose plural is the same, or that have none: their lists are named by the word itself.
UNCOUNTED: Final = frozenset(
    [
        "advice",
        "aircraft",
        "baggage",
        "cash",
        "cattle",
        "clothing",
        "corps",
        "data",
        "deer",
        "equipment",
        "evidence",
        "feedback",
        "fish",
        "freight",
        "furniture",
        "headquarters",
        "homework",
        "information",
        "inventory",
        "jewelry",
        "knowledge",
        "livestock",
        "luggage",
        "machinery",
        "mail",
        "media",
        "merchandise",
        "metadata",
        "moose",
        "music",
        "news",
        "offspring",
        "police",
        "progress",
        "research",
        "salmon",
        "series",
        "sheep",
        "software",
        "species",
        "staff",
        "stock",
        "traffic",
        "weather",
    ]
)


def words(name: str) -> list[str]:
    """Split a name in any of the usual spellings into lower-case words."""
    if name.isascii():
        return [word.lower() for word in WORD.findall(name)]
    decomposed = unicodedata.normalize("NFKD", name.translate(LETTERS))
    return [word.lower() for word in WORD.findall(decomposed.translate(ACCENTS))]


def snake(name: str) -> str:
    """Write ``HTTPServer`` as ``http_server``."""
    return "_".join(words(name))


def pascal(name: str) -> str:
    """Write ``order_line`` as ``OrderLine``."""
    return "".join(word.capitalize() for word in words(name))


def camel(name: str) -> str:
    """Write ``order_line`` as ``orderLine``, as pydantic's ``to_camel`` does."""
    first, *others = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def kebab(name: str) -> str:
    """Write ``order_line`` as ``order-line``, for a segment of a URL."""
    return snake(name).replace("_", "-")


def spaced(name: str) -> str:
    """Write ``OrderLine`` as ``order line``, for people."""
    return snake(name).replace("_", " ")


def quoted(name: str) -> str:
    """Write ``starts_at`` as ``'starts at'``, for a sentence that should be read as one name; and ``room`` as it is."""
    text = spaced(name)
    return f"'{text}'" if " " in text else text


def plural(name: str) -> str:
    """Write ``order_line`` as ``order_lines``: the last word is the one that is counted."""
    *others, last = name.split("_")
    return "_".join([*others, plural_of_word(last)])


def plural_of_word(word: str) -> str:
    """Return the plural of one lower-case English word."""
    if word in UNCOUNTED:
        return word
    if word in IRREGULAR:
        return IRREGULAR[word]
    for ending in ("person", "child", "woman", "mouse", "shelf", "foot", "tooth"):
        if word.endswith(ending):
            return word.removesuffix(ending) + IRREGULAR[ending]
    if word.endswith("man") and not word.endswith(("human", "german", "roman", "shaman")):
        return word.removesuffix("man") + "men"
    if re.search(r"(?:[^aeiou]|qu)y$", word):
        return f"{word[:-1]}ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    return f"{word}s"


LIKE_AN_ID: Final = re.compile(
    r"(\w*_)?(ids?|uids?|identifiers?|uuids?|guids?|pks?)_?", re.IGNORECASE
)
"""Names that the rules of a service take for those of ids, which are no plain text or number."""


def is_plural(word: str) -> bool:
    """Tell whether a word looks like several: ``dimensions``."""
    return word in SINGULARS or (word.endswith("s") and not word.endswith(("ss", "us", "is")))


def article(text: str) -> str:
    """Put ``a`` or ``an`` before a noun."""
    if text == "money":
        return text
    like_you = re.match(r"(?i)(eu|one\b|once\b|ubi|uni[^nm]|ur[li]|us[abeu]|ut[ei])", text)
    silent = re.match(r"(?i)(heir|honest|honou?r|hour)", text)
    vowel = silent or (text[:1].lower() in "aeiou" and not like_you)
    return f"{'an' if vowel else 'a'} {text}"


def sentence(text: str | None) -> str:
    """End a text as a sentence ends, so that it can stand in a docstring."""
    return f"{text}." if text and text[-1] not in ".!?" else text or ""


def snake_problem(name: str) -> str:
    """Say what a name for Python, PostgreSQL and JSON should look like, or nothing if it does."""
    if not re.fullmatch(SNAKE, name):
        example = proposed("_".join(words(name)))
        return f"a name is lower-case words joined by _{example and f': write {example}'}"
    return too_long(name)


def pascal_problem(name: str) -> str:
    """Say what a name for a class should look like, or nothing if it does."""
    if not re.fullmatch(PASCAL, name):
        example = proposed(pascal(name))
        return (
            "a name here is words with a capital each, without anything between"
            f"{example and f': write {example}'}"
        )
    return too_long(name)


def proposed(name: str) -> str:
    return name if re.fullmatch(f"{SNAKE}|{PASCAL}", name) and not too_long(name) else ""


def too_long(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return ""
    return f"a name has at most {LONGEST_NAME} characters, and this has {len(name)}: shorten it"


SINGULARS: Final = {plural: singular for singular, plural in IRREGULAR.items()}


def singular(name: str) -> str:
    """Write ``tags`` as ``tag``; a word that is no plural gets ``_item``."""
    *others, last = name.split("_")
    if last in SINGULARS:
        return "_".join([*others, SINGULARS[last]])
    for ending, instead in (
        ("ies", "y"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("sses", "ss"),
    ):
        if last.endswith(ending) and len(last) > len(ending) + 1:
            return "_".join([*others, last.removesuffix(ending) + instead])
    if last.endswith("s") and not last.endswith(("ss", "us", "is")) and len(last) > 2:
        return "_".join([*others, last.removesuffix("s")])
    return f"{name}_item"
