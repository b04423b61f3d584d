"""The keys and the metadata with which other services verify access tokens."""

from typing import Any

from fastapi import APIRouter, Response

from application.errors import AppNotFoundError
from presentation.deps.identity.discovery import DiscoveryDep
from presentation.openapi import problems
from schemas.identity.discovery import JwkResponse, JwkSetResponse, MetadataResponse

_CACHE_CONTROL = "public, max-age=300"
_CACHEABLE: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Cache-Control": {
                "description": "Keys may be cached: a new one is published before it is used.",
                "required": True,
                "schema": {"type": "string", "const": _CACHE_CONTROL},
            }
        }
    }
}

router = APIRouter(
    prefix="/.well-known", tags=["identity"], responses=_CACHEABLE | problems(AppNotFoundError)
)


@router.get("/jwks.json", response_model_exclude_none=True)
async def list_public_keys_endpoint(response: Response, discovery: DiscoveryDep) -> JwkSetResponse:
    """List the public keys that verify access tokens. Not found if a secret signs them."""
    keys = await discovery.list_public_keys()
    response.headers["Cache-Control"] = _CACHE_CONTROL
    return JwkSetResponse(keys=[JwkResponse.from_output(key) for key in keys])


@router.get("/openid-configuration")
async def get_metadata_endpoint(response: Response, discovery: DiscoveryDep) -> MetadataResponse:
    """Return the issuer of access tokens and where its keys are. Not found if a secret signs them."""
    issuer = await discovery.name_issuer()
    response.headers["Cache-Control"] = _CACHE_CONTROL
    return MetadataResponse(
        issuer=issuer.name,
        jwks_uri=f"{issuer.address}/.well-known/jwks.json",
        token_endpoint=f"{issuer.address}/auth/token",
        token_endpoint_auth_methods_supported=["none"],
        grant_types_supported=["password"],
        response_types_supported=[],
        subject_types_supported=["public"],
    )
