"""Rules with a part taken out, to see that an offence passes then: what no offence needs can go.

`python -m tests.architecture.mutants`, started in a copy of the service with all offences in it,
prints for each mutant the places that it refuses.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from architecture.rules import Rule, load_rules
from architecture.tools import grammars, imports, lint, syntax, types

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOOLS = {"grammars": grammars, "imports": imports, "ruff": lint, "syntax": syntax, "types": types}

_REFUSING = frozenset(
    ("forbidden_modules", "homes", "named_by", "protected_modules", "source_modules")
)
"""Lists of a contract of which each element adds to what is refused; the others permit."""


def mutants(rule: Rule) -> Iterator[tuple[str, str, Rule]]:
    """Yield a name, the tool that is concerned, and the rule without the part of that name."""
    for number, code in enumerate(rule.ruff):
        yield code, "ruff", replace(rule, ruff=_without(rule.ruff, number))
    for number, part in enumerate(rule.types):
        yield part["check"], "types", replace(rule, types=_without(rule.types, number))
        packages = part.get("in", [])
        for index, package in enumerate(packages[:-1] and packages):
            narrower = _with(rule.types, number, part | {"in": _without(packages, index)})
            yield f"{part['check']} in {package}", "types", replace(rule, types=narrower)
    for number, part in enumerate(rule.grammars):
        for kind in part["refuses"]:
            left = {k: v for k, v in part["refuses"].items() if k != kind}
            fewer = _with(rule.grammars, number, part | {"refuses": left})
            yield f"{part['grammar']}: {kind}", "grammars", replace(rule, grammars=fewer)
    for number, contract in enumerate(rule.imports):
        name = f"{contract['type']} {number + 1}"
        yield name, "imports", replace(rule, imports=_without(rule.imports, number))
        for option in _REFUSING & contract.keys():
            for index, module in enumerate(contract[option][:-1] and contract[option]):
                left_out = contract | {option: _without(contract[option], index)}
                fewer = _with(rule.imports, number, left_out)
                yield f"{name}, {option}: {module}", "imports", replace(rule, imports=fewer)
    for number, part in enumerate(rule.syntax):
        name = f"part {number + 1}"
        yield name, "syntax", replace(rule, syntax=_without(rule.syntax, number))
        for what, changed in _fewer_alternatives(part):
            yield (
                f"{name}, {what}",
                "syntax",
                replace(rule, syntax=_with(rule.syntax, number, changed)),
            )


def refused() -> dict[str, dict[str, list[tuple[str, int]]]]:
    """Return for each rule what it refuses without each of its parts."""
    rules = load_rules()
    whole = {
        name: {(r.rule, r.path, r.line) for r in tool.check(rules)} for name, tool in _TOOLS.items()
    }
    found: dict[str, dict[str, list[tuple[str, int]]]] = {}
    for name, tool in _TOOLS.items():
        cases = [(r.id, what, m) for r in rules for what, key, m in mutants(r) if key == name]
        named = [replace(mutant, id=f"mutant-{i}") for i, (_, _, mutant) in enumerate(cases)]
        refusals = set().union(*(tool.check(some) for some in _batches(named)))
        # ruff's codes may tell what another tool tells, too: they make its comment count.
        also = [] if tool is lint else [whole[other] for other in _TOOLS if other != name]
        others = set().union(*also)
        for mutant, (rule, what, _) in zip(named, cases, strict=True):
            places = {(r.path, r.line) for r in refusals if r.rule == mutant.id}
            places |= {(path, line) for id_, path, line in others if id_ == rule}
            found.setdefault(rule, {})[what] = sorted(places)
    return found


def _batches(rules: list[Rule]) -> list[list[Rule]]:
    """Divide them: ast-grep is given its rules as an argument, which may not be too long."""
    return [rules[start : start + 20] for start in range(0, len(rules), 20)]


def _fewer_alternatives(part: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the part of a rule without one alternative, for each `any` in it, however deep."""
    utils = {k: v for k, v in part.get("utils", {}).items() if k not in _permitting(part)}
    for path in _lists(part | {"utils": utils}, ()):
        alternatives = _at(part, path)
        for index in range(len(alternatives)):
            changed = deepcopy(part)
            del _at(changed, path)[index]
            yield f"{'.'.join(map(str, path))}[{index}]", changed


def _lists(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Yield where alternatives stand, but for those of what is let through or where to stop."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("any", "files") and isinstance(value, list) and len(value) > 1:
                yield (*path, key)
            if key not in ("not", "stopBy", "ignores"):
                yield from _lists(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _lists(value, (*path, index))


def _permitting(node: Any, *, within: bool = False) -> set[str]:
    """Return the utilities that say what is let through or where to stop."""
    if isinstance(node, list):
        return set().union(*(_permitting(inner, within=within) for inner in node))
    if not isinstance(node, dict):
        return set()
    found = {node["matches"]} if within and "matches" in node else set()
    return found.union(
        *(
            _permitting(value, within=within or key in ("not", "stopBy"))
            for key, value in node.items()
        )
    )


def _at(node: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        node = node[step]
    return node


def _without(items: list[Any], index: int) -> list[Any]:
    return [*items[:index], *items[index + 1 :]]


def _with(items: list[Any], index: int, item: Any) -> list[Any]:
    return [*items[:index], item, *items[index + 1 :]]


if __name__ == "__main__":
    print(json.dumps(refused()))
