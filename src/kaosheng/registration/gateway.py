"""The gateway to the registration system: what it sends, understood and stored once, whichever way it came.

Claims at log-in, signed pushes and pulls all carry the same object; only a higher source version is applied.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx
from django.conf import settings
from django.utils import timezone

from kaosheng.crypto.sealing import blind_index
from kaosheng.domain.errors import Refusal
from kaosheng.domain.texts import can_be_kept
from kaosheng.regions.models import ExamSite, Intake
from kaosheng.registration.changes import COUNTED, own_fields
from kaosheng.registration.models import Candidate, Registration, RegistrationVersion

ID_TAIL: Final = 4
_TEXTS: Final = ("number", "exam_batch", "area", "site", "name", "id_type", "id_number")
_LONGEST: Final = {"number": 40, "subject": 255, "name": 80, "id_type": 40}
"""Characters the columns have."""
_LAST_VERSION: Final = 2**63 - 1
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Received:
    """One registration object as received, checked for form."""

    number: str
    source_version: int
    subject: str
    exam_batch: str
    area: str
    site: str
    is_cancelled: bool
    name: str
    id_type: str
    id_number: str
    phone: str
    facts: dict[str, Any]
    raw: str


def parse(payload: object) -> Received:
    """Check the form of a registration object. Raises Refusal `registration_not_understood` naming the field."""
    if not isinstance(payload, Mapping):
        raise Refusal("registration_not_understood", field="registration")
    for name in _TEXTS:
        if not isinstance(payload.get(name), str) or not payload[name]:
            raise Refusal("registration_not_understood", field=name)
    for name, value in payload.items():
        if not can_be_kept([name, value]) or len(str(value)) > _LONGEST.get(name, sys.maxsize):
            raise Refusal("registration_not_understood", field=name if can_be_kept(name) else "registration")
    version, facts = payload.get("source_version"), payload.get("facts")
    if not isinstance(version, int) or isinstance(version, bool) or not 0 <= version <= _LAST_VERSION:
        raise Refusal("registration_not_understood", field="source_version")
    if not isinstance(facts, dict) or not all(
        isinstance(value, str | int | bool) for value in facts.values()
    ):
        raise Refusal("registration_not_understood", field="facts")
    return Received(
        number=payload["number"],
        source_version=version,
        subject=str(payload.get("subject") or ""),
        exam_batch=payload["exam_batch"],
        area=payload["area"],
        site=payload["site"],
        is_cancelled=bool(payload.get("cancelled", False)),
        name=payload["name"],
        id_type=payload["id_type"],
        id_number=payload["id_number"],
        phone=str(payload.get("phone") or ""),
        facts=facts,
        raw=json.dumps(dict(payload), ensure_ascii=False, sort_keys=True),
    )


def find_place(received: Received) -> tuple[Intake, ExamSite]:
    """The intake and site it belongs to. Raises Refusal `intake_unknown` or `site_unknown`."""
    intake = (
        Intake.objects.filter(area__code=received.area, code=received.exam_batch)
        .select_related("area")
        .first()
    )
    if intake is None:
        raise Refusal("intake_unknown", area=received.area, batch=received.exam_batch)
    site = ExamSite.objects.filter(area=intake.area_id, code=received.site).first()
    if site is None:
        raise Refusal("site_unknown", site=received.site)
    return intake, site


def store_new(
    received: Received, *, intake: Intake, site: ExamSite, way: RegistrationVersion.Way
) -> Registration:
    """Create a registration with its first version."""
    registration = _blank(received, intake)
    _fill(registration, received, site)
    registration.save()
    _store_version(registration, received, way)
    return registration


def _blank(received: Received, intake: Intake) -> Registration:
    return Registration(number=received.number, intake=intake, source_version=received.source_version)


def store_all_new(
    received: Sequence[Received],
    *,
    intake: Intake,
    sites: Mapping[str, ExamSite],
    way: RegistrationVersion.Way,
) -> list[Registration]:
    """Create many registrations with their first versions, in two statements; `sites` by code."""
    registrations = [_blank(one, intake) for one in received]
    for registration, one in zip(registrations, received, strict=True):
        _fill(registration, one, sites[one.site])
    Registration.objects.bulk_create(registrations)
    RegistrationVersion.objects.bulk_create(
        _version(registration, one, way) for registration, one in zip(registrations, received, strict=True)
    )
    return registrations


def known_numbers(numbers: Sequence[str]) -> frozenset[str]:
    """Those of the numbers that are registered here already."""
    return frozenset(Registration.objects.filter(number__in=numbers).values_list("number", flat=True))


def store_newer(
    registration: Registration, received: Received, *, site: ExamSite, way: RegistrationVersion.Way
) -> None:
    """Overwrite a locked registration, keeping the history.

    What somebody chose although its version isn't higher leaves the number as it is, and the versions too.
    """
    is_newer = received.source_version > registration.source_version
    _fill(registration, received, site)
    registration.save()
    if is_newer:
        _store_version(registration, received, way)


def was_sent_newer(registration: Registration, received: Received) -> bool:
    """Whether the registration system itself, not a sheet, has sent a newer version than this object."""
    sent = registration.versions.exclude(way=RegistrationVersion.Way.IMPORT)
    return sent.filter(source_version__gt=received.source_version).exists()


def may_bind(registration: Registration, received: Received) -> bool:
    """Whether the person of this object may have the registration: imported ones go by the ID number alone."""
    if registration.subject:
        return True
    return registration.id_number_index == id_number_index(received.id_number)


def bind(registration: Registration, received: Received) -> None:
    """Give a locked imported registration to its person, though nothing newer came with him."""
    if registration.subject or not received.subject or not may_bind(registration, received):
        return
    registration.subject = received.subject
    registration.candidate = Candidate.objects.filter(subject=received.subject).first()
    registration.save(update_fields=["subject", "candidate"])


def _fill(registration: Registration, received: Received, site: ExamSite) -> None:
    registration.site = site
    registration.subject = received.subject or registration.subject
    if registration.subject and registration.candidate_id is None:
        registration.candidate = Candidate.objects.filter(subject=registration.subject).first()
    registration.name = received.name
    registration.id_type = received.id_type
    registration.id_number = received.id_number
    registration.id_number_index = id_number_index(received.id_number)
    registration.id_tail_index = id_tail_index(received.id_number[-ID_TAIL:])
    registration.phone = received.phone
    registration.facts = received.facts
    registration.source_version = max(received.source_version, registration.source_version)
    registration.is_cancelled = received.is_cancelled
    registration.received_at = timezone.now()


def _store_version(registration: Registration, received: Received, way: RegistrationVersion.Way) -> None:
    _version(registration, received, way).save()


def _version(
    registration: Registration, received: Received, way: RegistrationVersion.Way
) -> RegistrationVersion:
    return RegistrationVersion(
        registration=registration,
        source_version=received.source_version,
        way=way,
        payload=received.raw,
        facts=received.facts,
        received_at=registration.received_at,
    )


def id_number_index(id_number: str) -> str:
    """The blind index a full ID number is found by."""
    return blind_index(id_number, label="registration.id_number")


def id_tail_index(tail: str) -> str:
    """The blind index the last four characters are found by."""
    return blind_index(tail, label="registration.id_tail")


def differs(registration: Registration, received: Received) -> bool:
    """Whether anything a checklist or a reviewer goes by changed."""
    known = own_fields(registration, site=registration.site.code)
    return registration.facts != received.facts or any(
        known[name] != getattr(received, name) for name in COUNTED
    )


def pull_page(*, area: str, exam_batch: str, after: str) -> tuple[list[object], str | None]:
    """One page of registrations from the registration system, and where the next begins (None: the end)."""
    answer = httpx.get(
        f"{settings.REGISTRATION_ISSUER}/api/registrations/",
        params={"area": area, "exam_batch": exam_batch, "after": after, "limit": _PAGE},
        auth=(settings.REGISTRATION_CLIENT_ID, settings.REGISTRATION_CLIENT_SECRET),
        timeout=30,
    )
    answer.raise_for_status()
    body = answer.json()
    return list(body["registrations"]), body["next_after"]
