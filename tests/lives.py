"""A template repository with three versions, and the edits of owners to their services.

Version `v0.1.0` is the template of the working tree. `v0.2.0` has the changes of a realistic release.
`v0.3.0` changes many files, moves a folder and deletes another.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import ROOT

VERSIONS = ("v0.1.0", "v0.2.0", "v0.3.0")
NEWEST = VERSIONS[-1]

RULES = "architecture/rules/"
"""The folder that the last version deletes."""
OFFENCES = "tests/architecture/offences/"
"""The folder that the last version moves. It also changes every other file of it."""
PLANTED = "tests/architecture/planted/"
IMPROVED = "# improved by the template\n"

SETTINGS = {
    "plain": "",
    "odd": "[status]\n showUntrackedFiles = no\n relativePaths = false\n"
    "[merge]\n conflictStyle = zdiff3\n renames = false\n"
    "[diff]\n noprefix = true\n renames = copies\n external = false\n algorithm = histogram\n"
    "[core]\n quotePath = true\n abbrev = 40\n fileMode = true\n"
    "[apply]\n whitespace = fix\n[color]\n ui = always\n[rerere]\n enabled = true\n",
    "crlf": "[core]\n autocrlf = true\n eol = crlf\n safecrlf = false\n[diff]\n mnemonicPrefix = true\n",
}
IDENTITY = (
    "[user]\n name = Owner\n email = owner@example.org\n[init]\n defaultBranch = main\n"
    "[advice]\n detachedHead = false\n"
)


def git(folder: Path, *arguments: str, **environment: str) -> bytes:
    """Run git and return its output."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        capture_output=True,
        env=os.environ | environment,
        check=False,
    )
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr.decode()}"
    return done.stdout


def make_template(folder: Path, changes: Sequence[Callable[[Path], None]] = ()) -> Path:
    """Create a template repository from the working tree, with a tag for each version.

    Args:
        changes: what each version changes; by default those of the versions above.
    """
    listed = git(ROOT, "ls-files", "-co", "--exclude-standard", "-z").split(b"\0")
    for name in filter(None, map(os.fsdecode, listed)):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    for version, change in zip(VERSIONS, changes or (leave, improve, upset), strict=False):
        change(folder)
        git(folder, "add", "--all")
        who = ("-c", "user.name=Template", "-c", "user.email=template@example.org")
        git(folder, *who, "commit", "--quiet", "--message", version)
        git(folder, "tag", version)
    return folder


def leave(folder: Path) -> None:
    """Change nothing: the first version."""


def replace(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text, f"{path.name} has no {before!r}"
    path.write_text(text.replace(before, after))


def improve(folder: Path) -> None:
    """Move a file, add an option and a migration, and change files that owners usually edit."""
    template = folder / "template"
    presentation = template / "src" / "presentation"
    (presentation / "middleware.py").rename(presentation / "messages.py")
    for path in template.rglob("*.py"):
        if "presentation.middleware" in (text := path.read_text()):
            path.write_text(text.replace("presentation.middleware", "presentation.messages"))
    move = '"0.2.0":\n  src/presentation/middleware.py: src/presentation/messages.py\n'
    replace(folder / "updates" / "moves.yml", "{}\n", move)
    note = '"0.2.0":\n  - Orders of more than a ton are refused.\n'
    replace(folder / "updates" / "changes.yml", "{}\n", note)
    clients = template / "docs" / "clients.md.jinja"
    clients.rename(clients.with_name("{% if client_guide %}clients.md{% endif %}.jinja"))
    with (folder / "copier.yml").open("a") as questions:
        questions.write("\nclient_guide:\n  type: bool\n  help: A page?\n  default: true\n")
    known = '    "kubernetes": yes_or_no_problem,\n'
    guide = '    "client_guide": yes_or_no_problem,\n'
    replace(folder / "extensions" / "answers.py", known, known + guide)
    (template / "migrations" / "versions" / "0002_note_releases.py").write_text(
        '"""Note which releases there were."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        'revision: str = "0002"\ndown_revision: str | None = "0001"\n\n\ndef upgrade() -> None:\n'
        '    op.create_table("releases", sa.Column("name", sa.Text(), primary_key=True))\n\n\n'
        'def downgrade() -> None:\n    op.drop_table("releases")\n'
    )
    head = template / "src" / "infrastructure" / "persistence" / "head.py.jinja"
    lines = [line for line in head.read_text().splitlines() if not line.startswith("HEAD = ")]
    head.write_text("\n".join([*lines, 'HEAD = "0002_note_releases"', ""]))
    replace(
        template / "pyproject.toml.jinja", "line-length = 100\n", f"line-length = 100\n{IMPROVED}"
    )
    replace(
        template / "justfile.jinja", "# List the recipes.\n", f"{IMPROVED}# List the recipes.\n"
    )
    replace(
        template / "README.md.jinja", "## Getting started\n", "## Getting started\n\nBetter said.\n"
    )
    replace(presentation / "app.py", "\nimport asyncio\n", f"\n{IMPROVED}import asyncio\n")
    replace(template / ".gitignore", ".coverage.json\n", ".coverage.json\n.improved/\n")
    change_contract(template)


def change_contract(template: Path) -> None:
    """Change the template's API document."""
    contract = template / "openapi.json.jinja"
    replace(contract, '"openapi": "', '"x-improved": true,\n  "openapi": "')


def upset(folder: Path) -> None:
    """Change, move and delete many files at once."""
    template = folder / "template"
    (template / OFFENCES).rename(template / PLANTED)
    with (folder / "updates" / "moves.yml").open("a") as moves:
        moves.write(f'"0.3.0":\n  {OFFENCES}: {PLANTED}\n')
    for path in sorted((template / PLANTED).iterdir())[::2]:
        improve_lines(path)
    for path in changed_files(folder):
        improve_lines(path)
    shutil.rmtree(template / RULES)


def changed_files(template: Path) -> list[Path]:
    """Return the files that the last version changes: long Python files without Jinja."""
    folders = ("architecture/typed", "architecture/grammars", "architecture/contracts")
    found = [path for name in folders for path in sorted((template / "template" / name).iterdir())]
    return [path for path in found if path.suffix == ".py" and len(lines_of(path)) >= 40]


Change = tuple[int, int, Sequence[bytes]]
"""Start and end index of the lines to replace, and the new lines."""


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().replace(b"\r\n", b"\n").splitlines(keepends=True)


def applied(lines: Sequence[bytes], changes: Sequence[Change]) -> bytes:
    result = list(lines)
    for start, end, new in sorted(changes, reverse=True, key=lambda change: change[:2]):
        result[start:end] = new
    return b"".join(result)


def templates_changes(lines: Sequence[bytes]) -> list[Change]:
    """Return the changes that `upset` makes to a file."""
    late = len(lines) * 3 // 4
    return [(2, 2, [IMPROVED.encode()]), (late, late + 1, [b"# said anew by the template\n"])]


def improve_lines(path: Path) -> None:
    lines = lines_of(path)
    path.write_bytes(applied(lines, templates_changes(lines)))


@dataclass(frozen=True)
class Life:
    """A service, with the git settings of its owner."""

    path: Path
    config: Path
    template: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"GIT_CONFIG_GLOBAL": str(self.config), "GIT_CONFIG_NOSYSTEM": "1"}

    def git(self, *arguments: str) -> bytes:
        return git(self.path, *arguments, **self.environment)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Mine")

    def copier(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Copier in the service's folder, with its whole output in `stdout`."""
        return subprocess.run(
            [sys.executable, "-m", "copier", *arguments],
            cwd=self.path,
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def update(self, version: str = NEWEST, *options: str) -> subprocess.CompletedProcess[str]:
        return self.copier("update", "--trust", "--defaults", f"--vcs-ref={version}", *options)

    def status(self) -> str:
        """Return all changes since the last commit, including untracked and ignored files."""
        options = ("--porcelain", "--untracked-files=all", "--ignored", "-z", "--", ".")
        return os.fsdecode(self.git("-c", "color.ui=false", "status", *options))

    def committed(self, *, revision: str = "HEAD") -> dict[str, tuple[str, bytes]]:
        """Return the mode and the content of each committed file."""
        rows = self.git("ls-tree", "-r", "-z", revision).split(b"\0")
        named = [row.split(b"\t", 1) for row in rows if row]
        asked = b"".join(meta.split()[2] + b"\n" for meta, _ in named)
        printed = subprocess.run(
            ["git", "cat-file", "--batch"],
            cwd=self.path,
            input=asked,
            capture_output=True,
            check=True,
        ).stdout
        contents = {}
        for meta, path in named:
            header, _, printed = printed.partition(b"\n")
            size = int(header.split()[2])
            contents[os.fsdecode(path)] = (meta.split()[0].decode(), printed[:size])
            printed = printed[size + 1 :]
        return contents


def be_born(
    template: Path,
    folder: Path,
    version: str = VERSIONS[0],
    *,
    settings: str = "plain",
    below: str = "",
    answers: Sequence[str] = (),
) -> Life:
    """Render a service from a version and commit it.

    Args:
        settings: the name of the owner's git settings in `SETTINGS`.
        below: the service's folder in the repository; empty for the top level.
        answers: options of Copier's command line.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "gitconfig"
    config.write_text(IDENTITY + SETTINGS[settings])
    top = folder / "repository"
    life = Life(top / below, config, template)
    top.mkdir()
    git(top, "init", "--quiet", **life.environment)
    made = subprocess.run(
        [
            *(sys.executable, "-m", "copier", "copy", "--trust", "--defaults", "--quiet"),
            *(f"--vcs-ref={version}", *answers, str(template), str(life.path)),
        ],
        env=os.environ | life.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    life.commit()
    return life


@dataclass
class Edits:
    """The edits of an owner, and the expected files after the update."""

    life: Life
    before: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    expected: dict[str, tuple[str, bytes] | None] = field(default_factory=dict)
    """Mode and content by path; None if the path must not exist."""
    kinds: dict[str, str] = field(default_factory=dict)
    """The kind of edit by path."""

    def expect(self, kind: str, path: str, content: bytes | None, mode: str = "100644") -> None:
        assert path not in self.expected, path
        self.expected[path] = None if content is None else (mode, content)
        self.kinds[path] = kind

    def write(self, path: str, content: bytes) -> None:
        """Write content, given with LF, with the line endings that the file has on disk."""
        place = self.life.path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        crlf = place.exists() and b"\r\n" in place.read_bytes()
        place.write_bytes(content.replace(b"\n", b"\r\n") if crlf else content)


LineEdit = Callable[[list[bytes]], list[Change]]


def _middle(lines: Sequence[bytes]) -> int:
    return len(lines) // 2


LINE_EDITS: dict[str, LineEdit] = {
    "a line at the end": lambda x: [(len(x), len(x), [b"mine, at the end\n"])],
    "a line at the beginning": lambda x: [(0, 0, [b"mine, at the beginning\n"])],
    "a line in the middle": lambda x: [(_middle(x), _middle(x), [b"mine, in the middle\n"])],
    "a changed line": lambda x: [(_middle(x), _middle(x) + 1, [b"mine, instead\n"])],
    "a deleted line": lambda x: [(_middle(x), _middle(x) + 1, [])],
    "five deleted lines": lambda x: [(_middle(x), _middle(x) + 5, [])],
    "five lines made one": lambda x: [(_middle(x), _middle(x) + 5, [b"mine, for five\n"])],
    "changes in two places": lambda x: [
        (_middle(x), _middle(x) + 1, [b"mine, first\n"]),
        (len(x), len(x), [b"mine, second\n"]),
    ],
    "no newline at the end": lambda x: [(len(x), len(x), [b"mine, without an end"])],
    "bytes that are no UTF-8": lambda x: [(_middle(x), _middle(x), [b"caf\xe9 \xff\xfe\n"])],
    "blanks at the end of a line": lambda x: [(_middle(x), _middle(x), [b"mine \t \n"])],
    "five lines indented": lambda x: [
        (_middle(x), _middle(x) + 5, [b"    " + each for each in x[_middle(x) : _middle(x) + 5]])
    ],
    "characters that end lines elsewhere": lambda x: [
        (_middle(x), _middle(x), ["mine \x0c \u2028 \x85\n".encode()])
    ],
    "a line beside the template's": lambda x: [(1, 2, [b"mine, beside\n"])],
}


def edit_lines(edits: Edits, paths: Sequence[str], fate: str, theirs: bool) -> None:
    """Apply each kind of line edit to a file of its own.

    Args:
        fate: what the template does to these files, for the name of the kind.
        theirs: whether the template changes these files.
    """
    for path, (kind, edit) in zip(paths, LINE_EDITS.items(), strict=False):
        mode, content = edits.before[path]
        lines = content.splitlines(keepends=True)
        changes = edit(lines)
        edits.write(path, applied(lines, changes))
        both = [*changes, *(templates_changes(lines) if theirs else [])]
        edits.expect(f"{kind}, {fate}", moved(path), applied(lines, both), mode)
        if moved(path) != path:
            edits.expect(f"{kind}, {fate}: the old place", path, None)


def moved(path: str) -> str:
    """Return the path of a file in the last version."""
    return path.replace(OFFENCES, PLANTED)


def edit_files(edits: Edits, left: list[str], changed: list[str], dropped: list[str]) -> None:
    """Delete and rename files, change their modes, and replace one by a link.

    Args:
        left: files that the template does not change.
        changed: files that it changes.
        dropped: files that it deletes.
    """
    life = edits.life
    moves = sorted(path for path in edits.before if path.startswith(OFFENCES))[-1:-8:-1]
    moves = [path for path in moves if path in changed_with_their_folder(edits)]

    def content(path: str, *changes: Change, theirs: bool = False) -> bytes:
        lines = edits.before[path][1].splitlines(keepends=True)
        return applied(lines, [*changes, *(templates_changes(lines) if theirs else [])])

    for kind, path in {
        "deleted": left.pop(),
        "deleted, changed": changed.pop(),
        "deleted, dropped": dropped.pop(),
        "deleted, moved": moves[0],
    }.items():
        (life.path / path).unlink()
        edits.expect(kind, path, None)
    edits.expect("deleted, moved: the new place", moved(moves[0]), None)

    def rename(kind: str, path: str, to: str, *changes: Change, theirs: bool = False) -> None:
        edits.write(path, content(path, *changes))
        (life.path / to).parent.mkdir(parents=True, exist_ok=True)
        (life.path / path).rename(life.path / to)
        edits.expect(kind, to, content(path, *changes, theirs=theirs))
        edits.expect(f"{kind}: the old place", path, None)

    rename("renamed", left.pop(), "renamed.py")
    rename("renamed, changed", changed.pop(), "src/mine/re named.py", theirs=True)
    path = changed.pop()
    end = len(edits.before[path][1].splitlines())
    rename("renamed and edited", path, "näher.py", (end, end, [b"mine too\n"]), theirs=True)
    rename("renamed, dropped", dropped.pop(), "my_rule.yml")
    edits.expect("renamed, moved: the new place", moved(moves[1]), None)
    rename("renamed, moved", moves[1], "architecture/mine.py", theirs=True)

    path = left.pop()
    (life.path / path).chmod(0o755)
    edits.expect("made executable", path, content(path), "100755")
    path = changed.pop()
    (life.path / path).chmod(0o755)
    edits.expect("made executable, changed", path, content(path, theirs=True), "100755")
    path = left.pop()
    (life.path / path).unlink()
    (life.path / path).symlink_to("__init__.py")
    edits.expect("a link instead", path, b"__init__.py", "120000")


def changed_with_their_folder(edits: Edits) -> list[str]:
    """Return the moved files that the last version also changes."""
    return sorted(path for path in edits.before if path.startswith(OFFENCES))[::2]


ADDED = {
    "a file among the template's": "src/presentation/mine.py",
    "a file in a folder that moves": f"{OFFENCES}mine.py",
    "a file in a folder that goes": f"{RULES}mine.yml",
    "a file in a folder of its own": "src/domain/orders/order.py",
    "a path with spaces": "my docs/all about it.md",
    "a name in another script": "docs/日本.md",
    "a name that is no UTF-8": os.fsdecode(b"docs/caf\xe9.md"),
    'a name with " and \\': 'docs/"odd" \\ name.md',
    "a name that looks like an option": "-rf",
    "a name that git has a use for": ":(top)note",
    "a file that ends with .rej": "notes.rej",
}


def add_files(edits: Edits) -> None:
    """Add all kinds of files."""
    for kind, path in ADDED.items():
        text = f"# mine: {kind}\n".encode()
        edits.write(path, text)
        edits.expect(kind, path, text)
    for kind, path, raw in (
        ("bytes that are no text", "logo.png", b"\x89PNG\r\n\x1a\n\0\xff" * 9),
        ("an empty file", "src/domain/orders/__init__.py", b""),
        ("text that is no UTF-8", "legacy.txt", b"na\xefve\n"),
    ):
        edits.write(path, raw)
        edits.expect(kind, path, raw)
    (edits.life.path / "run me").write_bytes(b"#!/bin/sh\n")
    (edits.life.path / "run me").chmod(0o755)
    edits.expect("an executable", "run me", b"#!/bin/sh\n", "100755")
    (edits.life.path / "pointer").symlink_to("nowhere")
    edits.expect("a link to nothing", "pointer", b"nowhere", "120000")


def edit_known(edits: Edits) -> None:
    """Edit the files that nearly every owner edits, and that the template changes, too."""
    texts = {path: content.decode() for path, (_, content) in edits.before.items() if path in KNOWN}

    def change(kind: str, path: str, mine: tuple[str, str], theirs: tuple[str, str] | None) -> None:
        text = texts[path]
        for before, after in [mine, *([theirs] if theirs else [])]:
            assert text.count(before) == 1, (path, before)
            text = text.replace(before, after)
        edits.write(path, texts[path].replace(*mine).encode())
        edits.expect(kind, path, text.encode())

    length = "line-length = 100\n"
    change(
        "a dependency",
        "pyproject.toml",
        ('    "structlog>=', '    "stamina>=25",\n    "structlog>='),
        (length, length + IMPROVED),
    )
    listing = "# List the recipes.\n"
    change(
        "a recipe",
        "justfile",
        ("lint:\n", "mine:\n    true\n\nlint:\n"),
        (listing, IMPROVED + listing),
    )
    change("a rewritten text", "README.md", ("## Getting started\n", "## How we run it\n"), None)
    change(
        "an ignored folder",
        ".gitignore",
        (".venv/\n", ".venv/\nscratch/\n"),
        (
            ".coverage.json\n",
            ".coverage.json\n.improved/\n",
        ),
    )
    change(
        "a written contract", "openapi.json", ('"openapi": "', '"x-mine": 1,\n  "openapi": "'), None
    )
    mine = 'revision: str = "0002"\ndown_revision: str | None = "0001"\n'
    edits.write("migrations/versions/0002_add_orders.py", mine.encode())
    edits.expect("a migration", "migrations/versions/0002_add_orders.py", mine.encode())
    head = "src/infrastructure/persistence/head.py"
    edits.write(head, texts[head].replace("0001_create_users", "0002_add_orders").encode())
    edits.expect(
        "a migration: the last one",
        head,
        texts[head].replace("0001_create_users", "0003_note_releases").encode(),
    )


KNOWN = {
    "pyproject.toml",
    "justfile",
    "README.md",
    ".gitignore",
    "openapi.json",
    "src/infrastructure/persistence/head.py",
}


def edit_everything(life: Life) -> Edits:
    """Apply all edits and commit; return them with the expected files in the newest version."""
    edits = Edits(life, life.committed())
    template = life.template / "template"
    changed = [str(path.relative_to(template)) for path in changed_files(life.template)]
    dropped = sorted(path for path in edits.before if path.startswith(RULES))
    left = [
        path
        for path, (_, content) in sorted(edits.before.items())
        if path.startswith(("tests/integration/", "tests/unit/")) and content.count(b"\n") >= 40
    ]
    moves = sorted(path for path in edits.before if path.startswith(OFFENCES))
    assert min(len(changed) - 4, len(left) - 4, len(dropped) - 2) >= len(LINE_EDITS)
    edit_lines(edits, left, "left", theirs=False)
    edit_lines(edits, changed, "changed", theirs=True)
    edit_lines(edits, dropped, "dropped", theirs=False)
    edit_lines(edits, moves[:16:2], "moved and changed", theirs=True)
    edit_lines(edits, moves[1:16:2], "moved", theirs=False)
    edit_files(edits, left, changed, dropped)
    add_files(edits)
    edit_known(edits)
    life.commit()
    return edits
