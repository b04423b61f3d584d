"""The part of mypy's run that is ours, named under `[tool.mypy]` in pyproject.toml.

mypy keeps what it found out about a module until the module changes. `just types` needs the types
of every expression of ours, so it has mypy look at our own modules anew, and at no others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mypy.plugin import Plugin

if TYPE_CHECKING:
    from mypy.plugin import ReportConfigContext

_LAYERS = ("application", "domain", "infrastructure", "presentation", "schemas")


class LayersAnew(Plugin):
    def report_config_data(self, ctx: ReportConfigContext) -> Any:
        """Tell mypy that what it stored is of no use, when it asks for that; store no word of it."""
        wanted = ctx.is_check and self.options.export_types
        return "anew" if wanted and ctx.id.partition(".")[0] in _LAYERS else None


def plugin(version: str) -> type[Plugin]:
    return LayersAnew
