from architecture.page import rules_page
from architecture.rules import load_rules
from tests.architecture.planting import ROOT


def test_the_page_of_rules_is_the_one_that_the_rules_make() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")

    assert page == rules_page(load_rules()), "run `just rules-page`"
