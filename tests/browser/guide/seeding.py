"""The small seed of the guide's walks, run as a program in the system's environment: `seeding.py ORDER PEOPLE`.

ORDER is what `cast.order` says, as JSON. Every intake it names is a copy of the demonstration's. Writes the people
for the registration system to PEOPLE and prints them by the name of their part, as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - settings come first
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.utils import timezone  # noqa: E402

from kaosheng.accounts.models import User  # noqa: E402
from kaosheng.accounts.scope import Staff  # noqa: E402
from kaosheng.casework.models import Dossier  # noqa: E402
from kaosheng.casework.services import clock, releasing  # noqa: E402
from kaosheng.casework.services.registrations import receive_registration  # noqa: E402
from kaosheng.domain.places import Slot  # noqa: E402
from kaosheng.ops.demo_data.seeding import _samples  # noqa: E402
from kaosheng.ops.demo_data.seeding_cases import CasePlayer  # noqa: E402
from kaosheng.ops.demo_data.seeding_clock import clock_at  # noqa: E402
from kaosheng.ops.demo_data.seeding_places import seed_catalogue, seed_places, seed_staff  # noqa: E402
from kaosheng.ops.drawings import draw  # noqa: E402
from kaosheng.ops.drawings.plan import Purpose, complete_slots  # noqa: E402
from kaosheng.regions.models import Intake  # noqa: E402
from kaosheng.registration.models import Candidate, RegistrationVersion  # noqa: E402
from kaosheng.web.identity import CANDIDATE_KEY  # noqa: E402


def main(order_file: Path, people_file: Path) -> int:
    """Load everything, then print who is who."""
    order: dict[str, Any] = json.loads(order_file.read_text(encoding="utf-8"))
    people = {name: _person(**entry) for name, entry in order["people"].items()}
    people_file.write_text(json.dumps(list(people.values()), ensure_ascii=False), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "registration_demo", "load_people", "--reset", "--file", str(people_file)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    seed_places()
    batches = {entry["batch"] for entry in order["people"].values()}
    _open_intakes(batches)
    staff = seed_staff()
    seed_catalogue(list(Intake.objects.filter(area__code="13", code__in=batches)), _samples())
    for name, case in order["cases"].items():
        receive_registration(people[name]["registrations"][0], way=RegistrationVersion.Way.PULL)
        _play(name, case, people[name], staff)
    _release(order["gallery"], staff)
    for name in order["cases"]:
        people[name] |= _seat(people[name]["subject"])
    sys.stdout.write(json.dumps(people, ensure_ascii=False) + "\n")
    return 0


def _person(username: str, batch: str, site: str = "1301") -> dict[str, Any]:
    """Somebody of the demonstration's people with one registration, in this intake; at 石家庄 if nothing else is said."""
    file = settings.CHECKOUT / "src" / "registration_demo" / "data" / "people.json"
    person: dict[str, Any] = next(
        one for one in json.loads(file.read_text(encoding="utf-8")) if one["username"] == username
    )
    registration = next(one for one in person["registrations"] if one["exam_batch"] == "2027YS")
    facts = {**registration["facts"], "institution_kind": "tertiary_a"}
    registration |= {"exam_batch": batch, "site": site, "source_version": 1, "facts": facts}
    return {**person, "registrations": [registration]}


def _open_intakes(codes: Iterable[str]) -> None:
    """Copies of the demonstration's intake. Nobody is drawn for a second look: the walks know what comes next."""
    Intake.objects.update(second_look_share=0)
    model = Intake.objects.get(area__code="13", code="2027YS")
    for code in codes:
        if not Intake.objects.filter(area=model.area, code=code).exists():
            batch = code.rpartition("-")[2]
            copy = Intake.objects.get(pk=model.pk)
            copy.pk, copy.code = None, code
            copy.name_zh, copy.name_en = f"{model.name_zh}（第{batch}批）", f"{model.name_en} (batch {batch})"
            copy._state.adding = True
            copy.save()


def _play(name: str, case: dict[str, Any], person: dict[str, Any], staff: dict[str, User]) -> None:
    registration = person["registrations"][0]
    slots = complete_slots(registration["facts"])
    picture = draw("M01", 1, registration, 0)
    answered = (back for back in case.get("return", []) if back["answer"] == "resubmitted")
    replaced = [Slot(place["kind"], place["position"]) for back in answered for place in back["places"]]
    other = draw("M01", 2, registration, 0) if replaced else picture
    player = CasePlayer(
        {**case, "number": registration["number"], "pictures": "complete"},
        drawn={
            **{(slot, Purpose.UPLOAD): picture for slot in slots},
            **{(slot, Purpose.REPLACEMENT): other for slot in replaced},
        },
        staff=staff,
        moment=lambda _name: timezone.now(),
    )
    player.play()
    if name == "lapsed":
        with clock_at(player.dossier.intake.closes_at + timedelta(minutes=3)):
            clock.lapse(dossier_id=player.dossier.pk)
    if name == "withdrawn":
        changed = {**registration, "source_version": 2, "cancelled": True}
        receive_registration(changed, way=RegistrationVersion.Way.PUSH)


def _seat(subject: str) -> dict[str, str]:
    """A session of somebody who has logged in, and the address of the dossier."""
    candidate = Candidate.objects.get(subject=subject)
    session = SessionStore()
    session[CANDIDATE_KEY] = candidate.pk
    session["seen_at"] = (timezone.now() + timedelta(hours=6)).timestamp()  # a long run is no idling
    session.create()
    dossier = Dossier.objects.get(registration__candidate=candidate)
    return {"session": session.session_key or "", "dossier": str(dossier.pk)}


def _release(gallery: str, staff: dict[str, User]) -> None:
    """The results of the gallery's decided dossiers; what isn't finished there are late cases."""
    intake = Intake.objects.get(area__code="13", code=gallery)
    manager = Staff.of(staff["area-manager-1"])
    blockers = releasing.release_blockers(intake=intake, now=timezone.now())
    late = {dossier.pk: "演示：仍在审核" for dossier in blockers}
    release = releasing.prepare_release(intake=intake, staff=manager, late_cases=late)
    ready = Dossier.objects.filter(release=release).count()
    releasing.publish_release(release=release, staff=manager, counted=ready)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), Path(sys.argv[2])))
