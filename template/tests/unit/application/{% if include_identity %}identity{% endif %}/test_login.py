import pytest

from application.errors import AppUnauthorizedError
from application.identity.dto import LoginInput
from application.identity.use_cases import authenticate, deactivate_user
from domain.identity.value_objects import UserId
from tests.unit.application.identity.world import PASSWORD, World


async def test_a_token_opens_the_door_for_its_bearer(world: World) -> None:
    ada = await world.a_user("ada")

    token = await world.login("ada")

    found = await authenticate(world.sessions, world.users, world.tokens, token.access_token)
    assert found == ada


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", "a wrong password"), ("nobody", PASSWORD), ("not a username", PASSWORD)],
)
async def test_a_refusal_does_not_tell_what_was_wrong(
    world: World, name: str, password: str
) -> None:
    await world.a_user("ada")

    with pytest.raises(AppUnauthorizedError, match=r"^wrong username or password$"):
        await world.login(name, password)

    assert world.hasher.verifications == 1


async def test_a_deactivated_user_is_refused_like_a_stranger(world: World) -> None:
    ada = await world.a_user("ada")
    admin = await world.a_user("root", is_admin=True)
    await deactivate_user(world.sessions, world.users, world.clock, admin, ada.id)

    with pytest.raises(AppUnauthorizedError, match=r"^wrong username or password$"):
        await world.login("ada")


async def test_a_token_of_a_deactivated_user_stops_working_at_once(world: World) -> None:
    ada = await world.a_user("ada")
    admin = await world.a_user("root", is_admin=True)
    token = await world.login("ada")

    await deactivate_user(world.sessions, world.users, world.clock, admin, ada.id)

    with pytest.raises(AppUnauthorizedError):
        await authenticate(world.sessions, world.users, world.tokens, token.access_token)


@pytest.mark.parametrize("token", [None, "", "nonsense", str(UserId.generate().value)])
async def test_a_token_that_proves_nothing_is_refused(world: World, token: str | None) -> None:
    with pytest.raises(AppUnauthorizedError):
        await authenticate(world.sessions, world.users, world.tokens, token)


async def test_a_password_does_not_show_in_a_log() -> None:
    assert PASSWORD not in repr(LoginInput("ada", PASSWORD))
