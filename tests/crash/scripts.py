"""What the crash tests ask of the installation from inside: run by `Installation.script`."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings

from factories import World, clients, dossiers, world
from kaosheng.audit.sealing import seal_settled
from kaosheng.casework.jobs.objects import sweep
from kaosheng.casework.models import Picture, Submission
from kaosheng.casework.queries.objects import named_keys
from kaosheng.casework.services.submitting import picture_list_digest
from kaosheng.ops.invariants import violations
from kaosheng.pictures.store import get_store
from kaosheng.regions.models import ExamArea, Intake

Prepared = dict[str, str]


def run(name: str, *arguments: Any) -> None:
    """Print what the named function returns as the last line."""
    sys.stdout.write(json.dumps(globals()[name](*arguments)) + "\n")


def drafts(count: int, filled: int) -> list[Prepared]:
    """Open dossiers with a session each; the first `filled` are complete."""
    here = _here()
    made = []
    for number in range(count):
        dossier = dossiers.register(here, number=f"1327{secrets.randbelow(10**9):09d}")
        if number < filled:
            dossier = dossiers.fill(dossier)
        client = clients.of_candidate(dossiers.candidate_of(dossier))
        made.append(
            {
                "dossier": str(dossier.pk),
                "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "list": picture_list_digest(dossier.pictures.all()),
                "commitment": dossier.intake.commitment_version,
            }
        )
    return made


def _here() -> World:
    """The places of the installation, made at the first question."""
    area = ExamArea.objects.filter(code="13").first()
    if area is None:
        return world()
    site, other_site = area.sites.order_by("code")
    intake = Intake.objects.get(area=area)
    return World(area, site, other_site, intake, area, site, intake)


def seen(keys: list[str]) -> dict[str, Any]:
    """After the crashes: what is broken, how many rows each upload has, how many receipts each dossier."""
    rows = Counter(Picture.objects.filter(idempotency_key__in=keys).values_list("idempotency_key", flat=True))
    receipts = Counter(str(pk) for pk in Submission.objects.values_list("dossier_id", flat=True))
    return {
        "broken": [[one.name, *one.offenders] for one in violations()],
        "rows": dict(rows),
        "receipts": dict(receipts),
    }


def swept_a_day_later() -> dict[str, Any]:
    """Let every file be two days old, sweep, and compare what is there with what rows name."""
    long_ago = time.time() - 2 * 24 * 3600
    for path in Path(settings.STORE_ROOT).rglob("*"):
        if path.is_file():
            os.utime(path, (long_ago, long_ago))
    removed = sweep()
    there = {entry.key for entry in get_store().objects()}
    files = sum(1 for path in Path(settings.STORE_ROOT).rglob("*") if path.is_file())
    named = set(named_keys())
    return {
        "removed": removed,
        "unnamed": sorted(there - named),
        "missing": sorted(named - there),
        "other_files": files - len(there),
        "broken": [[one.name, *one.offenders] for one in violations()],
    }


def sealed() -> int:
    """Put a seal on all audit events; how many events it covers."""
    return seal_settled()


def standing() -> dict[str, str]:
    """Every picture with its digest."""
    return {str(pk): digest for pk, digest in Picture.objects.values_list("pk", "stored_digest")}


def delete_everything(dossier: str) -> int:
    """Delete the pictures of a draft as its candidate; the jobs that delete the bytes are queued."""
    from kaosheng.casework.models import Dossier
    from kaosheng.casework.services.pictures import delete_picture

    draft = Dossier.objects.get(pk=dossier)
    pictures = list(draft.pictures.all())
    for picture in pictures:
        delete_picture(dossier_id=draft.pk, picture_id=picture.pk, actor=dossiers.owner(draft))
    return len(pictures)


def jobs_of(task: str) -> list[str]:
    """The states of the jobs of a task."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    return list(ProcrastinateJob.objects.filter(task_name__endswith=task).values_list("status", flat=True))
