import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from infrastructure.logs import configure_logging


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    yield
    configure_logging("INFO", "json")


def test_our_own_log_lines_are_json_with_the_context_of_the_request(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("INFO", "json")

    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger().info("shipped", boxes=3)

    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["boxes"], line["request_id"]) == ("shipped", 3, "r-1")
    assert (line["level"], line["timestamp"][-1]) == ("info", "Z")


def test_lines_of_libraries_have_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "json")

    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        logging.getLogger("library").warning("low on %s", "paper")

    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["logger"]) == ("low on paper", "library")
    assert (line["level"], line["request_id"]) == ("warning", "r-1")


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_shows_no_values_of_variables(
    capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    configure_logging("INFO", "console" if log_format == "console" else "json")

    try:
        password = "".join(["hunter", "2"])
        raise RuntimeError("broken")  # noqa: TRY301 - a traceback is wanted
    except RuntimeError:
        structlog.get_logger().exception("failed")

    written = capsys.readouterr().out
    assert "RuntimeError: broken" in written
    assert password not in written


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("WARNING", "json")

    structlog.get_logger().info("chatter")
    logging.getLogger("library").info("chatter")

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_caller_fills_the_log(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    configure_logging("INFO", "console" if log_format == "console" else "json")
    long = "x" * 100_000

    structlog.get_logger().info("refused", cause=long)
    logging.getLogger("library").warning("cannot read %s", long)
    try:
        raise RuntimeError(long)  # noqa: TRY301 - a traceback is wanted
    except RuntimeError:
        structlog.get_logger().exception("failed")

    refused, unread, *failed = capsys.readouterr().out.splitlines()
    assert len(refused) < 1_500
    assert len(unread) < 1_500
    assert 1_500 < sum(map(len, failed)) < 25_000
