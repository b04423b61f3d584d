"""What people write who come from another tool, and what it is called here."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from . import names

if TYPE_CHECKING:
    from collections.abc import Iterable

CALLED: Final = {
    "name": "singular title",
    "type": "kind",
    "doc": "comment description label summary",
    "plural": "plural_name",
    "table": "table_name",
    "owner": "owned_by",
    "may": "access allow permissions roles",
    "fields": "attributes",
    "unique_together": "keys unique",
    "rules": "constraints invariants validations",
    "parts": "children lines nested",
    "changes": "commands intents updates",
    "remove": "deletable delete",
    "values": "choices enum_values options types",
    "aggregates": "entities models",
    "min": "min_items min_length minimum minlength",
    "max": "max_items max_length maximum maxlength",
    "pattern": "regex",
    "precision": "digits",
    "scale": "decimals places",
    "of": "items",
    "to": "goes_to target",
    "set": "once",
    "sensitive": "hidden",
    "default": "initial_value",
    "example": "examples sample",
    "initial": "begin first start",
    "final": "end ends last terminal",
    "transitions": "actions steps",
    "from": "since source",
    "with": "arguments data params",
    "in": "state states when",
    "filter": "filters search where",
    "sort": "order_by ordering sorting",
    "page": "pagination paging",
}
"""Keys of this language, each with what other tools call the same."""

REMEDIES: Final = {
    "abstract": "there is no inheritance here",
    "column": "columns are named by their fields",
    "deleted_at": "an aggregate is removed, or has a final state",
    "enum": "write `{type: enum, values: [...]}`",
    "extends": "there is no inheritance here",
    "foreign_key": "write `{type: ref, to: ...}`",
    "format": "the type says it: `date`, `email`, `url` and so on",
    "id": "every aggregate has an id, so it is not declared",
    "immutable": "write `set: once`",
    "index": "there is one for each filter and sort under `reads`",
    "indexes": "there is one for each filter and sort under `reads`",
    "key": "every aggregate has an id; write `unique: true` for another key",
    "length": "write `min` and `max`",
    "null": "write `optional: true`",
    "nullable": "write `optional: true`",
    "on_delete": "what is pointed to cannot be removed",
    "primary_key": "every aggregate has an id, so it is not declared",
    "private": "write `sensitive: true`",
    "read_only": "write `set: once`",
    "readonly": "write `set: once`",
    "required": "a field is required unless it says `optional: true`",
    "secret": "write `sensitive: true`",
    "size": "write `min` and `max`",
    "sql": "there is no SQL here",
    "states": "states are declared by `initial`, `final` and the transitions",
    "version": "the version of the language is `language`, and every aggregate has one of its own",
}
"""What is written instead of a key, or why there is none."""

TYPE_HINTS: Final = {
    "amount": "money",
    "array": "list",
    "bigint": "integer",
    "bool": "boolean",
    "char": "string",
    "choice": "enum",
    "currency": "money",
    "double": "decimal",
    "float": "decimal",
    "foreign_key": "ref",
    "guid": "uuid",
    "instant": "datetime",
    "int": "integer",
    "long": "integer",
    "longtext": "text",
    "mail": "email",
    "number": "integer or decimal",
    "numeric": "decimal",
    "price": "money",
    "reference": "ref",
    "relation": "ref",
    "set": "list",
    "str": "string",
    "timestamp": "datetime",
    "timestamptz": "datetime",
    "uri": "url",
    "varchar": "string",
}
EXAMPLES_OF_LISTS: Final = {
    "contexts": "- name: ordering",
    "aggregates": "- name: Order",
    "roles": "[clerk]",
    "values": "[web, store]",
    "unique_together": "[[reservation, topic]]",
    "any_of": "[phone, email]",
    "filter": "[state]",
    "sort": "[created_at]",
    "fields": "[deliver_to, note]",
}
EXAMPLES_OF_MAPPINGS: Final = {
    "fields": "`reference: string`",
    "values": "`Address: {fields: {street: string}}`",
    "rules": "`in_order: starts_on <= ends_on`",
    "parts": "`lines: {name: OrderLine, fields: {sku: string}}`",
    "changes": "`redirect: {fields: [deliver_to]}`",
    "transitions": "`submit: {from: draft, to: submitted}`",
    "may": "`ship: [clerk]`",
    "with": "`reason: string`",
}


def hint_for(key: str, known: Iterable[str]) -> str:
    """Say what a key of another tool is called here, if the place knows something like it."""
    folded = names.snake(key)
    for ours in known:
        if folded in CALLED.get(ours, "").split():
            return f"it is called `{ours}` here"
    if folded not in REMEDIES:
        folded = next(iter(difflib.get_close_matches(folded, REMEDIES, n=1, cutoff=0.85)), "")
    return REMEDIES.get(folded, "")
