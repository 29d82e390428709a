"""Keeps what people did about advice: candidates' answers, and what reviewers thought of the pictures."""

from __future__ import annotations

from collections.abc import Iterable

from kaosheng.casework.models import AdviceAnswer, AdviceOutcome, Picture, PictureAdvice
from kaosheng.casework.queries.advice import advice_on
from kaosheng.casework.services.dossier_around import DossierAround


def note_answer(
    case: DossierAround,
    picture: Picture,
    answer: AdviceAnswer.Answer,
    *,
    codes: Iterable[str],
    direction: str = "",
) -> None:
    """Keep what the candidate did about this advice."""
    AdviceAnswer.objects.create(
        dossier=case.dossier,
        kind=picture.kind,
        position=picture.position,
        answer=answer,
        codes=sorted(codes),
        direction=direction,
        at=case.now,
    )


def note_removal(case: DossierAround, picture: Picture) -> None:
    """Keep that a picture was taken out on which there was unanswered advice."""
    advised = advice_on(case.pictures, now=case.now).get(picture.pk)
    if advised is not None and advised.open:
        note_answer(
            case,
            picture,
            AdviceAnswer.Answer.REMOVED,
            codes=advised.open,
            direction=advised.row.direction,
        )


def log_outcomes(case: DossierAround) -> None:
    """Keep, with every note that is about to be given, what had been advised on its picture.

    Only pictures that were looked at: of the others there is nothing to learn.
    """
    marks = list(case.dossier.marks.filter(frozen_at=None, picture__isnull=False))
    if not marks:
        return
    advised = advice_on(case.pictures, now=case.now)
    looked_at = [
        (mark, entry)
        for mark in marks
        if mark.picture_id
        and (entry := advised.get(mark.picture_id)) is not None
        and entry.row.looked_at is not None
    ]
    AdviceOutcome.objects.bulk_create(
        AdviceOutcome(
            mark=mark,
            model_version=entry.row.model_version,
            codes=list(entry.codes),
            confirmed=list(entry.confirmed),
            has_read=entry.row.stage == PictureAdvice.Stage.DONE,
            scores=entry.row.scores,
        )
        for mark, entry in looked_at
    )
