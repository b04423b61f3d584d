"""Information about identity for schemathesis, which the API document cannot express."""

from typing import Any

import schemathesis

from application.identity.roles import ROLES

_WORDS = "violin harbour crème walnut lantern orbit thistle Zephyr " * 3


@schemathesis.hook
def map_case(
    context: schemathesis.HookContext, case: schemathesis.Case[Any]
) -> schemathesis.Case[Any]:
    """Replace new passwords by hard-to-guess words, and roles by known ones.

    The schema cannot express which are refused.
    """
    if isinstance(case.body, dict) and not case.operation.path.endswith("/auth/token"):
        case.body = {name: _accepted(name, value) for name, value in case.body.items()}
    return case


def _accepted(name: str, value: Any) -> Any:
    if _is_password(name, value):
        return _WORDS[: len(str(value))]
    if _are_roles(name, value):
        return sorted(ROLES)[: len(value)]
    return value


def _is_password(name: str, value: Any) -> bool:
    return name.lower().endswith("password") and isinstance(value, str) and 15 <= len(value) <= 128


def _are_roles(name: str, value: Any) -> bool:
    return (
        name == "roles"
        and isinstance(value, list)
        and len(value) <= 100
        and all(isinstance(role, str) and len(role) <= 63 for role in value)
    )
