"""Random changes of a page and random edits of an owner, merged without Copier: what is lost, what conflicts?

Each pair renders a page before and after a change, edits a file of the first render as an owner would, and
plans the growth with it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from extensions import strata_contexts
from tests.pages import is_rendered, random_page, rendered
from updates.files import File, Tree
from updates.growth import without_new_migrations
from updates.plan import Fate, Outcome, Sides, make_plan

Page = dict[str, Any]
MINE: Final = "mine"
"""Stands in each line that an edit adds or changes."""


def add_context(page: Page, draw: random.Random) -> None:
    shelf = {"name": "Shelf", "fields": {"code": {"type": "string", "max": draw.randint(5, 90)}}}
    page["contexts"].append({"name": "stock", "aggregates": [shelf]})


def add_aggregate(page: Page, draw: random.Random) -> None:
    place = draw.choice([0, len(page["contexts"][0]["aggregates"])])
    added = {"name": "Invoice", "fields": {"number": "string", "due_on": "date"}}
    page["contexts"][0]["aggregates"].insert(place, added)


def add_field(page: Page, draw: random.Random) -> None:
    aggregate = an_aggregate(page, draw)
    fields = list(aggregate["fields"].items())
    kinds: list[Page] = [
        {"type": "string", "max": 30},
        {"type": "integer", "min": 1, "max": 9, "optional": True},
        {"type": "date"},
    ]
    fields.insert(draw.randint(0, len(fields)), ("added_later", draw.choice(kinds)))
    aggregate["fields"] = dict(fields)


def change_bound(page: Page, draw: random.Random) -> None:
    aggregate = an_aggregate(page, draw)
    name = draw.choice(list(aggregate["fields"]))
    aggregate["fields"][name] = {"type": "string", "max": draw.randint(41, 60)}


def add_transition(page: Page, draw: random.Random) -> None:
    aggregate = an_aggregate(page, draw)
    if "lifecycle" in aggregate:
        aggregate["lifecycle"]["transitions"]["hold_back"] = {"from": "draft", "to": "gone"}
    else:
        steps = {"hold_back": {"from": "draft", "to": "gone"}}
        aggregate["lifecycle"] = {"initial": "draft", "final": "gone", "transitions": steps}


def add_role(page: Page, draw: random.Random) -> None:
    page["roles"] = [*page.get("roles", []), "auditor"]
    an_aggregate(page, draw).setdefault("may", {})["read"] = ["auditor"]


def add_rule(page: Page, draw: random.Random) -> None:
    aggregate = an_aggregate(page, draw)
    aggregate["fields"] |= {"low": "integer", "high": "integer"}
    aggregate.setdefault("rules", {})["in_order"] = "low <= high"


def add_value(page: Page, draw: random.Random) -> None:
    fields = {"street": {"type": "string", "max": 120}, "city": "string"}
    page.setdefault("values", {})["PlaceOfDelivery"] = {"fields": fields}
    an_aggregate(page, draw)["fields"]["goes_to"] = {"type": "PlaceOfDelivery", "optional": True}


def add_ref(page: Page, draw: random.Random) -> None:
    context = draw.choice(page["contexts"])
    target = draw.choice(context["aggregates"])["name"]
    ref = {"type": "ref", "to": f"{context['name']}.{target}", "optional": True}
    an_aggregate(page, draw)["fields"]["seen_with"] = ref


def add_parts(page: Page, draw: random.Random) -> None:
    fields = {"remark": {"type": "string", "max": 80}, "amount": "money"}
    added = {"name": "LaterNote", "max": draw.randint(2, 9), "fields": fields}
    an_aggregate(page, draw).setdefault("parts", {})["later_notes"] = added


def add_sort_and_filter(page: Page, draw: random.Random) -> None:
    aggregate = an_aggregate(page, draw)
    reads = aggregate.setdefault("reads", {})
    aggregate["fields"]["ranked_by"] = {"type": "string", "max": draw.randint(3, 40)}
    reads["sort"] = [*reads.get("sort", ["created_at"]), "ranked_by"]
    reads["filter"] = [*reads.get("filter", []), "ranked_by"]


CHANGES: Final = (
    add_context,
    add_aggregate,
    add_field,
    change_bound,
    add_transition,
    add_role,
    add_rule,
    add_value,
    add_ref,
    add_parts,
    add_sort_and_filter,
)


def an_aggregate(page: Page, draw: random.Random) -> Page:
    found: Page = draw.choice(draw.choice(page["contexts"])["aggregates"])
    return found


Lines = list[str]


def insert_line(lines: Lines, draw: random.Random) -> Lines:
    place = draw.randint(0, len(lines))
    return [*lines[:place], f"# {MINE}\n", *lines[place:]]


def insert_block(lines: Lines, draw: random.Random) -> Lines:
    place = draw.randint(0, len(lines))
    block = [f"    # {MINE} {number}\n" for number in range(draw.randint(2, 9))]
    return [*lines[:place], *block, *lines[place:]]


def append_function(lines: Lines, _: random.Random) -> Lines:
    return [*lines, "\n", "\n", f"def {MINE}() -> str:\n", f'    return "{MINE}"\n']


def change_line(lines: Lines, draw: random.Random) -> Lines:
    place = draw.choice([n for n, line in enumerate(lines) if line.strip()])
    return [*lines[:place], f"{lines[place].rstrip()}  # {MINE}\n", *lines[place + 1 :]]


def delete_line(lines: Lines, draw: random.Random) -> Lines:
    place = draw.randrange(len(lines))
    return [*lines[:place], *lines[place + 1 :]]


def move_lines(lines: Lines, draw: random.Random) -> Lines:
    start = draw.randrange(len(lines))
    moved, rest = lines[start : start + 6], [*lines[:start], *lines[start + 6 :]]
    place = draw.randint(0, len(rest))
    return [*rest[:place], *moved, *rest[place:]]


EDITS: Final[tuple[Callable[[Lines, random.Random], Lines], ...]] = (
    insert_line,
    insert_block,
    append_function,
    change_line,
    delete_line,
    move_lines,
)


@dataclass(frozen=True)
class Pair:
    """A change of a page, an edit of a file, and what the merge has made of both."""

    change: str
    edit: str
    path: str
    old: Tree
    new: Tree
    mine: Tree
    outcomes: dict[str, Outcome]

    @property
    def outcome(self) -> str:
        """How the merge ended: `lost`, `conflict`, `merged` or `untouched`."""
        if any(self.lost()):
            return "lost"
        fates = {each.fate for each in self.outcomes.values()}
        if Fate.CONFLICT in fates:
            return "conflict"
        return "merged" if self.old.get(self.path) != self.new.get(self.path) else "untouched"

    def lost(self) -> Iterator[str]:
        """Yield what of the owner's is not there any more, and what of the template's is not there."""
        merged = self.outcomes[self.path].file if self.path in self.outcomes else None
        mine = self.mine.get(self.path)
        if mine is None:
            if merged is not None:
                yield f"{self.path} came back"
        elif merged is None:
            yield f"{self.path} is gone"
        else:
            before = Counter(lines_of(self.old[self.path]))
            own = Counter(lines_of(mine)) - before
            dropped = before - Counter(lines_of(mine))
            yield from (own - Counter(lines_of(merged))).elements()
            if self.outcomes[self.path].fate is not Fate.CONFLICT:
                gained = Counter(lines_of(self.new[self.path])) - before
                yield from (gained - Counter(lines_of(merged)) - dropped).elements()
        for path, outcome in self.outcomes.items():
            if path != self.path and outcome.file != self.new.get(path):
                yield f"{path} is not as the page says"


def lines_of(file: File) -> list[str]:
    return file.content.decode().splitlines()


@cache
def tree_of(seed: int, change: int) -> Tree | None:
    """Render a random page, or one with a change; None if the change cannot be made."""
    page = deepcopy(random_page(seed))
    if change >= 0:
        CHANGES[change](page, random.Random(seed))  # noqa: S311 - nothing is secret here
        if not is_rendered(page):
            return None
    files = {str(path): File(text.encode()) for path, text in rendered(page, "own")}
    page_text = strata_contexts.written(page)
    return files | {"contexts.yml": File(page_text.encode())}


def make_pair(seed: int, change: int, edit: int, turn: int) -> Pair | None:
    """Merge one change with one edit; None if the random page cannot be changed in this way."""
    old, new = tree_of(seed, -1), tree_of(seed, change)
    if old is None or new is None:
        return None
    draw = random.Random(turn)  # noqa: S311 - as above
    kept = without_new_migrations(old, new)
    migrations = {path: file for path, file in old.items() if path.startswith("migrations/")}
    new = {**kept, **migrations}
    changed = sorted(path for path in old if old[path] != new.get(path) and path.endswith(".py"))
    others = sorted(path for path in old if path.endswith(".py") and path not in migrations)
    path = draw.choice(changed if changed and draw.random() < 0.9 else others)
    lines = old[path].content.decode().splitlines(keepends=True)
    if edit == len(EDITS) or not lines:
        mine = {other: file for other, file in old.items() if other != path}
        name = "delete_file"
    else:
        mine = {**old, path: File("".join(EDITS[edit](lines, draw)).encode())}
        name = EDITS[edit].__name__
    outcomes = {each.path: each for each in make_plan(Sides(old, new, mine))}
    return Pair(CHANGES[change].__name__, name, path, old, new, mine, outcomes)
