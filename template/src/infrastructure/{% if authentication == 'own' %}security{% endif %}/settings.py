"""What access tokens are signed with, and for how long they are good."""

from typing import Annotated, ClassVar

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from infrastructure.security.addresses import is_safe
from infrastructure.security.signing_secret import check_signing_secret


class TokenSettings(BaseSettings):
    several_lines: ClassVar[tuple[str, ...]] = ("jwt_private_key", "jwt_second_key")

    # allow: secrets-required - a secret may take its place; one of the two is required
    jwt_private_key: SecretStr | None = None
    """Signs tokens that others verify too, with the public half: RSA, EC or Ed25519, as PEM."""

    # allow: secrets-required - a private key may take its place; one of the two is required
    jwt_secret: Annotated[SecretStr, Field(min_length=32)] | None = Field(
        default=None, validate_default=True
    )
    """Signs tokens that only this service verifies.

    RFC 7518, section 3.2: at least as long as the hash, 32 bytes.
    """

    # allow: secrets-required - there is a second key only while keys are rotated
    jwt_second_key: SecretStr | None = None
    """Signs nothing, but its tokens are good and its public half is published, as PEM.

    It is the key of before, or the next one; the public half suffices.
    """

    jwt_issuer: str
    """Who signs the tokens. With a private key, the address at which others find its public half."""

    jwt_audience: str
    """For whom the tokens are."""

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
        # A private key that was refused is not in `data`; what is wrong with it is said already.
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
            # What this imports is of no use to a service that signs with a secret, or to a migration.
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
