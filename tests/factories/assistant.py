"""The picture assistant at work inside a test, on papers that can be read."""

from __future__ import annotations

import functools
from uuid import uuid4

from django.utils import timezone

from factories import dossiers
from inspection.pages import file
from kaosheng.casework.models import Dossier, Picture, PictureAdvice
from kaosheng.casework.services.advice_queue import take_next
from kaosheng.casework.services.inspecting import work_on
from kaosheng.casework.services.pictures import add_picture
from kaosheng.inspection.inspector import Inspector
from kaosheng.pictures.checks import turned_file


@functools.cache
def inspector() -> Inspector:
    """The nets, loaded once a test process."""
    return Inspector()


def upload_paper(
    dossier: Dossier,
    kind: str,
    position: int | None = None,
    *,
    shows: tuple[str, int] = ("M01", 1),
    orientation: int = 1,
) -> Picture:
    """Upload a drawn paper (the first page of the ID card unless asked otherwise), turned the way EXIF 1-8 says."""
    data = file(*shows) if orientation == 1 else turned_file(file(*shows), orientation)
    return add_picture(
        dossier_id=dossier.pk,
        actor=dossiers.owner(dossier),
        kind=kind,
        position=position,
        data=data,
        idempotency_key=str(uuid4()),
    )


def look_at_everything() -> None:
    """Do all the work that waits."""
    while (row := take_next(now=timezone.now())) is not None:
        work_on(row, inspector())


def advice(picture: Picture) -> PictureAdvice:
    """The row of one picture."""
    return PictureAdvice.objects.get(picture=picture)
