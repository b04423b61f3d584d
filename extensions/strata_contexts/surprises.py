"""Hints: what on a good page may surprise its owner. None of them is a mistake, and none refuses anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import names, words
from .checks.refs import target
from .field_types import ListField, RefField
from .mistakes import listed
from .models import AnyOf
from .ref_view import allowed, set_by
from .walk import aggregates, as_list, own_fields, part_fields

if TYPE_CHECKING:
    from .field_types import FieldSpec
    from .mistakes import Mistakes
    from .models import Page
    from .walk import AggregateHere


def check(page: Page, hints: Mistakes, authentication: str) -> None:
    """Add every hint about a good page."""
    for here in aggregates(page):
        hint_at_emptied_secrets(here, hints)
        if authentication != "none":
            hint_at_first_parts(here, hints, authentication)
            hint_at_early_fields(here, hints, authentication)
            hint_at_unreadable_targets(page, here, hints, authentication)
            hint_at_shown_answers(here, hints, authentication)


def hint_at_emptied_secrets(here: AggregateHere, hints: Mistakes) -> None:
    """A change sets all of its fields, and nobody can send back what no answer shows."""
    for key in here.changes:
        fields = set_by(here, key)
        secret = [name for name, spec in fields.items() if spec.sensitive and spec.optional]
        if not secret or len(fields) == 1:
            continue
        path = (*here.path, "changes", key)
        if here.aggregate.changes is None:
            path = (*here.path, "fields", secret[0])
        it = "it" if len(secret) == 1 else "them"
        each = "it" if len(secret) == 1 else "each"
        hints.add(
            path,
            f"{key} sets {listed(secret)} together with other fields, and no answer shows {it}: a client that"
            f" sends back what it has read empties {it}. Give {each} a change of its own, or say `set: once`",
        )


def hint_at_first_parts(here: AggregateHere, hints: Mistakes, authentication: str) -> None:
    """Creation takes parts in the initial state, from whoever may create."""
    kind = called(here)
    for part, key, path in here.parts:
        if part.in_ is not None and leaves_out_the_initial_state(here, part.in_):
            initial = here.lifecycle.initial if here.lifecycle else ""
            verb = "has to" if part.min else "may"
            hints.add(
                (*path, "in"),
                f"whoever creates {kind} {verb} give it {key} at once, in {initial}, which this leaves out: know"
                f" it, or add {initial}",
            )
        if key in here.aggregate.may and creators_without(here, key, authentication):
            creators = people(allowed(here, "create", authentication))
            changers = allowed(here, key, authentication)
            hints.add(
                (*here.path, "may", key),
                f"{creators} may create {kind}, and give it {key} then, but only {people(changers)} may change"
                f" them later: know it, or say `create: {written(changers)}`, too",
            )


def hint_at_early_fields(here: AggregateHere, hints: Mistakes, authentication: str) -> None:
    """What only some may set, or only later, whoever creates may set at once.

    Where a change has a field that each new one must have, too, that is no surprise.
    """
    changes = here.aggregate.changes or {}
    late, early = [], set()
    for key, change in changes.items():
        without = creators_without(here, key, authentication)
        too_soon = leaves_out_the_initial_state(here, change.in_)
        if not without and not too_soon:
            early |= set(change.fields)
        elif too_soon or key in here.aggregate.may:
            late.append((key, bool(without) and key in here.aggregate.may, too_soon))
    for key, is_for_others, too_soon in late:
        fields = changes[key].fields
        found = [name for name in fields if name not in early]
        if not found or not all(may_be_left_out(here, name) for name in fields):
            continue
        limits = [f"for {people(allowed(here, key, authentication))}"] if is_for_others else []
        if too_soon and here.lifecycle:
            limits.append(f"not possible in {here.lifecycle.initial}")
        hints.add(
            (*here.path, "changes", key),
            f"{key} is {', and '.join(limits)}, but whoever creates {called(here)} may set {listed(found)} at once:"
            " know it, or ask for it in a transition's `with`",
        )


def hint_at_unreadable_targets(
    page: Page, here: AggregateHere, hints: Mistakes, authentication: str
) -> None:
    """A ref points to what the actor may read; who may read none of them can create nothing."""
    fields = list(own_fields(here))
    for part, _, path in here.parts:
        fields += part_fields(part, path) if part.min else ()
    creators = allowed(here, "create", authentication)
    for field in fields:
        if not isinstance(field.spec, RefField) or field.spec.optional:
            continue
        other = target(page, here, field.spec.to)
        if other is None:
            continue
        blind = [who for who in creators if not may_read_one(other, who, authentication)]
        if blind:
            readers = allowed(other, "read", authentication)
            hints.add(
                field.path,
                f"{people(blind, with_admins=False)} may create {called(here)}, but only {people(readers)} may read"
                f" {called(other)}: all others always get a 409. Add them to `read` of {other.aggregate.name}, or"
                " take them from `create`",
            )


def hint_at_shown_answers(here: AggregateHere, hints: Mistakes, authentication: str) -> None:
    """Whoever changes something gets all of it in the answer; one hint for the same people."""
    readers = allowed(here, "read", authentication)
    kind = names.spaced(here.aggregate.name)
    found: dict[str, list[str]] = {}
    for key in [*here.changes, *here.transitions, *here.aggregate.parts]:
        who = [each for each in allowed(here, key, authentication) if not includes(readers, each)]
        if who:
            found.setdefault(people(who, with_admins=False), []).append(key)
    for who_they_are, keys in found.items():
        stated = [key for key in keys if key in here.aggregate.may]
        done = [
            f"change {names.spaced(key)}" if key in here.aggregate.parts else names.spaced(key)
            for key in keys
        ]
        hints.add(
            (*here.path, "may", stated[0] if stated else "read"),
            f"{who_they_are} may {listed(done)}, and the answer shows the whole {kind}, although only"
            f" {people(readers)} may read one: add them to `read`, or take this from them",
        )


def called(here: AggregateHere) -> str:
    return names.article(names.spaced(here.aggregate.name))


def leaves_out_the_initial_state(here: AggregateHere, states: str | list[str] | None) -> bool:
    return (
        here.lifecycle is not None
        and states is not None
        and here.lifecycle.initial not in as_list(states)
    )


def may_be_left_out(here: AggregateHere, name: str) -> bool:
    """Tell whether a new aggregate need not have a field, nor one of several with it."""
    spec: FieldSpec = here.aggregate.fields[name]
    is_one_of_several = any(
        isinstance(rule, AnyOf) and name in rule.any_of for rule in here.aggregate.rules.values()
    )
    is_empty = isinstance(spec, ListField) and not spec.min
    return (spec.optional or spec.default is not None or is_empty) and not is_one_of_several


def creators_without(here: AggregateHere, operation: str, authentication: str) -> list[str]:
    """Return who may create an aggregate, and not do this with what they have created."""
    doers = allowed(here, operation, authentication)
    if "owner" in doers:
        return []
    return [who for who in allowed(here, "create", authentication) if not includes(doers, who)]


def may_read_one(here: AggregateHere, who: str, authentication: str) -> bool:
    """Tell whether somebody may read all of a kind, or at least what they have created."""
    readers = allowed(here, "read", authentication)
    can_own = includes(allowed(here, "create", authentication), who)
    return includes(readers, who) or ("owner" in readers and can_own)


def includes(known: list[str], who: str) -> bool:
    """Tell whether everybody whom a word of `may` means is among those of others."""
    return "anyone" in known or (who != "anyone" and "member" in known) or who in known


def people(allowed_ones: list[str], *, with_admins: bool = True) -> str:
    """Name who may do something: ``the owner, clerks and admins``."""
    meant = {"anyone": "everybody", "member": "members", "owner": "the owner"}
    found = [meant.get(who) or names.spaced(names.plural(who)) for who in allowed_ones]
    everybody = {"anyone", "member"} & set(allowed_ones)
    return listed(found + ([words.ADMIN + "s"] if with_admins and not everybody else []))


def written(allowed_ones: list[str]) -> str:
    """Write who may do something as it stands on the page."""
    if allowed_ones in (["anyone"], ["member"]):
        return allowed_ones[0]
    return f"[{', '.join(allowed_ones)}]"
