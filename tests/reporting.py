"""The progress output and the summary of the harness.

- Each step is printed when it starts: the variant and the name of the test, or the file.
- A failure shows the commands that the test has run in rendered projects, and the command that repeats
  the test.
- The summary lists the duration of each step in each variant, and of each other file, in seconds.
- Tests with `@pytest.mark.scheduled("reason")` only run with `--scheduled`. Otherwise the summary lists
  them with the reason.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any

import pytest

from tests import noted

RENDERED = "rendered and installed"


def step_of(nodeid: str, variants: Iterable[str]) -> tuple[str, str]:
    """Return the variant and the name of the test, or the file and an empty string."""
    file, _, test = nodeid.partition("::")
    name, _, parameters = test.partition("[")
    named = [each for each in variants if f"-{each}-" in f"-{parameters.removesuffix(']')}-"]
    if not named:
        return file, ""
    return max(named, key=len), name.removeprefix("test_").replace("_", " ")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--scheduled", action="store_true", help="also run the tests of the scheduled run"
    )


def pytest_configure(config: pytest.Config) -> None:
    from tests.conftest import VARIANTS  # which loads this plugin

    config.addinivalue_line("markers", "scheduled(reason): only runs with --scheduled")
    asked = config.getoption("--variant", default=None)
    config.pluginmanager.register(Reporting(config, [asked] if asked else VARIANTS))


class Reporting:
    """The pytest plugin. With pytest-xdist, the controller and each worker have an instance."""

    def __init__(self, config: pytest.Config, variants: Iterable[str]) -> None:
        self.config = config
        self.variants = list(variants)
        self.started: set[tuple[str, str]] = set()
        self.finished = 0
        self.total = 0
        self.left_out: dict[str, str] = {}
        self.seconds: defaultdict[tuple[str, str], float] = defaultdict(float)

    # Deselect the tests of the scheduled run

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.config.getoption("--scheduled"):
            return
        marked = [(item, item.get_closest_marker("scheduled")) for item in items]
        self.left_out = {item.nodeid: mark.args[0] for item, mark in marked if mark}
        self.config.hook.pytest_deselected(items=[item for item, mark in marked if mark])
        items[:] = [item for item, mark in marked if not mark]
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["left_out"] = self.left_out

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.left_out |= getattr(node, "workeroutput", {}).get("left_out", {})

    # Print each step when it starts

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.total = len(session.items) or self.total

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self.total = len(ids)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        terminal = self.config.pluginmanager.get_plugin("terminalreporter")
        step = step_of(nodeid, self.variants)
        if terminal is None or step in self.started:
            return
        self.started.add(step)
        terminal.ensure_newline()
        terminal.write_line(
            f"{100 * self.finished // max(self.total, 1):3} % {': '.join(filter(None, step))}"
        )

    def pytest_runtest_logfinish(self) -> None:
        self.finished += 1

    # Show how to repeat a failed test

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        noted.commands.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if noted.seconds_of_rendering:
            report.sections.append((RENDERED, str(noted.seconds_of_rendering)))
            noted.seconds_of_rendering = 0.0
        if report.failed:
            again = f"uv run pytest --numprocesses=0 {shlex.quote(item.nodeid)}"
            text = "\n".join([*noted.commands, f"To repeat the test: {again}"])
            report.sections.append(("Commands in the rendered project", text))
        return report

    # Sum up durations

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        step = variant, _ = step_of(report.nodeid, self.variants)
        rendered = float(dict(report.sections).get(RENDERED, 0))
        self.seconds[step] += report.duration - rendered
        if rendered and variant in self.variants:
            self.seconds[variant, RENDERED] += rendered
        else:
            self.seconds[step] += rendered

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in (*self.variants_by_step(), *self._other_files(), *self._left_out()):
            terminalreporter.write_line(line)

    def variants_by_step(self) -> Iterator[str]:
        """Return the table of the seconds of each step in each variant, and the names of the steps."""
        steps = list(dict.fromkeys(step for name, step in self.seconds if name in self.variants))
        if not steps:
            return
        numbers = range(1, len(steps) + 1)
        yield f"{'seconds':>24}{''.join(f'{number:7}' for number in numbers)}    all"
        for variant in self.variants:
            row = [self.seconds.get((variant, step), 0.0) for step in steps]
            if any(row):
                yield f"{variant:>24}{''.join(f'{each:7.1f}' for each in row)}{sum(row):7.1f}"
        yield from (f"{number:24}  {step}" for number, step in zip(numbers, steps, strict=True))

    def _other_files(self) -> Iterator[str]:
        others = {name: s for (name, _), s in self.seconds.items() if name not in self.variants}
        for name in sorted(others, key=lambda name: -others[name]):
            yield f"{others[name]:7.1f}  {name}"

    def _left_out(self) -> Iterator[str]:
        for nodeid, reason in self.left_out.items():
            yield f"only with --scheduled: {nodeid}: {reason}"


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Print no dot for a passed test, because the steps are printed."""
    if report.passed and report.when == "call":
        return "passed", "", "PASSED"
    return None
