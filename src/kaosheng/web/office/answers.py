"""Files the office takes away."""

from __future__ import annotations

from typing import IO, Final

from django.http import FileResponse
from django.utils import timezone

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook_answer(target: IO[bytes], name: str) -> FileResponse:
    """A workbook just written, as a download; its name ends with today's date."""
    target.seek(0)
    return FileResponse(
        target, as_attachment=True, filename=f"{name}-{timezone.localdate():%Y%m%d}.xlsx", content_type=XLSX
    )
