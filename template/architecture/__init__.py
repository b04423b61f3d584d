"""The architecture rules, and the command that checks them.

`rules/` has one file per rule; README.md in this folder explains how to read and how to add one.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
LAYERS = ("application", "domain", "infrastructure", "presentation", "schemas")
