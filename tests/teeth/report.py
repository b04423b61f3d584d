"""What became of mutants, as a page: docs/teeth.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from tests.teeth.judging import BY_IMPORT, NOTICED, UNNOTICED, Verdict

OUTCOMES: Final = (NOTICED, BY_IMPORT, UNNOTICED)
LEAST: Final = 98.0
"""How many per cent of all mutants the tests have to notice."""
REASONS: Final[dict[str, str]] = {
    r"^a decimal has a digit (more|less): ordering\.Order\.fields\.weight$": "its `max` is less than its"
    " digits allow either way, so only the column has another width",
    r"^a value is added: ordering\.Order\.(fields\.channel|parts\.parcels\.fields\.size)$": "tests try one other word, and `openapi.json` names all that are accepted",
    r"^a list is in another order: catalog\.Book\.reads\.sort shelf first$": "the books of the tests are"
    " in the same order by both, and `openapi.json` names the default",
    r"^a statement is forgotten: .*: create_\w+: CREATE_(ORDER|CUSTOMER|VISIT)\.require\(actor\)$": "everybody who is signed"
    " in may create one",
    r"^a statement is forgotten: .*: _require_(customer|visit): permission\.require\(": "whoever may read one may change"
    " it, and nobody else finds it",
}
"""Regular expressions for names of mutants, and why no test notices them."""

HEAD: Final = """\
# What the tests of contexts notice

<!-- Written by `uv run python -m tests.benchmarks.teeth --write`. -->

Do the tests that are rendered for a context fail when its code is wrong? A service with [each kind of thing that
a page can say](../tests/contexts/teeth.yml) was changed by one careless change after another, and its own tests
were run each time: those of the changed aggregate alone, without fuzz tests and without the comparison with
`openapi.json`, which would notice whatever changes the API. Code and migration were rendered from the changed page,
the tests from the page itself. Changes that no page can say were made in the code: two fields exchanged in a call,
and a statement forgotten. Changes that make no difference to the code are not counted.

"Noticed by an import" means that the tests ask for something that the changed code does not have, such as a
permission or a column.

"""


def share(verdicts: Sequence[Verdict]) -> float:
    """Return how many per cent of the mutants were noticed."""
    left = sum(each.outcome == UNNOTICED for each in verdicts)
    return 100 * (1 - left / max(1, len(verdicts)))


def unnoticed(verdicts: Sequence[Verdict]) -> list[str]:
    return [each.mutant.name for each in verdicts if each.outcome == UNNOTICED]


def reason_for(name: str) -> str:
    return next((text for pattern, text in REASONS.items() if re.search(pattern, name)), "")


def page_about(verdicts: Sequence[Verdict], made: int) -> str:
    """Write the page: a row for each operator, and all mutants that no test notices.

    ``made`` is how many mutants there are, of which some may not have been judged.
    """
    told = Counter((each.mutant.operator, each.outcome) for each in verdicts)
    operators = list(dict.fromkeys(each.mutant.operator for each in verdicts))
    rows = [f"| what was changed | mutants | {' | '.join(OUTCOMES)} |", "|---|---|---|---|---|"]
    for operator in operators:
        rows.append(row(operator, [told[operator, outcome] for outcome in OUTCOMES]))
    rows.append(row("**all**", [sum(told[each, way] for each in operators) for way in OUTCOMES]))
    left = [
        f"- `{name}`: {reason_for(name) or 'no reason is known'}" for name in unnoticed(verdicts)
    ]
    tail = [
        f"\n{share(verdicts):.1f} % are noticed.\n",
        *([] if len(verdicts) == made else [f"These are {len(verdicts)} of {made} mutants.\n"]),
        "## Not noticed\n",
        *(left or ["None."]),
        "",
    ]
    return HEAD + "\n".join([*rows, *tail])


def row(name: str, counts: list[int]) -> str:
    return f"| {name} | {sum(counts)} | {' | '.join(map(str, counts))} |"
