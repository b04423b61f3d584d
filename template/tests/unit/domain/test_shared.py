from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from uuid import uuid4

import pytest

from domain.shared import (
    Choice,
    DecimalNumber,
    DomainConflictError,
    DomainError,
    Fault,
    Faults,
    Id,
    InvalidInputError,
    Text,
    WholeNumber,
)


@dataclass(frozen=True, slots=True)
class BookId(Id):
    pass


@dataclass(frozen=True, slots=True)
class ShelfId(Id):
    pass


@dataclass(frozen=True, slots=True)
class Title(Text):
    max_length: ClassVar[int] = 5


@dataclass(frozen=True, slots=True)
class Weight(DecimalNumber):
    least: ClassVar[Decimal] = Decimal(-1)
    most: ClassVar[Decimal] = Decimal(1000)


def test_an_input_without_faults_passes() -> None:
    with Faults() as faults, faults.at("title"):
        title = Title.parse(" Emma ")

    assert title == Title("Emma")


def test_all_faults_are_collected_in_their_order_each_with_its_place() -> None:
    def parse_all() -> None:
        with Faults() as faults:
            with faults.at("title"):
                Title.parse("")
            with faults.at("lines", 1), faults.at("title"):
                Title.parse("Pride and Prejudice")

    with pytest.raises(InvalidInputError) as refusal:
        parse_all()

    assert refusal.value.faults == [
        Fault("too_short", "at least 1 character", ("title",)),
        Fault("too_long", "at most 5 characters", ("lines", 1, "title")),
    ]
    assert str(refusal.value) == "at least 1 character; at most 5 characters"


def test_faults_that_were_collected_further_in_get_the_place_of_the_whole() -> None:
    def parse_book() -> None:
        with Faults() as faults:
            with faults.at("title"):
                Title.parse("")
            with faults.at("subtitle"):
                Title.parse("")

    with pytest.raises(InvalidInputError) as refusal, Faults() as faults, faults.at("book"):
        parse_book()

    assert [fault.path for fault in refusal.value.faults] == [
        ("book", "title"),
        ("book", "subtitle"),
    ]


def test_a_refusal_because_of_the_state_is_not_a_fault_of_the_input() -> None:
    with pytest.raises(DomainConflictError), Faults() as faults, faults.at("title"):
        raise DomainConflictError("sold out")


def test_another_error_is_not_hidden_by_the_faults_before_it() -> None:
    def parse_title_and_fail() -> None:
        with Faults() as faults:
            with faults.at("title"):
                Title.parse("")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        parse_title_and_fail()


def test_the_code_and_message_of_a_refusal_are_defined_once() -> None:
    class SoldOutError(DomainConflictError):
        code = "sold_out"
        detail = "there is none left"

    assert str(SoldOutError()) == "there is none left"
    assert SoldOutError("the last one has gone").faults == [
        Fault("sold_out", "the last one has gone")
    ]


def test_ids_of_different_things_are_never_equal() -> None:
    value = uuid4()

    same: object = BookId.parse(str(value))
    other: object = ShelfId.from_trusted(value)

    assert BookId.from_trusted(value) == same
    assert BookId.from_trusted(value) != other
    assert BookId.generate() != BookId.generate()


def test_an_id_that_is_no_uuid_is_refused() -> None:
    with pytest.raises(DomainError) as refusal:
        BookId.parse("42")

    assert refusal.value.code == "invalid_id"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "too_short"),
        (" \t ", "too_short"),
        ("123456", "too_long"),
        ("a\x00", "no_text"),
        ("a\ud800", "no_text"),
    ],
)
def test_any_other_text_is_refused(raw: str, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        Title.parse(raw)

    assert refusal.value.code == code


def test_a_trusted_text_is_taken_as_it_is() -> None:
    assert Title.from_trusted("Pride and Prejudice").value == "Pride and Prejudice"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("0", "0.00"),
        ("12.5", "12.50"),
        ("-0.5", "-0.50"),
        ("-0", "0.00"),
        ("1000", "1000.00"),
    ],
)
def test_a_decimal_is_kept_exactly_with_all_its_places(raw: str, kept: str) -> None:
    assert str(Weight.parse(raw).value) == kept


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "invalid_number"),
        ("1,5", "invalid_number"),
        ("1e3", "invalid_number"),
        ("NaN", "invalid_number"),
        ("01", "invalid_number"),
        (" 1", "invalid_number"),
        ("1\n", "invalid_number"),
        ("٣", "invalid_number"),
        ("1.234", "too_precise"),
        ("-1.01", "too_small"),
        ("1000.01", "too_large"),
        ("9" * 5000, "too_large"),
    ],
)
def test_any_other_decimal_is_refused(raw: str, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        Weight.parse(raw)

    assert refusal.value.code == code


class Share(DecimalNumber):
    most: ClassVar[Decimal] = Decimal(1)


def test_a_number_that_is_never_negative_has_no_sign() -> None:
    assert str(Share.parse("0").value) == "0.00"
    with pytest.raises(DomainError) as refusal:
        Share.parse("-0")

    assert refusal.value.code == "too_small"


def test_a_trusted_decimal_is_taken_as_it_is() -> None:
    assert Weight.from_trusted(Decimal("1.5")).value == Decimal("1.5")


class Code(Text):
    pattern: ClassVar[str] = "[A-Z]{2}"


def test_a_text_matches_its_pattern_as_a_whole() -> None:
    assert Code.parse(" AB ").value == "AB"
    with pytest.raises(DomainError) as refusal:
        Code.parse("ABC")

    assert refusal.value.code == "wrong_form"


class Size(Choice):
    SMALL = "small"
    LARGE = "large"


def test_a_choice_is_one_of_its_values() -> None:
    assert Size.parse("small") is Size.SMALL
    with pytest.raises(DomainError) as refusal:
        Size.parse("medium")

    assert (refusal.value.code, refusal.value.detail) == ("unknown_value", "one of small, large")


class Quantity(WholeNumber):
    least: ClassVar[int] = 1
    most: ClassVar[int] = 9


@pytest.mark.parametrize(("raw", "code"), [(0, "too_small"), (10, "too_large")])
def test_a_whole_number_out_of_its_range_is_refused(raw: int, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        Quantity.parse(raw)

    assert refusal.value.code == code


def test_a_whole_number_is_kept_as_it_is() -> None:
    assert Quantity.parse(9) == Quantity.from_trusted(9)
