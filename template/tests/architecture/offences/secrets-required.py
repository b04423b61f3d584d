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
