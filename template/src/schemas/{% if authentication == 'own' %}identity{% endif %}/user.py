"""Users and their accounts."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from schemas.base import CamelModel, Id, Text

_BLANKS = r"[ \t\n\f\r]*"


_USERNAME = rf"^{_BLANKS}[A-Za-z][A-Za-z0-9._-]{{2,31}}{_BLANKS}$"


_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"


_EMAIL = rf"^{_BLANKS}[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+{_BLANKS}$"


UsernameText = Annotated[
    Text,
    Field(max_length=100, examples=["ada.lovelace"], json_schema_extra={"pattern": _USERNAME}),
]


EmailText = Annotated[
    Text,
    Field(max_length=254, examples=["ada@example.org"], json_schema_extra={"pattern": _EMAIL}),
]


NewPasswordText = Annotated[
    Text,
    Field(
        max_length=1024,
        examples=["correct horse battery"],
        description="No control characters, and not easy to guess: common words, repetitions,"
        " sequences, and little more than a name of the user or of the service are refused.",
        json_schema_extra={"minLength": 15, "maxLength": 128},
    ),
]


PasswordText = Annotated[
    Text, Field(min_length=1, max_length=1024, examples=["correct horse battery"])
]


RoleText = Annotated[Text, Field(max_length=63, examples=["clerk"])]


class CreateUserRequest(CamelModel):
    username: UsernameText
    email: EmailText
    password: NewPasswordText


class ChangeUsernameRequest(CamelModel):
    username: UsernameText


class ChangeEmailRequest(CamelModel):
    email: EmailText
    current_password: PasswordText


class ChangePasswordRequest(CamelModel):
    current_password: PasswordText
    new_password: NewPasswordText


class AssignRolesRequest(CamelModel):
    roles: Annotated[list[RoleText], Field(max_length=100)]


class UserResponse(CamelModel):
    id: Id
    username: str
    email: str
    is_admin: bool
    is_active: bool
    roles: list[str]
    created_at: datetime
    updated_at: datetime | None
