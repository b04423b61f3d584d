"""The language as Copier loads it: from one file beside its package, on copies and on updates.

The template under test is small: the real extension, questions for a page, and a file for each aggregate.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from copier.errors import UserMessageError

from tests.copying import commit, git, render, run_copier, update

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = yaml.safe_load((ROOT / "extensions/strata_contexts/example.yml").read_text())

QUESTIONS = """\
_subdirectory: template
_jinja_extensions:
  - copier_template_extensions.TemplateExtensionLoader
  - extensions/contexts.py:ContextsExtension
_envops: {undefined: jinja2.StrictUndefined, keep_trailing_newline: true, trim_blocks: true}

contexts_check:
  type: str
  when: "{{ refuse_bad_contexts({'contexts': contexts | default([]), 'values': values | default({}), 'roles': roles | default([])}) }}"
roles: {type: yaml, default: []}
values: {type: yaml, default: {}}
contexts: {type: yaml, default: []}
"""
LIST = """\
{% for context in contexts_view({'contexts': contexts, 'values': values, 'roles': roles}).contexts %}
{{ context.doc }}
{% for aggregate in context.aggregates %}
{{ context.name }}: {{ aggregate.name }} at /{{ aggregate.url }} in {{ aggregate.table }}
{% endfor %}
{% endfor %}
"""

BRACES = "{{ 7 * 7 }} {% raw %} {# gone? #}."


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A template with a version 1, in a repository of its own."""
    folder = tmp_path / "template"
    shutil.copytree(ROOT / "extensions", folder / "extensions")
    (folder / "template").mkdir()
    (folder / "copier.yml").write_text(QUESTIONS)
    (folder / "template/aggregates.txt.jinja").write_text(LIST)
    answers = "{{ _copier_answers | to_nice_yaml }}"
    (folder / "template/{{ _copier_conf.answers_file }}.jinja").write_text(answers)
    release(folder, "v1")
    return folder


def release(folder: Path, version: str) -> None:
    commit(folder, version)
    git(folder, "tag", version)


def test_a_page_is_rendered(template: Path, tmp_path: Path) -> None:
    render(template, tmp_path / "service", **EXAMPLE)

    assert (tmp_path / "service/aggregates.txt").read_text() == (
        "What is for sale.\ncatalog: Book at /books in books\n"
        "What customers order, until it is delivered.\nordering: Order at /orders in orders\n"
    )


def test_a_page_with_mistakes_ends_the_command_before_anything_is_written(
    template: Path, tmp_path: Path
) -> None:
    page = tmp_path / "contexts.yml"
    page.write_text(
        "contexts: [{name: domain, aggregates: [{name: Order, fields: {total: monney}}]}]"
    )
    command = ["copy", "--trust", "--defaults", "--data-file", str(page), str(template), "service"]

    ended = run_copier(tmp_path, *command)

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-3:] == [
        "2 mistakes in the contexts. Nothing was changed.",
        "  contexts[0].name: domain is a layer or folder of every service: choose another name",
        '  contexts[0].aggregates[0].fields.total: unknown type "monney": did you mean money?',
    ]
    assert not (tmp_path / "service").exists()


def test_an_update_uses_each_version_of_the_language_for_its_own_template(
    template: Path, tmp_path: Path
) -> None:
    """Copier renders the old and the new template in one process."""
    service = tmp_path / "service"
    data: dict[str, object] = {
        "contexts": [
            {
                "name": "farm",
                "doc": BRACES,
                "aggregates": [{"name": "Ox", "fields": {"title": "string"}}],
            }
        ]
    }
    render(template, service, **data)
    commit(service)
    names = template / "extensions/strata_contexts/names.py"
    names.write_text(names.read_text().replace("ox:oxen", "ox:herd"))
    release(template, "v2")

    before = (service / "aggregates.txt").read_text()
    update(service)

    assert before == f"{BRACES}\nfarm: Ox at /oxen in oxen\n"
    assert (service / "aggregates.txt").read_text() == f"{BRACES}\nfarm: Ox at /herd in herd\n"


def test_stored_answers_are_judged_too(template: Path, tmp_path: Path) -> None:
    service = tmp_path / "service"
    render(template, service, **EXAMPLE)
    answers = service / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace("email", "emial"))
    commit(service, "Edit the answers by hand")

    with pytest.raises(UserMessageError, match=r'unknown type "emial": did you mean email\?'):
        update(service)
