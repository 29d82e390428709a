"""A zip that is sent while it is made: one file in memory at a time, whatever the whole weighs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One file: name, time, and how its bytes are read when its turn comes."""

    name: str
    at: datetime
    read: Callable[[], bytes]


class _Outbox(io.RawIOBase):
    """Takes what zipfile writes until it is fetched; it can't be rewound, so sizes follow the files."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._waiting.append(bytes(data))
        return len(data)

    def fetch(self) -> bytes:
        fetched, self._waiting = b"".join(self._waiting), []
        return fetched


def zip_stream(entries: Iterable[ZipEntry]) -> Iterator[bytes]:
    """The pieces of a zip; pictures are compressed already, so everything is stored as it is."""
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            local = timezone.localtime(entry.at)
            archive.writestr(zipfile.ZipInfo(entry.name, local.timetuple()[:6]), entry.read())
            yield outbox.fetch()
    yield outbox.fetch()
