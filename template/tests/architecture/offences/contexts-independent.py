# offence: adapters and messages
# plant: src/domain/wool/sheep.py
SHEEP = 3
# plant: src/infrastructure/wool/shears.py
SHEARS = "sharp"
# plant: src/infrastructure/cloth/loom.py
from infrastructure.wool.shears import SHEARS  # refused

LOOM = SHEARS
# plant: src/application/cloth/dto.py
LENGTH = 3
# plant: src/presentation/wool/messages.py
WORDS = "wool"
# plant: src/presentation/cloth/messages.py
from presentation.wool.messages import WORDS  # refused

TEXT = WORDS
# plant: src/schemas/wool.py
from application.cloth.dto import LENGTH  # refused

SIZE = LENGTH


# offence: directly
# plant: src/domain/fruit/apple.py
class Apple:
    pass
# plant: src/domain/juice/glass.py
from domain.fruit.apple import Apple  # refused


class Glass:
    apple: Apple


# offence: for typing
# plant: src/application/fruit/ports.py
class AppleRepository:
    pass
# plant: src/application/juice/use_cases.py
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.fruit import ports as fruit  # refused


async def press(apples: fruit.AppleRepository) -> None: ...


# offence: routes and shapes
# plant: src/schemas/fruit.py
from schemas.base import CamelModel


class AppleResponse(CamelModel):
    weight: int
# plant: src/schemas/juice.py
from schemas.base import CamelModel
from schemas.fruit import AppleResponse  # refused


class GlassResponse(CamelModel):
    apples: list[AppleResponse]
# plant: src/presentation/routers/juice.py
import application.fruit.ports  # refused

ports = application.fruit.ports


# offence: tables
# plant: src/infrastructure/persistence/fruit/apple_queries.py
APPLES = "apples"
# plant: src/infrastructure/persistence/juice/glass_repo.py
def apples() -> str:
    from infrastructure.persistence.fruit.apple_queries import APPLES  # refused

    return APPLES


# offence: through a shared module
# plant: src/application/apples.py
from application.fruit.ports import AppleRepository

Apples = AppleRepository
# plant: src/application/pickers.py
from application.apples import Apples

Pickers = list[Apples]
# plant: src/application/cider/use_cases.py
from application.pickers import Pickers  # refused


async def brew(pickers: Pickers) -> None: ...


# offence: another context's entity in persistence
# plant: src/domain/tailoring/coat.py
class Coat: ...
# plant: src/domain/laundry/load.py
class Load: ...
# plant: src/infrastructure/persistence/laundry/load_repo.py
from domain.laundry.load import Load
from domain.tailoring.coat import Coat  # refused

ALL = (Load, Coat)


# offence: a package of persistence that is no context
# plant: src/domain/bakeries/loaf.py
class Loaf: ...
# plant: src/infrastructure/persistence/statistics/loaf_repo.py
from domain.bakeries.loaf import Loaf  # refused

ALL = [Loaf]


# offence: brought together in persistence
# plant: src/domain/ferries/ferry.py
class Ferry: ...
# plant: src/domain/harbours/harbour.py
class Harbour: ...
# plant: src/infrastructure/persistence/joins.py
from domain.ferries.ferry import Ferry  # refused
from domain.harbours.harbour import Harbour  # refused

BOTH = (Ferry, Harbour)


# offence: brought together beside the contexts
# plant: src/domain/violins/violin.py
class Violin: ...
# plant: src/application/cellos/ports.py
class Cello: ...
# plant: src/application/orchestra.py
from application.cellos.ports import Cello  # refused
from domain.violins.violin import Violin  # refused

ALL = (Cello, Violin)


# offence: brought together by an adapter
# plant: src/application/taxis/ports.py
class Taxi: ...
# plant: src/application/trams/ports.py
class Tram: ...
# plant: src/infrastructure/clients/traffic.py
import application.taxis.ports as taxis  # refused
import application.trams.ports as trams  # refused

ALL = (taxis.Taxi, trams.Tram)


# innocent: contexts that meet in deps
# plant: src/domain/kitchen/meal.py
class Meal:
    pass
# plant: src/domain/pantry/shelf.py
class Shelf:
    pass
# plant: src/application/kitchen/use_cases.py
from application.errors import AppNotFoundError
from domain.kitchen.meal import Meal


async def cook() -> Meal:
    raise AppNotFoundError("no such meal")
# plant: src/application/pantry/use_cases.py
from domain.pantry.shelf import Shelf


async def look() -> Shelf:
    return Shelf()
# plant: src/presentation/deps/kitchen.py
from typing import Annotated

from fastapi import Depends, FastAPI

from application.pantry.use_cases import look
from domain.kitchen.meal import Meal
from domain.pantry.shelf import Shelf


def wire(app: FastAPI) -> None:
    app.state.shelf = _build_shelf()


def _build_shelf() -> Shelf:
    return Shelf()


async def get_meal() -> Meal:
    await look()
    return Meal()


MealDep = Annotated[Meal, Depends(get_meal)]
# plant: src/presentation/routers/pantry.py
from fastapi import APIRouter

from application.pantry.use_cases import look
from presentation.deps.kitchen import MealDep

router = APIRouter()


@router.get("/pantry")
async def look_endpoint(meal: MealDep) -> None:
    await look()
