"""The few forms of a candidate that hold words."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

_EIGHT_DIGITS: Final = re.compile(r"[0-9]{8}")


class PromiseForm(forms.Form):
    """暂时无法提供: by when, and why."""

    due_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(max_length=200, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        due_on, note = self.fields["due_on"], self.fields["note"]
        due_on.label, note.label = _("预计提供日期"), _("原因")
        due_on.error_messages = {
            "required": _("请填写预计提供日期。"),
            "invalid": _("日期格式有误，请写成 2027-01-31。"),
        }
        note.error_messages = {"required": _("请填写原因。"), "max_length": _("原因不超过 200 字。")}


class ExplanationForm(forms.Form):
    """无法提供 / 无法更换: why. Empty takes an earlier explanation back."""

    reason = forms.CharField(max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, has_one: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        reason.label = _("原因")
        reason.required = not has_one
        reason.error_messages = {"required": _("请填写原因。"), "max_length": _("原因不超过 200 字。")}


class RecheckForm(forms.Form):
    """申请复核: what the candidate thinks is wrong."""

    reason = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 6}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        reason.label = _("您认为哪一点有误")
        reason.error_messages = {
            "required": _("请写明您认为哪一点有误。"),
            "max_length": _("不超过 1000 字。"),
        }


class DoubtForm(forms.Form):
    """我发现报名信息有误: what is wrong and what would be right. Empty takes an earlier word back."""

    text = forms.CharField(max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, has_one: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = self.fields["text"]
        text.label = _("哪一项有误，正确的是什么")
        text.required = not has_one
        text.error_messages = {
            "required": _("请写明哪一项有误、正确的是什么。"),
            "max_length": _("不超过 300 字。"),
        }


class PhoneForm(forms.Form):
    """The new number for messages."""

    phone = forms.CharField(
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        phone = self.fields["phone"]
        phone.label = _("新手机号码")
        phone.error_messages = {
            "required": _("请填写新手机号码。"),
            "max_length": _("请填写 11 位手机号码。"),
        }


class PhoneCodeForm(forms.Form):
    """The code that came to the new number."""

    code = forms.CharField(
        max_length=10, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = _("短信验证码（6 位数字）")
        code.error_messages = {
            "required": _("请填写短信中的验证码。"),
            "max_length": _("验证码为 6 位数字。"),
        }


class CommitmentForm(forms.Form):
    """真实性承诺 of the check page."""

    commitment = forms.BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        commitment = self.fields["commitment"]
        commitment.label = _("我已阅读并作出以上承诺")
        commitment.error_messages = {"required": _("请先阅读并勾选真实性承诺，再提交审核。")}


class CodeForm(forms.Form):
    """手机上传: the secret a script read from the address, or the eight digits typed."""

    secret = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)
    code = forms.CharField(
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("电脑上显示的 8 位数字")

    def clean(self) -> dict[str, Any]:
        """Want one of the two; of a code its digits alone."""
        given = super().clean() or {}
        given["code"] = "".join(given.get("code", "").split())
        if not given.get("secret") and not _EIGHT_DIGITS.fullmatch(given["code"]):
            self.add_error("code", _("请输入电脑上显示的 8 位数字。"))
        return given
