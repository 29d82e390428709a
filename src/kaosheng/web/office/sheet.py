"""材料单: a dossier on paper, with nothing its reader doesn't see on the page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from kaosheng.casework.queries.workbench import KindView, PictureView, Workbench
from kaosheng.web.reviewer import presenting, words


def sheet_context(bench: Workbench) -> dict[str, Any]:
    """Registration, materials with their marks, history."""
    chip, state = presenting.state_of(bench)
    site = bench.dossier.site
    return {
        "dossier": bench.dossier,
        "registration": bench.dossier.registration,
        "intake": presenting.pick(bench.case.intake.name_zh, bench.case.intake.name_en),
        "site": presenting.pick(site.name_zh, site.name_en),
        "printed_at": timezone.now(),
        "chip": chip,
        "state": state,
        "facts": presenting.registration_facts(bench),
        "kinds": [_kind(bench, kind) for kind in bench.kinds],
        "history": presenting.history(bench),
        "submission": bench.dossier.submissions.order_by("-ordinal").first(),
    }


def _kind(bench: Workbench, kind: KindView) -> dict[str, Any]:
    return {
        "name": presenting.kind_name(kind.item.kind),
        "minimum": kind.item.minimum,
        "count": len(kind.pictures),
        "pictures": [_picture(bench, kind, entry) for entry in kind.pictures],
    }


def _picture(bench: Workbench, kind: KindView, entry: PictureView) -> dict[str, Any]:
    return {
        "label": presenting.position_label(kind.item.kind, entry.picture.position),
        "thumbnail": reverse("reviewer:thumbnail", args=[bench.dossier.pk, entry.picture.pk]),
        "picture": entry.picture,
        "mark": words.MARKS[entry.mark.verdict] if entry.mark else "",
        "remark": presenting.mark_words(entry.mark) if entry.mark else "",
    }
