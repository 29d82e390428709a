"""Feeding `domain.visibility` from the tables: what anybody outside the house may know of a dossier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from kaosheng.casework.models import (
    AskedPlace,
    Correction,
    Decision,
    Dossier,
    Recheck,
    Return,
    SiteReview,
    Step,
)
from kaosheng.domain import visibility
from kaosheng.domain.places import Manner
from kaosheng.domain.states import Action, State, Verdict
from kaosheng.domain.visibility import (
    Closing,
    DossierFacts,
    Forward,
    PublishedVerdict,
    Visible,
    visible_to_candidate,
)

STILL_ASKED: Final = Q(dropped_at=None, received_at=None)
"""Places of a running return that no registration change made needless and the counter hasn't received."""
_HANDED_IN = {Action.SUBMIT.value, Action.RECEIVE.value, Action.OVERDUE.value}
_TELLING = {*_HANDED_IN, Action.FORWARD.value}
"""The steps a visible state can depend on."""


class ToldStep(NamedTuple):
    """What a visible state needs of a `Step`: for tens of thousands at once, without making rows into objects."""

    dossier_id: UUID
    action: str
    at: datetime
    site_code: str
    verdict: str


def visible_now(dossier: Dossier, *, now: datetime) -> Visible:
    """What the candidate may know now, read from the tables."""
    steps = list(dossier.steps.all())
    return visible_from(
        dossier,
        now=now,
        steps=steps,
        manners=[place.manner for place in asked_now(dossier)],
        closings=_closings(dossier, forwards_of(steps)),
        published=published_verdict(dossier, now=now),
        recheck=Recheck.objects.filter(dossier=dossier).first(),
    )


def visible_from(
    dossier: Dossier,
    *,
    now: datetime,
    steps: Sequence[Step | ToldStep],
    manners: Sequence[str],
    closings: Sequence[Closing],
    published: PublishedVerdict | None,
    recheck: Recheck | None,
) -> Visible:
    """What the candidate may know now, from rows a page has read; `manners` are those of the places still asked."""
    online = sum(1 for manner in manners if manner == Manner.ONLINE)
    handed_in = [step.action for step in steps if step.action in _HANDED_IN]
    facts = DossierFacts(
        state=State(dossier.state),
        forwards=forwards_of(steps),
        asked_online=online,
        asked_elsewhere=len(manners) - online,
        one_stage=dossier.intake.has_one_stage,
        overdue_since_submission=bool(handed_in) and handed_in[-1] == Action.OVERDUE,
    )
    return visible_to_candidate(
        facts, closings=closings, published=published, recheck=_recheck_of(recheck), now=now
    )


def _recheck_of(row: Recheck | None) -> visibility.Recheck | None:
    if row is None:
        return None
    return visibility.Recheck(
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        upheld=row.outcome == Recheck.Outcome.UPHELD,
        answer=row.answer,
    )


def visible_of_many(dossiers: Sequence[Dossier], *, now: datetime) -> dict[UUID, Visible]:
    """`visible_now` for many dossiers of one intake, in a fixed number of queries."""
    steps = _grouped(Step.objects.filter(dossier__in=dossiers))
    returned = [dossier for dossier in dossiers if dossier.state == State.RETURNED]
    newest = (
        Return.objects.filter(dossier__in=returned).order_by("dossier_id", "-revision").distinct("dossier_id")
    )
    manners: dict[UUID, list[str]] = defaultdict(list)
    for dossier_id, manner in AskedPlace.objects.filter(
        STILL_ASKED, returned__in=[entry.pk for entry in newest]
    ).values_list("returned__dossier_id", "manner"):
        manners[dossier_id].append(manner)
    sites = {step.site_code for rows in steps.values() for step in rows if step.action == Action.FORWARD}
    closings = [
        Closing(site=site, at=at)
        for site, at in SiteReview.objects.filter(
            intake__in={dossier.intake_id for dossier in dossiers}, site__code__in=sites
        ).values_list("site__code", "closed_at")
    ]
    published = _published_of_many(dossiers, now=now)
    rechecks = {row.dossier_id: row for row in Recheck.objects.filter(dossier__in=dossiers)}
    return {
        dossier.pk: visible_from(
            dossier,
            now=now,
            steps=steps[dossier.pk],
            manners=manners[dossier.pk],
            closings=closings if forwards_of(steps[dossier.pk]) else (),
            published=published.get(dossier.pk),
            recheck=rechecks.get(dossier.pk),
        )
        for dossier in dossiers
    }


def _grouped(steps: QuerySet[Step]) -> dict[UUID, list[ToldStep]]:
    by_dossier: dict[UUID, list[ToldStep]] = defaultdict(list)
    telling = steps.filter(action__in=_TELLING).order_by("dossier_id", "revision")
    for row in telling.values_list(*ToldStep._fields):
        step = ToldStep(*row)
        by_dossier[step.dossier_id].append(step)
    return by_dossier


def _published_of_many(dossiers: Sequence[Dossier], *, now: datetime) -> dict[UUID, PublishedVerdict]:
    out = {dossier.pk: at for dossier in dossiers if (at := _published_at(dossier, now))}
    decisions = Decision.objects.filter(dossier__in=out, voided_at=None)
    confirmed = Correction.objects.filter(dossier__in=out, confirmed_at__isnull=False)
    corrections: dict[UUID, list[Correction]] = defaultdict(list)
    for correction in confirmed.order_by("confirmed_at"):
        corrections[correction.dossier_id].append(correction)
    return {
        decision.dossier_id: verdict_of(
            decision, corrections[decision.dossier_id], published_at=out[decision.dossier_id]
        )
        for decision in decisions
    }


def forwards_of(steps: Sequence[Step | ToldStep]) -> tuple[Forward, ...]:
    """The times the 考点 sent the dossier on."""
    return tuple(
        Forward(at=step.at, site=step.site_code, recommendation=Verdict(step.verdict))
        for step in steps
        if step.action == Action.FORWARD
    )


def asked_now(dossier: Dossier) -> list[AskedPlace]:
    """Places still asked while the dossier is RETURNED, and not received at the counter; none otherwise."""
    if dossier.state != State.RETURNED:
        return []
    newest = dossier.returns.order_by("-revision").first()
    return list(newest.asked.filter(STILL_ASKED)) if newest else []


def _closings(dossier: Dossier, forwards: Sequence[Forward]) -> tuple[Closing, ...]:
    if not forwards:
        return ()
    rows = SiteReview.objects.filter(
        intake=dossier.intake_id, site__code__in={forward.site for forward in forwards}
    ).values_list("site__code", "closed_at")
    return tuple(Closing(site=site, at=at) for site, at in rows)


def _published_at(dossier: Dossier, now: datetime) -> datetime | None:
    """Since when a dossier's verdict is out, if it is."""
    release = dossier.release
    if release is None or release.published_at is None or release.published_at > now:
        return None
    return release.published_at


def published_verdict(dossier: Dossier, *, now: datetime) -> PublishedVerdict | None:
    """The verdict that is out, with the one a correction replaced; None before the release."""
    published_at = _published_at(dossier, now)
    if published_at is None:
        return None
    decision = Decision.objects.get(dossier=dossier, voided_at=None)
    corrections = Correction.objects.filter(dossier=dossier, confirmed_at__isnull=False)
    return verdict_of(decision, list(corrections.order_by("confirmed_at")), published_at=published_at)


def verdict_of(
    decision: Decision, corrections: Sequence[Correction], *, published_at: datetime
) -> PublishedVerdict:
    """The published verdict these rows make: of the newest confirmed correction (they come oldest first), else the decision's."""
    if not corrections:
        return PublishedVerdict(
            verdict=Verdict(decision.verdict), opinion=decision.opinion, published_at=published_at
        )
    correction, before = corrections[-1], corrections[-2] if len(corrections) > 1 else decision
    return PublishedVerdict(
        verdict=Verdict(correction.verdict),
        opinion=correction.opinion,
        published_at=published_at,
        earlier=Verdict(before.verdict),
        corrected_at=correction.confirmed_at,
    )
