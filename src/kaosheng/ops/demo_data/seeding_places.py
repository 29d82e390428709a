"""Where the demonstration happens: areas, sites, intakes, catalogue with its 示例, and the staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from kaosheng.accounts.models import Grant, User
from kaosheng.catalogue.services import begin_version, write_version
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.ops.demo_data import read_staff, read_toml
from kaosheng.ops.demo_data.catalogue import demo_catalogue
from kaosheng.ops.places import enter_places
from kaosheng.pictures.store import get_store
from kaosheng.regions.models import ExamArea, ExamSite, Intake

MIDNIGHT = "24:00"


def instant(when: Mapping[str, Any]) -> datetime:
    """The moment `{days, time}` names, counted from today; "24:00" is the end of that day."""
    days, clock = when["days"], when["time"]
    hours, minutes = (24, 0) if clock == MIDNIGHT else (int(part) for part in clock.split(":"))
    midnight = timezone.now().astimezone(HOUSE_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=days, hours=hours, minutes=minutes)


def last_day(when: Mapping[str, Any]) -> date:
    """The day candidates are told: the one that a midnight ends."""
    return (instant(when) - timedelta(seconds=1)).astimezone(HOUSE_TIME).date()


@transaction.atomic
def seed_places() -> list[Intake]:
    """Areas, sites and intakes of regions.toml; those already there stay as they are."""
    tables = read_toml("regions")
    enter_places(tables)
    area_notes = {table["code"]: table for table in tables["area"]}
    return [_intake(table, area_notes[table["area"]]) for table in tables["intake"]]


def _intake(table: Mapping[str, Any], area: Mapping[str, Any]) -> Intake:
    commitment = read_toml("commitment")["commitment"][-1]
    intake, _created = Intake.objects.get_or_create(
        area=ExamArea.objects.get(code=table["area"]),
        code=table["code"],
        defaults={
            "name_zh": table["name_zh"],
            "name_en": table["name_en"],
            "opens_at": instant(table["opens"]),
            "closes_at": instant(table["closes"]),
            "supplement_days": table["supplement_days"],
            "stages": table["stages"],
            "second_look_share": table["second_look_share"],
            "second_look_seed": f"{table['area']}/{table['code']}",
            "notes_zh": f"{area['notes_zh'].strip()}\n\n{table['notes_zh'].strip()}",
            "notes_en": f"{area['notes_en'].strip()}\n\n{table['notes_en'].strip()}",
            "commitment_version": commitment["version"],
            "commitment_zh": commitment["text_zh"].strip(),
            "commitment_en": commitment["text_en"].strip(),
            "review_expected_by": last_day(table["review_expected"]),
            "release_expected_by": last_day(table["release_expected"]),
        },
    )
    return intake


def seed_catalogue(intakes: list[Intake], samples: Mapping[str, bytes]) -> None:
    """The first catalogue version of every intake; the 示例 go into the store once."""
    waiting = [intake for intake in intakes if not intake.catalogue_versions.exists()]
    if not waiting:
        return
    codes = list(samples)
    keys = dict(zip(codes, get_store().put(*samples.values()), strict=True))
    for intake in waiting:
        _publish(intake, keys)


@transaction.atomic
def _publish(intake: Intake, sample_keys: Mapping[str, str]) -> None:
    catalogue = demo_catalogue()
    version = begin_version(intake_id=intake.pk)
    kinds = [replace(kind, sample=sample_keys.get(kind.sample, "")) for kind in catalogue.kinds]
    write_version(version=version, kinds=kinds, rules=catalogue.rules)
    version.published_at = intake.opens_at
    version.save(update_fields=["published_at"])


@transaction.atomic
def seed_staff() -> dict[str, User]:
    """The accounts of staff.json with their grants, by user name."""
    people = {}
    for person in read_staff():
        user = User.objects.filter(username=person["username"]).first() or User.objects.create_user(
            username=person["username"], password=person["password"], name=person["name"]
        )
        people[user.username] = user
        for grant in person["grants"]:
            area = ExamArea.objects.get(code=grant["area"]) if grant["area"] else None
            site = ExamSite.objects.get(area=area, code=grant["site"]) if area and grant["site"] else None
            Grant.objects.get_or_create(user=user, role=grant["role"], area=area, site=site)
    return people
