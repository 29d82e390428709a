"""The assistant's queue: the advice rows that wait. Its worker writes here; a dossier isn't changed by it.

Advice is about a picture, not a part of the dossier's life, so the worker takes no lock of the write path: each of
its writes is one statement about one row, and a picture deleted meanwhile has taken its row along.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Value, When

from kaosheng.casework.models import Picture, PictureAdvice
from kaosheng.inspection.nets import MODEL_VERSION

PATIENCE: Final = timedelta(seconds=60)
"""Work that waited longer has nobody at the page any more. The quick look goes first, so reading falls behind first."""

TIME_LIMIT_SECONDS: Final = 5.0
"""For one look at one picture; the worker is killed after it."""

_MOST_TRIES: Final = 2
_GIVEN_BACK: Final = timedelta(seconds=15)
"""A row taken this long ago and not done is free again: its worker was killed."""

_OPEN: Final = Q(stage=PictureAdvice.Stage.WAITING) | Q(stage=PictureAdvice.Stage.LOOKED)


def ask_for_advice(picture: Picture, *, now: datetime) -> None:
    """Queue a picture that was just placed, in its own transaction; nothing where there is no assistant."""
    if settings.PICTURE_ASSISTANT:
        PictureAdvice.objects.create(picture=picture, model_version=MODEL_VERSION, queued_at=now)


def ask_again(*, now: datetime) -> int:
    """Queue every standing picture this model version hasn't looked at, for when nothing else is to do.

    What candidates confirmed is carried over. Returns how many.
    """
    known = PictureAdvice.objects.filter(picture=OuterRef("pk"), model_version=MODEL_VERSION)
    pictures = Picture.objects.filter(~Exists(known), hidden_at=None).values_list("pk", flat=True)
    count = 0
    for picture_id in pictures.iterator():
        earlier = PictureAdvice.objects.filter(picture=picture_id).order_by("-pk").first()
        _, created = PictureAdvice.objects.get_or_create(
            picture_id=picture_id,
            model_version=MODEL_VERSION,
            defaults={
                "queued_at": now,
                "urgent": False,
                "confirmed": earlier.confirmed if earlier else [],
            },
        )
        count += created
    return count


def take_next(*, now: datetime) -> PictureAdvice | None:
    """Take the next piece of work and count the try; None when nothing waits.

    Somebody at the page before nobody, a quick look before reading, the oldest first. Work that is 60 s behind
    stops being urgent. A row that ended its worker twice is given up.
    """
    _let_go_of_the_late(now)
    while True:
        free = PictureAdvice.objects.filter(_OPEN).filter(
            Q(taken_at=None) | Q(taken_at__lt=now - _GIVEN_BACK)
        )
        order = Case(
            When(stage=PictureAdvice.Stage.WAITING, then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        candidate = free.order_by("-urgent", order, "queued_at").values_list("pk", "tries").first()
        if candidate is None:
            return None
        pk, tries = candidate
        mine = free.filter(pk=pk, tries=tries)
        if tries >= _MOST_TRIES:
            mine.update(stage=PictureAdvice.Stage.FAILED, taken_at=None)
        elif mine.update(tries=F("tries") + 1, taken_at=now):
            return (
                PictureAdvice.objects.select_related("picture__dossier__registration").filter(pk=pk).first()
            )


def waiting(*, now: datetime) -> Iterator[tuple[str, int, float]]:
    """How much waits: stage, number, seconds the oldest has waited."""
    for stage in (PictureAdvice.Stage.WAITING, PictureAdvice.Stage.LOOKED):
        rows = PictureAdvice.objects.filter(stage=stage)
        oldest = rows.order_by("queued_at").values_list("queued_at", flat=True).first()
        yield stage.value, rows.count(), (now - oldest).total_seconds() if oldest else 0.0


def _let_go_of_the_late(now: datetime) -> None:
    PictureAdvice.objects.filter(_OPEN, urgent=True, queued_at__lt=now - PATIENCE).update(urgent=False)
