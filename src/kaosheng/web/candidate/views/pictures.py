"""Pictures: shown through the one door, deleted with －, brought back by 撤销."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaosheng.casework.models import Dossier, Picture
from kaosheng.casework.queries.catalogue import catalogue_of
from kaosheng.casework.services.pictures import delete_picture, restore_picture
from kaosheng.pictures.store import get_store
from kaosheng.web.access import for_candidates, picture_in
from kaosheng.web.arrival import arrived_at
from kaosheng.web.candidate.frame import open_dossier
from kaosheng.web.candidate.views.upload import owner_of, show_card
from kaosheng.web.candidate.words import place_name
from kaosheng.web.image_answers import KEPT_BRIEFLY, NEVER_KEPT, image_answer, sample_answer
from kaosheng.web.ui.page import base_template


@require_safe
@for_candidates
def full(request: HttpRequest, dossier_id: UUID, picture_id: UUID) -> HttpResponse:
    """The stored picture; no browser keeps it."""
    picture = picture_in(open_dossier(request, dossier_id), picture_id, for_candidate=True)
    data = get_store().read(picture.object_key)
    return image_answer(data, kind=picture.format, name=_file_name(picture), cache=NEVER_KEPT)


@require_safe
@for_candidates
def thumbnail(request: HttpRequest, dossier_id: UUID, picture_id: UUID) -> HttpResponse:
    """The small form of it, kept ten minutes by this browser alone."""
    picture = picture_in(open_dossier(request, dossier_id), picture_id, for_candidate=True)
    data = get_store().read(picture.thumbnail_key)
    return image_answer(data, kind="jpeg", name=f"{_file_name(picture)}-small", cache=KEPT_BRIEFLY)


def _file_name(picture: Picture) -> str:
    return f"{picture.kind}-{picture.position}"


@require_safe
@for_candidates
def sample(request: HttpRequest, dossier_id: UUID, code: str) -> HttpResponse:
    """The 示例 of a kind, in the catalogue this dossier goes by."""
    return sample_answer(open_dossier(request, dossier_id), code)


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def delete(request: HttpRequest, dossier_id: UUID, picture_id: UUID) -> HttpResponse:
    """－: ask once, then free the place."""
    dossier = open_dossier(request, dossier_id)
    picture = picture_in(dossier, picture_id, for_candidate=True)
    if request.method == "POST":
        delete_picture(
            dossier_id=dossier.pk,
            picture_id=picture.pk,
            actor=owner_of(dossier),
            arrived_at=arrived_at(request),
        )
        return show_card(request, dossier, picture.kind, said=_("图片已删除，这个位置可以重新上传。"))
    text = _("删除后可以在这个位置重新上传。")
    if picture.submitted_as.exists():
        text = _("这张图片已提交过。删除后请上传新图片；重新提交之前可以撤销，恢复原图。")
    return _question(
        request,
        dossier,
        picture,
        heading=_("删除这张图片？"),
        text=text,
        action="candidate:delete",
        yes=_("删除"),
        yes_class="btn-refuse",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def restore(request: HttpRequest, dossier_id: UUID, picture_id: UUID) -> HttpResponse:
    """撤销: bring back a submitted picture that was deleted."""
    dossier = open_dossier(request, dossier_id)
    picture = picture_in(dossier, picture_id, for_candidate=True)
    if request.method == "POST":
        restore_picture(
            dossier_id=dossier.pk,
            picture_id=picture.pk,
            actor=owner_of(dossier),
            arrived_at=arrived_at(request),
        )
        return show_card(request, dossier, picture.kind, said=_("已恢复原图。"))
    return _question(
        request,
        dossier,
        picture,
        heading=_("恢复原图？"),
        text=_("恢复上次提交的图片；这个位置新上传的图片会被删除。"),
        action="candidate:restore",
        yes=_("恢复原图"),
    )


def _question(
    request: HttpRequest,
    dossier: Dossier,
    picture: Picture,
    *,
    heading: str,
    text: str,
    action: str,
    yes: str,
    yes_class: str = "btn-primary",
) -> HttpResponse:
    here = [dossier.pk, picture.pk]
    kind = catalogue_of(dossier).kind(picture.kind)
    context = {
        "base": base_template(request),
        "heading": heading,
        "text": text,
        "action": reverse(action, args=here),
        "yes": yes,
        "yes_class": yes_class,
        "no_url": reverse("candidate:dossier", args=[dossier.pk]) + f"#material-{picture.kind}",
        "swap": f"#material-{picture.kind}",
        "thumbnail_url": reverse("candidate:thumbnail", args=here),
        "alt": place_name(kind, picture.position) if kind else picture.kind,
        "width": picture.thumbnail_width,
        "height": picture.thumbnail_height,
    }
    return render(request, "ui/confirm_page.html", context)
