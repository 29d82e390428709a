"""One receipt as page, print and PDF show it: what was frozen at 提交审核, and nothing that came later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import segno
from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.safestring import SafeString

from kaosheng.casework.models import Dossier, Picture, Submission, SubmittedPicture
from kaosheng.casework.queries.receipts import Receipt, receipt_of
from kaosheng.catalogue.queries import load_catalogue
from kaosheng.crypto.signatures import key_id_of
from kaosheng.domain.errors import Refusal
from kaosheng.web.candidate.frame import said
from kaosheng.web.candidate.words import kind_name, place_label

_ALGORITHMS = {"sha256": "SHA-256", "sm3": "SM3"}


@dataclass(frozen=True, slots=True)
class Line:
    """One picture of the list."""

    number: int
    kind: str
    place: str
    algorithm: str
    digest: str
    picture: Picture

    @property
    def name(self) -> str:
        """Kind and place: 身份证明 · 人像面."""
        return f"{self.kind} · {self.place}" if self.place else self.kind


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole receipt, for the person it belongs to."""

    receipt: Receipt
    lines: Sequence[Line]
    person: str
    registration: str
    site: str
    intake: str
    check_address: str

    @property
    def number(self) -> str:
        """The number to quote."""
        return self.receipt.number

    @property
    def at(self) -> datetime:
        """When it was submitted."""
        return self.receipt.at

    @property
    def key_id(self) -> str:
        """The key that signed."""
        return key_id_of(self.receipt.signature)

    @property
    def signature(self) -> str:
        """The signature alone, in base64."""
        return self.receipt.signature.rpartition(":")[2]

    @property
    def counted(self) -> list[tuple[str, int]]:
        """Kinds with their number of pictures."""
        return list(Counter(line.kind for line in self.lines).items())

    @property
    def qr(self) -> SafeString:
        """The code that opens the public page, as an SVG."""
        return SafeString(
            segno.make_qr(self.check_address, error="m").svg_inline(omitsize=True, svgclass="qr", border=4)
        )


def find_submission(dossier: Dossier, ordinal: int) -> Submission:
    """One submission of a dossier that passed its door, with its pictures. Raises Refusal `not_found`."""
    lines = Prefetch("lines", SubmittedPicture.objects.select_related("picture"))
    submission = dossier.submissions.filter(ordinal=ordinal).prefetch_related(lines).first()
    if submission is None:
        raise Refusal("not_found")
    return submission


def sheet_of(dossier: Dossier, submission: Submission) -> Sheet:
    """The receipt of a submission from `find_submission`, in the reader's language."""
    catalogue = load_catalogue(submission.catalogue_version_id)
    lines = []
    for row in submission.lines.all():
        kind = catalogue.kind(row.kind)
        algorithm, digest = split_digest(row.stored_digest)
        lines.append(
            Line(
                number=row.line,
                kind=kind_name(kind) if kind else row.kind,
                place=place_label(kind, row.position) if kind else str(row.position),
                algorithm=algorithm,
                digest=digest,
                picture=row.picture,
            )
        )
    return Sheet(
        receipt=receipt_of(submission),
        lines=lines,
        person=dossier.registration.name,
        registration=dossier.registration.number,
        site=said(dossier.site, "name"),
        intake=said(dossier.intake, "name"),
        check_address=settings.SERVICE_URL + reverse("candidate:receipt_check", args=[submission.code]),
    )


def split_digest(digest: str) -> tuple[str, str]:
    """Name of the algorithm and the characters: ("SHA-256", "9f86…")."""
    algorithm, _colon, characters = digest.partition(":")
    return _ALGORITHMS.get(algorithm, algorithm), characters
