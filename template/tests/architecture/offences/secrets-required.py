# offence: address
# plant: src/infrastructure/queue_settings.py
from pydantic import PostgresDsn, RedisDsn
from pydantic_settings import BaseSettings


class QueueSettings(BaseSettings):
    broker_url: str = "amqp://localhost"  # refused
    replica: PostgresDsn | None = None  # refused
    cache: RedisDsn = RedisDsn("redis://localhost")  # refused
    database_url: str = (  # refused
        "postgresql+asyncpg://localhost/app"
    )
    metrics: str = "https://scraper:hunter2@metrics.internal"  # refused


# offence: constant
# plant: src/infrastructure/ldap.py
PASSWORD = "hunter2"  # refused


def bind(host: str, password: str = "hunter2") -> None:  # refused
    print(host, password)


bind("ldap", password="hunter2")  # refused


# offence: environment
# plant: src/infrastructure/tokens.py
import os
from os import getenv

SIGNING = os.environ.get("JWT_SECRET", "dev")  # refused
DATABASE = getenv(  # refused
    "DATABASE_URL", "postgresql://localhost/app"
)
KEY = os.environ.setdefault("API_KEY", "none")  # refused


# offence: fallback
# plant: src/infrastructure/fallback.py
import os

from pydantic import SecretStr

from infrastructure.config import Settings

SECRET = os.environ.get("JWT_SECRET") or "dev"  # refused


def settings() -> Settings:
    return Settings(
        database_url=SecretStr("postgresql+asyncpg://localhost/app"),  # refused
    )


# offence: inherited settings
# plant: src/infrastructure/replica.py
from infrastructure.config import DatabaseSettings


class ReplicaSettings(DatabaseSettings):
    replica_password: str | None = None  # refused


def connect(url: str = "redis://app:hunter2@cache:6379/0") -> None:  # refused
    print(url)


connect("amqp://guest:guest@broker")  # refused


# offence: plain text
# plant: src/infrastructure/mail_settings.py
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings as Env


class MailSettings(Env):
    smtp_password: str = "postfix"  # refused
    access_token: str = Field("dev", min_length=3)  # refused
    private_key: bytes = Field(default_factory=lambda: b"-----BEGIN")  # refused
    client_secret: Annotated[str, Field(default="dev")]  # refused


# offence: secret str
# plant: src/infrastructure/payment_settings.py
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class PaymentSettings(BaseSettings):
    api_key: SecretStr = SecretStr("sk-test-1234")  # refused
    webhook_secret: SecretStr = Field(default=SecretStr("changeme"), min_length=8)  # refused
    signing_material: SecretStr | None = None  # refused


# offence: a group of settings
# plant: src/infrastructure/jwt_settings.py
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel, SecretStr


class JwtGroup(BaseModel):
    signing_key: str = "dev-only-key"  # refused
    material: str = "8f14e45fceea167a5a36dedd4bea2543"  # refused


@dataclass
class Mailer:
    host: str = "localhost"
    password: str = "postfix"  # refused


class Broker(NamedTuple):
    name: str = "events"
    secret: SecretStr = SecretStr("rabbit")  # refused


# offence: another name for the environment
# plant: src/infrastructure/env.py
import os
from collections import ChainMap
from os import environ as surroundings
from os import getenv as ask

ENV = os.environ
ENV.setdefault("SIGNER", "change-me")  # refused
ENV["JWT_SECRET"] = "letmein"  # refused
MERGED = {"API_TOKEN": "abc", **surroundings}  # refused
CHAIN = ChainMap(ENV, {"DATABASE_URL": "sqlite://"})  # refused
PEPPER = surroundings.pop("PASSWORD_PEPPER", "salt")  # refused
URL = ask(key="REDIS_URL", default="redis://localhost")  # refused


def load(env: dict[str, str]) -> str:
    return env.get("WEBHOOK_SECRET", "none")  # refused


# offence: a validator that fills in
# plant: src/infrastructure/signing_settings.py
from typing import Any

from pydantic import SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings


class SigningSettings(BaseSettings):
    jwt_secret: SecretStr
    material: SecretStr
    region: str

    @field_validator("jwt_secret", mode="before")
    @classmethod
    def _or_a_default(cls, given: Any) -> Any:
        return given or "development"  # refused

    @field_validator("material", mode="before")
    @classmethod
    def _never_empty(cls, given: Any) -> Any:
        if not given:
            return "x" * 3 + "local"
        return "local" if given == "x" else given  # refused

    @field_validator("region")
    @classmethod
    def _somewhere(cls, given: str) -> str:
        return given or "europe"

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, values: dict[str, Any]) -> dict[str, Any]:
        values.setdefault("jwt_secret", "development")  # refused
        values["material_key"] = values.get("material") or "none"
        return values

    def model_post_init(self, context: Any) -> None:
        self.material = self.material or SecretStr("development")  # refused


# offence: a text that becomes one
# plant: src/infrastructure/vault.py
import hmac
import os

from pydantic import SecretStr

_FALLBACK = "horse" + "battery"
CHOSEN = SecretStr(os.environ.get("SIGNER") or _FALLBACK)  # refused
BYTES = hmac.new(b"staple", b"body", "sha256")  # refused


def read(given: SecretStr | None) -> str:
    secret = given.get_secret_value() if given else "staple"  # refused
    return secret


def sign(body: bytes, *, secret: str = _FALLBACK) -> bytes:  # refused
    return hmac.digest(secret.encode(), body, "sha256")


# offence: a placeholder, whatever it is called
# plant: src/infrastructure/placeholders.py
FALLBACK = "change-me-in-production"  # refused
WORD = "insecure-default"  # refused
OTHER = b"dev-secret"  # refused
PEM = "-----BEGIN"  # refused
STRIPE = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"  # refused


# offence: the long way around
# plant: src/infrastructure/detours.py
import os
from functools import partial
from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr, create_model
from pydantic_settings import BaseSettings

get = os.environ.get
A = get("JWT_SECRET", "dev")  # refused
B = os.environ.get("JWT_SECRET", default="dev")  # refused
C = dict(os.environ).get("JWT_SECRET", "dev")  # refused
D = os.environ["JWT_SECRET"] if "JWT_SECRET" in os.environ else "dev"  # refused
try:
    E = os.environ["JWT_SECRET"]
except KeyError:
    E = "dev"  # refused
F = {**{"JWT_SECRET": "dev"}, **os.environ}["JWT_SECRET"]  # refused


class S(BaseSettings):
    a: Annotated[SecretStr, Field()] = "dev"  # type: ignore[assignment]  # refused
    b: SecretStr = Field(default_factory=lambda: SecretStr("dev"))  # refused
    c: str = Field("dev", alias="JWT_SECRET")  # refused
    d: str = Field(default="dev", validation_alias=AliasChoices("SECRET_KEY", "KEY"))  # refused
    e: "SecretStr" = SecretStr("dev")  # refused
    jwt_key = "dev"  # refused
    f: SecretStr | str = "dev"  # refused


M = create_model("M", jwt_secret=(str, "dev"))  # refused
T = partial(S, jwt_secret="dev")  # refused
S.model_construct(jwt_secret="dev")  # refused
S(**{"jwt_secret": "dev"})  # refused


def secret() -> str:
    return "dev"  # refused


def key() -> SecretStr:
    value = os.environ.get("JWT_SECRET")
    if not value:
        value = "dev"  # refused
    return SecretStr(value)


# offence: in a hurry
# plant: src/infrastructure/hurry_config.py
import os
from typing import Final, Optional

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_SECRET: Final = "super-secret"  # refused
DEV: Final[str] = "please-rotate"


class Jwt(BaseModel):
    signing_key: SecretStr = SecretStr(DEFAULT_SECRET)  # refused
    verify_key: str = "dev"  # refused
    private_pem: str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"  # refused


class Settings2(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")
    jwt: Jwt = Jwt(signing_key=SecretStr("dev"))  # refused
    jwt2: Jwt = Field(default_factory=lambda: Jwt(signing_key=DEV))  # refused
    stripe: str = "sk_live_abcdef0123456789"  # refused
    db: str = "postgresql://postgres:postgres@localhost/app"  # refused
    password: Optional[str] = "admin"  # refused
    hmac_secret: bytes = b"0" * 32  # refused
    session_secret: str = os.urandom(16).hex()  # refused
    aws_secret_access_key: str = "x"  # refused
    encryption_passphrase: str = Field("correct horse", min_length=3)  # refused

    @property
    def key(self) -> str:
        return self.password or "fallback"  # refused


def get_secret(env: dict[str, str] | None = None) -> str:
    env = env or dict(os.environ)
    if "JWT_SECRET" not in env:
        return "local"  # refused
    return env["JWT_SECRET"]


def make() -> str:
    try:
        return os.environ["JWT_SECRET"]
    except KeyError:
        return "local"  # refused


SECRET_KEY = os.environ.get("SECRET_KEY", None) or os.environ.get("OTHER") or "local"  # refused
API_KEY = os.environ["API_KEY"] if os.environ.get("API_KEY") else "local"  # refused
os.environ |= {"JWT_SECRET": "local"}  # refused
os.environ.update(JWT_SECRET="local")  # refused
os.putenv("JWT_SECRET", "local")  # refused
PEPPER = "pep" + "pers"  # refused


# offence: a request with a secret
# plant: src/schemas/sessions.py
from pydantic import SecretStr

from schemas.base import CamelModel


class BeginSessionRequest(CamelModel):
    password: str = "change-me"  # refused
    admin_password: str = "tiger1"  # refused
    pin: SecretStr = SecretStr("0000")  # refused


# offence: a placeholder that begins like a name
# plant: src/application/medicines.py
class ChangeMedicinesInput:
    reasons: list[str]


SIGNED_BY = "change-me"  # refused


# innocent: settings that are no secrets
# plant: src/infrastructure/more_settings.py
import os
from typing import Annotated

from pydantic import Field, RedisDsn, SecretStr
from pydantic_settings import BaseSettings


class MoreSettings(BaseSettings):
    api_key: SecretStr
    webhook_secret: SecretStr = Field(min_length=32)
    signing_key: SecretStr = Field(..., description="signs webhooks")
    cookie_key: SecretStr = Field(  # signs cookies
        min_length=32,
    )
    cache: Annotated[RedisDsn, Field(description="redis://host:port")]

    access_token_lifetime: int = 1800
    password_min_length: int = 12
    secret_rotation_days: int = Field(default=90, ge=1)
    token_type: str = "bearer"
    docs_url: str = "/docs"
    homepage_url: str = "https://example.org"
    primary_keyboard: str = "qwerty"


PORT = os.environ.get("PORT", "8000")
SECRET = os.environ["WEBHOOK_SECRET"]
SHAPE = "must look like postgresql+asyncpg://user:password@host:port/database"


# innocent: words about secrets
# plant: src/domain/accounts/event.py
from enum import StrEnum


class AccountEvent(StrEnum):
    PASSWORD_CHANGED = "password-changed"
    TOKEN_REVOKED = "token-revoked"
    PASSWORD = "password"
# plant: src/infrastructure/security_settings.py
import os
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Grant(StrEnum):
    PASSWORD = "password"
    CLIENT_SECRET = "client_secret"


class TokenGroup(BaseModel):
    algorithm: Literal["HS256"] = "HS256"
    token_algorithm: Literal["HS256", "RS256"] = "HS256"
    secret: SecretStr
    audience: str = "orders"
    header: str = "authorization"
    token_url: str = "/sessions"
    password_policy: str = "long"
    key_id: str = "2026-01"


class SecuritySettings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", secrets_dir="/run/secrets")

    tokens: TokenGroup
    public_key: str
    cookie_name: str = Field(default="session", pattern="^[a-z]+$")
    secret_name: str = "orders/prod"

    @field_validator("cookie_name", mode="before")
    @classmethod
    def _lower(cls, given: str) -> str:
        return given.lower() or "session"


HOST = os.environ.get("HOSTNAME") or "localhost"
LEVEL = os.getenv("LOG_LEVEL", "INFO")
ETAG = "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"


# innocent: names that sound like placeholders
# plant: src/domain/works/machine.py
from enum import StrEnum


class MachineState(StrEnum):
    PLANNED = "planned"
    IN_PRODUCTION = "in_production"


class Clearance(StrEnum):
    TOP_SECRET = "top-secret"


class CannotPutInProductionMachineError(Exception):
    code = "cannot_put_in_production_machine"


class Machine:
    state: MachineState
    local_only: bool
    default_keyboard: str


def fault() -> tuple[str, ...]:
    return "local_only", "machine_local_only_taken", "default_keyboard", "default-keyboard"
# plant: src/schemas/works/machine.py
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import CamelModel

Checksum = Annotated[str, Field(examples=["8f14e45fceea167a5a36dedd4bea2543"])]


class CreateMachineRequest(CamelModel):
    checksum: Checksum
    state: Literal["planned", "in_production"] = "planned"
    token: Literal["gold", "silver"] = "gold"
    salt: str = "none"
    api_key: str | None = None
    cache_url: str | None = None


# innocent: long names with numbers, and with the beginning of a placeholder
# plant: src/application/refusals.py
__all__ = [
    "CannotChangeMedicinesError",
    "CannotChangeRoute66StopsError",
    "CannotClose2HTTPConnectionsError",
]

PARAMETER = "addressLine2OfTheCustomerFrom"


class CannotChangeRoute66StopsError(Exception):
    code = "cannot_change_route_66_stops"


class CannotClose2HTTPConnectionsError(Exception):
    code = "cannot_close_2_http_connections"


class CannotChangeMedicinesError(Exception):
    code = "cannot_change_medicines"


# innocent: webhooks with signatures
# plant: src/infrastructure/webhooks.py
import hmac
from dataclasses import dataclass

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class HmacVerifier:
    secret: SecretStr
    header: str = "X-Signature-256"
    prefix: str = "sha256="

    def accepts(self, body: bytes, signature: str | None) -> bool:
        key = self.secret.get_secret_value().encode()
        expected = self.prefix + hmac.new(key, body, "sha256").hexdigest()
        return hmac.compare_digest(expected, signature or "")


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/json"}
# plant: src/application/webhooks/use_cases.py
import logging
from typing import Protocol

log = logging.getLogger(__name__)


class Cache(Protocol):
    async def get(self, key: str, default: str) -> str: ...


async def receive(kind: str, *, cache: Cache, token: str | None) -> str:
    log.info("received", extra={"token": bool(token)})
    return await cache.get("webhook", "nothing") + (token or "anonymous") + kind


# innocent: groups of settings
# plant: src/infrastructure/pasture_settings.py
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, BaseModel, Field, PostgresDsn, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Smtp(BaseModel):
    host: str = "localhost"
    port: int = 587
    user: str = "mailer"
    password: SecretStr
    timeout: timedelta = timedelta(seconds=5)


class Tracing(BaseModel):
    endpoint: AnyHttpUrl | None = None
    sample: float = 1.0
    header_name: str = "traceparent"


class PastureSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="MEADOW_", env_nested_delimiter="__")

    smtp: Smtp
    tracing: Tracing = Tracing()
    replica: PostgresDsn
    token_issuer: str = "https://issuer.example.org"
    token_audience: Annotated[str, Field(min_length=1)] = "pasture"
    token_leeway: timedelta = timedelta(seconds=10)
    password_hash: Literal["argon2id"] = "argon2id"
    key_prefix: str = "pasture:"
    sort_key: str = "created_at"
    cache_key: str = "pasture"
    public_key_path: Path = Path("/etc/pasture/public.pem")
    environment: Literal["dev", "test", "prod"] = "prod"

    @field_validator("token_audience", mode="before")
    @classmethod
    def _stripped(cls, given: str) -> str:
        return given.strip()
