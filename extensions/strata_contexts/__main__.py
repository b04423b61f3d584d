"""Checks a page: ``uv run python -m extensions.strata_contexts contexts.yml``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import PageError, read, surprising_text
from .allowed import counted


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each mistake, and return 1 if there are any; of a good page, its hints."""
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
        print(f"{counted(len(error.lines), 'mistake')}. Nothing was changed.")
        return 1
    contexts = counted(len(page.contexts), "context")
    aggregates = counted(sum(len(context.aggregates) for context in page.contexts), "aggregate")
    print(f"{options.page} is good: {contexts}, {aggregates}.")
    hints = surprising_text(text, authentication=options.authentication, file=str(options.page))
    if hints:
        print("Worth knowing:", *hints, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
