"""The forms of an intake's settings."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kaosheng.casework.services.intakes import Window
from kaosheng.casework.services.telling import Telling
from kaosheng.domain.errors import Refusal
from kaosheng.web.reviewer.forms import ISO_DAY

_MINUTE: Final = "%Y-%m-%dT%H:%M"
_BAD_TIME: Final = {"required": _("请填写时间。"), "invalid": _("时间格式有误，请重新选择。")}
_BAD_DAY: Final = {"invalid": _("日期格式有误，请按“年-月-日”填写。")}


def moment_field(label: Any, hint: Any = "") -> forms.DateTimeField:
    """A moment to the minute, as the browser's own picker gives it."""
    return forms.DateTimeField(
        label=label,
        help_text=hint,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=_MINUTE),
        error_messages=_BAD_TIME,
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"type": "date"}, format=ISO_DAY),
        input_formats=[ISO_DAY],
        error_messages=_BAD_DAY,
    )


class WindowForm(forms.Form):
    """时间与级次. `seen` is what the manager saw when he began."""

    opens_at = moment_field(_("上传开始"))
    closes_at = moment_field(_("上传截止"), _("从这一刻起不能再提交。1月20日 00:00 即 1月19日 24:00。"))
    supplement_days = forms.IntegerField(
        label=_("补充期限（天）"),
        help_text=_("退回当日不计，到最后一天的 24:00。已退回的不受影响。"),
        min_value=1,
        error_messages={"required": _("请填写天数。"), "invalid": _("请填写整数。")},
    )
    stages = forms.TypedChoiceField(
        label=_("审核级次"),
        coerce=int,
        choices=[(2, _("两级：考点初审，考区复审")), (1, _("一级：只由考区审核"))],
        widget=forms.RadioSelect,
        help_text=_("第一份材料提交后不能再改。"),
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    @classmethod
    def begin(cls, window: Window) -> WindowForm:
        """The form as it opens."""
        values = {name: getattr(window, name) for name in Window.__slots__}
        return cls(initial={**values, "seen": json.dumps(window.as_text())})

    def seen_window(self) -> Window:
        """What the manager saw. Raises Refusal `form_incomplete`."""
        try:
            told = json.loads(self.cleaned_data["seen"])
            return Window(
                opens_at=datetime.fromisoformat(told["opens_at"]),
                closes_at=datetime.fromisoformat(told["closes_at"]),
                supplement_days=int(told["supplement_days"]),
                stages=int(told["stages"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Refusal("form_incomplete", field="seen") from error

    def wanted(self) -> Window:
        """What he wants; a moment he left alone keeps the seconds the field can't show."""
        seen, given = self.seen_window(), self.cleaned_data
        return Window(
            opens_at=_unless_same(seen.opens_at, given["opens_at"]),
            closes_at=_unless_same(seen.closes_at, given["closes_at"]),
            supplement_days=given["supplement_days"],
            stages=given["stages"],
        )


def _unless_same(seen: datetime, given: datetime) -> datetime:
    return seen if seen.replace(second=0, microsecond=0) == given else given


_NOTES: Final = {"rows": 8}


_TEXTS: Final = ("notes_zh", "notes_en", "commitment_zh", "commitment_en")


def _text(label: Any, limit: int, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=limit, widget=forms.Textarea(_NOTES)
    )


class TellingForm(forms.Form):
    """说明、承诺与复核."""

    notes_zh = _text(_("考区说明（中文）"), 5000)
    notes_en = _text(_("考区说明（英文）"), 8000)
    commitment_zh = _text(
        _("真实性承诺（中文）"), 3000, _("考生提交前必须勾选。改动即为新版本，已提交的仍按当时的版本。")
    )
    commitment_en = _text(_("真实性承诺（英文）"), 5000)
    review_expected_by = _day(_("预计考点审核完成"))
    release_expected_by = _day(_("预计公布结果"))
    second_look_percent = forms.FloatField(
        label=_("随机复查比例（%）"),
        help_text=_("拟通过的材料按比例随机抽出，由另一人复查；不通过的一律复查。"),
        min_value=0,
        max_value=100,
        error_messages={
            "required": _("请填写比例。"),
            "invalid": _("请填写 0 到 100 的数。"),
            "min_value": _("请填写 0 到 100 的数。"),
            "max_value": _("请填写 0 到 100 的数。"),
        },
    )
    recheck_days = forms.IntegerField(
        label=_("申请复核的期限（天）"),
        help_text=_("公布当日不计，到最后一天的 24:00；0 表示不接受复核申请。结果公布后只能延长。"),
        min_value=0,
        error_messages={
            "required": _("请填写天数。"),
            "invalid": _("请填写整数。"),
            "min_value": _("请填写 0 或更大的整数。"),
        },
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    @classmethod
    def begin(cls, telling: Telling) -> TellingForm:
        """The form as it opens."""
        initial = {
            **asdict(telling),
            "second_look_percent": f"{round(telling.second_look_share * 100, 4):g}",
            "seen": json.dumps(telling.as_text()),
        }
        return cls(initial=initial)

    def seen_telling(self) -> Telling:
        """What the manager saw. Raises Refusal `form_incomplete`."""
        try:
            told = json.loads(self.cleaned_data["seen"])
            return Telling(
                notes_zh=str(told["notes_zh"]),
                notes_en=str(told["notes_en"]),
                review_expected_by=_read_day(told["review_expected_by"]),
                release_expected_by=_read_day(told["release_expected_by"]),
                second_look_share=float(told["second_look_share"]),
                recheck_days=int(told["recheck_days"]),
                commitment_zh=str(told["commitment_zh"]),
                commitment_en=str(told["commitment_en"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Refusal("form_incomplete", field="seen") from error

    def wanted(self) -> Telling:
        """What he wants; browsers send line ends of their own."""
        given, seen = self.cleaned_data, self.seen_telling()
        share = given["second_look_percent"] / 100
        same = round(seen.second_look_share * 100, 4) == given["second_look_percent"]
        return Telling(
            **{name: given[name].replace("\r\n", "\n") for name in _TEXTS},
            review_expected_by=given["review_expected_by"],
            release_expected_by=given["release_expected_by"],
            second_look_share=seen.second_look_share if same else share,
            recheck_days=given["recheck_days"],
        )


def _read_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
