"""What the candidate reads about kinds, places, requests and the way so far."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kaosheng.casework.queries.candidate import KindView, Place, Remark
from kaosheng.casework.queries.candidate_story import Event
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.materials import Kind
from kaosheng.domain.places import Manner
from kaosheng.web.candidate.frame import is_english
from kaosheng.web.ui import times

Text = str | Lazy

EVENTS: Final[dict[Event, Text]] = {
    Event.RECEIVED: _("报名信息已从报名系统转来"),
    Event.SUBMITTED: _("您提交了材料，内容已锁定"),
    Event.RESUBMITTED: _("您重新提交了材料，内容已锁定"),
    Event.TAKEN_IN: _("考点已收到现场或电话补充的内容"),
    Event.OVERDUE: _("补充期限已过，按上次提交的材料审核"),
    Event.IN_REVIEW: _("材料进入审核"),
    Event.SITE_PASSED: _("考点通过，等待考区复审"),
    Event.RELEASED: _("考区公布了审核结果"),
    Event.CORRECTED: _("考区更正了审核结果"),
    Event.RECHECK_ASKED: _("您申请了复核"),
    Event.RECHECK_ANSWERED: _("考区答复了您的复核申请"),
    Event.LAPSED: _("提交时间已过，材料没有提交"),
    Event.EXTENDED: _("截止时间延长了"),
    Event.CHANGED: _("报名系统更新了您的报名信息"),
    Event.CANCELLED: _("报名系统取消了这项报名"),
    Event.RESTORED: _("报名系统恢复了这项报名"),
}
TONES: Final[dict[Event, str]] = {
    Event.SUBMITTED: "accepted",
    Event.RESUBMITTED: "accepted",
    Event.RETURNED: "change",
    Event.OVERDUE: "change",
    Event.CHANGED: "change",
    Event.SITE_PASSED: "accepted",
}
MANNERS: Final[dict[Manner, Text]] = {
    Manner.ONLINE: _("请在线更换"),
    Manner.ON_SITE: _("请携带原件到考点现场提交，不需要在线更换"),
    Manner.TELEPHONE: _("请与考点电话联系，不需要在线更换"),
}


def kind_name(kind: Kind) -> str:
    """The kind's name in the reader's language."""
    return kind.name_en if is_english() else kind.name_zh


def requirement(kind: Kind) -> str:
    """What the kind asks, in the reader's language."""
    return kind.requirement_en if is_english() else kind.requirement_zh


def place_label(kind: Kind, position: int) -> str:
    """正面, or 第 2 张 where the place has no name of its own."""
    labels = kind.labels_en if is_english() else kind.labels_zh
    if position <= len(labels):
        return labels[position - 1]
    if kind.maximum == 1:
        return ""
    return gettext("第 %(number)s 张") % {"number": position}


def place_name(kind: Kind, position: int | None) -> str:
    """Kind and place together: 身份证明（人像面）."""
    label = place_label(kind, position) if position is not None else ""
    if not label:
        return kind_name(kind)
    return gettext("%(kind)s（%(place)s）") % {"kind": kind_name(kind), "place": label}


def remark_text(remark: Remark) -> str:
    """What the reviewer wrote, and how to answer it when that isn't online."""
    text = remark.text_en if is_english() else remark.text_zh
    if remark.manner is Manner.ONLINE:
        return text
    return gettext("%(remark)s（%(manner)s）") % {"remark": text, "manner": MANNERS[remark.manner]}


def reason_text(view: KindView, alternatives: list[str]) -> str:
    """Why this kind is asked: the sentences of the rules that won, and its alternatives."""
    separator = "; " if is_english() else "；"
    sentences = list(dict.fromkeys(ground.en if is_english() else ground.zh for ground in view.item.grounds))
    text = separator.join(sentence for sentence in sentences if sentence)
    if not alternatives:
        return text
    either = gettext("与“%(others)s”任选一种") % {"others": gettext("”“").join(alternatives)}
    return separator.join(part for part in (text, either) if part)


def source_text(view: KindView) -> str:
    """Where the rules that won are written: 依据：考区报名通知第三条."""
    sources = dict.fromkeys(
        ground.source_en if is_english() else ground.source_zh for ground in view.item.grounds
    )
    text = ("; " if is_english() else "；").join(source for source in sources if source)
    return gettext("依据：%(source)s") % {"source": text} if text else ""


def place_note(place: Place) -> str:
    """A word under the thumbnail: 考点代您上传, 新上传, 无法更换."""
    if place.unable:
        return gettext("已说明无法更换")
    if place.picture is not None and place.picture.added_by_staff_id is not None:
        return gettext("考点代您上传")
    if place.is_new:
        return gettext("新上传")
    return ""


def event_text(event: Event, count: int) -> str:
    """One line of the 经过."""
    if event is Event.RETURNED:
        asked = ngettext("审核退回，请您补充（%(count)s项）", "审核退回，请您补充（%(count)s项）", count)
        return asked % {"count": count}
    return str(EVENTS[event])


def day_words(day: date) -> str:
    """A day without its time: 2月10日."""
    return times.day(datetime.combine(day, time(12), HOUSE_TIME))
