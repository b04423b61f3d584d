"""What the owner of the bookshop does to its code, before it grows: edits of every kind.

Each changes behaviour as well as the tests that describe it, so that the checks of the service stay green.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Final

Edit = tuple[str, str, str]
"""A file, what it has, and what it has instead."""

ORDER: Final = "src/domain/ordering/order.py"
VALUES: Final = "src/domain/ordering/value_objects/order.py"
DTO: Final = "src/application/ordering/dto/order.py"
USE_CASES: Final = "src/application/ordering/use_cases/order.py"
REFUSALS: Final = "src/application/ordering/refusals/order.py"
REPOSITORY: Final = "src/infrastructure/persistence/ordering/order_repo.py"
MODEL: Final = "src/infrastructure/persistence/ordering/models/order.py"
SCHEMAS: Final = "src/schemas/ordering/order.py"
ROUTER: Final = "src/presentation/routers/ordering/orders.py"
DEPS: Final = "src/presentation/deps/ordering/orders.py"
HEAD: Final = "src/infrastructure/persistence/head.py"
OPENAPI: Final = "openapi.json"
WRITTEN_BY_TOOLS: Final = (HEAD, OPENAPI, "contexts.yml", ".copier-answers.yml")

# A column through all layers, a method of the entity, and a use case with its route.
EXTRA_COLUMN: Final[list[Edit]] = [
    (ORDER, "    version: int\n\n", "    version: int\n    warehouse: Warehouse | None\n\n"),
    (ORDER, "            version=1,\n", "            version=1,\n            warehouse=None,\n"),
    (ORDER, "        Reference,\n    )", "        Reference,\n        Warehouse,\n    )"),
    (DTO, "    version: int\n", "    version: int\n    warehouse: str | None\n"),
    (
        "src/application/ordering/dto_map/order.py",
        "        version=order.version,\n",
        "        version=order.version,\n"
        "        warehouse=None if order.warehouse is None else order.warehouse.value,\n",
    ),
    (
        MODEL,
        "    version: Mapped[int]\n",
        "    version: Mapped[int]\n    warehouse: Mapped[str | None] = mapped_column(String(20))\n",
    ),
    (REPOSITORY, "    Reference,\n)", "    Reference,\n    Warehouse,\n)"),
    (
        REPOSITORY,
        '        version=row["version"],\n',
        '        version=row["version"],\n'
        '        warehouse=None if row["warehouse"] is None else Warehouse.from_trusted(row["warehouse"]),\n',
    ),
    (
        REPOSITORY,
        '        "version": order.version,\n',
        '        "version": order.version,\n'
        '        "warehouse": None if order.warehouse is None else order.warehouse.value,\n',
    ),
    (
        SCHEMAS,
        "    updated_at: datetime | None\n",
        "    updated_at: datetime | None\n    warehouse: str | None\n",
    ),
    (HEAD, "0002_create_tables", "0003_add_warehouse"),
]
METHOD: Final = '''\
    def store_in(self, warehouse: Warehouse, now: datetime) -> None:
        """Say where the order is packed."""
        self.warehouse = warehouse
        self.updated_at = now

    def is_due(self, today: date) -> bool:
        return self.state is OrderState.SUBMITTED and today >= self.from_day

'''
VALUE: Final = """

@dataclass(frozen=True, slots=True)
class Warehouse(Text):
    max_length: ClassVar[int] = 20
"""
USE_CASE: Final = '''\
async def store_order(
    actor: Actor,
    order_id: OrderId,
    data: StoreOrderInput,
    *,
    session_factory: SessionFactory,
    orders: OrderRepository,
    clock: Clock,
) -> OrderOutput:
    """Say in which warehouse an order is packed.

    Raises:
        InvalidInputError: something in the input breaks a rule.
        OrderNotFoundError: there is none, or the actor may not know.
        AppForbiddenError: the actor may not.
    """
    with Faults() as faults, faults.at("warehouse"):
        warehouse = Warehouse.parse(data.warehouse)
    async with session_factory() as session, session.begin():
        order = await _require_order(session, orders, actor, order_id, STORE_ORDER)
        order.store_in(warehouse, clock.now())
        await orders.update(session, order)
    return order_output(order)


'''
ROUTE: Final = '''\
@router.post(
    "/{orderId}/store",
    responses=VERSIONED | problems(STORE_ORDER, OrderNotFoundError),
)
async def store_order_endpoint(
    order_id: OrderIdDep,
    payload: StoreOrderRequest,
    actor: ActorDep,
    response: Response,
    orders: OrdersDep,
) -> OrderResponse:
    """Say in which warehouse the order is packed."""
    data = StoreOrderInput(warehouse=payload.warehouse)
    result = await orders.store_order(actor, order_id, data)
    response.headers["ETag"] = etag(result.version)
    return OrderResponse.from_output(result)


'''
REQUEST: Final = """\
class StoreOrderRequest(CamelModel):
    warehouse: Annotated[FilledText, Field(max_length=20, examples=["North"])]


"""
INPUT: Final = """\
@dataclass(frozen=True, slots=True)
class StoreOrderInput:
    warehouse: str


"""
BINDING: Final = """\
        store_order=partial(
            store_order, session_factory=sessions.write, orders=orders, clock=clock
        ),
"""
USE_CASE_AND_ROUTE: Final[list[Edit]] = [
    (ORDER, "    def require_removable(", f"{METHOD}    def require_removable("),
    (
        DTO,
        "@dataclass(frozen=True, slots=True)\nclass OrderLineOutput",
        f"{INPUT}@dataclass(frozen=True, slots=True)\nclass OrderLineOutput",
    ),
    (USE_CASES, "async def add_order_line(", f"{USE_CASE}async def add_order_line("),
    (USE_CASES, "    SHIP_ORDER,\n", "    SHIP_ORDER,\n    STORE_ORDER,\n"),
    (
        USE_CASES,
        "        ReviseOrderInput,\n",
        "        ReviseOrderInput,\n        StoreOrderInput,\n",
    ),
    (USE_CASES, "    Reference,\n)", "    Reference,\n    Warehouse,\n)"),
    (
        "src/application/ordering/permissions/order.py",
        "CANCEL_ORDER = ",
        'STORE_ORDER = Permission("For clerks and admins.", roles=frozenset({ADMIN, "clerk"}))\nCANCEL_ORDER = ',
    ),
    (SCHEMAS, "class ListOrdersQuery(", f"{REQUEST}class ListOrdersQuery("),
    (
        ROUTER,
        '@router.post(\n    "/{orderId}/lines",',
        f'{ROUTE}@router.post(\n    "/{{orderId}}/lines",',
    ),
    (ROUTER, "    SHIP_ORDER,\n", "    SHIP_ORDER,\n    STORE_ORDER,\n"),
    (ROUTER, "    ReviseOrderInput,\n", "    ReviseOrderInput,\n    StoreOrderInput,\n"),
    (ROUTER, "    ReviseOrderRequest,\n", "    ReviseOrderRequest,\n    StoreOrderRequest,\n"),
    (DEPS, "    ReviseOrderInput,\n", "    ReviseOrderInput,\n    StoreOrderInput,\n"),
    (DEPS, "    ship_order,\n", "    ship_order,\n    store_order,\n"),
    (
        DEPS,
        "    cancel_order: Callable[\n",
        "    store_order: Callable[[Actor, OrderId, StoreOrderInput], Awaitable[OrderOutput]]\n"
        "    cancel_order: Callable[\n",
    ),
    (DEPS, "        cancel_order=partial(\n", f"{BINDING}        cancel_order=partial(\n"),
]
# An invariant, an error code, and words.
BEHAVIOUR: Final[list[Edit]] = [
    (
        ORDER,
        "        if self.state not in (OrderState.DRAFT, OrderState.SUBMITTED):\n            raise CannotRevise",
        "        if self.state is not OrderState.DRAFT:\n            raise CannotRevise",
    ),
    (ORDER, '"cannot ship in this state"', '"it is not ready to be shipped"'),
    (ORDER, '"""The order."""', '"""The order, as the warehouse knows it."""'),
    *(
        (path, "order_reference_taken", "reference_in_use")
        for path in (
            REFUSALS,
            "tests/integration/http/ordering/test_orders.py",
            "docs/contexts/ordering/order.md",
        )
    ),
]
# A file with another name, and a module that was split.
REFUSED_READINGS: Final = "src/application/events/refusals/reading.py"
READINGS: Final = "src/application/events/refusals/refused.py"
BOOKS: Final = "src/application/catalog/use_cases/book.py"
SALE: Final = "src/application/catalog/use_cases/book_sale.py"
MOVES: Final[list[Edit]] = [
    *(
        (
            path,
            "application.events.refusals.reading ",
            "application.events.refusals.refused ",
        )
        for path in (
            "src/presentation/routers/events/readings.py",
            "src/application/events/use_cases/reading.py",
            "tests/unit/application/events/test_readings.py",
        )
    ),
    (BOOKS, " _require_book(", " require_book("),
    (BOOKS, "    PUBLISH_BOOK,\n", ""),
    (BOOKS, "    REPRICE_BOOK,\n", ""),
    (BOOKS, "        RepriceBookInput,\n", ""),
]
SALE_HEADER: Final = '''\
"""How books go on sale, and for which price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.catalog.dto_map.book import book_output
from application.catalog.permissions.book import PUBLISH_BOOK, REPRICE_BOOK
from application.catalog.use_cases.book import require_book
from application.versions import expect_version
from domain.shared import Faults
from domain.values import Money

if TYPE_CHECKING:
    from application.actors import Actor
    from application.catalog.dto.book import BookOutput, RepriceBookInput
    from application.catalog.ports.book_repo import BookRepository
    from application.clock import Clock
    from application.sessions import SessionFactory
    from application.versions import ExpectedVersions
    from domain.catalog.value_objects.book import BookId


'''
UNIT: Final = "tests/unit/domain/ordering/test_order.py"
RENAMED: Final = "tests/unit/domain/ordering/test_what_an_order_does.py"
RENAMES: Final = {UNIT: RENAMED, REFUSED_READINGS: READINGS}
DELETED: Final = "tests/unit/domain/ordering/test_reservation.py"
OWN_TESTS: Final = """

def test_an_order_is_due_from_its_first_day_on() -> None:
    order = an_order()
    order.submit(LATER)

    assert order.is_due(order.from_day)
    assert not order.is_due(date(2026, 1, 30))
"""
OWN_MIGRATION: Final = '''\
"""Add the warehouse."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    op.add_column("orders", sa.Column("warehouse", sa.String(20), nullable=True))


def downgrade() -> None:
    op.drop_column("orders", "warehouse")
'''
FILES: Final = {
    "migrations/versions/0003_add_warehouse.py": OWN_MIGRATION,
    "tests/integration/http/ordering/test_storing_orders.py": """\
from httpx import AsyncClient

from tests.integration.http.actors import acting_as
from tests.integration.http.ordering.test_orders import REVISE, an_order


async def test_a_clerk_says_where_an_order_is_packed(acting: AsyncClient) -> None:
    address = await an_order(acting)

    stored = await acting.post(
        f"{address}/store", json={"warehouse": "North"}, headers=acting_as("carl", "clerk")
    )

    assert stored.json()["warehouse"] == "North"
    found = await acting.get(address, headers=acting_as("carl", "clerk"))
    assert found.json() == stored.json()


async def test_only_a_draft_is_revised(acting: AsyncClient) -> None:
    address, ada = await an_order(acting), acting_as("ada")
    await acting.post(f"{address}/submit", headers=ada)

    refused = await acting.post(f"{address}/revise", json=REVISE, headers={**ada, "If-Match": "*"})

    assert refused.json()["code"] == "cannot_revise_order"
""",
}


def edit(service: Path) -> None:
    """Make all edits in the folder of a bookshop."""
    for file, before, after in (*EXTRA_COLUMN, *USE_CASE_AND_ROUTE, *BEHAVIOUR, *MOVES):
        replace(service / file, before, after)
    append(service / VALUES, VALUE)
    split_books(service)
    reorder(service)
    for before, after in RENAMES.items():
        (service / before).rename(service / after)
    append(service / RENAMED, OWN_TESTS)
    (service / DELETED).unlink()
    for path, text in FILES.items():
        (service / path).write_text(text)


def replace(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text, f"{path.name} has no {before!r}"
    path.write_text(text.replace(before, after))


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def split_books(service: Path) -> None:
    """Move what puts books on sale into a module of its own."""
    text = (service / BOOKS).read_text()
    start, end = text.index("async def reprice_book("), text.index("async def withdraw_book(")
    (service / BOOKS).write_text(text[:start] + text[end:])
    (service / SALE).write_text(SALE_HEADER + text[start:end].rstrip() + "\n")
    for path in (
        "src/presentation/deps/catalog/books.py",
        "tests/unit/application/catalog/test_books.py",
    ):
        for name in ("publish_book", "reprice_book"):
            replace(service / path, f"    {name},\n", "")
        text = (service / path).read_text()
        known = re.search(
            r"from application\.catalog\.use_cases\.book import \(.*?\n\)\n", text, re.S
        )
        assert known, path
        own = "from application.catalog.use_cases.book_sale import publish_book, reprice_book\n"
        (service / path).write_text(text.replace(known[0], known[0] + own))


def reorder(service: Path) -> None:
    """Reorder routes, and write one over more lines."""
    path = service / "src/presentation/routers/ordering/reservations.py"
    text = path.read_text()
    routes = re.findall(r"^@router\.get\(.*?\n\n\n", text, re.M | re.S)
    path.write_text(text.replace(routes[0], "").replace(routes[1], routes[1] + routes[0]))
    replace(
        path,
        "    params: ReservationSliceDep, actor: ActorDep, reservations: ReservationsDep\n",
        "    params: ReservationSliceDep,\n    actor: ActorDep,\n    reservations: ReservationsDep,\n",
    )


Lines = dict[str, Counter[str]]


def lines_of(service: Path) -> Lines:
    """Return the lines of each file that people write, with how often each is there."""
    folders = ("src", "tests", "docs/contexts", "migrations")
    files = [path for name in folders for path in (service / name).rglob("*.*")]
    found = {
        path.relative_to(service).as_posix(): path
        for path in files
        if path.suffix in (".py", ".md")
    }
    return {
        name: Counter(path.read_text().splitlines())
        for name, path in found.items()
        if name not in WRITTEN_BY_TOOLS
    }


def own_lines(before: Lines, after: Lines) -> Lines:
    """Return the lines that an owner has added, by the file in which they stand now."""
    was = {RENAMES.get(path, path): lines for path, lines in before.items()}
    own = {path: lines - was.get(path, Counter()) for path, lines in after.items()}
    return {path: lines for path, lines in own.items() if lines}


def lost(own: Lines, now: Lines) -> list[str]:
    """Return the lines of an owner that are no longer there, and the files that are back."""
    gone = [
        f"{path}: {line}"
        for path, lines in own.items()
        for line in (lines - now.get(path, Counter()))
        if line.strip()
    ]
    return gone + [path for path in (*RENAMES, DELETED) if path in now]
