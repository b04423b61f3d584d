"""Which variants of the template are proven: a covering array over all that its questions offer.

Every pair of options that can stand together stands together in one variant at least, and with strength
3 every three of them. `python -m tests.variants` prints the variants as JSON, and
`.github/workflows/ci.yml` builds its matrix from that, so workflow and tests cannot drift apart.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

from covertable import make
from covertable.shortcuts import Constraint

Answers = dict[str, Any]
Row = dict[str, str]

# Texts at the limit of each question wrap lines; unusual ones are what careless quoting breaks.
TEXTS: Final[dict[str, Answers]] = {
    "plain": {},
    "long": {
        "project_name": "The Extraordinarily Long Winded Order and Delivery Services!",
        "service_name": "extraordinarily-long-winded-order-desks2",
        "description": "Takes orders, confirms them, changes them while they wait, hands them over, "
        "delivers them, and answers for each of them.",
        "author": "The people of the department for orders, deliveries, complaints and all the rest",
    },
    "unusual": {
        "project_name": 'Zoë\'s "Desk" – {{ 7*7 }}',
        "description": 'Orders & <deliveries>: it\'s "all" in C:\\new, 100 % # {{ 7*7 }} ${HOME}',
        "author": 'O\'Brien "Bob" <bob@example.org>',
    },
}

# Each option by the word that stands for it in a variant's name, in the order of the questions. The
# first is the default. It is left out of names, so the variant of all defaults is called so.
OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "authentication": {"own": "own", "external": "external", "anonymous": "none"},
    "ci": {"github": "github", "gitlab": "gitlab", "no-ci": "none"},
    "container": {"image": True, "no-image": False},
    "kubernetes": {"no-kubernetes": False, "kubernetes": True},
    "python_version": {version: version for version in ("3.11", "3.12", "3.13", "3.14")},
    "texts": {text: text for text in TEXTS},
}
DEFAULTS: Final[Row] = {factor: next(iter(words)) for factor, words in OPTIONS.items()}

_by = Constraint()
# What the extension refuses: manifests that would run an image that nobody builds.
IMPOSSIBLE_WITHOUT: Final = [
    _by.or_(_by.eq("$kubernetes", "no-kubernetes"), _by.eq("$container", "image"))
]
# Of 400 salts the one that needs the fewest variants for pairs: 11 with three Pythons.
SALT: Final = "28"


def is_possible(row: Row) -> bool:
    """Tell whether the template renders these options together."""
    return row["kubernetes"] == "no-kubernetes" or row["container"] == "image"


def name_of(row: Row) -> str:
    """Name a variant by what differs from the defaults, such as `external-no-ci-3.12-long`."""
    words = [word for factor, word in row.items() if word != DEFAULTS[factor]]
    return "-".join(words) or "default"


def answers_of(row: Row) -> Answers:
    """Return what is answered to get a variant; defaults are left unanswered."""
    chosen = {
        factor: OPTIONS[factor][word]
        for factor, word in row.items()
        if factor != "texts" and word != DEFAULTS[factor]
    }
    return {**TEXTS[row["texts"]], **chosen}


@cache
def all_variants() -> dict[str, Row]:
    """Return whatever the template can render, by name."""
    rows = (
        dict(zip(OPTIONS, words, strict=True)) for words in itertools.product(*OPTIONS.values())
    )
    return {name_of(row): row for row in rows if is_possible(row)}


def covering_array(strength: int, pythons: tuple[str, ...]) -> dict[str, Row]:
    """Choose variants in which every `strength` options that are possible together meet.

    The variant of all defaults is the first. `pythons` are the versions to choose from.
    """
    factors = {factor: list(words) for factor, words in OPTIONS.items()}
    factors["python_version"] = list(pythons)
    first = DEFAULTS | {"python_version": pythons[0]}
    rows = make(
        factors, strength=strength, constraints=IMPOSSIBLE_WITHOUT, presets=[first], salt=SALT
    )
    found = {name_of(row): row for row in ({f: row[f] for f in OPTIONS} for row in rows)}
    return {name_of(first): first} | dict(sorted(found.items()))


@cache
def python(version: str) -> str | None:
    """Return the path of an interpreter that this machine has, or None where it has none."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    managed = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "uv" / "python"
    candidates = [
        shutil.which(name),
        *sorted(pyenv.glob(f"{version}.*/bin/{name}")),
        *sorted(managed.glob(f"cpython-{version}.*/bin/{name}")),
    ]
    # What is on the path may be a shim that leads nowhere.
    return next((str(path) for path in candidates if path and _starts(path)), None)


def _starts(interpreter: Path | str) -> bool:
    ended = subprocess.run([interpreter, "-c", ""], capture_output=True, check=False)
    return ended.returncode == 0


def pythons_of_this_machine() -> tuple[str, ...]:
    """Return the versions that a service may ask for and that can be tried here."""
    return tuple(version for version in OPTIONS["python_version"] if python(version))


def chosen(strength: int = 2) -> dict[str, Answers]:
    """Return the answers of the variants that are proven on this machine, by name."""
    rows = covering_array(strength, pythons_of_this_machine())
    return {name: answers_of(row) for name, row in rows.items()}


def main() -> None:
    """Print the variants as a JSON object of names and answers."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--strength", type=int, choices=(2, 3), default=2)
    parser.add_argument("--names", action="store_true", help="print a list of the names alone")
    options = parser.parse_args()
    variants = chosen(options.strength)
    print(json.dumps(list(variants) if options.names else variants))


if __name__ == "__main__":
    main()
