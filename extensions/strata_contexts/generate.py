"""Writes the reference page and the JSON Schema anew: ``python -m extensions.strata_contexts.generate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from .reference import reference
from .schema import json_schema

ROOT: Final = Path(__file__).resolve().parents[2]
REFERENCE: Final = ROOT / "docs" / "contexts.md"
SCHEMA: Final = ROOT / "docs" / "contexts.schema.json"
PAGES_OF_SERVICES: Final = ROOT / "template" / "docs"


def generated() -> dict[Path, str]:
    """Return the files that are generated from the models, with their texts."""
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    return {
        REFERENCE: reference(),
        SCHEMA: schema,
        PAGES_OF_SERVICES / REFERENCE.name: reference(of_a_service=True),
        PAGES_OF_SERVICES / SCHEMA.name: schema,
    }


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
