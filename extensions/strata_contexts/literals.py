"""Writes values as Python."""

from __future__ import annotations

import datetime
import json
import pprint
from typing import Any, Final

REPEATED: Final = 60
"""More characters than a choice may have, of which the type is a literal."""


def literal(value: Any) -> str:
    """Write a value as Python, with double quotes unless others need fewer backslashes, as ruff does.

    A character that is repeated often, as in a text that is too long, becomes a product: ``"x" * 2001``.
    """
    if isinstance(value, str):
        if len(value) > REPEATED and len(set(value)) == 1:
            return f"{literal(value[0])} * {len(value)}"
        is_plain = value.isprintable() and value.count('"') <= value.count("'")
        return json.dumps(value, ensure_ascii=False) if is_plain else single_quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{literal(key)}: {literal(item)}' for key, item in value.items())}}}"
    return pprint.pformat(value)


def single_quoted(text: str) -> str:
    """Write a text with single quotes, or with escapes if it holds what nobody sees."""
    if not text.isprintable():
        escaped = repr(f'"{text}')[2:-1].replace("\\'", "'")
        return repr(text) if '"' in text else f'"{escaped}"'
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def grouped(pattern: str) -> str:
    """Put a pattern with alternatives into parentheses, so that it can be part of a longer one."""
    return f"(?:{pattern})" if "|" in pattern else pattern


def raw_literal(text: str) -> str:
    """Write a pattern as a raw string, where that is possible."""
    if "\\" not in text:
        return literal(text)
    return f'r"{text}"' if '"' not in text and not text.endswith("\\") else repr(text)


def day_literal(text: str) -> str:
    """Write a day of JSON as Python."""
    day = datetime.date.fromisoformat(text)
    return f"date({day.year}, {day.month}, {day.day})"


def moment_literal(text: str) -> str:
    """Write a moment of JSON as Python, in UTC."""
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(datetime.UTC)
    parts = [moment.year, moment.month, moment.day]
    parts += [moment.hour, moment.minute, moment.second, moment.microsecond]
    while len(parts) > 3 and parts[-1] == 0:
        parts.pop()
    return f"datetime({', '.join(map(str, parts))}, tzinfo=UTC)"
