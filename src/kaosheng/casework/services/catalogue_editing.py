"""Editing the catalogue version in preparation, one kind or rule at a time; publishing is `intakes.publish_catalogue`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import transaction

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.catalogue.models import CatalogueVersion
from kaosheng.catalogue.queries import read_catalogue
from kaosheng.catalogue.services import begin_version, catalogue_digest, discard_version, write_version
from kaosheng.domain.errors import Refusal
from kaosheng.domain.materials import Catalogue, Kind, Rule
from kaosheng.domain.roles import Permission
from kaosheng.domain.soundness import require_sound
from kaosheng.pictures.checks import examine
from kaosheng.pictures.store import get_store
from kaosheng.regions.models import Intake


def begin(*, intake: Intake, staff: Staff) -> CatalogueVersion:
    """Start preparing the next version, or go on with the one there is. Raises Refusal `not_found`."""
    _require(staff, intake)
    with transaction.atomic(durable=True):
        version = begin_version(intake_id=intake.pk)
        _record(staff, intake, version.number, "begin")
    return version


def discard(*, intake: Intake, staff: Staff) -> None:
    """Drop the version in preparation; what is published stays. Raises Refusal `not_found`, `nothing_prepared`."""
    _require(staff, intake)
    with transaction.atomic(durable=True):
        version = _in_preparation(intake)
        discard_version(version=version)
        _record(staff, intake, version.number, "discard")


def put_kind(*, intake: Intake, staff: Staff, seen: str, code: str, kind: Kind) -> None:
    """Add a kind (`code` empty) or change the one with this code; its rules follow a new code.

    Raises Refusal `not_found`, `nothing_prepared`, `catalogue_changed_meanwhile`, `unknown_kind`,
    `kind_code_twice`, and those of `require_sound`.
    """

    def change(catalogue: Catalogue) -> Catalogue:
        require_sound(Catalogue(version=catalogue.version, kinds=(kind,), rules=()))
        if kind.code != code and catalogue.kind(kind.code) is not None:
            raise Refusal("kind_code_twice", kind=kind.code)
        if not code:
            return replace(catalogue, kinds=(*catalogue.kinds, kind))
        _kind_of(catalogue, code)
        return replace(
            catalogue,
            kinds=tuple(kind if old.code == code else old for old in catalogue.kinds),
            rules=tuple(
                replace(rule, kind=kind.code) if rule.kind == code else rule for rule in catalogue.rules
            ),
        )

    _edit(intake, staff, seen, change, what="kind", about=kind.code)


def remove_kind(*, intake: Intake, staff: Staff, seen: str, code: str) -> None:
    """Take a kind and its rules out. Raises Refusal as `put_kind`."""

    def change(catalogue: Catalogue) -> Catalogue:
        _kind_of(catalogue, code)
        return replace(
            catalogue,
            kinds=tuple(kind for kind in catalogue.kinds if kind.code != code),
            rules=tuple(rule for rule in catalogue.rules if rule.kind != code),
        )

    _edit(intake, staff, seen, change, what="kind_removed", about=code)


def move_kind(*, intake: Intake, staff: Staff, seen: str, code: str, by: int) -> None:
    """Move a kind up (-1) or down (1) in the order candidates read; at the end it stays."""

    def change(catalogue: Catalogue) -> Catalogue:
        kinds = list(catalogue.kinds)
        place = kinds.index(_kind_of(catalogue, code))
        other = min(max(place + by, 0), len(kinds) - 1)
        kinds[place], kinds[other] = kinds[other], kinds[place]
        return replace(catalogue, kinds=tuple(kinds))

    _edit(intake, staff, seen, change, what="kind_moved", about=code)


def put_rule(*, intake: Intake, staff: Staff, seen: str, number: int | None, rule: Rule) -> None:
    """Add a rule (`number` None) or change the one at this place, counted from 0. Raises Refusal as `put_kind`."""

    def change(catalogue: Catalogue) -> Catalogue:
        kind = _kind_of(catalogue, rule.kind)
        require_sound(Catalogue(version=catalogue.version, kinds=(kind,), rules=(rule,)))
        rules = list(catalogue.rules)
        if number is None:
            rules.append(rule)
        else:
            rules[_place(catalogue, number)] = rule
        return replace(catalogue, rules=tuple(rules))

    _edit(intake, staff, seen, change, what="rule", about=rule.kind)


def remove_rule(*, intake: Intake, staff: Staff, seen: str, number: int) -> None:
    """Take a rule out. Raises Refusal as `put_kind`."""

    def change(catalogue: Catalogue) -> Catalogue:
        rules = list(catalogue.rules)
        del rules[_place(catalogue, number)]
        return replace(catalogue, rules=tuple(rules))

    _edit(intake, staff, seen, change, what="rule_removed", about=str(number))


def keep_sample(data: bytes) -> str:
    """Check a 示例 like any candidate's picture and store it; its key, for `Kind.sample`. Raises what `examine` raises."""
    return get_store().put(examine(data).canonical)[0]


def _edit(
    intake: Intake,
    staff: Staff,
    seen: str,
    change: Callable[[Catalogue], Catalogue],
    *,
    what: str,
    about: str,
) -> None:
    _require(staff, intake)
    with transaction.atomic(durable=True):
        version = _in_preparation(intake)
        before = read_catalogue(version)
        if catalogue_digest(before) != seen:
            raise Refusal("catalogue_edited_meanwhile")
        after = change(before)
        if after == before:
            return
        write_version(version=version, kinds=after.kinds, rules=after.rules)
        _record(staff, intake, version.number, what, subject=about, digest=catalogue_digest(after))


def _in_preparation(intake: Intake) -> CatalogueVersion:
    """The version in preparation, locked."""
    found = CatalogueVersion.objects.select_for_update(of=("self",)).filter(intake=intake, published_at=None)
    version = found.first()
    if version is None:
        raise Refusal("nothing_prepared")
    return version


def _kind_of(catalogue: Catalogue, code: str) -> Kind:
    kind = catalogue.kind(code)
    if kind is None:
        raise Refusal("unknown_kind", kind=code)
    return kind


def _place(catalogue: Catalogue, number: int) -> int:
    if not 0 <= number < len(catalogue.rules):
        raise Refusal("not_found")
    return number


def _require(staff: Staff, intake: Intake) -> None:
    if intake.area_id not in staff.area_ids(Permission.CATALOGUE_PUBLISH):
        raise Refusal("not_found")


def _record(staff: Staff, intake: Intake, version: int, what: str, **details: Any) -> None:
    record(
        AuditName.CATALOGUE_EDITED,
        by=By("staff", staff.id),
        about=("intake", f"{intake.area.code}/{intake.code}"),
        area=intake.area.code,
        prepared=version,
        what=what,
        **details,
    )
