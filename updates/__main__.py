"""Usage: python updates before|after ANSWERS_FILE GIVEN_ANSWERS SKIP_ANSWERED, in the folder of a service.

`_migrations` in copier.yml has the command. Copier sets VERSION_FROM in the environment.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TEMPLATE))  # this package is not installed

from updates.renders import AnswersError  # noqa: E402
from updates.update import Update  # noqa: E402


def main() -> int:
    """Run one stage and return the exit code: 1 if the update is refused or has conflicts."""
    stage, answers_file, given, skip_answered = sys.argv[1:]
    update = Update(Path.cwd(), TEMPLATE, os.environ["VERSION_FROM"], answers_file)
    try:
        if stage == "before":
            return update.before(json.loads(given), skip_answered=json.loads(skip_answered))
        return update.after()
    except AnswersError as exc:
        print(exc, file=sys.stderr)
    except OSError as exc:
        print(f"The template's part of the update failed: {exc}", file=sys.stderr)
        if stage == "after":
            print("The update is incomplete. Undo it with git.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
