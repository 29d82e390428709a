"""Everything a candidate's page needs of one dossier, in one query whatever the number of pictures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from kaosheng.casework.models import (
    AskedPlace,
    Correction,
    Decision,
    Dossier,
    Explanation,
    Mark,
    OpenedSlot,
    Picture,
    Promise,
    Recheck,
    Return,
    SiteReview,
    Step,
    Submission,
    SubmittedPicture,
)
from kaosheng.casework.queries.visible import verdict_of
from kaosheng.casework.services.dossier_around import DossierAround
from kaosheng.catalogue.queries import load_catalogue, published_versions
from kaosheng.crypto.fields import SealedTextField
from kaosheng.domain import places
from kaosheng.domain.errors import Refusal
from kaosheng.domain.materials import Catalogue
from kaosheng.domain.visibility import Closing, PublishedVerdict
from kaosheng.registration.models import RegistrationVersion

Row = Mapping[str, Any]
M = TypeVar("M", bound=Model)

_COLUMNS: dict[type[Model], tuple[str, ...]] = {
    Picture: (
        "id", "kind", "position", "format", "bytes", "width", "height", "thumbnail_width", "thumbnail_height",
        "stored_digest", "added_at", "added_by_staff_id", "hidden_at",
    ),
    Step: ("revision", "action", "state", "at", "verdict", "site_code"),
    Return: ("id", "stage", "at", "revision"),
    AskedPlace: ("id", "returned_id", "kind", "position", "manner", "opens_free_positions", "dropped_at", "received_at"),
    OpenedSlot: ("returned_id", "kind", "position", "counter_only"),
    Promise: ("kind", "due_on", "note", "at", "waived_reason"),
    Explanation: ("returned_id", "kind", "position", "reason", "at"),
    Submission: ("id", "ordinal", "number", "code", "at"),
    SubmittedPicture: ("submission_id", "picture_id", "line"),
    Mark: (
        "id", "kind", "position", "picture_id", "verdict", "text_zh", "text_en", "box", "manner", "frozen_at",
    ),
    Decision: ("verdict", "opinion", "at"),
    Correction: ("verdict", "opinion", "confirmed_at"),
    Recheck: ("reason", "asked_at", "outcome", "answer", "answered_at"),
}  # fmt: skip


_PARTS: Final = (
    "picture_rows", "step_rows", "return_rows", "asked_rows", "opened_rows", "promise_rows", "explanation_rows",
    "submission_rows", "line_rows", "mark_rows", "decision_rows", "correction_rows", "recheck_rows", "closing_rows",
    "newest_catalogue", "known_version",
)  # fmt: skip
_NONE: Final = UUID(int=0)
"""Stands in the prepared statement for the dossier's id."""


@dataclass(frozen=True)
class CandidateRows:
    """The rows of one dossier. `case` answers the rules from them without asking the database again.

    `marks` are those ever sent to the candidate, oldest first; `known` is the registration as it was received when
    he last acknowledged it, None when that is the present version.
    """

    case: DossierAround
    pictures: tuple[Picture, ...]
    steps: tuple[Step, ...]
    returns: tuple[Return, ...]
    asked: tuple[AskedPlace, ...]
    marks: tuple[Mark, ...]
    submissions: tuple[Submission, ...]
    closings: tuple[Closing, ...]
    published: PublishedVerdict | None
    recheck: Recheck | None
    known: Mapping[str, Any] | None


def read_rows(dossier: Dossier, *, now: datetime) -> CandidateRows:
    """Read the rows. `dossier` comes from the door, with registration, intake, site and release joined.

    Raises Refusal `catalogue_missing`.
    """
    found = _found(dossier.pk)
    version_id = dossier.catalogue_version_id or found["newest_catalogue"]
    if version_id is None:
        raise Refusal("catalogue_missing")
    return _made(dossier, found, catalogue=load_catalogue(version_id), now=now)


def rows_of_nobody(
    dossier: Dossier, *, catalogue: Catalogue, steps: Sequence[Step] = (), now: datetime
) -> CandidateRows:
    """The same of a dossier that is stored nowhere and has nothing but these steps: to show a page without a candidate."""
    told = [{name: getattr(step, name) for name in _COLUMNS[Step]} for step in steps]
    found = {**dict.fromkeys(_PARTS, ()), "step_rows": told, "known_version": None}
    return _made(dossier, found, catalogue=catalogue, now=now)


def _made(dossier: Dossier, found: Row, *, catalogue: Catalogue, now: datetime) -> CandidateRows:
    rows = CandidateRows(
        case=DossierAround(dossier, arrived_at=now, now=now),
        pictures=_instances(Picture, found["picture_rows"]),
        steps=_instances(Step, found["step_rows"]),
        returns=_instances(Return, found["return_rows"]),
        asked=_instances(AskedPlace, found["asked_rows"]),
        marks=_instances(Mark, found["mark_rows"]),
        submissions=_instances(Submission, found["submission_rows"]),
        closings=tuple(
            Closing(site=row["site"], at=datetime.fromisoformat(row["at"])) for row in found["closing_rows"]
        ),
        published=_published(dossier, found, now),
        recheck=next(iter(_instances(Recheck, found["recheck_rows"])), None),
        known=_opened(found["known_version"]),
    )
    _fill(rows, found, catalogue)
    return rows


def _found(dossier_id: UUID) -> Row:
    sql, parameters = _statement()
    with connection.cursor() as cursor:
        cursor.execute(sql, [dossier_id if value == _NONE else value for value in parameters])
        values = cursor.fetchone()
    if values is None:
        raise Refusal("not_found")
    found = dict(zip(_PARTS, values, strict=True))
    return {name: value if name == "known_version" else _loaded(value) for name, value in found.items()}


def _loaded(value: Any) -> Any:
    """A value as the ORM would give it: the driver leaves JSON as text."""
    if isinstance(value, list):
        return [json.loads(entry) for entry in value]
    return json.loads(value) if isinstance(value, str) else value


def _opened(payload: str | None) -> Mapping[str, Any] | None:
    """A version of the registration; the statement goes past the model's field, so it arrives sealed."""
    field = RegistrationVersion._meta.get_field("payload")  # noqa: SLF001 - Django's documented API
    if payload is None or not isinstance(field, SealedTextField):
        return None
    version: Mapping[str, Any] = json.loads(field.from_db_value(payload))
    return version


@lru_cache(maxsize=1)
def _statement() -> tuple[str, tuple[Any, ...]]:
    """The SQL, built once a process: building it takes longer than running it."""
    sql, parameters = _query(_NONE).query.get_compiler(connection=connection).as_sql()
    return sql, tuple(parameters)


def _query(dossier_id: UUID) -> QuerySet[Dossier, dict[str, Any]]:
    here = OuterRef("pk")
    newest = published_versions().filter(intake=OuterRef("intake_id"))
    known = RegistrationVersion.objects.filter(
        registration=OuterRef("registration_id"), source_version=OuterRef("acknowledged_version")
    ).exclude(source_version=OuterRef("registration__source_version"))
    closings = SiteReview.objects.filter(intake=OuterRef("intake_id")).order_by("closed_at")
    return (
        Dossier.objects.filter(pk=dossier_id)
        .annotate(
            picture_rows=_rows(Picture.objects.filter(dossier=here)),
            step_rows=_rows(Step.objects.filter(dossier=here).order_by("revision")),
            return_rows=_rows(Return.objects.filter(dossier=here).order_by("revision")),
            asked_rows=_rows(AskedPlace.objects.filter(returned__dossier=here)),
            opened_rows=_rows(OpenedSlot.objects.filter(returned__dossier=here)),
            promise_rows=_rows(Promise.objects.filter(dossier=here)),
            explanation_rows=_rows(Explanation.objects.filter(dossier=here)),
            submission_rows=_rows(Submission.objects.filter(dossier=here).order_by("ordinal")),
            line_rows=_rows(SubmittedPicture.objects.filter(submission__dossier=here)),
            mark_rows=_rows(Mark.objects.filter(dossier=here, sent=True).order_by("frozen_at", "pk")),
            decision_rows=_rows(Decision.objects.filter(dossier=here, voided_at=None)),
            correction_rows=_rows(
                Correction.objects.filter(dossier=here, confirmed_at__isnull=False).order_by("confirmed_at")
            ),
            recheck_rows=_rows(Recheck.objects.filter(dossier=here)),
            closing_rows=ArraySubquery(closings.values(row=JSONObject(site="site__code", at="closed_at"))),
            newest_catalogue=Subquery(newest.values("pk")[:1]),
            known_version=Subquery(known.values("payload")[:1]),
        )
        .values(*_PARTS)
    )


def _rows(queryset: QuerySet[Any]) -> ArraySubquery:
    columns = {name: name for name in _COLUMNS[queryset.model]}
    return ArraySubquery(queryset.values(row=JSONObject(**columns)))


def _instances(model: type[M], rows: Iterable[Row]) -> tuple[M, ...]:
    fields = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001 - Django's documented API
    return tuple(
        model(
            **{
                name: None if row[name] is None else fields[name].to_python(row[name])
                for name in _COLUMNS[model]
            }
        )
        for row in rows
    )


def _published(dossier: Dossier, found: Row, now: datetime) -> PublishedVerdict | None:
    release = dossier.release
    if release is None or release.published_at is None or release.published_at > now:
        return None
    decisions = _instances(Decision, found["decision_rows"])
    corrections = _instances(Correction, found["correction_rows"])
    return verdict_of(decisions[0], corrections, published_at=release.published_at)


def _fill(rows: CandidateRows, found: Row, catalogue: Catalogue) -> None:
    """Give the case what it would otherwise read by itself."""
    case = rows.case
    newest = rows.returns[-1] if rows.returns else None
    last = rows.submissions[-1].pk if rows.submissions else None
    case.__dict__.update(
        catalogue=catalogue,
        pictures=[picture for picture in rows.pictures if picture.hidden_at is None],
        submissions=list(rows.submissions),
        submitted_ids=frozenset(
            line.picture_id
            for line in _instances(SubmittedPicture, found["line_rows"])
            if line.submission_id == last
        ),
        promises=list(_instances(Promise, found["promise_rows"])),
        all_explanations=list(_instances(Explanation, found["explanation_rows"])),
        returned=newest,
        asked_rows=[
            place
            for place in rows.asked
            if newest and place.returned_id == newest.pk and place.dropped_at is None
        ],
        opened=tuple(
            places.Opened(places.Slot(slot.kind, slot.position), counter_only=slot.counter_only)
            for slot in _instances(OpenedSlot, found["opened_rows"])
            if newest and slot.returned_id == newest.pk
        ),
    )
