"""The tested variants of the template: a covering array over the options of its questions.

Each possible pair of options occurs in at least one variant; with strength 3, each possible triple.
`python -m tests.variants` prints the variants as JSON. `.github/workflows/ci.yml` builds its matrix from
this output, so that the workflow and the tests cannot diverge.
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
from typing import TYPE_CHECKING, Any, Final

from covertable import make
from covertable.shortcuts import Constraint

if TYPE_CHECKING:
    from collections.abc import Iterable

Answers = dict[str, Any]
Row = dict[str, str]

# Texts of the maximal length test line wrapping; unusual texts test quoting.
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

# For each question, in their order, the answers by their word in the names of variants. The first one is
# the default, which names omit; the variant of all defaults is called `default`.
OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "authentication": {"own": "own", "external": "external", "anonymous": "none"},
    "ci": {"github": "github", "gitlab": "gitlab", "no-ci": "none"},
    "dependency_updates": {"renovate": "renovate", "dependabot": "dependabot", "no-bot": "none"},
    "container": {"image": True, "no-image": False},
    "kubernetes": {"no-kubernetes": False, "kubernetes": True},
    "python_version": {version: version for version in ("3.11", "3.12", "3.13", "3.14")},
    "texts": {text: text for text in TEXTS},
}
IN_THE_CODE: Final = ("authentication", "python_version", "texts")
"""The questions whose answers change the code of a service; the others change what is around it."""
DEFAULTS: Final[Row] = {factor: next(iter(words)) for factor, words in OPTIONS.items()}

_by = Constraint()
# The extension refuses Kubernetes manifests without a container image, and Dependabot without GitHub.
IMPOSSIBLE_WITHOUT: Final = [
    _by.or_(_by.eq("$kubernetes", "no-kubernetes"), _by.eq("$container", "image")),
    _by.or_(_by.ne("$dependency_updates", "dependabot"), _by.eq("$ci", "github")),
]
# The salt, out of 400, with the fewest variants for pairs: 12 with three Python versions.
SALT: Final = "102"


def is_possible(row: Row) -> bool:
    """Tell whether the template accepts these options together."""
    has_image = row["kubernetes"] == "no-kubernetes" or row["container"] == "image"
    has_github = row["dependency_updates"] != "dependabot" or row["ci"] == "github"
    return has_image and has_github


def name_of(row: Row) -> str:
    """Name a variant by its options that are not defaults, such as `external-no-ci-3.12-long`."""
    words = [word for factor, word in row.items() if word != DEFAULTS[factor]]
    return "-".join(words) or "default"


def answers_of(row: Row) -> Answers:
    """Return the answers of a variant, without defaults."""
    chosen = {
        factor: OPTIONS[factor][word]
        for factor, word in row.items()
        if factor != "texts" and word != DEFAULTS[factor]
    }
    return {**TEXTS[row["texts"]], **chosen}


@cache
def all_variants() -> dict[str, Row]:
    """Return all possible variants by name."""
    rows = (
        dict(zip(OPTIONS, words, strict=True)) for words in itertools.product(*OPTIONS.values())
    )
    return {name_of(row): row for row in rows if is_possible(row)}


def covering_array(strength: int, pythons: tuple[str, ...]) -> dict[str, Row]:
    """Choose variants that contain each possible combination of `strength` options.

    The first one is the variant of all defaults. `pythons` are the Python versions to choose from.
    """
    factors = {factor: list(words) for factor, words in OPTIONS.items()}
    factors["python_version"] = list(pythons)
    first = DEFAULTS | {"python_version": pythons[0]}
    rows = make(
        factors, strength=strength, constraints=IMPOSSIBLE_WITHOUT, presets=[first], salt=SALT
    )
    found = {name_of(row): row for row in ({f: row[f] for f in OPTIONS} for row in rows)}
    return {name_of(first): first} | dict(sorted(found.items()))


def with_each_option(rows: dict[str, Row]) -> list[str]:
    """Choose the first of these variants, and the fewest others with each option that is in the code."""

    def options(names: Iterable[str]) -> set[tuple[str, str]]:
        return {(factor, rows[name][factor]) for name in names for factor in IN_THE_CODE}

    first, *others = rows
    return next(
        [first, *added]
        for number in range(len(rows))
        for added in itertools.combinations(others, number)
        if options((first, *added)) == options(rows)
    )


@cache
def python(version: str) -> str | None:
    """Return the path of a working interpreter of this version, or None."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    managed = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "uv" / "python"
    candidates = [
        shutil.which(name),
        *sorted(pyenv.glob(f"{version}.*/bin/{name}")),
        *sorted(managed.glob(f"cpython-{version}.*/bin/{name}")),
    ]
    return next(filter(None, (_itself(path) for path in candidates if path)), None)


def _itself(command: Path | str) -> str | None:
    """Return the path of the interpreter that a command starts, or None if it starts none.

    The command may be a shim of pyenv, with a Python behind it or without. uv makes the environment of a
    service anew for each command if it gets the path of a shim.
    """
    asked = [command, "-c", "import sys; print(sys.executable)"]
    ended = subprocess.run(asked, capture_output=True, text=True, check=False)
    return ended.stdout.strip() if ended.returncode == 0 else None


def pythons_of_this_machine() -> tuple[str, ...]:
    """Return the supported Python versions that are installed on this machine."""
    return tuple(version for version in OPTIONS["python_version"] if python(version))


def chosen(strength: int = 2) -> dict[str, Answers]:
    """Return the answers of the variants that are tested on this machine, by name."""
    rows = covering_array(strength, pythons_of_this_machine())
    return {name: answers_of(row) for name, row in rows.items()}


def chosen_for_all_checks() -> list[str]:
    """Return the names of the variants whose own tests are part of a run without `--scheduled`."""
    return with_each_option(covering_array(2, pythons_of_this_machine()))


def main() -> None:
    """Print the tested variants as a JSON object of names and answers."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--strength", type=int, choices=(2, 3), default=2)
    parser.add_argument("--names", action="store_true", help="print a list of the names only")
    options = parser.parse_args()
    variants = chosen(options.strength)
    print(json.dumps(list(variants) if options.names else variants))


if __name__ == "__main__":
    main()
