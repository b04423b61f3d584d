"""What ruff knows already: rules name its codes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from ruff import find_ruff_bin

from architecture import ROOT, SOURCE
from architecture.refusals import Refusal
from architecture.rules import BrokenRuleError

if TYPE_CHECKING:
    from architecture.rules import Rule

_REFUSED = 1  # its exit code when it found something; more than that is a failure

# `pyproject.toml` may add to what ruff checks. It cannot take away what a rule asks for.
_WHOLE = ["--config", "lint.ignore = []", "--config", "lint.per-file-ignores = {}"]


def check(rules: list[Rule]) -> set[Refusal]:
    """Return what the `ruff` codes of the rules refuse.

    Raises:
        BrokenRuleError: ruff does not know a code.
    """
    rule_of = {code: rule.id for rule in rules for code in rule.ruff}
    if not rule_of:
        return set()
    options = ["--output-format=json", "--extend-select", ",".join(rule_of), *_WHOLE]
    result = subprocess.run(
        [find_ruff_bin(), "check", *options, SOURCE.name],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if result.returncode > _REFUSED:
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
