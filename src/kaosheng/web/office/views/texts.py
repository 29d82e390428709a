"""短信内容: an 考区's own words, with length and parts, a preview and a test to the own phone."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaosheng.casework.services import wordings
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.notices.routes import Route, routes_of
from kaosheng.notices.templates import TEXTS
from kaosheng.notices.wording import Worded, all_worded, longest_length, names_in, sample, worded
from kaosheng.regions.models import ExamArea
from kaosheng.web.access import for_staff, staff_area, staff_member
from kaosheng.web.message_words import CHANNELS, VARIABLES, title_of
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.messages import sentence_of, status_of

LANGUAGES = ("zh", "en")


class TextForm(forms.Form):
    """Both wordings and the providers' template ids; `seen` is the digest of what was there when he began."""

    zh = forms.CharField(label=gettext_lazy("中文"), widget=forms.Textarea(attrs={"rows": 4}), max_length=500)
    en = forms.CharField(label=gettext_lazy("英文"), widget=forms.Textarea(attrs={"rows": 4}), max_length=500)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, routes: dict[str, Route], **kwargs: Any) -> None:
        """Add a field for every channel and language."""
        super().__init__(*args, **kwargs)
        for channel in routes:
            for language in LANGUAGES:
                spoken = _("中文") if language == "zh" else _("英文")
                label = f"{CHANNELS.get(channel, channel)} · {spoken}"
                self.fields[f"{channel}:{language}"] = forms.CharField(
                    label=label, required=False, max_length=200
                )

    def approved(self) -> dict[str, str]:
        """The template ids somebody entered."""
        return {name: value for name, value in self.cleaned_data.items() if ":" in name and value}


class TestForm(forms.Form):
    """Where a test goes."""

    phone = forms.RegexField(
        r"^1\d{10}$",
        label=gettext_lazy("自己的手机号"),
        error_messages={"invalid": gettext_lazy("请输入 11 位手机号。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "tel"}),
    )


@require_safe
@for_staff(Permission.MESSAGE_WORD)
def texts(request: HttpRequest) -> HttpResponse:
    """Every text of the areas in scope."""
    areas = ExamArea.objects.filter(pk__in=staff_member(request).area_ids(Permission.MESSAGE_WORD)).order_by(
        "code"
    )
    context = {
        "areas": [
            {"name": pick(area.name_zh, area.name_en), "code": area.code, "rows": _rows(area)}
            for area in areas
        ]
    }
    return render(request, "office/texts.html", context)


def _rows(area: ExamArea) -> list[dict[str, Any]]:
    rows = []
    for code, words in all_worded(area.code).items():
        text = words.text
        language = pick("zh", "en")
        rows.append(
            {
                "code": code,
                "title": title_of(code),
                "sample": sample(text.in_language(language), language=language),
                "length": longest_length(
                    text.in_language(language), language=language, signature=_signature(area.code)
                ),
                "own": text != TEXTS[code],
            }
        )
    return rows


def _signature(area: str) -> str:
    route = routes_of(area).get("sms")
    return route.signature if route else ""


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.MESSAGE_WORD)
def text(request: HttpRequest, area: str, template: str) -> HttpResponseBase:
    """One text; 预览 shows it, 保存 keeps it."""
    found = _area_of(request, area, template)
    routes = routes_of(found.code)
    words = worded(found.code, template)
    form = TextForm(request.POST or None, initial=_initial(words), routes=routes)
    if request.method != "POST":
        return _show(request, found, template, form)
    if not form.is_valid():
        return _show(request, found, template, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        if "preview" in request.POST:
            wordings.check_both(template=template, zh=form.cleaned_data["zh"], en=form.cleaned_data["en"])
            return _show(request, found, template, form)
        wordings.save(
            staff=staff_member(request),
            area=found,
            template=template,
            seen=form.cleaned_data["seen"],
            zh=form.cleaned_data["zh"],
            en=form.cleaned_data["en"],
            approved=form.approved(),
        )
    except Refusal as refusal:
        language = refusal.params.get("language")
        form.add_error(str(language) if language else None, sentence_of(refusal))
        return _show(request, found, template, form, status=status_of(refusal))
    flash.success(request, _("已保存，以后的通知使用新的内容。"))
    return redirect("office:text", found.code, template)


def _initial(words: Worded) -> dict[str, str]:
    return {"zh": words.text.zh, "en": words.text.en, **words.approved, "seen": words.digest}


def _area_of(request: HttpRequest, area: str, template: str) -> ExamArea:
    if template not in TEXTS:
        raise Refusal("not_found")
    return staff_area(request, area, Permission.MESSAGE_WORD)


def _show(
    request: HttpRequest,
    area: ExamArea,
    template: str,
    form: TextForm,
    *,
    test: TestForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "area": area,
        "template": template,
        "title": title_of(template),
        "form": form,
        "previews": _previews(area, form) if status == HTTPStatus.OK or test else [],
        "variables": [(f"{{{name}}}", VARIABLES[name]) for name in names_in(TEXTS[template].zh)],
        "approved": [form[name] for name in form.fields if ":" in name],
        "test": test or TestForm(),
    }
    return render(request, "office/text.html", context, status=status)


def _previews(area: ExamArea, form: TextForm) -> list[dict[str, Any]]:
    signature = _signature(area.code)
    rows = []
    for language, label in (("zh", _("中文")), ("en", _("英文"))):
        words = str(form[language].value())
        rows.append(
            {
                "label": label,
                "text": f"【{signature}】{sample(words, language=language)}",
                "length": longest_length(words, language=language, signature=signature),
            }
        )
    return rows


@require_POST
@for_staff(Permission.MESSAGE_WORD)
def test(request: HttpRequest, area: str, template: str) -> HttpResponseBase:
    """Send the saved text, filled with samples, to the own phone."""
    found = _area_of(request, area, template)
    form = TestForm(request.POST)
    words = worded(found.code, template)
    shown = TextForm(initial=_initial(words), routes=routes_of(found.code))
    if not form.is_valid():
        return _show(request, found, template, shown, test=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        wordings.send_test(
            staff=staff_member(request),
            area=found,
            template=template,
            phone=form.cleaned_data["phone"],
            english=pick("", "en") == "en",
        )
    except Refusal as refusal:
        form.add_error("phone", sentence_of(refusal))
        return _show(request, found, template, shown, test=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    flash.success(request, _("测试短信已发出。"))
    return redirect("office:text", found.code, template)
