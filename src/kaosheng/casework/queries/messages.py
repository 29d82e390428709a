"""What was said to candidates: the inbox, a dossier's messages, who wasn't reached, counts, mass sending."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.lines import own_conflicts
from kaosheng.domain.roles import Permission
from kaosheng.notices.models import Mailing, Message, Notice

DOSSIER = "dossier:"


def case_messages(dossier: Dossier) -> QuerySet[Message]:
    """Everything said about a dossier, the newest first, with its ways."""
    return (
        Message.objects.filter(about=f"{DOSSIER}{dossier.pk}")
        .prefetch_related(_with_its_ways())
        .order_by("-created_at", "pk")
    )


def _with_its_ways() -> Prefetch[Any]:
    return Prefetch("notices", Notice.objects.order_by("rank"))


def unread_messages() -> Coalesce:
    """How many messages of a dossier the candidate hasn't opened, as a part of the query that reads it."""
    code = Concat(Value(DOSSIER), Cast(OuterRef("pk"), CharField()))
    unread = Message.objects.filter(about=code, read_at=None).order_by().values("about")
    return Coalesce(Subquery(unread.annotate(number=Count("pk")).values("number")), 0)


def in_scope(staff: Staff, permission: Permission) -> Q:
    """Messages and mailings of the areas and sites this permission reaches; grants have their places with them."""
    areas, sites = staff.area_ids(permission), staff.site_ids(permission)
    reached = Q(area__in=sorted({one.area.code for one in staff.grants if one.area and one.area_id in areas}))
    for grant in staff.grants:
        if grant.area and grant.site and grant.site_id in sites:
            reached |= Q(area=grant.area.code, site=grant.site.code)
    return reached


def unreached(staff: Staff) -> QuerySet[Message]:
    """Messages about dossiers that arrived by no way and whose candidate nobody has telephoned, oldest first.

    Whoever declared a conflict of interest with somebody doesn't see what that person was told.
    """
    code = Concat(Value(DOSSIER), Cast("registration__dossier__pk", CharField()))
    return (
        Message.objects.filter(
            in_scope(staff, Permission.MESSAGE_VIEW),
            about__startswith=DOSSIER,
            unreached_at__isnull=False,
            phoned_at=None,
        )
        .exclude(about__in=own_conflicts(staff).values_list(code))
        .prefetch_related(_with_its_ways())
        .order_by("unreached_at", "pk")
    )


def dossiers_of(messages: Iterable[Message]) -> dict[str, Dossier]:
    """The dossiers these messages are about, by code."""
    ids = [UUID(message.about.removeprefix(DOSSIER)) for message in messages]
    found = Dossier.objects.filter(pk__in=ids).select_related("registration__candidate", "site")
    return {f"{DOSSIER}{dossier.pk}": dossier for dossier in found}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages of one text there are, and what became of them."""

    template: str
    total: int
    waiting: int
    accepted: int
    delivered: int
    unreached: int
    read: int


def statistics(staff: Staff) -> list[Counts]:
    """Counts by text, the most frequent first; a message counts once however many ways it has."""

    def some(*states: Notice.State) -> Exists:
        return Exists(Notice.objects.filter(message=OuterRef("pk"), state__in=states))

    rows = (
        Message.objects.filter(in_scope(staff, Permission.MESSAGE_VIEW), about__startswith=DOSSIER)
        .annotate(
            is_delivered=some(Notice.State.DELIVERED),
            is_accepted=some(Notice.State.ACCEPTED),
            is_waiting=some(Notice.State.QUEUED, Notice.State.SENDING, Notice.State.STOPPED),
        )
        .values("template")
        .annotate(
            total=Count("pk"),
            delivered=Count("pk", filter=Q(is_delivered=True)),
            accepted=Count("pk", filter=Q(is_delivered=False, is_accepted=True)),
            waiting=Count("pk", filter=Q(is_delivered=False, is_accepted=False, is_waiting=True)),
            unreached=Count("pk", filter=Q(unreached_at__isnull=False)),
            read=Count("pk", filter=Q(read_at__isnull=False)),
        )
        .order_by("-total", "template")
    )
    return [Counts(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class MailingProgress:
    """How far a mailing is."""

    mailing: Mailing
    made: int
    handed_over: int
    failed: int
    left: int


def mailings(staff: Staff) -> QuerySet[Mailing]:
    """Mass sending in scope, the newest first."""
    return Mailing.objects.filter(in_scope(staff, Permission.MESSAGE_VIEW)).order_by("-created_at")


def progress_of(mailings: Iterable[Mailing]) -> list[MailingProgress]:
    """How far each is, in two queries."""
    rows = list(mailings)
    made = dict(
        Message.objects.filter(mailing__in=rows).values_list("mailing").annotate(Count("pk")).order_by()
    )
    counted = {
        row["message__mailing"]: row
        for row in Notice.objects.filter(message__mailing__in=rows)
        .values("message__mailing")
        .annotate(
            handed_over=Count("pk", filter=Q(state__in=[Notice.State.ACCEPTED, Notice.State.DELIVERED])),
            failed=Count("pk", filter=Q(state=Notice.State.FAILED)),
            left=Count(
                "pk", filter=Q(state__in=[Notice.State.QUEUED, Notice.State.SENDING, Notice.State.STOPPED])
            ),
        )
    }
    nothing = {"handed_over": 0, "failed": 0, "left": 0}
    return [
        MailingProgress(
            mailing=mailing,
            made=made.get(mailing.pk, 0),
            **{name: counted.get(mailing.pk, nothing)[name] for name in nothing},
        )
        for mailing in rows
    ]
