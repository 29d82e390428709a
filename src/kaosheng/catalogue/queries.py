"""Reading a catalogue as the rules want it; published versions never change, so they are read once."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from kaosheng.catalogue.models import CatalogueVersion, MaterialKind
from kaosheng.domain.errors import Refusal
from kaosheng.domain.materials import Catalogue, Effect, Kind, Rule
from kaosheng.regions.models import Intake


def newest_version_id(intake_id: int) -> int:
    """The version drafts of this intake follow. Raises Refusal `catalogue_missing`."""
    newest = published_versions().filter(intake_id=intake_id).values_list("pk", flat=True).first()
    if newest is None:
        raise Refusal("catalogue_missing")
    return newest


def published_versions() -> QuerySet[CatalogueVersion]:
    """The published versions of all intakes, newest first."""
    return CatalogueVersion.objects.filter(published_at__isnull=False).order_by("-number")


def kinds_of_area(area_id: int) -> tuple[Kind, ...]:
    """The kinds an 考区 deals with now: of its newest published catalogue, then what only the running intake's has.

    An intake that is only being prepared has no published catalogue yet. Raises Refusal `catalogue_missing`.
    """
    published = published_versions().filter(intake=OuterRef("pk"))
    intakes = Intake.objects.filter(Exists(published), area=area_id).order_by("-opens_at", "-pk")
    newest, running = intakes.first(), intakes.filter(opens_at__lte=timezone.now()).first()
    if newest is None:
        raise Refusal("catalogue_missing")
    kinds: dict[str, Kind] = {}
    for intake in (newest, running or newest):
        for kind in load_catalogue(newest_version_id(intake.pk)).kinds:
            kinds.setdefault(kind.code, kind)
    return tuple(kinds.values())


@lru_cache(maxsize=64)
def load_catalogue(version_id: int) -> Catalogue:
    """Kinds and rules of a published version."""
    return read_catalogue(CatalogueVersion.objects.get(pk=version_id, published_at__isnull=False))


def read_catalogue(version: CatalogueVersion) -> Catalogue:
    """Kinds and rules as they stand now, also of a version in preparation."""
    return Catalogue(
        version=version.number,
        kinds=tuple(_kind(kind) for kind in version.kinds.all()),
        rules=tuple(
            Rule(
                kind=rule.kind.code,
                effect=Effect(rule.effect),
                when=rule.when,
                reason_zh=rule.reason_zh,
                reason_en=rule.reason_en,
                group=rule.group,
                minimum=rule.minimum,
                source_zh=rule.source_zh,
                source_en=rule.source_en,
            )
            for rule in version.rules.select_related("kind").order_by("pk")
        ),
    )


def _kind(kind: MaterialKind) -> Kind:
    return Kind(
        code=kind.code,
        name_zh=kind.name_zh,
        name_en=kind.name_en,
        short_name_zh=kind.short_name_zh,
        short_name_en=kind.short_name_en,
        requirement_zh=kind.requirement_zh,
        requirement_en=kind.requirement_en,
        minimum=kind.minimum,
        maximum=kind.maximum,
        count_fact=kind.count_fact,
        labels_zh=tuple(kind.labels_zh),
        labels_en=tuple(kind.labels_en),
        may_promise=kind.may_promise,
        sample=kind.sample,
        reasons=tuple((reason["code"], reason["zh"], reason["en"]) for reason in kind.reasons),
        source=kind.source,
        long_side_floor=kind.long_side_floor,
        grey=kind.grey,
    )
