"""What publishing a catalogue or moving a window would mean for the dossiers of an intake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kaosheng.casework.models import Dossier, Picture
from kaosheng.catalogue.models import CatalogueVersion
from kaosheng.catalogue.queries import load_catalogue, published_versions, read_catalogue
from kaosheng.catalogue.services import catalogue_digest
from kaosheng.domain import materials
from kaosheng.domain.materials import Catalogue
from kaosheng.domain.states import State


@dataclass(frozen=True, slots=True)
class CatalogueEffect:
    """What publishing a version in preparation would do.

    `drafts` will follow it, `changed_drafts` of them are asked for something else and get a message, `keeping` have
    submitted and keep their version. `now_asked` and `no_longer_asked` count drafts by kind. `seen` goes back
    to `publish_catalogue`: what is published is what was looked at.
    """

    drafts: int
    changed_drafts: tuple[UUID, ...]
    """By registration number."""
    keeping: int
    now_asked: Mapping[str, int]
    no_longer_asked: Mapping[str, int]
    seen: str

    @property
    def changed(self) -> int:
        """How many drafts are asked for something else."""
        return len(self.changed_drafts)


def catalogue_effect(version: CatalogueVersion) -> CatalogueEffect:
    """Preview a version in preparation."""
    after = read_catalogue(version)
    before = catalogue_before(version)
    changed, now_asked, no_longer = list[tuple[int, UUID]](), Counter[str](), Counter[str]()
    groups = _drafts_by_facts(version.intake_id, before, after)
    for facts, drafts in groups:
        count = len(drafts)
        old, new = materials.checklist(before, facts), materials.checklist(after, facts)
        if materials.asks_the_same(old, new):
            continue
        changed += drafts
        differs = materials.difference(old, new)
        now_asked.update(dict.fromkeys(differs.now_asked, count))
        no_longer.update(dict.fromkeys(differs.no_longer_asked, count))
    return CatalogueEffect(
        drafts=sum(len(drafts) for _facts, drafts in groups),
        changed_drafts=tuple(pk for _place, pk in sorted(changed)),
        keeping=Dossier.objects.filter(intake=version.intake_id, catalogue_version__isnull=False).count(),
        now_asked=now_asked,
        no_longer_asked=no_longer,
        seen=catalogue_digest(after),
    )


def catalogue_before(version: CatalogueVersion) -> Catalogue:
    """The catalogue drafts followed before this version; an empty one before the first."""
    earlier = published_versions().filter(intake=version.intake_id, number__lt=version.number).first()
    return load_catalogue(earlier.pk) if earlier else Catalogue(version=0, kinds=(), rules=())


def _drafts_by_facts(
    intake_id: int, *catalogues: Catalogue
) -> list[tuple[dict[str, Any], list[tuple[int, UUID]]]]:
    """Which drafts share the facts these catalogues look at: a province has few such combinations.

    A draft is its place in the order of registration numbers and its id.
    """
    names = sorted(frozenset().union(*(materials.facts_asked(catalogue) for catalogue in catalogues)))
    drafts = Dossier.objects.filter(intake=intake_id, state=State.DRAFT)
    groups: dict[tuple[Any, ...], list[tuple[int, UUID]]] = {}
    rows = drafts.order_by("registration__number").values_list("pk", "registration__facts")
    for place, (pk, facts) in enumerate(rows.iterator(chunk_size=5_000)):
        groups.setdefault(tuple(facts.get(name) for name in names), []).append((place, pk))
    return [
        ({name: value for name, value in zip(names, values, strict=True) if value is not None}, found)
        for values, found in groups.items()
    ]


def kinds_in_use(intake_id: int, codes: Iterable[str]) -> dict[str, int]:
    """Of these kinds, those of which dossiers that follow the newest version hold pictures, with how many."""
    held = Picture.objects.filter(
        dossier__intake=intake_id,
        dossier__catalogue_version=None,
        kind__in=list(codes),
        hidden_at=None,
    ).values_list("kind", flat=True)
    return dict(Counter(held))
