"""The tests run in their own environment, whatever variables the shell has set."""

import os
import time

from dev.environment import environment_for_tests


def pytest_configure() -> None:
    environment = environment_for_tests(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()


def pytest_xdist_auto_num_workers() -> int | None:
    """Use one process (0) if a database is given; otherwise let pytest-xdist count the cores."""
    return 0 if os.environ.get("TEST_DATABASE_URL") else None
