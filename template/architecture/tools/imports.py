"""What the imports of the whole service tell: import-linter, as a library, over one graph.

https://import-linter.readthedocs.io describes the contract types that come with it; our own are
in `architecture/contracts`.
"""

from __future__ import annotations

import importlib.util
import sys
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import grimp
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

_CACHE = ROOT / ".import_linter_cache"


def check(rules: list[Rule]) -> set[Refusal]:
    """Return what the `imports` contracts of the rules refuse, and exceptions that except nothing.

    Raises:
        BrokenRuleError: a contract is malformed, or names a module that does not exist.
    """
    configuration.configure()
    graph = _graph()
    refusals = set()
    for rule in rules:
        for options in rule.imports:
            refusals |= _check(rule, options, graph)
    return refusals


def _graph() -> grimp.ImportGraph:
    sys.path.insert(0, str(SOURCE))
    return grimp.build_graph(*LAYERS, include_external_packages=True, cache_dir=str(_CACHE))


def _check(rule: Rule, options: dict[str, Any], graph: grimp.ImportGraph) -> set[Refusal]:
    exceptions = _exceptions(rule, options)
    unmatched = {
        exception
        for exception in exceptions
        if not graph.find_matching_direct_imports(import_expression=exception)
    }
    contract = _contract(rule, options, sorted(exceptions - unmatched))
    try:
        _require_modules(contract, graph)
        result = contract.check(deepcopy(graph), verbose=False)
    except ValueError as exc:
        raise BrokenRuleError(f"{rule.file}: {exc}") from exc
    found = {Refusal(path, line, rule.id) for path, line in _places(result, graph)}
    stale = {Refusal(rule.file, _line(rule, text), "no-silent-exception") for text in unmatched}
    return found | stale


def _exceptions(rule: Rule, options: dict[str, Any]) -> set[str]:
    """Return the imports that are let through. Each has a reason beside it."""
    exceptions = options.get("ignore_imports", [])
    for exception in exceptions:
        if not isinstance(exception, dict) or not all(map(exception.get, ("import", "reason"))):
            raise BrokenRuleError(f"{rule.file}: 'ignore_imports' needs 'import' and 'reason'")
    return {exception["import"] for exception in exceptions}


def _contract(rule: Rule, options: dict[str, Any], exceptions: list[str]) -> Contract:
    contract_type = CONTRACT_TYPES.get(str(options.get("type")))
    if contract_type is None:
        known = ", ".join(CONTRACT_TYPES)
        raise BrokenRuleError(f"{rule.file}: 'type' must be one of {known}")
    options = {name: _as_text(value) for name, value in options.items()}
    session = {"root_packages": list(LAYERS), "include_external_packages": "True"}
    try:
        return contract_type(
            rule.id, session, options | ({"ignore_imports": exceptions} if exceptions else {})
        )
    except InvalidContractOptions as exc:
        problems = "; ".join(f"{name}: {problem}" for name, problem in exc.errors.items())
        raise BrokenRuleError(f"{rule.file}: {problems}") from exc


def _as_text(value: Any) -> Any:
    """import-linter reads its options from text files and knows no booleans."""
    return str(value) if isinstance(value, bool) else value


def _require_modules(contract: Contract, graph: grimp.ImportGraph) -> None:
    """Refuse names and wildcards that match nothing: import-linter lets some of them pass."""
    for option in vars(contract).values():
        for value in option if isinstance(option, list | set) else [option]:
            if isinstance(value, ModuleExpression) and not _exists(value, graph):
                raise ValueError(f"{value.expression!r} is no module of the service or its packages")


def _exists(module: ModuleExpression, graph: grimp.ImportGraph) -> bool:
    if module.has_wildcard_expression():
        return bool(graph.find_matching_modules(module.expression))
    name = module.expression
    return name in graph.modules or (
        name.partition(".")[0] not in LAYERS and importlib.util.find_spec(name) is not None
    )


def _places(result: ContractCheck, graph: grimp.ImportGraph) -> Iterator[Place]:
    """Yield the places that a check refuses: each contract type reports in a form of its own."""
    yield from result.metadata.get("places", [])
    for broken in result.metadata.get("invalid_chains", []):
        for first, *_ in broken["chains"]:
            yield from import_places(graph, first["importer"], first["imported"])
    for broken in result.metadata.get("illegal_imports", []):
        for link in broken.illegal_links:
            yield from import_places(graph, link["importer"], link["imported"])


def _line(rule: Rule, text: str) -> int:
    lines = (ROOT / rule.file).read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if text in line), 1)
