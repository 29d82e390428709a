"""移交: everything somebody holds, to another reviewer or back to the line."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kaosheng.accounts.models import User
from kaosheng.accounts.scope import Staff
from kaosheng.casework.queries.hands import Hands, conflicts_of, givers, reviewers_beside
from kaosheng.casework.services import handling
from kaosheng.casework.services.actors import of_staff
from kaosheng.domain.errors import Refusal
from kaosheng.domain.reasons import REASON_LENGTH
from kaosheng.domain.roles import Permission
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.ui.messages import sentence_of, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.HAND_OVER, Permission.DOSSIER_TAKE)
def hand_over(request: HttpRequest) -> HttpResponseBase:
    """Who holds what, and a form for each."""
    staff = staff_member(request)
    if request.method == "POST":
        held, people = givers(staff), reviewers_beside(staff)
        hands = next((one for one in held if str(one.person.pk) == request.POST.get("giver")), None)
        if hands is None:
            raise Refusal("not_found")
        _hand(request, staff, hands, _taker(people, hands, request.POST.get("taker", "")))
        return redirect("reviewer:hand-over")
    return _page(request, staff)


def _page(
    request: HttpRequest,
    staff: Staff,
    *,
    problem: str = "",
    about: int | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The lists; `problem` is what was wrong with the words for the 回避 `about`, which stay in their field."""
    context = {
        "held": givers(staff),
        "people": reviewers_beside(staff),
        "conflicts": conflicts_of(staff),
        "longest": REASON_LENGTH,
        "problem": problem,
        "about": about,
        "typed": request.POST.get("reason", ""),
    }
    return render(request, "reviewer/hand_over.html", context, status=status)


@require_POST
@for_staff(Permission.HAND_OVER)
def withdraw_conflict(request: HttpRequest, declared_id: int) -> HttpResponseBase:
    """撤回 one 回避 of the list."""
    staff = staff_member(request)
    conflict = next((one for one in conflicts_of(staff) if one.pk == declared_id), None)
    if conflict is None:
        raise Refusal("not_found")
    try:
        handling.withdraw_conflict(
            dossier_id=conflict.registration.dossier.pk,
            actor=of_staff(staff),
            by=conflict.by,
            reason=request.POST.get("reason", ""),
        )
    except Refusal as refusal:
        return _page(
            request, staff, problem=sentence_of(refusal), about=declared_id, status=status_of(refusal)
        )
    messages.success(request, _("已撤回回避，材料可以再分给这位审核员。"))
    return redirect("reviewer:hand-over")


def _taker(people: Sequence[User], hands: Hands, given: str) -> Staff | None:
    """The chosen reviewer; None puts everything back to the line. Raises Refusal `not_found` for a stranger."""
    if not given:
        return None
    person = next((one for one in people if str(one.pk) == given and one != hands.person), None)
    if person is None:
        raise Refusal("not_found")
    return Staff.of(person)


def _hand(request: HttpRequest, staff: Staff, hands: Hands, taker: Staff | None) -> None:
    """One dossier after the other; those the taker may not have stay where they are."""
    done = 0
    for dossier in hands.dossiers:
        try:
            done += handling.hand_over(
                dossier_id=dossier.pk, actor=of_staff(staff), giver=hands.person, taker=taker
            )
        except Refusal:
            continue
    messages.success(request, _("已移交 %(count)s 份。") % {"count": done})
    if done < len(hands.dossiers):
        left = len(hands.dossiers) - done
        messages.warning(request, _("有 %(count)s 份接收人不能处理，仍在原处。") % {"count": left})
