"""The simplified pattern with the settings of the garbage collector that the rendered service has."""

from presentation.garbage import collecting_less_often
from simplified import app

__all__ = ["app"]

settings = collecting_less_often()
settings.__enter__()
