"""What the API document says of a value is what the domain says of it, on both sides of each edge."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from application.identity.use_cases import MAX_PASSWORD_LEN, MIN_PASSWORD_LEN
from domain.identity.value_objects import Email, Username
from domain.shared import DomainError
from schemas.identity import ChangePasswordRequest, CreateUserRequest

DECLARED = CreateUserRequest.model_json_schema()["properties"]
PASSWORDS = [
    DECLARED["password"],
    ChangePasswordRequest.model_json_schema()["properties"]["newPassword"],
]

USERNAMES = ["ab", "abc", "a" * 32, "a" * 33, "Abc", " abc\t", "a bc", "a._-0", "0bc", ".bc", "abé"]
DOMAINS = ["b", "b.c", "b-0.c", "-b.c", "b-.c", "b..c", ".b.c", "b.c.", "B.C", "é.c", "b_.c"]
LABELS = ["b" * 63 + ".c", "b" * 64 + ".c", "c." + "b" * 63, "c." + "b" * 64]
LOCAL_PARTS = ["a" * 64, "a" * 65, "A.", "!#$%&'*+/=?^_`{|}~-", "é", 'a"', "a b", "", "a@", " a"]
LONGEST = ["a@" + ("b" * 61 + ".") * 4 + "c" * length for length in (4, 5)]
EMAILS = [
    *(f"a@{domain}" for domain in DOMAINS + LABELS),
    *(f"{local}@b.c" for local in LOCAL_PARTS),
    *LONGEST,
    "a@b.c\t",
]


@pytest.mark.parametrize("text", USERNAMES)
def test_the_document_declares_which_usernames_the_domain_takes(text: str) -> None:
    assert _fits(DECLARED["username"], text) == _is_taken_by(Username.parse, text)


@pytest.mark.parametrize("text", EMAILS)
def test_the_document_declares_which_emails_the_domain_takes(text: str) -> None:
    assert _fits(DECLARED["email"], text) == _is_taken_by(Email.parse, text)


@pytest.mark.parametrize("declared", PASSWORDS, ids=["of a new user", "changed"])
def test_the_document_declares_how_long_a_password_must_be(declared: dict[str, Any]) -> None:
    assert (declared["minLength"], declared["maxLength"]) == (MIN_PASSWORD_LEN, MAX_PASSWORD_LEN)


def _fits(declared: dict[str, Any], text: str) -> bool:
    return len(text) <= declared["maxLength"] and bool(re.search(declared["pattern"], text))


def _is_taken_by(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except DomainError:
        return False
    return True
