"""What stands around a dossier for its reviewers: pictures other candidates use too, notes, the hold, older pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Dossier, Hold, InternalNote, Look, Picture
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import Stage, State

_NEVER_SUBMITTED: Final = (State.DRAFT, State.LAPSED)
_AT_MOST: Final = 30


@dataclass(frozen=True, slots=True)
class Twin:
    """The same picture in another candidate's dossier; `reachable` when this reader may open that one."""

    dossier: Dossier
    same_bytes: bool
    reachable: bool


def twins_of(dossier: Dossier, pictures: Iterable[Picture], staff: Staff) -> dict[UUID, tuple[Twin, ...]]:
    """By picture: who else submitted the same bytes or the same pixels. The same person's other dossiers don't count.

    It works both ways, so the reviewers of both see it, and it looks at replaced pictures too.
    """
    own = list(pictures)
    same = Q(stored_digest__in={picture.stored_digest for picture in own}) | Q(
        pixel_digest__in={picture.pixel_digest for picture in own if picture.pixel_digest}
    )
    others = (
        Picture.objects.filter(same)
        .exclude(dossier=dossier)
        .exclude(dossier__registration__id_number_index=dossier.registration.id_number_index)
        .exclude(dossier__state__in=_NEVER_SUBMITTED)
        .filter(Q(hidden_at=None) | Q(submitted_as__isnull=False))
        .select_related("dossier__registration", "dossier__site", "dossier__intake")
        .order_by("added_at")
        .distinct()[:_AT_MOST]
    )
    found: dict[UUID, dict[UUID, Twin]] = defaultdict(dict)
    for other in others:
        for picture in own:
            same_bytes = picture.stored_digest == other.stored_digest
            if same_bytes or (picture.pixel_digest and picture.pixel_digest == other.pixel_digest):
                twin = Twin(other.dossier, same_bytes, reachable=_reaches(staff, other.dossier))
                found[picture.pk].setdefault(other.dossier_id, twin)
    return {picture: tuple(twins.values()) for picture, twins in found.items()}


def _reaches(staff: Staff, dossier: Dossier) -> bool:
    return dossier.site_id in staff.site_ids(
        Permission.DOSSIER_VIEW
    ) or dossier.intake.area_id in staff.area_ids(Permission.DOSSIER_VIEW)


def older_pictures(dossier: Dossier) -> dict[tuple[str, int], Picture]:
    """By place: the submitted picture that stood there before the present one."""
    replaced = dossier.pictures.filter(hidden_at__isnull=False, submitted_as__isnull=False).distinct()
    return {(picture.kind, picture.position): picture for picture in replaced.order_by("hidden_at")}


def internal_notes(dossier: Dossier, *, shows_area: bool) -> list[InternalNote]:
    """Newest first; the 考区's own are not the site's business."""
    notes = dossier.internal_notes.select_related("by")
    return list(notes if shows_area else notes.filter(stage=Stage.SITE))


def hold_of(dossier: Dossier, *, shows_area: bool) -> Hold | None:
    """The hold that runs, where this reader may know of it."""
    hold = dossier.holds.filter(ended_at=None).select_related("by").first()
    return hold if hold is not None and (shows_area or hold.stage == Stage.SITE) else None


def last_look(dossier: Dossier, staff: Staff) -> Look | None:
    """When this person looked before what was handed in last."""
    return dossier.looks.filter(by=staff.user).first()
