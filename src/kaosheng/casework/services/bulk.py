"""批量处理: forward or decide a filtered list, one dossier and one transaction at a time.

What is left out, and why, is found out for the preview and once more under each dossier's lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from kaosheng.accounts.models import User
from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.jobs.bulk import carry_out_run
from kaosheng.casework.models import (
    BulkItem,
    BulkRun,
    Dossier,
    Mark,
    RegistrationDoubt,
)
from kaosheng.casework.queries.twins import with_twins
from kaosheng.casework.services.actors import Actor, of_staff
from kaosheng.casework.services.case import Case
from kaosheng.casework.services.deciding import pass_alone
from kaosheng.casework.services.dossier_around import DossierAround
from kaosheng.casework.services.facts import facts_of
from kaosheng.casework.services.reviewing import REVIEWERS
from kaosheng.casework.services.surveying import survey
from kaosheng.casework.services.write_path import open_case
from kaosheng.domain.dossier import Request, decide
from kaosheng.domain.errors import Refusal
from kaosheng.domain.states import Action, Phase, Verdict

AT_MOST: Final = 200
"""Dossiers done in one run: as many as somebody can answer for by looking at a list."""

LOOKED_AT: Final = 2_000
"""Dossiers a preview walks through at most to find them."""

PAGE: Final = 200
"""Of which so many are read at once."""

FAILED: Final = "bulk_failed"
STILL_AFTER: Final = timedelta(minutes=1)

ACTIONS: Final = {BulkRun.Act.FORWARD.value: Action.FORWARD, BulkRun.Act.DECIDE.value: Action.DECIDE}


def preview(*, staff: Staff, act: BulkRun.Act, dossiers: Iterable[Dossier]) -> BulkRun:
    """Keep what would happen to these dossiers: done, or left out by which rule. Nothing is done yet.

    It goes on behind those left out until AT_MOST are found that can be done, however many of the first can't.
    """
    now = timezone.now()
    rest, room = iter(dossiers), AT_MOST
    with transaction.atomic():
        run = BulkRun.objects.create(by=staff.user, act=act, created_at=now)
        while room and (page := list(islice(rest, PAGE))):
            items = _items(run, page, of_staff(staff), room=room, now=now)
            room -= sum(not item.excluded for item in items)
            BulkItem.objects.bulk_create(items)
    return run


def _items(run: BulkRun, page: list[Dossier], actor: Actor, *, room: int, now: datetime) -> list[BulkItem]:
    """What would happen to each, up to the last there is room for."""
    for_people = _for_people([dossier.pk for dossier in page])
    items: list[BulkItem] = []
    for case in survey(page, now=now):
        if not room:
            break
        dossier = case.dossier
        excluded = _left_out(case, actor, ACTIONS[run.act]) or for_people.get(dossier.pk, "")
        room -= not excluded
        items.append(BulkItem(run=run, dossier=dossier, revision=dossier.revision, excluded=excluded))
    return items


def confirm(*, run: BulkRun, staff: Staff, counted: int) -> None:
    """One confirmation, with the number typed: the job begins.

    Raises Refusal `not_found` for somebody else's run, `bulk_empty`, `bulk_count_differs`.
    """
    with transaction.atomic():
        run = BulkRun.objects.select_for_update().get(pk=run.pk)
        if run.by_id != staff.user.pk:
            raise Refusal("not_found")
        if run.confirmed_at is not None:
            return
        waiting = waiting_items(run).count()
        if not waiting:
            raise Refusal("bulk_empty")
        if counted != waiting:
            raise Refusal("bulk_count_differs", counted=counted, expected=waiting)
        run.confirmed_at = timezone.now()
        run.save(update_fields=["confirmed_at"])
        _record(AuditName.BULK_CONFIRMED, run, act=run.act, count=waiting)
        carry_out_run.defer(run_id=run.pk)


def waiting_items(run: BulkRun) -> QuerySet[BulkItem]:
    """What is still to be done."""
    return run.items.filter(excluded="", done_at=None)


def carry_out(*, item_id: int) -> None:
    """Do one dossier of a confirmed run, in a transaction and with a lease of its own; or note the rule that stops it.

    It is done by whoever confirmed the run, with the account and the roles he has at this moment. Doing it again
    changes nothing: a finished or stopped item is left alone.
    """
    item = BulkItem.objects.select_related("run").get(pk=item_id)
    action = ACTIONS[item.run.act]
    try:
        with open_case(item.dossier_id) as case:
            item = BulkItem.objects.select_for_update(of=("self",)).select_related("run").get(pk=item_id)
            if item.done_at is not None or item.excluded:
                return
            actor = _owner_now(item.run)
            _require_undisturbed(case, item, actor, action)
            _act(case, actor, action)
            item.done_at = case.now
            item.save(update_fields=["done_at"])
    except Refusal as refusal:
        BulkItem.objects.filter(pk=item_id, done_at=None).update(excluded=refusal.code)


def note_failure(*, item_id: int) -> None:
    """Carrying out one item failed in a way no rule foresees; nothing of it was stored."""
    BulkItem.objects.filter(pk=item_id, done_at=None).update(excluded=FAILED)


def resume(*, run: BulkRun, staff: Staff) -> None:
    """继续 a confirmed run that stands still: what failed is tried again, and what still waits is done.

    Raises Refusal `not_found` for somebody else's run, `bulk_empty` when nothing is left to do.
    """
    with transaction.atomic():
        run = BulkRun.objects.select_for_update().get(pk=run.pk)
        if run.by_id != staff.user.pk or run.confirmed_at is None:
            raise Refusal("not_found")
        run.items.filter(excluded=FAILED).update(excluded="")
        waiting = waiting_items(run).count()
        if not waiting:
            raise Refusal("bulk_empty")
        BulkRun.objects.filter(pk=run.pk).update(finished_at=None)
        _record(AuditName.BULK_RESUMED, run, act=run.act, count=waiting)
        carry_out_run.defer(run_id=run.pk)


def stands_still(run: BulkRun) -> bool:
    """Whether a confirmed run may be resumed: something failed, or something waits and nothing was done for a while."""
    if run.confirmed_at is None:
        return False
    if run.items.filter(excluded=FAILED).exists():
        return True
    last = run.items.aggregate(last=Max("done_at"))["last"] or run.confirmed_at
    return waiting_items(run).exists() and last < timezone.now() - STILL_AFTER


def _record(name: AuditName, run: BulkRun, **details: Any) -> None:
    record(name, by=By("staff", str(run.by_id)), about=("bulk", str(run.pk)), **details)


def finish(run_id: int) -> None:
    """The run is done once nothing waits any more."""
    run = BulkRun.objects.get(pk=run_id)
    if run.finished_at is None and not waiting_items(run).exists():
        done = run.items.filter(done_at__isnull=False).count()
        with transaction.atomic():
            BulkRun.objects.filter(pk=run.pk).update(finished_at=timezone.now())
            stopped = run.items.exclude(excluded="").count()
            _record(AuditName.BULK_FINISHED, run, done=done, stopped=stopped)


def _owner_now(run: BulkRun) -> Actor:
    """Whoever confirmed the run, read afresh: hours may lie between. Raises Refusal `bulk_account_disabled`."""
    user = User.objects.get(pk=run.by_id)
    if not user.is_active:
        raise Refusal("bulk_account_disabled")
    return of_staff(Staff.of(user))


def _require_undisturbed(case: Case, item: BulkItem, actor: Actor, action: Action) -> None:
    """Nothing happened since the preview, and no rule leaves it out now. Raises Refusal."""
    case.require_revision(item.revision)
    if REVIEWERS.get(case.dossier.state) not in actor.roles_for(case.dossier):
        raise Refusal("bulk_role_withdrawn")
    left_out = _left_out(case, actor, action) or _for_people([item.dossier_id]).get(item.dossier_id, "")
    if left_out:
        raise Refusal(left_out)


def _act(case: Case, actor: Actor, action: Action) -> None:
    case.put_in_hands_of(actor.person)
    if action is Action.DECIDE:
        pass_alone(case, actor)
    else:
        case.step(action, actor, verdict=Verdict.PASS)


def _left_out(case: DossierAround, actor: Actor, action: Action) -> str:
    """The rule by which a dossier isn't done in a batch; empty when it is."""
    try:
        roles = case.roles_of(actor)
        if case.lease is not None and not case.holds_lease(actor):
            return "taken_by_another"
        if case.is_held:
            return "on_hold"
        facts = facts_of(case)
        if facts.phase is Phase.PROPOSED:
            return "proposal_pending"
        request = Request(
            actor=str(actor.person.pk),
            roles=roles,
            holds_lease=True,
            verdict=Verdict.PASS,
            reason="",
            waiver="",
        )
        decide(facts, action, request)
    except Refusal as refusal:
        return refusal.code
    return _needs_a_person(case)


def _needs_a_person(case: DossierAround) -> str:
    """What the table would allow and a batch doesn't: somebody has to look."""
    if case.dossier.changed_since is not None:
        return "registration_flagged"
    if any(mark.verdict != Mark.Verdict.ACCEPTED for mark in case.draft_marks()):
        return "asks_something"
    last = case.brought_here
    if last is not None and last.action == Action.FORWARD:
        return "recommended_fail" if last.verdict == Verdict.FAIL else ""
    if last is not None and last.action == Action.SUBMIT and case.returned is None:
        return ""
    return "came_back"


def _for_people(dossiers: list[UUID]) -> dict[UUID, str]:
    """The same, of what stands around them: asked once for the whole list."""
    doubted = RegistrationDoubt.objects.filter(dossier__in=dossiers, answered_at=None)
    return {
        **dict.fromkeys(doubted.values_list("dossier", flat=True), "registration_doubted"),
        **dict.fromkeys(with_twins(dossiers), "picture_used_twice"),
    }


def own_run(run_id: int, staff: Staff) -> BulkRun:
    """A run of one's own. Raises Refusal `not_found`."""
    run = BulkRun.objects.filter(pk=run_id, by=staff.user).first()
    if run is None:
        raise Refusal("not_found")
    return run
