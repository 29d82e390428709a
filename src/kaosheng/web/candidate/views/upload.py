"""Uploading one picture: a plain form, improved by scripts; the API has the same code path."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from kaosheng.casework.models import Dossier, Picture
from kaosheng.casework.queries.candidate import CandidateView, KindView, candidate_view
from kaosheng.casework.services.actors import Actor, of_candidate
from kaosheng.casework.services.pictures import add_picture
from kaosheng.domain.errors import Refusal
from kaosheng.domain.texts import NUL
from kaosheng.domain.visibility import VisibleState
from kaosheng.pictures.checks import require_size
from kaosheng.web.access import for_candidates
from kaosheng.web.arrival import arrived_at
from kaosheng.web.candidate.frame import open_dossier, open_view
from kaosheng.web.candidate.page import card_context, unsent_context
from kaosheng.web.candidate.uploading import upload_limits, upload_queue
from kaosheng.web.candidate.words import kind_name, place_label, place_name, requirement
from kaosheng.web.numbers import whole_number
from kaosheng.web.ui.errors import tell_scripts
from kaosheng.web.ui.messages import sentence_of, status_of
from kaosheng.web.ui.page import base_template, wants_fragment

FIELD = "picture"
_FAR_POSITION: Final = 1000
"""Far beyond any kind's maximum."""
_WAITS_FOR_HIM: Final = frozenset({VisibleState.DRAFT, VisibleState.RETURNED})
_CLOSED: Final = {VisibleState.LAPSED: "dossier_lapsed", VisibleState.WITHDRAWN: "dossier_withdrawn"}


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def upload(request: HttpRequest, dossier_id: UUID, code: str) -> HttpResponse:
    """Show the form; take one picture and go back to its card."""
    dossier = open_dossier(request, dossier_id)
    if request.method != "POST":
        return _form(request, dossier, code)
    try:
        picture = receive(request, dossier.pk, owner_of(dossier), kind=code, position=position_in(request))
    except Refusal as refusal:
        return _form(request, dossier, code, refusal=refusal)
    response = show_card(
        request, dossier, code, said=_("%(place)s 上传成功。") % {"place": _name(dossier, picture)}
    )
    return confirmed(response, picture)


def confirmed(response: HttpResponse, picture: Picture) -> HttpResponse:
    """The answer with the digest of the bytes that came in, which scripts compare with those they sent."""
    response.headers["X-Received-Digest"] = picture.received_digest
    return response


def receive(
    request: HttpRequest,
    dossier_id: UUID,
    actor: Actor,
    *,
    kind: str,
    position: int | None,
    reason: str = "",
) -> Picture:
    """Take the one file of a request into a dossier: page, plain form, phone, counter and API end here.

    Raises Refusal: `file_missing`, `too_many_files`, and those of `add_picture`.
    """
    files = request.FILES.getlist(FIELD)
    if not files:
        raise Refusal("file_missing")
    if len(files) > 1 or len(request.FILES) > 1:
        raise Refusal("too_many_files", count=sum(len(request.FILES.getlist(name)) for name in request.FILES))
    return add_picture(
        dossier_id=dossier_id,
        actor=actor,
        kind=kind,
        position=position,
        data=_content(files[0]),
        idempotency_key=_key(request),
        reason=reason,
        arrived_at=arrived_at(request),
    )


def owner_of(dossier: Dossier) -> Actor:
    """The candidate a dossier belongs to, as the one who acts. Raises Refusal `not_found`."""
    candidate = dossier.registration.candidate
    if candidate is None:
        raise Refusal("not_found")
    return of_candidate(candidate)


def _content(file: UploadedFile) -> bytes:
    """The bytes, read only when their number is allowed. Raises Refusal."""
    require_size(file.size or 0)
    return bytes(file.read())


def _key(request: HttpRequest) -> str:
    """The idempotency key of the form or of the header; an upload without one stands alone."""
    key = request.headers.get("Idempotency-Key") or request.POST.get("key") or uuid4().hex
    if len(key) > 80 or NUL in key:  # noqa: PLR2004 - the column's length
        raise Refusal("form_incomplete", field="key")
    return key


def position_in(request: HttpRequest) -> int | None:
    """The place an upload names. Raises Refusal `form_incomplete`."""
    return position_named(request.POST.get("position") or request.GET.get("position") or "")


def position_named(given: str) -> int | None:
    """The place a form or address names; None when it names none. Raises Refusal `form_incomplete`."""
    if not given:
        return None
    position = whole_number(given, most=_FAR_POSITION)
    if position is None:
        raise Refusal("form_incomplete", field=f"position={given[:20]}")
    return position


def _form(
    request: HttpRequest, dossier: Dossier, code: str, *, refusal: Refusal | None = None
) -> HttpResponse:
    view = candidate_view(dossier, now=timezone.now())
    kind = require_kind(view, code)
    back = reverse("candidate:dossier", args=[dossier.pk])
    context = {
        **form_context(request, view, kind, refusal),
        "base": base_template(request),
        "uploads": upload_queue(dossier),
        **unsent_context(view),
        "sample_url": reverse("candidate:sample", args=[dossier.pk, code]) if kind.item.kind.sample else "",
        "back": f"{back}#material-{code}",
        "handover_url": reverse("candidate:handover", args=[dossier.pk, code]),
    }
    return answer_form(request, "candidate/upload.html", context, refusal)


def form_context(
    request: HttpRequest, view: CandidateView, kind: KindView, refusal: Refusal | None
) -> dict[str, Any]:
    """What an upload form for one kind shows, whoever fills it; the form posts to the address it stands on."""
    position = _wanted(request, kind)
    return {
        "kind_name": kind_name(kind.item.kind),
        "place": place_label(kind.item.kind, position) if position else "",
        "requirement": requirement(kind.item.kind),
        "action": request.path + (f"?position={position}" if position else ""),
        "limits": upload_limits(kind),
        "label": place_name(kind.item.kind, position) if position else kind_name(kind.item.kind),
        "card_id": f"material-{kind.code}",
        "key": uuid4().hex,
        "problem": sentence_of(refusal) if refusal else "",
        "closed": closed_reason(view, kind) if not refusal else "",
    }


def answer_form(
    request: HttpRequest, template: str, context: dict[str, Any], refusal: Refusal | None
) -> HttpResponse:
    """The form, or the form again with what was refused, which scripts read from its headers."""
    if refusal is None:
        return render(request, template, context)
    response = render(request, template, context, status=status_of(refusal))
    return tell_scripts(response, context["problem"], refusal.code)


def _wanted(request: HttpRequest, kind: KindView) -> int | None:
    try:
        return position_in(request) or kind.free_position
    except Refusal:
        return kind.free_position


def require_kind(view: CandidateView, code: str) -> KindView:
    """The kind an address names. Raises Refusal `unknown_kind`."""
    kind = view.kind(code)
    if kind is None:
        raise Refusal("unknown_kind", kind=code)
    return kind


def closed_reason(view: CandidateView, kind: KindView) -> str:
    """Why nothing can be uploaded to this kind now; empty when something can."""
    return "" if kind.free_position is not None else sentence_of(_rule_that_closes(view, kind))


def _rule_that_closes(view: CandidateView, kind: KindView) -> Refusal:
    if kind.item.maximum == 0:
        return Refusal("kind_not_accepted", kind=kind.code)
    if not view.has_opened:
        return Refusal("window_not_open", opens_at=view.dossier.intake.opens_at)
    if view.is_open:
        full = kind.count >= kind.item.maximum
        return Refusal("kind_full", maximum=kind.item.maximum) if full else Refusal("slot_locked")
    if view.visible.state in _WAITS_FOR_HIM and view.deadline is not None and not view.in_time:
        return Refusal("deadline_passed", closes_at=view.deadline)
    return Refusal(_CLOSED.get(view.visible.state, "dossier_locked"))


def show_card(request: HttpRequest, dossier: Dossier, code: str, *, said: str) -> HttpResponse:
    """The answer after a change: for scripts the card, with the sentence beside it, else the page with that on top."""
    if wants_fragment(request):
        view = open_view(request, dossier.pk)
        answer = render(request, "candidate/card_answer.html", card_context(view, require_kind(view, code)))
        return trigger_client_event(answer, "said", {"sentence": said}, after="swap")
    messages.success(request, said)
    return redirect(reverse("candidate:dossier", args=[dossier.pk]) + f"#material-{code}")


def _name(dossier: Dossier, picture: Picture) -> str:
    view = candidate_view(dossier, now=timezone.now())
    return place_name(require_kind(view, picture.kind).item.kind, picture.position)
