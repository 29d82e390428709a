"""The forms of a kind and of a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kaosheng.domain.materials import DEFAULT_LONG_SIDE_FLOOR, Effect, Kind, Rule
from kaosheng.domain.soundness import LONG_SIDE_FLOORS, PICTURES_PER_KIND, SHORT_NAME_LENGTH
from kaosheng.registration.words import LABELS, NUMBERS, VALUES, YES_OR_NO
from kaosheng.web.office.catalogue_words import EFFECTS

_REQUIRED: Final = {"required": _("请填写。"), "invalid": _("请填写整数。")}


def _line(label: Any, longest: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, error_messages=_REQUIRED)


def _text(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=2000, widget=forms.Textarea({"rows": 4}), error_messages=_REQUIRED
    )


class KindForm(forms.Form):
    """材料种类."""

    _AS_GIVEN: Final = (
        "code", "name_zh", "name_en", "short_name_zh", "short_name_en", "requirement_zh", "requirement_en",
        "minimum", "maximum", "count_fact", "may_promise", "long_side_floor", "grey",
    )  # fmt: skip
    """Fields of a kind that are shown and kept just so."""

    code = forms.RegexField(
        r"^[A-Z][0-9]{2,4}$",
        label=_("代码"),
        help_text=_("一个大写字母和 2 到 4 位数字，如 M01。"),
        error_messages={"required": _("请填写。"), "invalid": _("请填写一个大写字母和 2 到 4 位数字。")},
    )
    name_zh = _line(_("名称（中文）"), 100)
    name_en = _line(_("名称（英文）"), 160)
    short_name_zh = _line(_("简称（中文，短信用）"), SHORT_NAME_LENGTH)
    short_name_en = _line(_("简称（英文）"), 40)
    requirement_zh = _text(_("要求（中文）"))
    requirement_en = _text(_("要求（英文）"))
    minimum = forms.IntegerField(
        label=_("最少张数"), min_value=0, max_value=PICTURES_PER_KIND, error_messages=_REQUIRED
    )
    maximum = forms.IntegerField(
        label=_("最多张数"),
        help_text=_("与最少相同即为固定张数。"),
        min_value=1,
        max_value=PICTURES_PER_KIND,
        error_messages=_REQUIRED,
    )
    count_fact = forms.ChoiceField(label=_("张数取自报名信息"), required=False)
    labels_zh = forms.CharField(
        label=_("位置名称（中文）"),
        help_text=_("每行一个，如“人像面”“国徽面”；不填显示“第 1 张”。"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    labels_en = forms.CharField(
        label=_("位置名称（英文）"), required=False, widget=forms.Textarea({"rows": 3})
    )
    may_promise = forms.BooleanField(label=_("允许“暂时无法提供”，承诺日期后补"), required=False)
    long_side_floor = forms.IntegerField(
        label=_("长边最少像素"),
        help_text=_("浏览器自动缩小照片时，长边不会小于这个数；字小的材料应大一些。"),
        initial=DEFAULT_LONG_SIDE_FLOOR,
        min_value=LONG_SIDE_FLOORS[0],
        max_value=LONG_SIDE_FLOORS[1],
        error_messages=_REQUIRED,
    )
    grey = forms.BooleanField(label=_("颜色不重要，照片可转为灰度，文字更清楚"), required=False)
    picture = forms.FileField(
        label=_("示例图片"),
        help_text=_("jpg、jpeg 或 png，不超过 200 KB；不选则保留原来的。"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )
    drop_sample = forms.BooleanField(label=_("去掉示例"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["count_fact"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [("", _("固定，不取自报名信息")), ("institutions", LABELS["institutions"])]

    @staticmethod
    def values_of(kind: Kind) -> dict[str, Any]:
        """A kind as the form shows it."""
        lines = {name: "\n".join(getattr(kind, name)) for name in ("labels_zh", "labels_en")}
        return {**{name: getattr(kind, name) for name in KindForm._AS_GIVEN}, **lines}

    def kind(self, before: Kind | None, sample: str) -> Kind:
        """What was filled in; what the form doesn't ask for stays as it was."""
        given: dict[str, Any] = {name: self.cleaned_data[name] for name in self._AS_GIVEN}
        given |= {name: _lines(self.cleaned_data[name]) for name in ("labels_zh", "labels_en")}
        for name in ("requirement_zh", "requirement_en"):
            given[name] = given[name].replace("\r\n", "\n")
        return replace(before, **given, sample=sample) if before else Kind(**given, sample=sample)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _any_of(name: str, label: str) -> forms.Field:
    shown = [
        (value, f"{value} {words}" if name == "category" else words) for value, words in VALUES[name].items()
    ]
    return forms.MultipleChoiceField(
        label=label, required=False, choices=shown, widget=forms.CheckboxSelectMultiple
    )


def _yes_or_no(label: str) -> forms.Field:
    choices = [("", _("不限")), ("yes", _("是")), ("no", _("否"))]
    return forms.ChoiceField(label=label, required=False, choices=choices)


class RuleForm(forms.Form):
    """要求规则: effect, reason, and the conditions fact by fact; a fact left open makes no difference."""

    effect = forms.ChoiceField(label=_("要求"), widget=forms.RadioSelect, choices=list(EFFECTS.items()))
    group = forms.CharField(
        label=_("任选其一的组名"),
        help_text=_("同一组的材料，交其中一种即可。"),
        required=False,
        max_length=40,
    )
    minimum = forms.IntegerField(
        label=_("至少张数"),
        help_text=_("不填按材料种类的最少张数。"),
        required=False,
        min_value=1,
        max_value=PICTURES_PER_KIND,
    )
    reason_zh = forms.CharField(label=_("给考生看的理由（中文）"), max_length=200, error_messages=_REQUIRED)
    reason_en = forms.CharField(label=_("给考生看的理由（英文）"), max_length=300, error_messages=_REQUIRED)
    source_zh = forms.CharField(
        label=_("依据（中文）"),
        help_text=_("考生可以查到的出处，如“考区报名通知第三条”。显示在理由旁边。"),
        required=False,
        max_length=200,
    )
    source_en = forms.CharField(label=_("依据（英文）"), required=False, max_length=300)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            if name in VALUES:
                self.fields[f"is_{name}"] = _any_of(name, str(label))
            elif name in YES_OR_NO:
                self.fields[f"is_{name}"] = _yes_or_no(str(label))
            elif name in NUMBERS:
                for end, words in (("from", _("%(label)s 不小于")), ("to", _("%(label)s 不大于"))):
                    self.fields[f"{end}_{name}"] = forms.IntegerField(
                        label=str(words) % {"label": label}, required=False, min_value=0
                    )

    def conditions(self) -> Iterator[forms.BoundField]:
        """The fields of the conditions, in the order of the facts."""
        return (self[name] for name in self.fields if name.partition("_")[0] in {"is", "from", "to"})

    @staticmethod
    def values_of(rule: Rule) -> dict[str, Any]:
        """A rule as the form shows it."""
        values: dict[str, Any] = {
            "effect": rule.effect.value,
            "group": rule.group,
            "minimum": rule.minimum,
            "reason_zh": rule.reason_zh,
            "reason_en": rule.reason_en,
            "source_zh": rule.source_zh,
            "source_en": rule.source_en,
        }
        for name, wanted in rule.when.items():
            if isinstance(wanted, Mapping):
                values[f"from_{name}"], values[f"to_{name}"] = wanted.get("at_least"), wanted.get("at_most")
            elif name in NUMBERS:
                values[f"from_{name}"] = values[f"to_{name}"] = wanted
            elif name in YES_OR_NO:
                values[f"is_{name}"] = "yes" if wanted else "no"
            else:
                values[f"is_{name}"] = list(wanted) if isinstance(wanted, list | tuple) else [wanted]
        return values

    def rule(self, kind: str, before: Rule | None) -> Rule:
        """What was filled in; conditions on facts the form doesn't know stay as they were."""
        given = self.cleaned_data
        kept = {
            name: wanted
            for name, wanted in (before.when if before else {}).items()
            if name not in VALUES and name not in YES_OR_NO and name not in NUMBERS
        }
        effect = Effect(given["effect"])
        return Rule(
            kind=kind,
            effect=effect,
            when={**kept, **self._when()},
            reason_zh=given["reason_zh"],
            reason_en=given["reason_en"],
            group=given["group"],
            minimum=given["minimum"],
            source_zh=given["source_zh"],
            source_en=given["source_en"],
        )

    def _when(self) -> dict[str, object]:
        given, when = self.cleaned_data, dict[str, object]()
        for name in LABELS:
            chosen = given.get(f"is_{name}")
            low, high = given.get(f"from_{name}"), given.get(f"to_{name}")
            if name in YES_OR_NO and chosen:
                when[name] = chosen == "yes"
            elif chosen:
                when[name] = chosen[0] if len(chosen) == 1 else chosen
            elif low is not None or high is not None:
                bounds = {"at_least": low, "at_most": high}
                when[name] = {end: bound for end, bound in bounds.items() if bound is not None}
        return when
