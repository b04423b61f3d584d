"""Books. What is declared beside `max_length` is checked by the domain, which says it in words."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import CamelModel, DecimalString, FilledText, Id, Text, WholeNumber, of_format

IsbnText = Annotated[
    Text,
    Field(max_length=23, examples=["978-0-306-40615-7"], json_schema_extra=of_format("isbn")),
]
AmountText = Annotated[
    Text,
    Field(
        max_length=13,
        examples=["12.50"],
        json_schema_extra={"pattern": r"^(?:0|[1-9][0-9]{0,9})(?:\.[0-9]{1,2})?$"},
    ),
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


class EditionRequest(CamelModel):
    label: Annotated[FilledText, Field(max_length=100, examples=["second, revised"])]
    year: Year


class ReviseBookRequest(CamelModel):
    """No two editions have one label."""

    title: Annotated[FilledText, Field(max_length=200, examples=["Notes by A. A. L."])]
    price: PriceRequest
    note: Annotated[FilledText, Field(max_length=2000, examples=["Signed."])] | None = None
    editions: list[EditionRequest] = Field(default=[], max_length=20)


class CreateBookRequest(ReviseBookRequest):
    isbn: IsbnText


class PriceResponse(CamelModel):
    amount: DecimalString
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
