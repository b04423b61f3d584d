"""Plans the outcome of an update for every file of the template.

The plan depends on three trees: the old render (base), the new render (theirs) and the owner's last
commit (mine). It ignores the working tree, where Copier has left its own merge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from updates.files import File, Tree
from updates.merging import merge, same_text
from updates.tables import Tables


class Fate(Enum):
    """The outcome for one path."""

    TEMPLATES = auto()
    """Taken or deleted as in the new render: the owner has not changed it."""
    OWNERS = auto()
    """Deleted by the owner; or the owner's version, if the template has made no other change."""
    MERGED = auto()
    """Both have changed it, without conflicts. A move by the template is a change, too."""
    KEPT = auto()
    """The owner's version of a file that the template has deleted: the owner has edited it."""
    CONFLICT = auto()
    """Both have changed the same lines."""
    LEFT = auto()
    """The owner's version of a file in `given once`, although the template has changed it."""
    ANEW = auto()
    """The owner's version of a file in `written anew`, until its command generates it again."""


@dataclass(frozen=True)
class Outcome:
    """The file to write to a path; None if the path must not exist."""

    path: str
    file: File | None
    fate: Fate
    former: str | None = None
    """The owner's path before the update, if it was another one."""
    origin: str | None = None
    """The path in the old render of a file that is kept."""
    stages: tuple[File | None, File | None, File | None] = (None, None, None)
    """The base, the owner's and the template's version of a file in conflict."""
    is_new: bool = False
    """Whether neither the old render nor the owner had it."""

    @property
    def is_marked(self) -> bool:
        """Whether a conflict has markers: links and binary files have none."""
        return not any(file and (file.is_link or file.is_binary) for file in self.stages)


@dataclass(frozen=True)
class Sides:
    """The input of a plan."""

    old: Tree
    new: Tree
    mine: Tree
    """The owner's committed files at the paths of both renders, and at the targets of `renames`."""
    tables: Tables = field(default_factory=Tables)
    renames: Mapping[str, str] = field(default_factory=dict)
    """The owner's paths of files that the owner has renamed, by their paths in the old render."""


def make_plan(sides: Sides) -> list[Outcome]:
    """Return the outcomes, sorted by path."""
    outcomes: dict[str, Outcome] = {}
    reached: set[str] = set()
    for path in sides.old:
        target = sides.tables.target(path, sides.old, sides.new)
        if target in reached:
            target = None  # the template has merged two files into one
        if target:
            reached.add(target)
        for outcome in _descent(sides, path, target):
            outcomes[outcome.path] = outcome
    for path in sides.new.keys() - reached:
        outcomes.setdefault(path, _added(sides, path))
    return [outcomes[path] for path in sorted(outcomes)]


def _descent(sides: Sides, path: str, target: str | None) -> Iterator[Outcome]:
    """Decide on one file of the old render; `target` is its path in the new one."""
    held = _where(sides, path, target)
    if held is None:
        for gone in {path, target} - {None}:
            yield Outcome(str(gone), None, Fate.OWNERS)
        return
    # The owner has a file of their own where the template has moved this one to.
    is_taken = target and target != path and target in sides.mine and held != target
    if target is None or is_taken:
        yield _dropped(sides, path, held)
        if target:
            yield _added(sides, target)
        return
    place = target if held == path else held
    yield _both(sides, path, held, target, place)
    for left in {path, held, target} - {place}:
        yield Outcome(left, None, Fate.TEMPLATES)


def _where(sides: Sides, path: str, target: str | None) -> str | None:
    """Return the owner's path of a file of the old render; None if the owner has deleted it."""
    renamed = sides.renames.get(path)
    if renamed in sides.new:
        renamed = None
    return next((place for place in (path, renamed, target) if place in sides.mine), None)


def _dropped(sides: Sides, path: str, held: str) -> Outcome:
    """Delete a file that the template has deleted, unless the owner has edited or renamed it."""
    if held == path and _is_same(sides.old[path], sides.mine[held]):
        return Outcome(path, None, Fate.TEMPLATES)
    return Outcome(held, sides.mine[held], Fate.KEPT, origin=path)


def _both(sides: Sides, path: str, held: str, target: str, place: str) -> Outcome:
    """Decide on a file that is in all three trees."""
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
    if path in sides.tables.written_anew and place == path:
        return Outcome(place, mine, Fate.ANEW, former)
    return _merged(place, base, mine, theirs, former)


def _merged(
    place: str, base: File | None, mine: File, theirs: File, former: str | None = None
) -> Outcome:
    merged = merge(base, mine, theirs)
    if merged.conflicts:
        return Outcome(place, merged.file, Fate.CONFLICT, former, stages=(base, mine, theirs))
    return Outcome(place, merged.file, Fate.MERGED, former)


def _added(sides: Sides, path: str) -> Outcome:
    """Add a file of the new render; merge it if the owner has a file at the same path."""
    theirs, mine = sides.new[path], sides.mine.get(path)
    if mine is None:
        return Outcome(path, theirs, Fate.TEMPLATES, is_new=True)
    if _is_same(mine, theirs):
        return Outcome(path, mine, Fate.OWNERS)
    return _merged(path, None, mine, theirs)


def _is_same(one: File, other: File) -> bool:
    return one.mode == other.mode and same_text(one.content, other.content)


def groups(outcomes: Sequence[Outcome]) -> Mapping[Fate, list[Outcome]]:
    """Group outcomes by their fate."""
    return {fate: [each for each in outcomes if each.fate is fate] for fate in Fate}
