"""Receipts as they are confirmed to anybody: number, time, digests and signature, for ever the same (docs/architecture.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kaosheng.casework.models import Submission
from kaosheng.domain.errors import Refusal
from kaosheng.domain.receipts import receipt_body, receipt_text

_CODE: Final = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
"""128 bits in base64: what can't be a code is answered like one nobody was given."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One submission, made of nothing but its own rows, which never change."""

    number: str
    at: datetime
    digests: tuple[str, ...]
    signature: str

    @property
    def body(self) -> str:
        """The text that was signed."""
        return receipt_body(number=self.number, at=self.at, digests=self.digests)

    @property
    def text(self) -> str:
        """The receipt to keep: the text and its signature."""
        return receipt_text(body=self.body, signature=self.signature)


def receipt_of(submission: Submission) -> Receipt:
    """The receipt of one submission."""
    return Receipt(
        number=submission.number,
        at=submission.at,
        digests=tuple(line.stored_digest for line in submission.lines.all()),
        signature=submission.signature,
    )


def receipt_by_code(code: str) -> Receipt:
    """The receipt whose code somebody holds. Raises Refusal `receipt_unknown`, malformed or not given alike."""
    submission = Submission.objects.filter(code=code).first() if _CODE.fullmatch(code) else None
    if submission is None:
        raise Refusal("receipt_unknown")
    return receipt_of(submission)
