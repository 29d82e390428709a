"""Whom a message about a dossier goes to, by which ways, in which language, under which name of the exam."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db.models import Count
from django.utils.translation import override

from kaosheng.casework.models import Dossier
from kaosheng.notices.bindings import WECHAT, openids_of
from kaosheng.notices.services import Letter
from kaosheng.registration.models import Registration
from kaosheng.registration.words import VALUES

SMS: Final = "sms"
THE_EXAM: Final = ("医师资格考试", "Medical Licensing Exam")
"""What a message calls the exam when the person has one registration only."""

_CANDIDATE: Final = "candidate:"

Variables = Callable[[Dossier, bool], Mapping[str, str]]
"""Dossier and whether its candidate reads English → the variables of the text."""


def about(dossier: Dossier) -> str:
    """The code under which notices know a dossier."""
    return f"dossier:{dossier.pk}"


def person_code(candidate_id: int) -> str:
    """The code under which notices know a candidate."""
    return f"{_CANDIDATE}{candidate_id}"


def candidate_of_code(person: str) -> int:
    """The candidate's id behind a code."""
    return int(person.removeprefix(_CANDIDATE))


def letters_to(
    dossiers: Sequence[Dossier],
    template: str,
    *,
    occasion: str,
    variables: Variables = lambda _dossier, _english: {},
    deadline: Callable[[Dossier], datetime | None] = lambda _dossier: None,
) -> list[Letter]:
    """One letter a dossier; registration with candidate, intake with area, and site are read already.

    With several registrations the text names the 报考类别.
    """
    several, openids = _with_several(dossiers), _openids(dossiers)
    letters = []
    for dossier in dossiers:
        registration = dossier.registration
        language = language_of(registration)
        english = language.startswith("en")
        exam = exam_words(registration, several=registration.subject in several, english=english)
        letters.append(
            Letter(
                template=template,
                about=about(dossier),
                area=dossier.intake.area.code,
                site=dossier.site.code,
                language=language,
                dedup=occasion,
                addresses={
                    SMS: registration.phone_for_messages,
                    WECHAT: openids.get(registration.candidate_id, ""),
                },
                variables={"exam": exam, **variables(dossier, english)},
                deadline=deadline(dossier),
            )
        )
    return letters


def language_of(registration: Registration) -> str:
    """The language of messages to its candidate; somebody who never logged in gets Chinese."""
    return registration.candidate.language if registration.candidate else "zh-hans"


def exam_words(registration: Registration, *, several: bool, english: bool) -> str:
    """临床执业医师 for somebody with several registrations, else the exam as such; at most 12 characters."""
    category = VALUES["category"].get(str(registration.facts.get("category", ""))) if several else None
    if category is None:
        return THE_EXAM[1] if english else THE_EXAM[0]
    with override("en" if english else "zh-hans"):
        return str(category).replace("师承或确有专长", "师承")


def _with_several(dossiers: Sequence[Dossier]) -> set[str]:
    subjects = {dossier.registration.subject for dossier in dossiers} - {""}
    counted = (
        Registration.objects.filter(subject__in=subjects, is_cancelled=False)
        .values("subject")
        .annotate(number=Count("pk"))
        .filter(number__gt=1)
    )
    return {row["subject"] for row in counted}


def _openids(dossiers: Sequence[Dossier]) -> dict[int | None, str]:
    found: dict[int | None, str] = {}
    for area in {dossier.intake.area.code for dossier in dossiers}:
        people = {
            person_code(dossier.registration.candidate_id): dossier.registration.candidate_id
            for dossier in dossiers
            if dossier.registration.candidate_id is not None and dossier.intake.area.code == area
        }
        found |= {people[person]: openid for person, openid in openids_of(people, area=area).items()}
    return found
