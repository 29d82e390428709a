"""What stands around a dossier for its reviewers: notes, the hold, older pictures, the last look."""

from __future__ import annotations

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Dossier, Hold, InternalNote, Look, Picture
from kaosheng.domain.states import Stage


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


def stepped_on(dossier: Dossier, staff: Staff, *, seen_revision: int) -> bool:
    """Whether what this person decided on a page with that revision was done: the step that follows it is his."""
    return dossier.steps.filter(revision=seen_revision + 1, actor=staff.user).exists()
