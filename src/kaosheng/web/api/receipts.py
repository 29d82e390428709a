"""The public check of a receipt by its unguessable code: what was submitted when, and nothing of the person."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from kaosheng.casework.models import Submission
from kaosheng.domain.errors import Refusal

router = Router(tags=["receipts"])


class LineOut(Schema):
    """One picture of the list."""

    line: int
    kind: str
    position: int
    digest: str


class ReceiptOut(Schema):
    """A submission as it was frozen."""

    number: str
    submitted_at: datetime
    area: str
    exam_batch: str
    pictures: list[LineOut]


@router.get("{str:code}/", response=ReceiptOut)
def check(request: HttpRequest, code: str) -> ReceiptOut:
    """The receipt with this code."""
    submission = Submission.objects.filter(code=code).select_related("dossier__intake__area").first()
    if submission is None:
        raise Refusal("not_found")
    intake = submission.dossier.intake
    return ReceiptOut(
        number=submission.number,
        submitted_at=submission.at,
        area=intake.area.code,
        exam_batch=intake.code,
        pictures=[
            LineOut(line=line.line, kind=line.kind, position=line.position, digest=line.stored_digest)
            for line in submission.lines.all()
        ],
    )
