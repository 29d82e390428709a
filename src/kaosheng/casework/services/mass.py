"""Telling thousands at once: reports and messages in chunks, each under the locks of the one write path."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from procrastinate.types import JSONDict

from kaosheng.casework.jobs.status import push_status
from kaosheng.casework.models import Dossier, StatusPush
from kaosheng.casework.queries.visible import visible_of_many
from kaosheng.casework.services import locks
from kaosheng.casework.services.addressing import Variables, letters_to
from kaosheng.casework.services.announcing import next_report
from kaosheng.domain.visibility import Visible, VisibleState
from kaosheng.notices.models import Mailing
from kaosheng.notices.services import post

CHUNK: Final = 1_000


def announce_chunk(
    ids: Sequence[UUID], *, template: str, occasion: str, only: VisibleState | None = None, mailing: Mailing
) -> None:
    """Reports for those whose visible state differs from the last, and one message each.

    With `only`, messages go to those who may see that state. Running it twice tells nobody twice. Nobody waits
    for another's lock in here: dossiers are locked alone, in the order of their ids, after the intake's share.
    """
    with _collected_afterwards(), transaction.atomic(durable=True):
        locks.share_intake(Dossier.objects.values_list("intake_id", flat=True).get(pk=ids[0]))
        dossiers = list(_surrounded(ids).select_for_update(of=("self",)))
        now = timezone.now()
        visible = visible_of_many(dossiers, now=now)
        _report(dossiers, visible)
        told = [dossier for dossier in dossiers if only in (None, visible[dossier.pk].state)]
        post(letters_to(told, template, occasion=occasion), mailing=_held(mailing), now=now)


def tell_chunk(
    ids: Sequence[UUID], *, template: str, occasion: str, variables: Variables, mailing: Mailing
) -> None:
    """One message each, about nothing that changed in the dossier."""
    with _collected_afterwards(), transaction.atomic(durable=True):
        dossiers = list(_surrounded(ids))
        letters = letters_to(dossiers, template, occasion=occasion, variables=variables)
        post(letters, mailing=_held(mailing))


@contextmanager
def _collected_afterwards() -> Iterator[None]:
    """Have Python look for cyclic garbage after a chunk: among its thousands of live rows it finds none, again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _held(mailing: Mailing) -> Mailing:
    """The mailing as it is now, held until the chunk is in the outbox: a stop comes before or after all of it."""
    return Mailing.objects.select_for_update().get(pk=mailing.pk)


def _surrounded(ids: Sequence[UUID]) -> QuerySet[Dossier]:
    """With what a letter needs; what thousands share is read once, not joined to each."""
    return (
        Dossier.objects.filter(pk__in=ids)
        .select_related("registration__candidate")
        .prefetch_related("intake__area", "site", "release")
        .order_by("pk")
    )


def _report(dossiers: Sequence[Dossier], visible: dict[UUID, Visible]) -> None:
    last = {
        push.dossier_id: push
        for push in StatusPush.objects.filter(dossier__in=dossiers)
        .order_by("dossier_id", F("serial").desc())
        .distinct("dossier_id")
    }
    now = timezone.now()
    reports = [
        next_report(dossier, visible[dossier.pk], last.get(dossier.pk), now=now) for dossier in dossiers
    ]
    made = StatusPush.objects.bulk_create([report for report in reports if report is not None])
    if made:
        jobs: list[JSONDict] = [{"push_id": report.pk} for report in made]
        push_status.batch_defer(*jobs)


def mailing_of(*, about: str, template: str, area: str, site: str = "", expected: int) -> Mailing:
    """The mailing of an occasion, made at the first call."""
    mailing, _created = Mailing.objects.get_or_create(
        about=about,
        defaults={
            "template": template,
            "area": area,
            "site": site,
            "expected": expected,
            "created_at": timezone.now(),
        },
    )
    return mailing


def all_queued(mailing: Mailing) -> None:
    """Every message of the mailing is in the outbox: from now on it is known how many there are."""
    Mailing.objects.filter(pk=mailing.pk, queued_at=None).update(
        queued_at=timezone.now(), expected=mailing.messages.count()
    )
