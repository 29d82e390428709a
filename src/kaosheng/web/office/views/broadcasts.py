"""群发通知: choose a text and a list, look at both, type the count, send."""

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
from django.views.decorators.http import require_http_methods

from kaosheng.accounts.scope import Staff
from kaosheng.casework.queries import progress as queries
from kaosheng.casework.services import broadcasting
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.notices.templates import TEXTS
from kaosheng.notices.wording import fill, names_in, worded
from kaosheng.regions.models import ExamSite, Intake
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.message_words import VARIABLES, title_of
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.messages import sentence_of, status_of

GROUP_WORDS = {
    "draft": gettext_lazy("未提交"),
    "returned": gettext_lazy("待补充"),
    "submitted": gettext_lazy("已提交"),
    "released": gettext_lazy("结果已公布"),
    "lapsed": gettext_lazy("逾期未提交"),
}


class BroadcastForm(forms.Form):
    """Text, words for its variables, and the list."""

    template = forms.ChoiceField(label=gettext_lazy("内容"), widget=forms.RadioSelect)
    place = forms.ChoiceField(label=gettext_lazy("考点"))
    groups = forms.MultipleChoiceField(label=gettext_lazy("发给"), widget=forms.CheckboxSelectMultiple)
    counted = forms.IntegerField(label=gettext_lazy("输入人数以确认发送"), required=False, min_value=1)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        """Offer what this person may reach."""
        super().__init__(*args, **kwargs)
        texts = [code for code, text in TEXTS.items() if text.broadcast]
        self.fields["template"].choices = [(code, title_of(code)) for code in texts]  # type: ignore[attr-defined]
        self.fields["groups"].choices = list(GROUP_WORDS.items())  # type: ignore[attr-defined]
        self.places = _places(staff)
        self.fields["place"].choices = [(key, name) for key, (name, _i, _s) in self.places.items()]  # type: ignore[attr-defined]
        for name in sorted({name for code in texts for name in broadcasting.variables_of(code)}):
            for language in ("zh", "en"):
                spoken = _("中文") if language == "zh" else _("英文")
                label = f"{VARIABLES[name]} · {spoken}"
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=label, required=False, max_length=24
                )

    def variables(self) -> dict[str, tuple[str, str]]:
        """The words for the chosen text's variables."""
        names = broadcasting.variables_of(self.cleaned_data["template"])
        return {name: (self.cleaned_data[f"{name}_zh"], self.cleaned_data[f"{name}_en"]) for name in names}


def _places(staff: Staff) -> dict[str, tuple[str, Intake, ExamSite | None]]:
    """Intake and site, or the whole intake for the 考区, by the key of the form."""
    places: dict[str, tuple[str, Intake, ExamSite | None]] = {}
    for intake in queries.intakes_of(staff, Permission.BROADCAST_SEND):
        name = pick(intake.name_zh, intake.name_en)
        if intake.area_id in staff.area_ids(Permission.BROADCAST_SEND):
            everywhere = _("全部考点")
            places[f"{intake.pk}-"] = (f"{name} · {everywhere}", intake, None)
        for site in queries.sites_of(staff, intake, Permission.BROADCAST_SEND):
            places[f"{intake.pk}-{site.pk}"] = (f"{name} · {pick(site.name_zh, site.name_en)}", intake, site)
    return places


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.BROADCAST_SEND)
def broadcast(request: HttpRequest) -> HttpResponseBase:
    """The form; posted without a count it shows preview and number, with the right count it sends."""
    staff = staff_member(request)
    form = BroadcastForm(request.POST or None, staff=staff)
    if request.method != "POST":
        return render(request, "office/broadcast.html", {"form": form})
    if not form.is_valid():
        return render(
            request, "office/broadcast.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    _name, intake, site = form.places[form.cleaned_data["place"]]
    chosen = {"intake": intake, "site": site, "groups": form.cleaned_data["groups"]}
    number = broadcasting.recipients(**chosen).count()
    if form.cleaned_data["counted"] is None:
        return _checked(request, form, number=number)
    try:
        broadcasting.broadcast(
            staff=staff,
            template=form.cleaned_data["template"],
            variables=form.variables(),
            counted=form.cleaned_data["counted"],
            **chosen,
        )
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _checked(request, form, number=number, refusal=refusal)
    flash.success(request, _("开始向 %(number)s 位考生发送。") % {"number": number})
    return redirect("office:messages")


def _checked(
    request: HttpRequest, form: BroadcastForm, *, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    if refusal is not None:
        named = refusal.params.get("name")
        form.add_error(f"{named}_zh" if named else "counted", sentence_of(refusal))
    context = {"form": form, "number": number, "previews": _previews(form)}
    return render(request, "office/broadcast.html", context, status=status_of(refusal) if refusal else 200)


def _previews(form: BroadcastForm) -> list[str]:
    _name, intake, _site = form.places[form.cleaned_data["place"]]
    text = worded(intake.area.code, form.cleaned_data["template"]).text
    given = form.variables()
    previews = []
    for place, language in enumerate(("zh", "en")):
        words = text.in_language(language)
        exam = ("医师资格考试", "Medical Licensing Exam")[place]
        values = {name: given[name][place] or "…" for name in names_in(words) if name != "exam"}
        previews.append(fill(words, {"exam": exam, **values}))
    return previews
