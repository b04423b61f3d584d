"""The JSON Schema of a page, for editors, generated from the models.

It knows the keys, their types and their bounds. What words mean together only the checks know.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from .field_types import FIELD_MARK, FIELD_TYPES, ValueField, field_schema
from .models import Page
from .names import PASCAL
from .spec import Spec

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the schema of a whole page."""
    specs: tuple[type[Spec], ...] = (Page, *FIELD_TYPES.values(), ValueField)
    _, whole = models_json_schema(
        [(spec, "validation") for spec in specs],
        by_alias=True,
        schema_generator=GenerateJsonSchema,
    )
    definitions: dict[str, Any] = whole["$defs"]
    definitions["Field"] = field_schema()
    definitions["ValueName"] = {"type": "string", "pattern": f"^{PASCAL}$"}
    definitions["ValueField"]["properties"]["type"] = {"$ref": "#/$defs/ValueName"}
    for definition in definitions.values():
        tidy(definition)
    page = definitions.pop("Page")
    return {
        "$schema": DIALECT,
        "title": "contexts.yml, language 1",
        **{key: value for key, value in page.items() if key != "title"},
        "$defs": dict(sorted(definitions.items())),
    }


def tidy(definition: Any) -> None:
    """Take out titles that only repeat a name, and null, which a page never says."""
    if isinstance(definition, list):
        for item in definition:
            tidy(item)
    if not isinstance(definition, dict):
        return
    if isinstance(definition.get("title"), str):
        del definition["title"]
    if definition.get("default", "") is None:
        del definition["default"]
    choices = definition.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        choices.remove({"type": "null"})
        if len(choices) == 1:
            definition |= definition.pop("anyOf")[0]
    if definition.get("$comment") == FIELD_MARK:
        del definition["$comment"]
        definition["$ref"] = "#/$defs/Field"
    if "patternProperties" in definition:
        definition["additionalProperties"] = False
    for key, value in definition.items():
        if key not in ("default", "examples"):
            tidy(value)
