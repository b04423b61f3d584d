"""Running our own grammars, the modules of `architecture/grammars`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from architecture import ROOT
from architecture.grammars import GRAMMARS
from architecture.grammars.source import Source
from architecture.refusals import Refusal, excerpt
from architecture.rules import BrokenRuleError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from architecture.grammars.source import Finding
    from architecture.rules import Rule


def check(rules: list[Rule]) -> set[Refusal]:
    """Return the refusals of the rules' grammars.

    Raises:
        BrokenRuleError: a rule names a grammar, or a kind of finding, that does not exist.
    """
    source = Source(ROOT)
    findings: dict[str, list[Finding]] = {}
    refusals = set()
    for rule in rules:
        for part in rule.grammars:
            name, kinds = _understood(rule, part)
            options = {key: value for key, value in part.items() if key != "refuses"}
            key = repr(options)
            if key not in findings:
                findings[key] = list(GRAMMARS[name].findings(source, options))
            refusals |= set(_refusals(rule, findings[key], kinds))
    return refusals


def _understood(rule: Rule, part: dict[str, Any]) -> tuple[str, dict[str, str]]:
    name = part.get("grammar")
    if not isinstance(name, str) or name not in GRAMMARS:
        raise BrokenRuleError(f"{rule.file}: 'grammar' must be one of {', '.join(GRAMMARS)}")
    refuses = part.get("refuses")
    if not (isinstance(refuses, dict) and refuses) or not all(
        isinstance(sentence, str) for sentence in refuses.values()
    ):
        raise BrokenRuleError(f"{rule.file}: {name} needs 'refuses', a sentence for each kind")
    for option in GRAMMARS[name].OPTIONS ^ (part.keys() - {"grammar", "refuses"}):
        needs = "needs" if option in GRAMMARS[name].OPTIONS else "has no"
        raise BrokenRuleError(f"{rule.file}: {name} {needs} {option!r}")
    for kind in refuses:
        if kind not in GRAMMARS[name].KINDS:
            known = ", ".join(sorted(GRAMMARS[name].KINDS))
            raise BrokenRuleError(f"{rule.file}: {name} finds no {kind!r}, but {known}")
    return name, refuses


def _refusals(rule: Rule, findings: list[Finding], kinds: dict[str, str]) -> Iterator[Refusal]:
    for finding in findings:
        if finding.kind in kinds:
            found = f"{excerpt(finding.code)} {kinds[finding.kind]}"
            yield Refusal(finding.path, finding.line, rule.id, found)
