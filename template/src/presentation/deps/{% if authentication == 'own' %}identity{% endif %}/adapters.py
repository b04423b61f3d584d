"""The adapters of identity's use cases."""

from dataclasses import dataclass
from datetime import timedelta

from application.identity.dto.login import LoginLimits
from application.identity.ports.key_publisher import KeyPublisher
from application.identity.ports.login_throttle import LoginThrottle
from application.identity.ports.password_hasher import PasswordHasher
from application.identity.ports.token_issuer import TokenIssuer
from application.identity.ports.user_repo import UserRepository
from infrastructure.config import Settings
from infrastructure.persistence.identity.login_throttle import PgLoginThrottle
from infrastructure.persistence.identity.user_repo import PgUserRepository
from infrastructure.security.password_hasher import Argon2PasswordHasher
from infrastructure.security.token_issuer import JwtTokenIssuer
from infrastructure.security.token_keys import token_keys


@dataclass(frozen=True, slots=True)
class Adapters:
    users: UserRepository
    hasher: PasswordHasher
    throttle: LoginThrottle
    tokens: TokenIssuer
    publisher: KeyPublisher


def build_adapters(settings: Settings) -> Adapters:
    tokens = JwtTokenIssuer(
        token_keys(
            secret=settings.jwt_secret,
            private_key=settings.jwt_private_key,
            second_key=settings.jwt_second_key,
        ),
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
        lifetime=settings.access_token_lifetime,
    )
    return Adapters(
        users=PgUserRepository(),
        hasher=Argon2PasswordHasher(
            memory_kib=settings.argon2_memory_kib, time_cost=settings.argon2_time_cost
        ),
        throttle=PgLoginThrottle(
            LoginLimits(
                per_account=settings.login_attempts_per_account,
                per_account_and_client=settings.login_attempts_per_account_and_client,
                per_client=settings.login_attempts_per_client,
                window=timedelta(seconds=settings.login_attempts_window),
            )
        ),
        tokens=tokens,
        publisher=tokens,
    )
