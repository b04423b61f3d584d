from uuid import uuid4

import pytest

from domain.identity.value_objects.user import Email, UserId, Username
from domain.shared import DomainError


def test_a_user_id_is_read_from_its_text() -> None:
    value = uuid4()

    assert UserId.parse(str(value)) == UserId.from_trusted(value)


def test_a_user_id_that_is_no_uuid_is_refused() -> None:
    with pytest.raises(DomainError) as refusal:
        UserId.parse("42")

    assert refusal.value.code == "invalid_id"


def test_generated_user_ids_differ() -> None:
    assert UserId.generate() != UserId.generate()


@pytest.mark.parametrize("raw", ["ada", "ada.lovelace", "a_d-a.1815", "a" * 32])
def test_a_username_holds_letters_digits_dots_dashes_and_underscores(raw: str) -> None:
    assert Username.parse(raw).value == raw


def test_usernames_ignore_case_and_surrounding_space() -> None:
    assert Username.parse("  Ada ") == Username.parse("ada")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "ab",
        "a" * 33,
        "1ada",
        ".ada",
        "ada lovelace",
        "ada\nx",
        "ada\x00",
        "adä",
        "\N{KELVIN SIGN}evin",
        "\x1fada",
        "\ufeffada",
    ],
)
def test_any_other_username_is_refused(raw: str) -> None:
    with pytest.raises(DomainError) as refusal:
        Username.parse(raw)

    assert refusal.value.code == "invalid_username"


@pytest.mark.parametrize(
    "raw", ["ada@example.org", "a+b@mail.example.org", "o'neil@example.ie", "x@xn--mller-kva.de"]
)
def test_an_email_has_a_local_part_and_a_domain(raw: str) -> None:
    assert Email.parse(raw).value == raw


def test_emails_ignore_case_and_surrounding_space() -> None:
    assert Email.parse(" Ada@Example.ORG ") == Email.parse("ada@example.org")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@localhost",
        "ada@example..org",
        "ada@-example.org",
        "ada@@example.org",
        "ada lovelace@example.org",
        "ada@example.org\x00",
        "ada@" + "a" * 64 + ".org",
        "a" * 65 + "@example.org",
        "ada@" + ".".join(["a" * 60] * 5),
    ],
)
def test_any_other_email_is_refused(raw: str) -> None:
    with pytest.raises(DomainError) as refusal:
        Email.parse(raw)

    assert refusal.value.code == "invalid_email"


def test_trusted_values_are_taken_as_they_are() -> None:
    assert Username.from_trusted("Old Name").value == "Old Name"
    assert Email.from_trusted("old").value == "old"
