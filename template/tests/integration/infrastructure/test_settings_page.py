"""`docs/settings.md`, `.env.example` and `Settings` agree."""

import re
from pathlib import Path

from infrastructure.config import Settings

PROJECT = Path(__file__).resolve().parents[3]
OF_OTHERS = {"FORWARDED_ALLOW_IPS", "DATABASE_PASSWORD", "POSTGRES_PASSWORD"}
"""Variables that uvicorn and the containers read, not the service itself."""


def in_the_code() -> dict[str, str | None]:
    """Return the default of each setting, or `None` if it is required, alone or as one of two."""
    return {
        name.upper(): None
        if field.is_required() or field.default is None
        else written(field.default)
        for name, field in Settings.model_fields.items()
    }


def written(default: object) -> str:
    """Return a default in the spelling of the page."""
    if isinstance(default, bool):
        return str(default).lower()
    return ",".join(default) if isinstance(default, tuple) else str(default)


def on_the_page() -> dict[str, str | None]:
    page = (PROJECT / "docs/settings.md").read_text()
    required, optional = page.split("## The database")
    row = re.compile(r"^\| `([A-Z0-9_]+)` \| (?:`([^`]*)`|none) \|", re.M)
    names = re.findall(r"^\| `([A-Z0-9_]+)` \|", required, re.M)
    return dict.fromkeys(names) | dict(row.findall(optional))


def in_the_example() -> dict[str, str | None]:
    example = (PROJECT / ".env.example").read_text()
    required, optional = example.split("# Optional")
    names = re.findall(r"^(?:# )?([A-Z0-9_]+)=", required, re.M)
    return dict.fromkeys(names) | dict(re.findall(r"^# ([A-Z0-9_]+)=(.*)$", optional, re.M))


def test_the_page_names_every_setting_with_its_default() -> None:
    page = on_the_page()

    assert {name: page[name] for name in page.keys() - OF_OTHERS} == in_the_code()


def test_the_example_names_every_setting_with_its_default() -> None:
    example = in_the_example()

    assert {name: example[name] for name in example.keys() - OF_OTHERS} == in_the_code()


def test_every_row_of_the_page_says_what_the_setting_is_for() -> None:
    page = (PROJECT / "docs/settings.md").read_text()
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]

    assert len(rows) == len(on_the_page())
    assert all(len(row) == 3 and len(row[2]) > 20 for row in rows)
