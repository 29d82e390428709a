"""Bringing an empty installation to the demonstration: places, people, and every case played by the services."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import httpx
from django.conf import settings
from django.utils import timezone

from kaosheng.accounts.models import User
from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Dossier, Release
from kaosheng.casework.services import clock, releasing
from kaosheng.casework.services.registrations import pull_all, receive_registration
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.errors import Refusal
from kaosheng.domain.places import Slot
from kaosheng.ops.demo_data import PICTURES_FOLDER, read_toml
from kaosheng.ops.demo_data.catalogue import demo_catalogue
from kaosheng.ops.demo_data.seeding_cases import CasePlayer
from kaosheng.ops.demo_data.seeding_clock import clock_at
from kaosheng.ops.demo_data.seeding_places import instant, seed_catalogue, seed_places, seed_staff
from kaosheng.ops.drawings import draw_sample
from kaosheng.ops.drawings.plan import Planned, Purpose, draw_all, plan
from kaosheng.regions.models import Intake
from kaosheng.registration import gateway
from kaosheng.registration.models import RegistrationVersion

Say = Callable[[str], None]
_PATIENCE_SECONDS: Final = 60
_STORY: Final = {
    # Days after the opening of the window, hours of the day.
    "upload": (2, 10),
    "submit": (3, 15),
    "early_return": (4, 9),
    "answer": (5, 20),
    "forward": (7, 10),
    "decide": (8, 16),
}
"""When things happened, counted from the opening of the intake. What still waits happened today (`_moment`)."""


class SeedError(Exception):
    """The demonstration can't be brought up; the text says why."""


def seed(say: Say) -> None:
    """Everything, in order; what is there already stays. Raises SeedError."""
    say("regions, intakes, staff")
    intakes = seed_places()
    staff = seed_staff()
    say("sample pictures")
    seed_catalogue(intakes, {} if _has_catalogue(intakes) else _samples())
    say("registrations, from the registration system")
    objects = _fetch(intakes)
    _receive_first_versions(objects)
    _play(objects, staff, say)
    _end_history(staff)
    with clock_at(_today(hours=4)):
        for intake in intakes:
            pull_all(area=intake.area.code, exam_batch=intake.code)
    _require_states()


def _has_catalogue(intakes: Iterable[Intake]) -> bool:
    return all(intake.catalogue_versions.exists() for intake in intakes)


def _samples() -> dict[str, bytes]:
    codes = sorted({kind.sample for kind in demo_catalogue().kinds if kind.sample})
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        return dict(zip(codes, pool.map(draw_sample, codes), strict=True))


def _fetch(intakes: Iterable[Intake]) -> dict[str, dict[str, Any]]:
    """All registration objects by number, over HTTP as a real installation would get them."""
    _wait_for_registration_system()
    objects: dict[str, dict[str, Any]] = {}
    for intake in intakes:
        after: str | None = ""
        while after is not None:
            page, after = gateway.pull_page(area=intake.area.code, exam_batch=intake.code, after=after)
            objects |= {entry["number"]: entry for entry in page if isinstance(entry, dict)}
    return objects


def _wait_for_registration_system() -> None:
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            httpx.get(settings.REGISTRATION_ISSUER, timeout=5)
        except httpx.HTTPError as error:
            if time.monotonic() > give_up:
                raise SeedError(
                    f"The registration system {settings.REGISTRATION_ISSUER} doesn't answer."
                ) from error
            time.sleep(0.3)
        else:
            return


def _receive_first_versions(objects: Mapping[str, Mapping[str, Any]]) -> None:
    """Registrations as they were at the opening; the later pull brings what changed since."""
    changed = {
        case["number"]: case["changed_from"] for case in read_toml("cases")["case"] if "changed_from" in case
    }
    opened = {table["code"]: instant(table["opens"]) for table in read_toml("regions")["intake"]}
    for number, entry in objects.items():
        first = {
            **entry,
            "source_version": 1,
            "cancelled": False,
            "facts": {**entry["facts"], **changed.get(number, {})},
        }
        with clock_at(opened[entry["exam_batch"]]):
            receive_registration(first, way=RegistrationVersion.Way.PULL)


def _play(objects: Mapping[str, Mapping[str, Any]], staff: Mapping[str, User], say: Say) -> None:
    cases = {case["number"]: case for case in read_toml("cases")["case"]}
    untouched = set(
        Dossier.objects.filter(registration__number__in=cases, pictures=None).values_list(
            "registration__number", flat=True
        )
    )
    wanted = tuple(
        picture
        for picture in plan(objects)
        if picture.purpose is Purpose.HANDOUT or picture.number in untouched
    )
    waiting = {number: sum(1 for picture in wanted if _is_of(picture, number)) for number in untouched}
    drawn: dict[str, dict[tuple[Slot, Purpose], bytes]] = {number: {} for number in untouched}
    done = 0
    for picture, data in draw_all(wanted, objects):
        if picture.purpose is Purpose.HANDOUT:
            _hand_out(picture, data)
            continue
        drawn[picture.number][picture.slot, picture.purpose] = data
        if len(drawn[picture.number]) == waiting[picture.number]:
            pictures = drawn.pop(picture.number)
            _play_case(cases[picture.number], pictures, staff)
            done += 1
            if done % 10 == 0:
                say(f"dossiers: {done}")


def _is_of(picture: Planned, number: str) -> bool:
    return picture.number == number and picture.purpose is not Purpose.HANDOUT


def _play_case(
    case: Mapping[str, Any], drawn: dict[tuple[Slot, Purpose], bytes], staff: Mapping[str, User]
) -> None:
    opens_at = Intake.objects.get(registrations__number=case["number"]).opens_at
    try:
        CasePlayer(
            case, drawn=drawn, staff=staff, moment=lambda name: _moment(name, case["number"], opens_at)
        ).play()
    except Refusal as refusal:
        raise SeedError(f"case {case['number']}: {refusal.code} {refusal.params}") from refusal


def _moment(name: str, number: str, opens_at: datetime) -> datetime:
    """When this happened to this registration; each number has minutes of its own."""
    minutes = int(number[-3:]) * 7 % 200
    if name == "now":
        return timezone.now()
    if name in {"return", "marks"}:
        return _today(hours=5) + timedelta(minutes=minutes)
    days, hours = _STORY[name]
    start = opens_at.astimezone(HOUSE_TIME).replace(hour=0, minute=0)
    return start + timedelta(days=days, hours=hours, minutes=minutes)


def _today(*, hours: int) -> datetime:
    return timezone.now() - timedelta(hours=hours)


def _hand_out(picture: Planned, data: bytes) -> None:
    folder = Path(settings.VAR) / PICTURES_FOLDER / picture.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / picture.file_name).write_bytes(data)


def _end_history(staff: Mapping[str, User]) -> None:
    """The intake of the year before: drafts lapsed, results released."""
    for table in read_toml("regions")["intake"]:
        if "released" not in table:
            continue
        intake = Intake.objects.select_related("area").get(area__code=table["area"], code=table["code"])
        if Release.objects.filter(intake=intake, published_at__isnull=False).exists():
            continue
        with clock_at(intake.closes_at + timedelta(minutes=3)):
            for dossier_id in Dossier.objects.filter(intake=intake, state="draft").values_list(
                "pk", flat=True
            ):
                clock.lapse(dossier_id=dossier_id)
        with clock_at(instant(table["released"])):
            manager = Staff.of(staff["area-manager-1"])
            release = releasing.prepare_release(intake=intake, staff=manager, late_cases={})
            releasing.publish_release(release=release, staff=manager, counted=release.dossiers.count())


def _require_states() -> None:
    """Every case ended where the file says. Raises SeedError naming the first that didn't."""
    for case in read_toml("cases")["case"]:
        dossier = Dossier.objects.select_related("release").get(registration__number=case["number"])
        state = "released" if dossier.release is not None else dossier.state
        if state != case["state"]:
            raise SeedError(
                f"Registration {case['number']} is {state}, not {case['state']}: an earlier start was interrupted. "
                "`make demo-reset` starts over."
            )
