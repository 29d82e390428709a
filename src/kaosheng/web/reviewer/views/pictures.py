"""Pictures for staff: full ones are never kept by the browser, thumbnails ten minutes."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kaosheng.domain.roles import Permission
from kaosheng.pictures.store import get_store
from kaosheng.web.access import for_staff, picture_in, staff_dossier
from kaosheng.web.image_answers import KEPT_BRIEFLY, NEVER_KEPT, image_answer, sample_answer
from kaosheng.web.reviewer.views.dossier import note_single


@require_safe
@for_staff(Permission.DOSSIER_VIEW)
def full(request: HttpRequest, dossier_id: UUID, picture_id: UUID) -> HttpResponse:
    """The picture itself."""
    dossier = staff_dossier(request, dossier_id)
    picture = picture_in(dossier, picture_id, for_candidate=False)
    note_single(request, dossier, str(picture.pk))
    name = f"{picture.kind}-{picture.position}"
    return image_answer(
        get_store().read(picture.object_key), kind=picture.format, name=name, cache=NEVER_KEPT
    )


@require_safe
@for_staff(Permission.DOSSIER_VIEW)
def thumbnail(request: HttpRequest, dossier_id: UUID, picture_id: UUID) -> HttpResponse:
    """Its thumbnail."""
    picture = picture_in(staff_dossier(request, dossier_id), picture_id, for_candidate=False)
    name = f"{picture.kind}-{picture.position}-small"
    return image_answer(get_store().read(picture.thumbnail_key), kind="jpeg", name=name, cache=KEPT_BRIEFLY)


@require_safe
@for_staff(Permission.DOSSIER_VIEW)
def sample(request: HttpRequest, dossier_id: UUID, kind: str) -> HttpResponse:
    """The 示例 of a kind, in the catalogue this dossier is reviewed by."""
    return sample_answer(staff_dossier(request, dossier_id), kind)
