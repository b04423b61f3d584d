"""Running import-linter as a library, with one import graph of the whole service.

https://import-linter.readthedocs.io describes its contract types; our own are in `architecture/contracts`.
"""

from __future__ import annotations

import importlib.util
import sys
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import grimp
from grimp.exceptions import GrimpException
from importlinter import configuration
from importlinter.domain.contract import InvalidContractOptions
from importlinter.domain.imports import ModuleExpression

from architecture import LAYERS, ROOT, SOURCE
from architecture.contracts import CONTRACT_TYPES
from architecture.contracts.places import Place, import_places
from architecture.refusals import Refusal
from architecture.rules import BrokenRuleError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from importlinter import Contract, ContractCheck

    from architecture.rules import Rule

_OF_SOMETHING = ("forbidden_modules", "homes", "named_by", "protected_modules", "source_modules")
_CACHE = ROOT / ".import_linter_cache"


def check(rules: list[Rule]) -> set[Refusal]:
    """Return the refusals of the rules' `imports` contracts.

    Raises:
        BrokenRuleError: a contract is malformed, or names a module that does not exist.
    """
    configuration.configure()
    try:
        graph = _graph()
    except (ValueError, GrimpException) as exc:
        raise BrokenRuleError(f"The imports cannot be read: {exc}") from exc
    refusals = set()
    for rule in rules:
        for options in rule.imports:
            refusals |= _check(rule, options, graph)
    return refusals


def _graph() -> grimp.ImportGraph:
    sys.path.insert(0, str(SOURCE))
    return grimp.build_graph(*LAYERS, include_external_packages=True, cache_dir=str(_CACHE))


def _check(rule: Rule, options: dict[str, Any], graph: grimp.ImportGraph) -> set[Refusal]:
    if "ignore_imports" in options:
        comment = f"# allow: {rule.id} - <why it has to be>"
        raise BrokenRuleError(f"{rule.file}: an import is excused where it stands, by `{comment}`")
    graph = deepcopy(graph)  # because contracts remove imports from it
    contract = _contract(rule, options)
    try:
        _require_modules(contract, graph)
        result = contract.check(graph, verbose=False)
    except (ValueError, SyntaxError, GrimpException) as exc:
        raise BrokenRuleError(f"{rule.file}: {exc}") from exc
    return {Refusal(path, line, rule.id, found) for path, line, found in _places(result, graph)}


def _contract(rule: Rule, options: dict[str, Any]) -> Contract:
    contract_type = CONTRACT_TYPES.get(str(options.get("type")))
    if contract_type is None:
        known = ", ".join(CONTRACT_TYPES)
        raise BrokenRuleError(f"{rule.file}: 'type' must be one of {known}")
    for name, value in options.items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str | bool) for item in values):
            raise BrokenRuleError(f"{rule.file}: {name!r} must be a name or a list of names")
        if name in _OF_SOMETHING and not value:
            raise BrokenRuleError(f"{rule.file}: {name!r} names no module")
    session = {"root_packages": list(LAYERS), "include_external_packages": "True"}
    options = {name: _as_text(value) for name, value in options.items()}
    try:
        return contract_type(rule.id, session, options)
    except InvalidContractOptions as exc:
        problems = "; ".join(f"{name}: {problem}" for name, problem in exc.errors.items())
        raise BrokenRuleError(f"{rule.file}: {problems}") from exc


def _as_text(value: Any) -> Any:
    """Return an option as import-linter reads it from text files, which have no booleans."""
    return str(value) if isinstance(value, bool) else value


def _require_modules(contract: Contract, graph: grimp.ImportGraph) -> None:
    """Refuse names and wildcards that match nothing, because import-linter ignores some of them.

    A package that no module imports is added to the graph, because import-linter requires it.
    """
    for option in vars(contract).values():
        for value in option if isinstance(option, list | set) else [option]:
            if isinstance(value, ModuleExpression) and not _exists(value, graph):
                raise ValueError(
                    f"{value.expression!r} matches no module of the service and no package that is"
                    " installed"
                )


def _exists(module: ModuleExpression, graph: grimp.ImportGraph) -> bool:
    if module.has_wildcard_expression():
        return bool(graph.find_matching_modules(module.expression))
    name = module.expression
    package = name.partition(".")[0]
    if name in graph.modules:
        return True
    if package in LAYERS or importlib.util.find_spec(package) is None:
        return False
    if name != package:
        raise ValueError(f"{name!r} is part of another package; the graph knows {package!r} only")
    graph.add_module(name, is_squashed=True)
    return True


def _places(result: ContractCheck, graph: grimp.ImportGraph) -> Iterator[Place]:
    """Yield the places that a check refuses; each contract type has its own report format."""
    yield from result.metadata.get("places", [])
    for broken in result.metadata.get("invalid_chains", []):
        for first, *rest in broken["chains"]:
            path = " -> ".join(link["imported"] for link in rest)
            leads = f", which leads to {path}" if path else ""
            yield from import_places(graph, first["importer"], first["imported"], leads)
    for broken in result.metadata.get("illegal_imports", []):
        for link in broken.illegal_links:
            yield from import_places(graph, link["importer"], link["imported"])
