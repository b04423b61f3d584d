from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest

import application
from application.errors import AppForbiddenError, AppStaleError, AppUnauthorizedError
from application.identity.dto.user import AssignRolesInput
from application.identity.dto_map.actor import actor_of
from application.identity.refusals.user import UserNotFoundError
from application.identity.roles import ROLES
from application.permissions import ADMIN, Permission
from domain.identity.value_objects.user import UserId
from domain.shared import Fault, InvalidInputError
from tests.unit.application.identity.world import World

CLERK = AssignRolesInput(["clerk"])


def permissions() -> Iterator[tuple[str, Permission]]:
    for found in walk_packages(application.__path__, "application."):
        if ".permissions." in found.name:
            for name, value in vars(import_module(found.name)).items():
                if isinstance(value, Permission):
                    yield f"{found.name}.{name}", value


def test_nobody_becomes_an_admin_by_a_role() -> None:
    assert ADMIN not in ROLES, "remove it from own_roles.py"


def test_each_role_that_a_permission_names_can_be_assigned() -> None:
    unknown = {name: each.roles - ROLES - {ADMIN} for name, each in permissions()}

    assert not {name: roles for name, roles in unknown.items() if roles}, "see own_roles.py"


async def test_an_admin_assigns_roles(world: World) -> None:
    admin, ada = await world.a_user("root", is_admin=True), await world.a_user("ada")
    world.clock.advance(60)

    changed = await world.assign_roles(
        actor_of(admin), ada.id, AssignRolesInput(["clerk", "auditor", "clerk"])
    )

    assert changed.roles == ["auditor", "clerk"]
    assert changed.updated_at == world.clock.now()
    assert await world.get_user(actor_of(admin), ada.id) == changed


async def test_assigned_roles_replace_the_earlier_ones(world: World) -> None:
    ada = await world.a_user("ada")
    await world.with_roles(ada, "clerk")

    replaced = await world.with_roles(ada, "auditor")
    removed = await world.with_roles(ada)

    assert (replaced.roles, removed.roles) == (["auditor"], [])


async def test_roles_apply_to_a_token_that_was_issued_before(world: World) -> None:
    ada = await world.a_user("ada")
    token = (await world.login("ada")).access_token
    before = await world.authenticate(token)

    await world.with_roles(ada, "clerk")

    assert before.roles == set()
    assert (await world.authenticate(token)).roles == {"clerk"}


async def test_an_admin_with_a_role_has_both(world: World) -> None:
    admin = await world.a_user("root", is_admin=True)

    changed = await world.assign_roles(actor_of(admin), admin.id, CLERK)

    assert actor_of(changed).roles == {"admin", "clerk"}


async def test_a_new_token_contains_the_roles(world: World) -> None:
    await world.with_roles(await world.a_user("ada"), "clerk")

    await world.login("ada")

    assert world.tokens.issued_roles == {"clerk"}


@pytest.mark.parametrize("unknown", ["clark", "Clerk", "admin", ""])
async def test_roles_that_the_service_does_not_have_are_refused(world: World, unknown: str) -> None:
    admin, ada = await world.a_user("root", is_admin=True), await world.a_user("ada")

    with pytest.raises(InvalidInputError) as refusal:
        await world.assign_roles(
            actor_of(admin), ada.id, AssignRolesInput(["clerk", unknown, unknown])
        )

    detail = "not a role of this service (it has auditor, clerk)"
    assert refusal.value.faults == [
        Fault("unknown_role", detail, ("roles", place)) for place in (1, 2)
    ]
    assert await world.get_user(actor_of(admin), ada.id) == ada


async def test_only_an_admin_assigns_roles(world: World) -> None:
    ada = await world.a_user("ada")
    clerk = await world.with_roles(await world.a_user("bob"), "clerk")

    for actor in (actor_of(ada), actor_of(clerk)):
        with pytest.raises(AppForbiddenError):
            await world.assign_roles(actor, ada.id, CLERK)


async def test_roles_of_a_missing_user_are_not_found(world: World) -> None:
    admin = await world.a_user("root", is_admin=True)

    with pytest.raises(UserNotFoundError):
        await world.assign_roles(actor_of(admin), UserId.generate(), CLERK)


async def test_roles_are_not_assigned_to_another_version_than_expected(world: World) -> None:
    admin, ada = await world.a_user("root", is_admin=True), await world.a_user("ada")

    with pytest.raises(AppStaleError):
        await world.assign_roles(actor_of(admin), ada.id, CLERK, frozenset({ada.version + 1}))

    assert await world.get_user(actor_of(admin), ada.id) == ada


async def test_an_admin_deactivated_during_the_request_assigns_no_roles(world: World) -> None:
    first, second = [await world.a_user(name, is_admin=True) for name in ("first", "second")]
    await world.deactivate_user(actor_of(first), second.id)

    with pytest.raises(AppUnauthorizedError):
        await world.assign_roles(actor_of(second), first.id, CLERK)
