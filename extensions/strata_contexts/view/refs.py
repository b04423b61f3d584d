"""What an aggregate points to, and what points to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .fields import FieldView
    from .parts import PartView
    from .reads import UniqueView


@dataclass(frozen=True)
class TargetView:
    """An aggregate that others point to."""

    context: str
    name: str
    snake: str
    plural: str
    id_class: str
    can_be_removed_at_once: bool
    """Whether a new one may be removed."""


@dataclass(frozen=True)
class HiddenTarget:
    """Somebody in the tests who may create an aggregate, and what they may not point to."""

    who: str
    wire: str
    code: str
    nowhere_json: str
    """The members of a body by which it points to nothing instead."""


@dataclass(frozen=True)
class MissingRef:
    """A field that a rule is about and that may be missing, with the arguments by which it is.

    It ``needs_first`` another aggregate where the rule asks for one of some fields.
    """

    ref: RefView
    given: str
    needs_first: bool


@dataclass(frozen=True)
class RefView:
    """Where a field points to.

    Within the context it is a foreign key. Across contexts it is an id value object of the context's
    own, and ``port`` names what asks the other context. ``is_open`` says that anybody may read the
    target, so that nobody has to say who asks.
    """

    context: str
    aggregate: str
    snake: str
    label: str
    plural: str
    id_class: str
    table: str
    url: str
    is_local: bool
    is_self: bool
    is_open: bool
    may_be_nobody: bool
    """Whether somebody who is not signed in may set it, and may not read what it points to."""
    has_owner: bool
    """Whether the rows of the target have owners."""
    is_owned: bool
    """Whether an owner may read them."""
    is_sensitive: bool
    port: str
    target: TargetView
    attribute: str
    """The field in Python, and its column."""
    is_optional: bool
    is_unique: bool
    is_left_out: bool
    """Whether the aggregates of tests point to nothing by it: what it points to needs them first."""
    refusal_class: str
    refusal_code: str
    whose: str
    """What the aggregate is called that has it."""
    local: str = ""
    """What the code of a use case calls its value."""
    same: tuple[str, ...] = ()
    """The fields that have to point to the same by a rule, this one included, in their order."""
    inputs: tuple[str, ...] = ()
    """What these are called in an input, or the field alone where there is no such rule."""
    part: str = ""
    """What one of the parts is called that have the field; empty where the aggregate has it."""
    parts: str = ""
    variable: str = ""
    """What the code calls such a part."""
    index: str = ""
    """What the code that creates an aggregate calls the place of a part."""

    @property
    def function(self) -> str:
        """What a use case makes sure with that the target is there."""
        if self.part:
            return f"_require_{self.stem}_of_{self.part}"
        return f"_require_{'referred_' if self.stem == self.whose else ''}{self.stem}"

    @property
    def refusal(self) -> str:
        """What a use case raises where the target is not there."""
        place = f'(path=(*{self.start}, "{self.attribute}"))' if self.part else ""
        return f"{self.refusal_class}{place}"

    @property
    def stem(self) -> str:
        """What it is called for short."""
        return self.attribute.removesuffix("_id")

    @property
    def wire(self) -> str:
        return names.camel(self.attribute)

    @property
    def is_circular(self) -> bool:
        """Whether its target points back, so that its foreign key comes after both tables."""
        return self.is_left_out and not self.is_self

    @property
    def alters_later(self) -> str:
        return ", use_alter=True" if self.is_circular else ""

    @property
    def is_needed_self(self) -> bool:
        """Whether it has to point to another one of its own kind, as only a transition can ask."""
        return self.is_self and not self.is_optional

    @property
    def is_foreign(self) -> bool:
        return not self.is_local

    @property
    def detail(self) -> str:
        return f"no such {self.label}"

    @property
    def labelled(self) -> str:
        return names.article(self.label)

    @property
    def labelled_snake(self) -> str:
        return self.labelled.replace(" ", "_")

    @property
    def is_repeated(self) -> bool:
        """Whether a field before it has to point to the same, so that it needs no look of its own."""
        return bool(self.same) and self.attribute != self.same[0]

    def given(self, value: str) -> str:
        """Write the arguments by which an input points to something, and rules are kept."""
        return ", ".join(f"{each}={value}" for each in self.inputs)

    @property
    def input_name(self) -> str:
        return self.inputs[self.same.index(self.attribute) if self.same else 0]

    @property
    def nowhere(self) -> str:
        """The arguments by which an input points to nothing."""
        return self.given("NOWHERE")

    @property
    def to_first(self) -> str:
        return self.given("str(first.id.value)")

    @property
    def is_shown(self) -> bool:
        return not self.is_sensitive

    @property
    def to_other(self) -> str:
        return self.given("str(other.id.value)")

    @property
    def to_target(self) -> str:
        return self.given("str(target.id.value)")

    @property
    def nowhere_json(self) -> str:
        fields = self.same or (self.attribute,)
        return ", ".join(f'"{names.camel(each)}": NOWHERE' for each in fields)

    @property
    def read_permission(self) -> str:
        return f"read {self.label}".upper().replace(" ", "_")

    # Use cases

    @property
    def annotation(self) -> str:
        """The type of what is asked: a repository, or a port."""
        return f"{self.aggregate}Repository" if self.is_local else self.port

    @property
    def asked(self) -> str:
        """What the port of another context is asked with."""
        return self.attribute if self.is_open else f"actor, {self.attribute}"

    @property
    def call(self) -> str:
        """How a use case calls it."""
        session = "session, " if self.is_local else ""
        actor = "" if self.is_open else "actor, "
        given = f"{self.variable}.{self.attribute}" if self.part else self.local
        return f"{self.function}({session}{self.plural}, {actor}{given})"

    @property
    def call_in_place(self) -> str:
        """The same for a part among others, so that the refusal says which one it is about."""
        return f'{self.call[:-1]}, "{self.parts}", {self.index})'

    @property
    def start(self) -> str:
        """What the function that makes sure calls the place of the part."""
        return "place" if self.snake != "place" else "start"

    @property
    def parameters(self) -> str:
        """The parameters of the function that makes sure."""
        session = "session: AsyncSession, " if self.is_local else ""
        who = "Actor | None" if self.may_be_nobody else "Actor"
        actor = "" if self.is_open else f"actor: {who}, "
        missing = " | None" if self.is_optional else ""
        given = f"{self.attribute}: {self.id_class}{missing}"
        given += f", *{self.start}: str | int" if self.part else ""
        return f"{session}{self.plural}: {self.annotation}, {actor}{given}"

    @property
    def is_unknown_when(self) -> str:
        """The condition in Python under which a row is refused."""
        missing = f"{self.snake} is None"
        if self.is_open:
            return missing
        missing += " or actor is None" if self.may_be_nobody else ""
        return (
            missing if self.is_owned else f"{missing} or not {self.read_permission}.allows(actor)"
        )

    @property
    def owner_argument(self) -> str:
        """Whose row is found."""
        if not self.has_owner:
            return ""
        known = " if actor else None" if self.may_be_nobody else ""
        return ", None" if self.is_open else f", {self.read_permission}.limit_to(actor){known}"

    # Wiring

    @property
    def parameter(self) -> str:
        return f"{self.plural}: {self.annotation}"

    @property
    def binding(self) -> str:
        return f"{self.plural}={self.plural}"

    @property
    def adapter(self) -> str:
        return (
            f"Pg{self.aggregate}Repository()" if self.is_local else f"bind_{self.plural}(sessions)"
        )

    @property
    def adapter_class(self) -> str:
        return f"{names.pascal(self.context)}{self.port}"

    @property
    def context_label(self) -> str:
        return f"the {names.spaced(self.context)} context"

    @property
    def plural_label(self) -> str:
        return names.spaced(self.plural)

    @property
    def title(self) -> str:
        return self.plural_label.capitalize()

    @property
    def asked_types(self) -> str:
        return self.id_class if self.is_open else f"Actor, {self.id_class}"

    @property
    def asked_parameters(self) -> str:
        actor = "" if self.is_open else "actor: Actor, "
        return f"{actor}{self.snake}_id: {self.id_class}"

    @property
    def passed(self) -> str:
        """What the use case of the other context gets."""
        actor = "" if self.is_open else "actor, "
        return f"{actor}{self.other_id_class}.from_trusted({self.snake}_id.value)"

    @property
    def in_use_code(self) -> str:
        return f"{self.snake}_in_use"

    @property
    def other_id_class(self) -> str:
        """The class of ids in the other context, beside that of one's own."""
        return f"{names.pascal(self.context)}{self.id_class}"

    @property
    def reached(self) -> str:
        """How it is reached from an aggregate, as the tests make it."""
        return f"{self.parts}[0].{self.attribute}" if self.part else self.attribute

    @property
    def reached_in_json(self) -> str:
        """The same in a body, within double quotes."""
        return (
            f"['{names.camel(self.parts)}'][0]['{self.wire}']" if self.part else f"['{self.wire}']"
        )

    @property
    def sample_constant(self) -> str:
        return self.plural.upper()

    @property
    def absent(self) -> str:
        return "there is none" if self.is_open else "there is none, or not for this actor"

    @property
    def there(self) -> str:
        """What the port makes sure of."""
        readable = "" if self.is_open else ", and that the actor may read it"
        return f"there is such {self.labelled}{readable}"


def targets(refs: Iterable[RefView]) -> tuple[RefView, ...]:
    """Return one of those that point to the same aggregate, without those to their own one."""
    return tuple({each.plural: each for each in refs if not each.is_self}.values())


class Pointing:
    """What sets fields, some of which may point to other aggregates."""

    fields: tuple[FieldView, ...]

    @property
    def refs(self) -> tuple[RefView, ...]:
        return tuple(field.ref for field in self.fields if field.ref)

    @property
    def asked_refs(self) -> tuple[RefView, ...]:
        """Those whose targets are asked for: of those that point to the same, the first."""
        return tuple(each for each in self.refs if not each.is_repeated)

    @property
    def local_refs(self) -> tuple[RefView, ...]:
        """What is asked for within the transaction, its own kind last where it is needed."""
        local = (each for each in self.asked_refs if each.is_local)
        return tuple(sorted(local, key=lambda each: each.is_needed_self))

    @property
    def foreign_refs(self) -> tuple[RefView, ...]:
        return tuple(each for each in self.asked_refs if each.is_foreign)

    @property
    def self_refs(self) -> tuple[RefView, ...]:
        return tuple(each for each in self.asked_refs if each.is_self)

    @property
    def needed_selves(self) -> tuple[RefView, ...]:
        return tuple(each for each in self.refs if each.is_needed_self)

    @property
    def circular_refs(self) -> tuple[RefView, ...]:
        return tuple(each for each in self.asked_refs if each.is_circular)

    @property
    def set_refs(self) -> tuple[RefView, ...]:
        """What it asks for, of all fields that it sets."""
        return self.asked_refs

    @property
    def ref_parameters(self) -> str:
        """What a use case needs to ask for the targets."""
        return "".join(f", {each.parameter}" for each in targets(self.set_refs))

    @property
    def ref_bindings(self) -> str:
        return "".join(f", {each.binding}" for each in targets(self.set_refs))


class PointingAggregate(Pointing):
    """An aggregate, as far as it is about what it points to and what points to it."""

    name: str
    snake: str
    unique: tuple[UniqueView, ...]
    checked_refs: tuple[RefView, ...]
    parts: tuple[PartView, ...]
    has_owner: bool
    is_local_target: bool
    is_pointed_to: bool
    can_be_removed: bool

    @property
    def part_refs(self) -> tuple[RefView, ...]:
        """What the fields of its parts point to."""
        return tuple(ref for part in self.parts for ref in part.refs)

    @property
    def required_refs(self) -> tuple[RefView, ...]:
        """All that a use case makes sure of."""
        return (*self.checked_refs, *self.part_refs)

    @property
    def set_refs(self) -> tuple[RefView, ...]:
        return (*self.asked_refs, *self.part_refs)

    @property
    def pointing_parts(self) -> tuple[PartView, ...]:
        """The parts that point to something."""
        return tuple(part for part in self.parts if part.refs)

    @property
    def parts_with_keys(self) -> tuple[PartView, ...]:
        return tuple(part for part in self.parts if part.local_refs)

    @property
    def part_keys(self) -> tuple[RefView, ...]:
        """The foreign keys of its parts whose columns say which ones they are."""
        own = {ref.attribute for ref in self.keys}
        found: dict[str, RefView] = {}
        for ref in self.part_refs:
            if ref.is_local and ref.attribute not in own:
                found.setdefault(ref.attribute, ref)
        return tuple(found.values())

    @property
    def own_targets(self) -> tuple[RefView, ...]:
        """What it points to, each aggregate once and without itself."""
        return targets(self.required_refs)

    @property
    def local_targets(self) -> tuple[RefView, ...]:
        return tuple(each for each in self.own_targets if each.is_local)

    @property
    def foreign_targets(self) -> tuple[RefView, ...]:
        return tuple(each for each in self.own_targets if each.is_foreign)

    @property
    def target_ids(self) -> tuple[RefView, ...]:
        """What it points to, for the classes of their ids."""
        return tuple({each.id_class: each for each in self.required_refs}.values())

    @property
    def keys(self) -> tuple[RefView, ...]:
        """Its foreign keys."""
        return tuple(each for each in self.checked_refs if each.is_local)

    @property
    def unique_keys(self) -> tuple[RefView, ...]:
        """Those that may point to nothing, or to what another one points to."""
        return tuple(each for each in self.keys if each.is_unique)

    @property
    def plain_keys(self) -> tuple[RefView, ...]:
        return tuple(each for each in self.keys if not each.is_unique)

    @property
    def free_keys(self) -> tuple[RefView, ...]:
        """Those that no rule lets point to the same as another."""
        return tuple(each for each in self.keys if not each.same)

    @property
    def free_refs(self) -> tuple[RefView, ...]:
        return tuple(each for each in self.refs if not each.same)

    @property
    def looked_up(self) -> tuple[RefView, ...]:
        """What its use cases ask for."""
        return tuple(each for each in self.required_refs if not each.is_repeated)

    @property
    def self_keys(self) -> tuple[RefView, ...]:
        return tuple(each for each in self.keys if each.is_self)

    @property
    def unique_self_keys(self) -> tuple[RefView, ...]:
        """Those that no two may have in common."""
        return tuple(each for each in self.self_keys if each.is_unique)

    @property
    def circular_keys(self) -> tuple[RefView, ...]:
        """Those to what may point back."""
        return tuple(each for each in self.keys if each.is_circular)

    @property
    def other_refs(self) -> tuple[RefView, ...]:
        """What bodies of the fuzz tests point to."""
        return tuple(each for each in self.checked_refs if not each.is_self or each.is_needed_self)

    @property
    def points_to_others(self) -> bool:
        return bool(self.other_refs or self.part_refs)

    @property
    def has_keys(self) -> bool:
        """Whether it, or one of its parts, has foreign keys."""
        return bool(self.keys or self.parts_with_keys)

    @property
    def of_ada(self) -> str:
        return ", which are Ada's" if self.has_owner else ""

    @property
    def is_held(self) -> bool:
        """Whether a removal may be refused because something points to it."""
        return self.is_pointed_to and self.can_be_removed

    @property
    def in_use_class(self) -> str:
        return f"{self.name}InUseError"

    @property
    def in_use_code(self) -> str:
        return f"{self.snake}_in_use"

    @property
    def is_translating(self) -> bool:
        """Whether the database may refuse a new one, and the use case says why."""
        return bool(self.unique or self.local_refs or self.parts_with_keys)

    @property
    def has_conflicts(self) -> bool:
        return bool(self.unique or self.has_keys)

    @property
    def conflict(self) -> str:
        """The function that says why the database refused a row."""
        return "conflict" if self.has_keys else "taken"

    @property
    def conflict_reason(self) -> str:
        other = f"what another {names.spaced(self.snake)} already has"
        gone = "what it points to and is not there"
        return " or ".join([*([other] if self.unique else []), *([gone] if self.has_keys else [])])

    @property
    def is_kept_in_world(self) -> bool:
        """Whether tests of its use cases tell the fake what the database would refuse."""
        return bool(self.has_keys or self.is_held)

    @property
    def is_told_by_tests(self) -> bool:
        """Whether tests tell its fake what is there, or what the database would refuse."""
        return bool(self.has_keys or self.is_held or self.is_local_target)

    @property
    def is_bare_fake(self) -> bool:
        return not (self.unique or self.is_told_by_tests)

    @property
    def removed_targets(self) -> tuple[RefView, ...]:
        """What a new one points to, and could be removed if it did not."""
        found = [each for each in self.set_refs if each.is_local and not each.is_left_out]
        return tuple(each for each in targets(found) if each.target.can_be_removed_at_once)
