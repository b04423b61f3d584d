"""Check the code against the architecture rules: `python -m architecture`, or `just architecture`.

The exit code is 0 if nothing is refused, 1 if something is, and 2 if a rule itself is broken: a rule that
checks nothing would otherwise look like success.
"""

from __future__ import annotations

import argparse
import gc
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from architecture.exceptions import excuse
from architecture.page import rules_page
from architecture.report import FORMATS
from architecture.rules import BrokenRuleError, load_rules
from architecture.tools import grammars, imports, lint, syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

    from architecture.refusals import Refusal
    from architecture.rules import Rule


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m architecture", description=__doc__)
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("--page", action="store_true", help="print docs/rules.md and check nothing")
    parser.add_argument("--types", action="store_true", help="check the rules that need types")
    arguments = parser.parse_args()
    gc.disable()  # it would scan all syntax trees again and again and free none of them
    try:
        rules = load_rules()
        if arguments.page:
            print(rules_page(rules), end="")
            return
        held = [rule for rule in rules if bool(rule.types) == arguments.types]
        refusals = check(held, rules)
    except BrokenRuleError as exc:
        print(exc, file=sys.stderr)
        sys.exit(2)
    print(FORMATS[arguments.format](refusals, rules if refusals else held))
    sys.exit(1 if refusals else 0)


def check(held: list[Rule], rules: list[Rule]) -> list[Refusal]:
    """Run the tools in parallel and return the refusals without an exception, sorted by place.

    `held` are the rules to check, out of all `rules`.

    Raises:
        BrokenRuleError: a rule checks nothing, or a tool does not understand it.
    """
    checks = [syntax.check, lint.check, imports.check, grammars.check]
    if any(rule.types for rule in held):
        from architecture.tools import types  # importing mypy would take as long as everything else

        checks.append(types.check)
    with ThreadPoolExecutor() as pool:
        refusals = [pool.submit(each, held) for each in checks]
    found = set().union(*(each.result() for each in refusals))
    return list(_merged(excuse(found, held, rules)))


def _merged(refusals: set[Refusal]) -> Iterator[Refusal]:
    """Combine the refusals that one rule has for the same line."""
    for _, group in groupby(sorted(refusals), key=lambda r: (r.path, r.line, r.rule)):
        first, *more = group
        yield replace(
            first,
            found="; ".join(dict.fromkeys(r.found for r in (first, *more))),
            instead=first.instead or next((r.instead for r in more if r.instead), ""),
            code=", ".join(sorted({r.code for r in (first, *more) if r.code})),
        )


if __name__ == "__main__":
    main()
