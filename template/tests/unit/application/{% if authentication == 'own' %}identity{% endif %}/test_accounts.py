from unicodedata import normalize

import pytest

from application.errors import (
    AppForbiddenError,
    AppNotFoundError,
    AppUnauthorizedError,
)
from application.identity.dto.user import (
    ChangeEmailInput,
    ChangePasswordInput,
    ChangeUsernameInput,
    CreateUserInput,
)
from application.identity.dto_map.actor import actor_of
from application.identity.refusals.user import (
    AlreadyAdminError,
    AlreadyDeactivatedError,
    DeactivatedError,
    EmailTakenError,
    SamePasswordError,
    UsernameTakenError,
    UserNotFoundError,
    WrongPasswordError,
)
from application.paging import PageParams, SliceParams
from domain.identity.value_objects.user import UserId
from domain.shared import InvalidInputError, Refusal
from tests.unit.application.identity.world import PASSWORD, World

NEW_PASSWORD = "staple horse battery"


async def test_users_may_read_themselves(world: World) -> None:
    ada = await world.a_user("ada")

    assert await world.get_user(actor_of(ada), ada.id) == ada


async def test_users_cannot_see_other_users(world: World) -> None:
    ada, bob = await world.a_user("ada"), await world.a_user("bob")

    with pytest.raises(UserNotFoundError):
        await world.get_user(actor_of(ada), bob.id)


async def test_an_admin_may_read_anyone(world: World) -> None:
    admin, bob = await world.a_user("root", is_admin=True), await world.a_user("bob")

    assert await world.get_user(actor_of(admin), bob.id) == bob


async def test_an_admin_gets_not_found_for_a_missing_user(world: World) -> None:
    admin = await world.a_user("root", is_admin=True)

    with pytest.raises(AppNotFoundError):
        await world.get_user(actor_of(admin), UserId.generate())


async def test_an_admin_lists_users_page_by_page_the_oldest_first(world: World) -> None:
    admin = await world.a_user("root", is_admin=True)
    world.clock.advance(1)
    ada = await world.a_user("ada")
    world.clock.advance(1)
    await world.a_user("bob")

    page = await world.list_users(actor_of(admin), PageParams(limit=1, offset=1))

    assert page.items == [ada]
    assert page.total == 3


async def test_only_an_admin_lists_users(world: World) -> None:
    ada = await world.a_user("ada")

    with pytest.raises(AppForbiddenError):
        await world.list_users(actor_of(ada), PageParams(limit=20, offset=0))


async def test_an_admin_walks_through_all_users_slice_by_slice(world: World) -> None:
    admin = await world.a_user("root", is_admin=True)
    world.clock.advance(1)
    ada = await world.a_user("ada")
    world.clock.advance(1)
    bob = await world.a_user("bob")

    first = await world.scroll_users(actor_of(admin), SliceParams(2, after=None))
    second = await world.scroll_users(actor_of(admin), SliceParams(2, first.next))

    assert (first.items, first.next) == ([admin, ada], ada.id)
    assert (second.items, second.next) == ([bob], None)


async def test_the_slice_after_the_last_user_is_empty(world: World) -> None:
    admin = await world.a_user("root", is_admin=True)

    end = await world.scroll_users(actor_of(admin), SliceParams(20, admin.id))

    assert (end.items, end.next) == ([], None)


async def test_a_slice_after_a_missing_user_is_refused(world: World) -> None:
    admin = await world.a_user("root", is_admin=True)

    with pytest.raises(AppNotFoundError):
        await world.scroll_users(actor_of(admin), SliceParams(20, UserId.generate()))


async def test_only_an_admin_walks_through_the_users(world: World) -> None:
    ada = await world.a_user("ada")

    with pytest.raises(AppForbiddenError):
        await world.scroll_users(actor_of(ada), SliceParams(20, after=None))


async def test_a_new_username_is_stored_with_the_time_of_the_change(world: World) -> None:
    ada = await world.a_user("ada")
    world.clock.advance(60)

    changed = await world.change_username(actor_of(ada), ChangeUsernameInput("Countess"))

    assert changed.username == "countess"
    assert changed.updated_at == world.clock.now()
    assert await world.get_user(actor_of(ada), ada.id) == changed


async def test_a_username_that_is_taken_is_refused(world: World) -> None:
    ada, _ = await world.a_user("ada"), await world.a_user("bob")

    with pytest.raises(UsernameTakenError):
        await world.change_username(actor_of(ada), ChangeUsernameInput("bob"))

    assert await world.get_user(actor_of(ada), ada.id) == ada


async def test_a_new_email_is_stored(world: World) -> None:
    ada = await world.a_user("ada")

    changed = await world.change_email(actor_of(ada), ChangeEmailInput("ada@example.com", PASSWORD))

    assert changed.email == "ada@example.com"
    assert await world.get_user(actor_of(ada), ada.id) == changed


async def test_an_email_that_is_taken_is_refused(world: World) -> None:
    ada, _ = await world.a_user("ada"), await world.a_user("bob")

    with pytest.raises(EmailTakenError):
        await world.change_email(actor_of(ada), ChangeEmailInput("bob@example.org", PASSWORD))


async def test_an_email_is_not_changed_without_the_password(world: World) -> None:
    ada = await world.a_user("ada")

    with pytest.raises(WrongPasswordError):
        await world.change_email(actor_of(ada), ChangeEmailInput("ada@example.com", NEW_PASSWORD))

    assert await world.get_user(actor_of(ada), ada.id) == ada


async def test_a_password_counts_in_any_spelling_of_its_letters(world: World) -> None:
    composed, decomposed = (normalize(form, "crème brûlée à la carte") for form in ("NFC", "NFD"))
    ada = await world.create_user(CreateUserInput("ada", "ada@example.org", composed))

    await world.change_email(actor_of(ada), ChangeEmailInput("ada@example.com", decomposed))
    with pytest.raises(SamePasswordError):
        await world.change_password(actor_of(ada), ChangePasswordInput(composed, decomposed))
    await world.change_password(actor_of(ada), ChangePasswordInput(decomposed, NEW_PASSWORD))

    assert await world.login("ada", NEW_PASSWORD)


async def test_after_a_change_only_the_new_password_logs_in(world: World) -> None:
    ada = await world.a_user("ada")

    await world.change_password(actor_of(ada), ChangePasswordInput(PASSWORD, NEW_PASSWORD))

    assert await world.login("ada", NEW_PASSWORD)
    with pytest.raises(AppUnauthorizedError):
        await world.login("ada", PASSWORD)


@pytest.mark.parametrize(
    ("data", "error", "field"),
    [
        (
            ChangePasswordInput("a wrong password", NEW_PASSWORD),
            WrongPasswordError,
            "current_password",
        ),
        (ChangePasswordInput(PASSWORD, "too short"), InvalidInputError, "new_password"),
        (ChangePasswordInput(PASSWORD, PASSWORD), SamePasswordError, "new_password"),
    ],
)
async def test_a_password_changes_only_for_a_good_one_and_the_current_one(
    world: World, data: ChangePasswordInput, error: type[Refusal], field: str
) -> None:
    ada = await world.a_user("ada")

    with pytest.raises(error) as refusal:
        await world.change_password(actor_of(ada), data)

    assert [fault.path for fault in refusal.value.faults] == [(field,)]
    assert await world.login("ada", PASSWORD)


@pytest.mark.parametrize("password", ["too short", "the library ada", "Ada@example.org 1"])
async def test_a_new_password_keeps_the_rules(world: World, password: str) -> None:
    ada = await world.a_user("ada")

    with pytest.raises(InvalidInputError) as refusal:
        await world.change_password(actor_of(ada), ChangePasswordInput(PASSWORD, password))

    assert [fault.path for fault in refusal.value.faults] == [("new_password",)]
    assert await world.login("ada", PASSWORD)


async def test_an_admin_deactivates_and_reactivates_a_user(world: World) -> None:
    admin, ada = await world.a_user("root", is_admin=True), await world.a_user("ada")

    deactivated = await world.deactivate_user(actor_of(admin), ada.id)
    reactivated = await world.reactivate_user(actor_of(admin), ada.id)

    assert not deactivated.is_active
    assert reactivated.is_active
    assert await world.login("ada")


async def test_only_an_admin_deactivates_and_reactivates(world: World) -> None:
    ada, bob = await world.a_user("ada"), await world.a_user("bob")

    for use_case in (world.deactivate_user, world.reactivate_user):
        with pytest.raises(AppForbiddenError):
            await use_case(actor_of(ada), bob.id)


async def test_an_admin_cannot_shut_themselves_out(world: World) -> None:
    admin = await world.a_user("root", is_admin=True)

    with pytest.raises(AppForbiddenError):
        await world.deactivate_user(actor_of(admin), admin.id)


async def test_nobody_is_deactivated_twice(world: World) -> None:
    admin, ada = await world.a_user("root", is_admin=True), await world.a_user("ada")
    await world.deactivate_user(actor_of(admin), ada.id)

    with pytest.raises(AlreadyDeactivatedError):
        await world.deactivate_user(actor_of(admin), ada.id)


async def test_deactivating_a_missing_user_is_not_found(world: World) -> None:
    admin = await world.a_user("root", is_admin=True)

    for use_case in (world.deactivate_user, world.reactivate_user):
        with pytest.raises(AppNotFoundError):
            await use_case(actor_of(admin), UserId.generate())


async def test_a_user_becomes_an_admin(world: World) -> None:
    ada = await world.a_user("ada")
    world.clock.advance(60)

    promoted = await world.promote_user(" Ada")

    assert promoted.is_admin
    assert promoted.updated_at == world.clock.now()
    assert await world.get_user(actor_of(ada), ada.id) == promoted


async def test_missing_users_and_admins_cannot_be_promoted(world: World) -> None:
    admin, bob = await world.a_user("root", is_admin=True), await world.a_user("bob")
    await world.deactivate_user(actor_of(admin), bob.id)

    with pytest.raises(UserNotFoundError):
        await world.promote_user("nobody")
    with pytest.raises(AlreadyAdminError):
        await world.promote_user("root")
    with pytest.raises(DeactivatedError):
        await world.promote_user("bob")


async def test_an_actor_deactivated_during_the_request_changes_nothing(world: World) -> None:
    admin, ada = await world.a_user("root", is_admin=True), await world.a_user("ada")
    await world.deactivate_user(actor_of(admin), ada.id)
    before = await world.get_user(actor_of(admin), ada.id)

    with pytest.raises(AppUnauthorizedError):
        await world.change_username(actor_of(ada), ChangeUsernameInput("countess"))
    with pytest.raises(AppUnauthorizedError):
        await world.change_email(actor_of(ada), ChangeEmailInput("ada@example.com", PASSWORD))
    with pytest.raises(AppUnauthorizedError):
        await world.change_password(actor_of(ada), ChangePasswordInput(PASSWORD, NEW_PASSWORD))

    assert await world.get_user(actor_of(admin), ada.id) == before


async def test_an_admin_deactivated_during_the_request_deactivates_nobody(
    world: World,
) -> None:
    first, second = [await world.a_user(name, is_admin=True) for name in ("first", "second")]
    await world.deactivate_user(actor_of(first), second.id)

    with pytest.raises(AppUnauthorizedError):
        await world.deactivate_user(actor_of(second), first.id)
    with pytest.raises(AppUnauthorizedError):
        await world.reactivate_user(actor_of(second), second.id)

    assert (await world.get_user(actor_of(first), first.id)).is_active
