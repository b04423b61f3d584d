"""Checks a page: ``uv run python -m extensions.strata_contexts contexts.yml``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import PageError, read


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each mistake, and return 1 if there are any."""
    parser = argparse.ArgumentParser(
        prog="python -m extensions.strata_contexts",
        description="Check a page of bounded contexts, and name every mistake in it.",
    )
    parser.add_argument("page", type=Path, help="the page, usually contexts.yml")
    parser.add_argument(
        "--authentication",
        choices=["own", "external", "none"],
        default="own",
        help="where the service's actors come from; as answered when it was made",
    )
    options = parser.parse_args(arguments)
    try:
        text = options.page.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        print(f"{options.page}: cannot be read: {reason}", file=sys.stderr)
        return 1
    try:
        page = read(text, authentication=options.authentication, file=str(options.page))
    except PageError as error:
        print("\n".join(error.lines))
        count = len(error.lines)
        print(f"{count} mistake{'s' if count > 1 else ''}. Nothing was changed.")
        return 1
    aggregates = sum(len(context.aggregates) for context in page.contexts)
    print(f"{options.page} is good: {len(page.contexts)} contexts, {aggregates} aggregates.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
