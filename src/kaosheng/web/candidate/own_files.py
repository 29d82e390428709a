"""The files a candidate may take along: his stored pictures, byte for byte what the receipts name, and the receipts."""

from __future__ import annotations

from functools import partial

from django.db.models import Q

from kaosheng.casework.models import Dossier, Picture
from kaosheng.casework.queries.catalogue import catalogue_of
from kaosheng.casework.queries.receipts import receipt_of
from kaosheng.domain.materials import Catalogue
from kaosheng.pictures.sniff import EXTENSIONS
from kaosheng.pictures.store import get_store
from kaosheng.web.candidate.words import kind_name
from kaosheng.web.zip_stream import ZipEntry

_DIGEST_SHOWN = 8


def own_files(dossier: Dossier) -> list[ZipEntry]:
    """Pictures that stand in a place or were ever submitted; the names carry the beginning of the digest."""
    catalogue = catalogue_of(dossier)
    kept = dossier.pictures.filter(Q(hidden_at=None) | Q(submitted_as__isnull=False)).distinct()
    read = get_store().read
    pictures = [
        ZipEntry(_name(picture, catalogue), picture.added_at, partial(read, picture.object_key))
        for picture in kept
    ]
    receipts = [
        ZipEntry(
            f"receipts/{submission.number}.txt", submission.at, partial(_text, receipt_of(submission).text)
        )
        for submission in dossier.submissions.prefetch_related("lines")
    ]
    return pictures + receipts


def _text(text: str) -> bytes:
    return text.encode()


def _name(picture: Picture, catalogue: Catalogue) -> str:
    kind = catalogue.kind(picture.kind)
    name = kind_name(kind) if kind else picture.kind
    safe = "".join(character if character.isalnum() or character in " -" else "_" for character in name)
    digest = picture.stored_digest.partition(":")[2][:_DIGEST_SHOWN]
    return f"pictures/{picture.kind}-{safe}-{picture.position}-{digest}.{EXTENSIONS[picture.format]}"
