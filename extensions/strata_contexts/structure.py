"""Reads plain values as the models of the language, and goes on after every mistake.

Pydantic would stop an aggregate at its first mistake, and the checks that compare things would never see
it. Here what cannot be read is left out, or stands as a ``BrokenField``, so that one run tells all.
"""

from __future__ import annotations

import datetime
import types
import typing
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_origin

from . import names, words
from .field_types import FIELD_TYPES, SHORT_TYPES, BrokenField, FieldSpec, ValueField
from .hints import EXAMPLES_OF_LISTS, EXAMPLES_OF_MAPPINGS, TYPE_HINTS, hint_for
from .mistakes import listed, meant, quoted, suggestion
from .models import LANGUAGE, Page
from .spec import Pascal, Snake, Spec

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from .document import Document
    from .mistakes import Mistakes, Path

MISSING: Final = object()
NOT_YET: Final = "not in this version"

SCALARS: Final = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def read_page(document: Document, mistakes: Mistakes) -> Page:
    """Read a page as far as it can be read; what cannot be is added to ``mistakes``."""
    value = {} if document.value is None else document.value
    if isinstance(value, list):
        mistakes.add((), "the page is a mapping, not a list: put `contexts:` above the contexts")
        value = {}
    reader = Reader(document, mistakes)
    page = reader.spec(Page, value, ())
    return page if isinstance(page, Page) else Page()


class Reader:
    """Reads values by the annotations of the models."""

    def __init__(self, document: Document, mistakes: Mistakes) -> None:
        self._document = document
        self._mistakes = mistakes
        plain = document.value if isinstance(document.value, dict) else {}
        values = plain.get(written_as("values", plain))
        self._values = (
            [key for key in values if isinstance(key, str)] if isinstance(values, dict) else []
        )
        self._aggregates = set(aggregate_names(plain.get("contexts")))
        language = plain.get("language", LANGUAGE)
        self._is_later = isinstance(language, int) and language > LANGUAGE

    def _shown(self, value: object, path: Path) -> str:
        """Quote a value as it stands on the page, and say what YAML makes of it."""
        spelling = self._document.spelling.get(path)
        if value is None:
            return "null" if spelling else "nothing"
        if isinstance(value, bool):
            kind = "a boolean to YAML"
            return f"{spelling}, {kind}" if spelling else f"{quoted(value)}, {kind}"
        if isinstance(value, dict):
            return "a mapping"
        if isinstance(value, list):
            return "a list"
        if isinstance(value, str):
            return quoted(value)
        kind = "a date to YAML" if isinstance(value, datetime.date) else "a number to YAML"
        return f"{spelling or quoted(value)}, {kind}"

    def _expected(self, what: str, value: object, path: Path, remedy: str = "") -> None:
        self._mistakes.add(path, f"expected {what}, got {self._shown(value, path)}{remedy}")

    def spec(self, spec: type[Spec], value: object, path: Path) -> Spec | None:
        """Read a mapping; None if it is none."""
        if not isinstance(value, dict):
            self._expected(
                f"a mapping with {listed(required_keys(spec) or keys(spec))}", value, path
            )
            return None
        known = keys(spec)
        answered: set[str] = set()
        places = {key: key for key in value if key in known}
        for key in value:
            if key not in known:
                answered.add(self._unknown_key(key, spec, known, (*path, key)))
                # Read it as what was meant: nothing else on the page is wrong because of it.
                close = meant(key, known)
                if close and close not in places:
                    places[close] = key
                    self._mistakes.mark_meant((*path, key), close)
        given: dict[str, Any] = {}
        for key, (name, annotation) in known.items():
            if key in places:
                read = self.value(annotation, value[places[key]], (*path, places[key]))
                if read is not MISSING:
                    given[name] = read
                    continue
            elif spec.model_fields[name].is_required() and key not in answered:
                self._mistakes.add(path, missing(spec, key, value))
            if spec.model_fields[name].is_required():
                given[name] = stand_in(annotation)
        made: Spec = complete(spec, given)
        return made

    def _unknown_key(
        self, key: str, spec: type[Spec], known: typing.Iterable[str], path: Path
    ) -> str:
        """Add a mistake about a key, and return the key that was meant."""
        close = meant(key, known)
        hint = hint_for(key, known)
        if key in words.NOT_YET:
            text = f"{key} is not in this version of the language: leave it out"
        elif close:
            text = f"unknown key {quoted(key)}: did you mean {close}?"
        elif hint:
            text = f"unknown key {quoted(key)}: {hint}"
        elif self._is_later:
            text = (
                f"{quoted(key)} is no key of language {LANGUAGE}, which is what this template reads"
            )
        elif issubclass(spec, FieldSpec):
            kind = names.article(spec.__name__.removesuffix("Field").lower())
            text = f"unknown key {quoted(key)}: {kind} knows {listed(known)}"
        else:
            text = f"unknown key {quoted(key)}: expected {listed(known, 'or')}"
        self._mistakes.add(path, text)
        return close or next((each for each in known if f"`{each}`" in hint), "")

    def value(self, annotation: Any, value: object, path: Path) -> Any:
        """Read a value by its annotation; ``MISSING`` if that is not possible."""
        if value is None and self._mistakes.within(path):
            return MISSING  # why it could not be read is told already
        annotation, constraints = apart(annotation)
        if annotation is FieldSpec:
            return self.field(value, path)
        if annotation is Any:
            return self._anything(value, path)
        origin = get_origin(annotation)
        if origin in (typing.Union, types.UnionType):
            return self._one_of(get_args(annotation), value, path, constraints)
        if origin is Literal:
            return self._choice(get_args(annotation), value, path)
        if origin is list:
            return self._list(get_args(annotation)[0], value, path, constraints)
        if origin is dict:
            return self._mapping(get_args(annotation), value, path, constraints)
        if isinstance(annotation, type) and issubclass(annotation, Spec):
            read = self.spec(annotation, value, path)
            return MISSING if read is None else read
        return self._scalar(annotation, value, path, constraints)

    def _anything(self, value: object, path: Path) -> Any:
        if value is None:
            self._mistakes.add(
                path,
                "nothing stands here: leave the key out, or write null in quotes if it is text",
            )
            return MISSING
        return value

    def _one_of(self, choices: tuple[Any, ...], value: object, path: Path, limits: Limits) -> Any:
        """Read one of several types, by what stands there."""
        apart_from_none = [choice for choice in choices if choice is not type(None)]
        for choice in apart_from_none:
            bare, _ = apart(choice)
            origin = get_origin(bare)
            is_spec = isinstance(bare, type) and issubclass(bare, Spec)
            if (
                (isinstance(value, dict) and (is_spec or origin is dict))
                or (isinstance(value, list) and origin is list)
                or (bare in (int, float, bool, str) and type(value) is bare)
            ):
                return self.value(choice, value, path)
        if len(apart_from_none) == 1:
            return self.value(Annotated[apart_from_none[0], *limits.marks], value, path)
        if isinstance(value, str) and value in words.NOT_YET:
            self._mistakes.add(path, f"{value} is {NOT_YET} of the language: leave it out")
            return MISSING
        remedy = ""
        if path[-1] == "any_of":
            remedy = ": give the rule a name, as in `reachable: {any_of: [phone, email]}`"
        self._expected(", or ".join(map(described, apart_from_none)), value, path, remedy)
        return MISSING

    def _choice(self, choices: tuple[Any, ...], value: object, path: Path) -> Any:
        if value in choices and isinstance(value, str):
            return value
        if isinstance(value, str) and value in words.NOT_YET:
            self._mistakes.add(path, f"{value} is {NOT_YET} of the language: leave it out")
        else:
            remedy = f": did you mean {close}?" if (close := near(value, choices)) else ""
            self._expected(listed(choices, "or"), value, path, remedy)
        return MISSING

    def _list(self, item: Any, value: object, path: Path, limits: Limits) -> Any:
        if not isinstance(value, list):
            example = EXAMPLES_OF_LISTS.get(str(path[-1]), "[...]")
            if isinstance(value, str) and example.startswith("[") and "[[" not in example:
                example = f"[{value}]"
            self._expected("a list", value, path, f": write `{example}`")
            return MISSING
        if path[-1] == "unique_together" and value and all(isinstance(each, str) for each in value):
            self._mistakes.add(path, f"expected a list of groups: write `[[{', '.join(value)}]]`")
            return MISSING
        if len(value) < limits.fewest and not self._mistakes.within(path):
            remedy = emptiness(path, limits.fewest)
            self._mistakes.add(path, remedy if value else f"an empty list says nothing: {remedy}")
        if len(value) > limits.most:
            self._mistakes.add(
                path, f"at most {limits.most} can stand here, and these are {len(value)}"
            )
        read = [self.value(item, each, (*path, place)) for place, each in enumerate(value)]
        for place, each in enumerate(read):
            if each is MISSING:  # keep the places of the others
                self._mistakes.mark_unread((*path, place))
                read[place] = stand_in(item)
        return read

    def _mapping(self, types_: tuple[Any, ...], value: object, path: Path, limits: Limits) -> Any:
        if not isinstance(value, dict):
            example = EXAMPLES_OF_MAPPINGS.get(str(path[-1]), "`name: ...`")
            self._expected("a mapping of names", value, path, f": write {example}")
            return MISSING
        if len(value) < limits.fewest and not self._mistakes.within(path):
            self._mistakes.add(
                path, f"an empty mapping says nothing: {emptiness(path, limits.fewest)}"
            )
        key_type, item_type = types_
        read = {}
        for key, item in value.items():
            if problem := name_problem(key_type, key):
                self._mistakes.add((*path, key), problem)
            one = self.value(item_type, item, (*path, key))
            if one is not MISSING:
                read[key] = one
        return read

    def _scalar(self, kind: type, value: object, path: Path, limits: Limits) -> Any:
        if kind is int and isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not kind:
            remedy = ""
            if kind is str and value is not None and not isinstance(value, dict | list):
                remedy = ": put it in quotes"
            elif kind is str and isinstance(value, list):
                remedy = ": name one"
            elif isinstance(value, str) and is_in_quotes(kind, value):
                remedy = ": without quotes"
            self._expected(limits.described(kind), value, path, remedy)
            return MISSING
        if kind is str:
            return self._text(str(value), path, limits)
        if isinstance(value, int) and not limits.least <= value <= limits.greatest:
            remedy = f": {limits.beyond}" if limits.beyond and value > limits.greatest else ""
            self._mistakes.add(path, f"expected {limits.described(kind)}, got {value}{remedy}")
            return MISSING
        return value

    def _text(self, value: str, path: Path, limits: Limits) -> Any:
        if limits.pattern:
            kind = Snake if limits.pattern == apart(Snake)[1].pattern else Pascal
            if problem := name_problem(kind, value):
                self._mistakes.add(path, problem)
            return value
        if any(0xD800 <= ord(char) <= 0xDFFF or char == "\0" for char in value):
            self._mistakes.add(path, "there is something in it that is no text: take it out")
            return MISSING
        if path and path[-1] == "doc":
            return self._doc(value, path, limits)
        return value

    def _doc(self, value: str, path: Path, limits: Limits) -> Any:
        text = " ".join(value.split())
        if not text:
            self._mistakes.add(path, "an empty text says nothing: leave it out")
            return MISSING
        if len(text) > limits.most:
            self._mistakes.add(
                path, f"at most {limits.most} characters, and these are {len(text)}: shorten it"
            )
        if not all(char.isprintable() for char in text):
            self._mistakes.add(path, "there are characters in it that nobody sees: take them out")
        if "\\" in text or '"""' in text:
            self._mistakes.add(path, 'a docstring could not hold \\ or """: take it out')
        return text

    def field(self, value: object, path: Path) -> FieldSpec:
        """Read a field, which is the name of a type or a mapping."""
        if isinstance(value, str):
            return self._short_field(value, path)
        if not isinstance(value, dict):
            self._expected(
                "a type such as `string`, or a mapping such as `{type: string, max: 40}`",
                value,
                path,
            )
            return broken(value)
        kind = value.get("type", MISSING)
        if kind is MISSING:
            close = next((key for key in value if meant(key, ["type"]) or key == "kind"), None)
            if close:
                self._mistakes.add(
                    (*path, close), f"unknown key {quoted(close)}: did you mean type?"
                )
            else:
                self._mistakes.add(
                    path, "`type` is missing: write `{type: string, ...}`, for example"
                )
            return broken(value)
        inner = (*path, "type")
        if not isinstance(kind, str):
            self._expected("the name of a type", kind, inner)
            return broken(value)
        if kind in self._values:
            return self._field_of(ValueField, value, path)
        if kind not in FIELD_TYPES:
            self._mistakes.add(inner, self._unknown_type(kind))
            return broken(value)
        return self._field_of(FIELD_TYPES[kind], value, path)

    def _field_of(self, spec: type[FieldSpec], value: dict[str, Any], path: Path) -> FieldSpec:
        read = self.spec(spec, value, path)
        rest = read if isinstance(read, FieldSpec) else None
        return broken(value, rest) if rest is None or self._mistakes.within(path) else rest

    def _short_field(self, kind: str, path: Path) -> FieldSpec:
        if kind in self._values:
            return short(ValueField, kind)
        if kind in SHORT_TYPES:
            return short(FIELD_TYPES[kind], kind)
        if kind in FIELD_TYPES:
            needed = next(key for key in required_keys(FIELD_TYPES[kind]) if key != "type")
            self._mistakes.add(
                path,
                f"{names.article(kind)} needs `{needed}`: write `{{type: {kind}, {needed}: ...}}`",
            )
        else:
            self._mistakes.add(path, self._unknown_type(kind))
        return BrokenField.model_construct(type="broken")

    def _unknown_type(self, kind: str) -> str:
        text = f"unknown type {quoted(kind)}: "
        bare = kind.rpartition(".")[2]
        if bare in self._aggregates:
            return f"{text}{kind} is an aggregate, so write `{{type: ref, to: {kind}}}`"
        base = kind.rstrip("?")
        if kind.casefold() in FIELD_TYPES:
            return f"{text}write {kind.casefold()}"
        if base != kind and base in FIELD_TYPES:
            return f"{text}write `{{type: {base}, optional: true}}`"
        head = kind.partition("[")[0].partition("(")[0].strip().casefold()
        if head in ("list", "array") and head != kind:
            return f"{text}write `{{type: list, of: ...}}`"
        if head in ("optional",) and head != kind:
            return f"{text}write `{{type: ..., optional: true}}`"
        if head in TYPE_HINTS:
            return f"{text}it is called {TYPE_HINTS[head]} here"
        if head != kind and head in FIELD_TYPES:
            return f"{text}write `{{type: {head}, max: ...}}`"
        return text + suggestion(kind, [*FIELD_TYPES, *self._values])


def is_in_quotes(kind: type, text: str) -> bool:
    """Tell whether a text would be what is expected, but for its quotes."""
    if kind is bool:
        return text.casefold() in ("true", "false", "yes", "no", "on", "off")
    return kind is int and text.lstrip("-").isdecimal()


class Limits:
    """What the models say of a value beside its type."""

    def __init__(self, marks: tuple[Any, ...]) -> None:
        self.marks = marks
        self.least, self.greatest = -(10**30), 10**30
        self.fewest, self.most = 0, 10**9
        self.pattern = self.beyond = ""
        for mark in flattened(marks):
            self.least = getattr(mark, "ge", self.least)
            self.greatest = getattr(mark, "le", self.greatest)
            self.fewest = getattr(mark, "min_length", self.fewest) or 0
            self.most = getattr(mark, "max_length", self.most) or self.most
            self.pattern = getattr(mark, "pattern", self.pattern) or self.pattern
            self.beyond = getattr(mark, "beyond", self.beyond)

    def described(self, kind: type) -> str:
        if kind is int and self.greatest < 10**30:
            return f"a whole number from {self.least} to {self.greatest}"
        return SCALARS[kind]


def flattened(marks: typing.Iterable[Any]) -> list[Any]:
    """Take the constraints out of the ``FieldInfo`` objects that hold them."""
    return [inner for mark in marks for inner in (*getattr(mark, "metadata", ()), mark)]


def apart(annotation: Any) -> tuple[Any, Limits]:
    """Part an annotation from its constraints."""
    marks: tuple[Any, ...] = ()
    while get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        marks += tuple(more)
    return annotation, Limits(marks)


def keys(spec: type[Spec]) -> dict[str, tuple[str, Any]]:
    """Return the keys of a mapping as the page has them, with attribute and annotation."""
    return {
        info.alias or name: (name, Annotated[info.annotation, *(info.metadata or [None])])
        for name, info in spec.model_fields.items()
    }


def required(spec: type[Spec]) -> dict[str, FieldInfo]:
    return {name: info for name, info in spec.model_fields.items() if info.is_required()}


def required_keys(spec: type[Spec]) -> list[str]:
    return [info.alias or name for name, info in required(spec).items()]


def missing(spec: type[Spec], key: str, value: dict[str, Any]) -> str:
    if name := value.get("name"):
        return f"{quoted(name)} has no `{key}`: add it"
    kind = spec.__name__.removesuffix("Field").lower()
    return f"`{key}` is missing: {names.article(kind)} needs it"


def stand_in(annotation: Any) -> Any:
    """Return what stands for something required that could not be read."""
    bare, _ = apart(annotation)
    origin = get_origin(bare)
    if bare is FieldSpec:
        return BrokenField.model_construct(type="broken")
    if isinstance(bare, type) and issubclass(bare, Spec):
        given = {name: stand_in(info.annotation) for name, info in required(bare).items()}
        return complete(bare, given)
    return {} if origin is dict else [] if origin is list else ""


def complete(spec: type[Any], given: dict[str, Any]) -> Any:
    """Make a model of what was read, with the defaults of the rest."""
    return spec.model_construct(
        _fields_set=set(given),
        **{
            (info.alias or name): given.get(name, info.get_default())
            for name, info in spec.model_fields.items()
        },
    )


def short(spec: type[FieldSpec], kind: str) -> FieldSpec:
    made: FieldSpec = complete(spec, {"type": kind})
    return made


def broken(value: object, rest: FieldSpec | None = None) -> FieldSpec:
    """Stand for a field that could not be read; what is known of it silences later checks."""
    options = value if isinstance(value, dict) else {}
    return BrokenField.model_construct(
        type="broken",
        optional=options.get("optional") is True,
        unique=options.get("unique") is True,
        sensitive=options.get("sensitive") is True,
        set="once" if options.get("set") == "once" else None,
        rest=rest,
    )


def written_as(key: str, page: dict[Any, Any]) -> str:
    """Return a key of the page as it is written there: ``value`` may be what is there for ``values``."""
    others = (each for each in page if isinstance(each, str) and meant(each, keys(Page)) == key)
    return key if key in page else next(others, key)


def aggregate_names(contexts: object) -> list[str]:
    found = []
    for context in contexts if isinstance(contexts, list) else []:
        aggregates = context.get("aggregates") if isinstance(context, dict) else None
        for aggregate in aggregates if isinstance(aggregates, list) else []:
            name = aggregate.get("name") if isinstance(aggregate, dict) else None
            if isinstance(name, str):
                found.append(name)
    return found


def name_problem(kind: Any, name: str) -> str:
    """Say what is wrong with the form of a name, or nothing."""
    _, limits = apart(kind)
    if limits.pattern == apart(Snake)[1].pattern:
        return names.snake_problem(name)
    if limits.pattern == apart(Pascal)[1].pattern:
        return names.pascal_problem(name)
    return ""


def near(value: object, choices: tuple[Any, ...]) -> str:
    return meant(value, map(str, choices)) if isinstance(value, str) else ""


def described(annotation: Any) -> str:
    bare, limits = apart(annotation)
    if get_origin(bare) is list:
        return "a list of names"
    if isinstance(bare, type) and issubclass(bare, Spec):
        return f"a mapping with {listed(keys(bare))}"
    return limits.described(bare)


def emptiness(path: Path, fewest: int) -> str:
    key = str(path[-1]) if path else "page"
    if key == "aggregates":
        return "name an aggregate, or leave the context out"
    if key == "fields":
        return "name at least one field"
    return f"at least {fewest} must stand here" if fewest > 1 else "name at least one"
