"""What the registration system says, and what it does to dossiers (docs/registration-system.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import event_of, record, record_all
from kaosheng.casework.models import Dossier
from kaosheng.casework.services import binding, locks
from kaosheng.casework.services.actors import GATEWAY, of_candidate
from kaosheng.casework.services.announcing import announce_visible_change, tell_candidate
from kaosheng.casework.services.case import Case
from kaosheng.casework.services.lining import place_in_line
from kaosheng.casework.services.opening import open_short_kinds
from kaosheng.domain import materials, places
from kaosheng.domain.deadlines import supplement_deadline
from kaosheng.domain.dossier import ROWS
from kaosheng.domain.errors import Refusal
from kaosheng.domain.states import Action, State
from kaosheng.regions.models import ExamSite, Intake
from kaosheng.registration import gateway
from kaosheng.registration.gateway import Received
from kaosheng.registration.models import Candidate, Registration, RegistrationVersion

_IN_REVIEW = frozenset({State.AT_SITE.value, State.AT_AREA.value, State.DECIDED.value})
_SEEN_BY_REVIEWERS = _IN_REVIEW | {State.RETURNED.value}
"""States, also before a cancellation, in which a reviewer must be shown what changed since."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a received object: `applied` is False for a version we already have."""

    registration: Registration
    applied: bool


def receive_registration(payload: object, *, way: RegistrationVersion.Way) -> Answer:
    """Apply one registration object: create registration and dossier, or change them, or ignore an old version.

    Raises Refusal `registration_not_understood`, `intake_unknown`, `site_unknown`, `intake_differs`,
    `imported_id_differs` (claims only: nothing is bound or changed).
    """
    received = gateway.parse(payload)
    intake, site = gateway.find_place(received)
    return apply_received(received, intake=intake, site=site, way=way)


def apply_received(
    received: Received, *, intake: Intake, site: ExamSite, way: RegistrationVersion.Way
) -> Answer:
    """Apply what was understood already; raises as `receive_registration`."""
    with transaction.atomic(durable=True):
        locks.share_intake(intake.pk)
        lock_numbers([received.number])
        known = Registration.objects.select_for_update(of=("self",)).filter(number=received.number).first()
        if known is None:
            registration = gateway.store_new(received, intake=intake, site=site, way=way)
            create_dossiers([registration])
            return Answer(registration, applied=True)
        if known.intake_id != intake.pk:
            raise Refusal("intake_differs", number=known.number)
        if way is RegistrationVersion.Way.CLAIMS and not gateway.may_bind(known, received):
            raise Refusal("imported_id_differs", number=known.number)
        if not known.subject and received.subject:
            binding.settle_agreed(known)
        if received.source_version <= known.source_version:
            gateway.bind(known, received)
            return Answer(known, applied=False)
        change_registration(known, received, site, way)
        return Answer(known, applied=True)


def lock_numbers(numbers: list[str]) -> None:
    """First arrivals of one registration wait for each other; there is no row to lock yet."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(n, 1)) FROM unnest(%s::text[]) AS n",
            [sorted(numbers)],
        )


def create_dossiers(registrations: list[Registration]) -> None:
    """A DRAFT dossier for each registration just stored, in the same transaction."""
    now = timezone.now()
    dossiers = [
        Dossier(
            registration=registration,
            intake=registration.intake,
            site=registration.site,
            state=State.WITHDRAWN if registration.is_cancelled else State.DRAFT,
            before_cancellation=State.DRAFT if registration.is_cancelled else "",
            state_since=now,
            created_at=now,
            acknowledged_version=registration.source_version,
        )
        for registration in registrations
    ]
    Dossier.objects.bulk_create(dossiers)
    record_all(
        [
            event_of(
                AuditName.DOSSIER_CREATED,
                by=GATEWAY.by,
                about=("dossier", str(dossier.pk)),
                area=dossier.intake.area.code,
                site=dossier.site.code,
            )
            for dossier in dossiers
        ]
    )


def change_registration(
    known: Registration, received: Received, site: ExamSite, way: RegistrationVersion.Way
) -> None:
    """Apply an object to a registration whose locks are held, and to its dossier."""
    dossier = locks.lock_dossier(known.dossier.pk)
    dossier.registration = known
    now = timezone.now()
    case = Case(dossier, arrived_at=now, now=now)
    before_items, before_version = case.items, known.source_version
    substantial = gateway.differs(known, received)
    was_cancelled = known.is_cancelled
    gateway.store_newer(known, received, site=site, way=way)
    if known.is_cancelled and not was_cancelled:
        _cancel(case)
    elif was_cancelled and not known.is_cancelled:
        _restore(case)
    if substantial:
        _apply_change(case, before_items, before_version)
    if dossier.site_id != known.site_id:
        dossier.site = known.site
        case.drop_lease()
    case.record(
        AuditName.REGISTRATION_RECEIVED, GATEWAY, source_version=received.source_version, way=way.value
    )
    place_in_line(case)
    dossier.save()
    announce_visible_change(case)


def _cancel(case: Case) -> None:
    if (case.phase, Action.REGISTRATION_CANCELLED) not in ROWS:
        return
    before = case.dossier.state
    case.step(Action.REGISTRATION_CANCELLED, GATEWAY)
    case.dossier.before_cancellation = before
    case.dossier.release = None
    tell_candidate(case, "registration_cancelled")


def _restore(case: Case) -> None:
    if (case.phase, Action.REGISTRATION_RESTORED) not in ROWS:
        return
    case.step(Action.REGISTRATION_RESTORED, GATEWAY)
    case.dossier.before_cancellation = ""
    if case.dossier.state == State.RETURNED and case.dossier.changed_since is not None:
        _reopen_for(case, materials.difference(_items_at(case, case.dossier.changed_since), case.items))
    waits = case.dossier.state in {State.DRAFT, State.RETURNED}
    if waits and case.deadline <= case.now:
        case.dossier.deadline = supplement_deadline(returned_at=case.now, days=case.intake.supplement_days)
    tell_candidate(case, "registration_restored")


def _items_at(case: Case, version: int) -> tuple[materials.Item, ...]:
    """The checklist as it was for an earlier version of the registration."""
    then = RegistrationVersion.objects.get(registration=case.registration, source_version=version)
    return materials.checklist(case.catalogue, then.facts)


def _apply_change(case: Case, before_items: tuple[materials.Item, ...], before_version: int) -> None:
    in_review = case.dossier.state in _IN_REVIEW and not case.is_released
    case.step(Action.REGISTRATION_CHANGED, GATEWAY)
    changes = materials.difference(before_items, case.items)
    standing = case.dossier.before_cancellation or case.dossier.state
    if standing in _SEEN_BY_REVIEWERS and not case.is_released and case.dossier.changed_since is None:
        case.dossier.changed_since = before_version
    if in_review:
        case.dossier.release = None
        tell_candidate(case, "registration_changed")
    elif case.dossier.state in {State.DRAFT, State.RETURNED}:
        if case.dossier.state == State.RETURNED:
            _reopen_for(case, changes)
        if changes:
            tell_candidate(case, "checklist_changed")


def _reopen_for(case: Case, changes: materials.Difference) -> None:
    """While returned: open empty places of kinds now below their minimum, stop asking for needless kinds."""
    if case.returned is None:
        return
    kept = places.asked_after_change(case.asked, no_longer_asked=frozenset(changes.no_longer_asked))
    for row, place in zip(case.asked_rows, case.asked, strict=True):
        if place not in kept:
            row.dropped_at = case.now
            row.save(update_fields=["dropped_at"])
    open_short_kinds(case, case.returned)


def log_in(*, subject: str, name: str, registrations: list[object], now: datetime | None = None) -> Candidate:
    """A candidate arrived with the registration system's word for who he is: apply his claims, bind them to him.

    Objects of intakes we don't carry are left aside: they belong to another 考区. One whose ID number differs
    from an imported registration's isn't applied and becomes a task of the office. Each claim is a transaction of its
    own; the person, what is his and the log-in in the trail are one. Raises Refusal `registration_not_understood`:
    then nobody has logged in.
    """
    _apply_claims(subject, registrations)
    with transaction.atomic(durable=True):
        candidate, _created = Candidate.objects.update_or_create(
            subject=subject, defaults={"name": name, "last_login_at": now or timezone.now()}
        )
        Registration.objects.filter(subject=subject, candidate=None).update(candidate=candidate)
        record(
            AuditName.CANDIDATE_LOGGED_IN,
            by=of_candidate(candidate).by,
            about=("candidate", str(candidate.pk)),
        )
    return candidate


def _apply_claims(subject: str, registrations: list[object]) -> None:
    for payload in registrations:
        try:
            receive_registration(payload, way=RegistrationVersion.Way.CLAIMS)
        except Refusal as refusal:
            if refusal.code == "imported_id_differs":
                binding.note_conflict(subject=subject, payload=payload)
            elif refusal.code not in {"intake_unknown", "site_unknown", "intake_differs"}:
                raise


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a reconciliation found: objects seen and applied, and the numbers of those that were refused."""

    seen: int
    applied: int
    refused: tuple[str, ...]


def pull_all(*, area: str, exam_batch: str) -> Pulled:
    """Reconcile an intake with the registration system; one refused registration doesn't hide the others."""
    seen = applied = 0
    refused: list[str] = []
    after: str | None = ""
    while after is not None:
        page, after = gateway.pull_page(area=area, exam_batch=exam_batch, after=after)
        for payload in page:
            seen += 1
            try:
                applied += receive_registration(payload, way=RegistrationVersion.Way.PULL).applied
            except Refusal as refusal:
                number = payload.get("number", "") if isinstance(payload, dict) else ""
                refused.append(f"{number} {refusal.code}")
    return Pulled(seen=seen, applied=applied, refused=tuple(refused))
