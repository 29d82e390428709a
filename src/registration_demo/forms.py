"""The form 修改报名信息."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone

from registration_demo import words
from registration_demo.models import Registration

EARLIEST_GRADUATION = 1960
CHOSEN = (
    ("site", "报考考点", words.SITES),
    ("route", "报考途径", words.ROUTES),
    ("identity", "考生身份", words.IDENTITIES),
    ("education", "学历层次", words.EDUCATION),
    ("study_form", "学习形式", words.STUDY_FORMS),
    ("institution_kind", "机构类型", words.INSTITUTION_KINDS),
)
TICKED = (
    ("first_time", "首次报考"),
    ("fresh_graduate", "应届毕业生"),
    ("in_school", "在校研究生"),
    ("degree", "有学位证书"),
    ("short_registration", "在现机构注册时间不足"),
    ("name_changed", "姓名或证件号曾变更"),
)
SECTIONS = (
    ("报考信息", ("category", "route", "site", "identity", "phone", "first_time")),
    ("学历信息", ("education", "study_form", "graduation_year", "fresh_graduate", "in_school", "degree")),
    (
        "试用（执业）机构",
        ("institution_name", "institution_kind", "institutions", "short_registration", "name_changed"),
    ),
)


class RegistrationForm(forms.Form):
    """Everything of a registration its candidate may change; 姓名, 证件 and 系统预审 are not among it."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    category = forms.ChoiceField(label="报考类别")
    phone = forms.CharField(
        label="手机号码",
        max_length=11,
        validators=[RegexValidator(r"^1\d{10}\Z", "手机号码应为以 1 开头的 11 位数字，填写的是 %(value)s")],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "tel"}),
    )
    graduation_year = forms.IntegerField(label="毕业年份")
    institution_name = forms.CharField(label="机构名称", max_length=60)
    institutions = forms.IntegerField(label="本年度试用（执业）机构数", min_value=1, max_value=10)

    def __init__(self, data: Mapping[str, Any] | None, *, registration: Registration) -> None:
        super().__init__(
            data,
            initial={
                **registration.facts,
                "phone": registration.phone,
                "site": registration.site,
                "seen_version": registration.source_version,
            },
        )
        self.fields["category"] = forms.ChoiceField(label="报考类别", choices=_categories(registration))
        for name, label, table in CHOSEN:
            choices = list(table.items())
            if name == "site":
                choices = [(code, word) for code, word in choices if code.startswith(registration.area)]
            self.fields[name] = forms.ChoiceField(label=label, choices=choices)
        for name, label in TICKED:
            self.fields[name] = forms.BooleanField(label=label, required=False)
        for name, field in self.fields.items():
            if field.required and name != "seen_version":
                field.widget.attrs["aria-required"] = "true"

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under the headings they are shown with."""
        return [(heading, [self[name] for name in names]) for heading, names in SECTIONS]

    def clean_graduation_year(self) -> int:
        """A year that can be."""
        year: int = self.cleaned_data["graduation_year"]
        this_year = timezone.localdate().year
        if not EARLIEST_GRADUATION <= year <= this_year + 1:
            raise ValidationError(
                f"毕业年份应在 {EARLIEST_GRADUATION} 至 {this_year + 1} 之间，填写的是 {year}"
            )
        return year

    def clean(self) -> dict[str, Any]:
        """Check what belongs together and set 报考级别 from 报考类别."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        code = cleaned.get("category", "")
        if code in words.CATEGORIES:
            cleaned["level"] = words.CATEGORIES[code][0]
            if cleaned.get("route") == "from_assistant" and cleaned["level"] != "practising":
                self.add_error(
                    "route", f"助理医师升执业医师须报考执业医师类别，所选类别为 {words.category(cleaned)}"
                )
        if cleaned.get("first_time") and cleaned.get("route") == "from_assistant":
            self.add_error("first_time", "助理医师升执业医师不属于首次报考")
        return cleaned


def _categories(registration: Registration) -> list[tuple[str, list[tuple[str, str]]]]:
    grouped = [
        (
            level_word,
            [(code, f"{code} {name}") for code, (of, name) in words.CATEGORIES.items() if of == level],
        )
        for level, level_word in words.LEVELS.items()
    ]
    own = str(registration.facts.get("category", ""))
    if own not in words.CATEGORIES:
        grouped.append(("当前类别", [(own, words.category(registration.facts))]))
    return [(heading, choices) for heading, choices in grouped if choices]
