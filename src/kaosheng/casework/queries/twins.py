"""Pictures two candidates use: the same bytes or the same pixels in two persons' submitted dossiers.

Whether a dossier has such a picture is looked up by digests where it counts; lists of thousands go by
`Picture.is_shared`, which a job writes down after each submission.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Dossier, Picture
from kaosheng.casework.queries.lines import in_conflict
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import State

_NEVER_SUBMITTED: Final = (State.DRAFT, State.LAPSED)
_AT_MOST: Final = 30
"""Of each picture so many are named: one that everybody uses doesn't hide those of the others."""


@dataclass(frozen=True, slots=True)
class Twin:
    """The same picture in another candidate's dossier; `reachable` when this reader may open that one, without a 回避."""

    dossier: Dossier
    same_bytes: bool
    reachable: bool


def twins_of(dossier: Dossier, pictures: Iterable[Picture], staff: Staff) -> dict[UUID, tuple[Twin, ...]]:
    """By picture: who else submitted the same bytes or the same pixels. The same person's other dossiers don't count.

    It works both ways, so the reviewers of both see it, and it looks at replaced pictures too.
    """
    own = list(pictures)
    same = (
        _submitted()
        .filter(_same_as(own))
        .exclude(dossier=dossier)
        .exclude(dossier__registration__id_number_index=dossier.registration.id_number_index)
    )
    others = (
        Picture.objects.filter(pk__in=same.values("pk"))
        .annotate(
            of_bytes=_rank("stored_digest"),
            of_pixels=_rank("pixel_digest"),
            withheld=in_conflict(staff, "dossier__registration"),
        )
        .filter(Q(of_bytes__lte=_AT_MOST) | Q(of_pixels__lte=_AT_MOST))
        .select_related("dossier__registration", "dossier__site", "dossier__intake")
        .order_by("added_at", "pk")
    )
    found: dict[UUID, dict[UUID, Twin]] = defaultdict(dict)
    for other in others:
        for picture in own:
            same_bytes = picture.stored_digest == other.stored_digest
            if same_bytes or (picture.pixel_digest and picture.pixel_digest == other.pixel_digest):
                reachable = not other.withheld and _reaches(staff, other.dossier)
                twin = Twin(other.dossier, same_bytes, reachable)
                found[picture.pk].setdefault(other.dossier_id, twin)
    return {picture: tuple(twins.values())[:_AT_MOST] for picture, twins in found.items()}


def _rank(digest: str) -> Window:
    """The how many-th a picture is of those with its digest, the oldest first."""
    return Window(RowNumber(), partition_by=F(digest), order_by=[F("added_at"), F("pk")])


def _reaches(staff: Staff, dossier: Dossier) -> bool:
    return dossier.site_id in staff.site_ids(
        Permission.DOSSIER_VIEW
    ) or dossier.intake.area_id in staff.area_ids(Permission.DOSSIER_VIEW)


def with_twins(dossiers: Iterable[UUID]) -> set[UUID]:
    """Those of these dossiers with a standing picture that another person submitted too; one query."""
    standing = Picture.objects.filter(dossier__in=list(dossiers), hidden_at=None)
    return set(standing.filter(_is_used_by_another()).values_list("dossier", flat=True))


def newly_shared(dossier: Dossier) -> QuerySet[Picture]:
    """Submitted pictures, its own and others', that its submission makes pictures two candidates use."""
    own = list(dossier.pictures.all())
    return _submitted().filter(_same_as(own), _is_used_by_another(), is_shared=False)


def shows_shared(dossier: str = "pk") -> Exists:
    """Whether the outer row's dossier has a standing picture written down as shared."""
    return Exists(Picture.objects.filter(dossier=OuterRef(dossier), hidden_at=None, is_shared=True))


def _submitted() -> QuerySet[Picture]:
    """Pictures somebody has handed in, those replaced since among them."""
    return Picture.objects.exclude(dossier__state__in=_NEVER_SUBMITTED).filter(
        Q(hidden_at=None) | Q(submitted_as__isnull=False)
    )


def _same_as(pictures: Iterable[Picture]) -> Q:
    own = list(pictures)
    return Q(stored_digest__in={picture.stored_digest for picture in own}) | Q(
        pixel_digest__in={picture.pixel_digest for picture in own if picture.pixel_digest}
    )


def _is_used_by_another() -> Exists:
    person = "dossier__registration__id_number_index"
    same = Q(stored_digest=OuterRef("stored_digest")) | (
        ~Q(pixel_digest="") & Q(pixel_digest=OuterRef("pixel_digest"))
    )
    return Exists(_submitted().filter(same, ~Q(**{person: OuterRef(person)})))
