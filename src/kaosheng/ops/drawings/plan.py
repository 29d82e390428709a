"""Which pictures the demonstration needs, and drawing them with several processes."""

from __future__ import annotations

import multiprocessing
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kaosheng.domain.materials import Effect, checklist
from kaosheng.domain.places import Slot
from kaosheng.ops.demo_data import read_toml
from kaosheng.ops.demo_data.catalogue import demo_catalogue
from kaosheng.ops.drawings.documents import draw
from kaosheng.ops.drawings.holder import Registration

_CHUNK = 4
"""Pictures a process is handed at a time: a short tail, and few messages between processes."""


class Purpose(StrEnum):
    """What a planned picture is for."""

    UPLOAD = "upload"
    REPLACEMENT = "replacement"
    """Uploaded after a return, into the place of the first one."""
    HANDOUT = "handout"
    """A file for whoever tries the demonstration; not part of any dossier."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One picture to draw. `folder` is set for handouts only."""

    number: str
    slot: Slot
    purpose: Purpose
    fault: str = ""
    folder: str = ""

    @property
    def seed(self) -> int:
        """The same picture every time, another one for a replacement."""
        return zlib.crc32(f"{self.number}/{self.slot.kind}/{self.slot.position}/{self.purpose}".encode())

    @property
    def file_name(self) -> str:
        """What a person would call the file."""
        return f"{self.slot.kind}-{self.slot.position}.jpg"


def plan(registrations: Mapping[str, Registration]) -> tuple[Planned, ...]:
    """Every picture of cases.toml, in its order; "complete" is what the checklist of that registration asks.

    `registrations` are by number. A case whose registration was changed after submitting is drawn for the facts
    it was submitted under.
    """
    tables = read_toml("cases")
    pictures: list[Planned] = []
    for case in tables["case"]:
        pictures += _pictures_of(case, registrations[case["number"]])
    for handout in tables["handout"]:
        faults = handout.get("faults", {})
        pictures += [
            Planned(
                handout["number"], slot_of(text), Purpose.HANDOUT, faults.get(text, ""), handout["folder"]
            )
            for text in handout["pictures"]
        ]
    return tuple(pictures)


def slot_of(text: str) -> Slot:
    """The place that "M01/2" names."""
    kind, _, position = text.partition("/")
    return Slot(kind, int(position))


def complete_slots(facts: Mapping[str, Any]) -> tuple[Slot, ...]:
    """The places a complete dossier fills: every minimum, and the first kind of each group of alternatives."""
    slots: list[Slot] = []
    groups: set[str] = set()
    for item in checklist(demo_catalogue(), facts):
        if not item.is_asked or (item.effect is Effect.ONE_OF and item.group in groups):
            continue
        groups.add(item.group)
        slots += [Slot(item.kind.code, position) for position in range(1, item.minimum + 1)]
    return tuple(slots)


def draw_all(
    pictures: tuple[Planned, ...], registrations: Mapping[str, Registration], *, processes: int = 2
) -> Iterator[tuple[Planned, bytes]]:
    """Draw the pictures and yield each with its bytes, in order, as soon as it is done.

    Processes are spawned, not forked, so that nothing of the caller's (database connections) is shared.
    """
    orders = [(picture, registrations[picture.number]) for picture in pictures]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=processes, mp_context=context) as pool:
        yield from zip(pictures, pool.map(_drawn, orders, chunksize=_CHUNK), strict=True)


def _drawn(order: tuple[Planned, Registration]) -> bytes:
    picture, registration = order
    return draw(picture.slot.kind, picture.slot.position, registration, picture.seed, fault=picture.fault)


def _pictures_of(case: Mapping[str, Any], registration: Registration) -> list[Planned]:
    number = case["number"]
    faults = case.get("faults", {})
    if case["pictures"] == "complete":
        facts = {**registration["facts"], **case.get("changed_from", {})}
        promised = {promise["kind"] for promise in case.get("promises", [])}
        slots = [slot for slot in complete_slots(facts) if slot.kind not in promised]
    else:
        slots = [slot_of(text) for text in case["pictures"]]
    pictures = [
        Planned(number, slot, Purpose.UPLOAD, faults.get(f"{slot.kind}/{slot.position}", ""))
        for slot in slots
    ]
    for returned in case.get("return", []):
        if returned["answer"] == "resubmitted":
            pictures += [
                Planned(number, Slot(place["kind"], place.get("position", 1)), Purpose.REPLACEMENT)
                for place in returned["places"]
            ]
    return pictures
