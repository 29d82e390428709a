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
    digest: str


class ReceiptOut(Schema):
    """A submission as it was frozen."""

    number: str
    submitted_at: datetime
    pictures: list[LineOut]


@router.get("{str:code}/", response=ReceiptOut)
def check(request: HttpRequest, code: str) -> ReceiptOut:
    """The receipt with this code."""
    submission = Submission.objects.filter(code=code).first()
    if submission is None:
        raise Refusal("not_found")
    return ReceiptOut(
        number=submission.number,
        submitted_at=submission.at,
        pictures=[LineOut(line=line.line, digest=line.stored_digest) for line in submission.lines.all()],
    )
