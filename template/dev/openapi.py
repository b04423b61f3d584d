"""Keep `openapi.json`, the contract with clients, in step with the service: `just openapi`."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from dev.compatibility import compare, report
from presentation.app import create_app
from tests.settings import settings_for_tests

CONTRACT = Path(__file__).resolve().parents[1] / "openapi.json"


def main() -> None:
    document = served_document()
    print("\n".join(drift(document, committed())) or f"{CONTRACT.name} is up to date.")
    CONTRACT.write_text(written(document), encoding="utf-8")


def served_document() -> dict[str, Any]:
    """Return the document that the service serves, which is the same with any settings."""
    return create_app(settings_for_tests("postgresql+asyncpg://nobody@localhost/none")).openapi()


def written(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def promised() -> str | None:
    """Return the file as it is, or nothing if it is missing."""
    return CONTRACT.read_text(encoding="utf-8") if CONTRACT.exists() else None


def committed() -> str | None:
    """Return the file as it was last committed; as it is, where git knows nothing of it.

    What was written meanwhile nobody was told of, so it does not count as promised.
    """
    git = shutil.which("git")
    if git is None:
        return promised()
    shown = subprocess.run(
        [git, "show", f"HEAD:./{CONTRACT.name}"],
        cwd=CONTRACT.parent,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return promised() if shown.returncode else shown.stdout


def drift(document: dict[str, Any], text: str | None) -> list[str]:
    """Return a line for each change against a text of the contract.

    Its version does not count: it is that of the release in which the file was last written.
    """
    if text is None:
        return [f"{CONTRACT.name} is missing"]
    try:
        before = json.loads(text)
        changes = report(compare(before, document))
        version = before["info"]["version"]
    except (json.JSONDecodeError, KeyError) as exc:
        return [f"{CONTRACT.name} is no API document: {exc!r}"]
    if text == written(document | {"info": document["info"] | {"version": version}}):
        return []
    return changes or ["compatible: nothing but texts, order, and schemas that no operation uses"]


if __name__ == "__main__":
    main()
