"""The public check of a receipt: number, time and digests, no personal data, no state."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from kaosheng.casework.models import Submission
from kaosheng.domain.errors import Refusal

router = Router(auth=None)


@router.get("/receipts/{code}/", url_name="receipt")
def receipt(request: HttpRequest, code: str) -> dict[str, Any]:
    """What was submitted under this unguessable code."""
    submission = Submission.objects.filter(code=code).first()
    if submission is None:
        raise Refusal("not_found")
    lines = submission.lines.values_list("line", "stored_digest")
    return {
        "number": submission.number,
        "at": submission.at.isoformat(),
        "pictures": [{"line": line, "digest": digest} for line, digest in lines],
    }
