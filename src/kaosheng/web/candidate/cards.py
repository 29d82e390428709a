"""The checklist: one card a kind, in groups by what the candidate has to do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from kaosheng.casework.queries.candidate import CandidateView, KindView, Place, Remark
from kaosheng.domain.materials import Effect
from kaosheng.domain.places import Manner
from kaosheng.domain.visibility import VisibleState
from kaosheng.web.candidate.addresses import picture_address
from kaosheng.web.candidate.advice import advice_notes
from kaosheng.web.candidate.frame import is_english
from kaosheng.web.candidate.words import (
    day_words,
    kind_name,
    place_label,
    place_name,
    place_note,
    reason_text,
    remark_text,
    requirement,
    source_text,
)
from kaosheng.web.ui import components as ui


@dataclass(frozen=True)
class Group:
    """Cards under one heading; `folded` ones stay usable."""

    heading: str
    cards: Sequence[ui.MaterialCard]
    note: str = ""
    folded: bool = False


def groups(view: CandidateView) -> list[Group]:
    """All kinds of the catalogue: what is asked now, what is needed, what was given besides, the rest folded."""
    asked, needed, given, rest = [], [], [], []
    for kind in view.kinds:
        if any(True for _remark in kind.remarks):
            asked.append(kind)
        elif kind.item.is_asked:
            needed.append(kind)
        elif kind.count:
            given.append(kind)
        else:
            rest.append(kind)
    returned = view.visible.state is VisibleState.RETURNED
    if returned or (view.has_opened and not view.is_open):
        rest = [kind for kind in rest if kind.free_position is not None]
        needed = [kind for kind in needed if _concerns(kind)]
    found = [
        Group(_("需要处理的材料"), _cards(view, asked)),
        Group(_("其他必需材料") if returned else _("必需材料"), _cards(view, needed)),
        Group(_("已上传的其他材料"), _cards(view, given)),
        Group(
            _("其他材料种类（按需上传）"),
            _cards(view, rest),
            note=_("按您的报名信息，这些不是必需的。考区或考点另有要求时再上传。"),
            folded=True,
        ),
    ]
    return [group for group in found if group.cards]


def _concerns(kind: KindView) -> bool:
    """Whether a kind is worth a card once most places are locked."""
    answered = bool(kind.count or kind.promised_until or kind.unable)
    return answered or kind.is_missing or kind.free_position is not None


def _cards(view: CandidateView, kinds: list[KindView]) -> list[ui.MaterialCard]:
    return [card_of(view, kind) for kind in kinds]


def card_of(view: CandidateView, kind: KindView) -> ui.MaterialCard:
    """One kind with its places."""
    item = kind.item
    chip, chip_words = _chip(kind)
    shown = _shown_places(kind)
    prepares = _can_change(kind) or not view.has_opened
    return ui.MaterialCard(
        code=kind.code,
        name=kind_name(item.kind),
        chip=chip,
        chip_words=chip_words,
        count=kind.count,
        minimum=item.minimum,
        maximum=max(item.maximum, kind.count) or item.kind.maximum,
        positions=_positions(kind),
        reason=reason_text(kind, [kind_name(other.item.kind) for other in alternatives(view, kind)])
        if item.effect is not Effect.OFFERED
        else "",
        source=source_text(kind) if item.is_asked else "",
        requirement=requirement(item.kind) if prepares else "",
        sample_url=_sample_url(view, kind) if prepares else "",
        slots=[_slot(view, kind, place) for place in shown],
        remarks=[_remark(kind, remark) for remark in kind.remarks] + _own_words(kind),
        links=_links(view, kind),
        advice=advice_notes(view, kind),
    )


def _can_change(kind: KindView) -> bool:
    return any(place.is_open for place in kind.places)


def _positions(kind: KindView) -> str:
    separator = ", " if is_english() else "、"
    labels = kind.item.kind.labels_zh
    return separator.join(place_label(kind.item.kind, number + 1) for number in range(len(labels)))


def _sample_url(view: CandidateView, kind: KindView) -> str:
    if not kind.item.kind.sample:
        return ""
    return reverse("candidate:sample", args=[view.dossier.pk, kind.code])


def alternatives(view: CandidateView, kind: KindView) -> list[KindView]:
    """The other kinds of its group, any of which may be given instead."""
    if kind.item.effect is not Effect.ONE_OF:
        return []
    return [
        other
        for other in view.kinds
        if other.item.group == kind.item.group
        and other.code != kind.code
        and other.item.effect is Effect.ONE_OF
    ]


def _chip(kind: KindView) -> tuple[str, str]:
    """The state word of a kind, and other words for it where the usual ones don't fit."""
    if any(True for _remark in kind.remarks):
        return _chip_of_asked(kind)
    if kind.item.effect is Effect.NOT_ACCEPTED and not kind.count:
        return "not_needed", ""
    if kind.count:
        return _chip_of_given(kind)
    if kind.settled_by_group:
        return "optional", _("已由其他材料满足")
    return _without_pictures(kind) if kind.item.is_asked else ("optional", "")


def _chip_of_asked(kind: KindView) -> tuple[str, str]:
    """After a return: what is still to do here."""
    waiting = [remark for remark in kind.remarks if not remark.answered]
    if not waiting:
        return "complete", _("已处理")
    if all(remark.manner is not Manner.ONLINE for remark in waiting):
        return "missing", _("线下办理")
    return ("missing", "") if kind.remark in waiting else ("replace", "")


def _chip_of_given(kind: KindView) -> tuple[str, str]:
    """With pictures in it."""
    if all(place.mark == "accepted" for place in kind.places if place.picture is not None):
        return "accepted", ""
    if not _can_change(kind):
        return "locked", ""
    if not kind.item.is_asked:
        return "complete", _("已上传")
    return ("complete", "") if kind.count >= kind.item.minimum else _without_pictures(kind)


def _without_pictures(kind: KindView) -> tuple[str, str]:
    if kind.promised_until is not None:
        return "promised", _("%(day)s 前补交") % {"day": day_words(kind.promised_until)}
    if kind.unable:
        return "promised", _("已说明无法提供")
    return "incomplete", ""


def _shown_places(kind: KindView) -> list[Place]:
    """Every place that holds or asks for something, those that must be filled, and one more that is free."""
    shown = []
    free_shown = False
    needed = kind.item.minimum if kind.item.is_asked else 0
    for place in kind.places:
        if place.picture is not None or place.removed is not None or place.remark is not None:
            shown.append(place)
        elif place.is_open and (
            place.position <= max(needed, len(kind.item.kind.labels_zh)) or not free_shown
        ):
            shown.append(place)
            free_shown = True
    return shown


def _slot(view: CandidateView, kind: KindView, place: Place) -> ui.PictureSlot:
    label = place_label(kind.item.kind, place.position)
    picture = place.picture
    if picture is None:
        upload = (
            reverse("candidate:upload", args=[view.dossier.pk, kind.code]) + f"?position={place.position}"
        )
        return ui.PictureSlot(
            label=label,
            upload_url=upload if place.is_open else "",
            locked=not place.is_open,
            note=place_note(place),
        )
    return ui.PictureSlot(
        label=label,
        alt=place_name(kind.item.kind, place.position),
        thumbnail_url=picture_address("candidate:thumbnail", view.dossier.pk, picture.pk),
        picture_url=picture_address("candidate:picture", view.dossier.pk, picture.pk),
        width=picture.thumbnail_width,
        height=picture.thumbnail_height,
        locked=not place.is_open,
        locked_words=_("已锁定待审") if view.visible.awaits_review else "",
        mark=place.mark,
        remove_url=picture_address("candidate:delete", view.dossier.pk, picture.pk) if place.is_open else "",
        note=place_note(place),
        box=place.box,
    )


def _about(kind: KindView, position: int | None, alone: str, of_place: str) -> str:
    """A heading that names the place where the kind has several."""
    label = place_label(kind.item.kind, position) if position is not None else ""
    return of_place % {"place": label} if label else alone


def _remark(kind: KindView, remark: Remark) -> ui.Remark:
    return ui.Remark(
        text=remark_text(remark),
        subject=_about(kind, remark.position, _("审核意见"), _("审核意见：%(place)s")),
        at=remark.at,
        tone="quiet" if remark.answered else "change",
    )


def _own_words(kind: KindView) -> list[ui.Remark]:
    """What the candidate himself said about it."""
    words = []
    if kind.promised_until is not None:
        subject = _("您承诺 %(day)s 前补交") % {"day": day_words(kind.promised_until)}
        words.append(ui.Remark(text=kind.promise_note, subject=subject, tone="note"))
    if kind.unable:
        words.append(ui.Remark(text=kind.unable, subject=_("您说明无法提供"), tone="note"))
    words += [
        ui.Remark(
            text=place.unable,
            subject=_about(kind, place.position, _("您说明无法更换"), _("您说明无法更换：%(place)s")),
            tone="note",
        )
        for place in kind.places
        if place.unable
    ]
    return words


def _links(view: CandidateView, kind: KindView) -> list[ui.CardLink]:
    here = [view.dossier.pk]
    links = [
        ui.CardLink(
            label=_about(kind, place.position, _("撤销删除"), _("撤销删除（%(place)s）")),
            url=reverse("candidate:restore", args=[*here, place.removed.pk]),
            icon="history",
            dialog=True,
        )
        for place in kind.places
        if place.removed is not None
    ]
    lacks = kind.is_missing or kind.promised_until is not None or bool(kind.unable)
    if kind.may_promise and lacks:
        label = _("修改“暂时无法提供”") if kind.promised_until else _("暂时无法提供")
        promise = reverse("candidate:promise", args=[*here, kind.code])
        links.append(ui.CardLink(label=label, url=promise, icon="promise", dialog=True))
    explain = reverse("candidate:explain", args=[*here, kind.code])
    if kind.may_explain and (kind.remark is not None or (lacks and kind.promised_until is None)):
        label = _("修改“无法提供”的说明") if kind.unable else _("无法提供")
        links.append(ui.CardLink(label=label, url=explain, icon="info", dialog=True))
    links += [
        ui.CardLink(
            label=_("修改“无法更换”的说明") if place.unable else _("无法更换"),
            url=f"{explain}?position={place.position}",
            icon="info",
            dialog=True,
        )
        for place in kind.places
        if place.remark is not None
        and place.remark.manner is Manner.ONLINE
        and not place.is_new
        and view.in_time
    ]
    return links
