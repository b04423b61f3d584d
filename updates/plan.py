"""Decides, for every file that the template has or had, what an update makes of it.

The plan depends on three trees alone: the render that the service was last updated to, the new one, and
what the owner has committed. What Copier has left on disk does not count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from updates.files import File, Tree
from updates.merging import merge, same_text
from updates.tables import Tables


class Fate(Enum):
    """What becomes of a path."""

    TEMPLATES = auto()
    """As the new version has it, or gone with it: the owner has changed nothing."""
    OWNERS = auto()
    """As the owner has it: the template has changed nothing."""
    MERGED = auto()
    """Both have changed it, and both changes are there; to move it is a change."""
    KEPT = auto()
    """The template has it no more, and the owner has changed it."""
    CONFLICT = auto()
    """Both have changed the same lines."""
    LEFT = auto()
    """The owner's, though the template has changed it: it is theirs since they changed it."""
    ANEW = auto()
    """The owner's, to be made again by a command."""


@dataclass(frozen=True)
class Outcome:
    """What has to be at a path after the update; None means nothing."""

    path: str
    file: File | None
    fate: Fate
    former: str | None = None
    """Where the owner had it, if it was elsewhere."""
    stages: tuple[File | None, File | None, File | None] = (None, None, None)
    """Of a conflict: what it was, what the owner and what the template has made of it."""


@dataclass(frozen=True)
class Sides:
    """Everything that a plan is made from."""

    old: Tree
    new: Tree
    mine: Tree
    """What the owner has of the paths that the template has or had, and of renamed ones."""
    tables: Tables = field(default_factory=Tables)
    renames: Mapping[str, str] = field(default_factory=dict)
    """Old files that the owner has renamed, and to what."""


def paths_of_interest(sides: Sides, committed: Collection[str]) -> set[str]:
    """Return the paths whose content a plan may depend on, of those that are committed."""
    renamed = sides.renames.values()
    return {path for path in {*sides.old, *sides.new, *renamed} if path in committed}


def make_plan(sides: Sides) -> list[Outcome]:
    """Return an outcome for each path that an update may touch, sorted."""
    outcomes: dict[str, Outcome] = {}
    reached: set[str] = set()
    for path in sides.old:
        target = sides.tables.target(path, sides.old, sides.new)
        if target:
            reached.add(target)
        for outcome in _descent(sides, path, target):
            outcomes[outcome.path] = outcome
    for path in sides.new.keys() - reached:
        outcomes.setdefault(path, _added(sides, path))
    return [outcomes[path] for path in sorted(outcomes)]


def _descent(sides: Sides, path: str, target: str | None) -> Iterator[Outcome]:
    """Follow one file of the old render, with what the owner has made of it."""
    held = _where(sides, path, target)
    if held is None:
        for gone in {path, target} - {None}:
            yield Outcome(str(gone), None, Fate.OWNERS)
        return
    moved_on = target and target != path and target in sides.mine and held == path
    if target is None or moved_on:
        yield _dropped(sides, path, held)
        if target:
            yield _added(sides, target)
        return
    place = target if held == path else held
    yield _both(sides, path, held, target, place)
    for left in {path, held, target} - {place}:
        yield Outcome(left, None, Fate.TEMPLATES)


def _where(sides: Sides, path: str, target: str | None) -> str | None:
    """Return where the owner has a file of the old render; nothing if it was deleted."""
    renamed = sides.renames.get(path)
    if renamed in sides.new:
        renamed = None
    return next((place for place in (path, renamed, target) if place in sides.mine), None)


def _dropped(sides: Sides, path: str, held: str) -> Outcome:
    """Let go of a file, unless the owner has made something of it."""
    if held == path and _is_same(sides.old[path], sides.mine[held]):
        return Outcome(path, None, Fate.TEMPLATES)
    return Outcome(held, sides.mine[held], Fate.KEPT)


def _both(sides: Sides, path: str, held: str, target: str, place: str) -> Outcome:
    """Decide on a file that all three have."""
    base, mine, theirs = sides.old[path], sides.mine[held], sides.new[target]
    former = held if held != place else None
    if base == theirs:
        followed = target == place != path and not _is_same(base, mine)
        return Outcome(place, mine, Fate.MERGED if followed else Fate.OWNERS, former)
    if _is_same(base, mine):
        merged = merge(base, mine, theirs)
        return Outcome(place, merged.file, Fate.TEMPLATES, former)
    if _is_same(mine, theirs):
        return Outcome(place, mine, Fate.OWNERS, former)
    if path in sides.tables.given_once:
        return Outcome(place, mine, Fate.LEFT, former)
    if path in sides.tables.written_anew:
        return Outcome(place, mine, Fate.ANEW, former)
    return _merged(place, base, mine, theirs, former)


def _merged(
    place: str, base: File | None, mine: File, theirs: File, former: str | None = None
) -> Outcome:
    merged = merge(base, mine, theirs)
    if merged.conflicts:
        return Outcome(place, merged.file, Fate.CONFLICT, former, (base, mine, theirs))
    return Outcome(place, merged.file, Fate.MERGED, former)


def _added(sides: Sides, path: str) -> Outcome:
    """Add a file of the new render, beside or into the owner's of the same name."""
    theirs, mine = sides.new[path], sides.mine.get(path)
    if mine is None:
        return Outcome(path, theirs, Fate.TEMPLATES)
    if _is_same(mine, theirs):
        return Outcome(path, mine, Fate.OWNERS)
    return _merged(path, None, mine, theirs)


def _is_same(one: File, other: File) -> bool:
    return one.mode == other.mode and same_text(one.content, other.content)


def groups(outcomes: Sequence[Outcome]) -> Mapping[Fate, list[Outcome]]:
    """Sort outcomes by what became of them."""
    return {fate: [each for each in outcomes if each.fate is fate] for fate in Fate}
