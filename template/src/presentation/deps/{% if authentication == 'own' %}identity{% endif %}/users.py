"""Users and their accounts."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request

from application.actors import Actor
from application.identity.dto.user import (
    AssignRolesInput,
    ChangeEmailInput,
    ChangePasswordInput,
    ChangeUsernameInput,
    CreateUserInput,
    UserOutput,
)
from application.identity.use_cases.account import change_email, change_password, change_username
from application.identity.use_cases.administration import (
    assign_roles,
    deactivate_user,
    reactivate_user,
)
from application.identity.use_cases.registration import create_user
from application.identity.use_cases.users import get_user, list_users, scroll_users
from application.paging import Page, PageParams, Slice, SliceParams
from application.sessions import Sessions
from application.versions import ExpectedVersions
from domain.identity.value_objects.user import UserId
from infrastructure.clock import SystemClock
from presentation.about import TITLE
from presentation.deps.identity.adapters import Adapters
from schemas.paging import SliceQuery


@dataclass(frozen=True, slots=True)
class Users:
    """The use cases of users, bound to their dependencies."""

    create_user: Callable[[CreateUserInput], Awaitable[UserOutput]]
    get_user: Callable[[Actor, UserId], Awaitable[UserOutput]]
    list_users: Callable[[Actor, PageParams], Awaitable[Page[UserOutput]]]
    scroll_users: Callable[[Actor, SliceParams[UserId]], Awaitable[Slice[UserOutput, UserId]]]
    change_username: Callable[[Actor, ChangeUsernameInput, ExpectedVersions], Awaitable[UserOutput]]
    change_email: Callable[[Actor, ChangeEmailInput, ExpectedVersions], Awaitable[UserOutput]]
    change_password: Callable[[Actor, ChangePasswordInput, ExpectedVersions], Awaitable[None]]
    deactivate_user: Callable[[Actor, UserId, ExpectedVersions], Awaitable[UserOutput]]
    reactivate_user: Callable[[Actor, UserId, ExpectedVersions], Awaitable[UserOutput]]
    assign_roles: Callable[
        [Actor, UserId, AssignRolesInput, ExpectedVersions], Awaitable[UserOutput]
    ]


def bind_users(sessions: Sessions, adapters: Adapters, roles: Collection[str]) -> Users:
    users, hasher, clock = adapters.users, adapters.hasher, SystemClock()
    return Users(
        create_user=partial(
            create_user,
            session_factory=sessions.write,
            users=users,
            hasher=hasher,
            clock=clock,
            service_name=TITLE,
        ),
        get_user=partial(get_user, read_sessions=sessions.read, users=users),
        list_users=partial(list_users, read_sessions=sessions.read, users=users),
        scroll_users=partial(scroll_users, read_sessions=sessions.read, users=users),
        change_username=partial(
            change_username, session_factory=sessions.write, users=users, clock=clock
        ),
        change_email=partial(
            change_email,
            session_factory=sessions.write,
            read_sessions=sessions.read,
            users=users,
            hasher=hasher,
            clock=clock,
        ),
        change_password=partial(
            change_password,
            session_factory=sessions.write,
            read_sessions=sessions.read,
            users=users,
            hasher=hasher,
            clock=clock,
            service_name=TITLE,
        ),
        deactivate_user=partial(
            deactivate_user, session_factory=sessions.write, users=users, clock=clock
        ),
        reactivate_user=partial(
            reactivate_user, session_factory=sessions.write, users=users, clock=clock
        ),
        assign_roles=partial(
            assign_roles,
            session_factory=sessions.write,
            users=users,
            clock=clock,
            known_roles=roles,
        ),
    )


async def get_users(request: Request) -> Users:
    users: Users = request.app.state.users
    return users


async def get_user_id(user_id: Annotated[UUID, Path(alias="userId")]) -> UserId:
    return UserId.from_trusted(user_id)


async def get_user_slice(query: Annotated[SliceQuery, Query()]) -> SliceParams[UserId]:
    after = UserId.from_trusted(query.after) if query.after else None
    return SliceParams(limit=query.limit, after=after)


UsersDep = Annotated[Users, Depends(get_users)]
UserIdDep = Annotated[UserId, Depends(get_user_id)]
UserSliceDep = Annotated[SliceParams[UserId], Depends(get_user_slice)]
