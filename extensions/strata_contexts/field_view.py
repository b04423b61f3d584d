"""Computes the view of a field: what it is in each layer, as code that templates print."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from . import names, patterns, values, wire_view, words
from .allowed import allowed
from .columns import columns_of, string_room
from .examples import as_json, edges, example, refused
from .field_types import (
    DecimalField,
    EnumField,
    IntegerField,
    ListField,
    MoneyField,
    RefField,
    StringField,
    TextField,
    UuidField,
    ValueField,
)
from .inside_view import with_inside
from .literals import literal, raw_literal
from .view import FieldView, RefView, ValueObject
from .walk import attribute, type_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from .field_types import FieldSpec
    from .models import Page

GOOD: Final = ("valid", "checked", "parsed", "good")
"""What the names of good values begin with: the first that is free."""
PLAIN = {"boolean": "bool", "date": "date", "datetime": "datetime"}
"""Types whose value in the domain is one of Python's own."""
SHARED = {"email": "Email", "url": "Url", "money": "Money"}
"""Types whose value object all contexts share."""
BASES = {"string": "Text", "text": "Text", "integer": "WholeNumber", "decimal": "DecimalNumber"}


@dataclass(frozen=True)
class Surroundings:
    """What the view of a field depends on beside the field.

    ``prefix`` stands before the classes of fields, for those of parts and values; ``taken`` are the
    classes that are there already. ``resolve`` finds what a ``ref`` points to. ``variable`` is what the
    code calls the entity, if that is not its name.
    """

    page: Page
    entity: str
    prefix: str
    taken: frozenset[str]
    resolve: Callable[[str, RefField], RefView]
    is_always_optional: bool = False
    variable: str = ""
    used: frozenset[str] = frozenset()
    """What the code of use cases calls something else."""
    siblings: frozenset[str] = frozenset()
    """What the fields are called that may stand in one input."""

    @property
    def holder(self) -> str:
        return self.variable or self.entity


def field_view(name: str, spec: FieldSpec, around: Surroundings) -> FieldView:
    """Compute the view of one field."""
    kind = type_name(spec)
    own = attribute(name, spec)
    local = local_name(own, around)
    ref = around.resolve(name, spec) if isinstance(spec, RefField) else None
    if ref:
        inputs = (input_name(each, spec, around.siblings) for each in ref.same or (own,))
        ref = replace(ref, local=local, inputs=tuple(inputs))
    item = item_view(name, spec, around)
    class_name = class_of(name, spec, around, ref)
    is_optional = spec.optional and not isinstance(spec, ListField)
    is_missing = is_optional or around.is_always_optional
    given_as = input_name(own, spec, around.siblings)
    is_typed = has_name_of_id(own, spec)
    page = around.page
    first, other = example(name, spec, page), example(name, spec, page, 1)
    annotation = f"tuple[{item.class_name}, ...]" if item else class_name
    wire = wire_view.wire_type(name, spec, class_name, around.entity, page)
    given = as_json(spec, spec.default, page) if spec.default is not None else None
    inner = value_fields(spec.type, page) if isinstance(spec, ValueField) else ()
    view = FieldView(
        name=name,
        attribute=own,
        wire=names.camel(own),
        label=names.spaced(name),
        doc=names.sentence(spec.doc),
        type="value" if isinstance(spec, ValueField) else kind,
        is_optional=is_optional,
        is_unique=spec.unique,
        is_once=spec.set == "once",
        is_sensitive=spec.sensitive,
        has_default=spec.default is not None,
        value_object=value_object(class_name, spec),
        class_name=class_name,
        domain_annotation=or_none(annotation, is_missing),
        input_annotation=or_none(input_annotation(spec), is_optional),
        output_annotation=or_none(
            output_annotation(spec, class_name, item, is_typed=is_typed), is_missing
        ),
        parse_call=guarded(
            f"data.{given_as}", parse_call(f"data.{given_as}", spec, class_name, item), is_optional
        ),
        input_name=given_as,
        local=local,
        is_id=is_typed or isinstance(spec, UuidField | RefField),
        payload_call=payload_call(f"payload.{own}", spec, is_optional=is_optional),
        output_call=guarded(
            f"{around.holder}.{own}",
            output_call(f"{around.holder}.{own}", spec, item, is_typed=is_typed),
            is_missing,
        ),
        default=given,
        columns=tuple(columns_of(name, spec, page)),
        row_calls=tuple(
            row_calls(f"{around.holder}.{own}", name, spec, page, is_missing=is_missing)
        ),
        trusted_call=trusted_value(name, spec, inner, page, is_missing=is_missing)
        if isinstance(spec, ValueField)
        else trusted_call(name, spec, class_name, item, is_missing=is_missing),
        wire_type=wire,
        request_annotation=out_of_sight(
            wire_view.request_annotation(spec, wire, item, is_optional=is_optional), spec
        ),
        response_annotation=or_none(response_annotation(spec, is_typed=is_typed), is_missing),
        example=first,
        example_python=literal(first),
        other_example=other,
        other_example_python=literal(other),
        is_varied=first != other,
        refused=tuple(refused(name, spec, page)),
        edges=tuple(map(literal, edges(spec))),
        min=getattr(spec, "min", None)
        if isinstance(spec, StringField | TextField | IntegerField | ListField)
        else None,
        max=getattr(spec, "max", None)
        if isinstance(spec, StringField | TextField | IntegerField | ListField)
        else None,
        ref=ref,
        item=item,
        fields=inner,
        allowed=allowed(spec),
    )
    return with_inside(view, spec, page) if isinstance(spec, ValueField) else view


def or_none(annotation: str, is_optional: bool) -> str:
    return f"{annotation} | None" if is_optional else annotation


def out_of_sight(annotation: str, spec: FieldSpec) -> str:
    """Keep what is secret out of the representation of a request."""
    return f"Annotated[{annotation}, Field(repr=False)]" if spec.sensitive else annotation


def guarded(expression: str, call: str, is_optional: bool) -> str:
    """Let a call leave None alone."""
    if not is_optional or call == expression:
        return call
    return f"None if {expression} is None else {call}"


def item_view(name: str, spec: FieldSpec, around: Surroundings) -> FieldView | None:
    return (
        field_view(names.singular(name), spec.of, around) if isinstance(spec, ListField) else None
    )


def value_fields(name: str, page: Page) -> tuple[FieldView, ...]:
    """Return the views of the fields of a value."""
    fields = page.values[name].fields
    around = Surroundings(
        *(page, names.snake(name), name, frozenset(page.values), no_ref),
        siblings=frozenset(attribute(key, each) for key, each in fields.items()),
    )
    return tuple(field_view(key, each, around) for key, each in fields.items())


def no_ref(name: str, spec: RefField) -> RefView:
    raise LookupError(f"a value has no ref, and {name} is one to {spec.to}")


def class_of(name: str, spec: FieldSpec, around: Surroundings, ref: RefView | None) -> str:
    """Return the class of a field's value: Python's own, a shared one, or one of its own."""
    kind = type_name(spec)
    if ref:
        return ref.id_class
    if isinstance(spec, ValueField):
        return spec.type
    if isinstance(spec, ListField):
        return "tuple"
    if kind in PLAIN or kind in SHARED:
        return (PLAIN | SHARED)[kind]
    own = around.prefix + names.pascal(name)
    if own in around.taken or own in words.CLASSES | words.FRAMEWORKS | words.IMPORTED_CLASSES:
        longer = names.pascal(around.entity) + own
        return f"{longer}Value" if longer in around.taken else longer
    return own


def value_object(class_name: str, spec: FieldSpec) -> ValueObject | None:
    """Return the class that a field brings with it; None where it has none of its own."""
    doc = names.sentence(spec.doc)
    match spec:
        case StringField() | TextField():
            return ValueObject(class_name, "Text", doc, constants=text_constants(spec))
        case IntegerField():
            bounds = (("least", "int", str(spec.min)), ("most", "int", str(spec.max)))
            return ValueObject(class_name, "WholeNumber", doc, constants=bounds)
        case DecimalField():
            least, greatest = values.decimal_bounds(spec)
            constants = (
                ("places", "int", str(spec.scale)),
                ("least", "Decimal", f'Decimal("{least:f}")'),
                ("most", "Decimal", f'Decimal("{greatest:f}")'),
            )
            return ValueObject(class_name, "DecimalNumber", doc, constants=constants)
        case UuidField():
            return ValueObject(class_name, "Id", doc)
        case EnumField():
            members = tuple((member(value), value) for value in spec.values)
            return ValueObject(class_name, "StrEnum", doc, members=members)
        case _:
            return None


def member(value: str) -> str:
    """Return the name of an enum's member."""
    return value.upper().replace("-", "_")


def text_constants(spec: StringField | TextField) -> tuple[tuple[str, str, str], ...]:
    constants = []
    if spec.min != 1:
        constants.append(("min_length", "int", str(spec.min)))
    longest = string_room(spec) if isinstance(spec, StringField) else spec.max
    constants.append(("max_length", "int", str(longest)))
    if isinstance(spec, StringField) and spec.pattern:
        constants.append(("pattern", "str", raw_literal(patterns.visible(spec.pattern))))
    return tuple(constants)


def input_name(own: str, spec: FieldSpec, siblings: frozenset[str] = frozenset()) -> str:
    """Return what a field is called in an input, where an id is a text that is yet to be parsed.

    What is plain there must not be called like an id, or like another field.
    """
    given = own.removesuffix("_id") if isinstance(spec, UuidField | RefField) else own
    is_plain = type_name(spec) not in PLAIN
    if is_plain and (names.LIKE_AN_ID.fullmatch(given) or given in siblings - {own}):
        given = f"{own}_given"
    while given in siblings - {own}:
        given = f"{given}_given"
    return given


def local_name(own: str, around: Surroundings) -> str:
    """Return what a use case calls a field once it is good."""
    if own not in around.used:
        return own
    free = (f"{good}_{own}" for good in GOOD if f"{good}_{own}" not in around.siblings)
    return next(free)


def has_name_of_id(own: str, spec: FieldSpec) -> bool:
    """Tell whether a field is called like an id and is none, so that outputs keep its type."""
    kind = type_name(spec.of if isinstance(spec, ListField) else spec)
    is_raw = kind in ("string", "text", "integer", "decimal", "enum", "email", "url")
    return is_raw and bool(names.LIKE_AN_ID.fullmatch(own))


def input_annotation(spec: FieldSpec) -> str:
    """Return the type of a field in an input: plain, and not yet checked."""
    if isinstance(spec, ListField):
        return f"Sequence[{input_annotation(spec.of)}]"
    if isinstance(spec, MoneyField):
        return "MoneyInput"
    if isinstance(spec, ValueField):
        return f"{spec.type}Input"
    kind = type_name(spec)
    return {"integer": "int", **PLAIN}.get(kind, "str")


def payload_call(expression: str, spec: FieldSpec, *, is_optional: bool) -> str:
    """Make the input of a use case of what is in a request."""
    if not isinstance(spec, MoneyField | ValueField):
        return expression
    kind = "money" if isinstance(spec, MoneyField) else names.snake(spec.type)
    return f"{kind}_input{'_if_any' if is_optional else ''}({expression})"


def output_annotation(
    spec: FieldSpec, class_name: str, item: FieldView | None, *, is_typed: bool
) -> str:
    """Return the type of a field in an output; what ``is_typed`` stays what it is in the domain."""
    if item and isinstance(spec, ListField):
        inner = output_annotation(spec.of, item.class_name, None, is_typed=is_typed)
        return f"Sequence[{inner}]"
    if is_typed:
        return class_name
    if isinstance(spec, MoneyField | ValueField):
        return f"{spec.type if isinstance(spec, ValueField) else 'Money'}Output"
    if isinstance(spec, UuidField | RefField):
        return class_name
    kind = type_name(spec)
    return {"integer": "int", "decimal": "Decimal", **PLAIN}.get(kind, "str")


def parse_call(expression: str, spec: FieldSpec, class_name: str, item: FieldView | None) -> str:
    """Make the domain's value of an input, or refuse it."""
    if item and isinstance(spec, ListField):
        least = f"least={spec.min}, " if spec.min else ""
        if type_name(spec.of) in PLAIN:
            return f"counted({expression}, {least}most={spec.max})"
        return f"parse_each({expression}, {item.class_name}.parse, {least}most={spec.max})"
    if isinstance(spec, MoneyField):
        return f"Money.parse({expression}.amount, {expression}.currency)"
    if isinstance(spec, ValueField):
        return f"parse_{names.snake(spec.type)}({expression})"
    return expression if type_name(spec) in PLAIN else f"{class_name}.parse({expression})"


def output_call(
    expression: str, spec: FieldSpec, item: FieldView | None, *, is_typed: bool = False
) -> str:
    """Make the value of an output of the domain's value: plain, unless it ``is_typed``."""
    if is_typed:
        return f"list({expression})" if item else expression
    if item and isinstance(spec, ListField):
        inner = output_call("item", spec.of, None)
        return f"list({expression})" if inner == "item" else f"[{inner} for item in {expression}]"
    if isinstance(spec, MoneyField | ValueField):
        kind = "money" if isinstance(spec, MoneyField) else names.snake(spec.type)
        return f"{kind}_output({expression})"
    is_id = isinstance(spec, UuidField | RefField)
    return expression if is_id or type_name(spec) in PLAIN else f"{expression}.value"


def row_calls(
    expression: str, name: str, spec: FieldSpec, page: Page, *, is_missing: bool
) -> list[tuple[str, str]]:
    """Return each column with what is stored in it."""
    return stored_calls(expression, name, spec, page, (expression,) if is_missing else ())


def stored_calls(
    expression: str, name: str, spec: FieldSpec, page: Page, absent: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Return the same where some expressions may be None, and nothing is stored then."""
    condition = " or ".join(f"{each} is None" for each in absent)

    def stored(call: str) -> str:
        return f"None if {condition} else {call}" if condition and call != absent[0] else call

    if isinstance(spec, MoneyField):
        return [
            (f"{name}_amount", stored(f"{expression}.amount.value")),
            (f"{name}_currency", stored(f"{expression}.currency.value")),
        ]
    if isinstance(spec, ValueField):
        found = []
        for key, each in page.values[spec.type].fields.items():
            inner = f"{expression}.{attribute(key, each)}"
            is_plain = type_name(each) in PLAIN
            may_be = (inner,) if each.optional and not is_plain else ()
            found += stored_calls(inner, f"{name}_{key}", each, page, (*absent, *may_be))
        return found
    item = spec.of if isinstance(spec, ListField) else None
    if item is not None:
        inner = "item" if type_name(item) in PLAIN else "item.value"
        call = f"list({expression})" if inner == "item" else f"[{inner} for item in {expression}]"
        return [(name, stored(call))]
    call = expression if type_name(spec) in PLAIN else f"{expression}.value"
    return [(attribute(name, spec), stored(call))]


def trusted_call(
    name: str, spec: FieldSpec, class_name: str, item: FieldView | None, *, is_missing: bool
) -> str:
    """Make the domain's value of what was stored, without checking it again."""
    if isinstance(spec, MoneyField):
        amount, currency = f'row["{name}_amount"]', f'row["{name}_currency"]'
        return guarded(amount, f"Money.from_trusted({amount}, {currency})", is_missing)
    column = f'row["{attribute(name, spec)}"]'
    if item and isinstance(spec, ListField):
        if type_name(spec.of) in PLAIN:
            return guarded(column, f"tuple({column})", is_missing)
        found = trusted("item", spec.of, item.class_name)
        return guarded(column, f"tuple({found} for item in {column})", is_missing)
    return guarded(column, trusted(column, spec, class_name), is_missing)


def trusted_value(
    name: str, spec: ValueField, inner: tuple[FieldView, ...], page: Page, *, is_missing: bool
) -> str:
    """Make a value of several fields of what was stored. An id of it has its own type already."""
    arguments = []
    for field in inner:
        for column, _ in field.row_calls:
            stored = f'row["{name}_{column}"]'
            if field.is_id:
                of_a_choice = field.type == "enum"
                made = f"{field.class_name}{'' if of_a_choice else '.from_trusted'}({stored})"
                stored = guarded(stored, made, field.is_optional)
            arguments.append(f"{column}={stored}")
    needed = next(
        column for column in columns_of(name, as_required(spec), page) if not column.is_nullable
    )
    call = f"{spec.type}.from_trusted({', '.join(arguments)})"
    return guarded(f'row["{needed.name}"]', call, is_missing)


def as_required(spec: ValueField) -> ValueField:
    return ValueField.model_construct(type=spec.type)


def trusted(expression: str, spec: FieldSpec, class_name: str) -> str:
    if type_name(spec) in PLAIN:
        return expression
    if isinstance(spec, EnumField):
        return f"{class_name}({expression})"
    return f"{class_name}.from_trusted({expression})"


def response_annotation(spec: FieldSpec, *, is_typed: bool) -> str:
    """Return the type of a field in an answer, which takes what ``is_typed`` out of its type."""
    if isinstance(spec, ListField):
        return f"list[{response_annotation(spec.of, is_typed=is_typed)}]"
    if is_typed:
        plain = response_annotation(spec, is_typed=False)
        unwrapped = f'Annotated[{plain}, BeforeValidator(attrgetter("value"))]'
        return "TextId" if plain == "str" else unwrapped
    if isinstance(spec, MoneyField):
        return "MoneyResponse"
    if isinstance(spec, ValueField):
        return f"{spec.type}Response"
    if isinstance(spec, EnumField):
        return f"Literal[{', '.join(map(literal, spec.values))}]"
    kind = type_name(spec)
    answers = {"integer": "int", "decimal": "DecimalString", "ref": "Id", "uuid": "Id", **PLAIN}
    return answers.get(kind, "str")
