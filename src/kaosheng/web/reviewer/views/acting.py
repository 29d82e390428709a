"""The verbs that move a dossier: a page that shows what will be sent, and the act itself."""

from __future__ import annotations

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
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.around import stepped_on
from kaosheng.casework.queries.lines import Tab
from kaosheng.casework.queries.workbench import Workbench, workbench
from kaosheng.casework.services.actors import of_staff
from kaosheng.domain.deadlines import supplement_deadline
from kaosheng.domain.dossier import FREEZES_MARKS, require_reach
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import Action, Verdict
from kaosheng.web.access import for_staff, staff_dossier, staff_member
from kaosheng.web.reviewer import forms, presenting, words
from kaosheng.web.reviewer.acts import label_of
from kaosheng.web.reviewer.answers import by_script, read, shows_present_state
from kaosheng.web.reviewer.verbs import VERBS, Text, Verb
from kaosheng.web.reviewer.views.queue import open_next
from kaosheng.web.ui.messages import sentence_of, status_of
from kaosheng.web.ui.page import base_template

_WITH_VERDICT: Final = frozenset({Action.FORWARD, Action.PROPOSE})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.DOSSIER_VIEW)
@shows_present_state
def act(request: HttpRequest, dossier_id: UUID, verb: str) -> HttpResponseBase:
    """GET asks, with everything shown that will be sent, unless the page it comes from is old; POST does it."""
    dossier = staff_dossier(request, dossier_id)
    if request.method == "POST":
        return _do(request, dossier, verb)
    if request.GET.get("revision", str(dossier.revision)) != str(dossier.revision):
        raise Refusal("stale_revision")
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
        "phone": bench.dossier.registration.phone_for_messages,
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
