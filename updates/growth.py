"""The growth of a service: an update to its own version with another page of contexts (`just grow`).

`dev/grow.py` of the service asks for it: the variable `TEMPLATE_GROWTH` names a folder with the edited page,
`contexts.yml`, and `request.json`. What the service has to know afterwards is written there, too: `answer.json`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from updates.files import Tree
from updates.plan import Fate, Outcome
from updates.refusals import Refusal
from updates.timeline import VERSIONS

if TYPE_CHECKING:
    from extensions.strata_contexts.growth import Growth

VARIABLE: Final = "TEMPLATE_GROWTH"
PAGE: Final = ("language", "roles", "values", "contexts")


@dataclass(frozen=True)
class Request:
    """What the owner has asked for.

    Args:
        folder: where the request stands, and the answer to it is written.
        preview: whether nothing must be changed.
        allowed: the places whose removal the owner has confirmed.
    """

    folder: Path
    preview: bool
    allowed: Sequence[str]

    def answer(self, growth: Growth, told: Sequence[str]) -> None:
        """Tell the service what to show, and what it has to know to write its migrations."""
        text = json.dumps({**asdict(growth), "told": told}, ensure_ascii=False)
        (self.folder / "answer.json").write_text(text, encoding="utf-8")

    @property
    def text(self) -> str:
        """The page as the owner has written it."""
        return (self.folder / "contexts.yml").read_text(encoding="utf-8-sig")

    @property
    def page(self) -> dict[str, Any]:
        """The page with all of its keys, so that no stored one is kept. One that is no page is empty."""
        try:
            read = yaml.safe_load(self.text)
        except yaml.YAMLError:
            read = None  # Copier refuses it next, and explains why
        known = read if isinstance(read, dict) else {}
        return {"language": 1, "roles": [], "values": {}, "contexts": [], **known}


def requested() -> Request | None:
    """Return the request of `just grow`; None if this is another update."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        return None
    asked = json.loads(Path(folder, "request.json").read_text(encoding="utf-8"))
    return Request(Path(folder), asked["preview"], asked["allow_removal"])


def page_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the page among some answers."""
    return {key: answers[key] for key in PAGE if answers.get(key)}


def without_new_migrations(old: Tree, new: Tree) -> Tree:
    """Return the new render without migrations of its own: `just grow` writes them afterwards."""
    return {path: file for path, file in new.items() if path in old or VERSIONS not in path}


def other_than_the_page(plan: Iterable[Outcome]) -> list[Outcome]:
    """Return the outcomes that the owner does not know yet: the page is what they have written."""
    return [each for each in plan if each.path != "contexts.yml"]


class Comparison:
    """The pages before and after the growth, and what follows from their difference.

    Args:
        before: the stored answers.
        after: the stored answers with the new page.
    """

    def __init__(
        self, request: Request, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        self.request = request
        self._before, self._after = page_of(before), page_of(after)
        self._authentication = str(after.get("authentication", "own"))

    @cached_property
    def growth(self) -> Growth:
        """What the new page adds, changes and removes."""
        from extensions import strata_contexts  # pydantic takes half a second
        from extensions.strata_contexts.growth import growth_of

        before, after = (
            strata_contexts.read_answers(page, authentication=self._authentication)
            for page in (self._before, self._after)
        )
        return growth_of(before, after, self._authentication)

    def refusals(self, plan: Iterable[Outcome]) -> list[Refusal]:
        """Refuse what the rows of the service forbid, and what is removed without being confirmed."""
        return [*self._mistakes(), *self._unconfirmed(plan), *self._unknown()]

    def _mistakes(self) -> Iterable[Refusal]:
        from extensions import strata_contexts

        known = self._authentication
        before = strata_contexts.read_answers(self._before, authentication=known)
        lines = strata_contexts.ungrowable(
            before, self.request.text, authentication=known, file="contexts.yml"
        )
        if lines:
            yield Refusal(
                "A service whose tables have rows cannot become this:",
                lines,
                "Correct contexts.yml.",
            )

    def _hints(self) -> list[str]:
        """Return what may surprise the owner, and was not so on the page before."""
        from extensions import strata_contexts

        known = self._authentication
        before = strata_contexts.read_answers(self._before, authentication=known)
        return strata_contexts.surprising_text(
            self.request.text, authentication=known, file="contexts.yml", before=before
        )

    def _unconfirmed(self, plan: Iterable[Outcome]) -> Iterable[Refusal]:
        removed = [each for each in self.growth.removed if not self._is_allowed(each)]
        if not removed:
            return
        edited = [f"{path} (your edits)" for path in edited_in(plan)]
        options = " ".join(f"--allow-removal {place}" for place in removed)
        yield Refusal(
            "The page no longer has what is in the service. A new name is a removal, too: what is stored"
            " under the old one would be lost:",
            [*map(_with_its_rows, removed), *edited],
            f"Put it back. Or confirm: uv run just grow {options}",
        )

    def _unknown(self) -> Iterable[Refusal]:
        unknown = [
            place
            for place in self.request.allowed
            if not any(is_within(each, place) for each in self.growth.removed)
        ]
        if unknown:
            removed = ", ".join(self.growth.removed) or "nothing"
            yield Refusal(
                "The page removes nothing of this name:",
                unknown,
                f"What it removes: {removed}. Run the command without the others.",
            )

    def _is_allowed(self, removed: str) -> bool:
        return any(is_within(removed, place) for place in self.request.allowed)

    def told(self, plan: Sequence[Outcome]) -> list[str]:
        """Say what will be added, changed and removed, and what the database will be asked."""
        growth = self.growth
        parts = {
            "Added:": growth.added,
            "Changed:": growth.changed,
            "Removed:": growth.removed,
            "The database will be asked:": growth.asked,
            "Worth knowing:": self._hints(),
            "New files:": _new_files(plan),
            "Files in conflict, because you have changed the same lines:": _in(plan, Fate.CONFLICT),
            "Files that stay, because you have edited them:": _in(plan, Fate.KEPT),
        }
        return [
            line
            for title, lines in parts.items()
            if lines
            for line in (title, *(f"  {each}" for each in lines), "")
        ]


def is_within(place: str, other: str) -> bool:
    """Tell whether a place is another one, or within it."""
    return place == other or place.startswith(f"{other}.")


def edited_in(plan: Iterable[Outcome]) -> list[str]:
    """Return the paths of files that the owner has edited, and that would change."""
    return [each.path for each in plan if each.fate in (Fate.MERGED, Fate.CONFLICT, Fate.KEPT)]


def _with_its_rows(removed: str) -> str:
    """Return the place of what is removed, and of a role that nothing is lost."""
    is_role = removed.startswith("roles.") and removed.islower()  # an aggregate has a capital
    return f"{removed} (whoever has it keeps it, but nothing asks for it)" if is_role else removed


def _in(plan: Iterable[Outcome], fate: Fate) -> list[str]:
    return [each.path for each in plan if each.fate is fate]


def _new_files(plan: Iterable[Outcome]) -> list[str]:
    """Return the folders with new files, each with their number."""
    paths = [each.path for each in plan if each.is_new]
    folders: dict[str, int] = {}
    for path in paths:
        folder = path.rpartition("/")[0] or "."
        folders[folder] = folders.get(folder, 0) + 1
    return [f"{folder}: {number}" for folder, number in sorted(folders.items())]
