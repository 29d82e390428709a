"""Advice as candidates and reviewers see it: the newest finished look at each picture, and what is still to come."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kaosheng.casework.models import AdviceAnswer, Dossier, Picture, PictureAdvice
from kaosheng.casework.services.advice_queue import PATIENCE
from kaosheng.domain.advice import Advice
from kaosheng.domain.places import Slot


@dataclass(frozen=True, slots=True)
class Advised:
    """What there is to say of one picture. `open` is what the candidate hasn't confirmed, the gravest first.

    `same_as` is the other place that holds the same picture. `pending`: more may come within the minute.
    """

    picture: Picture
    row: PictureAdvice
    codes: tuple[Advice, ...]
    same_as: Slot | None
    pending: bool

    @property
    def open(self) -> tuple[Advice, ...]:
        """Advice the candidate hasn't answered."""
        return tuple(code for code in self.codes if code.value not in self.row.confirmed)

    @property
    def confirmed(self) -> tuple[Advice, ...]:
        """Advice the candidate says is wrong: his picture is in order."""
        return tuple(code for code in self.codes if code.value in self.row.confirmed)


def answers_on(dossier: Dossier) -> Mapping[Slot, tuple[AdviceAnswer, ...]]:
    """What the candidate did about advice, by place, the newest first. One query."""
    found: dict[Slot, list[AdviceAnswer]] = {}
    for answer in AdviceAnswer.objects.filter(dossier=dossier).order_by("-pk"):
        found.setdefault(Slot(answer.kind, answer.position), []).append(answer)
    return {slot: tuple(answers) for slot, answers in found.items()}


def newest_advice(picture: Picture) -> PictureAdvice | None:
    """The row that counts for one picture."""
    return _newest(PictureAdvice.objects.filter(picture=picture)).get(picture.pk)


def advice_on(pictures: Iterable[Picture], *, now: datetime) -> Mapping[UUID, Advised]:
    """Advice on the pictures standing in one dossier, by picture; those nobody looked at are left out. One query."""
    standing = {picture.pk: picture for picture in pictures}
    rows = _newest(PictureAdvice.objects.filter(picture__in=standing).order_by()) if standing else {}
    twins = _twins(standing, rows)
    return {
        pk: Advised(
            picture=standing[pk],
            row=row,
            codes=_codes(row, twin=pk in twins),
            same_as=twins.get(pk),
            pending=row.urgent and not row.is_finished and now - row.queued_at < PATIENCE,
        )
        for pk, row in rows.items()
    }


def fingerprint(advised: Mapping[UUID, Advised]) -> str:
    """Changes whenever something a page shows of this advice changes."""
    seen = sorted(f"{pk}{entry.row.stage}{entry.codes}{entry.row.confirmed}" for pk, entry in advised.items())
    return hashlib.sha256("".join(seen).encode()).hexdigest()[:12]


def _newest(rows: Iterable[PictureAdvice]) -> dict[UUID, PictureAdvice]:
    """By picture: the newest row that says something, else the newest."""
    best: dict[UUID, PictureAdvice] = {}
    for row in sorted(rows, key=lambda row: (row.looked_at is not None, row.pk)):
        best[row.picture_id] = row
    return best


def _twins(standing: Mapping[UUID, Picture], rows: Mapping[UUID, PictureAdvice]) -> dict[UUID, Slot]:
    """Pictures that are the same to the byte or to the pixel as one before them, with the place of that one.

    Nothing less counts: forms of different people differ by less than two copies of one picture.
    """
    first: dict[str, Picture] = {}
    twins = {}
    for picture in sorted(standing.values(), key=lambda entry: (entry.added_at, str(entry.pk))):
        row = rows.get(picture.pk)
        keys = [
            picture.stored_digest,
            *([f"pixels {row.pixels_digest}"] if row and row.pixels_digest else []),
        ]
        earlier = next((first[key] for key in keys if key in first), None)
        if earlier is not None:
            twins[picture.pk] = Slot(earlier.kind, earlier.position)
        for key in keys:
            first.setdefault(key, picture)
    return twins


def _codes(row: PictureAdvice, *, twin: bool) -> tuple[Advice, ...]:
    found = {Advice(code) for code in row.codes} | ({Advice.SAME_PICTURE} if twin else set())
    return tuple(code for code in Advice if code in found)
