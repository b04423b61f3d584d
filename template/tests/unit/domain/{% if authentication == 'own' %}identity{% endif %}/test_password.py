from unicodedata import normalize

import pytest

from domain.identity.value_objects.password import NewPassword, password_spellings
from domain.shared import DomainError

ABOUT = ("The Library", "ada.lovelace", "countess@analytical-engine.example")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "purple monkey dishwasher",
        "a password that nobody else has",
        "ada wrote the first program",
        "xK3-9fQ_7mZ!2pL",
        "&)(*%$#@!~{}?/.",
        "crème brûlée à la carte",
        "пароль который длинный",
        "密碼應該夠長才能保護你的帳戶安全",
        "🐎🔋📎🦊🌍🍕🚲🎺🧊🪁🧵🦉🌵🍄🛶",
        "abcdefgh and then the zebra",
    ],
)
def test_a_password_that_has_something_of_its_own_may_be_chosen(password: str) -> None:
    assert NewPassword.parse(password, about=ABOUT).value == password


@pytest.mark.parametrize("length", [15, 128])
def test_a_password_may_have_15_to_128_characters(length: int) -> None:
    text = ("the quick brown fox jumps over a lazy dog, and " * 3)[:length]

    assert NewPassword.parse(text).value == text


@pytest.mark.parametrize("length", [0, 14, 129])
def test_any_other_length_is_refused(length: int) -> None:
    text = ("the quick brown fox jumps over a lazy dog, and " * 3)[:length]

    with pytest.raises(DomainError, match="15 to 128 characters"):
        NewPassword.parse(text)


def test_the_length_is_that_of_the_form_that_is_hashed() -> None:
    fourteen = "é à ü ö ç ñ ê î"[:14]

    with pytest.raises(DomainError, match="15 to 128 characters"):
        NewPassword.parse(normalize("NFD", fourteen))


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaa",
        "               ",
        "!!!!!!!!!!!!!!!!",
        "a a a a a a a a a",
        "abababababababab",
        "abc123abc123abc",
        "Simon Simon Simon",
        "correctcorrectcorrect",
        "123456789012345",
        "98765432109876543",
        "abcdefghijklmnop",
        "zyxwvutsrqponmlk",
        "qwertyuiopasdfghjkl",
        "1q2w3e4r5t6y7u8i",
        "passwordpassword",
        "PASSWORD password",
        "Password123456!",
        "p@ssw0rd p@ssw0rd",
        "i love you i love you",
        "letmein.letmein.1",
        "correct horse battery staple",
    ],
)
def test_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(DomainError, match="too easy to guess"):
        NewPassword.parse(password)


@pytest.mark.parametrize(
    "password",
    [
        "ada.lovelace1815",
        "Ada Lovelace 1815",
        "lovelacelovelace",
        "the library 2026",
        "TheLibraryPassword!",
        "Countess@analytical-engine.example",
        "analytical engine 1",
    ],
)
def test_names_of_the_user_and_of_the_service_are_refused(password: str) -> None:
    with pytest.raises(DomainError, match="too easy to guess"):
        NewPassword.parse(password, about=ABOUT)


@pytest.mark.parametrize("character", ["\0", "\r", "\n", "\t", "\x7f", "\x85", "\ufffd"])
def test_invalid_text_is_refused(character: str) -> None:
    with pytest.raises(DomainError, match="no control characters"):
        NewPassword.parse(f"correct horse battery{character}")


def test_bytes_that_were_no_utf_8_are_refused() -> None:
    typed = b"correct horse battery \xff".decode(errors="surrogateescape")

    with pytest.raises(DomainError, match="nothing that is no text"):
        NewPassword.parse(typed)


def test_a_password_does_not_show_in_a_log() -> None:
    assert "horse" not in repr(NewPassword.parse("correct horse battery"))


def test_a_password_has_one_form_whatever_its_unicode_spelling() -> None:
    composed = normalize("NFC", "crème brûlée à la carte")
    decomposed = normalize("NFD", composed)

    assert NewPassword.parse(decomposed) == NewPassword.parse(composed)
    assert password_spellings(decomposed) == (composed, decomposed)
    assert password_spellings(composed) == (composed, decomposed)
    assert password_spellings("plain") == ("plain",)
