"""What the stories of the examples share: people who act on a running service, and are told about.

A story runs in the folder of a service that `just dev` runs, whose users are its own or an issuer's:

    uv run python PATH/TO/story.py http://127.0.0.1:PORT
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

JSON = dict[str, Any]
PASSWORD = "purple monkey dishwasher"  # noqa: S105 - of people in a story


class Person:
    """Somebody who calls the service with a token of their own, and with roles."""

    def __init__(self, address: str, name: str, *roles: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=30)
        if Path("src/application/identity").exists():
            token = self._registered(name, *roles)
        else:
            token = just("token", name, *roles).strip()
        self._client.headers["Authorization"] = f"Bearer {token}"

    def _registered(self, name: str, *roles: str) -> str:
        """Register with the service, get the roles from an admin, and log in."""
        if "admin" in roles:
            just("create-admin", name, f"{name}@example.org", given=f"{PASSWORD}\n")
            return self._log_in(name)
        user = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        registered = self._client.post("/users", json=user).raise_for_status().json()
        if roles:
            just(
                "create-admin",
                f"admin-of-{name}",
                f"admin-of-{name}@example.org",
                given=f"{PASSWORD}\n",
            )
            admin = {"Authorization": f"Bearer {self._log_in(f'admin-of-{name}')}"}
            self._client.put(
                f"/users/{registered['id']}/roles", json={"roles": roles}, headers=admin
            ).raise_for_status()
        return self._log_in(name)

    def _log_in(self, name: str) -> str:
        form = {"grant_type": "password", "username": name, "password": PASSWORD}
        answer = self._client.post("/auth/token", data=form).raise_for_status()
        return str(answer.json()["access_token"])

    def get(self, told: str, path: str, **query: Any) -> httpx.Response:
        answer = self._client.get(path, params=query)
        return self._done(told, answer)

    def post(
        self, told: str, path: str, json: JSON | None = None, *, seen: httpx.Response | None = None
    ) -> httpx.Response:
        """Send a request; `seen` is an answer whose version it is about."""
        answer = self._client.post(path, json=json, headers=if_match(seen))
        return self._done(told, answer)

    def put(self, told: str, path: str, json: JSON, *, seen: httpx.Response) -> httpx.Response:
        return self._done(told, self._client.put(path, json=json, headers=if_match(seen)))

    def delete(self, told: str, path: str, *, seen: httpx.Response | None = None) -> httpx.Response:
        return self._done(told, self._client.delete(path, headers=if_match(seen)))

    def is_refused(
        self,
        told: str,
        code: str,
        method: str,
        path: str,
        json: JSON | None = None,
        *,
        seen: httpx.Response | None = None,
    ) -> None:
        """Send a request that the service has to refuse with this code."""
        answer = self._client.request(method, path, json=json, headers=if_match(seen))
        found = codes_of(answer)
        if code not in found:
            sys.exit(f"{told} That should have been refused as {code}: {shown(answer)}")
        print(f"{told} That is refused: {answer.status_code} {code}.")

    def _done(self, told: str, answer: httpx.Response) -> httpx.Response:
        if not answer.is_success:
            sys.exit(f"{told} That should have worked: {shown(answer)}")
        print(told)
        return answer


def just(*recipe: str, given: str = "") -> str:
    """Run a recipe of the service, and return what it prints."""
    command = ["uv", "run", "just", *recipe]
    return subprocess.run(
        command, input=given, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def if_match(seen: httpx.Response | None) -> dict[str, str]:
    return {} if seen is None else {"If-Match": seen.headers["ETag"]}


def codes_of(answer: httpx.Response) -> list[str]:
    """Return the codes of a refusal: its own, and those of its faults."""
    if answer.is_success:
        return []
    problem = answer.json()
    return [problem["code"], *(fault["code"] for fault in problem.get("errors") or [])]


def require(told: str, *, holds: bool) -> None:
    """Say what is the case, or stop where it is not."""
    if not holds:
        sys.exit(f"This should be so, and is not: {told}")
    print(told)


def shown(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.text}"


def address() -> str:
    """Return the address of the service, which is the only argument."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: uv run python {sys.argv[0]} http://127.0.0.1:PORT")
    return sys.argv[1]
