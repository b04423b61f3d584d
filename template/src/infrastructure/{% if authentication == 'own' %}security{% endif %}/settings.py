"""The settings of access tokens: their keys, issuer, audience and lifetime."""

from typing import Annotated, ClassVar

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from infrastructure.security.addresses import is_safe
from infrastructure.security.signing_secret import check_signing_secret


class TokenSettings(BaseSettings):
    several_lines: ClassVar[tuple[str, ...]] = ("jwt_private_key", "jwt_second_key")

    # allow: secrets-required - a secret may take its place; one of the two is required
    jwt_private_key: SecretStr | None = None
    """Signs tokens that others can verify with the public half: RSA, EC or Ed25519, as PEM."""

    # allow: secrets-required - a private key may take its place; one of the two is required
    jwt_secret: Annotated[SecretStr, Field(min_length=32)] | None = Field(
        default=None, validate_default=True
    )
    """Signs tokens that only this service can verify.

    It has at least 32 bytes, as many as the hash (RFC 7518, section 3.2).
    """

    # allow: secrets-required - there is a second key only while keys are rotated
    jwt_second_key: SecretStr | None = None
    """The previous or the next key, as PEM. The public half is sufficient.

    It does not sign, but tokens signed with it are accepted, and its public half is published.
    """

    jwt_issuer: str
    """The claim `iss` of the tokens. With a private key, its public half is at this address."""

    jwt_audience: str
    """The claim `aud` of the tokens."""

    access_token_lifetime: int = Field(default=1800, ge=1, le=31_536_000)
    """Seconds until an access token expires."""

    @field_validator("jwt_secret", "jwt_private_key", "jwt_second_key", mode="before")
    @classmethod
    def _empty_is_not_set(cls, given: object) -> object:
        return None if isinstance(given, str) and not given.strip() else given

    @field_validator("jwt_secret")
    @classmethod
    def _must_be_good_or_replaced(
        cls, given: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        # A private key that was refused is not in `data`, and its error is already reported.
        private_key = info.data.get("jwt_private_key", ...)
        if given is None and private_key is None:
            raise ValueError("missing; set this or JWT_PRIVATE_KEY")
        if given is not None and private_key not in (None, ...):
            raise ValueError("set this or JWT_PRIVATE_KEY, not both")
        if given is not None:
            check_signing_secret(given.get_secret_value())
        return given

    @field_validator("jwt_private_key", "jwt_second_key")
    @classmethod
    def _must_be_a_key(cls, given: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if given is not None:
            # Imported late: migrations, and services that sign with a secret, do not need it.
            from infrastructure.security.key_pairs import read_private_key, read_public_key

            read = read_private_key if info.field_name == "jwt_private_key" else read_public_key
            read(given)
        return given

    @field_validator("jwt_second_key")
    @classmethod
    def _must_be_the_second(cls, given: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if given is not None and info.data.get("jwt_private_key", ...) is None:
            raise ValueError("goes with JWT_PRIVATE_KEY, not with JWT_SECRET")
        return given

    @field_validator("jwt_issuer")
    @classmethod
    def _must_be_where_the_keys_are(cls, given: str, info: ValidationInfo) -> str:
        if info.data.get("jwt_private_key") is not None and (not is_safe(given) or "?" in given):
            raise ValueError(
                "must be the https:// address of this service, where others find its public key"
            )
        return given
