"""What the office may take away: lists, pictures, progress; in pieces, so that memory doesn't grow with the list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Dossier, Picture, Submission, SubmittedPicture
from kaosheng.casework.queries.lines import without_conflict
from kaosheng.casework.queries.queue import in_scope
from kaosheng.casework.queries.queue_rows import QueueRow, rows_of
from kaosheng.catalogue.queries import load_catalogue
from kaosheng.domain.materials import Kind
from kaosheng.domain.pieces import in_pieces
from kaosheng.domain.roles import Permission
from kaosheng.pictures.sniff import EXTENSIONS
from kaosheng.pictures.store import ObjectMissing, get_store

PIECE: Final = 200
_UNSAFE: Final = {ord(sign): "_" for sign in '\\/:*?"<>|\n\r\t\0'}


def dossiers_to_export(staff: Staff, condition: Q) -> QuerySet[Dossier]:
    """Those of his scope that meet a condition of the list page, by number; none he declared a conflict about."""
    found = Dossier.objects.filter(
        in_scope(staff, Permission.DOSSIER_EXPORT), without_conflict(staff), condition
    )
    return found.order_by("registration__number")


def with_pictures(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """Of these, the ones that were submitted: a draft's pictures are its candidate's alone."""
    return dossiers.filter(Exists(Submission.objects.filter(dossier=OuterRef("pk"))))


def lines_to_export(ids: Sequence[UUID], staff: Staff, *, now: datetime) -> Iterator[QueueRow]:
    """The lines of a list as this reader sees them."""
    for piece in in_pieces(ids, PIECE):
        found = Dossier.objects.select_related("registration", "intake", "site", "release", "lease__holder")
        yield from rows_of(list(found.filter(pk__in=piece).order_by("registration__number")), staff, now=now)


PlaceName = Callable[[Kind, int], str]
"""How a position of a kind is called in the reader's language."""


def pictures_of(
    ids: Sequence[UUID], *, site_name: Callable[[Dossier], str], place_name: PlaceName
) -> Iterator[tuple[str, datetime, Callable[[], bytes]]]:
    """Path in the archive (考点/报名号/材料/序号), moment and reader of every picture that was submitted last.

    What a candidate puts in its place after a return is his alone until he submits it.
    A picture whose bytes the store has lost is a text file that says so: one lost object mustn't cost the rest.
    """
    for piece in in_pieces(ids, PIECE):
        dossiers = {
            dossier.pk: dossier
            for dossier in Dossier.objects.filter(pk__in=piece).select_related("registration", "site")
        }
        for picture in _submitted(piece):
            dossier = dossiers[picture.dossier_id]
            folder = f"{_safe(site_name(dossier))}/{_safe(dossier.registration.number)}"
            path = f"{folder}/{_in_dossier(dossier, picture, place_name)}"
            yield _entry(path, picture)


def _submitted(ids: Sequence[UUID]) -> list[Picture]:
    """The pictures of the last submission of each, by number and place."""
    newest = Submission.objects.filter(dossier__in=ids).order_by("dossier", "-ordinal").distinct("dossier")
    lines = SubmittedPicture.objects.filter(submission__in=newest.values("pk")).select_related("picture")
    in_order = lines.order_by("picture__dossier__registration__number", "kind", "position")
    return [line.picture for line in in_order]


def _in_dossier(dossier: Dossier, picture: Picture, place_name: PlaceName) -> str:
    version = dossier.catalogue_version_id
    kind = load_catalogue(version).kind(picture.kind) if version is not None else None
    place = place_name(kind, picture.position) if kind is not None else ""
    name = f"{picture.kind} {place_name(kind, 0)}" if kind is not None else picture.kind
    return f"{_safe(name)}/{picture.position:02d} {_safe(place)}".rstrip()


def _entry(path: str, picture: Picture) -> tuple[str, datetime, Callable[[], bytes]]:
    # Read with its turn, before its name goes out: the name says whether the bytes are there.
    try:
        content = get_store().read(picture.object_key)
    except ObjectMissing:
        return f"{path}.missing.txt", picture.added_at, picture.stored_digest.encode
    return f"{path}.{EXTENSIONS[picture.format]}", picture.added_at, lambda: content


def _safe(name: str) -> str:
    """A name every file system takes."""
    return name.translate(_UNSAFE).strip(" .") or "_"
