# offence: an old route grows
# append: src/presentation/routers/health.py


@router.get("/deep")
async def deep_endpoint(database: DatabaseProbeDep, patient: bool = False) -> HealthResponse:
    time_limit = 60 if patient else 1  # refused
    await check_readiness(database, time_limit)
    return HealthResponse()


# offence: behind a helper
# plant: src/presentation/routers/actors.py
from fastapi import APIRouter

from application.actors.use_cases import find_actor, hire_actor

router = APIRouter()


def _checked(actor: object, age: int) -> object:
    if age < 18:  # refused
        raise ValueError("too young")  # refused
    return actor


async def _loaded(name: str) -> object:
    return await find_actor(name)  # refused


@router.post("/actors")
async def hire_actor_endpoint(name: str, age: int) -> None:
    actor = _checked(await _loaded(name), age)  # refused
    await hire_actor(actor)


# offence: branch
# plant: src/presentation/routers/tickets.py
from fastapi import APIRouter, HTTPException

from application.tickets.use_cases import find_ticket

router = APIRouter()


@router.get("/tickets/{number}")
async def get_ticket_endpoint(number: str) -> None:
    ticket = await find_ticket(number)
    if ticket is None:  # refused
        raise HTTPException(status_code=404)  # refused
    status = "open" if ticket.open else "closed"  # refused
    match status:  # refused
        case "open":
            ticket.touch()  # refused


# offence: filter and short circuit
# plant: src/presentation/routers/plays.py
from fastapi import APIRouter

from application.plays.use_cases import list_plays
from presentation.errors import refuse

router = APIRouter()


@router.get("/plays")
async def list_plays_endpoint(public: bool) -> list[str]:
    public or refuse()  # refused
    plays = await list_plays()
    return [play.title for play in plays if play.public]  # refused


# offence: import behind a helper
# plant: src/presentation/guards.py
from domain.shared import DomainError  # refused


def refuse_minors(age: int) -> None:
    if age < 18:  # refused
        raise DomainError("too young")  # refused
# plant: src/presentation/routers/guards.py
from presentation.guards import refuse_minors

guard = refuse_minors


# offence: inner imports
# plant: src/presentation/routers/roles.py
import sqlalchemy as sa  # refused
from fastapi import APIRouter

from domain.shared import DomainError  # refused
from infrastructure.persistence.database import Database  # refused

router = APIRouter()


@router.get("/roles")
async def list_roles_endpoint() -> None:
    from infrastructure.persistence import errors  # refused

    print(sa, DomainError, Database, errors)  # refused


# offence: outside the routers
# plant: src/presentation/extra.py
from fastapi import APIRouter, FastAPI

router = APIRouter(prefix="/extra")  # refused


@router.get("/one")  # refused
async def one_endpoint() -> None: ...


def install(app: FastAPI) -> None:
    app.add_api_route(  # refused
        "/two", one_endpoint
    )

    @app.post("/three")  # refused
    async def three_endpoint() -> None: ...


# offence: repeated in an expression
# plant: src/presentation/routers/props.py
from fastapi import APIRouter

from application.props.use_cases import find_prop, make_prop

router = APIRouter()


@router.post("/props")
async def make_props_endpoint(names: list[str]) -> None:
    {name: await make_prop(name) for name in names}  # refused


@router.put("/props")
async def find_props_endpoint(names: list[str]) -> None:
    {await find_prop(name) for name in names}  # refused


@router.get("/props")
async def list_props_endpoint(names: list[str]) -> None:
    print(await find_prop(name) for name in names)  # refused


@router.get("/props/{name}")
async def get_prop_endpoint(name: str) -> None:
    name and await find_prop(name)  # refused


# offence: transaction
# plant: src/presentation/routers/scenes.py
from fastapi import APIRouter

from application.scenes.use_cases import cut_scene

router = APIRouter()


@router.delete("/scenes/{number}")
async def cut_scene_endpoint(number: str, sessions: object) -> None:
    async with sessions() as session:  # refused
        await cut_scene(session, number)


# offence: try and loop
# plant: src/presentation/routers/seats.py
from fastapi import APIRouter

from application.errors import AppError
from application.seats.use_cases import take_seat

router = APIRouter()


@router.post("/seats")
async def take_seats_endpoint(numbers: list[str]) -> None:
    taken = []
    for number in numbers:  # refused
        try:  # refused
            taken.append(await take_seat(number))  # refused
        except AppError:
            continue  # refused
    while len(taken) > 3:  # refused
        taken.pop()  # refused
    assert taken  # refused


# offence: two at once
# plant: src/presentation/routers/stages.py
import asyncio

from fastapi import APIRouter

from application.stages.use_cases import light_stage as light
from application.stages.use_cases import open_stage

router = APIRouter()


@router.post("/stages")
async def open_stage_endpoint(number: str) -> None:
    await asyncio.gather(  # refused
        open_stage(number),  # refused
        light(number),  # refused
    )


@router.put("/stages")
async def light_stage_endpoint(number: str) -> None:
    await light(await open_stage(number))  # refused


@router.post("/stages/all")
async def light_stages_endpoint(numbers: list[str]) -> None:
    [await light(number) for number in numbers]  # refused


# offence: two use cases
# plant: src/presentation/routers/halls.py
from fastapi import APIRouter

from application.halls.use_cases import book_hall, find_hall
from application.mail import use_cases as mail

router = APIRouter()


@router.post("/halls")
async def book_hall_endpoint(number: str) -> None:
    hall = await find_hall(number)
    await book_hall(hall)  # refused


@router.delete("/halls")
async def leave_hall_endpoint(number: str) -> None:
    await find_hall(number)
    await mail.send_farewell(number)  # refused


# offence: a discount
# plant: src/presentation/routers/discounts.py
from fastapi import APIRouter

from application.discounts.use_cases import bill
from application.discounts.dto import BillInput
from schemas.discounts import BillRequest, BillResponse

router = APIRouter()


@router.post("/bills")
async def bill_endpoint(payload: BillRequest) -> BillResponse:
    net = payload.quantity * payload.price  # refused
    discount = min(net // 10, 5_000) * (net > 50_000)  # refused
    data = BillInput(net=net, discount=discount, tax=-payload.tax)  # refused
    result = await bill(data)
    return BillResponse.from_output(result)


@router.post("/bills/rounded")
async def round_bill_endpoint(payload: BillRequest) -> BillResponse:
    total = sum(line.price for line in payload.lines)  # refused
    data = BillInput(net=round(total, 2), discount=max(payload.discount, 0))  # refused
    result = await bill(data)
    return BillResponse.from_output(result)


@router.post("/bills/sorted")
async def sort_bill_endpoint(payload: BillRequest) -> BillResponse:
    lines = sorted(payload.lines)  # refused
    result = await bill(BillInput(net=payload.net, lines=lines))
    return BillResponse(net=result.net, gross=result.net * 119 // 100)  # refused


@router.post("/bills/counted")
async def count_bill_endpoint(payload: BillRequest) -> BillResponse:
    payload.net += 1  # refused
    data = BillInput(net=payload.net, words=f"{payload.net / 100} EUR")  # refused
    result = await bill(data)
    return BillResponse.from_output(result)


# offence: a choice
# plant: src/presentation/routers/choices.py
from fastapi import APIRouter

from application.choices.use_cases import pay, refund
from application.choices.dto import PayInput
from schemas.choices import PayRequest, PayResponse

router = APIRouter()

_ACTIONS = {"pay": pay, "refund": refund}
_PICK = lambda action: _ACTIONS[action]  # refused


@router.post("/choices")
async def choose_endpoint(payload: PayRequest) -> PayResponse:
    result = await {"pay": pay, "refund": refund}[payload.action](payload.number)  # refused
    return PayResponse.from_output(result)


@router.post("/choices/table")
async def table_endpoint(payload: PayRequest) -> PayResponse:
    case = _ACTIONS[payload.action]  # refused
    result = await case(payload.number)  # refused
    return PayResponse.from_output(result)


@router.post("/choices/get")
async def get_endpoint(payload: PayRequest) -> PayResponse:
    case = _ACTIONS.get(payload.action, pay)  # refused
    return PayResponse.from_output(await case(payload.number))  # refused


@router.post("/choices/name")
async def name_endpoint(payload: PayRequest) -> PayResponse:
    result = await getattr(pay, payload.action)(payload.number)  # refused
    return PayResponse.from_output(result)


@router.post("/choices/pair")
async def pair_endpoint(payload: PayRequest) -> PayResponse:
    result = await (pay, refund)[payload.is_refund](payload.number)  # refused
    return PayResponse.from_output(result)


@router.post("/choices/default")
async def default_endpoint(payload: PayRequest) -> PayResponse:
    data = PayInput(
        role=payload.role or "member",  # refused
        late=payload.day > 14,  # refused
        known=not payload.is_new,  # refused
        rate=_ACTIONS[payload.kind],  # refused
        sort=lambda line: line.price,  # refused
    )
    result = await pay(data)
    return PayResponse.from_output(result)


@router.post("/choices/walrus")
async def walrus_endpoint(payload: PayRequest) -> PayResponse:
    result = await pay(PayInput(number=(number := payload.number), again=number))  # refused
    return PayResponse.from_output(result)


# offence: a port is asked
# plant: src/application/parcels/ports.py
from typing import Protocol


class ParcelRepository(Protocol):
    async def remove(self, number: str) -> None: ...
# plant: src/presentation/deps/parcels.py
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from httpx import AsyncClient

from application.parcels.ports import ParcelRepository


@dataclass(frozen=True, slots=True)
class Parcels:
    send: Callable[[str], Awaitable[str]]
    remove: ParcelRepository


async def get_parcels(request: Request) -> Parcels:
    return request.app.state.parcels


async def get_repository(request: Request) -> ParcelRepository:
    return request.app.state.parcels.remove


async def get_client(request: Request) -> AsyncClient:
    return request.app.state.client


ParcelsDep = Annotated[Parcels, Depends(get_parcels)]
RepositoryDep = Annotated[ParcelRepository, Depends(get_repository)]
ClientDep = Annotated[AsyncClient, Depends(get_client)]
# plant: src/presentation/routers/parcels.py
from fastapi import APIRouter

from presentation.deps.parcels import ClientDep, ParcelsDep, RepositoryDep
from schemas.parcels import ParcelResponse

router = APIRouter()


@router.delete("/parcels/{number}")
async def remove_parcel_endpoint(number: str, parcels: RepositoryDep) -> None:
    await parcels.remove(number)  # refused


@router.delete("/parcels/{number}/now")
async def remove_parcel_now_endpoint(number: str, parcels: ParcelsDep) -> None:
    await parcels.remove.remove(number)  # refused


@router.delete("/parcels/{number}/soon")
async def remove_parcel_soon_endpoint(number: str, parcels: ParcelsDep) -> None:
    await parcels.remove(number)  # refused


@router.get("/parcels/{number}")
async def track_parcel_endpoint(number: str, client: ClientDep) -> ParcelResponse:
    answer = await client.get(f"/parcels/{number}")  # refused
    return ParcelResponse(number=answer.number)


@router.get("/parcels/{number}/later")
async def track_parcel_later_endpoint(number: str, client: ClientDep) -> ParcelResponse:
    later = client.get(f"/parcels/{number}")  # refused
    answer = await later  # refused
    return ParcelResponse(number=answer.number)


# offence: two of a service
# plant: src/presentation/deps/invoicing.py
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request


@dataclass(frozen=True, slots=True)
class Invoicing:
    pay: Callable[[str], Awaitable[str]]
    remind: Callable[[str], Awaitable[str]]


async def get_invoicing(request: Request) -> Invoicing:
    invoicing: Invoicing = request.app.state.invoicing
    return invoicing


InvoicingDep = Annotated[Invoicing, Depends(get_invoicing)]
# plant: src/presentation/routers/invoicing.py
from fastapi import APIRouter, BackgroundTasks

from application.invoicing.use_cases import dunning
from application.invoicing.use_cases.payment import book
from presentation.deps.invoicing import InvoicingDep
from schemas.invoicing import InvoiceRequest, InvoiceResponse

router = APIRouter()


@router.post("/invoices")
async def pay_invoice_endpoint(payload: InvoiceRequest, service: InvoicingDep) -> InvoiceResponse:
    result = await service.pay(payload.number)
    await service.remind(result.number)  # refused
    return InvoiceResponse.from_output(result)


@router.post("/invoices/nested")
async def nested_invoice_endpoint(
    payload: InvoiceRequest, service: InvoicingDep
) -> InvoiceResponse:
    return InvoiceResponse.from_output(await service.remind(await service.pay(payload.number)))  # refused


@router.post("/invoices/later")
async def later_invoice_endpoint(
    payload: InvoiceRequest, service: InvoicingDep, tasks: BackgroundTasks
) -> None:
    await service.pay(payload.number)
    tasks.add_task(service.remind, payload.number)  # refused


@router.post("/invoices/module")
async def module_invoice_endpoint(payload: InvoiceRequest) -> None:
    await book(payload.number)
    await dunning.remind(payload.number)  # refused


@router.post("/invoices/all")
async def all_invoices_endpoint(payload: InvoiceRequest, service: InvoicingDep) -> None:
    [await service.pay(number) for number in payload.numbers]  # refused


@router.post("/invoices/streamed")
async def streamed_invoices_endpoint(payload: InvoiceRequest, service: InvoicingDep) -> None:
    async for number in service.pay(payload.number):  # refused
        await service.remind(number)  # refused


@router.post("/invoices/task")
async def task_invoice_endpoint(payload: InvoiceRequest, service: InvoicingDep) -> None:
    done = service.pay(payload.number)  # refused
    await done  # refused


# offence: what it is not
# plant: src/presentation/routers/extras.py
import asyncio
import logging
from contextlib import suppress
from functools import cache

from fastapi import APIRouter, HTTPException
from fastapi.concurrency import run_in_threadpool

from application.extras.dto import ExtraInput
from application.extras.use_cases import add_extra, find_extra
from schemas.extras import ExtraRequest, ExtraResponse

router = APIRouter()
extras: list[str] = []

if len(extras) > 3:  # refused
    extras.clear()


class Extras:  # refused
    async def add(self, name: str) -> str:
        return await add_extra(name)


@router.post("/extras")
@cache  # refused
async def add_extra_endpoint(payload: ExtraRequest) -> ExtraResponse:
    logging.info("an extra")  # refused
    result = await add_extra(ExtraInput(name=payload.name.strip().lower()))  # refused
    return ExtraResponse.from_output(result)


@router.post("/extras/kept")
async def keep_extra_endpoint(payload: ExtraRequest) -> ExtraResponse:
    extras.append(payload.name)  # refused
    await asyncio.sleep(1)  # refused
    result = await run_in_threadpool(add_extra, payload.name)  # refused
    return ExtraResponse.from_output(result)


@router.get("/extras/{name}")
async def find_extra_endpoint(name: str) -> ExtraResponse:
    result = await find_extra(name)
    with suppress(ValueError):  # refused
        del result.note  # refused
    return result  # refused


@router.get("/extras/{name}/early")
async def find_extra_early_endpoint(name: str) -> ExtraResponse:
    return ExtraResponse(name=name)  # refused
    await find_extra(name)


@router.get("/extras/{name}/output")
async def output_extra_endpoint(name: str) -> ExtraResponse:
    return await find_extra(name)  # refused


@router.get("/extras/{name}/parts")
async def parts_extra_endpoint(name: str) -> ExtraResponse:
    result = await find_extra(name)
    return {"name": result.name}  # refused


@router.get("/extras/{name}/inner")
async def inner_extra_endpoint(name: str) -> ExtraResponse:
    async def found() -> str:  # refused
        return await find_extra(name)  # refused

    return ExtraResponse.from_output(await found())  # refused


@router.get("/extras/{name}/raised")
async def raised_extra_endpoint(name: str) -> ExtraResponse:
    result = await find_extra(name)
    result.missing and _refuse()  # refused
    return ExtraResponse.from_output(result)


@router.get("/extras")
async def list_extras_endpoint(limit: int) -> list[ExtraResponse]:
    result = await find_extra(limit)
    return [ExtraResponse.from_output(extra) for extra in result if extra.public]  # refused


@router.get("/extras/pairs")
async def list_pairs_endpoint() -> list[ExtraResponse]:
    result = await find_extra("all")
    shown = {extra.name: extra for extra in result for _ in extra.parts}  # refused
    return [ExtraResponse.from_output(extra) for extra in shown.values()]


def _refuse() -> None:
    raise HTTPException(status_code=404)  # refused


# offence: behind a helper of presentation
# plant: src/presentation/prices.py
from decimal import Decimal
from typing import Any

from application.prices.dto import PriceOutput
from schemas.prices import PriceRequest


def discount(net: int) -> int:
    return min(net // 10, 5_000)  # refused


def gross(net: Decimal, rate: float) -> Decimal:
    tax = Decimal(net)
    tax *= Decimal(rate)  # refused
    return tax


def may_see(output: PriceOutput) -> bool:
    return output.level in (1, 2)  # refused


def cheapest(request: PriceRequest) -> str:
    for price in request.prices:
        if price.cents < 3:  # refused
            return price
    return ""


def total(prices: list[int]) -> int:
    return sum(price for price in prices)  # refused


def known(output: PriceOutput | None) -> str:
    assert output  # refused
    return output.name


def pick(anything: Any) -> str:
    match anything:  # refused
        case 1:
            return "one"
    return "other"


def untyped(thing):
    return thing if thing > 3 else 3  # refused


def label(code: str) -> str:
    return code[:3].upper() if code.isascii() else "?"  # refused
# plant: src/presentation/routers/prices.py
from fastapi import APIRouter

from application.prices.dto import PriceInput
from application.prices.use_cases import set_price
from presentation.prices import discount, label
from schemas.prices import PriceRequest

router = APIRouter()


@router.put("/prices")
async def set_price_endpoint(payload: PriceRequest) -> None:
    await set_price(PriceInput(price=discount(payload.net), code=label(payload.code)))


# offence: behind what a route calls
# plant: src/presentation/labels.py
import operator


def label_of(code: str) -> str:
    if code.startswith("X"):  # refused
        return "secret"
    return _short(_computed(_looked_up(_found(_dunder(code)))))


_NAMES = {"a": "apple"}


def _computed(code: str) -> str:
    return operator.mul(code, 3)  # refused


def _looked_up(code: str) -> str:
    return _NAMES.get(code, "none") + {"a": 1}.get(code)  # refused


def _found(code: str) -> str:
    return {"a": "apple"}.get(code, _NAMES.get(code))  # refused


def _dunder(code: str) -> str:
    return code.__mul__(3)  # refused


def _short(code: str) -> str:
    return "none" if not code else code  # refused


async def looked_up(code: str) -> str:
    return await _find(code)  # refused


class Label:
    def __init__(self, code: str) -> None:
        self.code = code
# plant: src/presentation/routers/labels.py
from fastapi import APIRouter

from application.labels.use_cases import print_label
from presentation.labels import Label, label_of, looked_up

router = APIRouter()


@router.put("/labels")
async def print_label_endpoint(code: str) -> None:
    label = Label(code)  # refused
    await print_label(label_of(code), looked_up(code), label)


# offence: routes by other means
# plant: src/presentation/means.py
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Route, WebSocketRoute


async def endpoint() -> None: ...


def install(app: FastAPI) -> None:
    app.router.routes.append(APIRoute("/means", endpoint))  # refused
    app.router.routes.append(Route("/means", endpoint))  # refused
    app.router.routes.append(WebSocketRoute("/means", endpoint))  # refused
    app.add_websocket_route("/means", endpoint)  # refused


# offence: refusals in middleware
# plant: src/presentation/bouncer.py
from fastapi import HTTPException, Request, Response

from application.errors import AppConflictError, AppForbiddenError
from application.bouncer.errors import TooYoungError
from domain.shared import DomainError  # refused


async def bounce(request: Request, call_next: object) -> Response:
    if request.headers["x-role"] == "guest":
        raise AppForbiddenError("guests stay outside")  # refused
    if request.url.path == "/full":
        raise HTTPException(status_code=409)  # refused
    if request.url.path == "/none":
        raise HTTPException(404, "nothing here")  # refused
    if request.url.path == "/young":
        raise TooYoungError("too young")  # refused
    if request.url.path == "/odd":
        refusal = AppConflictError("odd")  # refused
        raise refusal
    raise DomainError("no")  # refused


# offence: routes unseen
# plant: src/presentation/unseen.py
from fastapi import FastAPI

ROUTERS = {"a": FastAPI()}


class Unseen:
    app = FastAPI()

    def install(self) -> None:
        @self.app.get("/unseen")  # refused
        async def unseen() -> None: ...

        @ROUTERS["a"].post("/unseen")  # refused
        async def more() -> None: ...

        self.app.put("/unseen")(more)  # refused
# plant: src/presentation/routers/unseen.py
from fastapi import APIRouter

from application.unseen.use_cases import hide
from application.unseen.dto import HideInput
from presentation.unseen import Unseen
from schemas.unseen import HideRequest

router = APIRouter()
endpoint = router.get("/hidden")(Unseen.install)  # refused
routes = [router.get("/lambda")(lambda: 3)]  # refused


def make(router: APIRouter) -> None:
    @router.get("/made")
    async def made() -> None: ...  # refused


@router.post("/hide")
async def hide_endpoint(payload: HideRequest, width: int = 3) -> None:
    data = HideInput(
        name=f"{payload.name:>{width * 2}}",  # refused
        first=payload.lines[:3],  # refused
        last=payload.lines[-width],  # refused
        kind=payload.__class__,  # refused
        near=abs(payload.distance),  # refused
        note=payload.note if payload.note else None,  # refused
        **{"late": payload.day > 14},  # refused
    )
    await hide(data)


@router.post("/hide/twice")
async def hide_twice_endpoint(payload: HideRequest) -> None:
    first = second = await hide(payload.name)  # refused
    (data, *rest) = payload.lines  # refused
    payload.name = "x"  # refused


@router.post("/hide/yielded")
async def hide_yielded_endpoint(payload: HideRequest) -> None:
    yield await hide(payload.name)  # refused


@router.post("/hide/signed")
async def hide_signed_endpoint(payload: HideRequest, check=lambda name: name != "x") -> None:  # refused
    await hide(payload.name)


@router.post("/hide/imported")
async def hide_imported_endpoint(payload: HideRequest) -> None:
    import math  # refused

    await hide(math.floor(payload.price))  # refused


# offence: in middleware
# plant: src/presentation/gate.py
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.requests import Request

from application.gate.dto import Visitor
from application.gate.ports import VisitorRepository  # refused
from application.gate.use_cases import admit  # refused


class GateMiddleware:
    def __init__(self, app: ASGIApp, visitors: VisitorRepository) -> None:
        self.app = app
        self.visitors = visitors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.json()  # refused
        form = await request.form()  # refused
        visitor = await admit(body["name"], form)
        if _welcome(visitor, 3):
            await self.app(scope, receive, send)


def _welcome(visitor: Visitor, places: int) -> bool:
    name = visitor.name
    return name != "Mallory" and places > 0  # refused


async def _counted(request: Request, places: float) -> float:
    await request.body()  # refused
    while places > 3:  # refused
        places -= 1
    return places


def _refuse(visitor: "Visitor | None") -> None:
    if visitor is None:  # refused
        raise ValueError


# innocent: a thin route over many lines
# plant: src/presentation/routers/photos.py
from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, File, Response, UploadFile

from application.photos.use_cases import PhotoInput, list_photos, store_photo
from schemas.photos import PhotoResponse

if TYPE_CHECKING:
    from collections.abc import Sequence

router = APIRouter(prefix="/photos")


@router.post("", status_code=201)
async def store_photo_endpoint(
    upload: Annotated[UploadFile, File()],
    response: Response,
    title: str | None = None,
) -> PhotoResponse:
    """Reading the upload is extracting the input, not a use case."""
    content = await upload.read()
    data = PhotoInput(
        title=title,
        content=content,
    )
    result = await store_photo(
        data,
    )
    response.headers["Location"] = f"/photos/{result}"
    response.headers["X-Title"] = (
        "a title"
        " in two parts"
    )
    return PhotoResponse.from_output(
        result,
    )


@router.get("")
async def list_photos_endpoint() -> Sequence[PhotoResponse]:
    photos = await list_photos()
    return [PhotoResponse.from_output(photo) for photo in photos]


@router.delete("/{number}", status_code=204)
async def forget_photos_endpoint(number: int) -> None:
    await list_photos()


@router.get("/{number}/raw", response_model=None)
async def raw_photo_endpoint(number: int) -> Response:
    content = await list_photos()
    return Response(content, media_type="image/png")
# plant: src/application/photos/use_cases.py
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhotoInput:
    title: str
    content: bytes


async def store_photo(data: PhotoInput) -> str:
    return data.title


async def list_photos() -> list[str]:
    return []
# plant: src/schemas/photos.py
from schemas.base import CamelModel


class PhotoResponse(CamelModel):
    title: str


# innocent: money
# plant: src/domain/money/money.py
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal


class CurrencyError(ValueError):
    pass


@dataclass(frozen=True, slots=True, order=True)
class Money:
    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise CurrencyError(f"{other.currency} cannot be added to {self.currency}")
        return Money(self.amount + other.amount, self.currency)

    def share(self, percent: int) -> "Money":
        cents = (self.amount * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        return Money(cents, self.currency)

    def split(self, parts: int) -> list["Money"]:
        share, rest = divmod(int(self.amount * 100), parts)
        cents = [share + (1 if index < rest else 0) for index in range(parts)]
        return [Money(Decimal(part) / 100, self.currency) for part in cents]


# innocent: specifications and policies
# plant: src/domain/lending/policies.py
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Period:
    begin: datetime
    end: datetime

    def overlaps(self, other: "Period") -> bool:
        return self.begin < other.end and other.begin < self.end


@dataclass(slots=True)
class Loan:
    period: Period
    is_returned: bool


class Specification(Protocol):
    def is_satisfied_by(self, loan: Loan) -> bool: ...


@dataclass(frozen=True, slots=True)
class Overdue:
    now: datetime

    def is_satisfied_by(self, loan: Loan) -> bool:
        return not loan.is_returned and loan.period.end < self.now


@dataclass(frozen=True, slots=True)
class Either:
    one: Specification
    other: Specification

    def is_satisfied_by(self, loan: Loan) -> bool:
        return self.one.is_satisfied_by(loan) or self.other.is_satisfied_by(loan)


FINES: dict[str, Callable[[timedelta], int]] = {
    "book": lambda late: late.days * 10,
    "film": lambda late: min(late.days * 100, 2_000),
}


def fine(kind: str, loan: Loan, now: datetime) -> int:
    late = now - loan.period.end
    return FINES[kind](late) if late > timedelta() else 0


# innocent: a saga over two ports
# plant: src/application/voyages/ports.py
from typing import Protocol


class Berths(Protocol):
    async def reserve(self, ship: str) -> str: ...

    async def release(self, reservation: str) -> None: ...


class Pilots(Protocol):
    async def assign(self, ship: str) -> str: ...
# plant: src/application/voyages/use_cases.py
from application.errors import AppConflictError, RepoConflictError
from application.voyages.ports import Berths, Pilots


async def arrive(ship: str, *, berths: Berths, pilots: Pilots) -> str:
    """Give up the berth again if no pilot comes."""
    reservation = await berths.reserve(ship)
    try:
        return await pilots.assign(ship)
    except RepoConflictError as exc:
        await berths.release(reservation)
        raise AppConflictError("no pilot is free") from exc
# plant: src/infrastructure/voyages.py
class HttpBerths:
    async def reserve(self, ship: str) -> str:
        return ship

    async def release(self, reservation: str) -> None: ...


class RadioPilots:
    async def assign(self, ship: str) -> str:
        return ship
# plant: src/presentation/deps/voyages.py
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from application.voyages.use_cases import arrive
from infrastructure.voyages import HttpBerths, RadioPilots

Arrive = Callable[[str], Awaitable[str]]


def wire(app: FastAPI) -> None:
    app.state.arrive = partial(arrive, berths=HttpBerths(), pilots=RadioPilots())


async def get_arrive(request: Request) -> Arrive:
    bound: Arrive = request.app.state.arrive
    return bound


ArriveDep = Annotated[Arrive, Depends(get_arrive)]
# plant: src/presentation/routers/voyages.py
from fastapi import APIRouter, Response

from presentation.deps.voyages import ArriveDep
from schemas.voyages import ArrivalRequest, PilotResponse

router = APIRouter(prefix="/voyages")


@router.post("", status_code=201)
async def arrive_endpoint(
    payload: ArrivalRequest, response: Response, arrive: ArriveDep
) -> PilotResponse:
    pilot = await arrive(payload.ship)
    response.headers["Location"] = f"/voyages/{payload.ship}"
    return PilotResponse(name=pilot)
# plant: src/schemas/voyages.py
from schemas.base import CamelModel, Text


class ArrivalRequest(CamelModel):
    ship: Text


class PilotResponse(CamelModel):
    name: str


# innocent: events and an outbox
# plant: src/domain/parcels/events.py
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ParcelSent:
    number: str
    at: datetime


@dataclass(slots=True)
class Parcel:
    number: str
    events: list[ParcelSent] = field(default_factory=list)

    def send(self, now: datetime) -> None:
        self.events.append(ParcelSent(self.number, now))
# plant: src/application/parcels/ports.py
from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from domain.parcels.events import Parcel, ParcelSent


class ParcelRepository(Protocol):
    async def update(self, session: AsyncSession, parcel: Parcel) -> None: ...


class Outbox(Protocol):
    async def put(self, session: AsyncSession, events: list[ParcelSent]) -> None: ...
# plant: src/application/parcels/use_cases.py
from __future__ import annotations

from typing import TYPE_CHECKING

from domain.parcels.events import Parcel

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

    from application.parcels.ports import Outbox, ParcelRepository


async def send_parcel(
    number: str,
    now: datetime,
    *,
    session_factory: async_sessionmaker[AsyncSession],
    parcels: ParcelRepository,
    outbox: Outbox,
) -> None:
    parcel = Parcel(number=number)
    parcel.send(now)
    async with session_factory() as session, session.begin():
        await parcels.update(session, parcel)
        await outbox.put(session, parcel.events)


# innocent: a page by a cursor
# plant: src/application/songs/dto.py
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SongsInput:
    limit: int
    after: str | None
# plant: src/presentation/deps/songs.py
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request

from application.songs.dto import SongsInput
from schemas.songs import SongsQuery


@dataclass(frozen=True, slots=True)
class Songs:
    list_songs: Callable[[SongsInput], Awaitable[object]]


async def get_songs(request: Request) -> Songs:
    songs: Songs = request.app.state.songs
    return songs


async def get_slice(query: Annotated[SongsQuery, Query()]) -> SongsInput:
    after = query.after.strip() if query.after is not None else None
    return SongsInput(limit=query.limit, after=after)


SongsDep = Annotated[Songs, Depends(get_songs)]
SliceDep = Annotated[SongsInput, Depends(get_slice)]
# plant: src/presentation/routers/songs.py
from fastapi import APIRouter

from presentation.deps.songs import SliceDep, SongsDep
from schemas.songs import SongResponse, SongsResponse

router = APIRouter(prefix="/songs")


@router.get("")
async def list_songs_endpoint(part: SliceDep, songs: SongsDep) -> SongsResponse[SongResponse]:
    result = await songs.list_songs(part)
    return SongsResponse[SongResponse].from_output(result)
# plant: src/schemas/songs.py
from typing import Generic, TypeVar

from pydantic import Field

from schemas.base import CamelModel, Id, Text

T = TypeVar("T")


class SongsQuery(CamelModel):
    limit: int = Field(default=20, ge=1, le=100)
    after: Text | None = None


class SongResponse(CamelModel):
    id: Id
    title: str


class SongsResponse(CamelModel, Generic[T]):
    items: list[T]
    next: str | None


# innocent: an order with parts
# plant: src/application/kitchens/dto.py
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class DishInput:
    name: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MealInput:
    dishes: tuple[DishInput, ...]
    within: timedelta
    first: DishInput | None
# plant: src/application/kitchens/use_cases/meals.py
from application.kitchens.dto import MealInput


async def cook_meal(data: MealInput) -> MealInput:
    return data
# plant: src/presentation/routers/kitchens/__init__.py
from fastapi import APIRouter

from presentation.routers.kitchens import meals

router = APIRouter(prefix="/kitchens", tags=["kitchens"])
router.include_router(meals.router)
# plant: src/presentation/routers/kitchens/meals.py
from datetime import timedelta

from fastapi import APIRouter

from application.kitchens.dto import DishInput, MealInput
from application.kitchens.use_cases import meals
from schemas.kitchens import DishRequest, MealRequest, MealResponse

router = APIRouter(prefix="/meals")


@router.post("", status_code=202)
async def cook_meal_endpoint(payload: MealRequest) -> MealResponse:
    """The kitchen says when it is ready."""
    data = MealInput(
        dishes=tuple(_dish(dish) for dish in payload.dishes),
        within=timedelta(minutes=payload.minutes),
        first=_first(payload.first),
    )
    return MealResponse.from_output(await meals.cook_meal(data))


def _dish(payload: DishRequest) -> DishInput:
    return DishInput(name=payload.name, notes=tuple(payload.notes))


def _first(payload: DishRequest | None) -> DishInput | None:
    return _dish(payload) if payload else None
# plant: src/schemas/kitchens.py
from typing import Self

from pydantic import Field, field_validator, model_validator

from schemas.base import CamelModel, Text


class DishRequest(CamelModel):
    name: Text
    notes: list[Text] = Field(default_factory=list, max_length=10)

    @field_validator("name")
    @classmethod
    def _named(cls, name: str) -> str:
        if not name.strip():
            raise ValueError("a dish has a name")
        return name


class MealRequest(CamelModel):
    dishes: list[DishRequest] = Field(min_length=1)
    minutes: int = Field(ge=1)
    first: DishRequest | None = None

    @model_validator(mode="after")
    def _first_of_all(self) -> Self:
        if self.first and self.first not in self.dishes:
            raise ValueError("what comes first is one of the dishes")
        return self


class MealResponse(CamelModel):
    dishes: list[DishRequest]
