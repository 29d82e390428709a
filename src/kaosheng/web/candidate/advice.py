"""预检 in the candidate's words: one sentence a picture that never accuses, with what can be done about it."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaosheng.casework.queries.advice import Advised, fingerprint
from kaosheng.casework.queries.candidate import CandidateView, KindView, Place
from kaosheng.domain.advice import CAN_BE_TURNED, Advice
from kaosheng.web.candidate.words import kind_name, place_label, place_name
from kaosheng.web.ui.components import AdviceNote

_SENTENCES: Final[dict[Advice, str | Promise]] = {
    Advice.MIRRORED: gettext_lazy("画面可能左右翻转（像镜子里看到的），请核对。"),
    Advice.NO_TEXT: gettext_lazy("没有在图片中识别到文字，请核对是否选错了图片。"),
    Advice.DARK: gettext_lazy("画面可能太暗，文字不易看清，请核对。"),
    Advice.ILLEGIBLE: gettext_lazy("画面可能模糊，文字不易看清，请核对。"),
    Advice.SMALL: gettext_lazy("画面中的文字可能太小，不易看清，请核对。"),
    Advice.NAME_NOT_FOUND: gettext_lazy("未能在图片中识别到登记姓名，请核对。"),
}
_TURNS: Final[dict[str, str | Promise]] = {
    "rotated_90": gettext_lazy("画面可能向右转了 90°，请核对。"),
    "rotated_180": gettext_lazy("画面可能上下颠倒，请核对。"),
    "rotated_270": gettext_lazy("画面可能向左转了 90°，请核对。"),
}


def advice_notes(view: CandidateView, kind: KindView) -> list[AdviceNote]:
    """What there is to advise on the pictures of a kind, while their places can change."""
    found = []
    for place in kind.places:
        advised = _open_advice(view, place)
        if advised is not None:
            found.append(_note(view, kind, place, advised))
    return found


def open_advice(view: CandidateView) -> list[tuple[str, str, AdviceNote]]:
    """Everything still open, for the check page: address of the card, name of the place, note."""
    page = reverse("candidate:dossier", args=[view.dossier.pk])
    return [
        (
            f"{page}#material-{kind.code}",
            place_name(kind.item.kind, place.position),
            _note(view, kind, place, advised),
        )
        for kind in view.kinds
        for place in kind.places
        if (advised := _open_advice(view, place)) is not None
    ]


def advice_url(view: CandidateView) -> str:
    """Where the page asks for news while some is to come; empty when none is."""
    if not any(advised.pending for advised in view.advice.values()):
        return ""
    return reverse("candidate:advice", args=[view.dossier.pk]) + f"?seen={fingerprint(view.advice)}"


def _open_advice(view: CandidateView, place: Place) -> Advised | None:
    """A candidate who can't change the picture any more has nothing from a doubt about it."""
    if place.picture is None or not place.is_open:
        return None
    advised = view.advice.get(place.picture.pk)
    return advised if advised is not None and advised.open else None


def _note(view: CandidateView, kind: KindView, place: Place, advised: Advised) -> AdviceNote:
    here = [view.dossier.pk, advised.picture.pk]
    code = advised.open[0]
    turns = code in CAN_BE_TURNED
    return AdviceNote(
        label=place_label(kind.item.kind, place.position),
        text=_sentence(view, kind, code, advised),
        code=code.value,
        turn_url=reverse("candidate:turn", args=here) if turns else "",
        again_url="" if turns else reverse("candidate:delete", args=here),
        confirm_url=reverse("candidate:confirm", args=here),
    )


def _sentence(view: CandidateView, kind: KindView, code: Advice, advised: Advised) -> str:
    if code is Advice.TURNED:
        return str(_TURNS[advised.row.direction])
    if code is Advice.OTHER_PAPER:
        return _("图片内容可能不是“%(kind)s”，请核对。") % {"kind": kind_name(kind.item.kind)}
    if code is Advice.SAME_PICTURE and advised.same_as is not None:
        other = view.kind(advised.same_as.kind)
        name = place_name(other.item.kind, advised.same_as.position) if other else advised.same_as.kind
        return _("这张图片与“%(place)s”的图片相同，请核对是否重复上传。") % {"place": name}
    return str(_SENTENCES[code])
