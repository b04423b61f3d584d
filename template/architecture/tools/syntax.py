"""Running ast-grep (https://ast-grep.github.io), with one scan for all rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from architecture import ROOT
from architecture.refusals import Refusal, excerpt
from architecture.rules import BrokenRuleError
from architecture.tools import REFUSED, run

# ast-grep ignores lines with comments that name its rules. `architecture.exceptions` handles our comments
# for all tools, so the rules have other names in ast-grep.
_PREFIX = "architecture-"

if TYPE_CHECKING:
    import subprocess

    from architecture.rules import Rule


def check(rules: list[Rule]) -> set[Refusal]:
    """Return the refusals of the rules' `syntax`.

    Raises:
        BrokenRuleError: a file pattern matches nothing, or ast-grep refuses a rule.
    """
    for rule in rules:
        for part in rule.syntax:
            _require_files(rule, part)
    documents = [_document(rule, part) for rule in rules for part in rule.syntax]
    result = _scan(documents)
    if result.returncode > REFUSED:
        raise BrokenRuleError(_broken_rule(rules) or result.stderr)
    return {_refusal(json.loads(line)) for line in result.stdout.splitlines()}


def _require_files(rule: Rule, part: dict[str, Any]) -> None:
    patterns = [part.get("files"), part.get("ignores", [])]
    if not patterns[0] or not all(isinstance(pattern, list) for pattern in patterns):
        raise BrokenRuleError(f"{rule.file}: 'syntax' needs the 'files' that it is about, a list")
    for pattern in (*part["files"], *part.get("ignores", [])):
        if not isinstance(pattern, str) or pattern.startswith("/") or not any(ROOT.glob(pattern)):
            raise BrokenRuleError(f"{rule.file}: {pattern!r} matches no file")
    for name in ("found", "instead"):
        if not isinstance(part.get(name, ""), str):
            raise BrokenRuleError(f"{rule.file}: {name!r} must be a sentence")


def _document(rule: Rule, part: dict[str, Any]) -> str:
    """Return a rule in ast-grep's format. JSON is valid YAML."""
    part = dict(part)
    texts = {"message": part.pop("found", ""), "note": part.pop("instead", "")}
    return json.dumps(
        {"id": _PREFIX + rule.id, "language": "python", "severity": "error"} | texts | part
    )


def _scan(documents: list[str]) -> subprocess.CompletedProcess[str]:
    rules = "\n---\n".join(documents)
    options = ["--json=stream", "--off=unused-suppression"]
    options += [f"--no-ignore={kind}" for kind in ("hidden", "dot", "vcs", "exclude", "global")]
    return run("ast-grep", "scan", "--inline-rules", rules, *options)


def _broken_rule(rules: list[Rule]) -> str | None:
    """Find the rule that ast-grep refuses, because its message does not name it."""
    for rule in rules:
        for part in rule.syntax:
            result = _scan([_document(rule, part)])
            if result.returncode > REFUSED:
                return f"{rule.file}: {_in_one_line(result.stderr)}"
    return None


def _in_one_line(text: str) -> str:
    """Return a multi-line message of ast-grep in one line, without its frame."""
    lines = (line.strip(" │╰▻✖⚠•×─├\t") for line in text.splitlines())
    return "; ".join(line for line in lines if line)


def _refusal(match: dict[str, Any]) -> Refusal:
    found = excerpt(match["text"])
    return Refusal(
        path=match["file"].replace("\\", "/"),
        line=match["range"]["start"]["line"] + 1,
        rule=match["ruleId"].removeprefix(_PREFIX),
        found=f"{found} {match['message']}" if match["message"] else found,
        instead=match.get("note") or "",
    )
