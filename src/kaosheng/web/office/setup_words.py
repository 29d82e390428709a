"""Settings of an intake in words: names, values from and to, contradictions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaosheng.casework.queries.settings import ChangedSetting, SettingsVersion
from kaosheng.casework.services.intakes import Window
from kaosheng.domain.intakes import Warning  # noqa: A004 - the word of the page
from kaosheng.web.candidate.words import day_words
from kaosheng.web.ui.times import deadline

Text = str | Promise

NAMES: Final[dict[str, Text]] = {
    "opens_at": gettext_lazy("上传开始"),
    "closes_at": gettext_lazy("上传截止"),
    "supplement_days": gettext_lazy("补充期限"),
    "stages": gettext_lazy("审核级次"),
    "notes_zh": gettext_lazy("考区说明（中文）"),
    "notes_en": gettext_lazy("考区说明（英文）"),
    "review_expected_by": gettext_lazy("预计考点审核完成"),
    "release_expected_by": gettext_lazy("预计公布结果"),
    "second_look_share": gettext_lazy("随机复查比例"),
    "recheck_days": gettext_lazy("申请复核的期限"),
    "commitment_zh": gettext_lazy("真实性承诺（中文）"),
    "commitment_en": gettext_lazy("真实性承诺（英文）"),
}

WARNINGS: Final[dict[str, Text]] = {
    "no_catalogue": gettext_lazy("还没有发布材料目录，考生进来看不到要交什么。"),
    "window_short": gettext_lazy("上传时间不到 %(days)s 天，倒班的考生可能来不及。"),
    "review_before_close": gettext_lazy("预计考点审核完成 %(review)s，但上传到 %(closes)s 才截止。"),
    "release_before_review": gettext_lazy("预计公布结果 %(release)s，早于预计考点审核完成 %(review)s。"),
    "release_before_close": gettext_lazy("预计公布结果 %(release)s，但上传到 %(closes)s 才截止。"),
    "release_before_supplements": gettext_lazy(
        "预计公布结果 %(release)s，截止后退回的材料那时可能还在补充。"
    ),
    "review_past": gettext_lazy("预计考点审核完成 %(day)s 已经过去，考生仍会看到这个日期。"),
    "release_past": gettext_lazy("预计公布结果 %(day)s 已经过去，考生仍会看到这个日期。"),
    "no_notes": gettext_lazy("没有考区说明。"),
    "no_english_notes": gettext_lazy("考区说明没有英文，英文页面不显示说明。"),
    "no_telephone": gettext_lazy("有 %(count)s 个考点没有电话，考生看不到该打给谁。"),
    "no_second_look": gettext_lazy("随机复查比例为 0，通过的材料都由一人决定。"),
}


def warning_in_words(warning: Warning) -> str:
    """One contradiction as a sentence."""
    shown = {
        name: day_words(value) if isinstance(value, date) else value for name, value in warning.params.items()
    }
    return str(WARNINGS[warning.code]) % shown


_AS_SAID: Final[dict[str, Callable[[str], str]]] = {
    **dict.fromkeys(
        ("opens_at", "closes_at"), lambda value: deadline(datetime.fromisoformat(value), year=True)
    ),
    **dict.fromkeys(
        ("review_expected_by", "release_expected_by"), lambda value: day_words(date.fromisoformat(value))
    ),
    **dict.fromkeys(("supplement_days", "recheck_days"), lambda value: _("%(days)s 天") % {"days": value}),
    "stages": lambda value: _("一级") if value == "1" else _("两级"),
    "second_look_share": lambda value: f"{float(value) * 100:g}%",
}


def value_in_words(name: str, value: str) -> str:
    """One value of the trail as people say it."""
    if not value:
        return _("（空）")
    return _AS_SAID[name](value) if name in _AS_SAID else value


def changes_in_words(changes: tuple[ChangedSetting, ...]) -> list[tuple[Text, str, str]]:
    """Name, from, to."""
    return [
        (NAMES[one.name], value_in_words(one.name, one.before), value_in_words(one.name, one.after))
        for one in changes
        if one.name in NAMES
    ]


def difference_in_words(before: Window, after: Window) -> list[tuple[Text, str, str]]:
    """The same for a change nobody has made yet."""
    old, new = before.as_text(), after.as_text()
    found = [ChangedSetting(name, old[name], new[name]) for name in old if old[name] != new[name]]
    return changes_in_words(tuple(found))


def version_in_words(version: SettingsVersion) -> str:
    """What a line of the history is about, where it isn't settings."""
    if version.catalogue is None:
        return ""
    return _("发布材料目录第 %(number)s 版") % {"number": version.catalogue}
