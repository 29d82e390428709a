"""What 我的数据 shows: kinds of data with the last day they are kept, and who looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kaosheng.casework.models import Picture
from kaosheng.casework.queries import keeping
from kaosheng.casework.queries.candidate import CandidateView
from kaosheng.casework.queries.lookers import LookedOn, who_looked
from kaosheng.casework.services.addressing import person_code
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.notices.bindings import binding_of, offers_binding
from kaosheng.registration.words import masked_phone
from kaosheng.web.candidate.frame import contact_of_site, said
from kaosheng.web.candidate.page import registration_facts, unsent_context
from kaosheng.web.ui import times


@dataclass(frozen=True, slots=True)
class Kept:
    """One sort of data: what it is, what it serves, its last day."""

    name: str
    purpose: str
    until: str


def own_data_context(view: CandidateView) -> dict[str, Any]:
    """Everything the page shows."""
    dossier, registration = view.dossier, view.dossier.registration
    own = registration.candidate.message_phone if registration.candidate else ""
    return {
        **unsent_context(view),
        "kept": kept(view),
        "facts": registration_facts(view),
        "looked": [_look(entry, view) for entry in who_looked(dossier, view.visible)],
        "released": view.visible.published is not None,
        "phone": masked_phone(registration.phone_for_messages),
        "own_phone": bool(own),
        "registered_phone": masked_phone(registration.phone),
        "wechat": offers_binding(dossier.intake.area.code),
        "wechat_bound": registration.candidate is not None
        and binding_of(person_code(registration.candidate.pk), area=dossier.intake.area.code) is not None,
        "dossier": dossier,
        "pictures": sum(kind.count for kind in view.kinds) + bool(view.submissions),
        "back": reverse("candidate:dossier", args=[dossier.pk]),
        "contact": contact_of_site(dossier.site),
    }


def kept(view: CandidateView) -> list[Kept]:
    """Sorts of data in the order a person thinks of them."""
    until = long_day(last_day(view))
    submitted = len(view.submissions)
    rows = [
        Kept(_("报名信息"), _("来自报名系统，用来确定需要哪些材料、核对身份"), until),
        Kept(_("材料图片（%(what)s）") % {"what": _pictures(view)}, _("用于报名资格审核"), until),
    ]
    if submitted:
        receipts = ngettext("提交回执（%(count)s 份）", "提交回执（%(count)s 份）", submitted)
        rows.append(Kept(receipts % {"count": submitted}, _("证明您何时提交了哪些图片"), until))
    return [
        *rows,
        Kept(_("审核意见和结果"), _("作出决定的依据；公布前只有审核人员能看到"), until),
        Kept(_("短信和微信通知"), _("记录通知了什么、是否送达"), until),
        Kept(_("查看和操作记录"), _("查明谁看过、谁改动过；只记编号，不记姓名和证件号码"), _("至少六个月")),
        Kept(_("您删除的未提交图片"), _("不再使用"), _("删除后 24 小时内清除")),
    ]


def last_day(view: CandidateView) -> date:
    """The last day of this dossier's data, by what its candidate may know."""
    published = view.visible.published
    return keeping.last_day(
        view.dossier,
        submitted=bool(view.submissions),
        published_at=published.published_at if published else None,
        today=timezone.localdate(view.now),
    )


def long_day(day: date) -> str:
    """A day with its year."""
    return times.day(datetime.combine(day, time(12), HOUSE_TIME), year=True)


def _pictures(view: CandidateView) -> str:
    standing: list[Picture] = [
        place.picture for kind in view.kinds for place in kind.places if place.picture is not None
    ]
    count = ngettext("%(count)s 张", "%(count)s 张", len(standing)) % {"count": len(standing)}
    size = sum(picture.bytes for picture in standing)
    return _("%(count)s，共 %(size)s") % {"count": count, "size": filesizeformat(size)} if standing else count


def _look(entry: LookedOn, view: CandidateView) -> tuple[str, str]:
    house = said(entry.site, "name") if entry.site else said(view.dossier.intake.area, "name")
    return long_day(entry.day), house
