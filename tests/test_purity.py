"""What a rendering does to the world around it, as Python's own audit hooks tell: next to nothing.

The hook sees each file that is opened, each socket and each process, whoever asks for it, in a process
of its own, because it cannot be removed again. It does not see what git does, which Copier starts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.variants import TEXTS

SCRIPT = '''\
import json, os, sys, traceback

report, template, service, answers = sys.argv[1:]
seen = []


def note(event, arguments):
    """Write down what leaves the process, and whether the template's code is what asks for it."""
    if event == "open":
        what = arguments[0]
    elif event in ("os.listdir", "os.scandir"):
        what = arguments[0] or "."
    elif event == "subprocess.Popen":
        what = [os.fspath(word) for word in arguments[1]]
    elif event.startswith(("socket.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "ctypes.")):
        what = event
    else:
        return
    if isinstance(what, int):
        return
    what = os.fsdecode(what) if isinstance(what, (str, bytes)) else what
    frame, ours = sys._getframe(1), False
    while frame:
        code = frame.f_code
        if code.co_name.startswith("_rmtree"):  # removes a clone, by names below open folders
            return
        ours = ours or "/extensions/" in code.co_filename
        frame = frame.f_back
    seen.append((event, what, ours))


import copier

sys.addaudithook(note)
copier.run_copy(
    template, service, json.loads(answers), defaults=True, quiet=True, unsafe=True, vcs_ref="HEAD"
)
found, seen = seen, []
with open(report, "w") as file:
    json.dump(found, file)
'''


@dataclass(frozen=True)
class Seen:
    """One thing that a process did."""

    event: str
    what: str | list[str]
    by_the_template: bool


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service, the settings and Copier's own clones are."""
    return tmp_path_factory.mktemp("purity")


@pytest.fixture(scope="module")
def seen(copier_template: Path, folder: Path) -> list[Seen]:
    """What was done while a service was rendered."""
    (folder / "script.py").write_text(SCRIPT)
    (folder / "settings.yml").write_text("{}")
    (folder / "clones").mkdir()
    (folder / "service").mkdir()
    paths = (folder / "script.py", folder / "report.json", copier_template, folder / "service")
    answers = json.dumps({**TEXTS["unusual"], "kubernetes": True})
    command = [sys.executable, *map(str, paths), answers]
    environment = {
        "COPIER_SETTINGS_PATH": str(folder / "settings.yml"),
        "TMPDIR": str(folder / "clones"),
    }
    subprocess.run(command, env=os.environ | environment, check=True)
    return [Seen(*each) for each in json.loads((folder / "report.json").read_text())]


PROCESSES_AND_SOCKETS = ("socket.", "os.exec", "os.fork", "os.posix_spawn", "os.system")


def python_itself() -> set[Path]:
    """Return where Python and its libraries are, which are read as they are imported."""
    python = {Path(sys.prefix), Path(sys.base_prefix), Path(os.__file__).parent}
    return python | {place.resolve() for place in python}


def is_within(what: str | list[str], places: set[Path]) -> bool:
    path = Path(str(what)).absolute()
    return any(path.is_relative_to(place) for place in places)


def test_a_rendering_opens_no_socket_and_starts_nothing_but_git(seen: list[Seen]) -> None:
    started = [each.what for each in seen if each.event == "subprocess.Popen"]
    others = [each for each in seen if each.event.startswith(PROCESSES_AND_SOCKETS)]

    assert others == []
    assert {Path(command[0]).name for command in started} == {"git"}


def test_a_rendering_outside_of_a_repository_starts_no_git_for_its_files(seen: list[Seen]) -> None:
    started = [each.what for each in seen if each.event == "subprocess.Popen"]

    assert [command for command in started if "core.fileMode" in command] == []


def test_a_rendering_reads_nothing_but_the_template_the_destination_and_itself(
    seen: list[Seen], copier_template: Path, folder: Path
) -> None:
    places = {copier_template, folder, Path(os.devnull), *python_itself()}

    outside = {
        str(each.what)
        for each in seen
        if each.event in ("open", "os.listdir", "os.scandir") and not is_within(each.what, places)
    }

    assert outside == set()


def test_what_the_template_brings_only_looks_at_the_destination(
    seen: list[Seen], folder: Path
) -> None:
    by_the_template = {
        (each.event, str(each.what))
        for each in seen
        if each.by_the_template
        and not is_within(each.what, python_itself())
        and "/extensions/strata_contexts" not in str(each.what)  # a package of its own
    }

    assert by_the_template == {("os.listdir", str(folder / "service"))}


def test_the_hook_sees_what_is_done() -> None:
    """A hook that saw nothing would find nothing wrong."""
    script = SCRIPT.partition("import copier")[0] + (
        "sys.addaudithook(note)\n"
        "import socket, subprocess\n"
        "open('/dev/null').close()\n"
        "socket.socket().close()\n"
        "subprocess.run(['true'])\n"
        "os.waitpid(os.fork() or os._exit(0), 0)\n"
        "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)\n"
        "print(json.dumps([event for event, *_ in seen]))\n"
    )

    printed = subprocess.check_output([sys.executable, "-c", script, *"abcd"], text=True, cwd=ROOT)

    done = {"open", "socket.__new__", "subprocess.Popen", "os.fork", "os.posix_spawn"}
    assert done <= set(json.loads(printed))
