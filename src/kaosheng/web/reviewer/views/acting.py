"""The verbs that move a dossier: a page that shows what will be sent, and the act itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.around import stepped_on
from kaosheng.casework.queries.lines import Tab
from kaosheng.casework.queries.workbench import MAY_DECLARE, Workbench, workbench
from kaosheng.casework.services import counter, deciding, handling, rechecking, reviewing
from kaosheng.casework.services.actors import Actor, of_staff
from kaosheng.domain.deadlines import supplement_deadline
from kaosheng.domain.dossier import FREEZES_MARKS, require_reach
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import Action, Verdict
from kaosheng.web.access import for_staff, staff_dossier, staff_member
from kaosheng.web.reviewer import forms, presenting, words
from kaosheng.web.reviewer.acts import label_of
from kaosheng.web.reviewer.answers import by_script, read, shows_present_state
from kaosheng.web.reviewer.views.queue import open_next
from kaosheng.web.ui.messages import sentence_of, status_of
from kaosheng.web.ui.page import base_template

Text = str | Promise
Given = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verb:
    """One act: its rule, its form, its words, and the service that does it."""

    action: Action | None
    form: type[forms.SeenForm]
    run: Callable[[UUID, Actor, Given], object]
    done: Text
    lead: Text
    look: str = "btn-primary"
    goes_on: Tab | None = None
    heading: Text = ""
    needs: frozenset[Permission] = frozenset()
    """Of an act that isn't in the table: the permissions of which it takes one."""
    leased: bool = False
    """The same: whether the dossier must be in his hands."""
    anywhere: bool = False
    """Whether it is his to do also while the dossier lies beyond him."""
    leaves: bool = False
    """Whether the dossier can't be opened afterwards."""


def _seen(dossier_id: UUID, actor: Actor, given: Given) -> dict[str, Any]:
    return {"dossier_id": dossier_id, "actor": actor, "seen_revision": given["revision"]}


def _return(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return reviewing.return_to_candidate(**_seen(dossier_id, actor, given))


def _forward(dossier_id: UUID, actor: Actor, given: Given) -> object:
    recommendation = Verdict(given["verdict"])
    return reviewing.forward(
        **_seen(dossier_id, actor, given), recommendation=recommendation, reason=given["reason"]
    )


def _send_back(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return reviewing.send_back(**_seen(dossier_id, actor, given), reason=given["reason"])


def _decide(dossier_id: UUID, actor: Actor, given: Given) -> object:
    if given["verdict"] != Verdict.PASS:
        raise Refusal("refusal_needs_two")
    return deciding.decide_pass(
        **_seen(dossier_id, actor, given), opinion=given["reason"], waiver=given.get("waiver", "")
    )


def _propose(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.propose(
        **_seen(dossier_id, actor, given),
        verdict=Verdict(given["verdict"]),
        opinion=given["reason"],
        waiver=given.get("waiver", ""),
    )


def _confirm(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.confirm(**_seen(dossier_id, actor, given))


def _reject(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.reject_proposal(**_seen(dossier_id, actor, given), reason=given["reason"])


def _withdraw(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.withdraw_proposal(**_seen(dossier_id, actor, given))


def _reopen(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.reopen(**_seen(dossier_id, actor, given), reason=given["reason"])


def _keep(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.keep(**_seen(dossier_id, actor, given))


def _receive(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return counter.receive(**_seen(dossier_id, actor, given), reason=given["reason"])


def _request_extension(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return counter.request_extension(
        dossier_id=dossier_id, actor=actor, until=given["until"], reason=given["reason"]
    )


def _extend(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return counter.extend(**_seen(dossier_id, actor, given), until=given["until"], reason=given["reason"])


def _propose_correction(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.propose_correction(
        **_seen(dossier_id, actor, given), verdict=Verdict(given["verdict"]), opinion=given["reason"]
    )


def _confirm_correction(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return deciding.confirm_correction(**_seen(dossier_id, actor, given))


def _uphold(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return rechecking.uphold(**_seen(dossier_id, actor, given), reason=given["reason"])


def _hold(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return handling.hold(**_seen(dossier_id, actor, given), reason=given["reason"])


def _conflict(dossier_id: UUID, actor: Actor, given: Given) -> object:
    return handling.declare_conflict(dossier_id=dossier_id, actor=actor, reason=given["reason"])


VERBS: Final[dict[str, Verb]] = {
    "return": Verb(
        Action.RETURN, forms.SeenForm, _return, _("已退回补充，考生会收到短信。"),
        _("以下内容将发给考生，并开放这些位置。"), look="btn-change", goes_on=Tab.WAITING,
    ),
    "forward": Verb(
        Action.FORWARD, forms.RecommendForm, _forward, _("已上报考区。"),
        _("材料将连同标记和建议送考区审核，考点不能再修改。"), goes_on=Tab.WAITING,
    ),
    "send-back": Verb(
        Action.SEND_BACK, forms.ReasonForm, _send_back, _("已退回考点。"),
        _("材料将退回考点重新审核，考生看不到这一步。"), look="btn-change", goes_on=Tab.WAITING,
    ),
    "decide": Verb(
        Action.DECIDE, forms.DecideForm, _decide, _("已决定通过，公布前考生看不到结论。"),
        _("决定通过。结论在公布前对考生和考点保密。"), goes_on=Tab.WAITING,
    ),
    "propose": Verb(
        Action.PROPOSE, forms.DecideForm, _propose, _("已提议，等待另一位审核员复核。"),
        _("提议须由另一位考区审核员确认后才成为决定。"), goes_on=Tab.WAITING,
    ),
    "confirm": Verb(
        Action.CONFIRM, forms.SeenForm, _confirm, _("已确认提议，决定已形成。"),
        _("确认后形成决定。结论在公布前对考生和考点保密。"), goes_on=Tab.PROPOSALS,
    ),
    "reject": Verb(
        Action.REJECT_PROPOSAL, forms.ReasonForm, _reject, _("已否决提议，材料留在您手中继续审核。"),
        _("提议被否决后，材料回到待审，由您继续审核。"), look="btn-refuse",
    ),
    "withdraw": Verb(
        Action.WITHDRAW_PROPOSAL, forms.SeenForm, _withdraw, _("已撤回提议。"), _("撤回后材料回到待审，由您继续审核。"),
    ),
    "reopen": Verb(
        Action.REOPEN, forms.ReasonForm, _reopen, _("已重新打开，原决定作废。"),
        _("原决定作废，材料回到考区待审。"), look="btn-change",
    ),
    "keep": Verb(
        Action.KEEP, forms.SeenForm, _keep, _("已维持决定。"), _("报名信息变更后，维持原决定不变。"),
    ),
    "receive": Verb(
        Action.RECEIVE, forms.ReasonForm, _receive, _("已登记收到，材料回到审核。"),
        _("登记考生已现场提交或电话办理，材料回到退回它的阶段继续审核。"),
    ),
    "request-extension": Verb(
        None, forms.UntilForm, _request_extension, _("已向考区申请延期。"), _("申请由考区管理员批准后生效。"),
        heading=_("申请延期"), needs=frozenset({Permission.EXTENSION_REQUEST}),
    ),
    "hold": Verb(
        None, forms.ShortReasonForm, _hold, _("已暂缓，可在“暂缓”列表中找到。"),
        _("材料暂时放下，不再分给任何人，例如等待电话回复。标记保留，考生看不到。"), look="btn-change",
        heading=_("暂缓"), needs=frozenset({Permission.DOSSIER_TAKE}), leased=True, leaves=True,
    ),
    "conflict": Verb(
        None, forms.ShortReasonForm, _conflict, _("已声明回避，这份材料不会再分给您。"),
        _("您与考生有亲属、师生、同事等利害关系时须回避。声明后您不能再打开这份材料，也不能撤回声明。"), look="btn-refuse",
        heading=_("声明回避"), needs=MAY_DECLARE, leaves=True, anywhere=True,
    ),
    "extend": Verb(
        Action.EXTEND, forms.UntilForm, _extend, _("已延期。"), _("批准后立即生效，考生在新的截止时间前可以提交。"),
    ),
    "propose-correction": Verb(
        Action.PROPOSE_CORRECTION, forms.CorrectionForm, _propose_correction, _("已提议更正，等待另一人确认。"),
        _("更正须由两名未参与原决定的人员完成，确认前考生看不到。"), look="btn-change",
    ),
    "confirm-correction": Verb(
        Action.CONFIRM_CORRECTION, forms.SeenForm, _confirm_correction, _("已更正，考生会收到通知。"),
        _("确认后立即生效：考生看到新结论，原结论显示为“更正前”，并收到通知。"), look="btn-refuse",
    ),
    "uphold": Verb(
        Action.UPHOLD, forms.ReasonForm, _uphold, _("已答复复核：维持原结论，考生会收到通知。"),
        _("维持原结论，理由会显示给考生。需要更正的，返回材料页提议更正。"),
    ),
}  # fmt: skip


_WITH_VERDICT: Final = frozenset({Action.FORWARD, Action.PROPOSE})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.DOSSIER_VIEW)
@shows_present_state
def act(request: HttpRequest, dossier_id: UUID, verb: str) -> HttpResponseBase:
    """GET asks, with everything shown that will be sent; POST does it."""
    dossier = staff_dossier(request, dossier_id)
    if request.method == "POST":
        return _do(request, dossier, verb)
    return _ask(request, dossier, verb, form=None)


@require_safe
@for_staff(Permission.DOSSIER_VIEW)
def arrived(request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
    """Whether an act arrived that a page sent when it was left: 204, else the sentence the next page shows."""
    dossier = staff_dossier(request, dossier_id)
    seen = read(forms.SeenForm(request.GET)).cleaned_data["revision"]
    if stepped_on(dossier, staff_member(request), seen_revision=seen):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    registration = dossier.registration
    sentence = _("{name}（{number}）的“{act}”没有发出，请打开这份材料重新处理。")
    whose = str(sentence).replace("{name}", registration.name).replace("{number}", registration.number)
    return HttpResponse(whose, content_type="text/plain; charset=utf-8")


def _ask(
    request: HttpRequest, dossier: Dossier, verb: str, *, form: forms.SeenForm | None, problem: str = ""
) -> HttpResponseBase:
    """The page before the act. Raises Refusal when the rules don't allow it now."""
    bench = workbench(dossier, staff_member(request), now=timezone.now())
    asked = request.POST if request.method == "POST" else request.GET
    _require_reach(bench, VERBS[verb])
    if form is None:
        _require_possible(bench, VERBS[verb], asked.get("verdict", ""))
    verdict = _verdict(VERBS[verb], asked.get("verdict", ""))
    if form is None:
        form = _form(bench, VERBS[verb], None, verdict)
    context = _context(bench, verb, form, verdict, base=base_template(request, "ui/staff_base.html")) | {
        "problem": problem
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "reviewer/act.html", context, status=status)


def _require_reach(bench: Workbench, verb: Verb) -> None:
    """Before anything typed is looked at: what is said of it differs from act to act. Raises Refusal."""
    if not verb.anywhere:
        require_reach(bench.facts.phase, bench.roles)


def _verdict(verb: Verb, given: str) -> Verdict | None:
    """The verdict of the address or the form. Raises Refusal `verdict_needed` where the act is nothing without it."""
    found = next((entry for entry in Verdict if entry == given), None)
    if found is None and verb.action in _WITH_VERDICT:
        raise Refusal("verdict_needed")
    return found


def _require_possible(bench: Workbench, verb: Verb, verdict: str) -> None:
    """Refuse before anything is asked that the rules would refuse afterwards. Raises Refusal."""
    if verb.action is None:
        if not any(bench.may(permission) for permission in verb.needs):
            raise Refusal("not_your_role", action="")
        if verb.leased and not bench.holds_lease:
            raise Refusal("lease_needed")
        return
    wanted = Verdict(verdict) if verb.action in _WITH_VERDICT and verdict in list(Verdict) else None
    offer = bench.offer(verb.action, wanted)
    if offer is None:
        raise Refusal("action_not_possible", phase=bench.phase.value, action=verb.action.value)
    if offer.refused is not None:
        raise offer.refused


def _form(bench: Workbench, verb: Verb, data: Any, verdict: Verdict | None) -> forms.SeenForm:
    first: dict[str, object] = {
        "revision": bench.dossier.revision,
        "verdict": verdict.value if verdict else None,
    }
    request = _open_request(bench) if verb.form is forms.UntilForm else None
    if request is not None and verb.action is Action.EXTEND:
        last_day = timezone.localtime(request.until) - timedelta(seconds=1)
        first |= {"until": last_day.date(), "reason": request.reason}
    if verb.form is forms.DecideForm:
        return forms.DecideForm(data, initial=first, promises_open=bool(bench.facts.open_promises))
    return verb.form(data, initial=first)


def _open_request(bench: Workbench) -> Any:
    return bench.dossier.extension_requests.filter(answered_at=None).first()


def _context(
    bench: Workbench, verb: str, form: forms.SeenForm, verdict: Verdict | None, *, base: str
) -> dict[str, Any]:
    what = VERBS[verb]
    now = timezone.now()
    fails = verdict is Verdict.FAIL
    heading: Text = what.heading if what.action is None else label_of(what.action, _spoken(what, verdict))
    proposal = bench.proposal
    return {
        "base": base,
        "dossier": bench.dossier,
        "bench": bench,
        "verb": verb,
        "heading": heading,
        "lead": what.lead,
        "look": "btn-refuse" if fails else what.look,
        "form": form,
        "goes_on": what.goes_on,
        "back": reverse("reviewer:dossier", args=[bench.dossier.pk]),
        "sendings": presenting.sendings(bench) if what.action in FREEZES_MARKS else [],
        "new_deadline": supplement_deadline(returned_at=now, days=bench.case.intake.supplement_days)
        if what.action is Action.RETURN
        else None,
        "phone": bench.dossier.registration.phone,
        "deadline": bench.case.deadline if what.form is forms.UntilForm else None,
        "promises": [
            presenting.kind_name(item.kind)
            for item in bench.case.items
            if item.kind.code in bench.facts.open_promises
        ],
        "proposal": proposal and {"words": words.PROPOSALS[Verdict(proposal.verdict)], "row": proposal},
        "correction": bench.case.correction if what.action is Action.CONFIRM_CORRECTION else None,
        "correction_words": words.VERDICTS[Verdict(bench.case.correction.verdict)]
        if what.action is Action.CONFIRM_CORRECTION and bench.case.correction
        else "",
        "recheck": bench.case.recheck if what.action is Action.UPHOLD else None,
        "changed": bool(bench.changes),
    }


def _spoken(verb: Verb, verdict: Verdict | None) -> Verdict | None:
    return verdict if verb.action in _WITH_VERDICT else None


def _do(request: HttpRequest, dossier: Dossier, verb: str) -> HttpResponseBase:
    what, staff = VERBS[verb], staff_member(request)
    read(forms.SeenForm(request.POST))
    bench = workbench(dossier, staff, now=timezone.now())
    _require_reach(bench, what)
    verdict = _verdict(what, request.POST.get("verdict", ""))
    form = _form(bench, what, request.POST, verdict)
    if not form.is_valid():
        if by_script(request):
            raise forms.refusal_of(form)
        return _ask(request, dossier, verb, form=form)
    try:
        what.run(dossier.pk, of_staff(staff), form.cleaned_data)
    except Refusal as refusal:
        if status_of(refusal) != HTTPStatus.UNPROCESSABLE_ENTITY or by_script(request):
            raise
        return _ask(request, dossier, verb, form=form, problem=sentence_of(refusal))
    if by_script(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    messages.success(request, str(what.done))
    if what.goes_on is not None and form.cleaned_data["go_on"]:
        return open_next(request, staff, what.goes_on)
    return redirect(_after(dossier, what))


def _after(dossier: Dossier, verb: Verb) -> str:
    """Where to go: back to the list once the dossier left one's hands, else to the dossier."""
    if verb.goes_on is not None or verb.leaves:
        return f"{reverse('reviewer:queue')}?tab={verb.goes_on or Tab.WAITING}"
    return reverse("reviewer:dossier", args=[dossier.pk])
