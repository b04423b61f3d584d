"""Secrets with a value in the code, recognized by their use and by their form.

A string is a secret if it becomes a `SecretStr`, if it is the default of a secret setting, if it replaces a
missing environment variable, or if it is passed to a parameter with the name of a secret. Some strings are
recognized by their form, whatever their name.

No secrets are what clients may leave out of a request, unless it is a password, examples in the API document,
and words that are names in the service, such as a state `in_production`.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING, TypeGuard

from mypy.types import Overloaded

from architecture.typed.kinds import alternatives, bases, class_itself, class_of, parts
from architecture.typed.texts import constant, is_docstring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy.types import Type

    from architecture.typed.service import Found, Module, Service

_SECRETS = {"pydantic.types.SecretStr", "pydantic.types.SecretBytes", "pydantic.types.Secret"}
_MODELS = {"pydantic.main.BaseModel", "pydantic_settings.main.BaseSettings"}
_VALIDATORS = ("field_validator", "model_validator", "validator", "root_validator")
_TEXTS = {"builtins.str", "builtins.bytes", "pydantic.networks.AnyUrl"}
_ENVIRONMENT = {"os._Environ"}

_NAME = re.compile(
    r"(.*_)?(secret|password|passwd|pwd|passphrase|pepper|salt|token|credentials?|dsn"
    r"|(api|auth|verify|verification|private|signing|encryption|access|secret|session|cookie|jwt|hmac|master|webhook)"
    r"_?key)",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"(.*_)?(password|passwd|pwd|passphrase)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(.*_)?(database|db|pg|postgres|postgresql|redis|cache|broker|amqp|rabbitmq|mongo|kafka|celery"
    r"|smtp)\w*_(url|uri|dsn)",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"(?=[\w./:@+-]+$).*("
    r"(change|replace)[-_]?(me|this|it)(?-i:(?![a-z]))|(dev|test|local|demo)[-_]?only"
    r"|(dev|test|local|demo|default|dummy|fake|insecure|my|super|top|some|your)[-_]"
    r"(\w+[-_])?(secret|key|password|token|pepper)"
    r"|not[-_]?(so[-_]?|a[-_]?|very[-_]?)?secret|s3cr3t|hunter2|insecure|passw0rd|password123"
    r"|letmein|qwerty123|in[-_](dev|development|prod|production)"
    r"|(sk|pk|rk)[-_](test|live)[-_]\w*|-----BEGIN).*",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[A-Za-z]?[a-z]+([A-Z][a-z]+|\d{1,3})*")
"""A name in camel case, such as `addressLine2OfTheCustomer`; keys hardly ever consist of words."""
_JOINED_WORDS = re.compile(r"/?\w+(-\w+)*/?")
"""Words that may stand for a name: `in_production`, `top-secret`, or the address `/top-secrets`."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_KEY_LIKE = re.compile(
    r"(?!sha\d+-)[0-9a-f]{32,}|(?!sha\d+-)(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9+/_-]{24,}={0,2}"
)
_CREDENTIALS = re.compile(r"[a-z][a-z0-9+]*://[^\s/:@{}]+:[^\s/@{}]+@", re.IGNORECASE)


def fields(module: Module, service: Service) -> Iterator[Found]:
    """Yield secret settings with a default."""
    for definition in module.find(ast.ClassDef):
        info = module.info(definition)
        if info is None or not (bases(info) & _MODELS or module.layer == "infrastructure"):
            continue
        if info.is_enum or module.layer == "schemas":
            continue
        for node in definition.body:
            if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
                continue
            name = node.target.id
            symbol = info.names.get(name)
            kind = symbol.type if symbol else None
            names = [name, *_aliases(module, node)]
            if _has_default(module, node) and any(_is_secret(each, kind) for each in names):
                yield module.found(node, f"`{name}` is a secret, and has a default")


def _aliases(module: Module, node: ast.AnnAssign) -> Iterator[str]:
    """Yield the names of a setting in the environment."""
    for call in (part for part in ast.walk(node) if isinstance(part, ast.Call)):
        for keyword in call.keywords:
            if keyword.arg in {"alias", "validation_alias"}:
                texts = (
                    constant(module, part) for part in ast.walk(keyword.value) if _is_expr(part)
                )
                yield from filter(None, texts)


def _is_expr(node: ast.AST) -> TypeGuard[ast.expr]:
    return isinstance(node, ast.expr)


def _has_default(module: Module, node: ast.AnnAssign) -> bool:
    calls = [part for part in ast.walk(node.annotation) if isinstance(part, ast.Call)]
    if isinstance(node.value, ast.Call) and ast.unparse(node.value.func).endswith("Field"):
        calls.append(node.value)
    elif node.value is not None:
        return True
    for call in calls:
        for default in (*call.args[:1], *(k.value for k in call.keywords if _sets_default(k))):
            if not (isinstance(default, ast.Constant) and default.value is ...):
                return True
    return False


def _sets_default(keyword: ast.keyword) -> bool:
    return keyword.arg in {"default", "default_factory"}


def _is_secret(name: str, kind: Type | None) -> bool:
    if _becomes_secret(kind):
        return True
    text = any((info := class_of(part)) and bases(info) & _TEXTS for part in alternatives(kind))
    return text and bool(_NAME.fullmatch(name) or _ADDRESS.fullmatch(name))


def _becomes_secret(kind: Type | None) -> bool:
    """Tell whether this is a `SecretStr`, or an address such as a `PostgresDsn`."""
    return any(
        bool(bases(info) & _SECRETS) or info.name.endswith("Dsn")
        for part in parts(kind)
        if (info := class_of(part))
    )


def made_secret(module: Module, service: Service) -> Iterator[Found]:
    """Yield strings that are turned into a secret: `SecretStr("dev")`."""
    for call in module.find(ast.Call):
        made = class_itself(module.type_of(call.func))
        if any(bases(info) & _SECRETS or info.name.endswith("Dsn") for info in made):
            for argument in call.args:
                if _text_in(module, argument):
                    yield module.found(
                        call, f"`{ast.unparse(call)}`, a secret from a string in the code"
                    )


def named(module: Module, service: Service) -> Iterator[Found]:
    """Yield strings that are assigned to something with the name of a secret."""
    for call in module.find(ast.Call):
        for keyword in call.keywords:
            if keyword.arg and _NAME.fullmatch(keyword.arg) and _text_in(module, keyword.value):
                yield module.found(keyword.value, f"a string is passed as `{keyword.arg}`")
            if keyword.arg is None and isinstance(keyword.value, ast.Dict):
                for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                    name = constant(module, key) or ""
                    if _NAME.fullmatch(name) and _text_in(module, value):
                        yield module.found(value, f"a string is passed as `{name}`")
        yield from _given_by_position(module, call)
    for function in module.find(ast.FunctionDef, ast.AsyncFunctionDef):
        yield from _parameters(module, function)
        for node in ast.walk(function) if _NAME.fullmatch(function.name) else ():
            if isinstance(node, ast.Return) and node.value and constant(module, node.value):
                yield module.found(node, f"`{function.name}` returns a string")
    for node in module.find(ast.Assign, ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if node.value is None or _in_enum(module, node) or not _text_in(module, node.value):
            continue
        for target in targets:
            name = _last_name(target)
            if _in_body(module, node) and not _PASSWORD.fullmatch(name):
                continue
            if _NAME.fullmatch(name) and constant(module, node.value) != name.lower():
                yield module.found(node, f"`{name}` is set to a string")


def _given_by_position(module: Module, call: ast.Call) -> Iterator[Found]:
    callee = module.type_of(call.func)
    signature = callee.items[0] if isinstance(callee, Overloaded) else callee
    names = getattr(signature, "arg_names", [])
    secret = {"key", "secret", "password"} if _signs(module, call) else set()
    for name, argument in zip(names, call.args, strict=False):
        if name and (_NAME.fullmatch(name) or name in secret) and _text_in(module, argument):
            yield module.found(argument, f"a string is passed as `{name}`")


def _signs(module: Module, call: ast.Call) -> bool:
    return module.name_of(call.func).startswith(("hmac.", "jwt.", "hashlib.")) or ast.unparse(
        call.func
    ).startswith(("hmac.", "jwt."))


def _parameters(
    module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef
) -> Iterator[Found]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    given = [
        *zip(reversed(positional), reversed(arguments.defaults), strict=False),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    for argument, default in given:
        if default and _NAME.fullmatch(argument.arg) and _text_in(module, default):
            yield module.found(
                default, f"the parameter `{argument.arg}` has a string as its default"
            )


def stand_ins(module: Module, service: Service) -> Iterator[Found]:
    """Yield strings that replace a value missing in the environment or the settings."""
    for call in module.find(ast.Call):
        name, default = _asked_for(module, call)
        if default is None or (text := _text_in(module, default)) is None:
            continue
        if _names_secret(name) or _gives_itself_away(text):
            yield module.found(call, f"`{text}` replaces a missing `{name}`")
    for either in module.find(ast.BoolOp, ast.IfExp):
        if _chooses_a_text(module, either):
            yield module.found(
                either, f"`{ast.unparse(either)}`: a string replaces a missing secret"
            )
    yield from _after_a_miss(module)
    for display in module.find(ast.Dict):
        for key, value in zip(display.keys, display.values, strict=True):
            name = constant(module, key) or ""
            if name.isupper() and _names_secret(name) and _text_in(module, value):
                yield module.found(value, f"a string for `{name}`")
    for node in module.find(ast.Assign):
        for target in node.targets:
            entry = constant(module, target.slice) if isinstance(target, ast.Subscript) else None
            if _names_secret(entry or "") and _text_in(module, node.value):
                yield module.found(node, f"`{ast.unparse(target)}` is set to a string")


def _after_a_miss(module: Module) -> Iterator[Found]:
    """Yield strings that are assigned to a variable after a secret was not found."""
    for (_, name), values in module.given.items():
        if len(values) > 1 and any(_reads_secret(module, value) for value in values):
            for value in values:
                if constant(module, value):
                    yield module.found(
                        value, f"`{name}` is set to a string if the secret is missing"
                    )
    for attempt in module.find(ast.Try):
        tried = [node for part in attempt.body for node in ast.walk(part)]
        if any(isinstance(node, ast.expr) and _reads_secret(module, node) for node in tried):
            for node in (node for handler in attempt.handlers for node in ast.walk(handler)):
                given = node.value if isinstance(node, ast.Return | ast.Assign) else None
                if given and constant(module, given):
                    yield module.found(given, "a string replaces a missing secret")


def _chooses_a_text(module: Module, either: ast.BoolOp | ast.IfExp) -> bool:
    """Tell whether this is a secret or, if it is missing, a string."""
    if isinstance(either, ast.IfExp):
        ways = [either.body, either.orelse]
        secret = any(_reads_secret(module, part) for part in (*ways, either.test))
        return secret and any(_text_in(module, way) for way in ways)
    first, *others = either.values
    secret = isinstance(either.op, ast.Or) and _reads_secret(module, first)
    return secret and any(_text_in(module, value) for value in others)


def _asked_for(module: Module, call: ast.Call) -> tuple[str, ast.expr | None]:
    """Return the name that is looked up, and the fallback if it is missing."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    asked = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    first = keywords.get("key") or next(iter(call.args), None)
    default = keywords.get("default") or next(iter(call.args[1:2]), None)
    name = constant(module, first) or ""
    if asked in {"get", "pop", "setdefault", "getenv"} or name.isupper():
        return name, default
    if module.name_of(call.func) == "builtins.getattr" and len(call.args) > 2:
        return constant(module, call.args[1]) or "", call.args[2]
    return "", None


def _names_secret(name: str) -> bool:
    return bool(_NAME.fullmatch(name) or _ADDRESS.fullmatch(name))


def _reads_secret(module: Module, node: ast.expr) -> bool:
    """Tell whether this reads a secret: from the environment, or from something with the name of a secret."""
    match node:
        case ast.Call():
            name, _ = _asked_for(module, node)
            return _names_secret(name) or (
                isinstance(node.func, ast.Attribute) and node.func.attr == "get_secret_value"
            )
        case ast.Subscript(slice=index):
            return _names_secret(constant(module, index) or "")
        case ast.NamedExpr(value=value) | ast.Compare(left=value):
            return _reads_secret(module, value)
        case ast.Name() | ast.Attribute():
            named = module.layer == "infrastructure" and _NAME.fullmatch(_last_name(node))
            return bool(named) or _becomes_secret(module.type_of(node))
    return False


def filled_in(module: Module, service: Service) -> Iterator[Found]:
    """Yield strings that a validator of the settings uses for a missing value."""
    for function in module.find(ast.FunctionDef):
        decorators = [d for d in function.decorator_list if isinstance(d, ast.Call)]
        validators = [d for d in decorators if ast.unparse(d.func).endswith(_VALIDATORS)]
        definition = module.parents.get(function)
        if not validators or not isinstance(definition, ast.ClassDef):
            continue
        info = module.info(definition)
        fields = [constant(module, a) or "" for d in validators for a in d.args]
        kinds = {f: symbol.type if info and (symbol := info.get(f)) else None for f in fields}
        about_secrets = any(f == "*" or _is_secret(f, kind) for f, kind in kinds.items())
        for node in ast.walk(function):
            given = node.value if isinstance(node, ast.Return) and about_secrets else None
            if given and (text := _text_in(module, given)):
                yield module.found(given, f"a validator sets `{text}`")


def telling(module: Module, service: Service) -> Iterator[Found]:
    """Yield strings that can only be a secret, or a placeholder for one."""
    for node in module.find(ast.Constant):
        text = (
            node.value.decode("utf-8", "replace") if isinstance(node.value, bytes) else node.value
        )
        if not isinstance(text, str) or is_docstring(module, node):
            continue
        if _CREDENTIALS.match(text) or _gives_itself_away(text):
            if _is_name(service, text) or _is_example(module, node):
                continue
            yield module.found(node, f"`{text[:40]}` looks like a secret")


def _is_name(service: Service, text: str) -> bool:
    """Tell whether a text is a name in the service, or is made from one, such as a code or a column."""
    if text.isidentifier() and f"\n {_words_of(text)} \n" in _names(service):
        return True
    placeholder = _PLACEHOLDER.fullmatch(text)
    if placeholder is None or not _JOINED_WORDS.fullmatch(text):
        return False
    words = list(_WORD.finditer(text))
    if text.isidentifier():
        words = [
            w for w in words if w.start() < placeholder.end(1) and placeholder.start(1) < w.end()
        ]
    return f" {' '.join(word[0] for word in words).lower()} " in _names(service)


@cache
def _names(service: Service) -> str:
    """Return the words of the names of all classes, their fields and choices, and of all functions, in lines."""
    found = []
    for module in service.modules:
        found += [node.name for node in module.find(ast.ClassDef)]
        found += [node.name for node in module.find(ast.FunctionDef, ast.AsyncFunctionDef)]
        for node in module.find(ast.Assign, ast.AnnAssign):
            if isinstance(module.parents.get(node), ast.ClassDef):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found += [_last_name(target) for target in targets]
    return "".join(f"\n {_words_of(name)} \n" for name in found)


def _words_of(name: str) -> str:
    """Split `in_production`, `InProduction` or `in-production` into words."""
    return " ".join(_WORD.findall(name)).lower()


def _is_example(module: Module, node: ast.AST) -> bool:
    """Tell whether this stands in `examples=[...]` of a request, and so in the API document."""
    keywords = (outer for outer in module.above(node) if isinstance(outer, ast.keyword))
    return module.layer == "schemas" and any(keyword.arg == "examples" for keyword in keywords)


def _gives_itself_away(text: str) -> bool:
    is_key = _KEY_LIKE.fullmatch(text) and not _WORDS.fullmatch(text)
    return bool(_PLACEHOLDER.fullmatch(text) or is_key)


def _text_in(module: Module, value: ast.expr) -> str | None:
    """Return a string that an expression may evaluate to, if it is not empty."""
    match value:
        case ast.BoolOp(values=values):
            return next((text for v in values if (text := _text_in(module, v))), None)
        case ast.IfExp(body=one, orelse=other):
            return _text_in(module, one) or _text_in(module, other)
        case ast.Lambda(body=body):
            return _text_in(module, body)
        case ast.Tuple(elts=parts):
            return next((text for part in parts if (text := _text_in(module, part))), None)
        case ast.Call() if any(
            bases(info) & _SECRETS for info in class_itself(module.type_of(value.func))
        ):
            return _text_in(module, value.args[0]) if value.args else None
    return constant(module, value) or None


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _in_body(module: Module, node: ast.AST) -> bool:
    """Tell whether this is a field of a request or a response."""
    return module.layer == "schemas" and isinstance(module.parents.get(node), ast.ClassDef)


def _in_enum(module: Module, node: ast.AST) -> bool:
    definition = module.parents.get(node)
    info = module.info(definition) if isinstance(definition, ast.ClassDef) else None
    return info is not None and info.is_enum
