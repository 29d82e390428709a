"""手机扫码上传, the phone's side: it learns the name of one kind and of its places, and nothing of the person."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaosheng.casework.models import Handover, Picture
from kaosheng.casework.queries.candidate import KindView, candidate_view
from kaosheng.casework.services.actors import of_handover
from kaosheng.casework.services.handing_over import redeem
from kaosheng.casework.services.pictures import delete_picture
from kaosheng.domain.errors import Refusal
from kaosheng.domain.handover import LIFE
from kaosheng.web.access import DEVICE_COOKIE, held_handover, picture_in
from kaosheng.web.arrival import arrived_at
from kaosheng.web.candidate.forms import CodeForm
from kaosheng.web.candidate.frame import set_public_facts
from kaosheng.web.candidate.uploading import phone_queue
from kaosheng.web.candidate.views import upload as uploading
from kaosheng.web.candidate.words import place_label
from kaosheng.web.image_answers import sample_answer
from kaosheng.web.ui.messages import sentence_of, status_of
from kaosheng.web.ui.page import wants_fragment

TRIES: Final = {"handover_code": "10/10m/ip,500/10m/key"}
"""Wrong codes: from one address, and altogether. With 500 handovers open at once, 500 tries among 10⁸ codes
find one of them in a quarter of a per cent of such storms."""


@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Ask before anything begins: scanners and previews fetch addresses too, so only the POST redeems."""
    set_public_facts(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "candidate/phone.html", {"form": form})
    if not form.is_valid():
        return render(request, "candidate/phone.html", {"form": form}, status=422)
    try:
        key = _redeemed(request, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("code", sentence_of(refusal))
        return render(request, "candidate/phone.html", {"form": form}, status=status_of(refusal))
    response = redirect("candidate:phone-upload")
    response.set_cookie(
        DEVICE_COOKIE,
        key,
        max_age=LIFE,
        path=reverse("candidate:phone"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _redeemed(request: HttpRequest, *, secret: str, code: str) -> str:
    """Redeem; wrong codes count. Raises Refusal `handover_over`, `handover_tries`."""
    if secret:
        return redeem(secret=secret, arrived_at=arrived_at(request))
    usage = ratelimit.consume(request, app="casework", action="handover_code", config=TRIES, key="all")
    if usage is None:
        raise Refusal("handover_tries")
    redeemed = redeem(code=code, arrived_at=arrived_at(request))
    usage.rollback()
    return redeemed


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The upload form of the one kind; the same form and the same way in as the candidate's own."""
    set_public_facts(request)
    refusal = None
    if request.method == "POST":
        held = held_handover(request)
        try:
            picture = uploading.receive(
                request,
                held.dossier_id,
                of_handover(held),
                kind=held.kind,
                position=uploading.position_in(request),
            )
        except Refusal as refused:
            refusal = refused
        else:
            return _received(request, picture)
    try:
        held = held_handover(request)
    except Refusal as over:
        if refusal is not None:
            raise over from None
        return redirect("candidate:phone")
    return _form(request, held, refusal)


def _received(request: HttpRequest, picture: Picture) -> HttpResponse:
    """To scripts the bare confirmation: they go on to the page themselves."""
    if wants_fragment(request):
        return uploading.confirmed(HttpResponse(status=204), picture)
    return redirect("candidate:phone-upload")


def _form(request: HttpRequest, held: Handover, refusal: Refusal | None) -> HttpResponse:
    view = candidate_view(held.dossier, now=timezone.now())
    kind = uploading.require_kind(view, held.kind)
    context = {
        **uploading.form_context(request, view, kind, refusal),
        "base": "ui/candidate_base.html",
        "sample_url": reverse("candidate:phone-sample") if kind.item.kind.sample else "",
        "back": reverse("candidate:phone-upload"),
        "card_id": "card-of-this-phone",
        "uploads": phone_queue(held),
        "places": _places(kind),
        "count": kind.count,
        "is_full": kind.free_position is None and bool(kind.count),
        "expires_at": held.expires_at,
    }
    return uploading.answer_form(request, "candidate/phone_upload.html", context, refusal)


def _places(kind: KindView) -> list[dict[str, Any]]:
    """The places the phone may fill or empty: their labels, and whether a picture is there. No picture is shown."""
    return [
        {
            "label": place_label(kind.item.kind, place.position) or _("图片"),
            "remove_url": reverse("candidate:phone-delete", args=[place.picture.pk]),
            "at": place.picture.added_at,
        }
        for place in kind.places
        if place.is_open and place.picture is not None
    ]


@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """The 示例 of the kind."""
    held = held_handover(request)
    return sample_answer(held.dossier, held.kind)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """－: ask once, then free the place."""
    set_public_facts(request)
    held = held_handover(request)
    picture = picture_in(held.dossier, picture_id, for_candidate=True)
    if picture.kind != held.kind:
        raise Refusal("not_found")
    if request.method == "POST":
        delete_picture(
            dossier_id=held.dossier_id,
            picture_id=picture.pk,
            actor=of_handover(held),
            arrived_at=arrived_at(request),
        )
        return redirect("candidate:phone-upload")
    context = {
        "base": "ui/candidate_base.html",
        "heading": _("删除这张图片？"),
        "text": _("删除后可以在这个位置重新上传。"),
        "action": request.path,
        "yes": _("删除"),
        "yes_class": "btn-refuse",
        "no_url": reverse("candidate:phone-upload"),
    }
    return render(request, "ui/confirm_page.html", context)
