"""The merge of single files and of trees of files, without Copier and without a template."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from dev.template import GENERATED
from hypothesis import given, settings
from hypothesis import strategies as st

from updates.files import EXECUTABLE, LINK, File
from updates.merging import merge, merge_texts
from updates.options import first_need, in_use
from updates.plan import Fate, Outcome, Sides, make_plan
from updates.refusals import conflict_markers, find_refusals
from updates.repository import Repository
from updates.tables import HERE, Tables, load
from updates.timeline import HEAD_MODULE, append_only, heads, migrations_in

EXAMPLES = int(os.environ.get("UPDATE_EXAMPLES", "40"))
BASE = b"".join(b"line %d\n" % number for number in range(1, 8))


def changed(text: bytes, *pairs: tuple[bytes, bytes]) -> bytes:
    for before, after in pairs:
        assert text.count(before) == 1
        text = text.replace(before, after)
    return text


# Single files.


def test_changes_of_lines_that_are_neighbours_are_both_taken() -> None:
    mine = changed(BASE, (b"line 3\n", b"mine\n"))
    theirs = changed(BASE, (b"line 4\n", b"theirs\n"))

    assert merge_texts(mine, BASE, theirs) == (
        changed(BASE, (b"line 3\nline 4\n", b"mine\ntheirs\n")),
        0,
    )


def test_a_line_put_in_beside_a_changed_one_is_taken_too() -> None:
    mine = changed(BASE, (b"line 3\n", b"line 3\nmine\n"))
    theirs = changed(BASE, (b"line 3\n", b"theirs\n"))

    assert merge_texts(mine, BASE, theirs) == (changed(BASE, (b"line 3\n", b"theirs\nmine\n")), 0)


def test_a_line_that_the_owner_deleted_beside_a_changed_one_stays_deleted() -> None:
    mine = changed(BASE, (b"line 3\n", b""))
    theirs = changed(BASE, (b"line 4\n", b"theirs\n"))

    assert merge_texts(mine, BASE, theirs) == (
        changed(BASE, (b"line 3\nline 4\n", b"theirs\n")),
        0,
    )


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ([(b"line 3\n", b"mine\n")], [(b"line 3\n", b"theirs\n")]),
        ([(b"line 3\n", b"")], [(b"line 3\n", b"theirs\n")]),
        ([(b"line 3\n", b"line 3\nmine\n")], [(b"line 3\n", b"line 3\ntheirs\n")]),
        ([(b"line 3\n", b"line 3\nmine\n")], [(b"line 3\nline 4\n", b"theirs\n")]),
    ],
    ids=["both change a line", "one deletes it", "both put in there", "put in between"],
)
def test_what_both_have_done_to_the_same_place_is_a_conflict_with_both_in_it(
    mine: list[tuple[bytes, bytes]], theirs: list[tuple[bytes, bytes]]
) -> None:
    result, conflicts = merge_texts(changed(BASE, *mine), BASE, changed(BASE, *theirs))

    assert conflicts == 1
    assert result.count(b"<<<<<<< before updating\n") == result.count(b">>>>>>> after updating\n")
    assert b"theirs\n" in result
    assert result.startswith(b"line 1\nline 2\n")
    assert result.endswith(b"line 5\nline 6\nline 7\n")


def test_what_both_have_done_alike_is_there_once_and_no_conflict() -> None:
    mine = changed(BASE, (b"line 3\n", b"same\n"), (b"line 5\n", b"mine\n"))
    theirs = changed(BASE, (b"line 3\n", b"same\n"))

    assert merge_texts(mine, BASE, theirs) == (mine, 0)


def test_a_last_line_without_an_end_is_never_run_into_another() -> None:
    base = b"a\nb"

    result, conflicts = merge_texts(b"a\nb\nmine", base, b"a\nb\ntheirs\n")

    assert conflicts
    assert {b"mine", b"theirs"} <= set(result.split(b"\n"))


@pytest.mark.parametrize("sign", [b"<", b"|", b"=", b">"])
@pytest.mark.parametrize("length", [7, 79, 80, 200])
def test_a_line_that_looks_like_a_marker_is_a_line_like_others(sign: bytes, length: int) -> None:
    base = b"Title\n" + sign * length + b"\n" + BASE
    mine = changed(base, (b"line 2\n", b"mine\n"))
    theirs = changed(base, (b"line 6\n", b"theirs\n"))

    assert merge_texts(mine, base, theirs) == (changed(mine, (b"line 6\n", b"theirs\n")), 0)


def test_bytes_that_are_no_utf_8_are_lines_like_others() -> None:
    mine = changed(BASE, (b"line 2\n", b"caf\xe9 \xff\n"))
    theirs = changed(BASE, (b"line 6\n", b"theirs\n"))

    merged = merge(File(BASE), File(mine), File(theirs))

    assert merged.conflicts == 0
    assert merged.file.content == changed(mine, (b"line 6\n", b"theirs\n"))


def test_the_owners_line_ends_stay() -> None:
    mine = changed(BASE, (b"line 2\n", b"mine\n")).replace(b"\n", b"\r\n")
    theirs = changed(BASE, (b"line 6\n", b"theirs\n"))

    merged = merge(File(BASE), File(mine), File(theirs))

    assert merged.conflicts == 0
    assert merged.file.content == changed(mine, (b"line 6\r\n", b"theirs\r\n"))


def test_a_mode_that_the_owner_has_set_stays_beside_the_templates_lines() -> None:
    theirs = changed(BASE, (b"line 6\n", b"theirs\n"))

    assert merge(File(BASE), File(BASE, EXECUTABLE), File(theirs)).file == File(theirs, EXECUTABLE)


def test_a_mode_that_the_template_has_set_comes_to_the_owners_lines() -> None:
    mine = changed(BASE, (b"line 2\n", b"mine\n"))

    assert merge(File(BASE), File(mine), File(BASE, EXECUTABLE)).file == File(mine, EXECUTABLE)


@pytest.mark.parametrize(
    "mine", [File(b"../elsewhere", LINK), File(b"\x00\x01mine")], ids=["a link", "no text"]
)
def test_where_there_are_no_lines_the_owners_stays_as_a_conflict(mine: File) -> None:
    merged = merge(File(BASE), mine, File(BASE + b"theirs\n"))

    assert merged.file == mine
    assert merged.conflicts == 1


@st.composite
def edited_sides(draw: st.DrawFn) -> tuple[bytes, bytes, bytes, set[int]]:
    """A text of distinct lines, an edited version of each side, and the lines that both touch."""
    count = draw(st.integers(1, 14))
    sides, touched = [], []
    for side in (b"mine", b"theirs"):
        lines, own = [], set()
        for number in range(count):
            line = b"line %d\n" % number
            what = draw(st.sampled_from(["leave"] * 4 + ["change", "delete", "put in"]))
            if what == "put in":
                ruler = draw(st.sampled_from([b"", b"=" * 80, b"<" * 79, b"|" * 7, b">" * 100]))
                lines.append(b"%s%s before %d\n" % (ruler, side, number))
                own.add(number)
            if what == "change":
                lines.append(b"%s for %d\n" % (side, number))
            if what in ("leave", "put in"):
                lines.append(line)
            if what in ("change", "delete"):
                own.add(number)
        sides.append(b"".join(lines))
        touched.append(own)
    base = b"".join(b"line %d\n" % number for number in range(count))
    return base, sides[0], sides[1], touched[0] & touched[1]


@settings(max_examples=EXAMPLES, deadline=None)
@given(edited_sides())
def test_of_random_pairs_of_edits_nothing_is_lost_and_what_is_deleted_stays_so(
    sides: tuple[bytes, bytes, bytes, set[int]],
) -> None:
    base, mine, theirs, met = sides

    result, conflicts = merge_texts(mine, base, theirs)

    lines = result.splitlines()
    for written in (mine, theirs):
        assert set(written.splitlines()) - set(base.splitlines()) <= set(lines)
    if not conflicts:
        gone = set(base.splitlines()) - (set(mine.splitlines()) & set(theirs.splitlines()))
        assert not gone & set(lines)
    if not met:
        assert not conflicts


# Trees of files.

OLD = {name: File(BASE) for name in ("kept.py", "moved.py", "dropped.py", "folder/in.py")}
NEW_TEXT = changed(BASE, (b"line 6\n", b"theirs\n"))
MINE = File(changed(BASE, (b"line 2\n", b"mine\n")))
BOTH = File(changed(BASE, (b"line 2\n", b"mine\n"), (b"line 6\n", b"theirs\n")))
MOVES = Tables(moves=(("moved.py", "place.py"), ("folder/", "other/")))


def planned(
    mine: Mapping[str, File],
    new: Mapping[str, File],
    tables: Tables = MOVES,
    renames: Mapping[str, str] | None = None,
    old: Mapping[str, File] = OLD,
) -> dict[str, Outcome]:
    outcomes = make_plan(Sides(old, new, mine, tables, renames or {}))
    return {outcome.path: outcome for outcome in outcomes}


def files(outcomes: Mapping[str, Outcome]) -> dict[str, File]:
    return {path: each.file for path, each in outcomes.items() if each.file}


NEW = {"kept.py": File(NEW_TEXT), "place.py": File(NEW_TEXT), "other/in.py": File(NEW_TEXT)}


def test_who_has_changed_nothing_gets_the_new_version_and_nothing_else() -> None:
    assert files(planned(OLD, NEW)) == NEW


def test_changes_follow_a_file_and_a_folder_that_the_template_has_moved() -> None:
    found = planned(OLD | {"moved.py": MINE, "folder/in.py": MINE}, NEW)

    assert files(found) == NEW | {"place.py": BOTH, "other/in.py": BOTH}
    assert found["place.py"].fate is Fate.MERGED
    assert found["place.py"].former == "moved.py"


def test_changes_follow_a_file_that_was_moved_twice() -> None:
    tables = Tables(moves=(("moved.py", "then.py"), ("then.py", "now.py")))

    found = planned({"moved.py": MINE}, {"now.py": File(NEW_TEXT)}, tables)

    assert files(found) == {"now.py": BOTH}


def test_the_templates_changes_follow_a_file_that_the_owner_has_renamed() -> None:
    mine = {"my/kept.py": MINE, "my/moved.py": MINE}
    renames = {"kept.py": "my/kept.py", "moved.py": "my/moved.py"}

    found = planned(mine, NEW, renames=renames)

    assert files(found) == {"my/kept.py": BOTH, "my/moved.py": BOTH}


def test_a_changed_file_that_the_template_has_dropped_stays() -> None:
    found = planned(OLD | {"dropped.py": MINE}, NEW)

    assert found["dropped.py"] == Outcome("dropped.py", MINE, Fate.KEPT, origin="dropped.py")


def test_what_the_owner_has_deleted_stays_deleted_wherever_it_would_be_now() -> None:
    assert files(planned({}, NEW)) == {}


def test_a_file_that_both_have_added_is_a_conflict_unless_it_is_the_same() -> None:
    new = NEW | {"same.py": File(b"a\n"), "other.py": File(b"theirs\n")}
    mine = {"same.py": File(b"a\n"), "other.py": File(b"mine\n")}

    found = planned(OLD | mine, new)

    assert found["same.py"].fate is Fate.OWNERS
    assert found["other.py"].fate is Fate.CONFLICT


def test_where_the_owner_has_a_file_at_the_new_place_both_of_theirs_stay() -> None:
    found = planned({"moved.py": MINE, "place.py": File(b"own\n")}, NEW)

    assert found["moved.py"].file == MINE
    assert found["place.py"].fate is Fate.CONFLICT


def test_where_a_renamed_file_has_moved_to_the_owners_own_file_stays() -> None:
    own = File(b"own\n")

    found = planned({"mine.py": MINE, "place.py": own}, NEW, renames={"moved.py": "mine.py"})

    assert found["mine.py"].file == MINE
    assert found["place.py"].fate is Fate.CONFLICT
    assert b"own\n" in files(found)["place.py"].content


@pytest.mark.parametrize("edited", ["kept.py", "moved.py"])
def test_of_two_files_that_become_one_no_edit_is_lost(edited: str) -> None:
    tables = Tables(moves=(("kept.py", "one.py"), ("moved.py", "one.py")))

    found = planned(OLD | {edited: MINE}, {"one.py": File(NEW_TEXT)}, tables)

    assert b"mine\n" in b"".join(file.content for file in files(found).values())


def test_texts_that_owners_write_anew_are_left_once_they_are_changed() -> None:
    tables = Tables(given_once=frozenset({"kept.py"}))

    assert planned(OLD | {"kept.py": MINE}, NEW, tables)["kept.py"].fate is Fate.LEFT
    assert (
        files(planned(OLD, NEW | {"moved.py": File(BASE)}, tables))["kept.py"].content == NEW_TEXT
    )


def test_what_a_command_writes_is_not_merged() -> None:
    tables = Tables(written_anew={"kept.py": "make it"})

    found = planned(OLD | {"kept.py": MINE}, NEW, tables)

    assert found["kept.py"] == Outcome("kept.py", MINE, Fate.ANEW)


def test_what_a_command_would_write_elsewhere_is_merged_where_the_owner_has_renamed_it() -> None:
    tables = Tables(written_anew={"kept.py": "make it"})

    found = planned({"mine.py": MINE}, NEW, tables, renames={"kept.py": "mine.py"})

    assert (found["mine.py"].fate, found["mine.py"].file) == (Fate.MERGED, BOTH)


PATHS = ("a.py", "b.py", "in/c.py", "in/d.py")


@st.composite
def lives(draw: st.DrawFn) -> tuple[dict[str, File], dict[str, File], dict[str, File], Tables]:
    """An old render, a new render, the owner's files, and the moves."""
    old = {
        path: File(b"".join(b"%s %d\n" % (path.encode(), n) for n in range(9))) for path in PATHS
    }
    new, mine, moves = {}, {}, []
    for path, file in old.items():
        becomes = draw(st.sampled_from(["same", "changed", "moved", "dropped"]))
        target = f"new/{path}" if becomes == "moved" else path
        if becomes == "moved":
            moves.append((path, target))
        if becomes != "dropped":
            lines = file.content.splitlines(keepends=True)
            if draw(st.booleans()):
                lines[draw(st.integers(0, 8))] = b"theirs\n"
            new[target] = File(b"".join(lines))
        does = draw(st.sampled_from(["nothing", "changes", "deletes", "sets its mode"]))
        if does != "deletes":
            lines = file.content.splitlines(keepends=True)
            if does == "changes":
                lines[draw(st.integers(0, 8))] = b"mine in %s\n" % path.encode()
            mine[path] = File(b"".join(lines), EXECUTABLE if does == "sets its mode" else file.mode)
    if draw(st.booleans()):
        new["added.py"] = File(b"theirs\n")
    return old, new, mine, Tables(moves=tuple(moves))


@settings(max_examples=EXAMPLES, deadline=None)
@given(lives())
def test_of_random_lives_no_line_is_lost_nothing_comes_back_and_nothing_changes_twice(
    life: tuple[dict[str, File], dict[str, File], dict[str, File], Tables],
) -> None:
    old, new, mine, tables = life

    found = planned(mine, new, tables, old=old)

    after = files(found)
    written = b"".join(file.content for file in after.values())
    for path, file in mine.items():
        if file != old[path]:
            place = tables.target(path, old, new) or path
            assert set(file.content.splitlines()) - set(old[path].content.splitlines()) <= set(
                written.splitlines()
            )
            assert after[place].mode == file.mode
    for path in old.keys() - mine.keys():
        assert not {path, tables.target(path, old, new)} & after.keys()
    if mine == old:
        assert after == new
    again = planned(after, new, tables, old=new)
    assert {path: file for path, file in after.items() if path in new} == files(again)


# Renames that git detects.


def repository(folder: Path, tree: Mapping[str, bytes]) -> Repository:
    for name, content in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m", "Owner's"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return Repository(folder)


@pytest.mark.parametrize("name", ["my place/in.py", "näher/in.py", os.fsdecode(b"caf\xe9.py")])
def test_git_finds_what_the_owner_has_renamed_and_changed(tmp_path: Path, name: str) -> None:
    service = repository(tmp_path, {name: MINE.content, "other.py": b"nothing of it\n" * 20})

    assert service.renamed_since({"kept.py": File(BASE)}) == {"kept.py": name}


def test_a_service_may_be_a_folder_of_a_repository(tmp_path: Path) -> None:
    repository(tmp_path, {"svc a/kept.py": MINE.content, "elsewhere.py": BASE})
    service = Repository(tmp_path / "svc a")

    assert set(service.committed) == {"kept.py"}
    assert service.read(["kept.py"]) == {"kept.py": MINE}


def test_conflict_markers_are_found_unless_git_was_told_that_they_belong(tmp_path: Path) -> None:
    marked = b"a\n<<<<<<< before updating\nb\n=======\nc\n>>>>>>> after updating\n"
    tree = {
        "left over.py": marked,
        "with crlf.py": marked.replace(b"\n", b"\r\n"),
        "docs/merging.md": marked,
        "heading.md": b"Heading\n=======\n",
        ".gitattributes": b"docs/*.md conflict-marker-size=32\n",
    }

    service = repository(tmp_path, tree)
    for setting in ("color.ui=always", "grep.fullName=true", "core.quotePath=true"):
        subprocess.run(["git", "config", *setting.split("=")], cwd=tmp_path, check=True)

    assert conflict_markers(service) == ["left over.py", "with crlf.py"]
    inner = tmp_path / "inner"
    assert conflict_markers(repository(inner, {"a.py": marked})) == ["a.py"]


# The timeline of migrations.


def migration(name: str, after: str | None) -> tuple[str, File]:
    number = name.partition("_")[0]
    text = f'revision: str = "{number}"\ndown_revision: str | None = {after and chr(34) + after + chr(34)}\n'
    return f"migrations/versions/{name}.py", File(text.encode())


def head(name: str) -> dict[str, File]:
    return {HEAD_MODULE: File(f'HEAD = "{name}"\n'.encode())}


START = dict([migration("0001_start", None)])
ADDED = dict([migration("0002_add", "0001")])


def test_a_new_migration_comes_as_it_is_to_who_has_none_of_their_own() -> None:
    before, after = append_only(START | head("0001_start"), START | ADDED | head("0002_add"), START)

    assert before == START | head("0001_start")
    assert after == START | ADDED | head("0002_add")


def test_a_new_migration_comes_after_the_owners_under_a_free_number() -> None:
    mine = START | dict([migration("0002_own", "0001"), migration("0003_own", "0002")])

    _, after = append_only(
        START | head("0001_start"), START | ADDED | head("0002_add"), mine | head("0003_own")
    )

    assert set(after) - {HEAD_MODULE} == {*START, "migrations/versions/0004_add.py"}
    [_, last] = migrations_in({path: after[path] for path in after if path != HEAD_MODULE})
    assert (last.revision, last.after) == ("0004", frozenset({"0003"}))
    assert heads(migrations_in(mine | after)) == {"0004"}
    assert after[HEAD_MODULE].content == b'HEAD = "0004_add"\n'


def test_a_new_migration_does_not_take_the_file_name_of_the_owners() -> None:
    path, _ = migration("0003_add", None)
    own = File(b'revision: str = "own"\ndown_revision: str | None = "0001"\n')
    taken = File(b'revision: str = "0002"\ndown_revision: str | None = "own"\n')
    mine = START | {path: own, "migrations/versions/0002_own.py": taken}

    _, after = append_only(START, START | ADDED, mine)

    assert set(after) == {*START, "migrations/versions/0004_add.py"}


def test_two_new_migrations_keep_their_order_after_the_owners() -> None:
    new = START | ADDED | dict([migration("0003_more", "0002")])
    mine = START | dict([migration("0002_own", "0001")])

    _, after = append_only(START, new, mine)

    assert heads(migrations_in(mine | after)) == {"0004"}
    assert set(after) == {
        *START,
        "migrations/versions/0003_add.py",
        "migrations/versions/0004_more.py",
    }


def test_a_new_migration_comes_after_that_of_the_contexts_which_keeps_its_number() -> None:
    mine = START | dict([migration("0002_create_tables", "0001")])
    new = START | ADDED | dict([migration("0003_create_tables", "0002")])

    before, after = append_only(
        mine | head("0002_create_tables"),
        new | head("0003_create_tables"),
        mine | head("0002_create_tables"),
    )

    assert before == START | head("0002_create_tables")
    assert after == START | dict([migration("0003_add", "0002")]) | head("0003_add")
    [*_, last] = migrations_in(mine | after)
    assert (last.stem, heads(migrations_in(mine | after))) == ("0003_add", {"0003"})


def test_later_versions_append_only_what_is_new_to_a_service_with_contexts() -> None:
    """Of the two renders, the service has the migrations in another order."""
    old = START | ADDED | dict([migration("0003_create_tables", "0002")])
    more = dict([migration("0003_more", "0002"), migration("0004_create_tables", "0003")])
    mine = START | dict([migration("0002_create_tables", "0001"), migration("0003_add", "0002")])

    _, after = append_only(old, START | ADDED | more, mine)

    assert after == START | ADDED | dict([migration("0004_more", "0003")])


def test_an_answer_that_begins_another_timeline_adds_nothing_of_it() -> None:
    users = dict([migration("0001_create_users", None), migration("0002_add", "0001")])
    mine = START | head("0001_start")

    _, after = append_only(mine, users | head("0002_add"), mine)

    assert after == head("0001_start")


def test_a_migration_that_was_rendered_neither_changes_nor_goes_nor_gets_a_rival() -> None:
    users = dict([migration("0001_create_users", None)])
    changed_start = {path: File(file.content + b"# anew\n") for path, file in users.items()}

    before, after = append_only(users, START, users)
    same, still = append_only(users, changed_start, users)

    assert (before, after) == ({}, {})
    assert same == still == users


# Options.


def test_code_of_the_owners_that_needs_what_would_go_is_found() -> None:
    lost = {"src/domain/identity/user.py", "Dockerfile", "src/domain/identity/__init__.py"}

    def need(path: str, text: str, base: str | None = None) -> str | None:
        return first_need(path, File(text.encode()), File(base.encode()) if base else None, lost)

    assert need("src/own.py", "from domain.identity.user import User\n")
    assert need("src/own.py", "from domain.identity import (\n    user,\n)\n")
    assert need("src/domain/orders/own.py", "from ..identity.user import User\n")
    assert need("deploy.yml", "run: docker build -f Dockerfile .\n") == "Dockerfile"
    assert not need("notes.md", "The Dockerfile is ours.\n")
    assert not need("src/own.py", "from domain.orders.user import User\n")
    line = "from domain.identity.user import User\n"
    assert not need("src/app.py", line + "mine = 1\n", line)


def test_files_in_a_folder_that_would_go_are_in_use() -> None:
    old = {"src/a/x.py": File(b"x\n"), "src/b.py": File(b"b\n")}
    new = {"src/b.py": File(b"b\n")}

    found = in_use({"src/a/x.py"}, old, new, [], {"src/a/own.py": File(b""), "src/c.py": File(b"")})

    assert found == {"src/a/own.py": "your own file, in a folder that would be deleted"}


def test_an_edited_file_is_in_use_under_the_name_that_the_owner_has_given_it() -> None:
    kept = Outcome("mine.py", MINE, Fate.KEPT, origin="dropped.py")

    found = in_use({"dropped.py"}, OLD, NEW, [kept], {"mine.py": MINE})

    assert found == {"mine.py": "you have edited it"}


# Refusals.


def refused(service: Repository, old: Mapping[str, File], new: Mapping[str, File]) -> str:
    found = [*find_refusals(service, old, new)]
    return "\n".join(line for each in found for line in (each.reason, *each.paths, each.remedy))


def test_a_file_that_git_ignores_and_the_template_has_dropped_is_not_deleted(
    tmp_path: Path,
) -> None:
    service = repository(tmp_path, {".gitignore": b"dropped.py\n"})
    (tmp_path / "dropped.py").write_bytes(MINE.content)

    said = refused(service, {"dropped.py": File(BASE)}, {})

    assert "git has no copy of them" in said
    assert "dropped.py\n" in said


def test_what_git_was_told_not_to_look_at_is_not_overwritten(tmp_path: Path) -> None:
    service = repository(tmp_path, {"kept.py": BASE, "same.py": BASE, "other.py": BASE})
    for name, flag in (
        ("kept.py", "--skip-worktree"),
        ("same.py", "--skip-worktree"),
        ("other.py", "--assume-unchanged"),
    ):
        service.git("update-index", flag, name)
    for name in ("kept.py", "other.py"):
        (tmp_path / name).write_bytes(MINE.content)
    old = {name: File(BASE) for name in ("kept.py", "same.py", "other.py")}

    said = refused(service, old, dict.fromkeys(old, File(NEW_TEXT)))

    assert "git was told not to look at them:\nkept.py\nother.py\n" in said
    assert "--no-skip-worktree" in said


@pytest.mark.parametrize("kind", ["link", "submodule"])
def test_files_of_the_template_below_a_link_or_a_submodule_are_refused(
    tmp_path: Path, kind: str
) -> None:
    service = repository(tmp_path, {"handbook/in.py": BASE})
    if kind == "link":
        (tmp_path / "folder").symlink_to("handbook")
    else:
        repository(tmp_path / "folder", {"in.py": BASE})

    said = refused(service, {"folder/in.py": File(BASE)}, {})

    assert "a link or a submodule of yours:\nfolder\nReplace it with a folder" in said


# The tables.


def test_the_tables_name_what_is_there() -> None:
    tables = load()
    rendered = (HERE.parent / "tests" / "golden" / "default.txt").read_text().splitlines()

    assert tables.given_once <= set(rendered)
    assert tables.written_anew.keys() <= set(rendered)
    for source, place in tables.moves:
        assert source.endswith("/") == place.endswith("/")
        assert not any(path == source or path.startswith(source) for path in rendered if source)
    # A place that had another file before would lead edits into the wrong one.
    places = [place for _, place in tables.moves]
    assert len(places) == len(set(places))
    for number, place in enumerate(places):
        assert place not in {source for source, _ in tables.moves[:number]}


def test_services_regenerate_the_files_that_are_written_anew() -> None:
    commands = {path: f"uv run just {recipe}" for path, recipe in GENERATED.items()}

    assert commands == load().written_anew
