"""The words of the field for what a registration says: labels and values, for candidates and staff alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Text = str | Promise

LABELS: Final[dict[str, Text]] = {
    "level": _("报考级别"),
    "category": _("报考类别"),
    "education": _("学历"),
    "study_form": _("学习形式"),
    "graduation_year": _("毕业年份"),
    "fresh_graduate": _("应届毕业生"),
    "in_school": _("在校研究生"),
    "degree": _("有学位证书"),
    "route": _("报考途径"),
    "first_time": _("首次报考"),
    "identity": _("考生身份"),
    "institution_name": _("试用或执业机构"),
    "institution_kind": _("机构类型"),
    "institutions": _("本年度试用机构数"),
    "short_registration": _("现单位注册年限不足"),
    "name_changed": _("姓名或证件号曾变更"),
    "precheck": _("系统预审"),
}
"""Facts in the order they are shown; one the table doesn't know is left out."""

OWN_LABELS: Final[dict[str, Text]] = {
    "name": _("姓名"),
    "id_type": _("证件类型"),
    "id_number": _("证件号码"),
    "phone": _("手机号码"),
    "site": _("考点"),
}
"""What a registration says besides its facts."""

YES_OR_NO: Final = frozenset(
    {"fresh_graduate", "in_school", "degree", "first_time", "short_registration", "name_changed"}
)
"""Facts that hold or don't."""
NUMBERS: Final = frozenset({"graduation_year", "institutions"})
"""Facts that are whole numbers."""

VALUES: Final[dict[str, dict[str, Text]]] = {
    "level": {
        "practising": _("执业医师"),
        "assistant": _("执业助理医师"),
        "rural": _("乡村全科执业助理医师"),
    },
    "category": {
        "110": _("临床执业医师"),
        "120": _("口腔执业医师"),
        "130": _("公共卫生执业医师"),
        "141": _("中医执业医师"),
        "142": _("中西医结合执业医师"),
        "341": _("师承或确有专长中医执业医师"),
        "210": _("临床执业助理医师"),
        "220": _("口腔执业助理医师"),
        "230": _("公共卫生执业助理医师"),
        "241": _("中医执业助理医师"),
        "242": _("中西医结合执业助理医师"),
        "441": _("师承或确有专长中医执业助理医师"),
        "215": _("乡村全科执业助理医师"),
    },
    "education": {
        "postgraduate": _("研究生"),
        "bachelor": _("本科"),
        "upgraded": _("专升本"),
        "college": _("专科"),
        "secondary": _("中专"),
        "apprenticeship": _("师承或确有专长"),
    },
    "study_form": {"full_time": _("全日制"), "adult": _("成人学历"), "overseas": _("境外学历")},
    "route": {
        "direct": _("直接报考"),
        "from_assistant": _("助理升执业"),
        "apprenticeship": _("师承或确有专长"),
    },
    "identity": {
        "local": _("地方考生"),
        "active_military": _("现役军人"),
        "civilian_military": _("军队文职人员"),
        "hmt": _("港澳台居民"),
        "foreign": _("外籍人员"),
    },
    "institution_kind": {
        "tertiary_a": _("三级甲等医院"),
        "hospital": _("其他医院"),
        "clinic": _("诊所、门诊部"),
        "cdc": _("疾病预防控制中心"),
        "township": _("乡镇卫生院、村卫生室"),
    },
    "precheck": {
        "note": _("说明"),
        "hint": _("提示"),
        "warning": _("警告"),
        "severe": _("严重警告"),
    },
}

ID_TYPES: Final[dict[str, Text]] = {
    "居民身份证": _("居民身份证"),
    "港澳居民来往内地通行证": _("港澳居民来往内地通行证"),
    "护照": _("护照"),
}


def id_type_in_words(kind: str) -> str:
    """What the ID is: 居民身份证; one the table doesn't know as it came."""
    return str(ID_TYPES.get(kind, kind))


def value_in_words(name: str, value: object) -> str:
    """One fact's value as people say it: 110 临床执业医师, 是, 2024; what the tables don't know as it came."""
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    known = VALUES.get(name, {}).get(str(value))
    if known is None:
        return str(value)
    return f"{value} {known}" if name == "category" else str(known)


def facts_in_words(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and value of every fact that has a label, in the table's order."""
    return [
        (str(label), value_in_words(name, facts[name])) for name, label in LABELS.items() if name in facts
    ]


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """One fact that differs between two versions, in words; empty where a version didn't have it."""

    label: str
    before: str
    after: str


def changed_facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ChangedFact]:
    """What differs between two versions of a registration's facts, in the table's order."""
    return [
        ChangedFact(
            label=str(label),
            before=value_in_words(name, before[name]) if name in before else "",
            after=value_in_words(name, after[name]) if name in after else "",
        )
        for name, label in LABELS.items()
        if before.get(name) != after.get(name)
    ]


_SHOWN_FIRST: Final = 4
_SHOWN_LAST: Final = 2
_PHONE_FIRST: Final = 3
_PHONE_LAST: Final = 4


def masked_id_number(number: str) -> str:
    """An ID number with its middle hidden: 1399************23."""
    return _masked(number, _SHOWN_FIRST, _SHOWN_LAST)


def masked_phone(phone: str) -> str:
    """A telephone number with its middle hidden: 199****0001."""
    return _masked(phone, _PHONE_FIRST, _PHONE_LAST)


def _masked(text: str, first: int, last: int) -> str:
    if len(text) <= first + last:
        return "*" * len(text)
    return text[:first] + "*" * (len(text) - first - last) + text[-last:]
