"""The only source of what anybody outside the house learns of a dossier (docs/architecture.md, What people may know).

Candidate pages, the registration system, receipts, messages and public pages all derive from
`visible_to_candidate`. It never sees a reviewer, a proposal or an unreleased verdict, so it can't leak one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kaosheng.domain.states import State, Verdict


class VisibleState(StrEnum):
    """The words of docs/glossary.md, States, one code each; the same table feeds page, API and status push."""

    DRAFT = "draft"
    WAITING = "waiting"
    IN_REVIEW = "in_review"
    SITE_PASSED = "site_passed"
    RETURNED = "returned"
    PASSED = "passed"
    FAILED = "failed"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Forward:
    """One time the 考点 sent the dossier on: when, from which site, with what recommendation."""

    at: datetime
    site: str
    recommendation: Verdict


@dataclass(frozen=True, slots=True)
class Closing:
    """One 考点审核结束."""

    site: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PublishedVerdict:
    """A verdict after its release; `earlier` is the one a correction replaced (更正前)."""

    verdict: Verdict
    opinion: str
    published_at: datetime
    earlier: Verdict | None = None
    corrected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recheck:
    """A 复核 the candidate asked for; `answer` is the reason of 维持, empty when it ended in a correction."""

    asked_at: datetime
    answered_at: datetime | None = None
    upheld: bool = False
    answer: str = ""


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """What visibility is derived from; `published` is None until the release is out."""

    state: State
    forwards: tuple[Forward, ...] = ()
    asked_online: int = 0
    asked_elsewhere: int = 0
    one_stage: bool = False
    overdue_since_submission: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """One opening of a dossier by staff: when, and whether by the 考点 (its code) or by the 考区 (no code)."""

    at: datetime
    site: str = ""


@dataclass(frozen=True, slots=True)
class Visible:
    """What a candidate may know: a state, the places still asked, and the verdict once published."""

    state: VisibleState
    places: int = 0
    overdue: bool = False
    published: PublishedVerdict | None = None
    recheck: Recheck | None = None

    @property
    def may_see_marks(self) -> bool:
        """Marks are seen only while 待补充, and then only those that were sent."""
        return self.state is VisibleState.RETURNED

    @property
    def awaits_review(self) -> bool:
        """Whether everything lies with the reviewers, as far as the candidate may know."""
        return self.state in {VisibleState.WAITING, VisibleState.IN_REVIEW, VisibleState.SITE_PASSED}


def visible_to_candidate(
    dossier: DossierFacts,
    *,
    closings: Sequence[Closing] = (),
    published: PublishedVerdict | None = None,
    recheck: Recheck | None = None,
    now: datetime,
) -> Visible:
    """The candidate's view at `now`. The visible stage never goes back, except to 待补充 and from it."""
    if published is not None and published.published_at <= now:
        passed = published.verdict is Verdict.PASS
        state = VisibleState.PASSED if passed else VisibleState.FAILED
        return Visible(state, published=published, recheck=recheck)
    plain = {
        State.DRAFT: VisibleState.DRAFT,
        State.LAPSED: VisibleState.LAPSED,
        State.WITHDRAWN: VisibleState.WITHDRAWN,
    }.get(dossier.state)
    if plain is not None:
        return Visible(plain)
    if dossier.state is State.RETURNED:
        return Visible(VisibleState.RETURNED, places=dossier.asked_online + dossier.asked_elsewhere)
    return Visible(_waiting_word(dossier, closings, now), overdue=dossier.overdue_since_submission)


def _waiting_word(dossier: DossierFacts, closings: Sequence[Closing], now: datetime) -> VisibleState:
    if any(was_passed_at(closing, dossier.forwards) for closing in closings if closing.at <= now):
        return VisibleState.SITE_PASSED
    if dossier.forwards or dossier.one_stage:
        return VisibleState.IN_REVIEW
    return VisibleState.WAITING


def was_passed_at(closing: Closing, forwards: Sequence[Forward]) -> bool:
    """考点通过 is published by a closing for every dossier its site had last forwarded with 建议通过."""
    before = [forward for forward in forwards if forward.site == closing.site and forward.at <= closing.at]
    return bool(before) and before[-1].recommendation is Verdict.PASS


def visible_views(
    views: Sequence[View], *, forwards: Sequence[Forward], one_stage: bool, published: bool
) -> tuple[View, ...]:
    """Who looked, as far as the candidate may know: of the 考点 up to the first forward, of all after release.

    A later look, or one by the 考区, would tell of steps that are hidden until then. With one stage the dossier is the
    考区's from the start.
    """
    if published:
        return tuple(views)
    if one_stage:
        return ()
    first = min((forward.at for forward in forwards), default=None)
    return tuple(view for view in views if view.site and (first is None or view.at <= first))
