"""What leaves the house: the words, when they change, and what they never give away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaosheng.domain.states import State, Verdict
from kaosheng.domain.visibility import (
    Closing,
    DossierFacts,
    Forward,
    PublishedVerdict,
    Visible,
    VisibleState,
    visible_to_candidate,
    was_passed_at,
)

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
IN_HAND = (State.AT_SITE, State.AT_AREA, State.DECIDED)
"""States between a submission and the release: their differences are nobody's business outside."""


def _forward(hours: int, recommendation: Verdict = Verdict.PASS, site: str = "1301") -> Forward:
    return Forward(at=NOON + hours * HOUR, site=site, recommendation=recommendation)


def _closing(hours: int, site: str = "1301") -> Closing:
    return Closing(site=site, at=NOON + hours * HOUR)


def _word(dossier: DossierFacts, *closings: Closing, now: datetime = NOON + 100 * HOUR) -> VisibleState:
    return visible_to_candidate(dossier, closings=closings, now=now).state


# --- the words ---------------------------------------------------------------------------------------------

FORWARDED = (_forward(1),)
WORDS = [
    (DossierFacts(State.DRAFT), "draft"),
    (DossierFacts(State.AT_SITE), "waiting"),
    (DossierFacts(State.AT_AREA, FORWARDED), "in_review"),
    (DossierFacts(State.AT_SITE, FORWARDED), "in_review"),
    (DossierFacts(State.DECIDED, FORWARDED), "in_review"),
    (DossierFacts(State.AT_AREA, one_stage=True), "in_review"),
    (DossierFacts(State.DECIDED, one_stage=True), "in_review"),
    (DossierFacts(State.RETURNED), "returned"),
    (DossierFacts(State.RETURNED, FORWARDED), "returned"),
    (DossierFacts(State.LAPSED), "lapsed"),
    (DossierFacts(State.WITHDRAWN), "withdrawn"),
    (DossierFacts(State.WITHDRAWN, FORWARDED), "withdrawn"),
]


@pytest.mark.parametrize(("dossier", "word"), WORDS)
def test_the_word_of_a_state(dossier: DossierFacts, word: str) -> None:
    assert _word(dossier) == word


def test_a_return_says_how_many_places_and_nothing_else_does() -> None:
    for state in State:
        dossier = DossierFacts(state, asked_online=2, asked_elsewhere=1)
        assert visible_to_candidate(dossier, now=NOON).places == (3 if state is State.RETURNED else 0)


def test_marks_are_seen_only_while_returned() -> None:
    seen = {state for state in State if visible_to_candidate(DossierFacts(state), now=NOON).may_see_marks}
    assert seen == {State.RETURNED}


def test_a_missed_supplement_is_said_while_waiting() -> None:
    for state in IN_HAND:
        dossier = DossierFacts(state, FORWARDED, overdue_since_submission=True)
        assert visible_to_candidate(dossier, now=NOON).overdue
        assert not visible_to_candidate(replace(dossier, overdue_since_submission=False), now=NOON).overdue


# --- 考点通过 ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", IN_HAND)
def test_a_closing_publishes_what_its_site_recommended(state: State) -> None:
    assert _word(DossierFacts(state, (_forward(1),)), _closing(2)) == "site_passed"
    assert _word(DossierFacts(state, (_forward(1, Verdict.FAIL),)), _closing(2)) == "in_review"


def test_a_closing_says_nothing_of_later_forwards_and_the_next_one_does() -> None:
    late = DossierFacts(State.AT_AREA, (_forward(3),))
    assert _word(late, _closing(2)) == "in_review"
    assert _word(late, _closing(2), _closing(4)) == "site_passed"


def test_a_closing_in_the_future_shows_nothing_yet() -> None:
    dossier = DossierFacts(State.AT_AREA, (_forward(1),))
    edge = NOON + 2 * HOUR
    assert _word(dossier, _closing(2), now=edge - timedelta(microseconds=1)) == "in_review"
    assert _word(dossier, _closing(2), now=edge) == "site_passed"


def test_another_sites_closing_says_nothing() -> None:
    assert _word(DossierFacts(State.AT_AREA, (_forward(1),)), _closing(2, site="1302")) == "in_review"


def test_a_dossier_that_moved_keeps_what_its_first_site_published() -> None:
    moved = DossierFacts(State.AT_SITE, (_forward(1, site="1301"), _forward(5, Verdict.FAIL, site="1302")))
    assert _word(moved, _closing(2, site="1301"), _closing(6, site="1302")) == "site_passed"


def test_the_last_recommendation_before_the_closing_counts() -> None:
    changed_mind = (_forward(1, Verdict.FAIL), _forward(2))
    assert was_passed_at(_closing(3), changed_mind)
    assert not was_passed_at(_closing(1), changed_mind)
    assert not was_passed_at(_closing(3), (_forward(1), _forward(2, Verdict.FAIL)))
    assert not was_passed_at(_closing(3), ())


def test_what_a_closing_published_is_not_taken_back() -> None:
    """Not by sending it back, not by a worse recommendation, not by the next closing."""
    sent_back = DossierFacts(State.AT_SITE, (_forward(1),))
    assert _word(sent_back, _closing(2)) == "site_passed"
    worse = DossierFacts(State.AT_AREA, (_forward(1), _forward(3, Verdict.FAIL)))
    assert _word(worse, _closing(2)) == "site_passed"
    assert _word(worse, _closing(2), _closing(4)) == "site_passed"


# --- the verdict -------------------------------------------------------------------------------------------

PUBLISHED = PublishedVerdict(verdict=Verdict.PASS, opinion="合格", published_at=NOON)


@pytest.mark.parametrize(("verdict", "word"), [(Verdict.PASS, "passed"), (Verdict.FAIL, "failed")])
def test_a_verdict_is_seen_from_the_moment_of_its_release(verdict: Verdict, word: str) -> None:
    dossier = DossierFacts(State.DECIDED, (_forward(-2),))
    published = replace(PUBLISHED, verdict=verdict)
    before = visible_to_candidate(dossier, published=published, now=NOON - timedelta(microseconds=1))
    assert before == Visible(VisibleState.IN_REVIEW)
    after = visible_to_candidate(dossier, published=published, now=NOON)
    assert (after.state, after.published) == (word, published)


def test_a_correction_shows_the_new_verdict_beside_the_old() -> None:
    corrected = replace(PUBLISHED, earlier=Verdict.FAIL, corrected_at=NOON + HOUR)
    seen = visible_to_candidate(DossierFacts(State.DECIDED), published=corrected, now=NOON + 2 * HOUR)
    assert seen.state is VisibleState.PASSED
    assert seen.published is not None
    assert seen.published.earlier is Verdict.FAIL


# --- secrecy -----------------------------------------------------------------------------------------------

verdicts = st.sampled_from(Verdict)
forwards = st.lists(st.tuples(st.integers(0, 9), verdicts), min_size=1, max_size=4).map(
    lambda drawn: tuple(_forward(hours, verdict) for hours, verdict in sorted(drawn, key=lambda one: one[0]))
)


@settings(max_examples=60)
@given(states=st.tuples(st.sampled_from(IN_HAND), st.sampled_from(IN_HAND)), one=forwards, other=forwards)
def test_before_a_closing_nothing_after_the_first_forward_shows(
    states: tuple[State, State], one: tuple[Forward, ...], other: tuple[Forward, ...]
) -> None:
    """Where it lies, how often it went to and fro, who recommended what: all the same from outside."""
    here, there = DossierFacts(states[0], one), DossierFacts(states[1], other)
    now = NOON + 20 * HOUR
    assert visible_to_candidate(here, now=now) == visible_to_candidate(there, now=now)


@settings(max_examples=60)
@given(
    states=st.tuples(st.sampled_from(IN_HAND), st.sampled_from(IN_HAND)),
    until=forwards,
    one=st.lists(verdicts, max_size=3),
    other=st.lists(verdicts, max_size=3),
)
def test_after_a_closing_nothing_later_shows(
    states: tuple[State, State], until: tuple[Forward, ...], one: list[Verdict], other: list[Verdict]
) -> None:
    def seen(state: State, later: list[Verdict]) -> Visible:
        since = tuple(_forward(12 + hour, verdict) for hour, verdict in enumerate(later))
        return visible_to_candidate(
            DossierFacts(state, until + since), closings=(_closing(10),), now=NOON + 20 * HOUR
        )

    assert seen(states[0], one) == seen(states[1], other)


@settings(max_examples=60)
@given(verdict=verdicts, state=st.sampled_from(IN_HAND), wait=st.integers(1, 10_000))
def test_a_verdict_that_is_not_out_does_not_show(verdict: Verdict, state: State, wait: int) -> None:
    dossier = DossierFacts(state, (_forward(-2),))
    waiting = PublishedVerdict(
        verdict=verdict, opinion="样本", published_at=NOON + timedelta(seconds=wait), earlier=Verdict.PASS
    )
    assert visible_to_candidate(dossier, published=waiting, now=NOON) == visible_to_candidate(
        dossier, now=NOON
    )
