# offence: by a call
# plant: src/domain/shipping/carrier.py
from importlib import import_module as load

redis = load("redis")  # refused
yaml = __import__("yaml")  # refused


# offence: by the module
# plant: src/application/shipping/plugins.py
import importlib as il
import importlib.util


def settings() -> object:
    spec = importlib.util.find_spec("infrastructure.config")  # refused
    return il.import_module("infrastructure.config") if spec else None  # refused


# offence: out of what is loaded
# plant: src/application/shipping/loaded.py
import sys

config = sys.modules["infrastructure.config"]  # refused


# offence: by a text
# plant: src/infrastructure/shipping.py
import pkgutil
from typing import Any

from pydantic import ImportString, TypeAdapter  # refused

carrier: Any = pkgutil.resolve_name("presentation.about:TITLE")  # refused
other: Any = TypeAdapter(ImportString).validate_python("presentation.about")  # refused


# offence: text that is run
# plant: src/schemas/carriers.py
import runpy
from builtins import exec as run

run("from domain.shared import DomainError")  # refused
eval("__import__('domain.shared')")  # refused
runpy.run_module("domain.shared")  # refused


# offence: by way of what is built in
# plant: src/presentation/carriers.py
import builtins
import sys

load = builtins.__import__  # refused
sys.path.append("plugins")  # refused
names = __builtins__  # refused


# offence: the long way around
# plant: src/domain/detours/hidden.py
import builtins as b
import importlib as i
from importlib import import_module

x = getattr(i, "import_module")("redis")  # refused
y = getattr(b, "__import__")("redis")  # refused
z = list(map(import_module, ["redis"]))  # refused
w = globals()["__builtins__"]  # refused
v = vars(b)["exec"]  # refused


# innocent: what a package knows of itself
# plant: src/infrastructure/version.py
import importlib.metadata
import re
from importlib import resources

_WORD = re.compile("[a-z]+")


def version() -> str:
    return importlib.metadata.version("fastapi")


def words() -> list[str]:
    text = resources.files("infrastructure").joinpath("words.txt").read_text(encoding="utf-8")
    return _WORD.findall(text)
