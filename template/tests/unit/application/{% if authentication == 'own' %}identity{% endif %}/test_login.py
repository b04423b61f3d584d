from contextlib import suppress
from datetime import timedelta
from unicodedata import normalize

import pytest

from application.errors import AppTooManyRequestsError, AppUnauthorizedError
from application.identity.dto.login import LoginInput
from application.identity.dto.user import ChangePasswordInput, CreateUserInput
from application.identity.dto_map.actor import actor_of
from domain.identity.user import User
from domain.identity.value_objects.user import Email, UserId, Username
from tests.fakes.identity.password_hasher import FakePasswordHasher
from tests.unit.application.identity.world import LIMITS, PASSWORD, World

WRONG = "a wrong password"
NFC = normalize("NFC", "crème brûlée à la carte")
NFD = normalize("NFD", NFC)
MIXED = NFC[:8] + NFD[9:]


async def test_a_token_opens_the_door_for_its_bearer(world: World) -> None:
    ada = await world.a_user("ada")

    token = await world.login("ada")

    assert await world.authenticate(token.access_token) == actor_of(ada)
    assert await world.get_own_account(token.access_token) == ada


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", "a wrong password"), ("nobody", PASSWORD), ("not a username", PASSWORD)],
)
async def test_a_refused_login_does_not_reveal_the_reason(
    world: World, name: str, password: str
) -> None:
    await world.a_user("ada")

    with pytest.raises(AppUnauthorizedError, match=r"^wrong username or password$"):
        await world.login(name, password)

    assert world.hasher.verifications == 1


async def test_a_deactivated_user_is_refused_like_a_stranger(world: World) -> None:
    ada = await world.a_user("ada")
    admin = await world.a_user("root", is_admin=True)
    await world.deactivate_user(actor_of(admin), ada.id)

    with pytest.raises(AppUnauthorizedError, match=r"^wrong username or password$"):
        await world.login("ada")


async def test_a_token_of_a_deactivated_user_stops_working_at_once(world: World) -> None:
    ada = await world.a_user("ada")
    admin = await world.a_user("root", is_admin=True)
    token = await world.login("ada")

    await world.deactivate_user(actor_of(admin), ada.id)

    with pytest.raises(AppUnauthorizedError):
        await world.authenticate(token.access_token)


async def test_a_token_does_not_come_back_with_its_bearer(world: World) -> None:
    ada = await world.a_user("ada")
    admin = await world.a_user("root", is_admin=True)
    token = await world.login("ada")

    await world.deactivate_user(actor_of(admin), ada.id)
    await world.reactivate_user(actor_of(admin), ada.id)

    with pytest.raises(AppUnauthorizedError):
        await world.authenticate(token.access_token)


async def test_a_changed_password_revokes_earlier_tokens(world: World) -> None:
    ada = await world.a_user("ada")
    before = await world.login("ada")

    await world.change_password(
        actor_of(ada), ChangePasswordInput(PASSWORD, "staple horse battery")
    )

    after = await world.login("ada", "staple horse battery")
    assert await world.authenticate(after.access_token)
    with pytest.raises(AppUnauthorizedError):
        await world.authenticate(before.access_token)


@pytest.mark.parametrize(
    "token",
    [None, "", "nonsense", f"{UserId.generate().value} 1"],
    ids=["none", "empty", "nonsense", "of nobody"],
)
async def test_an_invalid_token_is_refused(world: World, token: str | None) -> None:
    with pytest.raises(AppUnauthorizedError):
        await world.authenticate(token)


async def test_a_password_does_not_show_in_a_log() -> None:
    assert PASSWORD not in repr(LoginInput("ada", PASSWORD))


@pytest.mark.parametrize("name", ["ada", "nobody", "not a username"])
async def test_beyond_the_limit_no_password_is_verified_for_any_name(
    world: World, name: str
) -> None:
    await world.a_user("ada")
    await _guess(world, name, times=LIMITS.per_account_and_client)
    world.clock.advance(60)

    with pytest.raises(AppTooManyRequestsError, match=r"^too many attempts to log in$") as refusal:
        await world.login(name, PASSWORD)

    assert refusal.value.retry_after == timedelta(minutes=4)
    assert world.hasher.verifications == LIMITS.per_account_and_client


async def test_when_the_window_is_over_the_owner_gets_in(world: World) -> None:
    await world.a_user("ada")
    await _guess(world, "ada", times=LIMITS.per_account_and_client)

    world.clock.advance(LIMITS.window.total_seconds())

    assert await world.login("ada")


async def test_a_right_password_makes_up_for_wrong_ones(world: World) -> None:
    await world.a_user("ada")

    for _ in range(3):
        await _guess(world, "ada", times=LIMITS.per_account_and_client - 1)
        assert await world.login("ada")
        world.clock.advance(LIMITS.window.total_seconds())


async def test_the_correct_password_of_a_deactivated_user_resets_no_count(world: World) -> None:
    ada = await world.a_user("ada")
    admin = await world.a_user("root", is_admin=True)
    await world.deactivate_user(actor_of(admin), ada.id)
    await _guess(world, "ada", PASSWORD, times=LIMITS.per_account_and_client)

    with pytest.raises(AppTooManyRequestsError):
        await world.login("ada")


async def test_a_client_that_tries_many_names_is_stopped(world: World) -> None:
    await world.a_user("ada")
    for number in range(LIMITS.per_client):
        await _guess(world, f"name{number}", times=1)

    with pytest.raises(AppTooManyRequestsError):
        await world.login("ada")

    assert await world.login("ada", address="192.0.2.2")


async def test_a_client_does_not_wash_itself_clean_with_an_account_of_its_own(world: World) -> None:
    await world.a_user("mallory")
    for number in range(LIMITS.per_client):
        await _guess(world, f"name{number}", times=1)
        with suppress(AppTooManyRequestsError):
            await world.login("mallory")

    with pytest.raises(AppTooManyRequestsError):
        await world.login("ada")


async def test_a_hash_with_other_costs_is_renewed_and_revokes_no_token(world: World) -> None:
    await world.a_user("ada")
    before = await world.login("ada")
    world.hasher = FakePasswordHasher(costs="m=2,t=1,p=1")

    await world.login("ada")

    assert (await _stored(world, "ada")).password_hash == await world.hasher.hash(PASSWORD)
    assert await world.authenticate(before.access_token)


async def test_a_wrong_password_does_not_renew_the_hash(world: World) -> None:
    await world.a_user("ada")
    before = await _stored(world, "ada")
    world.hasher = FakePasswordHasher(costs="m=2,t=1,p=1")

    await _guess(world, "ada", times=1)

    assert await _stored(world, "ada") == before


async def test_every_name_takes_the_same_work_while_hashes_of_several_costs_are_stored(
    world: World,
) -> None:
    admin, _ = await world.a_user("root", is_admin=True), await world.a_user("ada")
    world.hasher = FakePasswordHasher(costs="m=2,t=1,p=1")
    await world.a_user("bob")
    gone = await world.a_user("gone")
    await world.deactivate_user(actor_of(admin), gone.id)

    for name in ("ada", "bob", "nobody"):
        await _guess(world, name, times=1)
    await _guess(world, "gone", PASSWORD, times=1)

    assert world.hasher.work == [["m=1,t=1,p=1", "m=2,t=1,p=1"]] * 4


async def test_every_name_takes_the_same_work_for_a_password_of_several_spellings(
    world: World,
) -> None:
    admin, _ = await world.a_user("root", is_admin=True), await world.a_user("ada")
    gone = await _registered_long_ago(world, "gone", NFC)
    await world.deactivate_user(actor_of(admin), gone.id)

    for name in ("ada", "nobody", "gone"):
        await _guess(world, name, NFC, times=1)

    assert world.hasher.work == [["m=1,t=1,p=1"]] * 2 * 3


@pytest.mark.parametrize("stored", [NFC, NFD, MIXED])
@pytest.mark.parametrize("typed", [NFC, NFD])
async def test_a_password_is_the_same_however_its_letters_are_spelled(
    world: World, stored: str, typed: str
) -> None:
    await world.create_user(CreateUserInput("ada", "ada@example.org", stored))

    assert await world.login("ada", typed)


@pytest.mark.parametrize(
    ("stored", "typed"), [(NFC, NFD), (NFD, NFC), (NFD, NFD), (MIXED, MIXED), (NFC, MIXED)]
)
async def test_a_hash_of_another_spelling_matches_and_is_renewed(
    world: World, stored: str, typed: str
) -> None:
    await _registered_long_ago(world, "ada", stored)

    await world.login("ada", typed)

    assert (await _stored(world, "ada")).password_hash == await world.hasher.hash(NFC)


async def test_a_login_during_a_change_of_the_user_succeeds(
    world: World,
) -> None:
    ada = await world.a_user("ada")

    class Slow(FakePasswordHasher):
        async def hash(self, password: str) -> str:
            stored = await _stored(world, "ada")
            stored.rename(Username.parse("countess"), world.clock.now())
            await world.users.update(world.sessions.autocommit(), stored)
            return await super().hash(password)

    world.hasher = Slow(costs="m=2,t=1,p=1")

    token = await world.login("ada")

    found = await world.get_own_account(token.access_token)
    assert (found.id, found.username) == (ada.id, "countess")


async def _guess(world: World, name: str, password: str = WRONG, *, times: int) -> None:
    for _ in range(times):
        with pytest.raises(AppUnauthorizedError):
            await world.login(name, password)


async def _registered_long_ago(world: World, name: str, password: str) -> User:
    """Store a user whose hash was made from the password as typed."""
    user = User.create(
        Username.parse(name),
        Email.parse(f"{name}@example.org"),
        await world.hasher.hash(password),
        world.clock.now(),
    )
    async with world.sessions.write() as session, session.begin():
        await world.users.insert(session, user)
    return user


async def _stored(world: World, name: str) -> User:
    user = await world.users.find_by_username(world.sessions.read(), Username.parse(name))
    assert user is not None
    return user
