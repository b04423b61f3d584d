"""The rendered service as it is, but for hashing, which would drown all else."""

from fastapi import FastAPI
from presentation.app import create_app as create_rendered_app


class NoHasher:
    async def hash(self, password: str) -> str:
        return f"not hashed: {password}"

    async def verify(self, password: str, password_hash: str | None) -> bool:
        return password_hash == f"not hashed: {password}"

    def needs_rehash(self, password_hash: str) -> bool:
        return False


def create_app() -> FastAPI:
    app = create_rendered_app()
    app.state.password_hasher = NoHasher()
    return app
