"""Runs schemathesis, which makes requests of the API document and holds the answers against it.

Whatever the document declares is tried, and so is a route that is added later: values at the edges
of each schema and beyond them, of other types or missing, other methods, random values, and
sequences in which one response gives the next request its values. All checks are on.

`FUZZ_EXAMPLES` is how many random requests each operation gets. Without it they are few, and the
same in every run; with it they differ from run to run (`just fuzz`).
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
from schemathesis.python import asgi

from dev.openapi import committed
from infrastructure.config import Settings
from presentation.app import create_app
from tests.integration.http.fuzz_operations import AT_MOST, chosen

# What is well formed may still be refused: by who asks, by the state of what is there, and by the
# version that was to be changed. A version is looked at before what depends on the thing, and one
# that has to be named is 428.
CHECKS = {
    "positive_data_acceptance": {
        "expected-statuses": [
            *("2xx", "3xx", "401", "403", "404", "409", "412", "428", "429", "5xx"),
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
    """Let half of the changes be made to any version, for a random one never is the current one."""
    version = case.headers.get("If-Match")
    if isinstance(version, str) and len(version) % 2 == 0:
        case.headers["If-Match"] = "*"
    return case


# A context says in such modules what the document cannot say of its values. The strategy of a format
# for a value whose check is more than a pattern stands in one:
# `schemathesis.openapi.format("isbn", st.from_regex(r"[0-9]{9}", fullmatch=True).map(add_check_digit))`.
for _hooks in sorted(Path(__file__).parent.glob("*/fuzz_hooks*.py")):
    import_module(f"{__package__}.{_hooks.parent.name}.{_hooks.stem}")


def faults_found(settings: Settings, headers: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the API for callers who send these headers."""
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
    """Yield what each failed check has to say, under a name for the kind of fault."""
    for case_id, checks in event.recorder.checks.items():
        for check in checks:
            if failed := check.failure_info:
                failure, response = failed.failure, event.recorder.find_response(case_id=case_id)
                answer = f"{response.status_code} {response.text}" if response else "no answer"
                yield (
                    f"{failure.operation} {failure.title}",
                    f"{failure.title}: {failure.message}\n{failed.code_sample}\n{answer}",
                )
