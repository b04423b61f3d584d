"""Books and their editions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import (
    CamelModel,
    ExactNumber,
    FilledText,
    Id,
    Text,
    WholeNumber,
    declare_format,
)

_AMOUNT = r"^(?:0|[1-9][0-9]{0,9})(?:\.[0-9]{1,2})?$"

IsbnText = Annotated[
    Text,
    Field(max_length=17, examples=["978-0-306-40615-7"], json_schema_extra=declare_format("isbn")),
]
TitleText = Annotated[FilledText, Field(max_length=200, examples=["Notes by A. A. L."])]
NoteText = Annotated[FilledText, Field(max_length=2000, examples=["Signed."])]
LabelText = Annotated[FilledText, Field(max_length=100, examples=["second, revised"])]
AmountText = Annotated[
    Text, Field(max_length=13, examples=["12.50"], json_schema_extra={"pattern": _AMOUNT})
]
CurrencyText = Annotated[
    Text, Field(max_length=3, examples=["EUR"], json_schema_extra={"pattern": "^[A-Z]{3}$"})
]
Year = Annotated[
    WholeNumber, Field(examples=[1843], json_schema_extra={"minimum": 1450, "maximum": 2100})
]


class PriceRequest(CamelModel):
    amount: AmountText
    currency: CurrencyText


class CreateBookRequest(CamelModel):
    isbn: IsbnText
    title: TitleText
    price: PriceRequest
    note: NoteText | None = None


class ReviseBookRequest(CamelModel):
    title: TitleText
    price: PriceRequest
    note: NoteText | None = None


class AddEditionRequest(CamelModel):
    label: LabelText
    year: Year


class PriceResponse(CamelModel):
    amount: ExactNumber
    currency: str


class EditionResponse(CamelModel):
    id: Id
    label: str
    year: int


class BookResponse(CamelModel):
    id: Id
    isbn: str
    title: str
    price: PriceResponse
    note: str | None
    status: Literal["draft", "published", "withdrawn"]
    editions: list[EditionResponse]
    created_at: datetime
    updated_at: datetime | None
