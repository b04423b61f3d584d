"""Runs schemathesis, which generates requests from the API document and checks the responses against it.

All declared operations are tested, without a list to maintain. The requests have values at the limits
of each schema and beyond them, values of other types, missing values, other methods and random values.
Sequences of requests take values from earlier responses. All checks are enabled.

`FUZZ_EXAMPLES` is the number of random requests for each operation. Without it there are few, and they
are the same in every run. With it they differ from run to run (`just fuzz`).
"""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import schemathesis
import structlog
from schemathesis import engine
from schemathesis.engine import events
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER
from schemathesis.python import asgi

from dev.openapi import committed
from infrastructure.config import Settings
from presentation.app import create_app
from tests.integration.http.fuzz_operations import AT_MOST, chosen

# A well-formed request may still be refused because of its caller, its size, the stored state or the
# expected version. The version is compared before rules that depend on the stored state are checked. If a
# required version is missing, the status is 428.
CHECKS = {
    "positive_data_acceptance": {
        "expected-statuses": [
            *("2xx", "3xx", "401", "403", "404", "409", "412", "413", "428", "429", "5xx"),
        ]
    },
    "negative_data_rejection": {
        "expected-statuses": [
            *("400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422"),
            *("428", "429", "5xx"),
        ]
    },
    "missing_required_header": {
        "expected-statuses": ["400", "401", "403", "404", "406", "412", "415", "422", "428"]
    },
}
_EXAMPLES = os.environ.get("FUZZ_EXAMPLES")
_CONFIG = {
    "continue-on-failure": True,
    # Where limits are tight, most random bodies are thrown away. An operation for which none is left
    # is a fault all the same, because no request was made.
    "suppress-health-check": ["filter_too_much"],
    "generation": {
        "deterministic": _EXAMPLES is None,
        "max-examples": int(_EXAMPLES or 3),
        "database": "none",
    },
    "cache": {"enabled": False},
    "checks": CHECKS,
}


@schemathesis.hook
def map_case(
    context: schemathesis.HookContext, case: schemathesis.Case[Any]
) -> schemathesis.Case[Any]:
    """Accept any version in half of the requests, because a random one is never the current one."""
    version = case.headers.get("If-Match")
    if isinstance(version, str) and len(version) % 2 == 0:
        case.headers["If-Match"] = "*"
    return case


@schemathesis.hook
def before_add_examples(
    context: schemathesis.HookContext, examples: list[schemathesis.Case[Any]]
) -> None:
    """Let all hooks see requests with the examples of the document, too, whose other parts are random."""
    for hook in GLOBAL_HOOK_DISPATCHER.applicable("map_case", context):
        examples[:] = [hook(context, case) for case in examples]


# A context registers in such modules what the document cannot express, for example a strategy for a
# format whose check is more than a pattern:
# `schemathesis.openapi.format("isbn", st.from_regex(r"[0-9]{9}", fullmatch=True).map(add_check_digit))`.
for _hooks in sorted(Path(__file__).parent.glob("*/fuzz_hooks*.py")):
    import_module(f"{__package__}.{_hooks.parent.name}.{_hooks.stem}")


def faults_found(settings: Settings, headers: Mapping[str, str]) -> list[str]:
    """Return the faults of the API that requests with these headers find."""
    config = schemathesis.Config.from_dict(_CONFIG | {"headers": dict(headers)})
    app = create_app(settings)
    most = os.environ.get("FUZZ_OPERATIONS", "all" if _EXAMPLES else AT_MOST)
    operations = chosen(app.openapi(), committed(), datetime.now(UTC).toordinal(), most)
    untried = set(operations)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config).include(
        lambda context: context.operation.label in operations
    )
    faults: dict[str, str] = {}
    with structlog.testing.capture_logs([structlog.processors.format_exc_info]) as lines:
        for event in engine.from_schema(schema).execute():
            match event:
                case events.ScenarioFinished():
                    untried -= {case.operation.label for case in event.recorder.find_all_cases()}
                    faults = dict(_failures(event)) | faults
                case events.NonFatalError():
                    faults[event.label] = f"{event.label}: {event.info.message}"
                case events.FatalError():
                    raise event.exception
    asgi.shutdown_lifespans()
    print(*(line["exception"] for line in lines if "exception" in line))
    return [*faults.values(), *(f"{label}: no request was made" for label in sorted(untried))]


def _failures(event: events.ScenarioFinished) -> Iterator[tuple[str, str]]:
    """Yield the kind and the description of each failed check."""
    for case_id, checks in event.recorder.checks.items():
        for check in checks:
            if failed := check.failure_info:
                failure, response = failed.failure, event.recorder.find_response(case_id=case_id)
                answer = f"{response.status_code} {response.text}" if response else "no answer"
                yield (
                    f"{failure.operation} {failure.title}",
                    f"{failure.title}: {failure.message}\n{failed.code_sample}\n{answer}",
                )
