"""预检: news for the waiting page, 帮我转正, 我已确认无误."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaosheng.casework.queries.advice import fingerprint
from kaosheng.casework.queries.candidate import candidate_view
from kaosheng.casework.services.advising import confirm_advice, turn_picture
from kaosheng.web.access import for_candidates, picture_in
from kaosheng.web.arrival import arrived_at
from kaosheng.web.candidate.cards import card_of
from kaosheng.web.candidate.frame import open_dossier
from kaosheng.web.candidate.page import frame_context
from kaosheng.web.candidate.views.upload import owner_of, show_card


@require_safe
@for_candidates
def news(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Advice that came since the page was made; 204 while there is none."""
    view = candidate_view(open_dossier(request, dossier_id), now=timezone.now())
    context = frame_context(view)
    if request.GET.get("seen") == fingerprint(view.advice) and context["advice_url"]:
        return HttpResponse(status=204)
    cards = [card_of(view, kind) for kind in view.kinds if kind.count]
    return render(request, "candidate/advice_answer.html", {**context, "cards": cards})


@require_POST
@for_candidates
def turn(request: HttpRequest, dossier_id: UUID, picture_id: UUID) -> HttpResponse:
    """帮我转正."""
    dossier = open_dossier(request, dossier_id)
    picture = picture_in(dossier, picture_id, for_candidate=True)
    turn_picture(
        dossier_id=dossier.pk, picture=picture, actor=owner_of(dossier), arrived_at=arrived_at(request)
    )
    return show_card(request, dossier, picture.kind, said=_("图片已转正，请再核对一次。"))


@require_POST
@for_candidates
def confirm(request: HttpRequest, dossier_id: UUID, picture_id: UUID) -> HttpResponse:
    """我已确认无误: about the advice that was shown."""
    dossier = open_dossier(request, dossier_id)
    picture = picture_in(dossier, picture_id, for_candidate=True)
    confirm_advice(
        dossier_id=dossier.pk,
        picture_id=picture.pk,
        codes=frozenset(request.POST.getlist("code")),
        actor=owner_of(dossier),
        arrived_at=arrived_at(request),
    )
    return show_card(request, dossier, picture.kind, said=_("已记录您的确认。"))
