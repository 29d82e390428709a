"""Coming in and going out: entrance, log-in through the registration system, chooser, log-out."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.binding import unbound_of
from kaosheng.casework.queries.visible import visible_now
from kaosheng.casework.services.handing_over import close_handovers_of
from kaosheng.casework.services.registrations import log_in
from kaosheng.casework.words import state_words
from kaosheng.domain.errors import Refusal
from kaosheng.registration.models import Candidate, Registration
from kaosheng.registration.words import value_in_words
from kaosheng.web import oidc
from kaosheng.web.access import for_candidates
from kaosheng.web.candidate.frame import contact_of_site, me, note_several, said, set_public_facts
from kaosheng.web.candidate.panel import CHIPS
from kaosheng.web.identity import begin_candidate_session, candidate_id_of, end_session
from kaosheng.web.oidc import LoginError
from kaosheng.web.ui.errors import error_page
from kaosheng.web.ui.page import amend_page_facts

_WANTED: Final = "wanted_registration"
_LONGEST_NUMBER: Final = 40


@require_safe
def entrance(request: HttpRequest) -> HttpResponse:
    """What this is, and the button that logs in; whoever is logged in goes straight on."""
    if candidate_id_of(request) is not None:
        return _go_on(request)
    set_public_facts(request)
    return render(request, "candidate/entrance.html")


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """上传相关材料 in the registration system leads here; `registration` names the number pressed there."""
    number = request.GET.get("registration", "")[:_LONGEST_NUMBER]
    if number:
        request.session[_WANTED] = number
    if candidate_id_of(request) is not None and (not number or _own(request, number) is not None):
        return _go_on(request)
    try:
        return oidc.begin(request, second_try="again" in request.GET)
    except LoginError as error:
        return _problem(request, error)


@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """The registration system sends the browser back here."""
    try:
        person = oidc.finish(request)
    except LoginError as error:
        if error.reason == LoginError.EXPIRED and candidate_id_of(request) is not None:
            # The page of a log-in that succeeded, opened again from the browser's history.
            return _go_on(request)
        if error.reason == LoginError.EXPIRED and not oidc.was_second_try(request):
            return HttpResponseRedirect("/enter/?again=1")
        return _problem(request, error)
    return _welcome(request, person)


def _welcome(request: HttpRequest, person: oidc.Person) -> HttpResponse:
    try:
        candidate = log_in(subject=person.subject, name=person.name, registrations=person.registrations)
    except Refusal:
        return _problem(request, LoginError(LoginError.INVALID))
    count = candidate.registrations.count()
    wanted = request.session.get(_WANTED, "")
    differing = unbound_of(person.subject, number=wanted if count else "")
    if differing is not None:
        return _not_bound(request, differing)
    if not count:
        return _nobody_here(request)
    begin_candidate_session(request, candidate.pk)
    request.session[_WANTED] = wanted
    oidc.keep_id_token(request, person)
    note_several(request, count)
    Candidate.objects.filter(pk=candidate.pk).update(language=request.LANGUAGE_CODE)
    return _go_on(request)


def _go_on(request: HttpRequest) -> HttpResponse:
    """To the dossier that was asked for, the only one, or the chooser."""
    if wanted := request.session.pop(_WANTED, ""):
        dossier = _own(request, wanted)
        return redirect("candidate:dossier", dossier.pk) if dossier else _not_here(request, wanted)
    own = list(Dossier.objects.filter(registration__candidate=candidate_id_of(request))[:2])
    return redirect("candidate:dossier", own[0].pk) if len(own) == 1 else redirect("candidate:choose")


def _own(request: HttpRequest, number: str) -> Dossier | None:
    return Dossier.objects.filter(
        registration__candidate=candidate_id_of(request), registration__number=number
    ).first()


@require_safe
@for_candidates
def choose(request: HttpRequest) -> HttpResponse:
    """Several registrations: which one."""
    candidate = me(request)
    set_public_facts(request, person=candidate.name)
    own = (
        Dossier.objects.filter(registration__candidate=candidate)
        .select_related("registration", "intake__area", "site", "release")
        .order_by("-intake__opens_at", "registration__number")
    )
    now = timezone.now()
    seen = [(dossier, visible_now(dossier, now=now)) for dossier in own]
    rows = [
        {
            "dossier": dossier,
            "chip": CHIPS[visible.state],
            "intake": said(dossier.intake, "name"),
            "site": said(dossier.site, "name"),
            "number": dossier.registration.number,
            "category": value_in_words("category", dossier.registration.facts.get("category", "")),
            "state": state_words(visible),
        }
        for dossier, visible in seen
    ]
    return render(request, "candidate/choose.html", {"rows": rows})


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End both sessions, ours and the registration system's, and what this browser kept of us."""
    candidate_id, id_token = candidate_id_of(request), oidc.id_token_of(request)
    if candidate_id is not None:
        close_handovers_of(candidate_id)
        with transaction.atomic():
            record(
                AuditName.CANDIDATE_LOGGED_OUT,
                by=By("candidate", str(candidate_id)),
                about=("candidate", str(candidate_id)),
            )
    end_session(request)
    response = HttpResponseRedirect(oidc.end_session_address(id_token) if candidate_id is not None else "/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _problem(request: HttpRequest, error: LoginError) -> HttpResponse:
    """Why the log-in didn't come to its end, in plain words."""
    set_public_facts(request)
    status, heading, sentence, advice = {
        LoginError.REFUSED: (
            403,
            _("您没有同意授权"),
            _("没有您的同意，本系统不能读取您的报名信息，因此没有登录。没有保存任何内容。"),
            _("如需上传材料，请回到首页重新登录，并在报名系统的页面上点击同意。"),
        ),
        LoginError.EXPIRED: (
            400,
            _("登录没有完成"),
            _("登录页面打开得太久，或浏览器没有保存登录所需的 Cookie。"),
            _("请回到首页重新登录；如仍不能登录，请检查浏览器是否禁用了 Cookie。"),
        ),
        LoginError.DOWN: (
            503,
            _("报名系统暂时无法登录"),
            _("登录由国家医学考试考生报名系统办理，它现在没有响应。已经上传的材料不受影响。"),
            _("请几分钟后重试。已经登录的考生可以继续使用。"),
        ),
        LoginError.INVALID: (
            502,
            _("登录没有完成"),
            _("报名系统返回的登录信息无法核实，为了您的安全没有登录。"),
            _("请回到首页重新登录。如果多次出现，请联系考区。"),
        ),
    }[error.reason]
    return error_page(request, status, heading=heading, sentence=sentence, advice=advice)


def _not_bound(request: HttpRequest, registration: Registration) -> HttpResponse:
    """He came for an imported registration that has another ID number; the office was told."""
    set_public_facts(request)
    amend_page_facts(request, contact=contact_of_site(registration.site))
    return error_page(
        request,
        403,
        heading=_("证件号码与考区收到的不一致"),
        sentence=_(
            "报名号 %(number)s 由考区导入，其中的证件号码与您报名系统账号中的不一致，因此没有登录。没有保存任何内容。"
        )
        % {"number": registration.number},
        advice=_("考区已收到提醒，核对后您就可以登录，请明天再试。临近截止的，请现在就给考点打电话。"),
    )


def _not_here(request: HttpRequest, number: str) -> HttpResponse:
    """He pressed the button of a registration that this service doesn't carry, and has others here."""
    set_public_facts(request)
    return error_page(
        request,
        404,
        heading=_("这项报名不在本系统审核"),
        sentence=_("报名号 %(number)s 没有在本系统审核的材料，因此没有打开。") % {"number": number},
        advice=_(
            "您在本系统的其他报名可以从首页进入。请先到报名系统确认所选考区；刚完成报名的，请稍后再试。"
        ),
    )


def _nobody_here(request: HttpRequest) -> HttpResponse:
    set_public_facts(request)
    return error_page(
        request,
        403,
        heading=_("没有您在本考区的报名信息"),
        sentence=_("您的报名系统账号下没有在本考区审核的报名信息，因此不能在这里上传材料。"),
        advice=_("请先到报名系统确认是否已完成报名、所选考区是否正确；刚完成报名的，请稍后再试。"),
    )
