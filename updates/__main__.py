"""Usage: python updates before|after ANSWERS_FILE GIVEN_ANSWERS, in the folder of a service.

Copier runs it so, with VERSION_FROM in the environment; see `_migrations` in copier.yml.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TEMPLATE))  # for modules of this package, which is not installed anywhere

from updates.renders import AnswersError  # noqa: E402
from updates.update import Update  # noqa: E402


def main() -> int:
    """Run one of the two halves; return 1 where the owner has something to decide."""
    stage, answers_file, given = sys.argv[1:]
    update = Update(Path.cwd(), TEMPLATE, os.environ["VERSION_FROM"], answers_file)
    try:
        return update.before(json.loads(given)) if stage == "before" else update.after()
    except AnswersError as exc:
        print(exc, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
