"""The header `If-Match`: the version that the caller wants to change."""

from typing import Annotated

from fastapi import Depends, Header
from pydantic.json_schema import SkipJsonSchema
from starlette.exceptions import HTTPException

from application.versions import ExpectedVersions
from presentation.errors import PRECONDITION_REQUIRED
from presentation.preconditions import versions_named

_DESCRIPTION = (
    "The `ETag` of the version to change. If it is no longer current, nothing is changed."
)


async def get_if_match(
    if_match: Annotated[
        str | SkipJsonSchema[None], Header(alias="If-Match", description=_DESCRIPTION)
    ] = None,
) -> ExpectedVersions:
    return None if if_match is None else versions_named(if_match)


async def get_required_if_match(
    if_match: Annotated[
        str | SkipJsonSchema[None],
        Header(
            alias="If-Match",
            description=_DESCRIPTION,
            # A missing header gets 428 rather than FastAPI's 422; the API document says `required`.
            json_schema_extra={"x-required": True},
        ),
    ] = None,
) -> ExpectedVersions:
    if if_match is None:
        raise HTTPException(
            PRECONDITION_REQUIRED.status, "name the version to change in the header If-Match"
        )
    return versions_named(if_match)


IfMatchDep = Annotated[ExpectedVersions, Depends(get_if_match)]
RequiredIfMatchDep = Annotated[ExpectedVersions, Depends(get_required_if_match)]
