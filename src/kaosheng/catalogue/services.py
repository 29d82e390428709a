"""Preparing a version of a catalogue. Publishing one belongs to casework: it changes what drafts must give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from kaosheng.catalogue.models import CatalogueVersion, MaterialKind, MaterialRule
from kaosheng.catalogue.queries import published_versions, read_catalogue
from kaosheng.crypto.digests import digest
from kaosheng.domain.errors import Refusal
from kaosheng.domain.materials import Catalogue, Kind, Rule


@transaction.atomic
def begin_version(*, intake_id: int) -> CatalogueVersion:
    """The version in preparation: the one there is, else a copy of the newest (empty before the first)."""
    newest = published_versions().filter(intake_id=intake_id).first()
    number = newest.number + 1 if newest else 1
    version, created = CatalogueVersion.objects.get_or_create(intake_id=intake_id, number=number)
    if created and newest is not None:
        copied = read_catalogue(newest)
        write_version(version=version, kinds=copied.kinds, rules=copied.rules)
    return version


@transaction.atomic
def write_version(*, version: CatalogueVersion, kinds: Sequence[Kind], rules: Sequence[Rule]) -> None:
    """Let a version in preparation hold exactly these kinds, in this order, and rules.

    Raises Refusal `catalogue_published`; `rule_kind_unknown` for a rule about a kind that isn't among them.
    """
    _require_in_preparation(version)
    version.rules.all().delete()
    version.kinds.all().delete()
    rows = MaterialKind.objects.bulk_create(
        _kind_row(kind, version, order) for order, kind in enumerate(kinds, start=1)
    )
    by_code = {row.code: row for row in rows}
    for rule in rules:
        if rule.kind not in by_code:
            raise Refusal("rule_kind_unknown", kind=rule.kind)
    MaterialRule.objects.bulk_create(_rule_row(rule, version, by_code[rule.kind]) for rule in rules)


@transaction.atomic
def discard_version(*, version: CatalogueVersion) -> None:
    """Drop a version in preparation. Raises Refusal `catalogue_published`."""
    _require_in_preparation(version)
    version.rules.all().delete()
    version.kinds.all().delete()
    version.delete()


def _require_in_preparation(version: CatalogueVersion) -> None:
    locked = CatalogueVersion.objects.select_for_update(of=("self",)).filter(pk=version.pk).first()
    if locked is None or locked.published_at is not None:
        raise Refusal("catalogue_published", number=version.number)


def catalogue_digest(catalogue: Catalogue) -> str:
    """The digest of what somebody saw of a version in preparation: what he publishes is what he saw."""
    conditions = tuple(replace(rule, when=dict(sorted(rule.when.items()))) for rule in catalogue.rules)
    return digest(repr(replace(catalogue, rules=conditions)).encode())


def _kind_row(kind: Kind, version: CatalogueVersion, order: int) -> MaterialKind:
    return MaterialKind(
        version=version,
        code=kind.code,
        order=order,
        name_zh=kind.name_zh,
        name_en=kind.name_en,
        short_name_zh=kind.short_name_zh,
        short_name_en=kind.short_name_en,
        requirement_zh=kind.requirement_zh,
        requirement_en=kind.requirement_en,
        minimum=kind.minimum,
        maximum=kind.maximum,
        count_fact=kind.count_fact,
        labels_zh=list(kind.labels_zh),
        labels_en=list(kind.labels_en),
        may_promise=kind.may_promise,
        sample=kind.sample,
        reasons=[{"code": code, "zh": zh, "en": en} for code, zh, en in kind.reasons],
        source=kind.source,
        long_side_floor=kind.long_side_floor,
        grey=kind.grey,
    )


def _rule_row(rule: Rule, version: CatalogueVersion, kind: MaterialKind) -> MaterialRule:
    return MaterialRule(
        version=version,
        kind=kind,
        effect=rule.effect,
        when=dict(rule.when),
        group=rule.group,
        minimum=rule.minimum,
        reason_zh=rule.reason_zh,
        reason_en=rule.reason_en,
        source_zh=rule.source_zh,
        source_en=rule.source_en,
    )
