import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID, uuid4

import pytest
from pydantic import Field, TypeAdapter, ValidationError

import domain.shared
from schemas.base import (
    CamelModel,
    Day,
    DecimalString,
    FilledText,
    Id,
    Moment,
    Text,
    TrueOrFalse,
    WholeNumber,
    of_format,
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
def test_text_refuses_characters_that_cannot_be_stored_or_decoded(text: str) -> None:
    with pytest.raises(ValidationError):
        NoteRequest(text=text)


@pytest.mark.parametrize(
    "text", ["", "two\nlines\n", "Zo\u0308e", "\u202eabc", "\U0001f469\u200d\U0001f680"]
)
def test_unusual_text_is_kept_as_it_is(text: str) -> None:
    assert NoteRequest(text=text).text == text


@pytest.mark.parametrize("weight", [float("nan"), float("inf")])
def test_numbers_that_json_cannot_express_are_refused(weight: float) -> None:
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
def test_other_values_are_not_whole_numbers(copies: str) -> None:
    with pytest.raises(ValidationError):
        ParcelRequest.model_validate_json(f'{{"copies": {copies}}}')


def test_a_decimal_is_sent_as_text_without_an_exponent() -> None:
    class Priced(CamelModel):
        amount: DecimalString

    sent = [Priced(amount=Decimal(raw)).model_dump()["amount"] for raw in ("12.50", "1E+3", "0E-2")]

    assert sent == ["12.50", "1000", "0.00"]


@pytest.mark.parametrize("raw", [" ", "\t\n\f\r", "", "\u00a0", " a ", "\u2003a"])
def test_a_text_that_is_blank_to_the_domain_is_declared_blank(raw: str) -> None:
    pattern = TypeAdapter(FilledText).json_schema()["pattern"]
    try:
        domain.shared.Text.parse(raw)
        taken = True
    except domain.shared.DomainError:
        taken = False

    assert bool(re.fullmatch(pattern, raw)) == taken


def test_a_format_is_declared_without_a_pattern() -> None:
    isbn = Annotated[Text, Field(max_length=23, json_schema_extra=of_format("isbn"))]

    assert TypeAdapter(isbn).json_schema() == {"type": "string", "maxLength": 23, "format": "isbn"}


class VisitRequest(CamelModel):
    is_first: TrueOrFalse
    day: Day
    began_at: Moment


VISIT = {"isFirst": True, "day": "2026-01-31", "beganAt": "2026-01-31T12:00:00+02:00"}


def test_days_are_kept_and_moments_are_turned_to_utc() -> None:
    visit = VisitRequest.model_validate(VISIT)

    assert (visit.is_first, visit.day) == (True, date(2026, 1, 31))
    assert visit.began_at == datetime(2026, 1, 31, 10, tzinfo=UTC)
    assert str(visit.began_at) == "2026-01-31 10:00:00+00:00"
    assert VisitRequest.model_validate(visit.model_dump()) == visit


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("isFirst", 1),
        ("isFirst", "true"),
        ("day", 0),
        ("day", "2026-02-30"),
        ("day", "2026-01-31T00:00:00Z"),
        ("day", "20260131"),
        ("beganAt", 0),
        ("beganAt", "1767225600"),
        ("beganAt", "2026-01-31T12:00:00"),
        ("beganAt", "0001-01-01T00:00:00+01:00"),
        ("beganAt", "0001-01-01T00:00:00Z"),
        ("beganAt", "9999-12-31T23:59:59.999999Z"),
        ("beganAt", "9999-12-31T23:00:00-02:00"),
    ],
)
def test_what_only_python_would_take_for_a_day_or_a_moment_is_refused(
    name: str, value: object
) -> None:
    with pytest.raises(ValidationError):
        VisitRequest.model_validate(VISIT | {name: value})
