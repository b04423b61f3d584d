"""Finding changes of the API document that break clients.

A client breaks if the service refuses a value that it used to accept, or sends a value that it
never used to send. So a request may only allow more values, and a response only fewer. A new
operation, property or error response breaks no client, unless the client must send it: clients
ignore what they do not know. A change that this comparison does not understand counts as breaking,
so that somebody looks at it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Json = dict[str, Any]

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
UPPER_BOUNDS = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}
LOWER_BOUNDS = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
FORMS = {"pattern", "format", "multipleOf", "uniqueItems", "contentMediaType", "contentEncoding"}
STRUCTURE = {"type", "enum", "const", "properties", "required", "items", "additionalProperties"}
UNDERSTOOD = UPPER_BOUNDS | LOWER_BOUNDS | FORMS | STRUCTURE | {"anyOf", "oneOf", "default"}
FOR_PEOPLE = {
    "$comment",
    "deprecated",
    "description",
    "example",
    "examples",
    "externalDocs",
    "summary",
    "tags",
    "title",
}
ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class Change:
    breaking: bool
    where: str
    what: str


def compare(old: Json, new: Json) -> list[Change]:
    """Return the changes that concern clients, each one once. Texts for people do not count."""
    return list(dict.fromkeys(_Comparison(old, new).changes()))


def report(changes: Iterable[Change]) -> list[str]:
    """Return one line per change, breaking ones first. Operations with the same change share it."""
    places: dict[tuple[bool, str], list[str]] = defaultdict(list)
    for change in sorted(changes, key=lambda change: not change.breaking):
        places[change.breaking, change.what].append(change.where)
    return [
        f"{'breaking' if breaking else 'compatible'}: {_listed(where)}: {what}"
        for (breaking, what), where in places.items()
    ]


def _listed(where: list[str]) -> str:
    if len(where) <= 3:
        return ", ".join(where)
    return f"{', '.join(where[:2])} and {len(where) - 2} more"


@dataclass(frozen=True, slots=True)
class _Place:
    """A value in a message that clients send or receive; `path` leads to it inside `whole`."""

    where: str
    sent: bool
    whole: str
    part: str
    path: str = ""

    def __str__(self) -> str:
        return f"the {self.part} `{self.path}`" if self.path else f"the {self.whole}"

    def inside(self, step: str) -> _Place:
        dot = "." if self.path and not step.startswith("[") else ""
        return replace(self, path=f"{self.path}{dot}{step}")

    def narrowed(self, what: str) -> Change:
        """Return the change to fewer allowed values."""
        return Change(self.sent, self.where, f"{self} {what}")

    def widened(self, what: str) -> Change:
        """Return the change to more allowed values."""
        return Change(not self.sent, self.where, f"{self} {what}")

    def breaks(self, what: str) -> Change:
        return Change(True, self.where, f"{self} {what}")

    def allows(self, what: str) -> Change:
        return Change(False, self.where, f"{self} {what}")


@dataclass(frozen=True, slots=True)
class _Alternative:
    """One of the alternatives that a schema allows."""

    kind: str
    name: str
    schema: Json


class _Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self._old = old
        self._new = new
        self._under_way: set[tuple[str, str, bool]] = set()

    def changes(self) -> Iterator[Change]:
        known = {"info", "paths", "components"}
        yield from _not_understood(self._old, self._new, known, "the document")
        old, new = self._old.get("paths", {}), self._new.get("paths", {})
        for path in _either(old, new):
            yield from self._path(path, old.get(path, {}), new.get(path, {}))
        yield from self._components()

    def _components(self) -> Iterator[Change]:
        old, new = self._old.get("components", {}), self._new.get("components", {})
        for name in old.get("schemas", {}):
            if name not in new.get("schemas", {}):
                yield Change(True, f"schema {name}", "is gone, and generated clients name it")
        schemes = new.get("securitySchemes", {})
        for name, scheme in old.get("securitySchemes", {}).items():
            if scheme != schemes.get(name):
                yield Change(True, f"security scheme {name}", "has changed, or is gone")

    def _path(self, path: str, old: Json, new: Json) -> Iterator[Change]:
        yield from _not_understood(old, new, METHODS, path)
        for method in _either(old, new):
            if method not in METHODS:
                continue
            where = f"{method.upper()} {path}"
            if method not in new:
                yield Change(True, where, "the operation is gone")
            elif method not in old:
                yield Change(False, where, "the operation is new")
            else:
                yield from self._operation(where, old[method], new[method])

    def _operation(self, where: str, old: Json, new: Json) -> Iterator[Change]:
        known = {"operationId", "parameters", "requestBody", "responses", "security"}
        yield from _not_understood(old, new, known, where)
        names = old.get("operationId"), new.get("operationId")
        if names[0] != names[1]:
            what = f"its name for generated clients went from `{names[0]}` to `{names[1]}`"
            yield Change(True, where, what)
        if new.get("deprecated") and not old.get("deprecated"):
            yield Change(False, where, "the operation is deprecated")
        yield from self._security(where, old, new)
        yield from self._parameters(where, old, new)
        yield from self._request(where, old.get("requestBody"), new.get("requestBody"))
        yield from self._responses(where, old.get("responses", {}), new.get("responses", {}))

    def _security(self, where: str, old: Json, new: Json) -> Iterator[Change]:
        """Compare the credentials: one entry is sufficient, if all schemes in it are met."""
        before, after = old.get("security") or [{}], new.get("security") or [{}]
        if before == after:
            return
        if all(any(_suffices(one, other) for other in after) for one in before):
            yield Change(False, where, "it takes other credentials too, or none")
        else:
            yield Change(True, where, "the credentials that it took do not suffice any more")

    def _parameters(self, where: str, old: Json, new: Json) -> Iterator[Change]:
        before, after = _by_name(old), _by_name(new)
        for source, name in _either(before, after):
            one, other = before.get((source, name)), after.get((source, name))
            kind = f"{source} parameter"
            place = _Place(where, sent=True, whole=kind, part=kind, path=name)
            yield from _presence(place, _needed(one), _needed(other))
            if one and other:
                known = {"name", "in", "required", "schema"}
                yield from _not_understood(one, other, known, where, str(place))
                yield from self._schema(one.get("schema", {}), other.get("schema", {}), place)

    def _request(self, where: str, old: Json | None, new: Json | None) -> Iterator[Change]:
        place = _Place(where, sent=True, whole="request body", part="request property")
        yield from _presence(place, _needed(old), _needed(new))
        if old and new:
            yield from self._content(old, new, place)

    def _responses(self, where: str, old: Json, new: Json) -> Iterator[Change]:
        for status in _either(old, new):
            succeeded = status.startswith(("1", "2", "3"))
            if status not in new:
                yield Change(succeeded, where, f"it does not answer {status} any more")
            elif status not in old:
                yield Change(succeeded, where, f"it may answer {status}, which is new")
            else:
                kind = "response" if succeeded else "error response"
                place = _Place(where, sent=False, whole=f"{kind} body", part=f"{kind} property")
                one, other = old[status], new[status]
                yield from _not_understood(one, other, {"content", "headers"}, where, kind)
                yield from self._headers(where, kind, one, other)
                yield from self._content(one, other, place)

    def _headers(self, where: str, kind: str, old: Json, new: Json) -> Iterator[Change]:
        before, after = old.get("headers", {}), new.get("headers", {})
        for name in _either(before, after):
            place = _Place(where, sent=False, whole=kind, part=f"{kind} header", path=name)
            if name not in after:
                yield place.breaks("is gone")
            elif name not in before:
                yield place.allows("is new")
            else:
                one, other = before[name], after[name]
                yield from _not_understood(one, other, {"schema"}, where, str(place))
                yield from self._schema(one.get("schema", {}), other.get("schema", {}), place)

    def _content(self, old: Json, new: Json, place: _Place) -> Iterator[Change]:
        before, after = old.get("content", {}), new.get("content", {})
        for media_type in _either(before, after):
            if media_type not in after:
                yield place.breaks(f"cannot be `{media_type}` any more")
            elif media_type not in before:
                yield place.allows(f"can be `{media_type}`, which is new")
            else:
                one, other = before[media_type], after[media_type]
                yield from _not_understood(one, other, {"schema"}, place.where, str(place))
                yield from self._schema(one.get("schema", {}), other.get("schema", {}), place)

    def _schema(self, old: Json, new: Json, place: _Place) -> Iterator[Change]:
        pair = (json.dumps(old, sort_keys=True), json.dumps(new, sort_keys=True), place.sent)
        if pair in self._under_way:  # a recursive schema
            return
        self._under_way.add(pair)
        one, other = _resolved(self._old, old), _resolved(self._new, new)
        if place.sent and "default" in one and one["default"] != other.get("default"):
            yield place.breaks(_went("default", one, other))
        before, after = _alternatives(self._old, old), _alternatives(self._new, new)
        if len(before) == len(after) == 1:
            yield from self._single(before[0], after[0], place)
        else:
            yield from self._several(before, after, place)
        self._under_way.remove(pair)

    def _single(self, old: _Alternative, new: _Alternative, place: _Place) -> Iterator[Change]:
        went = f"went from {old.kind} to {new.kind}"
        if old.kind == new.kind:
            yield from self._kind(old.schema, new.schema, place)
        elif (old.kind, new.kind) == ("integer", "number"):
            yield place.widened(went)
            yield from self._kind(old.schema, new.schema, place)
        elif (old.kind, new.kind) == ("number", "integer"):
            yield place.narrowed(went)
            yield from self._kind(old.schema, new.schema, place)
        elif new.kind == ANYTHING:
            yield place.widened(went)
        elif old.kind == ANYTHING:
            yield place.narrowed(went)
        else:
            yield place.breaks(went)

    def _several(
        self, old: list[_Alternative], new: list[_Alternative], place: _Place
    ) -> Iterator[Change]:
        by_kind = _all_differ(old) and _all_differ(new)
        before = {each.kind if by_kind else each.name: each.schema for each in old}
        after = {each.kind if by_kind else each.name: each.schema for each in new}
        for name in _either(before, after):
            if name not in after:
                yield place.narrowed(f"cannot be {name} any more")
            elif name not in before:
                yield place.widened(f"can be {name}, which is new")
            else:
                yield from self._kind(before[name], after[name], place)

    def _kind(self, old: Json, new: Json, place: _Place) -> Iterator[Change]:
        """Compare two schemas of the same type."""
        yield from _not_understood(old, new, UNDERSTOOD, place.where, str(place))
        yield from _limits(old, new, place)
        yield from _values(old, new, place)
        yield from self._properties(old, new, place)
        if "items" in old or "items" in new:
            yield from self._schema(old.get("items", {}), new.get("items", {}), place.inside("[]"))
        yield from self._other_properties(old, new, place)

    def _properties(self, old: Json, new: Json, place: _Place) -> Iterator[Change]:
        before, after = _properties(old), _properties(new)
        for name in _either(before, after):
            inside = place.inside(name)
            was = name in old.get("required", []) if name in before else None
            now = name in new.get("required", []) if name in after else None
            yield from _presence(inside, was, now)
            if name in before and name in after:
                yield from self._schema(before[name], after[name], inside)

    def _other_properties(self, old: Json, new: Json, place: _Place) -> Iterator[Change]:
        before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if before == after:
            return
        if before is False:
            yield place.widened("can have other properties")
        elif after is False:
            yield place.narrowed("cannot have other properties any more")
        else:
            one, other = ({} if each is True else each for each in (before, after))
            yield from self._schema(one, other, place.inside("[*]"))


def _either(old: Iterable[Any], new: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys([*old, *new]))


def _not_understood(
    old: Json, new: Json, known: set[str], where: str, subject: str = ""
) -> Iterator[Change]:
    for key in _either(old, new):
        foreign = key not in known | FOR_PEOPLE and not key.startswith("x-")
        if foreign and old.get(key) != new.get(key):
            what = f"`{key}` has changed, and only you can tell what that means"
            yield Change(True, where, f"{subject} {what}".strip())


def _suffices(credentials: Json, needed: Json) -> bool:
    return all(
        name in credentials and set(scopes) <= set(credentials[name])
        for name, scopes in needed.items()
    )


def _by_name(operation: Json) -> dict[tuple[str, str], Json]:
    return {(each["in"], each["name"]): each for each in operation.get("parameters", [])}


def _properties(schema: Json) -> Json:
    """Return the properties, including those that are required but have no schema."""
    described: Json = schema.get("properties", {})
    return {name: {} for name in schema.get("required", [])} | described


def _needed(part: Json | None) -> bool | None:
    return None if part is None else bool(part.get("required"))


def _presence(place: _Place, was: bool | None, now: bool | None) -> Iterator[Change]:
    """Compare whether something is required; None means that it does not exist."""
    if was == now:
        return
    if now is None:
        yield place.breaks("is gone")
    elif was is None:
        if now and place.sent:
            yield place.breaks("is new and required")
        else:
            yield place.allows("is new")
    elif now:
        yield place.narrowed("became required")
    else:
        yield place.widened("became optional")


def _went(key: str, old: Json, new: Json) -> str:
    before, after = (json.dumps(each[key]) if key in each else "none" for each in (old, new))
    return f"went from {key} {before} to {after}"


def _limits(old: Json, new: Json, place: _Place) -> Iterator[Change]:
    for key in _either(old, new):
        before, after = old.get(key), new.get(key)
        if before == after or key not in UPPER_BOUNDS | LOWER_BOUNDS | FORMS:
            continue
        if before is None:
            yield place.narrowed(_went(key, old, new))
        elif after is None:
            yield place.widened(_went(key, old, new))
        elif key in FORMS:
            yield place.breaks(_went(key, old, new))
        elif (after < before) == (key in UPPER_BOUNDS):
            yield place.narrowed(_went(key, old, new))
        else:
            yield place.widened(_went(key, old, new))


def _values(old: Json, new: Json, place: _Place) -> Iterator[Change]:
    before, after = _listed_values(old), _listed_values(new)
    if before == after:
        return
    if before is None:
        yield place.narrowed(f"can only be {', '.join(after or [])} now")
    elif after is None:
        yield place.widened(f"can be more than {', '.join(before)} now")
    else:
        for value in before:
            if value not in after:
                yield place.narrowed(f"cannot be {value} any more")
        for value in after:
            if value not in before:
                yield place.widened(f"can be {value}, which is new")


def _listed_values(schema: Json) -> list[str] | None:
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    return None if values is None else sorted(f"`{json.dumps(value)}`" for value in values)


def _resolved(document: Json, schema: Json) -> Json:
    """Return the schema with its reference and its `allOf` merged into it."""
    parts = [{key: value for key, value in schema.items() if key not in {"$ref", "allOf"}}]
    if "$ref" in schema:
        parts.insert(0, _resolved(document, _target(document, schema["$ref"])))
    parts += [_resolved(document, part) for part in schema.get("allOf", [])]
    merged: Json = {}
    for part in parts:
        for key, value in part.items():
            merged[key] = _both(key, merged[key], value) if key in merged else value
    return merged


def _target(document: Json, reference: str) -> Json:
    target: Json = document
    for step in reference.removeprefix("#/").split("/"):
        target = target[step.replace("~1", "/").replace("~0", "~")]
    return target


def _both(key: str, one: Any, other: Any) -> Any:
    """Merge two values of a keyword into one that requires both."""
    if one == other:
        return one
    if key == "required":
        return sorted({*one, *other})
    if key == "properties":
        shared = {name: _all_of(one[name], other[name]) for name in one if name in other}
        return {**one, **other, **shared}
    if key == "items":
        return _all_of(one, other)
    if key in {"anyOf", "oneOf"}:
        return [{"allOf": [first, second]} for first in one for second in other]
    if key in {"enum", "type"}:
        return [value for value in _as_list(one) if value in _as_list(other)]
    if key in UPPER_BOUNDS:
        return min(one, other)
    if key in LOWER_BOUNDS:
        return max(one, other)
    return other if key in FOR_PEOPLE else [one, other]


def _all_of(one: Json, other: Json) -> Json:
    """Return `allOf` of both schemas, without repetitions, so that recursive ones do not grow."""
    schemas = (each["allOf"] if each.keys() == {"allOf"} else [each] for each in (one, other))
    parts = [part for schema in schemas for part in schema]
    return {"allOf": [part for index, part in enumerate(parts) if part not in parts[:index]]}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _alternatives(document: Json, schema: Json) -> list[_Alternative]:
    resolved = _resolved(document, schema)
    common = {key: value for key, value in resolved.items() if key not in {"anyOf", "oneOf"}}
    found: list[_Alternative] = []
    for option in [*resolved.get("anyOf", []), *resolved.get("oneOf", [])] or [schema]:
        whole = _resolved(document, {"allOf": [common, option]})
        for kind in _as_list(whole.get("type", ANYTHING)):
            name = option.get("$ref", "").rpartition("/")[2] or kind
            taken = [each.name for each in found].count(name)
            found.append(_Alternative(kind, f"{name} ({taken + 1})" if taken else name, whole))
    return found


def _all_differ(alternatives: list[_Alternative]) -> bool:
    return len({each.kind for each in alternatives}) == len(alternatives)
