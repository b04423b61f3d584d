"""The reference page of the language, ``docs/contexts.md``, generated from the models."""

from __future__ import annotations

import json
import types
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_origin

import yaml

from . import words
from .field_types import FIELD_TYPES, SHORT_TYPES, FieldSpec
from .models import SPECS
from .spec import Spec
from .structure import apart

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

EXAMPLE: Final = Path(__file__).with_name("example.yml")
HEADINGS: Final = {
    "Page": "The page",
    "Value": "`values`: values of several fields",
    "Context": "`contexts`",
    "Aggregate": "`aggregates`",
    "Part": "`parts`",
    "AnyOf": "`any_of` in `rules`",
    "Change": "`changes`",
    "Lifecycle": "`lifecycle`",
    "Transition": "`transitions`",
    "Reads": "`reads`",
    "Remove": "`remove`",
}

INTRODUCTION: Final = """\
# The language of `contexts.yml`

{origin}The bounded contexts of a service stand on one page, `contexts.yml`. This is version 1 of its language.
Every key is optional but names, fields, and what a type or a step cannot do without. A complete page:

```yaml
contexts:
  - name: catalog
    aggregates:
      - {name: Book, fields: {title: string}}
```

{command}
Each mistake is one line with its place and the remedy, and all are told at once. What may surprise you on a
page without mistakes is told under "Worth knowing". It refuses nothing.

Fields that are always there, and so are not declared: `id`, `version`, `created_at`, `updated_at`;
`state` with a lifecycle; `owner_id` where rows have owners.

A name has at most 40 characters. Words that mean something else to Python, to PostgreSQL or to the code of a service
are refused where they would be in the way: no field is called `class`, `user` or `id`.
"""

ORIGIN: Final = """\
<!-- Written by `just language`: change the models of extensions/strata_contexts, not this page. -->

"""

COMMAND: Final = """\
Check a page, without changing anything:

```console
$ uv run python -m extensions.strata_contexts contexts.yml
contexts.yml:4: contexts[0].aggregates[0].fields.title: unknown type "strin": did you mean string?
```
"""

COMMAND_OF_A_SERVICE: Final = """\
Check the page, and see what the service would become, without changing anything:

```console
$ uv run just grow --preview
contexts.yml:4: contexts[0].aggregates[0].fields.title: unknown type "strin": did you mean string?
```
"""

FIELDS: Final = """\
## Fields

A field is the name of a type (`total: money`), or a mapping with `type` and more
(`title: {type: string, max: 80}`). By name alone: {short}, and each name under `values`.

What any field may say:

"""

RESERVED: Final = """\
## What is not in this version

Reserved, and refused: {words}.

## What is not rendered yet

{refuser} refuses these with the words "not in this version", and writes nothing:

- a `ref` in a part to what has the part or to what points back, or a unique one where `min` is 3 or more;
- a transition that needs what points back to its aggregate: with `optional: true` it is rendered;
- one row for each owner (`unique_together: [[owner_id]]`, or with a field that has one value), or fewer than three of
  what something points to.
"""


def reference(*, of_a_service: bool = False) -> str:
    """Write the whole page, for the template or for the services that are rendered from it."""
    origin, command = ("", COMMAND_OF_A_SERVICE) if of_a_service else (ORIGIN, COMMAND)
    refuser = "`just grow`" if of_a_service else "`copier copy --data-file contexts.yml`"
    text = INTRODUCTION.replace("{origin}", origin).replace("{command}", command)
    for spec in SPECS:
        text += f"\n## {HEADINGS[spec.__name__]}\n\n{spec.__doc__}\n\n{table(spec.model_fields)}"
    common = {name: info for name, info in FieldSpec.model_fields.items() if name != "type"}
    short = ", ".join(f"`{name}`" for name in SHORT_TYPES)
    text += "\n" + FIELDS.replace("{short}", short) + table(common)
    for name, each in FIELD_TYPES.items():
        own = {
            key: info
            for key, info in each.model_fields.items()
            if key not in FieldSpec.model_fields
        }
        text += f"\n### `{name}`\n\n{paragraph(each.__doc__)}\n"
        text += f"\n{table(own)}" if own else ""
    whole = EXAMPLE.read_text(encoding="utf-8")
    text += f"\n## An example with everything\n\n```yaml\n{whole}```\n"
    reserved = ", ".join(f"`{word}`" for word in words.NOT_YET)
    return text + "\n" + RESERVED.replace("{words}", reserved).replace("{refuser}", refuser)


def paragraph(doc: str | None) -> str:
    """Take the indentation out of a docstring."""
    return "\n".join(line.strip() for line in (doc or "").strip().splitlines())


def table(fields: dict[str, FieldInfo]) -> str:
    """Write a table with a row for each key."""
    rows = ["| key | what it is for | type | default | example |", "|---|---|---|---|---|"]
    for name, info in fields.items():
        key = info.alias or name
        cells = (
            f"`{key}`",
            escaped(info.description or ""),
            escaped(kind(Annotated[info.annotation, *(info.metadata or [None])])),
            default(info),
            example(info),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def escaped(text: str) -> str:
    return text.replace("|", "\\|")


def default(info: FieldInfo) -> str:
    """Say what holds where the key is left out."""
    if info.is_required():
        return "required"
    value = info.default
    if value is None or value in ({}, []):
        return "none"
    if isinstance(value, Spec):
        return "its defaults"
    return f"`{json.dumps(value)}`"


def example(info: FieldInfo) -> str:
    """Write an example on one line of YAML."""
    if not info.examples:
        return ""
    text = yaml.safe_dump(
        info.examples[0], default_flow_style=True, sort_keys=False, width=1_000, allow_unicode=True
    )
    return f"`{escaped(text.strip().removesuffix('...').strip())}`"


def kind(annotation: Any) -> str:
    """Say in words what stands at a key."""
    bare, limits = apart(annotation)
    origin = get_origin(bare)
    if bare is FieldSpec:
        return "a field"
    if bare is Any:
        return "a value of its type"
    if origin in (typing.Union, types.UnionType):
        if float in get_args(bare):
            return "a number, in quotes or not"
        choices = [kind(choice) for choice in get_args(bare) if choice is not type(None)]
        return " or ".join(dict.fromkeys(choices))
    if origin is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(bare))
    if origin is list:
        return f"a list: {kind(get_args(bare)[0])}"
    if origin is dict:
        return f"names, each with {kind(get_args(bare)[1])}"
    if isinstance(bare, type) and issubclass(bare, Spec):
        return f"a mapping ({HEADINGS[bare.__name__]})"
    if bare is int and limits.greatest < 10**29:
        return f"{limits.least} to {limits.greatest}"
    return {str: "text", int: "a whole number", float: "a number", bool: "`true` or `false`"}[bare]
