"""The workbench in words and addresses: what the templates of the dossier page are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kaosheng.casework.models import Mark
from kaosheng.casework.queries.workbench import KindView, PictureView, Workbench
from kaosheng.domain.materials import Item, Kind
from kaosheng.domain.states import Phase, Verdict
from kaosheng.regions.models import ExamSite
from kaosheng.registration.changes import Change
from kaosheng.registration.words import LABELS, OWN_LABELS, facts_in_words, id_type_in_words, value_in_words
from kaosheng.web.reviewer import words
from kaosheng.web.ui import components as ui
from kaosheng.web.ui.times import moment

_ALARMING: Final = {"hint", "warning", "severe"}


def english() -> bool:
    """Whether the reader chose English."""
    return (get_language() or "").startswith("en")


def pick(chinese: str, other: str) -> str:
    """The text in the reader's language, for texts kept in two columns."""
    return other or chinese if english() else chinese


def kind_name(kind: Kind) -> str:
    """The kind's full name."""
    return pick(kind.name_zh, kind.name_en)


def place_name(kind: Kind, position: int | None) -> str:
    """身份证明 · 国徽面, or 毕业证书 第2张, or the kind alone."""
    if position is None:
        return kind_name(kind)
    return f"{kind_name(kind)} · {position_label(kind, position)}"


def position_label(kind: Kind, position: int) -> str:
    """国徽面 where positions have names, else 第2张."""
    labels = kind.labels_en if english() else kind.labels_zh
    if position <= len(labels) and labels[position - 1]:
        return labels[position - 1]
    return _("第 %(position)s 张") % {"position": position}


def state_of(bench: Workbench) -> tuple[str, words.Text]:
    """Chip and words of the dossier for this reader."""
    verdict = None
    if bench.phase in {Phase.DECIDED, Phase.RELEASED} and bench.case.decision is not None:
        corrected = (
            bench.dossier.corrections.filter(confirmed_at__isnull=False).order_by("-confirmed_at").first()
        )
        verdict = Verdict(corrected.verdict if corrected else bench.case.decision.verdict)
    return words.state_of(bench.phase, sees_area=bench.sees_area, verdict=verdict)


# --- left: kinds and thumbnails -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Tile:
    """One thumbnail of the left pane; `chip` names its mark for all who don't see the colour."""

    url: str
    thumbnail_url: str
    label: str
    width: int
    height: int
    chip: str
    is_current: bool
    is_new: bool
    key: str = ""
    full_url: str = ""
    before_url: str = ""
    alt: str = ""
    box: str = ""
    has_twin: bool = False
    has_advice: bool = False


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of the left pane; `url` opens it where it holds no picture."""

    name: str
    url: str
    chip: str
    chip_words: str
    tiles: tuple[Tile, ...]
    is_current: bool
    note: str = ""
    code: str = ""


def kind_rows(bench: Workbench, chosen: Chosen) -> list[KindRow]:
    """The left pane."""
    return [_kind_row(bench, kind, chosen) for kind in bench.kinds]


def _kind_row(bench: Workbench, kind: KindView, chosen: Chosen) -> KindRow:
    page = reverse("reviewer:dossier", args=[bench.dossier.pk])
    chip, chip_words = _kind_chip(kind)
    return KindRow(
        name=pick(kind.item.kind.short_name_zh, kind.item.kind.short_name_en),
        url=f"{page}?kind={kind.code}",
        chip=chip,
        chip_words=chip_words,
        tiles=tuple(_tile(bench, kind, entry, page, chosen) for entry in kind.pictures),
        is_current=chosen.kind is kind,
        note=_kind_note(kind),
        code=kind.code,
    )


def _tile(bench: Workbench, kind: KindView, entry: PictureView, page: str, chosen: Chosen) -> Tile:
    picture = entry.picture
    return Tile(
        url=f"{page}?picture={picture.pk}",
        thumbnail_url=reverse("reviewer:thumbnail", args=[bench.dossier.pk, picture.pk]),
        label=position_label(kind.item.kind, picture.position),
        width=picture.thumbnail_width,
        height=picture.thumbnail_height,
        chip=entry.mark.verdict if entry.mark else "passed-site" if entry.passed_site else "unmarked",
        is_current=chosen.picture is entry,
        is_new=entry.is_new,
        key=str(picture.pk),
        full_url=reverse("reviewer:picture", args=[bench.dossier.pk, picture.pk]),
        before_url=reverse("reviewer:picture", args=[bench.dossier.pk, entry.before.pk])
        if entry.before
        else "",
        alt=place_name(kind.item.kind, picture.position),
        box=box_of(entry.mark),
        has_twin=bool(entry.twins),
        has_advice=entry.advised is not None and bool(entry.advised.codes),
    )


def _kind_chip(kind: KindView) -> tuple[str, str]:
    """The kind's worst news: missing, to replace, unmarked with its count, else all accepted."""
    asked = sum(1 for entry in kind.pictures if entry.mark and entry.mark.verdict == Mark.Verdict.REPLACE)
    if kind.missing is not None:
        return "missing", _("已要求补充")
    if asked:
        return "replace", _("需更换 %(count)s") % {"count": asked}
    return _marked_chip(kind) if kind.pictures else _empty_chip(kind)


def _marked_chip(kind: KindView) -> tuple[str, str]:
    if not kind.unmarked:
        return "accepted", str(len(kind.pictures))
    if all(entry.mark or entry.passed_site for entry in kind.pictures):
        return "optional", _("考点合格 %(count)s") % {"count": len(kind.pictures)}
    return "unmarked", _("待审 %(count)s") % {"count": kind.unmarked}


def _empty_chip(kind: KindView) -> tuple[str, str]:
    if kind.promise is not None:
        return "promised", _("承诺补交")
    return ("incomplete", _("未提供")) if kind.is_short else ("optional", _("未提供"))


def _kind_note(kind: KindView) -> str:
    if kind.promise is not None:
        return _("承诺 %(date)s 补交") % {"date": kind.promise.due_on.isoformat()}
    if kind.explanations:
        return _("考生有说明")
    if kind.pictures and len(kind.pictures) < kind.item.minimum:
        return _("少于要求的 %(minimum)s 张") % {"minimum": kind.item.minimum}
    return ""


# --- the chosen picture or kind -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Chosen:
    """What stands in the middle: a picture, or a kind without one."""

    kind: KindView | None
    picture: PictureView | None
    number: int = 0


def choose(bench: Workbench, *, picture: str, kind: str) -> Chosen:
    """By address; without one the first picture that waits for a note, else the first of all."""
    pictures = bench.pictures
    if kind and not picture:
        found = next((entry for entry in (*bench.kinds, *bench.unneeded) if entry.code == kind), None)
        if found is not None:
            first = found.pictures[0] if found.pictures else None
            return Chosen(found, first, pictures.index(first) + 1 if first else 0)
    wanted = next((entry for entry in pictures if str(entry.picture.pk) == picture), None)
    if wanted is None and pictures:
        waits = (entry for entry in pictures if entry.mark is None)
        wanted = next(waits, pictures[0]) if bench.may_take or bench.holds_lease else pictures[0]
    if wanted is None:
        return Chosen(bench.kinds[0] if bench.kinds else None, None)
    return Chosen(
        next(entry for entry in bench.kinds if wanted in entry.pictures), wanted, pictures.index(wanted) + 1
    )


def neighbours(bench: Workbench, chosen: Chosen) -> tuple[str, str]:
    """Addresses of the picture before and after."""
    page = reverse("reviewer:dossier", args=[bench.dossier.pk])
    pictures = bench.pictures
    before = pictures[chosen.number - 2] if chosen.number > 1 else None
    after = pictures[chosen.number] if 0 < chosen.number < len(pictures) else None
    return tuple(f"{page}?picture={entry.picture.pk}" if entry else "" for entry in (before, after))  # type: ignore[return-value]


def mark_words(mark: Mark) -> str:
    """The remark of a mark in the reader's language."""
    return pick(mark.text_zh, mark.text_en)


def box_of(mark: Mark | None) -> str:
    """The spot of a mark as the viewer wants it."""
    return ",".join(f"{part:.4f}" for part in mark.box) if mark is not None and mark.box else ""


def unneeded(bench: Workbench) -> list[tuple[str, str]]:
    """Name and address of the kinds nobody asked for."""
    page = reverse("reviewer:dossier", args=[bench.dossier.pk])
    return [
        (pick(kind.item.kind.short_name_zh, kind.item.kind.short_name_en), f"{page}?kind={kind.code}")
        for kind in bench.unneeded
    ]


# --- right: facts, history, acts ------------------------------------------------------------------------------------
def summary_facts(bench: Workbench) -> list[ui.Fact]:
    """What a reviewer compares every picture with, in the order of the documents."""
    registration = bench.dossier.registration
    facts = registration.facts
    alarming = facts.get("precheck") in _ALARMING
    rows = [
        ui.Fact(label=own_label("name"), value=registration.name),
        ui.Fact(label=own_label("id_number"), value=registration.id_number),
        ui.Fact(label=_("类别"), value=_joined(facts, "category", "route")),
        ui.Fact(label=_("学历"), value=_joined(facts, "education", "graduation_year")),
        ui.Fact(label=_("单位"), value=_joined(facts, "institution_name")),
        ui.Fact(label=_("预审"), value="", chip="hint", chip_words=_joined(facts, "precheck"))
        if alarming
        else ui.Fact(label=_("预审"), value=_joined(facts, "precheck")),
    ]
    return [row for row in rows if row.value or row.chip]


def _joined(facts: Mapping[str, object], *names: str) -> str:
    return " · ".join(value_in_words(name, facts[name]) for name in names if name in facts)


def registration_facts(bench: Workbench) -> list[ui.Fact]:
    """The registration with the full ID number: this page is for the people who check it."""
    registration = bench.dossier.registration
    site = bench.dossier.site
    own = [
        ui.Fact(label=own_label("name"), value=registration.name),
        ui.Fact(label=own_label("id_number"), value=registration.id_number),
        ui.Fact(label=own_label("id_type"), value=id_type_in_words(registration.id_type)),
        ui.Fact(label=own_label("phone"), value=registration.phone or _("（无）")),
        ui.Fact(label=own_label("site"), value=pick(site.name_zh, site.name_en)),
    ]
    alarming = registration.facts.get("precheck") in _ALARMING
    precheck = str(LABELS["precheck"])
    return own + [
        ui.Fact(label=label, value=value, chip="hint" if alarming and label == precheck else "")
        for label, value in facts_in_words(registration.facts)
    ]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One line of 报名信息已变更."""

    label: str
    before: str
    after: str


def change_rows(changes: Sequence[Change]) -> list[ChangeRow]:
    """The difference in words."""
    return [
        ChangeRow(
            label=own_label(change.name),
            before=_value(change.name, change.before),
            after=_value(change.name, change.after),
        )
        for change in changes
    ]


def _value(name: str, value: object) -> str:
    if isinstance(value, ExamSite):
        return pick(value.name_zh, value.name_en)
    return _("（无）") if value in {None, ""} else value_in_words(name, value)


def own_label(name: str) -> str:
    """What a field of the registration is called."""
    return str(OWN_LABELS.get(name) or LABELS.get(name, name))


def history(bench: Workbench) -> list[ui.TimelineEntry]:
    """All steps this reader may read, newest first, with the names of the people."""
    return [
        ui.TimelineEntry(
            what=words.step_in_words(step),
            at=step.at,
            who=words.actor_in_words(step),
            text=step.reason,
            tone=words.tone_of(step),  # type: ignore[arg-type]  # one of the tones
        )
        for step in bench.steps
    ]


# --- what will be sent -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Sending:
    """One asked place of a return, as the candidate will read it."""

    place: str
    verdict: str
    remark: str
    manner: str
    opens: str = ""


def sendings(bench: Workbench) -> list[Sending]:
    """Everything a return would ask for."""
    kinds: dict[str, Item] = {item.kind.code: item for item in bench.case.items}
    return [
        Sending(
            place=place_name(kinds[mark.kind].kind, mark.position),
            verdict=str(words.MARKS[mark.verdict]),
            remark=mark_words(mark),
            manner=str(words.MANNERS[mark.manner]),
            opens=_("同时开放本类其余空位") if _opens_more(bench, mark, kinds[mark.kind]) else "",
        )
        for mark in bench.marks_to_send
    ]


def _opens_more(bench: Workbench, mark: Mark, item: Item) -> bool:
    """Whether this place opens others with it: the kind has room left."""
    given = sum(1 for entry in bench.pictures if entry.picture.kind == mark.kind)
    return mark.opens_free_positions and mark.manner == "online" and given < item.maximum


def lease_line(bench: Workbench) -> str:
    """Whose hands it is in."""
    if bench.holds_lease and bench.case.lease is not None:
        return _("在您手中，至 %(time)s") % {"time": moment(bench.case.lease.until)}
    if bench.holder:
        return _("由 %(name)s 处理中") % {"name": bench.holder}
    return ""
