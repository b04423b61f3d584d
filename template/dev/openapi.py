"""Update `openapi.json`, the contract with clients, from the service: `just openapi`."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from dev.compatibility import compare, report
from dev.own_environment import OWN_ENVIRONMENT
from presentation.app import create_app
from tests.settings import settings_for_tests

CONTRACT = Path(__file__).resolve().parents[1] / "openapi.json"


def main() -> None:
    os.environ.update(OWN_ENVIRONMENT)
    document = served_document()
    print("\n".join(drift(document, committed())) or f"{CONTRACT.name} is up to date.")
    CONTRACT.write_text(written(document), encoding="utf-8")


def served_document() -> dict[str, Any]:
    """Return the API document of the service. It does not depend on settings."""
    return create_app(settings_for_tests("postgresql+asyncpg://nobody@localhost/none")).openapi()


def written(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def promised() -> str | None:
    """Return the text of the file, or None if it is missing."""
    return CONTRACT.read_text(encoding="utf-8") if CONTRACT.exists() else None


def committed() -> str | None:
    """Return the last committed text of the file, or its current text if there is no commit of it.

    Uncommitted changes are not published, so they are not part of the contract yet.
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
    """Return one line per change from this text of the contract.

    The version does not count: it is that of the release in which the file was last updated.
    """
    if text is None:
        return [f"{CONTRACT.name} is missing"]
    try:
        before = json.loads(text)
        changes = report(compare(before, document))
        version = before["info"]["version"]
    except (json.JSONDecodeError, KeyError) as exc:
        return [f"{CONTRACT.name} is not an API document: {exc!r}"]
    if text == written(document | {"info": document["info"] | {"version": version}}):
        return []
    return changes or ["compatible: only texts, the order, or unused schemas have changed"]


if __name__ == "__main__":
    main()
