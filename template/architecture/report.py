"""The output formats: text, GitHub annotations, and SARIF."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from architecture.exceptions import GUARD

if TYPE_CHECKING:
    from collections.abc import Callable

    from architecture.refusals import Refusal
    from architecture.rules import Rule

PAGE = "docs/rules.md"


def text(refusals: list[Refusal], rules: list[Rule]) -> str:
    """Return, for each refusal, the place, the finding, the remedy, and how to make an exception."""
    if not refusals:
        return f"All {len(rules)} rules hold."
    by_id = {rule.id: rule for rule in rules}
    broken = len({refusal.rule for refusal in refusals})
    summary = f"{len(refusals)} refused, by {broken} of {len(rules)} rules. {PAGE} has the reasons."
    return "\n".join([*(_paragraph(r, by_id[r.rule]) for r in refusals), "", summary])


def github(refusals: list[Refusal], rules: list[Rule]) -> str:
    """Return workflow commands, which GitHub shows as annotations in a pull request."""
    by_id = {rule.id: rule for rule in rules}
    return "\n".join(
        f"::error file={_escaped(r.path, ':,')},line={r.line},title={_escaped(r.rule, ':,')}"
        f"::{_escaped(_message(r, by_id[r.rule]))}"
        for r in refusals
    )


def sarif(refusals: list[Refusal], rules: list[Rule]) -> str:
    """Return SARIF 2.1.0, the exchange format of code scanning tools."""
    driver = {
        "name": "architecture",
        "rules": [
            {
                "id": rule.id,
                "shortDescription": {"text": rule.offence},
                "fullDescription": {"text": rule.why},
                "help": {"text": rule.instead},
                "defaultConfiguration": {"level": "error"},
            }
            for rule in rules
        ],
    }
    index = {rule.id: position for position, rule in enumerate(rules)}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "results": [_result(r, index[r.rule], rules[index[r.rule]]) for r in refusals],
            }
        ],
    }
    return json.dumps(log, indent=2)


FORMATS: dict[str, Callable[[list[Refusal], list[Rule]], str]] = {
    "text": text,
    "github": github,
    "sarif": sarif,
}


def _paragraph(refusal: Refusal, rule: Rule) -> str:
    lines = [
        f"{refusal.path}:{refusal.line}: {refusal.rule}: {refusal.found}",
        f"    Instead: {refusal.instead or rule.instead}",
    ]
    if refusal.rule != GUARD:
        lines.append(f"    Exception: {_exception(refusal)}")
    return "\n".join(lines)


def _message(refusal: Refusal, rule: Rule) -> str:
    return f"{refusal.found}. {refusal.instead or rule.instead}"


def _exception(refusal: Refusal) -> str:
    """Return the comment for an exception, with a placeholder for the reason."""
    comment = f"noqa: {refusal.code}" if refusal.code else f"allow: {refusal.rule}"
    return f"# {comment} - <why it has to be>"


def _escaped(value: str, also: str = "") -> str:
    for character in "%\r\n" + also:
        value = value.replace(character, f"%{ord(character):02X}")
    return value


def _result(refusal: Refusal, index: int, rule: Rule) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": quote(refusal.path)},
        "region": {"startLine": refusal.line},
    }
    return {
        "ruleId": rule.id,
        "ruleIndex": index,
        "level": "error",
        "message": {"text": _message(refusal, rule)},
        "locations": [{"physicalLocation": place}],
    }
