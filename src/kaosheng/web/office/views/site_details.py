"""考点信息: what an 考点 tells candidates of itself, changed by its manager or the 考区's."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kaosheng.casework.services.site_details import SiteDetails, change_site
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import ExamSite
from kaosheng.web.access import for_staff, staff_member, staff_site
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.messages import sentence_of, status_of


def _line(label: Any, limit: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=limit, required=False)


def _notes(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=5000, required=False, widget=forms.Textarea({"rows": 8}))


class SiteForm(forms.Form):
    """The details; `seen` is the digest of what was there when he began."""

    telephone = forms.CharField(
        label=gettext_lazy("电话"),
        max_length=40,
        help_text=gettext_lazy("考生在每个状态、每条意见和每个错误旁都会看到。"),
        error_messages={"required": gettext_lazy("请填写电话，考生有问题时靠它找到考点。")},
    )
    hours_zh = _line(gettext_lazy("办公时间（中文）"), 120)
    hours_en = _line(gettext_lazy("办公时间（英文）"), 160)
    address_zh = _line(gettext_lazy("地址（中文）"), 200)
    address_en = _line(gettext_lazy("地址（英文）"), 200)
    notes_zh = _notes(gettext_lazy("考点说明（中文）"))
    notes_en = _notes(gettext_lazy("考点说明（英文）"))
    seen = forms.CharField(widget=forms.HiddenInput)

    @classmethod
    def begin(cls, site: ExamSite) -> SiteForm:
        """The form as it opens."""
        details = SiteDetails.of(site)
        values = {name: getattr(details, name) for name in SiteDetails.__slots__}
        return cls(initial={**values, "seen": details.digest})

    def wanted(self) -> SiteDetails:
        """What he wants; browsers send line ends of their own."""
        given = {name: self.cleaned_data[name].replace("\r\n", "\n") for name in SiteDetails.__slots__}
        return SiteDetails(**given)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.SITE_SET)
def details(request: HttpRequest, intake_id: int, site_id: int) -> HttpResponseBase:
    """Shown, changed."""
    intake, site = staff_site(request, intake_id, site_id, Permission.SITE_SET)
    form = SiteForm(request.POST) if request.method == "POST" else SiteForm.begin(site)
    problem, status = "", HTTPStatus.OK.value
    if request.method == "POST" and form.is_valid():
        try:
            change_site(
                site_id=site.pk,
                staff=staff_member(request),
                seen=form.cleaned_data["seen"],
                wanted=form.wanted(),
            )
        except Refusal as refusal:
            problem, status = sentence_of(refusal), status_of(refusal)
        else:
            messages.success(request, _("已保存，考生的页面立即更新。"))
            return redirect("office:site", intake.pk, site.pk)
    elif request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY.value
    context = {
        "intake": intake,
        "site": site,
        "name": pick(site.name_zh, site.name_en),
        "form": form,
        "problem": problem,
    }
    return render(request, "office/site_details.html", context, status=status)
