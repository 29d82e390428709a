"""Registrations and their dossiers, brought into every state by the services alone."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from factories import people, pictures
from factories.people import Cast
from factories.world import BATCH, FACTS, World, close_window
from kaosheng.accounts.models import User
from kaosheng.casework.models import Conflict, Dossier, Mark, Picture, Release, Return, SiteReview, Submission
from kaosheng.casework.services import actors, clock, closing, deciding, releasing, reviewing, submitting
from kaosheng.casework.services import pictures as picture_services
from kaosheng.casework.services.case import Case
from kaosheng.casework.services.registrations import log_in, receive_registration
from kaosheng.casework.services.reviewing import Note
from kaosheng.casework.services.submitting import picture_list_digest
from kaosheng.domain.places import Manner
from kaosheng.domain.states import State, Verdict
from kaosheng.regions.models import ExamSite, Intake
from kaosheng.registration.models import Candidate, RegistrationVersion

_numbers = itertools.count(1)
_seeds = itertools.count(1000)


# --- registrations -------------------------------------------------------------------------------------------
def payload(
    world: World,
    *,
    number: str = "",
    version: int = 1,
    subject: str = "",
    site: ExamSite | None = None,
    cancelled: bool = False,
    name: str = "样本·艾",
    id_number: str = "",
    batch: str = BATCH,
    **facts: Any,
) -> dict[str, Any]:
    """A registration object as the registration system sends it; further arguments change its facts."""
    number = number or f"13270{next(_numbers):05d}"
    place = site or world.site
    return {
        "number": number,
        "source_version": version,
        "subject": subject or f"subject-{number}",
        "exam_batch": batch,
        "area": place.area.code,
        "site": place.code,
        "cancelled": cancelled,
        "name": name,
        "id_type": "居民身份证",
        "id_number": id_number or f"13999919990101{number[-4:]}",
        "phone": f"1990000{number[-4:]}",
        "facts": {**FACTS, **facts},
    }


def register(world: World, **changes: Any) -> Dossier:
    """A registration whose candidate has logged in once: a DRAFT dossier without pictures."""
    sent = payload(world, **changes)
    log_in(subject=sent["subject"], name=sent["name"], registrations=[sent])
    return again(Dossier.objects.get(registration__number=sent["number"]))


def change_registration(dossier: Dossier, world: World, **changes: Any) -> Dossier:
    """The registration system pushes the next version of this registration with changed facts."""
    registration = again(dossier).registration
    sent = payload(
        world,
        number=registration.number,
        version=registration.source_version + 1,
        subject=registration.subject,
        site=changes.pop("site", dossier.site),
        cancelled=changes.pop("cancelled", False),
        **changes,
    )
    receive_registration(sent, way=RegistrationVersion.Way.PUSH)
    return again(dossier)


def candidate_of(dossier: Dossier) -> Candidate:
    """Its candidate."""
    found = dossier.registration.candidate
    assert found is not None
    return found


def owner(dossier: Dossier) -> actors.Actor:
    """Its candidate as an actor."""
    return actors.of_candidate(candidate_of(dossier))


def again(dossier: Dossier) -> Dossier:
    """The dossier read afresh with its surroundings."""
    return Dossier.objects.select_related("registration__candidate", "intake__area", "site", "release").get(
        pk=dossier.pk
    )


# --- pictures and submitting ---------------------------------------------------------------------------------
def upload(
    dossier: Dossier,
    kind: str = "M01",
    position: int | None = None,
    *,
    seed: int | None = None,
    key: str = "",
) -> Picture:
    """One picture by the candidate; each another one."""
    return picture_services.add_picture(
        dossier_id=dossier.pk,
        actor=owner(dossier),
        kind=kind,
        position=position,
        data=pictures.jpeg(next(_seeds) if seed is None else seed),
        idempotency_key=key or str(uuid4()),
    )


def fill(dossier: Dossier) -> Dossier:
    """Upload what the checklist still asks for; of a group its first kind."""
    case = Case(again(dossier), arrived_at=timezone.now(), now=timezone.now())
    while missing := case.missing():
        item = case.item(missing[0])
        there = sum(1 for picture in case.pictures if picture.kind == item.kind.code)
        for _ in range(item.minimum - there):
            upload(dossier, item.kind.code)
        case = Case(again(dossier), arrived_at=timezone.now(), now=timezone.now())
    return again(dossier)


def promise(dossier: Dossier, kind: str = "M03") -> Dossier:
    """暂时无法提供: one kind comes later."""
    submitting.promise(
        dossier_id=dossier.pk,
        actor=owner(dossier),
        kind=kind,
        due_on=timezone.localdate() + timedelta(days=9),
        note="补办中",
    )
    return again(dossier)


def submit(dossier: Dossier) -> Submission:
    """提交审核 as the candidate."""
    seen = picture_list_digest(dossier.pictures.filter(hidden_at=None))
    return submitting.submit(
        dossier_id=dossier.pk,
        actor=owner(dossier),
        seen_list=seen,
        commitment=dossier.intake.commitment_version,
    )


# --- reviewing -----------------------------------------------------------------------------------------------
def take(dossier: Dossier, by: User) -> Dossier:
    """领取."""
    reviewing.take(dossier_id=dossier.pk, actor=people.actor(by))
    return again(dossier)


def mark(dossier: Dossier, by: User, note: Note) -> Mark:
    """One mark by the holder."""
    return reviewing.set_mark(
        dossier_id=dossier.pk, actor=people.actor(by), seen_revision=again(dossier).revision, note=note
    )


def accept_all(dossier: Dossier, by: User) -> Dossier:
    """合格 on every picture."""
    for picture in dossier.pictures.filter(hidden_at=None):
        mark(dossier, by, Note(kind=picture.kind, position=picture.position, verdict=Mark.Verdict.ACCEPTED))
    return again(dossier)


def replace_note(
    kind: str = "M01",
    position: int = 1,
    *,
    text: str = "请重新拍照。",
    manner: Manner = Manner.ONLINE,
    **more: Any,
) -> Note:
    """需更换 on a picture."""
    return Note(kind=kind, position=position, verdict=Mark.Verdict.REPLACE, text=text, manner=manner, **more)


def missing_note(kind: str, *, text: str = "请补充。", manner: Manner = Manner.ONLINE) -> Note:
    """缺少 a kind."""
    return Note(kind=kind, verdict=Mark.Verdict.MISSING, text=text, manner=manner)


def return_(dossier: Dossier, by: User, *notes: Note) -> Return:
    """退回补充 with these notes; the other pictures are 合格."""
    take(dossier, by)
    accept_all(dossier, by)
    for note in notes or (replace_note(),):
        mark(dossier, by, note)
    return reviewing.return_to_candidate(
        dossier_id=dossier.pk, actor=people.actor(by), seen_revision=again(dossier).revision
    )


def replace(dossier: Dossier, kind: str = "M01", position: int = 1) -> Picture:
    """Delete what stands in a place and upload another picture there."""
    for standing in dossier.pictures.filter(kind=kind, position=position, hidden_at=None):
        picture_services.delete_picture(dossier_id=dossier.pk, picture_id=standing.pk, actor=owner(dossier))
    return upload(dossier, kind, position)


def overdue(dossier: Dossier) -> Dossier:
    """逾期未补充: the days of its return are over."""
    Dossier.objects.filter(pk=dossier.pk).update(deadline=timezone.now() - timedelta(minutes=5))
    clock.overdue(dossier_id=dossier.pk)
    return again(dossier)


def forward(dossier: Dossier, by: User, *, verdict: Verdict = Verdict.PASS, reason: str = "") -> Dossier:
    """建议通过 / 建议不通过."""
    take(dossier, by)
    accept_all(dossier, by)
    reviewing.forward(
        dossier_id=dossier.pk,
        actor=people.actor(by),
        seen_revision=again(dossier).revision,
        recommendation=verdict,
        reason=reason or ("" if verdict is Verdict.PASS else "试用期不足一年。"),
    )
    return again(dossier)


def decide(dossier: Dossier, by: User, *, opinion: str = "") -> Dossier:
    """通过 by one area reviewer."""
    take(dossier, by)
    deciding.decide_pass(
        dossier_id=dossier.pk, actor=people.actor(by), seen_revision=again(dossier).revision, opinion=opinion
    )
    return again(dossier)


def propose(
    dossier: Dossier,
    by: User,
    *,
    verdict: Verdict = Verdict.FAIL,
    opinion: str = "试用期不足一年。",
    waiver: str = "",
) -> Dossier:
    """提议."""
    take(dossier, by)
    deciding.propose(
        dossier_id=dossier.pk,
        actor=people.actor(by),
        seen_revision=again(dossier).revision,
        verdict=verdict,
        opinion=opinion,
        waiver=waiver,
    )
    return again(dossier)


def confirm(dossier: Dossier, by: User) -> Dossier:
    """确认 another's proposal."""
    take(dossier, by)
    deciding.confirm(dossier_id=dossier.pk, actor=people.actor(by), seen_revision=again(dossier).revision)
    return again(dossier)


def declare_conflict(dossier: Dossier, by: User) -> Conflict:
    """回避 of somebody who may not even handle dossiers: it counts for every list he reads."""
    return Conflict.objects.create(registration=dossier.registration, by=by, reason="亲属", at=timezone.now())


# --- the end -------------------------------------------------------------------------------------------------
def release(intake: Intake, by: User) -> Release:
    """公布 everything that is decided; the rest are late cases."""
    staff = people.staff(by)
    late = {entry.pk: "仍在审核" for entry in releasing.release_blockers(intake=intake, now=timezone.now())}
    prepared = releasing.prepare_release(intake=intake, staff=staff, late_cases=late)
    return releasing.publish_release(release=prepared, staff=staff, counted=prepared.dossiers.count())


def close_site(intake: Intake, site: ExamSite, by: User) -> SiteReview:
    """考点审核结束, with the number that stands on the page."""
    counted = closing.passed_by_closing(intake=intake, site=site).count()
    return closing.close_site(intake=intake, site=site, staff=people.staff(by), counted=counted)


def lapse(dossier: Dossier) -> Dossier:
    """逾期未提交: the intake's window ends for everybody in it."""
    close_window(dossier.intake)
    clock.lapse(dossier_id=dossier.pk)
    return again(dossier)


def brought_to(
    world: World, state: State | str, *, cast: Cast, verdict: Verdict = Verdict.PASS, **changes: Any
) -> Dossier:
    """A dossier in this state; "released" besides the stored ones."""
    dossier = register(world, **changes)
    road: Sequence[str] = {
        State.DRAFT: (),
        State.AT_SITE: ("submit",),
        State.RETURNED: ("submit", "return"),
        State.AT_AREA: ("submit", "forward"),
        State.DECIDED: ("submit", "forward", "decide"),
        "released": ("submit", "forward", "decide", "release"),
        State.LAPSED: ("lapse",),
        State.WITHDRAWN: ("withdraw",),
    }[state]
    for stretch in road:
        _go(dossier, stretch, world, cast, verdict)
    return again(dossier)


def _go(dossier: Dossier, stretch: str, world: World, cast: Cast, verdict: Verdict) -> None:
    if stretch == "submit":
        submit(fill(dossier))
    elif stretch == "return":
        return_(dossier, cast.chen)
    elif stretch == "forward":
        forward(dossier, cast.chen, verdict=verdict)
    elif stretch == "decide":
        _decide(dossier, cast, verdict)
    elif stretch == "release":
        release(dossier.intake, cast.jiang)
    elif stretch == "lapse":
        lapse(dossier)
    else:
        change_registration(dossier, world, cancelled=True)


def _decide(dossier: Dossier, cast: Cast, verdict: Verdict) -> None:
    if verdict is Verdict.PASS:
        decide(dossier, cast.gao)
    else:
        propose(dossier, cast.gao)
        confirm(dossier, cast.he)
