"""What managers write at the counter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

OTHER = "其他原因"
_BEFORE_NOTE = "："


def in_words(reason: str) -> str:
    """A reason of the trail in the reader's language; the note behind it stays as it was written."""
    chosen, colon, note = reason.partition(_BEFORE_NOTE)
    return (gettext(chosen) if chosen else "") + colon + note


class CountForm(forms.Form):
    """The number a manager types to confirm what can't be taken back; it works without scripts."""

    counted = forms.IntegerField(min_value=0, error_messages={"required": _("请输入份数。")})

    def __init__(self, *args: Any, label: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["counted"].label = label

    @property
    def problem(self) -> str:
        """What is wrong with what was typed, for the top of the page; only of a form that isn't valid."""
        return str(self.errors["counted"][0])


class HelpForm(forms.Form):
    """代考生上传: why the candidate doesn't upload himself, and that he is there and agrees."""

    reason = forms.ChoiceField(
        label=_("原因"),
        choices=[
            ("不会操作手机或电脑", _("不会操作手机或电脑")),
            ("没有可用的手机、电脑或网络", _("没有可用的手机、电脑或网络")),
            ("视力或行动不便", _("视力或行动不便")),
            ("图片反复上传不成功", _("图片反复上传不成功")),
            (OTHER, _("其他原因")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择原因。")},
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
    present = forms.BooleanField(
        label=_("考生本人在场，已核对身份，并同意由工作人员代为上传"),
        error_messages={"required": _("考生本人不在场或不同意的，不能代为上传。")},
    )

    def clean(self) -> dict[str, Any]:
        """Another reason is written out."""
        given = super().clean() or {}
        if given.get("reason") == OTHER and not given.get("note", "").strip():
            self.add_error("note", str(_("请写明原因。")))
        return given

    def said(self) -> str:
        """Reason and note as they go into the trail."""
        note = self.cleaned_data["note"].strip()
        chosen = str(self.cleaned_data["reason"])
        return f"{chosen}{_BEFORE_NOTE}{note}" if note else chosen
