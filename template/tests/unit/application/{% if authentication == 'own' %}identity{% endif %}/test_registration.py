import pytest

from application.errors import AppConflictError, AppError, RepoConflictError, RepoUnavailableError
from application.identity.dto.user import CreateUserInput
from application.identity.refusals.user import EmailTakenError, UsernameTakenError, taken
from domain.identity.value_objects.user import Username
from domain.shared import DomainError, InvalidInputError
from tests.unit.application.identity.world import PASSWORD, World


async def test_a_registered_user_is_stored(world: World) -> None:
    created = await world.a_user("ada")

    stored = await world.users.find_by_id(world.sessions.read(), created.id)
    assert stored is not None
    assert stored.username == Username.parse("ada")
    assert world.sessions.commits == 1


async def test_a_password_is_stored_as_a_hash_only(world: World) -> None:
    created = await world.a_user("ada")

    stored = await world.users.find_by_id(world.sessions.read(), created.id)
    assert stored is not None
    assert stored.password_hash == await world.hasher.hash(PASSWORD)
    assert PASSWORD not in repr(CreateUserInput("ada", "ada@example.org", PASSWORD))


async def test_a_registered_user_is_no_admin_unless_asked_for(world: World) -> None:
    assert not (await world.a_user("ada")).is_admin
    assert (await world.a_user("root", is_admin=True)).is_admin


@pytest.mark.parametrize(
    ("username", "email", "refusal"),
    [
        ("ada", "other@example.org", UsernameTakenError),
        ("other", "ada@example.org", EmailTakenError),
    ],
)
async def test_a_name_or_email_that_is_taken_is_refused(
    world: World, username: str, email: str, refusal: type[AppError]
) -> None:
    await world.a_user("ada")

    with pytest.raises(refusal):
        await world.create_user(CreateUserInput(username, email, PASSWORD))

    assert world.sessions.rollbacks == 1


async def test_an_unforeseen_conflict_is_a_general_conflict() -> None:
    assert type(taken(RepoConflictError("secret"))) is AppConflictError


@pytest.mark.parametrize("data", [("a", "a@example.org"), ("ada", "nowhere")])
async def test_a_broken_rule_is_found_before_anything_is_stored(
    world: World, data: tuple[str, str]
) -> None:
    with pytest.raises(DomainError):
        await world.create_user(CreateUserInput(*data, PASSWORD))

    assert world.sessions.commits == 0


@pytest.mark.parametrize("password", ["", "a" * 15, "ada ada ada ada ada", "thelibrary2026!"])
async def test_a_password_that_is_too_short_or_easy_to_guess_is_refused(
    world: World, password: str
) -> None:
    data = CreateUserInput("ada", "ada@example.org", password)

    with pytest.raises(InvalidInputError) as refusal:
        await world.create_user(data)

    assert [fault.path for fault in refusal.value.faults] == [("password",)]


async def test_all_faults_are_reported_at_once(world: World) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        await world.create_user(CreateUserInput("a", "nowhere", "short"))

    assert [(fault.path, fault.code) for fault in refusal.value.faults] == [
        (("username",), "invalid_username"),
        (("email",), "invalid_email"),
        (("password",), "password_length"),
    ]


async def test_a_commit_that_fails_is_not_reported_as_success(world: World) -> None:
    world.sessions.commit_error = RepoUnavailableError("connection lost")
    data = CreateUserInput("ada", "ada@example.org", PASSWORD)

    with pytest.raises(RepoUnavailableError):
        await world.create_user(data)

    assert world.sessions.rollbacks == 1
