"""The two stages of an update: the checks before Copier writes, and the merge after it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

from updates import tables
from updates.answers import replaced
from updates.files import File, Tree, read_tree, remove_file
from updates.growth import (
    Comparison,
    other_than_the_page,
    page_of,
    requested,
    without_new_migrations,
)
from updates.options import changed_answers, in_use, lost_to_answers
from updates.plan import Fate, Outcome, Sides, make_plan
from updates.refusals import Refusal, find_refusals
from updates.renders import AnswersError, given, read_answers, render
from updates.report import refuse, tell
from updates.repository import Repository, is_utf_8
from updates.timeline import VERSIONS, append_only, own_migrations

SKIPPED: Final = (
    "Stored answers have to be replaced, and Copier ignores that with this option:",
    ("--skip-answered",),
    "Run the update without it.",
)


class Update:
    """One update of one service.

    Args:
        folder: the folder of the service.
        template: a checkout of the version to update to.
        version: the version to update from.
        answers_file: the path of Copier's answers file in the service.
    """

    def __init__(self, folder: Path, template: Path, version: str, answers_file: str) -> None:
        self.repository = Repository(folder)
        self.template = template
        self.version = version
        self.answers_file = answers_file
        self.tables = tables.load()

    def before(self, asked: Mapping[str, Any], *, skip_answered: bool = False) -> int:
        """Render both versions, run the checks and replace stored answers; return the exit code.

        Args:
            asked: the answers that the owner has passed to this update.
            skip_answered: whether Copier will use the stored answers as they were before the update.
        """
        shutil.rmtree(self.repository.notes, ignore_errors=True)
        self.repository.notes.mkdir(parents=True)
        request = requested()
        answers = {**self._given, **asked, **(request.page if request else {})}
        try:
            old, new = self._render_old(), self._render_new(answers)
        except AnswersError:
            return 0  # Copier refuses the same answers next, and explains why
        refusals = [*find_refusals(self.repository, old, new), *self._options(answers, old, new)]
        growth = Comparison(request, self._given, answers) if request else None
        if growth:
            plan = self._plan(old, new)
            refusals += growth.refusals(plan)
        if skip_answered and self._is_outdated:
            refusals.append(Refusal(*SKIPPED))
        if refusals:
            refuse(refusals, is_growth=growth is not None)
            shutil.rmtree(self.repository.notes)
            return 1
        if growth:
            growth.request.answer(growth.growth, growth.told(plan))
            if growth.request.preview:
                shutil.rmtree(self.repository.notes)
                return 1
        written = old.keys() | new.keys() | _rejected(self.repository)
        untracked = sorted(self.repository.untracked() & written)
        if not all(map(is_utf_8, self.repository.committed)):
            self.repository.spare_copier(old)
        (self.repository.notes / "untracked.json").write_text(json.dumps(untracked))
        if self._is_outdated:
            self._write_answers()
        return 0

    def after(self) -> int:
        """Replace the result of Copier's merge by our own; return the exit code.

        The owner may have answered questions since `before` ran. Then the new version is rendered again,
        and turning an option off is checked again.
        """
        text = (self.repository.folder / self.answers_file).read_text(encoding="utf-8")
        answers = given(read_answers(text, self.answers_file))
        old, new = self._read("old") or self._render_old(), self._read("new")
        rendered = new and new.get(self.answers_file)
        known = rendered and given(read_answers(rendered.content.decode(), self.answers_file))
        if not new or known != answers:
            new = self._render_new(answers)
            if refusals := self._options(answers, old, new):
                self._go_back(old, new)
                refuse(refusals, is_growth=requested() is not None)
                return 1
        outcomes = self._plan(old, new)
        known_to_owner = self.repository.committed.keys() | self._untracked()
        self._apply(outcomes, old, new)
        shutil.rmtree(self.repository.notes, ignore_errors=True)
        if requested():
            tell(other_than_the_page(outcomes), self.tables.written_anew, None)
        else:
            added = [
                each.path for each in outcomes if each.file and each.path not in known_to_owner
            ]
            tell(outcomes, self.tables.written_anew, added)
        return 1 if any(outcome.fate is Fate.CONFLICT for outcome in outcomes) else 0

    @cached_property
    def _stored(self) -> dict[str, Any]:
        """The committed answers."""
        text = self.repository.git("show", f"HEAD:./{self.answers_file}").decode()
        return read_answers(text, self.answers_file)

    @cached_property
    def _given(self) -> dict[str, Any]:
        """The committed answers to questions, as the new version stores them."""
        return replaced(given(self._stored), self.tables.answers)

    @property
    def _is_outdated(self) -> bool:
        return self._given != given(self._stored)

    def _write_answers(self) -> None:
        """Write the answers file with the replaced answers, which Copier reads next."""
        own = {key: value for key, value in self._stored.items() if key.startswith("_")}
        text = yaml.safe_dump({**own, **self._given}, allow_unicode=True, sort_keys=False)
        (self.repository.folder / self.answers_file).write_text(text, encoding="utf-8")

    def _render_old(self) -> Tree:
        folder = self.repository.notes / "old"
        shutil.rmtree(folder, ignore_errors=True)
        return render(self._stored["_src_path"], self.version, self._stored, folder)

    def _render_new(self, answers: Mapping[str, Any], name: str = "new") -> Tree:
        folder = self.repository.notes / name
        shutil.rmtree(folder, ignore_errors=True)
        return render(str(self.template), "HEAD", answers, folder)

    def _read(self, name: str) -> Tree:
        return read_tree(self.repository.notes / name)

    def _sides(self, old: Tree, new: Tree) -> Sides:
        if requested():
            new = without_new_migrations(old, new)
        migrations = self.repository.read(own_migrations(self.repository.committed))
        before, after = append_only(old, new, migrations)
        for tree in (before, after):
            tree.pop(self.answers_file, None)  # Copier writes it
        renames = self.repository.renamed_since(before)
        mine = self.repository.read({*before, *after, *renames.values()})
        return Sides(before, after, mine, self.tables, renames)

    def _plan(self, old: Tree, new: Tree) -> list[Outcome]:
        return make_plan(self._sides(old, new))

    def _options(self, answers: Mapping[str, Any], old: Tree, new: Tree) -> list[Refusal]:
        """Refuse changed answers that would delete files which the owner has edited or uses."""
        changed = changed_answers(self._given, answers)
        if not changed or old.keys() <= new.keys() or page_of(answers) != page_of(self._given):
            return []
        unchanged = self._render_new({**answers, **self._given}, "unchanged")
        lost = {
            path for path in lost_to_answers(old, unchanged, new) if not path.startswith(VERSIONS)
        }
        committed = self.repository.committed
        own = [path for path in committed if not committed[path].is_of(old.get(path))]
        owned = self.repository.read(path for path in own if not path.startswith(VERSIONS))
        owned.pop(self.answers_file, None)
        reasons = in_use(lost, old, new, self._plan(old, new), owned)
        if not reasons:
            return []
        wishes = ", ".join(f"{name}={answers[name]}" for name in changed)
        return [
            Refusal(
                f"{wishes} would delete files that you have edited or that your code uses:",
                [f"{path}: {reason}" for path, reason in reasons.items()],
                "Undo the edits, or remove the files and imports, commit, and update again.",
            )
        ]

    def _apply(self, outcomes: Sequence[Outcome], old: Tree, new: Tree) -> None:
        """Write the plan to the working tree, and its conflicts to the index."""
        repository = self.repository
        repository.forget_what_is_staged()
        planned = {outcome.path for outcome in outcomes} | {self.answers_file}
        repository.restore(sorted(repository.changed_on_disk() - planned))
        wanted = {outcome.path for outcome in outcomes if outcome.file}
        stray = (planned | old.keys() | new.keys() | _rejected(repository)) - wanted
        # First, because two names that differ only in case may be one file.
        for path in sorted(stray - self._untouchable(planned) - {self.answers_file}):
            remove_file(repository.folder / path, repository.folder)
        for outcome in outcomes:
            if outcome.file and not self._is_written(outcome.path, outcome.file):
                repository.write(outcome.path, outcome.file)
        for outcome in outcomes:
            if outcome.fate is Fate.CONFLICT:
                repository.mark_conflict(outcome.path, outcome.stages)

    def _is_written(self, path: str, file: File) -> bool:
        there = self.repository.on_disk(path)
        return there == file or there == self.repository.as_checked_out(path, file)

    def _untouchable(self, planned: set[str]) -> set[str]:
        """Return the files to keep: committed ones that are not planned, and those untracked before."""
        return self._untracked() | (self.repository.committed.keys() - planned)

    def _untracked(self) -> set[str]:
        """Return the files of either render that were untracked before the update."""
        noted = self.repository.notes / "untracked.json"
        return set(json.loads(noted.read_text(encoding="utf-8"))) if noted.exists() else set()

    def _go_back(self, old: Tree, new: Tree) -> None:
        """Undo everything that Copier has written, because a given answer is refused."""
        repository = self.repository
        repository.forget_what_is_staged()
        repository.restore(sorted(repository.changed_on_disk()))
        committed = repository.committed.keys()
        for path in (old.keys() | new.keys() | _rejected(repository)) - committed:
            if path not in self._untouchable(set()):
                remove_file(repository.folder / path, repository.folder)
        shutil.rmtree(repository.notes, ignore_errors=True)


def _rejected(repository: Repository) -> set[str]:
    """Return the `.rej` files, which Copier's merge leaves for hunks that do not apply."""
    return {path for path in repository.untracked() if path.endswith(".rej")}
