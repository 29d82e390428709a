"""微信通知: binding one's WeChat by a QR code of the official account, and ending that."""

from __future__ import annotations

import io
from typing import Any, Final
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaosheng.casework.models import Dossier
from kaosheng.casework.services.addressing import person_code
from kaosheng.domain.errors import Refusal
from kaosheng.notices import bindings
from kaosheng.web.access import for_candidates
from kaosheng.web.candidate.frame import me, open_dossier
from kaosheng.web.conditional import conditional_answer
from kaosheng.web.image_answers import NEVER_KEPT, image_answer

_MODULE: Final = 6
"""Pixels of one module of the QR code."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def wechat(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Bound or not; POST asks the official account for a QR code."""
    dossier, person = _open(request, dossier_id)
    if request.method == "POST":
        bindings.open_ticket(person=person, area=dossier.intake.area.code, now=timezone.now())
        return redirect("candidate:wechat", dossier.pk)
    return render(request, "candidate/wechat.html", _context(dossier, person))


@require_safe
@for_candidates
def news(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """What changed since the page asked last; it asks every 1.5 seconds while a QR code waits."""
    body = render_to_string("candidate/parts/wechat.html", _context(*_open(request, dossier_id)), request)
    return conditional_answer(request, body, content_type="text/html; charset=utf-8")


@require_safe
@for_candidates
def qr_code(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """The official account's QR code, with this person's parameter."""
    _dossier, person = _open(request, dossier_id)
    ticket = bindings.ticket_of(person, now=timezone.now())
    if ticket is None:
        raise Refusal("not_found")
    picture = io.BytesIO()
    segno.make(ticket.url, error="m").save(picture, kind="png", scale=_MODULE)
    return image_answer(picture.getvalue(), kind="png", name="wechat", cache=NEVER_KEPT)


@require_POST
@for_candidates
def cancel(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """取消 the QR code."""
    dossier, person = _open(request, dossier_id)
    bindings.close_ticket(person=person)
    return redirect("candidate:wechat", dossier.pk)


@require_POST
@for_candidates
def unbind(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """解除绑定."""
    dossier, person = _open(request, dossier_id)
    bindings.unbind_person(person=person, area=dossier.intake.area.code)
    messages.success(request, _("已解除绑定，今后的通知只发短信。"))
    return redirect("candidate:wechat", dossier.pk)


def _open(request: HttpRequest, dossier_id: UUID) -> tuple[Dossier, str]:
    """The own dossier and the person's code. Raises Refusal `not_found` where there is no account to bind."""
    dossier = open_dossier(request, dossier_id)
    if not bindings.offers_binding(dossier.intake.area.code):
        raise Refusal("not_found")
    return dossier, person_code(me(request).pk)


def _context(dossier: Dossier, person: str) -> dict[str, Any]:
    ticket = bindings.ticket_of(person, now=timezone.now())
    return {
        "dossier": dossier,
        "binding": bindings.binding_of(person, area=dossier.intake.area.code),
        "ticket": ticket,
        # The demo's phone can't hold a camera to the screen: it opens what the code says.
        "scan": ticket.url if ticket is not None and settings.DEMO else "",
    }
