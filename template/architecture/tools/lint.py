"""Running ruff: rules name its codes, or prefixes of codes."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from architecture import ROOT
from architecture.refusals import Refusal
from architecture.rules import BrokenRuleError
from architecture.tools import REFUSED, run

if TYPE_CHECKING:
    from architecture.rules import Rule

# `pyproject.toml` may add checks to ruff, but cannot remove the checks of a rule.
_WHOLE = (
    "exclude = []",
    "extend-exclude = []",
    "respect-gitignore = false",
    "lint.exclude = []",
    "lint.ignore = []",
    "lint.per-file-ignores = {}",
    "lint.extend-per-file-ignores = {}",
)

_WITHOUT_EFFECT = re.compile(r"warning: .*(Selection|remapped|deprecated|removed).*")


def check(rules: list[Rule]) -> set[Refusal]:
    """Return the refusals of the rules' `ruff` codes.

    Raises:
        BrokenRuleError: ruff does not know a code, or would ignore it.
    """
    codes = sorted({code for rule in rules for code in rule.ruff})
    if not codes:
        return set()
    options = [option for setting in _WHOLE for option in ("--config", setting)]
    options += ["--extend-select", ",".join(codes)]
    result = run("ruff", "check", "--output-format=json", *options)
    complaint = _WITHOUT_EFFECT.search(result.stderr)
    if result.returncode > REFUSED or complaint:
        text = complaint.group() if complaint else " ".join(result.stderr.split())
        raise BrokenRuleError(f"{_place(rules, text)}: ruff refuses a code: {text}")
    selected = _selected()
    found = [finding for finding in json.loads(result.stdout) if finding["code"]]
    return {
        _refusal(finding, rule, selected)
        for finding in found
        for rule in rules
        if finding["code"].startswith(tuple(rule.ruff))
    }


def _refusal(finding: dict[str, Any], rule: Rule, selected: tuple[str, ...]) -> Refusal:
    code = finding["code"]
    return Refusal(
        path=Path(finding["filename"]).relative_to(ROOT).as_posix(),
        line=finding["location"]["row"],
        rule=rule.id,
        found=f"{finding['message']} ({code})",
        code=code if code.startswith(selected) else "",
    )


def _selected() -> tuple[str, ...]:
    """Return the codes that `just lint` checks as well: exceptions to those need ruff's comment."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lint = content.get("tool", {}).get("ruff", {}).get("lint", {})
    return (*lint.get("select", ("E4", "E7", "E9", "F")), *lint.get("extend-select", ()))


def _place(rules: list[Rule], text: str) -> str:
    """Return the rules that contain the reported code."""
    blamed = [r.file for r in rules if any(re.search(rf"\b{c}\b", text) for c in r.ruff)]
    return ", ".join(blamed or [r.file for r in rules if r.ruff])
