"""Hold the code to the rules: `python -m architecture`, or `just architecture`.

It ends with 0 when nothing is refused, with 1 when something is, and with 2 when a rule itself is
broken: silence from a rule that checks nothing would pass for success.
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor

from architecture.page import rules_page
from architecture.refusals import Refusal
from architecture.report import FORMATS
from architecture.rules import BrokenRuleError, Rule, load_rules
from architecture.tools import imports, lint, syntax


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m architecture", description=__doc__)
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("--page", action="store_true", help="print docs/rules.md and check nothing")
    arguments = parser.parse_args()
    try:
        rules = load_rules()
        if arguments.page:
            print(rules_page(rules), end="")
            return
        refusals = check(rules)
    except BrokenRuleError as exc:
        print(exc, file=sys.stderr)
        sys.exit(2)
    print(FORMATS[arguments.format](refusals, rules))
    sys.exit(1 if refusals else 0)


def check(rules: list[Rule]) -> list[Refusal]:
    """Run the three tools side by side and return all that they refuse, in order of place.

    Raises:
        BrokenRuleError: a rule checks nothing, or a tool does not understand it.
    """
    with ThreadPoolExecutor() as pool:
        found = [pool.submit(tool.check, rules) for tool in (syntax, lint, imports)]
    return sorted(set().union(*(refusals.result() for refusals in found)))


if __name__ == "__main__":
    main()
