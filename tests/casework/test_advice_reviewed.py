"""Advice at the reviewers': what the candidate did, the log of what they thought, the report made of it."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from factories import World, dossiers
from factories.assistant import look_at_everything, upload_paper
from factories.people import Cast
from inspection.pages import NAME, NUMBER
from kaosheng.casework.models import AdviceAnswer, AdviceOutcome, Dossier, Mark
from kaosheng.casework.queries.advice_report import Fared, how_advice_fared
from kaosheng.casework.services.advising import confirm_advice, turn_picture
from kaosheng.casework.services.pictures import delete_picture
from kaosheng.casework.services.reviewing import Note
from kaosheng.domain.advice import Advice

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(here: World) -> Dossier:
    return dossiers.register(here, name=NAME, id_number=NUMBER)


def turned_note(position: int, reason: str) -> Note:
    return Note(
        kind="M01", position=position, verdict=Mark.Verdict.REPLACE, reason_code=reason, text="请更换。"
    )


# --- what the candidate did ------------------------------------------------------------------------------------------
def test_every_answer_is_kept_and_outlives_the_picture(dossier: Dossier) -> None:
    turned, confirmed, removed, fine = (
        upload_paper(dossier, "M01", 1, orientation=6),
        upload_paper(dossier, "M01", 2, shows=("M01", 2), orientation=3),
        upload_paper(dossier, "M03", 1, shows=("M03", 1), orientation=2),
        upload_paper(dossier, "M03", 2, shows=("M03", 1)),
    )
    look_at_everything()
    owner = dossiers.owner(dossier)
    turn_picture(dossier_id=dossier.pk, picture=turned, actor=owner)
    confirm_advice(dossier_id=dossier.pk, picture_id=confirmed.pk, codes=frozenset({"turned"}), actor=owner)
    for picture in (removed, fine):
        delete_picture(dossier_id=dossier.pk, picture_id=picture.pk, actor=owner)
    answers = AdviceAnswer.objects.values_list("kind", "position", "answer", "codes", "direction")
    assert list(answers) == [
        ("M01", 1, "turned", ["turned"], "rotated_90"),
        ("M01", 2, "confirmed", ["turned"], "rotated_180"),
        ("M03", 1, "removed", ["mirrored"], "mirrored"),
    ]


# --- the log ---------------------------------------------------------------------------------------------------------
def reviewed(dossier: Dossier, house: Cast, *notes: Note) -> None:
    """Fill, submit, take, accept what has no note, return."""
    dossiers.fill(dossier)
    dossiers.submit(dossier)
    look_at_everything()
    dossiers.take(dossier, house.chen)
    dossiers.accept_all(dossier, house.chen)
    dossiers.return_(dossier, house.chen, *notes)


def test_each_given_mark_is_logged_with_what_had_been_advised(house: Cast, dossier: Dossier) -> None:
    upload_paper(dossier, "M01", 1, orientation=6)
    upload_paper(dossier, "M01", 2, shows=("M01", 2))
    reviewed(dossier, house, turned_note(1, "turned"))
    logged = AdviceOutcome.objects.filter(mark__kind="M01").order_by("mark__position")
    assert list(logged.values_list("mark__position", "mark__verdict", "codes", "has_read")) == [
        (1, "replace", ["turned"], True),
        (2, "accepted", [], True),
    ]
    assert AdviceOutcome.objects.count() == dossier.marks.filter(picture__isnull=False).count()


def test_a_note_taken_back_is_not_logged(house: Cast, dossier: Dossier) -> None:
    upload_paper(dossier, "M01", 1, orientation=6)
    dossiers.fill(dossier)
    dossiers.submit(dossier)
    look_at_everything()
    dossiers.take(dossier, house.chen)
    dossiers.mark(dossier, house.chen, turned_note(1, "turned"))
    assert AdviceOutcome.objects.count() == 0


def test_pictures_nobody_looked_at_are_not_logged(house: Cast, dossier: Dossier) -> None:
    dossiers.fill(dossier)
    dossiers.submit(dossier)
    dossiers.take(dossier, house.chen)
    dossiers.accept_all(dossier, house.chen)
    dossiers.forward(dossier, house.chen)
    assert dossier.marks.exclude(frozen_at=None).exists()
    assert AdviceOutcome.objects.count() == 0


# --- the report ------------------------------------------------------------------------------------------------------
def test_the_report_counts_agreement_and_misses(house: Cast, dossier: Dossier) -> None:
    """Two were advised to be turned: one was returned for that, one found in order. A third was missed."""
    upload_paper(dossier, "M01", 1, orientation=6)
    upload_paper(dossier, "M01", 2, shows=("M01", 2), orientation=3)
    upload_paper(dossier, "M03", 1, shows=("M03", 1))
    reviewed(
        dossier,
        house,
        turned_note(1, "turned"),
        Note(kind="M03", position=1, verdict=Mark.Verdict.REPLACE, reason_code="turned", text="方向不正。"),
    )
    by_code = {fared.code: fared for fared in how_advice_fared()}
    assert by_code[Advice.TURNED] == Fared(
        "ppocrv6-2", Advice.TURNED, advised=2, returned=1, agreed=1, missable=2, found=1, confirmed=0
    )
    assert by_code[Advice.ILLEGIBLE].missable == 0
    out = StringIO()
    call_command("inspection", "report", stdout=out)
    (line,) = [line for line in out.getvalue().splitlines() if line.startswith("ppocrv6-2    turned ")]
    assert " ".join(line.split()) == (
        "ppocrv6-2 turned 50 % [ 9, 91] 1/2 50 % [ 9, 91] 1/2 50 % [ 9, 91] 1/2 0"
    )
    assert NAME not in out.getvalue()


def test_the_report_of_nothing(dossier: Dossier) -> None:
    out = StringIO()
    call_command("inspection", "report", stdout=out)
    assert "precision" in out.getvalue()
