"""How to verify access tokens, with the member names that the RFCs define."""

from typing import Literal

from schemas.base import CamelModel, Omittable


# allow: wire-is-camel - the spelling of RFC 7517, section 4
class JwkResponse(CamelModel, alias_generator=None):
    """A public key (RFC 7517). Which of `crv`, `x`, `y`, `n` and `e` it has depends on `kty`."""

    kid: str
    kty: Literal["RSA", "EC", "OKP"]
    alg: Literal["RS256", "ES256", "ES384", "ES512", "EdDSA"]
    use: Literal["sig"]
    crv: Omittable[str] = None
    x: Omittable[str] = None
    y: Omittable[str] = None
    n: Omittable[str] = None
    e: Omittable[str] = None


# allow: wire-is-camel - the spelling of RFC 7517, section 5
class JwkSetResponse(CamelModel, alias_generator=None):
    """A JWK set (RFC 7517, section 5). The first key signs."""

    keys: list[JwkResponse]


# allow: wire-is-camel - the spelling of RFC 8414, section 2
class MetadataResponse(CamelModel, alias_generator=None):
    """The metadata of this issuer (RFC 8414, section 2; OpenID Connect Discovery 1.0, section 3).

    It has no login page and issues no id tokens, so it has no members for either.
    """

    issuer: str
    jwks_uri: str
    token_endpoint: str
    token_endpoint_auth_methods_supported: list[Literal["none"]]
    grant_types_supported: list[Literal["password"]]
    response_types_supported: list[str]
    subject_types_supported: list[Literal["public"]]
