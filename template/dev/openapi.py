"""Keep `openapi.json`, the contract with clients, in step with the service: `just openapi`."""

import json
from pathlib import Path
from typing import Any

from dev.compatibility import compare, report
from presentation.app import create_app
from tests.settings import settings_for_tests

CONTRACT = Path(__file__).resolve().parents[1] / "openapi.json"


def main() -> None:
    document = served_document()
    print("\n".join(drift(document)) or f"{CONTRACT.name} is up to date.")
    CONTRACT.write_text(written(document), encoding="utf-8")


def served_document() -> dict[str, Any]:
    """Return the document that the service serves, which is the same with any settings."""
    return create_app(settings_for_tests("postgresql+asyncpg://nobody@localhost/none")).openapi()


def written(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def drift(document: dict[str, Any]) -> list[str]:
    """Return a line for each change against the committed document.

    Its version does not count: it is that of the release in which the file was last written.
    """
    if not CONTRACT.exists():
        return [f"{CONTRACT.name} is missing"]
    text = CONTRACT.read_text(encoding="utf-8")
    try:
        committed = json.loads(text)
        changes = report(compare(committed, document))
        version = committed["info"]["version"]
    except (json.JSONDecodeError, KeyError) as exc:
        return [f"{CONTRACT.name} is no API document: {exc!r}"]
    if text == written(document | {"info": document["info"] | {"version": version}}):
        return []
    return changes or ["compatible: nothing but texts, order, and schemas that no operation uses"]


if __name__ == "__main__":
    main()
