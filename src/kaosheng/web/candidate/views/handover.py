"""手机扫码上传, the computer's side: the QR code, and what the phone sends as it comes."""

from __future__ import annotations

import io
from typing import Any, Final
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaosheng.casework.models import Dossier, Handover
from kaosheng.casework.queries.candidate import candidate_view
from kaosheng.casework.services.handing_over import (
    close_handover,
    code_of,
    open_handover,
    own_handover,
    secret_of,
)
from kaosheng.domain.errors import Refusal
from kaosheng.web.access import for_candidates
from kaosheng.web.arrival import arrived_at
from kaosheng.web.candidate.cards import card_of
from kaosheng.web.candidate.frame import open_dossier
from kaosheng.web.candidate.page import unsent_context
from kaosheng.web.candidate.uploading import upload_queue
from kaosheng.web.candidate.views.upload import owner_of, require_kind
from kaosheng.web.candidate.words import kind_name
from kaosheng.web.conditional import conditional_answer
from kaosheng.web.image_answers import NEVER_KEPT, image_answer

_MODULE: Final = 6
"""Pixels of one module of the QR code."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def handover(request: HttpRequest, dossier_id: UUID, code: str) -> HttpResponse:
    """Show the QR code of this kind; POST makes a new one."""
    dossier = open_dossier(request, dossier_id)
    if request.method == "POST":
        open_handover(
            dossier_id=dossier.pk, actor=owner_of(dossier), kind=code, arrived_at=arrived_at(request)
        )
        return redirect("candidate:handover", dossier.pk, code)
    context = {
        **_context(request, dossier, code),
        "uploads": upload_queue(dossier),
        "view_url": reverse("candidate:dossier", args=[dossier.pk]),
    }
    return render(request, "candidate/handover.html", context)


@require_safe
@for_candidates
def news(request: HttpRequest, dossier_id: UUID, code: str) -> HttpResponse:
    """What changed since the page asked last; it asks every 1.5 seconds while a handover is open."""
    context = _context(request, open_dossier(request, dossier_id), code)
    parts = ("candidate/parts/handover.html", "candidate/parts/unsent.html")
    body = "".join(render_to_string(part, context, request) for part in parts)
    return conditional_answer(request, body, content_type="text/html; charset=utf-8")


@require_safe
@for_candidates
def qr_code(request: HttpRequest, dossier_id: UUID, code: str) -> HttpResponse:
    """The QR code itself: the phone's address, with the secret behind the # where no server and no log sees it."""
    row = own_handover(open_dossier(request, dossier_id), kind=code)
    if row is None or row.redeemed_at is not None:
        raise Refusal("not_found")
    picture = io.BytesIO()
    segno.make(f"{_phone_address(request)}#{secret_of(row)}", error="m").save(
        picture, kind="png", scale=_MODULE
    )
    return image_answer(picture.getvalue(), kind="png", name="phone", cache=NEVER_KEPT)


@require_POST
@for_candidates
def close(request: HttpRequest, dossier_id: UUID, code: str) -> HttpResponse:
    """Shut the phone out."""
    dossier = open_dossier(request, dossier_id)
    close_handover(dossier_id=dossier.pk, actor=owner_of(dossier))
    return redirect(reverse("candidate:dossier", args=[dossier.pk]) + f"#material-{code}")


def _context(request: HttpRequest, dossier: Dossier, code: str) -> dict[str, Any]:
    view = candidate_view(dossier, now=timezone.now())
    kind = require_kind(view, code)
    row = own_handover(dossier, kind=code)
    return {
        "dossier": dossier,
        "kind": kind,
        **unsent_context(view),
        "kind_name": kind_name(kind.item.kind),
        "card": card_of(view, kind),
        "handover": row,
        "code": _spoken(row) if row else "",
        "phone_address": _phone_address(request),
    }


def _spoken(row: Handover) -> str:
    code = code_of(row)
    return f"{code[:4]} {code[4:]}"


def _phone_address(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("candidate:phone"))
