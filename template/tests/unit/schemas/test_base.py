import re
import sys
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from uuid import UUID, uuid4

import pytest
from pydantic import Field, ValidationError

import domain.shared
from domain.shared import DomainError
from schemas.base import (
    NOT_BLANK,
    CamelModel,
    ExactNumber,
    FilledText,
    Id,
    Text,
    WholeNumber,
    declare_format,
)


class LineResponse(CamelModel):
    line_id: Id
    unit_price: int


@dataclass
class LineId:
    value: UUID


@dataclass
class LineOutput:
    line_id: LineId
    unit_price: int


def test_names_are_camel_case_on_the_wire() -> None:
    line_id = uuid4()

    shape = LineResponse(line_id=line_id, unit_price=3)

    assert shape.model_dump(mode="json", by_alias=True) == {
        "lineId": str(line_id),
        "unitPrice": 3,
    }


def test_a_shape_is_read_from_the_output_of_a_use_case() -> None:
    line_id = uuid4()

    shape = LineResponse.from_output(LineOutput(line_id=LineId(line_id), unit_price=3))

    assert shape == LineResponse(line_id=line_id, unit_price=3)


class NoteRequest(CamelModel):
    text: Text
    weight: float = 0


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "a\ud800", "\ufffd", "line\n\x00"])
def test_text_holds_nothing_that_cannot_be_stored_or_was_never_decoded(text: str) -> None:
    with pytest.raises(ValidationError):
        NoteRequest(text=text)


@pytest.mark.parametrize(
    "text", ["", "two\nlines\n", "Zo\u0308e", "\u202eabc", "\U0001f469\u200d\U0001f680"]
)
def test_unusual_text_is_kept_as_it_is(text: str) -> None:
    assert NoteRequest(text=text).text == text


@pytest.mark.parametrize("weight", [float("nan"), float("inf")])
def test_a_number_is_one_that_json_knows(weight: float) -> None:
    with pytest.raises(ValidationError):
        NoteRequest(text="", weight=weight)


def test_an_error_does_not_quote_what_was_refused() -> None:
    with pytest.raises(ValidationError) as refusal:
        NoteRequest(text="hunter2\x00")

    assert "hunter2" not in str(refusal.value)


class ParcelRequest(CamelModel):
    copies: WholeNumber


@pytest.mark.parametrize("copies", ["1", "1.0", "1e0", "-0.0"])
def test_a_whole_number_is_what_json_schema_calls_an_integer(copies: str) -> None:
    parcel = ParcelRequest.model_validate_json(f'{{"copies": {copies}}}')

    assert parcel.copies == float(copies)
    assert type(parcel.copies) is int
    assert ParcelRequest.model_json_schema()["properties"]["copies"]["type"] == "integer"


@pytest.mark.parametrize("copies", ["true", "false", '"1"', "1.5", "null", "1e400", "[1]"])
def test_nothing_else_is_a_whole_number(copies: str) -> None:
    with pytest.raises(ValidationError):
        ParcelRequest.model_validate_json(f'{{"copies": {copies}}}')


class PriceResponse(CamelModel):
    amount: ExactNumber


@dataclass
class PriceOutput:
    amount: Decimal


class LabelRequest(CamelModel):
    label: Annotated[FilledText, Field(max_length=5)]
    code: Annotated[Text, Field(json_schema_extra=declare_format("ean"))]


@pytest.mark.parametrize(
    ("amount", "written"), [("12.50", "12.50"), ("0.00", "0.00"), ("1E+3", "1000")]
)
def test_a_decimal_keeps_its_digits_on_the_wire(amount: str, written: str) -> None:
    shape = PriceResponse.from_output(PriceOutput(Decimal(amount)))

    assert shape.model_dump_json() == f'{{"amount":"{written}"}}'


def test_what_is_declared_of_a_text_is_not_checked_here() -> None:
    declared = LabelRequest.model_json_schema()["properties"]

    assert (declared["label"]["pattern"], declared["label"]["maxLength"]) == (NOT_BLANK, 5)
    assert declared["code"]["format"] == "ean"
    assert "pattern" not in declared["code"]
    assert LabelRequest(label=" ", code="no code").label == " "


def test_what_is_declared_as_blank_is_what_the_domain_strips() -> None:
    surrogates = range(0xD800, 0xE000)  # which cannot stand in JSON
    characters = [chr(each) for each in range(sys.maxunicode + 1) if each not in surrogates]

    different = [each for each in characters if bool(_fits(each)) != _is_taken(each)]

    assert different == []


_fits = re.compile(NOT_BLANK.removesuffix("$") + r"\Z").search


def _is_taken(text: str) -> bool:
    try:
        domain.shared.Text.parse(text)
    except DomainError:
        return False
    return True
