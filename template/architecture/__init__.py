"""The rules of the architecture, and the one command that holds the code to them.

`rules/` has one rule a file; README.md beside this file says how to read and how to add one.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
LAYERS = ("application", "domain", "infrastructure", "presentation", "schemas")
