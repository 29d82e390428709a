"""What became of a row of an imported sheet, in words: outcomes and the sentence of every problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kaosheng.registration.importing import Outcome
from kaosheng.registration.rows import COLUMNS
from kaosheng.registration.words import Text

OUTCOMES: Final[dict[Outcome, Text]] = {
    Outcome.NEW: _("新增"),
    Outcome.CHANGED: _("更新"),
    Outcome.SAME: _("没有变化"),
    Outcome.VERSION_KNOWN: _("已有相同或更高版本，不覆盖"),
    Outcome.GATEWAY_KNOWN: _("报名系统已有数据，不覆盖"),
    Outcome.ERROR: _("有错误，不导入"),
}

PROBLEMS: Final[dict[str, Text]] = {
    "row_value_missing": _("“%(column)s”没有填写"),
    "row_value_unknown": _("“%(column)s”的值“%(value)s”不在允许范围内"),
    "row_value_too_long": _("“%(column)s”有 %(length)s 个字，最多 %(limit)s 个"),
    "row_no_number": _("“%(column)s”应为整数，填的是“%(value)s”"),
    "row_digits_lost": _("“%(column)s”是数字格式，超过 15 位会失真，请改为文本格式后重填"),
    "row_phone_form": _("手机号应为 1 开头的 11 位数字"),
    "row_id_number_form": _("居民身份证号码不是 18 位或校验位不对"),
    "row_site_unknown": _("本考区没有代码为“%(value)s”的考点"),
    "row_other_intake": _("这个报名号已属于另一考区或批次"),
    "row_number_twice": _("报名号与第 %(row)s 行重复"),
}


def problem_in_words(code: str, params: Mapping[str, Any]) -> str:
    """One problem as a sentence in the active language."""
    shown = dict(params)
    if "column" in shown:
        shown["column"] = COLUMNS[shown["column"]]
    return str(PROBLEMS[code]) % shown
