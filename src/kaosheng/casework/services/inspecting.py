"""The assistant's work on one queued picture. Needs the extra `vision`; only its worker imports this."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from kaosheng.casework.models import Dossier, PictureAdvice
from kaosheng.casework.services.clock import line_up_anew
from kaosheng.catalogue.queries import load_catalogue, newest_version_id
from kaosheng.crypto.digests import digest
from kaosheng.domain.advice import Finding, Noticed, advice_for
from kaosheng.domain.queueing import Line
from kaosheng.inspection.direction import Direction
from kaosheng.inspection.fields import Compared
from kaosheng.inspection.inspector import WORKING_PIXELS, Expected, Inspector, QuickLook, Reading
from kaosheng.inspection.papers import borne, fits
from kaosheng.pictures.checks import pixels_of
from kaosheng.pictures.encode import Pixels, resized, scaled_to
from kaosheng.pictures.store import get_store

_DIGITS: Final = 3


def work_on(row: PictureAdvice, inspector: Inspector) -> None:
    """Do the next stage of one row and store what came of it; a row deleted meanwhile stays deleted.

    Raises Refusal when the stored bytes are missing or damaged.
    """
    pixels = pixels_of(get_store().read(row.picture.object_key))
    if row.stage == PictureAdvice.Stage.WAITING:
        row.pixels_digest = digest(bytes(str(pixels.shape), "ascii") + pixels.tobytes())
        _store_look(row, inspector.quick_look(_working(pixels)))
    else:
        _read(row, _working(pixels), inspector)


def _store_look(row: PictureAdvice, look: QuickLook) -> None:
    row.direction = look.lie.direction.value
    row.orientation = look.lie.orientation
    row.text, row.legible = look.text, look.legible
    row.dark, row.small = look.clarity.dark, look.clarity.small
    row.scores = {
        "score": round(look.lie.score, _DIGITS),
        "margin": round(look.lie.margin, _DIGITS),
        "hint": look.lie.hint,
        "hint_probability": round(look.lie.hint_probability, _DIGITS),
        "confidence": round(look.clarity.confidence, _DIGITS),
        "blur": round(look.clarity.blur, _DIGITS),
        "brightest": round(look.clarity.brightest),
        "text_height": round(look.clarity.text_height, 1),
    }
    row.looked_at = timezone.now()
    can_be_read = look.text and look.lie.direction is not Direction.UNKNOWN
    row.stage = PictureAdvice.Stage.LOOKED if can_be_read else PictureAdvice.Stage.DONE
    _store(row)


def _read(row: PictureAdvice, pixels: Pixels, inspector: Inspector) -> None:
    registration = row.picture.dossier.registration
    expected = Expected(name=registration.name, id_number=registration.id_number)
    # The look again costs a third of the reading; keeping its boxes would keep a picture's layout in the database.
    look = inspector.quick_look(pixels)
    reading = inspector.read(pixels, look, expected)
    if reading is not None:
        _note_reading(row, reading, look)
    row.read_at = timezone.now()
    row.stage = PictureAdvice.Stage.DONE
    _store(row)


def _note_reading(row: PictureAdvice, reading: Reading, look: QuickLook) -> None:
    kind = _kind_name(row)
    paper = reading.paper
    row.paper = paper.code if paper else ""
    row.paper_fits = fits(paper, kind)
    if reading.paper_line is not None:
        row.paper_box = reading.box_as_it_lies(reading.paper_line, look.lie.orientation)
    bears = borne(paper, kind)
    row.scores["reading_confidence"] = round(reading.confidence, _DIGITS)
    if "name" in bears and reading.name is not None:
        row.name, row.name_box = _kept(reading.name, reading, look)
    if "id_number" in bears and reading.id_number is not None:
        row.id_number, row.number_box = _kept(reading.id_number, reading, look)


def _kept(compared: Compared, reading: Reading, look: QuickLook) -> tuple[str, list[float] | None]:
    """What is kept of a comparison: the finding, and where it rests, never what was read."""
    if compared.line is None or compared.finding is Finding.NOT_FOUND:
        return compared.finding.value, None
    return compared.finding.value, reading.box_as_it_lies(compared.line, look.lie.orientation)


def _kind_name(row: PictureAdvice) -> str:
    dossier = row.picture.dossier
    catalogue = load_catalogue(dossier.catalogue_version_id or newest_version_id(dossier.intake_id))
    kind = catalogue.kind(row.picture.kind)
    return kind.name_zh if kind else ""


def _store(row: PictureAdvice) -> None:
    row.tries, row.taken_at = 0, None
    row.codes = list(
        advice_for(
            Noticed(
                direction=row.direction,
                text=bool(row.text),
                legible=row.legible,
                dark=row.dark,
                small=row.small,
                paper_fits=row.paper_fits,
                name=row.name,
            )
        )
    )
    fields = [field.attname for field in row._meta.concrete_fields if not field.primary_key]  # noqa: SLF001 - documented
    # Not `confirmed`, `urgent`: others write them meanwhile.
    kept = {"picture_id", "confirmed", "urgent", "queued_at", "model_version"}
    PictureAdvice.objects.filter(pk=row.pk).update(
        **{name: getattr(row, name) for name in fields if name not in kept}
    )
    # Late advice: the dossier waits already, and what was noticed moves it in its line.
    if Dossier.objects.filter(pk=row.picture.dossier_id).exclude(line=Line.NONE).exists():
        line_up_anew(dossier_id=row.picture.dossier_id)


def _working(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    return resized(pixels, scaled_to(width, height, WORKING_PIXELS))
