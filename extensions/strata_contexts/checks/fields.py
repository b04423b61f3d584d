"""Fields: bounds, patterns, options that do not go together, defaults and examples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .. import names, patterns, values
from ..columns import string_room
from ..field_types import (
    BrokenField,
    DecimalField,
    EnumField,
    IntegerField,
    ListField,
    RefField,
    StringField,
    TextField,
    UuidField,
    ValueField,
)
from ..mistakes import quoted
from ..walk import aggregates, every_field, type_name

if TYPE_CHECKING:
    from ..field_types import FieldSpec
    from ..mistakes import Mistakes, Path
    from ..models import Page
    from ..walk import FieldHere

NOT_UNIQUE: Final = {
    "text": "a `text` is too long for an index: use a `string`",
    "boolean": "there would be two rows at most",
    "enum": "there would be one row for each value at most",
    "list": "lists are not compared",
    "money": "amounts are no keys",
}
NOT_IN_LISTS: Final = {
    "text": "use `string`",
    "money": "use `parts`",
    "list": "use `parts`",
    "ref": "use `parts` with a `ref` in it",
}
OPTIONS: Final = ("optional", "unique", "default", "backfill", "set", "sensitive", "doc", "example")
ENUM_VALUE: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*")
LONGEST_ENUM_VALUE: Final = 40


def check(page: Page, mistakes: Mistakes) -> None:
    """Add what is wrong with single fields."""
    for field in every_field(page):
        if field.known:
            check_type(field.known, field.path, mistakes)
        if field.is_broken:
            continue
        check_scope(field, page, mistakes)
        check_options(field, page, mistakes)
        check_given(field, page, mistakes)
    for name, value in page.values.items():
        if value.fields and all(field.optional for field in value.fields.values()):
            mistakes.add(
                ("values", name, "fields"),
                "all of them are optional, so a value could be nothing: let one be required",
            )
    for here in aggregates(page):
        for part, _, path in here.parts:
            check_order(part.min, part.max, path, mistakes)


def check_order(least: int, most: int, path: Path, mistakes: Mistakes) -> None:
    if least > most and not unknown_bounds(path, mistakes):
        mistakes.add((*path, "min"), f"min {least} is over max {most}: exchange them")


def unknown_bounds(path: Path, mistakes: Mistakes) -> bool:
    """Tell whether a bound could not be read, so that its default would be judged."""
    return mistakes.within((*path, "min")) or mistakes.within((*path, "max"))


def check_type(spec: FieldSpec, path: Path, mistakes: Mistakes) -> None:
    """Check what a type says about itself."""
    match spec:
        case StringField():
            check_length(spec, path, mistakes)
            check_pattern(spec, path, mistakes)
        case TextField():
            check_length(spec, path, mistakes)
        case IntegerField():
            check_order(spec.min, spec.max, path, mistakes)
        case DecimalField():
            check_decimal(spec, path, mistakes)
        case EnumField():
            check_enum(spec, path, mistakes)
        case ListField():
            check_order(spec.min, spec.max, path, mistakes)
            check_items(spec, path, mistakes)


def check_length(spec: StringField | TextField, path: Path, mistakes: Mistakes) -> None:
    if unknown_bounds(path, mistakes):
        return
    if spec.min > spec.max and "max" not in spec.model_fields_set:
        mistakes.add(
            (*path, "min"), f"min {spec.min} is over max, which is {spec.max} by default: say `max`"
        )
    else:
        check_order(spec.min, spec.max, path, mistakes)


def check_pattern(spec: StringField, path: Path, mistakes: Mistakes) -> None:
    if spec.pattern is None:
        return
    inner = (*path, "pattern")
    try:
        pattern = patterns.parse(spec.pattern)
    except patterns.PatternError as error:
        mistakes.add(
            inner,
            f"{quoted(spec.pattern)} {'' if starts_verb(error) else 'cannot be used: '}{error}",
        )
        return
    if unknown_bounds(path, mistakes):
        return
    if pattern.shortest > spec.max:
        mistakes.add(
            inner,
            f"matches {pattern.shortest} characters at least, and max is {spec.max}: raise `max`",
        )
    elif pattern.longest is not None and pattern.longest < spec.min:
        mistakes.add(
            inner,
            f"matches {pattern.longest} characters at most, and min is {spec.min}: lower `min`",
        )
    elif spec.example is None and pattern.example(spec.min, spec.max) is None:
        mistakes.add(path, "no example could be made up for its pattern: say one as `example`")
    elif next(pattern.misfits(0, string_room(spec)), None) is None:
        mistakes.add(inner, f"{quoted(spec.pattern)} matches every text: leave it out")


def starts_verb(error: patterns.PatternError) -> bool:
    return str(error).startswith(("takes", "has"))


def check_decimal(spec: DecimalField, path: Path, mistakes: Mistakes) -> None:
    if spec.scale > spec.precision:
        mistakes.add(
            (*path, "scale"),
            f"scale {spec.scale} is over precision {spec.precision}, which counts all digits: raise"
            " `precision`",
        )
        return
    most = values.most_of(spec)
    is_good = True
    for key in ("min", "max"):
        given = getattr(spec, key)
        if given is None:
            continue
        read = values.number(given)
        if read is None:
            expected = "a number such as 12.50"
        elif values.places(read) > spec.scale:
            expected = f"at most {values.digits(spec.scale)} after the point, as `scale` says"
        elif not values.least_of(spec) <= read <= most:
            expected = f"at most {most}, since `precision` and `scale` leave no room for more"
        else:
            continue
        is_good = False
        mistakes.add((*path, key), f"expected {expected}, got {quoted(given)}")
    least, greatest = values.decimal_bounds(spec)
    if is_good and least > greatest and not unknown_bounds(path, mistakes):
        mistakes.add((*path, "min"), f"min {least} is over max {greatest}: exchange them")


def check_enum(spec: EnumField, path: Path, mistakes: Mistakes) -> None:
    seen: dict[str, str] = {}
    for place, value in enumerate(spec.values):
        inner = (*path, "values", place)
        if not ENUM_VALUE.fullmatch(value):
            example = "_".join(names.words(value))
            remedy = f": write {example}" if ENUM_VALUE.fullmatch(example) else ""
            mistakes.add(
                inner,
                f"a value is letters and digits joined by _ or -, got {quoted(value)}{remedy}",
            )
        elif len(value) > LONGEST_ENUM_VALUE:
            mistakes.add(inner, f"a value has at most {LONGEST_ENUM_VALUE} characters: shorten it")
        key = value.upper().replace("-", "_")
        if key in seen:
            same = (
                "stands here twice"
                if seen[key] == value
                else f"is {seen[key]} but for its spelling"
            )
            mistakes.add(inner, f"{quoted(value)} {same}: keep one")
        seen.setdefault(key, value)


def check_items(spec: ListField, path: Path, mistakes: Mistakes) -> None:
    item, inner = spec.of, (*path, "of")
    if isinstance(item, BrokenField):
        return
    kind = type_name(item)
    if isinstance(item, ValueField):
        mistakes.add(inner, f"a list holds no {kind}: use `parts` with its fields")
    elif kind in NOT_IN_LISTS:
        mistakes.add(inner, f"a list holds no {kind}: {NOT_IN_LISTS[kind]}")
    for option in OPTIONS:
        if option in item.model_fields_set:
            mistakes.add(
                (*inner, option), f"`{option}` belongs to the list, not to its items: move it"
            )
    check_type(item, inner, mistakes)


def check_scope(field: FieldHere, page: Page, mistakes: Mistakes) -> None:
    """Check what a field may be in a value, a part or a transition."""
    spec, path = field.spec, field.path
    kind = type_name(spec)
    if field.scope == "value":
        if isinstance(spec, ListField | RefField | ValueField):
            what = "other value" if isinstance(spec, ValueField) else kind
            mistakes.add(
                path, f"a value holds no {what}: put the field into the aggregates that need it"
            )
        refuse(field, "unique", "a value is no row: say it where the value is used", mistakes)
        refuse(field, "set", "say it where the value is used", mistakes)
        refuse(field, "default", "say it where the value is used", mistakes)
        refuse(field, "backfill", "say it where the value is used", mistakes)
    if field.scope == "transition":
        refuse(field, "unique", "what a transition asks for is not unique: leave it out", mistakes)
        refuse(field, "set", "it is set by its transition alone: leave it out", mistakes)
        refuse(field, "default", "whoever makes the transition says it: leave it out", mistakes)
        refuse(field, "backfill", "it is null until the transition is made: leave it out", mistakes)
        if isinstance(spec, ListField) and spec.optional:
            mistakes.add(
                (*path, "optional"), "a list may be empty, and is never null: leave it out"
            )
    if field.scope == "part":
        refuse(field, "set", "a part is replaced as a whole: leave it out", mistakes)
    if isinstance(spec, ValueField) and field.spec.unique:
        mistakes.add((*path, "unique"), f"{names.article(kind)} has several columns: leave it out")


def refuse(field: FieldHere, option: str, remedy: str, mistakes: Mistakes) -> None:
    if option in field.spec.model_fields_set:
        mistakes.add((*field.path, option), remedy)


def check_options(field: FieldHere, page: Page, mistakes: Mistakes) -> None:
    """Check options that do not go together."""
    spec, path, kind = field.spec, field.path, type_name(field.spec)
    if spec.unique and kind in NOT_UNIQUE:
        what = names.article(kind)
        mistakes.add((*path, "unique"), f"{what} cannot be unique: {NOT_UNIQUE[kind]}")
    if spec.unique and spec.default is not None:
        mistakes.add(
            (*path, "default"),
            "a second row could not have it, since it is unique: leave one of them out",
        )
    if spec.optional and spec.default is not None:
        mistakes.add(
            (*path, "optional"), "a field with a default is never missing: leave one of them out"
        )
    if spec.optional and spec.backfill is not None:
        mistakes.add(
            (*path, "backfill"), "a field that may be missing needs none: leave one of them out"
        )
    if spec.unique and spec.backfill is not None:
        mistakes.add(
            (*path, "backfill"),
            "two rows could not have it, since it is unique: let it be optional at first",
        )
    if spec.sensitive and spec.backfill is not None:
        mistakes.add(
            (*path, "backfill"),
            "everybody would know this secret: let the field be optional at first",
        )
    if isinstance(spec, RefField) and spec.backfill is not None:
        mistakes.add((*path, "backfill"), "a ref has none: let it be optional at first")
    if spec.optional and isinstance(spec, ListField) and field.scope != "transition":
        mistakes.add((*path, "optional"), "a list may be empty, and is never null: leave it out")
    if spec.sensitive and spec.default is not None:
        mistakes.add((*path, "default"), "everybody would know this secret: leave the default out")
    if isinstance(spec, RefField | UuidField) and spec.default is not None:
        mistakes.add((*path, "default"), f"a {kind} has no default: leave it out")


def check_given(field: FieldHere, page: Page, mistakes: Mistakes) -> None:
    """Check that the type accepts its own default, backfill and example."""
    if mistakes.within(field.path):
        return
    for key in ("default", "backfill", "example"):
        given = getattr(field.spec, key)
        if given is None:
            continue
        if expected := values.problem(field.spec, given, page):
            mistakes.add(
                (*field.path, key),
                f"expected {expected}{got(expected, given)}{moment(field.spec, given)}",
            )


def got(expected: str, given: object) -> str:
    return "" if ", got " in expected else f", got {quoted(given)}"


def moment(spec: FieldSpec, given: object) -> str:
    if isinstance(given, str) and given.casefold().rstrip("()") in ("now", "today"):
        return ": whoever creates the aggregate says when, and `created_at` is there already"
    return ""
