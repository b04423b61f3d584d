"""What ruff knows already: rules name its codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from architecture import ROOT
from architecture.refusals import Refusal
from architecture.rules import BrokenRuleError
from architecture.tools import REFUSED, run

if TYPE_CHECKING:
    from architecture.rules import Rule

# `pyproject.toml` may add to what ruff checks. It cannot take away what a rule asks for.
_WHOLE = (
    "exclude = []",
    "extend-exclude = []",
    "respect-gitignore = false",
    "lint.exclude = []",
    "lint.ignore = []",
    "lint.per-file-ignores = {}",
    "lint.extend-per-file-ignores = {}",
)


def check(rules: list[Rule]) -> set[Refusal]:
    """Return what the `ruff` codes of the rules refuse.

    Raises:
        BrokenRuleError: ruff does not know a code.
    """
    rule_of = {code: rule.id for rule in rules for code in rule.ruff}
    if not rule_of:
        return set()
    codes = ",".join(rule_of)
    options = [option for setting in _WHOLE for option in ("--config", setting)]
    result = run("ruff", "check", "--output-format=json", "--extend-select", codes, *options)
    if result.returncode > REFUSED:
        raise BrokenRuleError(f"ruff refuses a code that a rule names: {result.stderr}")
    return {
        Refusal(
            path=Path(found["filename"]).relative_to(ROOT).as_posix(),
            line=found["location"]["row"],
            rule=rule_of[found["code"]],
        )
        for found in json.loads(result.stdout)
        if found["code"] in rule_of
    }
