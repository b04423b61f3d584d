"""`docs/settings.md`, `.env.example` and `Settings` agree."""

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic.fields import FieldInfo

from infrastructure.config import Settings

PROJECT = Path(__file__).resolve().parents[3]
SETTINGS = {name.upper(): field for name, field in Settings.model_fields.items()}
OF_OTHERS = {
    "DATABASE_PASSWORD",
    "FORWARDED_ALLOW_IPS",
    "POSTGRES_PASSWORD",
}
"""Variables that uvicorn and the containers read, not the service itself."""

Shown = Mapping[str, str | None]
"""The default of each variable as a text shows it; `None` if it is required, alone or as one of two."""


def on_the_page() -> Shown:
    page = (PROJECT / "docs/settings.md").read_text()
    required, optional = page.split("## The database")
    names = re.findall(r"^\| `([A-Z0-9_]+)` \|", required, re.M)
    row = re.compile(r"^\| `([A-Z0-9_]+)` \| (?:`([^`]*)`|(none|required)) \|", re.M)
    shown = {name: value for name, value, word in row.findall(optional) if word != "required"}
    without = {name: None for name, _, word in row.findall(optional) if word == "required"}
    return dict.fromkeys(names) | shown | without


def in_the_example() -> Shown:
    example = (PROJECT / ".env.example").read_text()
    required, optional = example.split("# Optional")
    names = re.findall(r"^(?:# )?([A-Z0-9_]+)=", required, re.M)
    names += re.findall(r"^([A-Z0-9_]+)=", optional, re.M)
    return dict.fromkeys(names) | dict(re.findall(r"^# ([A-Z0-9_]+)=(.*)$", optional, re.M))


def differences(shown: Shown) -> dict[str, str | None]:
    """Return the settings whose default in the code is another one, with the default shown."""
    return {
        name: shown[name]
        for name, field in SETTINGS.items()
        if name in shown and not is_shown(shown[name], field)
    }


def is_shown(text: str | None, field: FieldInfo) -> bool:
    if field.is_required():
        return text is None
    # A setting that is `None` by default may be one of two, of which one is required.
    return not text if field.default is None else text == written(field.default)


def written(default: object) -> str:
    """Return a default in the spelling of the page."""
    if isinstance(default, bool):
        return str(default).lower()
    return ",".join(default) if isinstance(default, tuple) else str(default)


def test_the_page_names_every_setting_with_its_default() -> None:
    page = on_the_page()

    assert page.keys() - OF_OTHERS == SETTINGS.keys()
    assert differences(page) == {}


def test_the_example_names_every_setting_with_its_default() -> None:
    example = in_the_example()

    assert example.keys() - OF_OTHERS == SETTINGS.keys()
    assert differences(example) == {}


def test_every_row_of_the_page_says_what_the_setting_is_for() -> None:
    page = (PROJECT / "docs/settings.md").read_text()
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]

    assert len(rows) == len(on_the_page())
    assert all(len(row) == 3 and len(row[2]) > 20 for row in rows)
