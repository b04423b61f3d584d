"""What a single file tells: ast-grep (https://ast-grep.github.io), in one scan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from architecture import ROOT
from architecture.refusals import Refusal, excerpt
from architecture.rules import BrokenRuleError
from architecture.tools import REFUSED, run

# ast-grep heeds comments that name its rules. Ours are heeded in `architecture.exceptions`, whichever
# tool refuses, so that to ast-grep the rules have other names.
_PREFIX = "architecture-"

if TYPE_CHECKING:
    import subprocess

    from architecture.rules import Rule


def check(rules: list[Rule]) -> set[Refusal]:
    """Return what the `syntax` of the rules refuses.

    Raises:
        BrokenRuleError: a pattern of files matches none, or ast-grep refuses a rule.
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
    """Return a rule as ast-grep wants it. JSON is YAML, too."""
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
    """Find the rule that ast-grep does not understand: it does not say which of many it is."""
    for rule in rules:
        for part in rule.syntax:
            result = _scan([_document(rule, part)])
            if result.returncode > REFUSED:
                return f"{rule.file}: {_in_one_line(result.stderr)}"
    return None


def _in_one_line(text: str) -> str:
    """Take the frame off of what ast-grep says over many lines."""
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
