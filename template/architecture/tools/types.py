"""Running the checks in `architecture/typed`, with mypy as a library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from architecture import LAYERS
from architecture.refusals import Refusal
from architecture.rules import BrokenRuleError
from architecture.typed import CHECKS
from architecture.typed.service import UnreadableError, read_service

if TYPE_CHECKING:
    from architecture.rules import Rule
    from architecture.typed.service import Service


def check(rules: list[Rule]) -> set[Refusal]:
    """Return the refusals of the rules' `types` checks.

    Raises:
        BrokenRuleError: a check or a package does not exist, or mypy cannot read the service.
    """
    if not any(rule.types for rule in rules):
        return set()
    for rule in rules:
        for part in rule.types:
            _require_check(rule, part)
    try:
        service = read_service()
    except UnreadableError as exc:
        raise BrokenRuleError(f"mypy cannot read the service: {exc}") from exc
    return {r for rule in rules for part in rule.types for r in _check(rule, part, service)}


def _require_check(rule: Rule, part: dict[str, Any]) -> None:
    if part.get("check") not in CHECKS:
        known = ", ".join(CHECKS)
        raise BrokenRuleError(f"{rule.file}: 'types' needs a 'check', which is one of {known}")
    if unknown := set(part) - {"check", "in", "except", "instead"}:
        raise BrokenRuleError(f"{rule.file}: 'types' does not know {', '.join(sorted(unknown))}")


def _check(rule: Rule, part: dict[str, Any], service: Service) -> set[Refusal]:
    packages, left_out = part.get("in", LAYERS), part.get("except", ())
    for package in (*packages, *left_out):
        if not any(module.within(package) for module in service.modules):
            raise BrokenRuleError(f"{rule.file}: {package!r} matches no module")
    return {
        Refusal(found.module.path, found.line, rule.id, found.what, part.get("instead", ""))
        for module in service.modules
        if module.within(*packages) and not module.within(*left_out)
        for found in CHECKS[part["check"]](module, service)
    }
