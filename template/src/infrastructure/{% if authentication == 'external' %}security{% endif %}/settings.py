"""Whose tokens count, and how the issuer's keys are come by."""

from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from infrastructure.security.addresses import is_safe

# What is signed with a private key, as it is written in tokens (RFC 7518, section 3.1; RFC 8037).
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
    """Who signs the tokens, letter by letter as they name it in `iss`."""

    oidc_audience: str = Field(min_length=1)
    """For whom the tokens are: the name of this service, or of a group that it belongs to."""

    oidc_jwks_uri: str = ""
    """Where the issuer's keys are. Without it, the issuer's discovery document says so."""

    oidc_algorithms: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)] = ALGORITHMS
    """How tokens may be signed, separated by commas. None of them works with a shared secret."""

    oidc_roles_claim: str = Field(default="roles", min_length=1)
    """The claim that names the actor's roles. In `realm_access.roles`, a dot leads inside a claim."""

    oidc_timeout: float = Field(default=5.0, ge=0.001, le=60)
    """Seconds that the issuer has to answer."""

    oidc_keys_lifetime: float = Field(default=300.0, ge=1, le=86_400)
    """Seconds after which the keys are fetched again. A key that was withdrawn is good that long."""

    oidc_keys_pause: float = Field(default=10.0, ge=0.1, le=3600)
    """Seconds for which the issuer is not asked again, whatever unknown keys tokens name."""

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
