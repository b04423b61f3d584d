"""The keys and the metadata with which other services verify access tokens."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Request

from application.identity.dto.discovery import Issuer, PublicKey
from application.identity.use_cases.discovery import list_public_keys, name_issuer
from presentation.deps.identity.adapters import Adapters


@dataclass(frozen=True, slots=True)
class Discovery:
    """The use cases of discovery, bound to their dependencies."""

    list_public_keys: Callable[[], Awaitable[list[PublicKey]]]
    name_issuer: Callable[[], Awaitable[Issuer]]


def bind_discovery(adapters: Adapters) -> Discovery:
    return Discovery(
        list_public_keys=partial(list_public_keys, publisher=adapters.publisher),
        name_issuer=partial(name_issuer, publisher=adapters.publisher),
    )


async def get_discovery(request: Request) -> Discovery:
    discovery: Discovery = request.app.state.discovery
    return discovery


DiscoveryDep = Annotated[Discovery, Depends(get_discovery)]
