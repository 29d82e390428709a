"""A zip archive sent while it is made: one entry in memory at a time, besides the list of names."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone


class _Outgoing(io.RawIOBase):
    """What was written since it was last taken; it can't be sought, so the archive keeps no way back."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: object) -> int:
        """Take bytes in."""
        self._waiting += memoryview(data)  # type: ignore[arg-type]  # zipfile gives bytes
        return len(memoryview(data))  # type: ignore[arg-type]

    def take(self) -> bytes:
        """Hand them on."""
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


def zip_stream(entries: Iterable[tuple[str, datetime, bytes]]) -> Iterator[bytes]:
    """The archive's bytes; pictures are stored as they are, for they don't get smaller."""
    outgoing = _Outgoing()
    with zipfile.ZipFile(outgoing, "w", zipfile.ZIP_STORED) as archive:
        for path, moment, content in entries:
            archive.writestr(zipfile.ZipInfo(path, timezone.localtime(moment).timetuple()[:6]), content)
            yield outgoing.take()
    yield outgoing.take()
