"""What the types tell: mypy, as a library, and the checks in `architecture/typed`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from architecture.refusals import Refusal
from architecture.rules import BrokenRuleError
from architecture.typed import CHECKS
from architecture.typed.service import UnreadableError, read_service

if TYPE_CHECKING:
    from typing import Any

    from architecture.rules import Rule
    from architecture.typed.service import Service


def check(rules: list[Rule]) -> set[Refusal]:
    """Return what the `types` checks of the rules refuse.

    Raises:
        BrokenRuleError: there is no such check, or mypy cannot read the service.
    """
    if not any(rule.types for rule in rules):
        return set()
    try:
        service = read_service()
    except UnreadableError as exc:
        raise BrokenRuleError(f"mypy cannot read the service: {exc}") from exc
    return {r for rule in rules for part in rule.types for r in _check(rule, part, service)}


def _check(rule: Rule, part: dict[str, Any], service: Service) -> set[Refusal]:
    left_out = part.get("except", [])
    if part.get("check") not in CHECKS or set(part) - {"check", "except"}:
        known = ", ".join(CHECKS)
        raise BrokenRuleError(f"{rule.file}: 'types' needs a 'check', which is one of {known}")
    names = {module.name for module in service.modules}
    if unknown := set(left_out) - names:
        raise BrokenRuleError(f"{rule.file}: {', '.join(sorted(unknown))} matches no module")
    return {
        Refusal(found.module.path, found.line, rule.id, found.what)
        for found in CHECKS[part["check"]](service)
        if found.module.name not in left_out
    }
