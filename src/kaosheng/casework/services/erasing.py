"""Erasing what is no longer kept: on the day candidates were told, archived first, with a row in the trail."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core import serializers
from django.db import models

from kaosheng.audit.names import AuditName
from kaosheng.casework.jobs.objects import delete_objects
from kaosheng.casework.models import Dossier, Picture
from kaosheng.casework.queries.keeping import is_over
from kaosheng.casework.services.actors import CLOCK
from kaosheng.casework.services.addressing import about, person_code
from kaosheng.casework.services.case import Case
from kaosheng.casework.services.write_path import open_case
from kaosheng.crypto.digests import digest
from kaosheng.crypto.sealing import seal_bytes
from kaosheng.domain.errors import Refusal
from kaosheng.notices.models import Message, WechatBinding, WechatTicket
from kaosheng.pictures.store import get_store, sync_folder, write_durably
from kaosheng.registration.models import Candidate, Registration

ARCHIVE_LABEL: Final = "dossier.archive"
Rows = dict[type[models.Model], set[Any]]


def erase(*, dossier_id: UUID, today: date) -> None:
    """Erase one dossier, its registration and messages, and the person when nothing else of his is here.

    What was submitted is archived first, sealed (settings ARCHIVE_ROOT). The trail keeps its rows: they name nobody.
    Raises Refusal `not_found`, `still_kept`, and what the store raises when a picture can't be read: nothing is erased then.
    """
    with open_case(dossier_id) as case:
        if not is_over(case.dossier, today=today):
            raise Refusal("still_kept")
        rows = _everything_of(case.registration)
        pictures = list(Picture.objects.filter(dossier=case.dossier))
        archived = _archive(case, rows, pictures) if case.submissions else ""
        # Before the rows go: the tables of the history let a row go only when the trail says why.
        case.record(AuditName.DOSSIER_ERASED, CLOCK, pictures=len(pictures), archive=archived)
        for model, ids in reversed(rows.items()):
            found = model._base_manager.filter(pk__in=ids)  # noqa: SLF001 - Django's documented API
            found._raw_delete(using=found.db)  # noqa: SLF001 - `delete` would refuse what is protected from it
        keys = [key for picture in pictures for key in (picture.object_key, picture.thumbnail_key)]
        delete_objects.defer(keys=keys)


def _everything_of(registration: Registration) -> Rows:
    """Every row that hangs on the registration, found by the models' own relations, so that a new table isn't forgotten."""
    rows: Rows = {}
    abouts = [about(dossier) for dossier in Dossier.objects.filter(registration=registration)]
    candidate = registration.candidate
    if candidate is not None and not candidate.registrations.exclude(pk=registration.pk).exists():
        abouts += [f"phone:{pk}" for pk in candidate.phone_changes.values_list("pk", flat=True)]
        for of_person in (WechatBinding, WechatTicket):
            _collect(rows, of_person.objects.filter(person=person_code(candidate.pk)))
        _collect(rows, Candidate.objects.filter(pk=candidate.pk))
    _collect(rows, Registration.objects.filter(pk=registration.pk))
    _collect(rows, Message.objects.filter(about__in=abouts))
    return rows


def _collect(rows: Rows, found: models.QuerySet[Any]) -> None:
    """These rows and every row that points at them."""
    model = found.model
    new = set(found.values_list("pk", flat=True)) - rows.get(model, set())
    if not new:
        return
    rows.setdefault(model, set()).update(new)
    for relation in model._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's documented API
        if isinstance(relation, models.ManyToOneRel):
            pointing = {f"{relation.field.name}__in": new}
            _collect(rows, relation.related_model._base_manager.filter(**pointing))  # type: ignore[union-attr]  # noqa: SLF001


def _archive(case: Case, rows: Rows, pictures: list[Picture]) -> str:
    """Write the record with its pictures, sealed, and return its digest; durable before a row goes."""
    store, packed = get_store(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(
            "record.json", serializers.serialize("json", _instances(rows), ensure_ascii=False, indent=1)
        )
        for picture in pictures:
            name = f"pictures/{picture.kind}-{picture.position}-{picture.pk}.{picture.format}"
            archive.writestr(name, store.read(picture.object_key))
    sealed = seal_bytes(packed.getvalue(), label=ARCHIVE_LABEL)
    folder = settings.ARCHIVE_ROOT / case.intake.area.code / case.intake.code
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{case.dossier.pk}.archive"
    path.unlink(missing_ok=True)  # of a try that ended before its transaction did
    write_durably(path, sealed)
    sync_folder(folder)
    return digest(sealed)


def _instances(rows: Rows) -> Iterator[models.Model]:
    for model, ids in rows.items():
        yield from model._base_manager.filter(pk__in=ids)  # noqa: SLF001
