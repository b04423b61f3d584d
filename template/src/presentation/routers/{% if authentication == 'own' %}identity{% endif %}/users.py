"""Registering users, and managing accounts."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from application.errors import AppUnavailableError
from application.identity.dto.user import (
    AssignRolesInput,
    ChangeEmailInput,
    ChangePasswordInput,
    ChangeUsernameInput,
    CreateUserInput,
)
from application.identity.permissions.user import LIST_USERS, MANAGE_USERS, READ_USER
from application.identity.refusals.user import (
    AlreadyActiveError,
    AlreadyDeactivatedError,
    EmailTakenError,
    OwnAccountError,
    SamePasswordError,
    UsernameTakenError,
    UserNotFoundError,
    WrongPasswordError,
)
from application.paging import PageParams
from presentation.deps.actor import ActorDep
from presentation.deps.bearer import TokenDep
from presentation.deps.identity.login import LoginDep
from presentation.deps.identity.users import UserIdDep, UsersDep, UserSliceDep
from presentation.deps.preconditions import IfMatchDep
from presentation.deps.shared import RootPathDep
from presentation.openapi import CREATED, VERSIONED, problems
from presentation.preconditions import etag
from schemas.identity.user import (
    AssignRolesRequest,
    ChangeEmailRequest,
    ChangePasswordRequest,
    ChangeUsernameRequest,
    CreateUserRequest,
    UserResponse,
)
from schemas.paging import PageQuery, PageResponse, SliceResponse

router = APIRouter(tags=["identity"], responses=problems(AppUnavailableError))


@router.post(
    "/users", status_code=201, responses=CREATED | problems(UsernameTakenError, EmailTakenError)
)
async def create_user_endpoint(
    payload: CreateUserRequest, response: Response, root_path: RootPathDep, users: UsersDep
) -> UserResponse:
    """Register a user. The response's `Location` is the address of the new user."""
    data = CreateUserInput(
        username=payload.username, email=payload.email, password=payload.password
    )
    result = await users.create_user(data)
    response.headers["Location"] = f"{root_path}/users/{result.id.value}"
    response.headers["ETag"] = etag(result.version)
    return UserResponse.from_output(result)


@router.get("/users/me", responses=VERSIONED)
async def get_me_endpoint(token: TokenDep, response: Response, login: LoginDep) -> UserResponse:
    """Return the caller's own account."""
    result = await login.get_own_account(token)
    response.headers["ETag"] = etag(result.version)
    return UserResponse.from_output(result)


@router.put(
    "/users/me/username", responses=VERSIONED | problems(UserNotFoundError, UsernameTakenError)
)
async def change_username_endpoint(
    payload: ChangeUsernameRequest,
    actor: ActorDep,
    expected: IfMatchDep,
    response: Response,
    users: UsersDep,
) -> UserResponse:
    """Change the caller's username."""
    data = ChangeUsernameInput(username=payload.username)
    result = await users.change_username(actor, data, expected)
    response.headers["ETag"] = etag(result.version)
    return UserResponse.from_output(result)


@router.put(
    "/users/me/email",
    responses=VERSIONED | problems(WrongPasswordError, UserNotFoundError, EmailTakenError),
)
async def change_email_endpoint(
    payload: ChangeEmailRequest,
    actor: ActorDep,
    expected: IfMatchDep,
    response: Response,
    users: UsersDep,
) -> UserResponse:
    """Change the caller's e-mail address. This requires the current password."""
    data = ChangeEmailInput(email=payload.email, current_password=payload.current_password)
    result = await users.change_email(actor, data, expected)
    response.headers["ETag"] = etag(result.version)
    return UserResponse.from_output(result)


@router.put(
    "/users/me/password",
    status_code=204,
    responses=problems(WrongPasswordError, UserNotFoundError, SamePasswordError),
)
async def change_password_endpoint(
    payload: ChangePasswordRequest,
    actor: ActorDep,
    expected: IfMatchDep,
    users: UsersDep,
) -> None:
    """Change the caller's password. This requires the current one, and invalidates all tokens."""
    data = ChangePasswordInput(
        current_password=payload.current_password, new_password=payload.new_password
    )
    await users.change_password(actor, data, expected)


@router.get("/users/scroll", responses=problems(LIST_USERS, UserNotFoundError))
async def scroll_users_endpoint(
    params: UserSliceDep, actor: ActorDep, users: UsersDep
) -> SliceResponse[UserResponse]:
    """List the accounts, oldest first, in slices. Each slice costs the same as the first."""
    result = await users.scroll_users(actor, params)
    return SliceResponse[UserResponse].from_output(result)


@router.get("/users/{userId}", responses=VERSIONED | problems(READ_USER))
async def get_user_endpoint(
    user_id: UserIdDep, actor: ActorDep, response: Response, users: UsersDep
) -> UserResponse:
    """Return an account."""
    result = await users.get_user(actor, user_id)
    response.headers["ETag"] = etag(result.version)
    return UserResponse.from_output(result)


@router.get("/users", responses=problems(LIST_USERS))
async def list_users_endpoint(
    page: Annotated[PageQuery, Query()], actor: ActorDep, users: UsersDep
) -> PageResponse[UserResponse]:
    """List the accounts, oldest first, in pages."""
    params = PageParams(limit=page.limit, offset=page.offset)
    result = await users.list_users(actor, params)
    return PageResponse[UserResponse].from_output(result)


@router.post(
    "/users/{userId}/deactivate",
    responses=VERSIONED
    | problems(MANAGE_USERS, OwnAccountError, UserNotFoundError, AlreadyDeactivatedError),
)
async def deactivate_user_endpoint(
    user_id: UserIdDep,
    actor: ActorDep,
    expected: IfMatchDep,
    response: Response,
    users: UsersDep,
) -> UserResponse:
    """Deactivate a user. Their tokens become invalid immediately."""
    result = await users.deactivate_user(actor, user_id, expected)
    response.headers["ETag"] = etag(result.version)
    return UserResponse.from_output(result)


@router.post(
    "/users/{userId}/reactivate",
    responses=VERSIONED | problems(MANAGE_USERS, UserNotFoundError, AlreadyActiveError),
)
async def reactivate_user_endpoint(
    user_id: UserIdDep,
    actor: ActorDep,
    expected: IfMatchDep,
    response: Response,
    users: UsersDep,
) -> UserResponse:
    """Reactivate a deactivated user."""
    result = await users.reactivate_user(actor, user_id, expected)
    response.headers["ETag"] = etag(result.version)
    return UserResponse.from_output(result)


@router.put(
    "/users/{userId}/roles", responses=VERSIONED | problems(MANAGE_USERS, UserNotFoundError)
)
async def assign_roles_endpoint(
    user_id: UserIdDep,
    payload: AssignRolesRequest,
    actor: ActorDep,
    expected: IfMatchDep,
    response: Response,
    users: UsersDep,
) -> UserResponse:
    """Replace the roles of a user. They apply from the user's next request."""
    data = AssignRolesInput(roles=payload.roles)
    result = await users.assign_roles(actor, user_id, data, expected)
    response.headers["ETag"] = etag(result.version)
    return UserResponse.from_output(result)
