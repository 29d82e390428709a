"""Writes drawn documents to a folder: `python -m kaosheng.ops.drawings --number 1327000101 --to FOLDER`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from kaosheng.ops.drawings.documents import FAULTS, draw, draw_sample
from kaosheng.ops.drawings.holder import Registration
from kaosheng.ops.drawings.plan import complete_slots, slot_of


def main(arguments: list[str] | None = None) -> int:
    """Draw what one registration has to give, or one picture of it, or the 示例 of a kind."""
    parser = argparse.ArgumentParser(prog="python -m kaosheng.ops.drawings", description=main.__doc__)
    parser.add_argument("--people", type=Path, help="people.json of the registration system")
    parser.add_argument("--number", help="registration number")
    parser.add_argument("--picture", help="only this place, e.g. M09/1")
    parser.add_argument("--fault", default="", choices=("", *FAULTS))
    parser.add_argument("--sample", metavar="KIND", help="the 示例 of this kind instead")
    parser.add_argument("--to", type=Path, required=True, help="folder to write into")
    options = parser.parse_args(arguments)
    options.to.mkdir(parents=True, exist_ok=True)
    if options.sample:
        (options.to / f"{options.sample}-sample.jpg").write_bytes(draw_sample(options.sample))
        return 0
    if not options.people or not options.number:
        parser.error("give --people and --number, or --sample")
    registration = _registration(options.people, options.number)
    if registration is None:
        parser.error(f"{options.people} has no registration {options.number}")
    slots = [slot_of(options.picture)] if options.picture else complete_slots(registration["facts"])
    for slot in slots:
        data = draw(slot.kind, slot.position, registration, 0, fault=options.fault)
        (options.to / f"{slot.kind}-{slot.position}.jpg").write_bytes(data)
    return 0


def _registration(people: Path, number: str) -> Registration | None:
    persons = json.loads(people.read_text(encoding="utf-8"))
    registrations: list[Registration] = [one for person in persons for one in person["registrations"]]
    return next((one for one in registrations if one["number"] == number), None)


if __name__ == "__main__":
    sys.exit(main())
