"""Loading the rules: each is a YAML file, named after its id."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from architecture import ROOT

FOLDER = Path(__file__).parent / "rules"

_TEXTS = ("id", "offence", "why", "instead")
_CODE = re.compile(r"(?!ALL$)[A-Z]+[0-9]*")
_CHECKS = ("grammars", "imports", "syntax", "ruff", "types")


class BrokenRuleError(Exception):
    """A rule is not valid, or checks nothing. The message names its file."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`grammars`, `imports`, `syntax`, `ruff` and `types` configure the tools.

    `just types` checks the rules with `types`, with all their parts; `just architecture` checks the others.
    """

    id: str
    offence: str
    why: str
    instead: str
    grammars: list[dict[str, Any]] = field(default_factory=list)
    imports: list[dict[str, Any]] = field(default_factory=list)
    syntax: list[dict[str, Any]] = field(default_factory=list)
    ruff: list[str] = field(default_factory=list)
    types: list[dict[str, Any]] = field(default_factory=list)

    @property
    def file(self) -> str:
        """The path of the rule's file, relative to the service."""
        return (FOLDER / f"{self.id}.yml").relative_to(ROOT).as_posix()


def load_rules() -> list[Rule]:
    """Return the rules in order of their ids.

    Raises:
        BrokenRuleError: at least one rule is invalid. The message lists all problems of all rules.
    """
    paths = sorted(FOLDER.iterdir())
    problems = [f"{FOLDER} contains no rules."] if not paths else []
    rules = []
    for path in paths:
        content, found = _read(path)
        problems += [f"{path.relative_to(ROOT).as_posix()}: {problem}" for problem in found]
        if not found:
            rules.append(Rule(**content))
    if problems:
        raise BrokenRuleError("\n".join(problems))
    return rules


def _read(path: Path) -> tuple[dict[str, Any], list[str]]:
    if path.suffix != ".yml":
        return {}, ["is not a .yml file, so it would be ignored"]
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as exc:
        return {}, [f"is not YAML: {exc}"]
    if not isinstance(content, dict):
        return {}, ["is empty"]
    return content, list(_problems(path, content))


def _problems(path: Path, content: dict[str, Any]) -> list[str]:
    known = {f.name for f in fields(Rule)}
    problems = [f"does not know the key {key!r}" for key in content if key not in known]
    for name in _TEXTS:
        text = content.get(name)
        if not isinstance(text, str) or not text.strip() or "\n" in text.strip():
            problems.append(f"needs {name!r}, in one line")
    if content.get("id") != path.stem:
        problems.append(f"has the id {content.get('id')!r}; it must be named like its file")
    problems += [
        f"{name!r} must be a list that is not empty"
        for name in _CHECKS
        if name in content and not (isinstance(content[name], list) and content[name])
    ]
    for name in _CHECKS:
        items = content.get(name)
        if name == "ruff":
            whole = (item for item in items or () if not _CODE.fullmatch(str(item)))
            problems += [
                f"{item!r} is no code of ruff, nor the beginning of codes" for item in whole
            ]
        elif isinstance(items, list) and not all(isinstance(item, dict) for item in items):
            problems.append(f"{name!r} must be a list of which each element is a mapping")
    if not any(name in content for name in _CHECKS):
        problems.append(f"checks nothing: it has none of {', '.join(_CHECKS)}")
    return problems
