"""Feeding `domain.visibility` from the tables: what anybody outside the house may know of a dossier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kaosheng.casework.models import AskedPlace, Correction, Decision, Dossier, SiteReview, Step
from kaosheng.domain.dossier import Action, State, Verdict
from kaosheng.domain.places import Manner
from kaosheng.domain.visibility import (
    Closing,
    DossierFacts,
    Forward,
    PublishedVerdict,
    Visible,
    visible_to_candidate,
)

_HANDED_IN = {Action.SUBMIT.value, Action.RECEIVE.value, Action.OVERDUE.value}


def visible_now(
    dossier: Dossier,
    *,
    now: datetime,
    steps: Sequence[Step] | None = None,
    asked: Sequence[AskedPlace] | None = None,
) -> Visible:
    """What the candidate may know now. `steps` and `asked` save their queries where a page has read them."""
    steps = list(dossier.steps.all()) if steps is None else steps
    if asked is None:
        asked = asked_now(dossier)
    forwards = tuple(
        Forward(at=step.at, site=step.site_code, recommendation=Verdict(step.verdict))
        for step in steps
        if step.action == Action.FORWARD
    )
    online = sum(1 for place in asked if place.manner == Manner.ONLINE)
    handed_in = [step.action for step in steps if step.action in _HANDED_IN]
    facts = DossierFacts(
        state=State(dossier.state),
        forwards=forwards,
        asked_online=online,
        asked_elsewhere=len(asked) - online,
        one_stage=dossier.intake.has_one_stage,
        overdue_since_submission=bool(handed_in) and handed_in[-1] == Action.OVERDUE,
    )
    return visible_to_candidate(
        facts,
        closings=_closings(dossier, forwards),
        published=published_verdict(dossier, now=now),
        now=now,
    )


def asked_now(dossier: Dossier) -> list[AskedPlace]:
    """Places still asked while the dossier is RETURNED; none otherwise."""
    if dossier.state != State.RETURNED:
        return []
    newest = dossier.returns.order_by("-revision").first()
    return list(newest.asked.filter(dropped_at=None)) if newest else []


def _closings(dossier: Dossier, forwards: Sequence[Forward]) -> tuple[Closing, ...]:
    if not forwards:
        return ()
    rows = SiteReview.objects.filter(
        intake=dossier.intake_id, site__code__in={forward.site for forward in forwards}
    ).values_list("site__code", "closed_at")
    return tuple(Closing(site=site, at=at) for site, at in rows)


def published_verdict(dossier: Dossier, *, now: datetime) -> PublishedVerdict | None:
    """The verdict that is out, with the one a correction replaced; None before the release."""
    release = dossier.release
    if release is None or release.published_at is None or release.published_at > now:
        return None
    decision = Decision.objects.get(dossier=dossier, voided_at=None)
    correction = (
        Correction.objects.filter(dossier=dossier, confirmed_at__isnull=False).order_by("confirmed_at").last()
    )
    if correction is None:
        return PublishedVerdict(
            verdict=Verdict(decision.verdict), opinion=decision.opinion, published_at=release.published_at
        )
    return PublishedVerdict(
        verdict=Verdict(correction.verdict),
        opinion=correction.opinion,
        published_at=release.published_at,
        earlier=Verdict(decision.verdict),
        corrected_at=correction.confirmed_at,
    )
