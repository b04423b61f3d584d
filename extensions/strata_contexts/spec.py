"""What all mappings of the language of ``contexts.yml`` have in common."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from . import names

MOST_ITEMS: Final = 1_000
"""The most items of a list, and the most parts under a key."""

Snake = Annotated[str, Field(pattern=f"^{names.SNAKE}$", max_length=names.LONGEST_NAME)]
Pascal = Annotated[str, Field(pattern=f"^{names.PASCAL}$", max_length=names.LONGEST_NAME)]
Doc = Annotated[str, Field(min_length=1, max_length=300)]
OneOrMore = str | list[str]


class Spec(BaseModel):
    """A mapping on the page. It accepts no other keys than these."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
