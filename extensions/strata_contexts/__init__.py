"""The language of ``contexts.yml``: reads a page, and names every mistake in it.

    page = read(text, file="contexts.yml")

``document`` reads YAML with its lines, ``models``, ``operations`` and ``field_types`` say what the keys are,
``structure`` reads a page by them, ``checks`` says what does not go together, ``view`` is all that templates
print, ``build`` computes it, and ``layout`` lays out what they have printed. ``rendered`` says what they do
not print yet. ``surprises`` has the hints that refuse nothing. ``growth`` compares two pages, and ``written`` writes one. Names are made in ``names``, and
``words`` has those that cannot be used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import checks, growth, rendered, surprises
from .build import view_of
from .document import read_plain, read_text
from .layout import laid_out
from .mistakes import Mistakes, PageError, told
from .structure import read_page
from .written import digest, written

if TYPE_CHECKING:
    from .document import Document
    from .models import Page

__all__ = [
    "PageError",
    "check",
    "digest",
    "laid_out",
    "read",
    "read_answers",
    "surprising",
    "surprising_text",
    "ungrowable",
    "unrendered",
    "unrendered_text",
    "view_of",
    "written",
]


def read(text: str, *, authentication: str = "own", file: str | None = None) -> Page:
    """Read a page from YAML.

    ``authentication`` is the answer to the question of that name: without actors there are no owners.

    Raises:
        PageError: the page has mistakes. Each line starts with ``file`` and a line number, or with
            the path where no file is known.
    """
    mistakes = Mistakes()
    document = read_text(text, mistakes)
    return judged(document, mistakes, authentication, file)


def read_answers(value: object, *, authentication: str = "own") -> Page:
    """Read a page from plain values, such as Copier's answers.

    Raises:
        PageError: the page has mistakes. They are named by their paths.
    """
    mistakes = Mistakes()
    return judged(read_plain(value, mistakes), mistakes, authentication)


def unrendered(value: object, *, authentication: str = "own") -> list[str]:
    """Return a line for each thing on a good page that this version does not render."""
    mistakes = Mistakes()
    document = read_plain(value, mistakes)
    rendered.check(read_page(document, mistakes), mistakes)
    return told(mistakes, document.lines, None)


def unrendered_text(text: str, *, file: str | None = None) -> list[str]:
    """Return the same for a good page in YAML, with ``file`` and line numbers."""
    mistakes = Mistakes()
    document = read_text(text, mistakes)
    rendered.check(read_page(document, mistakes), mistakes)
    return told(mistakes, document.lines, file)


def ungrowable(
    before: Page, text: str, *, authentication: str = "own", file: str | None = None
) -> list[str]:
    """Return a line for each thing on a good page that a service with another page cannot become."""
    mistakes = Mistakes()
    document = read_text(text, mistakes)
    after = read_page(document, mistakes)
    growth.find_mistakes(before, after, mistakes, authentication)
    return told(mistakes, document.lines, file)


def surprising(value: object, *, authentication: str = "own") -> list[str]:
    """Return a hint for each thing on a good page that may surprise its owner."""
    hints = Mistakes()
    document = read_plain(value, hints)
    surprises.check(read_page(document, hints), hints, authentication)
    return told(hints, document.lines, None)


def surprising_text(
    text: str, *, authentication: str = "own", file: str | None = None, before: Page | None = None
) -> list[str]:
    """Return the same for a good page in YAML, with ``file`` and line numbers.

    Hints that were given about the page ``before`` are left out.
    """
    known, hints = Mistakes(), Mistakes()
    document = read_text(text, hints)
    surprises.check(read_page(document, hints), hints, authentication)
    if before:
        surprises.check(before, known, authentication)
    old = set(known)
    return told([hint for hint in hints if hint not in old], document.lines, file)


def check(text: str, *, authentication: str = "own", file: str | None = None) -> list[str]:
    """Return a line for each mistake of a page; none if it is good."""
    try:
        read(text, authentication=authentication, file=file)
    except PageError as error:
        return error.lines
    return []


def judged(
    document: Document, mistakes: Mistakes, authentication: str, file: str | None = None
) -> Page:
    page = read_page(document, mistakes)
    checks.check(page, mistakes, authentication)
    if lines := told(mistakes, document.lines, file):
        raise PageError(lines)
    return page
