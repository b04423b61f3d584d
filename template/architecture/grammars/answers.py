"""How presentation may write a response: FastAPI serializes schemas, other responses have a media type.

Bodies that have to be written by hand, such as a problem in an error handler or a message of a WebSocket,
use a schema as well: `shape.model_dump_json(by_alias=True)`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from architecture.grammars.signatures import RESPONSES
from architecture.grammars.source import WEB, head, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from architecture.grammars.source import Finding, Module, Source

KINDS = words("by-hand untyped outside made")
OPTIONS = words("")

_WRITERS = words(
    "json.dumps json.dump json.loads json.load json.JSONEncoder json.JSONDecoder"
    " orjson.dumps orjson.loads ujson.dumps ujson.loads msgspec.json.encode msgspec.json.decode"
    " pydantic_core.to_json pydantic_core.from_json pydantic_core.to_jsonable_python"
    " fastapi.encoders.jsonable_encoder dataclasses.asdict dataclasses.astuple builtins.vars"
    " pickle.dumps yaml.dump yaml.safe_dump"
)
_METHODS = words("send_json receive_json iter_json dumps loads asdict jsonable_encoder")


def findings(source: Source, _options: dict[str, Any]) -> Iterator[Finding]:
    for module in source.modules("presentation"):
        measured = {id(call.args[0]) for call in _calls(module, "builtins.len") if call.args}
        for node in module.nodes:
            if isinstance(node, ast.ClassDef):
                yield from _declared(module, node)
            elif (isinstance(node, ast.Attribute) and node.attr == "__dict__") or (
                isinstance(node, ast.keyword) and _is_other_answer(module, node)
            ):
                yield module.find("by-hand", node)
            elif isinstance(node, ast.Call) and id(node) not in measured:
                yield from _written(module, node)


def _calls(module: Module, origin: str) -> Iterator[ast.Call]:
    for node in module.nodes:
        if isinstance(node, ast.Call) and module.origin(node.func) == origin:
            yield node


def _declared(module: Module, kind: ast.ClassDef) -> Iterator[Finding]:
    """Yield request and response models outside of `schemas`."""
    for base in kind.bases:
        origin = module.origin(base)
        if origin.startswith(("pydantic.", "schemas.", "sqlmodel.")) or origin.endswith(
            (".TypedDict", "JSONResponse")
        ):
            yield module.find("outside", head(kind))
            return


def _is_other_answer(module: Module, node: ast.keyword) -> bool:
    match node:
        case ast.keyword(arg="response_model_by_alias" | "by_alias", value=ast.Constant(value=on)):
            return on is False
        case ast.keyword(arg="response_class" | "default_response_class", value=value):
            return module.origin(value).rpartition(".")[2] not in RESPONSES
        case _:
            return False


def _written(module: Module, node: ast.Call) -> Iterator[Finding]:
    origin = module.origin(node.func)
    name = origin.rpartition(".")[2]
    if name in ("create_model", "make_dataclass"):
        yield module.find("made", node)
    elif origin in _WRITERS:
        yield module.find("by-hand", node)
    elif origin.startswith(WEB) and name.endswith("JSONResponse"):
        if not _is_dumped(_content(node)) or _in_routers(module):
            yield module.find("by-hand", node)
    elif origin.startswith(WEB) and name in ("Response", "StreamingResponse"):
        if _in_routers(module) and not _has_media_type(module, node):
            yield module.find("untyped", node)
    elif not origin and _writes_json(module, node):
        yield module.find("by-hand", node)


def _writes_json(module: Module, node: ast.Call) -> bool:
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if method == "model_dump_json":
        return not _by_alias(node)
    if method == "model_dump":
        return not _by_alias(node) or _in_routers(module)
    return method in _METHODS or (method == "json" and not node.args)


def _content(node: ast.Call) -> ast.expr | None:
    given = [keyword.value for keyword in node.keywords if keyword.arg == "content"]
    return (*given, *node.args, None)[0]


def _has_media_type(module: Module, node: ast.Call) -> bool:
    """Whether the response has a media type or no body; JSON must be a schema."""
    if _content(node) is None:
        return True
    given = [k.value for k in node.keywords if k.arg in ("media_type", "headers")]
    texts = [ast.unparse(module.values.get(ast.unparse(value), value)) for value in given]
    return any(k.arg == "media_type" for k in node.keywords) and "json" not in "".join(texts)


def _is_dumped(node: ast.expr | None) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="model_dump")):
            return _by_alias(node)
        case _:
            return False


def _by_alias(node: ast.Call) -> bool:
    return any(
        keyword.arg == "by_alias" and ast.unparse(keyword.value) == "True"
        for keyword in node.keywords
    )


def _in_routers(module: Module) -> bool:
    return f"{module.name}.".startswith("presentation.routers.")
