"""Our mypy plugin, configured under `[tool.mypy]` in pyproject.toml.

mypy caches its results for a module until the module changes. `just types` needs the types of all our
expressions, so the plugin makes mypy analyse our own modules again, and no others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mypy.plugin import Plugin

if TYPE_CHECKING:
    from mypy.plugin import ReportConfigContext

_LAYERS = ("application", "domain", "infrastructure", "presentation", "schemas")


class LayersAnew(Plugin):
    def report_config_data(self, ctx: ReportConfigContext) -> Any:
        """Return a value that invalidates the cache of our modules, without storing it."""
        wanted = ctx.is_check and self.options.export_types
        return "anew" if wanted and ctx.id.partition(".")[0] in _LAYERS else None


def plugin(version: str) -> type[Plugin]:
    return LayersAnew
