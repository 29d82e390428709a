"""What reviewers and managers write: the form of each verb, and of a mark."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaosheng.casework.models import Mark
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.errors import Refusal
from kaosheng.domain.places import Manner
from kaosheng.domain.reasons import REASON_LENGTH
from kaosheng.domain.states import Verdict
from kaosheng.web.reviewer import words
from kaosheng.web.ui.messages import ANSWERS

ISO_DAY: Final = "%Y-%m-%d"
"""What a browser's date field sends and wants, whatever the language of the page."""
OPINION_LENGTH: Final = 1000
"""Characters of what is said to a candidate or to the other stage."""

_SENTENCES: Final[dict[str, Any]] = {
    name: ANSWERS[code].sentence
    for name, code in (("required", "reason_needed"), ("max_length", "reason_too_long"))
}


def _words(label: Any, longest: int, *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        widget=forms.Textarea({"rows": rows}),
        error_messages=_SENTENCES,
    )


def refusal_of(form: forms.Form) -> Refusal:
    """What a script is told of a form that isn't whole: words too long, or missing."""
    errors = [error for name in form.errors for error in form.errors.as_data()[name]]
    too_long = next((error for error in errors if error.code == "max_length"), None)
    if too_long is None:
        return Refusal("reason_needed")
    params = too_long.params or {}
    return Refusal("reason_too_long", **{name: params[name] for name in ("limit_value", "show_value")})


class SeenForm(forms.Form):
    """The revision of the page the act was decided on, and whether to go on with the next dossier."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    go_on = forms.BooleanField(required=False, widget=forms.HiddenInput)


class ReasonForm(SeenForm):
    """An act that needs a reason."""

    reason = _words(_("理由"), OPINION_LENGTH)


class ShortReasonForm(SeenForm):
    """An act whose reason the house keeps for itself."""

    reason = _words(_("理由"), REASON_LENGTH)


class RecommendForm(SeenForm):
    """建议通过 / 建议不通过."""

    verdict = forms.ChoiceField(
        choices=[(verdict.value, "") for verdict in Verdict], widget=forms.HiddenInput
    )
    reason = _words(_("审核意见"), OPINION_LENGTH, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (kwargs.get("initial") or {}).get("verdict") == Verdict.FAIL:
            self.fields["reason"].widget.attrs["required"] = True

    def clean(self) -> dict[str, Any]:
        """A 不通过 says why."""
        cleaned = super().clean() or {}
        if cleaned.get("verdict") == Verdict.FAIL and not (cleaned.get("reason") or "").strip():
            self.add_error("reason", str(_("请填写理由。")))
        return cleaned


class DecideForm(RecommendForm):
    """通过 or a proposal, with the waiver of what was promised and isn't there."""

    waiver = _words(_("免交理由"), REASON_LENGTH, required=False, rows=2)

    def __init__(self, *args: Any, promises_open: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.get_initial_for_field(self.fields["verdict"], "verdict") == Verdict.FAIL:
            self.fields["reason"].label = _("审核意见（写明理由和依据，公布后考生可见）")
        if not promises_open:
            del self.fields["waiver"]


class CorrectionForm(SeenForm):
    """更正: the new verdict and why."""

    verdict = forms.ChoiceField(
        label=_("更正后的结论"),
        choices=[(verdict.value, words.VERDICTS[verdict]) for verdict in Verdict],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择结论。")},
    )
    reason = _words(_("更正理由"), OPINION_LENGTH)


class UntilForm(ShortReasonForm):
    """延期: until the end of a day."""

    until = forms.DateField(
        label=_("延期至（当日24:00）"),
        widget=forms.DateInput({"type": "date"}, format=ISO_DAY),
        input_formats=[ISO_DAY],
        error_messages={"required": _("请选择日期。"), "invalid": _("日期格式有误，请按“年-月-日”填写。")},
    )
    field_order = ("revision", "until", "reason")

    def clean_until(self) -> datetime:
        """The midnight that ends the day."""
        day: date = self.cleaned_data["until"]
        if day < timezone.now().astimezone(HOUSE_TIME).date():
            raise forms.ValidationError(_("请选择今天或以后的日期。"))
        if day == date.max:
            raise forms.ValidationError(self.fields["until"].error_messages["invalid"])  # no midnight ends it
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=HOUSE_TIME)


class MarkForm(forms.Form):
    """审核标记: verdict, reason, own words, manner and the spot, given in per cent of the picture."""

    revision = forms.IntegerField(min_value=0)
    kind = forms.CharField(max_length=10)
    position = forms.IntegerField(min_value=1, required=False)
    verdict = forms.ChoiceField(choices=Mark.Verdict.choices)
    reason_code = forms.CharField(max_length=40, required=False)
    text = forms.CharField(max_length=500, required=False)
    manner = forms.ChoiceField(choices=[(manner.value, manner.value) for manner in Manner], required=False)
    only_this = forms.BooleanField(required=False)
    left = forms.FloatField(min_value=0, max_value=100, required=False)
    top = forms.FloatField(min_value=0, max_value=100, required=False)
    width = forms.FloatField(min_value=0, max_value=100, required=False)
    height = forms.FloatField(min_value=0, max_value=100, required=False)

    def box(self) -> tuple[float, float, float, float] | None:
        """The spot as fractions, when all four were given and lie inside the picture."""
        given = [self.cleaned_data[name] for name in ("left", "top", "width", "height")]
        if any(value is None for value in given):
            return None
        left, top, width, height = (value / 100 for value in given)
        if not width or not height:
            return None
        return left, top, min(width, 1 - left), min(height, 1 - top)


class PlaceForm(forms.Form):
    """The place a mark is taken from."""

    revision = forms.IntegerField(min_value=0)
    kind = forms.CharField(max_length=10)
    position = forms.IntegerField(min_value=1, required=False)
