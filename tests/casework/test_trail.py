"""The trail names what happened, and nothing when nothing did."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from factories import World, dossiers
from factories.people import Cast, actor, staff
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Dossier
from kaosheng.casework.services import broadcasting, handling, reviewing, submitting
from kaosheng.domain.states import State
from kaosheng.notices.life import give_up
from kaosheng.notices.models import Notice

pytestmark = pytest.mark.django_db


def trail(dossier: Dossier, *subjects: str) -> list[str]:
    """What happened to a dossier, oldest first, as far as it concerns these subjects."""
    names = AuditEvent.objects.filter(object=str(dossier.pk)).order_by("pk").values_list("name", flat=True)
    return [name for name in names if name.partition(":")[0] in subjects]


def test_a_mark_is_taken_back_once(here: World, house: Cast) -> None:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    dossiers.mark(dossier, house.chen, dossiers.replace_note())
    for _ in range(2):
        reviewing.clear_mark(
            dossier_id=dossier.pk,
            actor=actor(house.chen),
            seen_revision=dossier.revision,
            kind="M01",
            position=1,
        )
    assert trail(dossier, "mark") == ["mark:set", "mark:cleared"]


def test_a_promise_is_withdrawn_once(here: World) -> None:
    dossier = dossiers.promise(dossiers.register(here))
    for _ in range(2):
        submitting.withdraw_promise(dossier_id=dossier.pk, actor=dossiers.owner(dossier), kind="M03")
    assert trail(dossier, "promise") == ["promise:made", "promise:withdrawn"]


def test_an_explanation_is_withdrawn_once(here: World) -> None:
    dossier = dossiers.register(here)
    for reason in ("没有学位", " ", " "):
        submitting.explain(
            dossier_id=dossier.pk, actor=dossiers.owner(dossier), kind="M04", position=None, reason=reason
        )
    assert trail(dossier, "place") == ["place:explained", "place:explanation_withdrawn"]


def test_a_hold_ends_once(here: World, house: Cast) -> None:
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    handling.hold(
        dossier_id=dossier.pk, actor=actor(house.chen), seen_revision=dossier.revision, reason="等待电话回复"
    )
    for _ in range(2):
        handling.end_hold(dossier_id=dossier.pk, actor=actor(house.chen_two))
    assert trail(dossier, "dossier")[-3:] == ["dossier:taken", "dossier:held", "dossier:hold_ended"]


def test_a_candidate_is_telephoned_once(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.RETURNED, cast=house)
    notice = Notice.objects.get(message__template="returned")
    give_up(notice_id=notice.pk, reason="空号", now=timezone.now() - timedelta(hours=1))
    phones = partial(broadcasting.mark_phoned, message_id=notice.message_id)
    for who in (house.feng, house.feng, house.jiang):
        phones(staff=staff(who))
    phoned = AuditEvent.objects.filter(name="candidate:phoned").values_list("object", "actor")
    assert list(phoned) == [(str(dossier.pk), str(house.feng.pk))]
