"""What contexts cost that a page brings: `uv run python -m tests.benchmarks.contexts [--write]`.

Services are rendered with 0 to 50 aggregates, which are copies of the bookshop's orders. The figures are
processor time, which is steadier than elapsed time, but for `just check`, which has both. `--only NAME`
measures one of the sections. `--write` writes `docs/contexts-cost.md`.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import copier
import yaml

from extensions import strata_contexts
from tests import pages
from tests.benchmarks import checks, growth, throughput
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "template"))
from dev.postgres import LocalPostgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BOOKSHOP: Final = ROOT / "docs/examples/bookshop/contexts.yml"
DESIGN: Final = ROOT / "extensions/strata_contexts/example.yml"
# The users of identity as an aggregate, so that both answer a read with the same fields.
CUSTOMERS: Final = """
contexts:
  - name: shop
    aggregates:
      - name: Customer
        owner: none
        may: {read: anyone, list: anyone}
        fields:
          username: {type: string, max: 32, unique: true}
          email: {type: email, unique: true}
          is_admin: boolean
          is_active: boolean
          roles: {type: list, of: {type: string, max: 63}, max: 100}
        reads: {page: total}
"""
BY_HAND: Final = {
    "src/application": 495,
    "src/domain": 249,
    "src/infrastructure": 234,
    "src/presentation": 287,
    "src/schemas": 98,
}
"""What a good engineer writes for the same `Order`. `HOW_BY_HAND` says how that was counted."""
HOW_BY_HAND: Final = """\
By hand: the same order, by the same rules of architecture, with the same shared pieces, routes, permissions and checks
in the database, but as compact as somebody would write it who thinks of this one aggregate. The entity, its use cases,
permissions and refusals were written in full, and formatted; a refusal by the state has one code for all operations. The
others are estimated: the rendered files, without the lines that a hand would not write. No tests were written.

| file | rendered | by hand | what a hand would not write |
| --- | --- | --- | --- |
| entity | 261 | 184 | a class of refusals for each operation instead of one for the state; what is raised, in each docstring |
| value objects | 65 | 65 | |
| use cases | 416 | 259 | each a function with its dependencies; a hand makes a class of them, in which one method loads, checks, changes and stores |
| permissions | 38 | 14 | one for each operation, where several say the same |
| refusals | 67 | 37 | the list of the entity's |
| inputs and outputs | 135 | 135 | |
| port | 55 | 50 | some of what is raised |
| rows and repository | 234 | 234 | |
| routes | 273 | 225 | imports of each refusal and permission, and the `ETag` in each answer instead of in one function |
| dependencies | 132 | 62 | each use case bound by itself |
| requests and responses | 98 | 98 | |

So an order has 30 % more lines than by hand. They are what lets an owner change one operation alone: its refusal, its
permission, its function ([0040](decisions/0040-how-a-context-is-rendered.md))."""
ROWS_OF_CUSTOMERS: Final = """
INSERT INTO customers (id, username, email, is_admin, is_active, roles, created_at, updated_at, version)
SELECT id, username, email, is_admin, is_active, roles, created_at, updated_at, 1 FROM users;
VACUUM ANALYZE customers;
"""


class Scale(NamedTuple):
    aggregates: tuple[int, ...] = (1, 10, 25, 50)
    many: int = 50
    checked: int = 10
    rounds: int = 5
    requests: int = 2000


QUICK: Final = Scale(aggregates=(1, 2), many=2, checked=0, rounds=1, requests=32)


def main() -> None:
    sections = {
        "rendering": rendering,
        "checks": checking,
        "running": running,
        "requests": requesting,
        "lines": counting,
    }
    parser = argparse.ArgumentParser(description="Measure what contexts cost.")
    parser.add_argument("--write", action="store_true", help="write docs/contexts-cost.md")
    parser.add_argument("--quick", action="store_true", help="only check that it runs")
    parser.add_argument("--only", choices=sections, help="measure one section")
    parser.add_argument("--rounds", type=int, default=Scale().rounds, help="default: %(default)s")
    arguments = parser.parse_args()
    scale = QUICK if arguments.quick else Scale(rounds=arguments.rounds)
    before = os.getloadavg()[0]
    chosen = [arguments.only] if arguments.only else list(sections)
    measured = [sections[name](scale) for name in chosen]
    report = "\n".join([introduction(before), *measured])
    print(report)
    if arguments.write:
        (ROOT / "docs/contexts-cost.md").write_text(report)


def introduction(before: float) -> str:
    return (
        "# What contexts cost\n\n"
        "Written by `python -m tests.benchmarks.contexts --write`, on a machine with"
        f" {os.cpu_count()} processors. Its load average was {before:.1f} before the run and"
        f" {os.getloadavg()[0]:.1f} after it: above 1, other work disturbed the figures. Each aggregate"
        " is a copy of the orders of docs/examples/bookshop/contexts.yml, with its fields, parts and"
        " lifecycle.\n"
    )


def page_of(aggregates: int) -> dict[str, Any]:
    """Return a page with some copies of the bookshop's orders, five in each context."""
    bookshop = yaml.safe_load(BOOKSHOP.read_text())
    every = [each for context in bookshop["contexts"] for each in context["aggregates"]]
    order = next(each for each in every if each["name"] == "Order")
    copies = [copy_of(order, number + 1) for number in range(aggregates)]
    contexts = [
        {"name": f"ordering{place // 5 + 1}", "aggregates": copies[place : place + 5]}
        for place in range(0, aggregates, 5)
    ]
    return {"roles": bookshop["roles"], "contexts": contexts}


def copy_of(order: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the order and its parts by other names."""
    lines = {**order["parts"]["lines"], "name": f"Order{number}Line"}
    return {**deepcopy(order), "name": f"Order{number}", "parts": {"lines": lines}}


def rendering(scale: Scale) -> str:
    """Render services in this process."""
    seconds = {}
    with tempfile.TemporaryDirectory() as scratch:
        render(Path(scratch) / "first", page_of(1))  # loads all modules
        for aggregates in (0, *scale.aggregates):
            seconds[aggregates] = statistics.median(
                timed(Path(scratch) / f"{aggregates}-{number}", page_of(aggregates))
                for number in range(min(scale.rounds, 3))
            )
    lines = [
        "## Rendering\n",
        "Copier in one process, from the answers to the files: seconds, and milliseconds for each"
        " aggregate beyond those of the row before. If these stay the same, the time is linear.\n",
        "| aggregates | seconds | ms for each one more |",
        "| --- | --- | --- |",
    ]
    for (fewer, less), (more, time_of_more) in itertools.pairwise(seconds.items()):
        each = (time_of_more - less) / (more - fewer) * 1000
        lines.append(f"| {more} | {time_of_more:.2f} | {each:.0f} |")
    lines.insert(4, f"| 0 | {seconds[0]:.2f} | |")
    return "\n".join(lines) + "\n"


def render(folder: Path, page: dict[str, Any]) -> None:
    copier.run_copy(str(ROOT), folder, page, vcs_ref="HEAD", defaults=True, quiet=True, unsafe=True)


def timed(folder: Path, page: dict[str, Any]) -> float:
    started = time.process_time()
    render(folder, page)
    return time.process_time() - started


def born(folder: Path, page: dict[str, Any]) -> Path:
    """Render a service with a page, install it and make the first commit."""
    file = folder.with_suffix(".yml")
    file.write_text(yaml.safe_dump(page, sort_keys=False))
    checks.born(folder, "--data-file", str(file))
    return folder


def checking(scale: Scale) -> str:
    """Run the checks of a service."""
    with tempfile.TemporaryDirectory() as scratch:
        service = born(Path(scratch) / "service", page_of(scale.checked))
        checks.run(["uv", "run", "just", "openapi"], service)
        checks.run(["git", "commit", "--all", "--allow-empty", "--message", "Write it"], service)
        steps = {checks.name_of(each): each for each in checks.commands(service)}
        chosen = {
            "tests without fuzz tests": steps["the suite"],
            "`just check`": "uv run just check",
        }
        if not scale.checked:  # the quick run
            chosen = {"style": "uv run ruff check"}
        costs = {name: checks.median(each, service, 1) for name, each in chosen.items()}
    lines = [
        "## Checks\n",
        f"A service with {scale.checked} aggregates, after a first run that fills the caches of the tools.\n",
        "| | seconds | processor seconds |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {name} | {each.seconds:.0f} | {each.processor:.0f} |" for name, each in costs.items()
    ]
    return "\n".join(lines) + "\n"


def running(scale: Scale) -> str:
    """Start a service without aggregates and one with many, and let it refuse requests."""
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        for aggregates in (0, scale.many):
            service = born(Path(scratch) / f"service{aggregates}", page_of(aggregates))
            last = f"/order{aggregates}s" if aggregates else "/users"
            probe = [str(growth.PROBE), str(scale.requests), "/users", last]
            rounds = [
                json.loads(growth.run(service, *probe).stdout.splitlines()[-1])
                for _ in range(scale.rounds + 1)
            ][1:]  # the first one compiles the bytecode
            found[aggregates] = {
                name: statistics.median(each[name] for each in rounds) for name in rounds[0]
            }
    without, with_many = found[0], found[scale.many]
    lines = [
        "## Start-up, memory and requests\n",
        "The requests have no token, so that they are refused before any statement. The last route is"
        " that of the last aggregate.\n",
        f"| figure | no aggregates | {scale.many} aggregates | ratio |",
        "| --- | --- | --- | --- |",
    ]
    for name, figure in without.items():
        ratio = with_many[name] / figure
        lines.append(f"| {name} | {figure:.3g} | {with_many[name]:.3g} | {ratio:.2f} |")
    return "\n".join(lines) + "\n"


class Asked(NamedTuple):
    """A request of one kind to one server."""

    operation: str
    who: str
    server: throughput.Server
    request: throughput.Request


def requesting(scale: Scale) -> str:
    """Compare reads of an aggregate with those of users, here and in the simplified pattern."""
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        Path(scratch).chmod(0o755)  # as root, PostgreSQL runs as `nobody`
        service = born(Path(scratch) / "service", yaml.safe_load(CUSTOMERS))
        postgres = stack.enter_context(LocalPostgres(Path(scratch) / "postgres").running())
        environment = throughput.make_environment(postgres)
        throughput.fill(service, postgres, environment)
        postgres.psql("benchmark", ROWS_OF_CUSTOMERS)
        servers = [
            stack.enter_context(
                throughput.serving(service, name, throughput.SERVERS[name], environment)
            )
            for name in ("rendered", "simplified")
        ]
        listed = "SELECT id FROM users ORDER BY created_at, id LIMIT 1000;"
        asked = list(requests_to(servers, postgres.psql("benchmark", listed).split(), scale))
        found: dict[tuple[str, str], list[float]] = {}
        for number in range(scale.rounds + 1):
            for each in asked:
                measured = asyncio.run(throughput.one_round(each.server, each.request))
                if number:  # the first round only warms up
                    found.setdefault(each[:2], []).append(measured.cpu_micros)
    lines = [
        "## Reading\n",
        "An aggregate with the fields of users, 100,000 rows of each; both are read without a token, as"
        " in docs/throughput.md, where the simplified pattern is described. Microseconds of processor"
        " time of the server; a ratio is the median of the ratios within each round.\n",
        "| operation | aggregate | users | simplified | aggregate / simplified | users / simplified |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for operation in dict.fromkeys(each.operation for each in asked):
        columns = [found[operation, who] for who in ("aggregate", "users", "simplified")]
        cells = [f"{statistics.median(each):.0f}" for each in columns]
        for mine in columns[:2]:
            rounds = zip(mine, columns[2], strict=True)
            cells.append(f"{statistics.median(one / other for one, other in rounds):.2f}")
        lines.append(f"| {operation} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def requests_to(servers: list[throughput.Server], ids: list[str], scale: Scale) -> Iterator[Asked]:
    """Yield the requests of a round, to the aggregate and to users, here and in the simplified pattern."""
    rendered, simplified = servers
    operations = (
        ("read one by id", "/{id}", scale.requests // 4),
        ("list 20 with total", "?limit=20", scale.requests // 16),
    )
    for operation, rest, times in operations:
        for who, server, path in (
            ("aggregate", rendered, "/customers"),
            ("users", rendered, "/public/users"),
            ("simplified", simplified, "/public/users"),
        ):
            make = request_maker(path + rest, ids)
            request = throughput.Request(operation, 200, make, max(times, throughput.CONNECTIONS))
            yield Asked(operation, who, server, request)


def request_maker(path: str, ids: list[str]) -> Callable[[], bytes]:
    next_id = itertools.cycle(ids)
    return lambda: f"GET {path.format(id=next(next_id))} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def counting(_: Scale) -> str:
    """Count the lines that an aggregate brings, beside those of a hand."""
    page = yaml.safe_load(DESIGN.read_text())
    without = ""
    if strata_contexts.unrendered(page):
        page["contexts"][1]["aggregates"][0]["reads"]["filter"].remove("book")
        without = ", and without the filter by `book`, which is not rendered yet"
    lines: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for path, text in pages.rendered(page, "own"):
        if "order" in path.name and path.suffix == ".py":
            layer = "/".join(path.parts[:2]) if path.parts[0] == "src" else path.parts[0]
            lines[layer] += len(text.splitlines())
            files[layer] += 1
    own = sum(number for layer, number in lines.items() if layer.startswith("src"))
    by_hand = {**BY_HAND, "tests": None}
    written = [
        "## Lines\n",
        "The files of `Order` of the example with everything of docs/contexts.md, without those that it"
        f" shares{without}.\n",
        "| folder | files | rendered | by hand |",
        "| --- | --- | --- | --- |",
        *(
            f"| `{layer}` | {files[layer]} | {lines[layer]} | {by_hand[layer] or 'not counted'} |"
            for layer in sorted(lines)
        ),
        f"| `src` together | | {own} | {sum(BY_HAND.values())} |",
        "",
        HOW_BY_HAND,
    ]
    return "\n".join(written) + "\n"


if __name__ == "__main__":
    main()
