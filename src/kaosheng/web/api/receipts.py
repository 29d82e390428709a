"""The public check of a receipt by its unguessable code: what was submitted when, and nothing of the person."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from kaosheng.casework.queries.receipts import receipt_by_code

router = Router(tags=["receipts"])


class LineOut(Schema):
    """One picture of the list."""

    line: int
    digest: str


class ReceiptOut(Schema):
    """A submission as it was frozen; `text` is the signed receipt, to be checked without asking us."""

    number: str
    submitted_at: datetime
    pictures: list[LineOut]
    text: str


@router.get("{str:code}/", response=ReceiptOut)
def check(request: HttpRequest, code: str) -> ReceiptOut:
    """The receipt with this code."""
    receipt = receipt_by_code(code)
    return ReceiptOut(
        number=receipt.number,
        submitted_at=receipt.at,
        pictures=[LineOut(line=line, digest=digest) for line, digest in enumerate(receipt.digests, start=1)],
        text=receipt.text,
    )
