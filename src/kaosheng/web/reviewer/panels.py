"""The right-hand panel of every place of a dossier: a picture, or a kind without one, with all its buttons need.

All panels stand in the page at once, so that going to another picture asks the server nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.urls import reverse

from kaosheng.casework.models import Mark
from kaosheng.casework.queries.twins import Twin
from kaosheng.casework.queries.workbench import KindView, PictureView, Workbench
from kaosheng.catalogue.reasons import Reason, reasons_of
from kaosheng.web.reviewer import presenting, words
from kaosheng.web.reviewer.advice import AdviceView, advice_view, found_on
from kaosheng.web.reviewer.presenting import Chosen
from kaosheng.web.ui import components as ui

_NUMBER_KEYS = 9


@dataclass(frozen=True, slots=True)
class ReasonButton:
    """One standard reason with its key."""

    code: str
    words: str
    key: str
    pressed: bool


@dataclass(frozen=True, slots=True)
class TwinLine:
    """Another candidate's dossier with the same picture; no name for those who may not open it."""

    number: str
    name: str
    site: str
    url: str
    same_bytes: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything the page says and offers about one place. `key` is the picture's id or the kind's code."""

    key: str
    kind: KindView
    picture: PictureView | None
    is_current: bool
    place: str
    requirement: str
    mark: Mark | None
    mark_words: str
    own_words: str
    percent: tuple[float, ...]
    given: str
    """The picture's mark as the form would send it again, as JSON; empty without one: so it can be brought back."""
    lacking: str
    """The same of the kind's 缺少, which stands beside every picture of it."""
    lacking_words: str
    reasons: tuple[ReasonButton, ...]
    earlier: tuple[ui.Remark, ...]
    twins: tuple[TwinLine, ...]
    before_url: str
    advice: AdviceView | None
    found: str
    """Where the machine recognised something, for the script that shows it on the picture."""


def panels(bench: Workbench, chosen: Chosen) -> list[Panel]:
    """The panels of all places in the order of the page; one of a kind nobody asked for only when it is chosen."""
    places: list[tuple[KindView, PictureView | None]] = []
    for kind in bench.kinds:
        places += [(kind, entry) for entry in kind.pictures] or [(kind, None)]
    if chosen.kind is not None and (chosen.kind, chosen.picture) not in places:
        places.append((chosen.kind, chosen.picture))
    return [_panel(bench, kind, picture, chosen) for kind, picture in places]


def _panel(bench: Workbench, kind: KindView, picture: PictureView | None, chosen: Chosen) -> Panel:
    mark = picture.mark if picture else kind.missing
    standard = reasons_of(kind.item.kind, bench.kept_reasons)
    own = _own_words(mark, standard) if mark else ""
    before = picture.before if picture else None
    return Panel(
        key=str(picture.picture.pk) if picture else kind.code,
        kind=kind,
        picture=picture,
        is_current=(kind, picture) == (chosen.kind, chosen.picture),
        place=presenting.place_name(kind.item.kind, picture.picture.position if picture else None),
        requirement=presenting.pick(kind.item.kind.requirement_zh, kind.item.kind.requirement_en),
        mark=mark,
        mark_words=presenting.mark_words(mark) if mark else "",
        own_words=own,
        percent=_percent(mark),
        given=_given(picture.mark if picture else None, standard),
        lacking=_given(kind.missing, standard),
        lacking_words=presenting.mark_words(kind.missing) if kind.missing else "",
        reasons=tuple(_buttons(standard, mark)),
        earlier=tuple(_earlier_remarks(picture)),
        twins=tuple(_twin_line(twin) for twin in picture.twins) if picture else (),
        before_url=reverse("reviewer:picture", args=[bench.dossier.pk, before.pk]) if before else "",
        advice=advice_view(bench, picture) if picture else None,
        found=found_on(picture) if picture else "",
    )


def _own_words(mark: Mark, standard: list[Reason]) -> str:
    """The reviewer's own words of a mark, without the standard sentence in front."""
    sentence = next((reason.zh for reason in standard if reason.code == mark.reason_code), "")
    return mark.text_zh.removeprefix(sentence).removeprefix("；")


def _percent(mark: Mark | None) -> tuple[float, ...]:
    """Its spot as the form's four fields say it."""
    return tuple(round(part * 100, 1) for part in mark.box) if mark and mark.box else ()


def _given(mark: Mark | None, standard: list[Reason]) -> str:
    """A draft mark as the form would send it again; one that was sent can't be brought back."""
    if mark is None or mark.frozen_at is not None:
        return ""
    fields = {
        "verdict": mark.verdict,
        "reason_code": mark.reason_code,
        "text": _own_words(mark, standard),
        "manner": mark.manner,
    }
    only_this = {} if mark.opens_free_positions else {"only_this": "1"}
    box = dict(zip(("left", "top", "width", "height"), _percent(mark), strict=False))
    return json.dumps(fields | only_this | box)


def _buttons(standard: list[Reason], mark: Mark | None) -> list[ReasonButton]:
    return [
        ReasonButton(
            code=reason.code,
            words=presenting.pick(reason.zh, reason.en),
            key=str(number) if number <= _NUMBER_KEYS else "",
            pressed=mark is not None and mark.reason_code == reason.code,
        )
        for number, reason in enumerate(standard, start=1)
    ]


def _earlier_remarks(picture: PictureView | None) -> list[ui.Remark]:
    """What was said of this place before, newest first."""
    if picture is None:
        return []
    return [
        ui.Remark(
            text=presenting.mark_words(mark) or words.MARKS[mark.verdict],
            subject=f"{words.STAGES[mark.stage]} · {words.MARKS[mark.verdict]}",
            author=mark.by.name,
            at=mark.at,
            tone="quiet",
        )
        for mark in picture.earlier
        if mark.verdict != Mark.Verdict.ACCEPTED
    ][:3]


def _twin_line(twin: Twin) -> TwinLine:
    registration, site = twin.dossier.registration, twin.dossier.site
    return TwinLine(
        number=registration.number,
        name=registration.name if twin.reachable else "",
        site=presenting.pick(site.name_zh, site.name_en),
        url=reverse("reviewer:dossier", args=[twin.dossier.pk]) if twin.reachable else "",
        same_bytes=twin.same_bytes,
    )
