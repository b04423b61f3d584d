"""The extension that keeps compiled texts, beside the `yield` of Copier, which compiling sets back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from copier._jinja_ext import YieldExtension, get_yield_context
from jinja2 import Environment, TemplateSyntaxError
from jinja2.ext import Extension

from extensions.compiling import CompilingExtension

if TYPE_CHECKING:
    from jinja2.lexer import TokenStream

PATH = "{% yield one from many %}{{ one }}{% endyield %}"


class Counting(Extension):
    """Counts how often something is compiled."""

    compiled = 0

    def filter_stream(self, stream: TokenStream) -> TokenStream:
        self.compiled += 1
        return stream


@pytest.fixture
def environment() -> Environment:
    return Environment(  # noqa: S701 - no HTML
        extensions=[YieldExtension, Counting, CompilingExtension]
    )


def count_of(environment: Environment) -> int:
    counting = environment.extensions[Counting.identifier]
    assert isinstance(counting, Counting)
    return counting.compiled


def test_a_text_is_compiled_once_and_rendered_with_what_is_known_each_time(
    environment: Environment,
) -> None:
    rendered = [environment.from_string("{{ name }}.py").render(name=each) for each in "ab"]

    assert rendered == ["a.py", "b.py"]
    assert count_of(environment) == 1


def test_a_path_yields_each_time(environment: Environment) -> None:
    for many in (["a"], ["b", "c"]):
        environment.from_string(PATH).render(many=many)

        assert get_yield_context(environment).yield_iterable == many


def test_a_path_without_a_yield_yields_nothing_after_one_with_it(environment: Environment) -> None:
    for _ in range(2):
        environment.from_string(PATH).render(many=["a"])
        environment.from_string("src").render()

        assert get_yield_context(environment).yield_name is None


def test_a_mistake_is_told_each_time(environment: Environment) -> None:
    for _ in range(2):
        with pytest.raises(TemplateSyntaxError):
            environment.from_string("{% if %}")
