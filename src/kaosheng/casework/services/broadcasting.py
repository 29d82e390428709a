"""群发: a message to a filtered list. The list knows only what candidates themselves may know."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.jobs.broadcasts import send_broadcast
from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.messages import in_scope
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import State
from kaosheng.notices import services as notices
from kaosheng.notices.models import Mailing, Message
from kaosheng.notices.templates import TEXTS, VARIABLES
from kaosheng.notices.wording import names_in
from kaosheng.regions.models import ExamSite, Intake

GROUPS: Final[dict[str, Q]] = {
    "draft": Q(state=State.DRAFT),
    "returned": Q(state=State.RETURNED),
    "submitted": Q(state__in=[State.AT_SITE, State.AT_AREA, State.DECIDED], release__published_at=None),
    "released": Q(release__published_at__isnull=False),
    "lapsed": Q(state=State.LAPSED),
}
"""What a list may be made of: visible states only, so that a message never tells of a hidden step."""


def recipients(*, intake: Intake, site: ExamSite | None, groups: Collection[str]) -> QuerySet[Dossier]:
    """The dossiers of a filter."""
    wanted = Q(pk__in=())
    for group in groups:
        wanted |= GROUPS[group]
    found = Dossier.objects.filter(wanted, intake=intake).exclude(state=State.WITHDRAWN)
    return found.filter(site=site) if site else found


def variables_of(template: str) -> list[str]:
    """What the sender fills in himself."""
    return [name for name in names_in(TEXTS[template].zh) if name != "exam"]


def broadcast(
    *,
    staff: Staff,
    intake: Intake,
    site: ExamSite | None,
    groups: Collection[str],
    template: str,
    variables: Mapping[str, tuple[str, str]],
    counted: int,
) -> Mailing:
    """Send a text to the list whose size the sender typed; `variables` are the words in Chinese and English.

    Raises Refusal `not_found`, `broadcast_text_unknown`, `broadcast_nobody`, `broadcast_variable` (name, longest),
    `broadcast_count_differs` (expected, counted).
    """
    _require_sender(staff, intake, site)
    _require_text(template, variables)
    with transaction.atomic(durable=True):
        number = recipients(intake=intake, site=site, groups=groups).count()
        _require_counted(number, counted=counted)
        now = timezone.now()
        mailing = Mailing.objects.create(
            about=f"broadcast:{now.isoformat()}:{staff.id}",
            template=template,
            area=intake.area.code,
            site=site.code if site else "",
            wanted={
                "intake": intake.pk,
                "site": site.pk if site else None,
                "groups": sorted(groups),
                "variables": {name: list(words) for name, words in variables.items()},
            },
            expected=number,
            made_by=staff.id,
            created_at=now,
        )
        _record(AuditName.BROADCAST_SENT, staff, mailing, count=number)
        send_broadcast.defer(mailing_id=mailing.pk)
    return mailing


def _require_sender(staff: Staff, intake: Intake, site: ExamSite | None) -> None:
    if intake.area_id in staff.area_ids(Permission.BROADCAST_SEND):
        return
    if site is None or site.pk not in staff.site_ids(Permission.BROADCAST_SEND):
        raise Refusal("not_found")


def _require_text(template: str, variables: Mapping[str, tuple[str, str]]) -> None:
    """A text that may go to a list, with all its words."""
    if template not in TEXTS or not TEXTS[template].broadcast:
        raise Refusal("broadcast_text_unknown")
    for name in variables_of(template):
        known = VARIABLES[name]
        zh, en = variables.get(name, ("", ""))
        for words, longest in ((zh, known.longest_zh), (en, known.longest_en)):
            if not words.strip() or len(words) > longest:
                raise Refusal("broadcast_variable", name=name, longest=longest)


def _require_counted(number: int, *, counted: int) -> None:
    """Somebody, and as many as the sender believes."""
    if not number:
        raise Refusal("broadcast_nobody")
    if number != counted:
        raise Refusal("broadcast_count_differs", expected=number, counted=counted)


def stop(*, staff: Staff, mailing_id: int) -> int:
    """停止发送; how many stay. Raises Refusal `not_found`."""
    with transaction.atomic():
        mailing = _own(staff, mailing_id)
        _record(AuditName.MAILING_STOPPED, staff, mailing)
        return notices.stop_mailing(mailing=mailing, now=timezone.now())


def resume(*, staff: Staff, mailing_id: int) -> int:
    """继续发送; how many. Raises Refusal `not_found`."""
    with transaction.atomic():
        mailing = _own(staff, mailing_id)
        _record(AuditName.MAILING_RESUMED, staff, mailing)
        return notices.resume_mailing(mailing=mailing, now=timezone.now())


def mark_phoned(*, staff: Staff, message_id: UUID) -> None:
    """已电话通知: takes a message off the 未送达 list, once. Raises Refusal `not_found`."""
    found = Message.objects.filter(in_scope(staff, Permission.MESSAGE_VIEW), pk=message_id).first()
    if found is None:
        raise Refusal("not_found")
    with transaction.atomic():
        waiting = Message.objects.filter(pk=found.pk, phoned_at=None)
        if not waiting.update(phoned_at=timezone.now(), phoned_by=staff.user.name):
            return
        kind, _, identifier = found.about.partition(":")
        record(
            AuditName.CANDIDATE_PHONED,
            by=By("staff", staff.id),
            about=(kind, identifier),
            area=found.area,
            site=found.site,
            template=found.template,
        )


def _own(staff: Staff, mailing_id: int) -> Mailing:
    found = Mailing.objects.filter(in_scope(staff, Permission.BROADCAST_SEND), pk=mailing_id).first()
    if found is None:
        raise Refusal("not_found")
    return found


def _record(name: AuditName, staff: Staff, mailing: Mailing, **details: int) -> None:
    record(
        name,
        by=By("staff", staff.id),
        about=("mailing", mailing.about),
        area=mailing.area,
        site=mailing.site,
        template=mailing.template,
        **details,
    )
