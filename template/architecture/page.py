"""The rules as a page for people: `just rules-page` writes docs/rules.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from architecture.rules import Rule

_HEAD = """\
# Rules

`just architecture` refuses what breaks one of these, or `just types` where it is said; `just check`
runs both. Each rule is a file in [architecture/rules](../architecture/rules), which is where this page is
made from: change the rule, then run `just rules-page`.

"""

_HELD_BY_TYPES = """

Held by `just types`."""


def rules_page(rules: list[Rule]) -> str:
    """Return the page: a table of contents, then a section for each rule."""
    contents = "\n".join(f"- [{rule.id}](#{rule.id}): {rule.offence}" for rule in rules)
    return _HEAD + "\n\n".join([contents, *map(_section, rules)]) + "\n"


def _section(rule: Rule) -> str:
    return f"""\
## {rule.id}

{rule.offence}

**Why.** {rule.why}

**Instead.** {rule.instead}{_HELD_BY_TYPES if rule.types else ""}"""
