"""The tests run in their own environment, whatever variables the shell has set."""

import os
import time

from dev.environment import environment_for_tests


def pytest_configure() -> None:
    environment = environment_for_tests(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
