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

_CACHE = ROOT / ".import_linter_cache"


def check(rules: list[Rule]) -> set[Refusal]:
    """Return what the `imports` contracts of the rules refuse, and exceptions that except nothing.

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
    graph = deepcopy(graph)  # contracts and exceptions take imports out of it
    exceptions = options.get("ignore_imports", [])
    contract = _contract(rule, {k: v for k, v in options.items() if k != "ignore_imports"})
    try:
        _require_modules(contract, graph)
        refusals = set(_unused_exceptions(rule, exceptions, graph))
        result = contract.check(graph, verbose=False)
    except (ValueError, SyntaxError) as exc:
        raise BrokenRuleError(f"{rule.file}: {exc}") from exc
    return refusals | {Refusal(path, line, rule.id) for path, line in _places(result, graph)}


def _contract(rule: Rule, options: dict[str, Any]) -> Contract:
    contract_type = CONTRACT_TYPES.get(str(options.get("type")))
    if contract_type is None:
        known = ", ".join(CONTRACT_TYPES)
        raise BrokenRuleError(f"{rule.file}: 'type' must be one of {known}")
    session = {"root_packages": list(LAYERS), "include_external_packages": "True"}
    options = {name: _as_text(value) for name, value in options.items()}
    try:
        return contract_type(rule.id, session, options)
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
                raise ValueError(f"{value.expression!r} matches no module")


def _exists(module: ModuleExpression, graph: grimp.ImportGraph) -> bool:
    if module.has_wildcard_expression():
        return bool(graph.find_matching_modules(module.expression))
    name = module.expression
    return name in graph.modules or (
        name.partition(".")[0] not in LAYERS and importlib.util.find_spec(name) is not None
    )


def _unused_exceptions(
    rule: Rule, exceptions: list[dict[str, str]], graph: grimp.ImportGraph
) -> Iterator[Refusal]:
    """Take the imports that are let through out of the graph, and yield those that are not there.

    Raises:
        ValueError: one is let through without a reason.
    """
    for exception in exceptions:
        if not (exception.get("import") and exception.get("reason")):
            raise ValueError("'ignore_imports' needs an 'import' and a 'reason' each")
        found = graph.find_matching_direct_imports(import_expression=exception["import"])
        for match in found:
            graph.remove_import(importer=match["importer"], imported=match["imported"])
        if not found:
            yield Refusal(rule.file, _line(rule, exception["import"]), "no-silent-exception")


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
