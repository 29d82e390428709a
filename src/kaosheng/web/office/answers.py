"""Files the office takes away."""

from __future__ import annotations

from typing import IO, Final

from django.http import FileResponse
from django.utils import timezone

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook_answer(target: IO[bytes], name: str) -> FileResponse:
    """A workbook just written, as a download that no cache keeps; its name ends with today's date."""
    target.seek(0)
    answer = FileResponse(
        target, as_attachment=True, filename=f"{name}-{timezone.localdate():%Y%m%d}.xlsx", content_type=XLSX
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
