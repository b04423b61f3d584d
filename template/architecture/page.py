"""Generating the page with all rules: `just rules-page` writes it to docs/rules.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from architecture.rules import Rule

_HEAD = """\
# Rules

`just architecture` checks these rules, except those that are marked with `just types`; `just check` runs
both. This page is generated from the files in [architecture/rules](../architecture/rules): change a rule
there, then run `just rules-page`.

"""

_HELD_BY_TYPES = """

Checked by `just types`."""


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
