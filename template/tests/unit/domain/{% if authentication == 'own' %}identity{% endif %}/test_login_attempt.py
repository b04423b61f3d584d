import pytest

from domain.identity.login_attempt import LoginAttempt
from domain.identity.value_objects.user import Username


@pytest.mark.parametrize("spelling", ["ada", "ADA", " Ada\t", "\r\nada\f"])
def test_every_spelling_of_a_name_is_the_same_account(spelling: str) -> None:
    attempt = LoginAttempt.of(spelling, None)

    assert attempt.account == Username.parse(spelling).value == "ada"


@pytest.mark.parametrize("text", ["No name!\0", "\N{NO-BREAK SPACE}ada", "\N{KELVIN SIGN}evin"])
def test_an_invalid_name_is_counted_as_its_own_account(text: str) -> None:
    assert LoginAttempt.of(text, None).account == text


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
        ("", None),
        (None, None),
    ],
)
def test_a_client_is_an_address_or_the_network_that_it_can_choose_from(
    address: str | None, client: str | None
) -> None:
    assert LoginAttempt.of("ada", address).client == client
