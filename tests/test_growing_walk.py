"""A bookshop grows in many steps after its owner has edited it in every way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import shop_owner
from tests.conftest import Service
from tests.lives import NOW, Life, be_born, make_template
from tests.shop_growth import STEPS, take

BOOKSHOP = Path(__file__).resolve().parents[1] / "docs/examples/bookshop/contexts.yml"
CONTEXTS = ("catalog", "events", "ordering")
LEVELS = ("unit/domain", "unit/application", "integration/persistence", "integration/http")


def be_born_and_edited(folder: Path) -> tuple[Life, shop_owner.Lines]:
    """Return a bookshop with its owner's edits, and the lines that are theirs."""
    template = make_template(folder / "template", [lambda _: None])
    options = ["authentication=external", "ci=none", "container=no"]
    answers = [text for option in options for text in ("-d", option)]
    life = be_born(template, folder, NOW, answers=[*answers, "--data-file", str(BOOKSHOP)])
    service = Service(life.path)
    service.run("uv", "sync", "--quiet", **life.environment)
    life.commit()
    born = shop_owner.lines_of(life.path)
    shop_owner.edit(life.path)
    # The types, the rules and the tests are checked once, at the end of the walk.
    check = "check: static test proof own-checks"
    shop_owner.replace(life.path / "justfile", check, "check: lint migrations own-checks")
    service.run("uv", "run", "just", "openapi", **life.environment)
    life.commit()
    return life, shop_owner.own_lines(born, shop_owner.lines_of(life.path))


@pytest.mark.scheduled("a service grows eight times, which takes minutes each")
def test_a_bookshop_keeps_what_its_owner_has_written_in_each_step(tmp_path: Path) -> None:
    life, own = be_born_and_edited(tmp_path)
    assert len(own) > 20

    for step in STEPS:
        take(life, step, own)

    service = Service(life.path)
    service.run("uv", "run", "just", "static", **life.environment)
    tests = [f"tests/{level}/{name}" for level in LEVELS for name in CONTEXTS]
    tests.append("tests/integration/persistence/test_migrations.py")
    service.run("uv", "run", "pytest", "-q", "-m", "not fuzz", *tests, **life.environment)
