"""`just grow` with aggregates that point to each other: their tables come, and go again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import Service
from tests.lives import NOW, be_born, make_template
from tests.test_growing import change, grow, versions_of

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """\
contexts:
  - name: ordering
    aggregates:
      - name: Order
        fields: {reference: string, invoice: {type: ref, to: Invoice, optional: true, unique: true}}
        parts: {lines: {name: OrderLine, fields: {sku: string}}}
      - name: Invoice
        fields: {number: string, order: {type: ref, to: Order}}
"""


@pytest.mark.scheduled("a service is rendered, grows twice, and runs its checks each time")
def test_tables_that_point_to_each_other_come_and_go_again(tmp_path: Path) -> None:
    template = make_template(tmp_path / "template", [lambda _: None])
    options = ("authentication=none", "ci=none", "container=no")
    answers = [text for option in options for text in ("-d", option)]
    life = be_born(template, tmp_path, NOW, answers=answers)
    Service(life.path).run("uv", "sync", "--quiet", **life.environment)
    life.commit()
    change(life, "contexts.yml", "contexts: []\n", PAGE)

    code, said = grow(life)

    assert code == 0, said
    added = (life.path / "migrations/versions/0002_grow_ordering.py").read_text()
    assert "use_alter" not in added
    tables, _, keys = added.partition("op.create_foreign_key")
    assert tables.count("op.create_table") == 3
    assert '"fk_orders_invoice_id"' in keys
    assert "VALIDATE" in (life.path / "migrations/versions/0003_validate_ordering.py").read_text()
    life.commit()

    change(life, "contexts.yml", PAGE, "contexts: []\n")
    code, said = grow(life, "--allow-removal", "ordering")

    assert code == 0, said
    assert versions_of(life)[3:] == ["0004_grow_ordering.py"]
