"""The settings of the issuer whose tokens are accepted, and of fetching its keys."""

from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from infrastructure.security.addresses import is_safe

# The asymmetric algorithms, by their names in tokens (RFC 7518, section 3.1; RFC 8037).
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)
_BY_SMALL_LETTERS = {name.lower(): name for name in ALGORITHMS}


def _split(given: object) -> object:
    if not isinstance(given, str):
        return given
    names = given.replace(",", " ").split()
    return tuple(_BY_SMALL_LETTERS.get(name.lower(), name) for name in names)


class TokenSettings(BaseSettings):
    oidc_issuer: str
    """The issuer of the tokens, exactly as in their claim `iss`."""

    oidc_audience: str = Field(min_length=1)
    """The claim `aud` of the tokens: the name of this service, or of a group that it belongs to."""

    oidc_jwks_uri: str = ""
    """The address of the issuer's keys. If empty, it is taken from the discovery document."""

    oidc_algorithms: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)] = ALGORITHMS
    """The accepted signature algorithms, separated by commas. All of them are asymmetric."""

    oidc_roles_claim: str = Field(default="roles", min_length=1)
    """The claim with the actor's roles. A dot leads to a nested one, as in `realm_access.roles`."""

    oidc_timeout: float = Field(default=5.0, ge=0.001, le=60)
    """Seconds to wait for the issuer to respond."""

    oidc_keys_lifetime: float = Field(default=300.0, ge=1, le=86_400)
    """Seconds after which the keys are fetched again; until then, a withdrawn key is accepted."""

    oidc_keys_pause: float = Field(default=10.0, ge=0.1, le=3600)
    """Seconds after a fetch during which tokens with unknown keys start no other."""

    @field_validator("oidc_issuer")
    @classmethod
    def _must_be_an_issuer(cls, given: str) -> str:
        if not is_safe(given) or "?" in given:
            raise ValueError("must be an https:// address without a query; http:// on this machine")
        return given

    @field_validator("oidc_jwks_uri")
    @classmethod
    def _must_be_safe(cls, given: str) -> str:
        if given and not is_safe(given):
            raise ValueError("must be an https:// address; http:// on this machine")
        return given

    @field_validator("oidc_algorithms")
    @classmethod
    def _must_be_asymmetric(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not given or not set(given) <= set(ALGORITHMS):
            raise ValueError(f"must be some of {', '.join(ALGORITHMS)}")
        return given
