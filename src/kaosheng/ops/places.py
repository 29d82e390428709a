"""考区 and 考点 from a file: what has to be there before the first manager can work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from kaosheng.regions.models import ExamArea, ExamSite


@transaction.atomic
def enter_places(tables: Mapping[str, Any]) -> tuple[int, int]:
    """Make the areas and sites that aren't there yet; those already there stay as they are. How many were made.

    Raises KeyError (a table without `code`, `name_zh`, `name_en`, or a site without `area`) and
    `ExamArea.DoesNotExist` (a site of an unknown area); then nothing is made.
    """
    areas = sites = 0
    for table in tables.get("area", ()):
        _area, made = ExamArea.objects.get_or_create(code=table["code"], defaults=_columns(ExamArea, table))
        areas += made
    for table in tables.get("site", ()):
        area = ExamArea.objects.get(code=table["area"])
        defaults = _columns(ExamSite, table)
        _site, made = ExamSite.objects.get_or_create(area=area, code=table["code"], defaults=defaults)
        sites += made
    return areas, sites


def _columns(model: type[ExamArea | ExamSite], table: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in model._meta.get_fields()} - {"id", "area", "sites", "code"}  # noqa: SLF001 - Django's documented API
    return {"name_zh": table["name_zh"], "name_en": table["name_en"]} | {
        name: value for name, value in table.items() if name in names
    }
