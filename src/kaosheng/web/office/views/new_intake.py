"""新建审核批次."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kaosheng.casework.services.new_intakes import NewIntake, open_intake
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import ExamArea
from kaosheng.web.access import for_staff, staff_area, staff_member
from kaosheng.web.office.setup_forms import moment_field
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.messages import sentence_of, status_of


class IntakeForm(forms.Form):
    """What is new; everything else is taken over from the newest."""

    area = forms.ChoiceField(label=gettext_lazy("考区"))
    code = forms.CharField(
        label=gettext_lazy("批次代码"),
        max_length=20,
        help_text=gettext_lazy("与报名系统的考试批次一致，以后不能再改。"),
        error_messages={"required": gettext_lazy("请填写批次代码。")},
    )
    name_zh = forms.CharField(
        label=gettext_lazy("名称（中文）"),
        max_length=80,
        error_messages={"required": gettext_lazy("请填写名称。")},
    )
    name_en = forms.CharField(
        label=gettext_lazy("名称（英文）"),
        max_length=120,
        error_messages={"required": gettext_lazy("请填写名称。")},
    )
    opens_at = moment_field(gettext_lazy("上传开始"))
    closes_at = moment_field(
        gettext_lazy("上传截止"), gettext_lazy("从这一刻起不能再提交。1月20日 00:00 即 1月19日 24:00。")
    )

    def wanted(self) -> NewIntake:
        """The intake he wants."""
        return NewIntake(**{name: self.cleaned_data[name] for name in NewIntake.__slots__})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Permission.INTAKE_SET)
def new(request: HttpRequest) -> HttpResponseBase:
    """The form, and the new intake's settings once it is made."""
    staff = staff_member(request)
    areas = ExamArea.objects.filter(pk__in=staff.area_ids(Permission.INTAKE_SET)).order_by("code")
    form = IntakeForm(request.POST or None)
    form.fields["area"].choices = [(area.code, pick(area.name_zh, area.name_en)) for area in areas]  # type: ignore[attr-defined]  # a ChoiceField
    problem, status = "", HTTPStatus.OK.value
    if request.method == "POST" and form.is_valid():
        area = staff_area(request, form.cleaned_data["area"], Permission.INTAKE_SET)
        try:
            made = open_intake(area=area, staff=staff, wanted=form.wanted())
        except Refusal as refusal:
            problem, status = sentence_of(refusal), status_of(refusal)
        else:
            messages.success(request, _("已新建。请核对设置，并发布材料目录后再开放上传。"))
            return redirect("office:setup", made.pk)
    elif request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY.value
    return render(request, "office/setup_new.html", {"form": form, "problem": problem}, status=status)
