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
def label_of(code: str) -> str:
    if code.startswith("X"):  # refused
        return "secret"
    return _short(code)


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
