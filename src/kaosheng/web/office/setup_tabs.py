"""The two pages of an intake's settings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from kaosheng.regions.models import Intake
from kaosheng.web.ui.components import Tab


def tabs_for(intake: Intake, *, current: str) -> list[Tab]:
    """Both tabs."""
    return [
        Tab(label=_("时间与说明"), url=reverse("office:setup", args=[intake.pk]), current=current == "setup"),
        Tab(
            label=_("材料目录"),
            url=reverse("office:catalogue", args=[intake.pk]),
            current=current == "catalogue",
        ),
    ]
