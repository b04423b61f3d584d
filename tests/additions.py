"""What owners and the template add to the same files, each at the place that docs/ownership.md names.

The template adds right above the owner's places, where an insertion would most likely meet theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

BOOK = Path(__file__).parent / "second_context" / "book"

Edit = Callable[[str], str]
"""Changes the text of a file. A new file is changed from an empty text."""


@dataclass(frozen=True)
class Addition:
    """The edits of the owner and of the template, by path."""

    mine: Mapping[str, Edit]
    theirs: Mapping[str, Edit] = field(default_factory=dict)


def new(text: str) -> Edit:
    return lambda _: text


def end(text: str) -> Edit:
    return lambda before: before + text


def below(line: str, text: str) -> Edit:
    return _replace(line + "\n", line + "\n" + text)


def above(line: str, text: str) -> Edit:
    return _replace(line + "\n", text + line + "\n")


def _replace(before: str, after: str) -> Edit:
    def replace(text: str) -> str:
        assert text.count(before) == 1, f"{before!r} is there {text.count(before)} times"
        return text.replace(before, after)

    return replace


def all_of(*edits: Edit) -> Edit:
    def apply(text: str) -> str:
        for edit in edits:
            text = edit(text)
        return text

    return apply


SETTING = Addition(
    mine={
        "src/infrastructure/config.py": all_of(
            end(
                "\n    payments_key: SecretStr\n    payments_retries: int = Field(default=3, ge=0, le=9)\n"
            ),
            above(
                "from infrastructure.settings.database import DatabaseSettings",
                "from pydantic import Field, SecretStr\n\n",
            ),
        ),
        ".env.example": end("PAYMENTS_KEY=\n# PAYMENTS_RETRIES=3\n"),
        "docs/settings.md": end(
            "| `PAYMENTS_KEY` | required | The key that the payments accept. |\n"
            "| `PAYMENTS_RETRIES` | `3` | How often a payment is tried again. |\n"
        ),
        "dev/own_environment.py": _replace(" = {}\n", ' = {"PAYMENTS_KEY": "for-development"}\n'),
    },
    theirs={
        "src/infrastructure/settings/requests.py": above(
            '    @field_validator("cors_origins")',
            "    max_tenants: int = Field(default=7, ge=1, le=100)\n\n",
        ),
        "src/infrastructure/config.py": _replace("in production.", "in production, too late."),
        ".env.example": above(
            "# Your own: a required one as `NAME=`, an optional one as `# NAME=default`",
            "# MAX_TENANTS=7\n\n",
        ),
        "docs/settings.md": above(
            "## Your own",
            "## Tenants\n\n| variable | default | what it prevents |\n|---|---|---|\n"
            "| `MAX_TENANTS` | `7` | More tenants than the service can bear. |\n\n",
        ),
    },
)

MIDDLEWARE = Addition(
    mine={
        "src/presentation/own_middleware.py": all_of(
            _replace("return []", "return [Middleware(GZipMiddleware, minimum_size=1000)]"),
            below(
                "from starlette.middleware import Middleware",
                "from starlette.middleware.gzip import GZipMiddleware\n",
            ),
        )
    },
    theirs={
        "src/presentation/timing.py": new(
            '"""How long requests take."""\n\n'
            "from starlette.types import ASGIApp, Receive, Scope, Send\n\n\n"
            "class TimingMiddleware:\n    def __init__(self, app: ASGIApp) -> None:\n"
            "        self.app = app\n\n"
            "    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:\n"
            "        await self.app(scope, receive, send)\n"
        ),
        "src/presentation/app.py": all_of(
            above(
                "    app.add_middleware(RequestContextMiddleware)",
                "    app.add_middleware(TimingMiddleware)\n",
            ),
            below(
                "from presentation.routers import ROUTERS, docs",
                "from presentation.timing import TimingMiddleware\n",
            ),
        ),
    },
)

ERROR = Addition(
    mine={
        "src/application/own_errors.py": new(
            '"""Our own kinds of errors."""\n\nfrom application.errors import AppError\n\n\n'
            'class UnpaidError(AppError):\n    code = "unpaid"\n    detail = "pay first"\n'
        ),
        "src/presentation/own_errors.py": all_of(
            _replace(
                " = {}\n",
                ' = {\n    UnpaidError: WireError(402, "Payment Required", UnpaidError.code),\n}\n',
            ),
            below(
                "from application.errors import AppError",
                "from application.own_errors import UnpaidError\n",
            ),
        ),
    },
    theirs={
        "src/application/errors.py": all_of(
            above(
                "class AppUnavailableError(AppError):",
                'class AppGoneError(AppError):\n    code = "gone"\n    detail = "it is no more"\n\n\n',
            ),
            above('    "AppNotFoundError",', '    "AppGoneError",\n'),
        ),
        "src/presentation/errors.py": all_of(
            above(
                "    **OWN_WIRE_MAP,",
                '    AppGoneError: WireError(410, "Gone", AppGoneError.code),\n',
            ),
            above("    AppNotFoundError,", "    AppGoneError,\n"),
        ),
    },
)

CONTEXT = Addition(
    mine={
        **{
            file.relative_to(BOOK).as_posix(): new(file.read_text())
            for file in sorted(BOOK.rglob("*.py"))
        },
        "src/presentation/own_routers.py": all_of(
            below(
                "from fastapi import APIRouter",
                "\nfrom presentation.routers.catalog import books\n",
            ),
            _replace(" = []\n", " = [\n    books.router,\n]\n"),
        ),
        "src/presentation/deps/own_contexts.py": all_of(
            below(
                "from infrastructure.config import Settings",
                "from presentation.deps import catalog\n",
            ),
            _replace(
                'from `presentation.deps`."""\n',
                'from `presentation.deps`."""\n    catalog.bind(app, sessions)\n',
            ),
        ),
        "src/infrastructure/persistence/own_tables.py": end(
            "\nimport infrastructure.persistence.catalog.models.book\n"
        ),
    },
    theirs={
        "src/presentation/routers/version.py": new(
            '"""The version."""\n\nfrom fastapi import APIRouter\n\nrouter = APIRouter()\n'
        ),
        "src/presentation/routers/__init__.py": all_of(
            _replace("routers import health\n", "routers import health, version\n"),
            below("    discovery.router,", "    version.router,\n"),
        ),
        "src/presentation/deps/version.py": new(
            '"""The version."""\n\nfrom fastapi import FastAPI\n\n\n'
            'def bind(app: FastAPI) -> None:\n    """Bind nothing."""\n'
        ),
        "src/presentation/deps/__init__.py": all_of(
            above("    own_contexts.bind(app, sessions)", "    version.bind(app)\n"),
            _replace(
                "identity, own_contexts, shared\n", "identity, own_contexts, shared, version\n"
            ),
        ),
        "src/infrastructure/persistence/metadata.py": above(
            "import infrastructure.persistence.own_tables",
            "import infrastructure.persistence.identity.user_repo\n",
        ),
    },
)

MARK = "    # Your own\n"
PYPROJECT = Addition(
    mine={
        "pyproject.toml": all_of(
            below("    # Your own, where `uv add` puts them", '    "httpx>=0.28,<1",\n'),
            _replace(MARK + "]\n\n[build-system]", MARK + '    "anyio>=4",\n]\n\n[build-system]'),
            _replace(
                MARK + "]\n\n[tool.ruff.lint]", MARK + '    "generated",\n]\n\n[tool.ruff.lint]'
            ),
            _replace(
                MARK + "]\n\n[tool.ruff.lint.flake8",
                MARK + '    "B904",\n]\n\n[tool.ruff.lint.flake8',
            ),
            _replace(MARK + "]\nexclude", MARK + '    "scripts",\n]\nexclude'),
            _replace(MARK + "]\n\n[tool.pytest", MARK + '    "^generated/",\n]\n\n[tool.pytest'),
            _replace(
                MARK + "]\nfilterwarnings", MARK + '    "slow: takes long",\n]\nfilterwarnings'
            ),
            _replace(MARK + "]\nasyncio_mode", MARK + '    "ignore:mine",\n]\nasyncio_mode'),
            _replace(
                MARK + "]\n\n# Your own tables",
                MARK + '    "raise NotImplementedError",\n]\n\n# Your own tables',
            ),
            end('[tool.ruff.lint.extend-per-file-ignores]\n"docs/**" = ["T20"]\n'),
        ),
        "architecture/rules/everything-placed.yml": end("      - scripts\n"),
        "scripts/tidy.py": new('"""Mine."""\n'),
    },
    theirs={
        "architecture/rules/everything-placed.yml": above("      # Your own", "      - tools\n"),
        "tools/weigh.py": new('"""Theirs."""\n'),
        "pyproject.toml": all_of(
            above("    # Your own, where `uv add` puts them", '    "typing-extensions>=4",\n'),
            _replace(
                MARK + "]\n\n[build-system]", '    "idna>=3",\n' + MARK + "]\n\n[build-system]"
            ),
            _replace(
                MARK + "]\n\n[tool.ruff.lint]", '    "build",\n' + MARK + "]\n\n[tool.ruff.lint]"
            ),
            _replace(
                MARK + "]\n\n[tool.ruff.lint.flake8",
                '    "B905",\n' + MARK + "]\n\n[tool.ruff.lint.flake8",
            ),
            _replace(MARK + "]\nexclude", '    "tools",\n' + MARK + "]\nexclude"),
            _replace(MARK + "]\n\n[tool.pytest", '    "^build/",\n' + MARK + "]\n\n[tool.pytest"),
            _replace(
                MARK + "]\nfilterwarnings", '    "odd: is odd",\n' + MARK + "]\nfilterwarnings"
            ),
            _replace(MARK + "]\nasyncio_mode", '    "ignore:theirs",\n' + MARK + "]\nasyncio_mode"),
            _replace(
                MARK + "]\n\n# Your own tables",
                '    "assert_never",\n' + MARK + "]\n\n# Your own tables",
            ),
            _replace("\n# Your own tables", "\n[tool.theirs]\nkey = 1\n\n# Your own tables"),
        ),
    },
)

RECIPE = Addition(
    mine={
        "own.just": all_of(
            _replace("own-checks:\n", "own-checks: spelling\n"),
            end("\n# Look for words that are not words\nspelling:\n    true\n"),
        )
    },
    theirs={
        "justfile": all_of(
            _replace("static test proof own-checks", "static test proof weights own-checks"),
            end("\n# Weigh the service\nweights:\n    true\n"),
            below('import "own.just"', '\n# Be quiet\nexport QUIET := "1"\n'),
        )
    },
)

CONTAINER = Addition(
    mine={
        "compose.override.yaml": new("services:\n  cache:\n    image: valkey/valkey:9\n"),
        ".dockerignore": below("# Your own", "!assets\n"),
        "Dockerfile": below("# Your own files and packages", "COPY --chmod=755 assets assets\n"),
    },
    theirs={
        "compose.yaml": _replace(
            "\nvolumes:\n  database:\n",
            "\n  pooler:\n    image: edoburu/pgbouncer:v1\n\nvolumes:\n  database:\n",
        ),
        ".dockerignore": all_of(
            above("# Your own", "!tools\n"), below("**/__pycache__", "**/*.log\n")
        ),
        "Dockerfile": above("# Your own files and packages", "COPY --chmod=755 tools tools\n"),
    },
)

IGNORED = Addition(
    mine={
        ".gitignore": end("scratch/\n"),
        ".gitattributes": end("*.png binary\n"),
    },
    theirs={
        ".gitignore": above("# Your own", "build/\n"),
        ".gitattributes": above("# Your own", "*.ico binary\n"),
    },
)

JOB = "    runs-on: ubuntu-24.04\n    steps:\n      - run: echo {}\n"
CI = Addition(
    mine={
        ".github/workflows/own.yml": new(
            "name: Own\non: push\njobs:\n  mine:\n" + JOB.format("mine")
        )
    },
    theirs={".github/workflows/ci.yml": end("  theirs:\n" + JOB.format("theirs"))},
)

PAGES = Addition(
    mine={
        "AGENTS.md": end("\nSay please.\n"),
        "docs/security.md": end("\n- Payments are signed: `tests/test_payments.py`.\n"),
        "docs/payments.md": new("# Payments\n"),
    },
    theirs={
        "AGENTS.md": above("## Your own", "Say thanks.\n\n"),
        "docs/security.md": above("## Your own", "Said by the template.\n\n"),
    },
)

ADDITIONS: dict[str, Addition] = {
    "a setting": SETTING,
    "middleware": MIDDLEWARE,
    "a kind of error": ERROR,
    "a context": CONTEXT,
    "dependencies and tools": PYPROJECT,
    "recipes and checks": RECIPE,
    "the image and compose": CONTAINER,
    "ignored files": IGNORED,
    "a job": CI,
    "pages": PAGES,
}
