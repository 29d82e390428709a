"""How an 考区 is called where its own page or person says so."""

from __future__ import annotations

from django.utils.translation import get_language

from kaosheng.regions.models import ExamArea, ExamSite


def short_name(place: ExamArea | ExamSite) -> str:
    """河北 of 河北考区, as the title of the service has it; an 考点 keeps its name."""
    if get_language() == "en":
        return place.name_en.removesuffix(" exam area")
    return place.name_zh.removesuffix("考区")
