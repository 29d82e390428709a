"""Who looked at a dossier, as far as its candidate may know; one line a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kaosheng.audit.models import AuditEvent
from kaosheng.audit.names import AuditName
from kaosheng.casework.models import Dossier
from kaosheng.casework.queries.visible import forwards_of
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.visibility import View, Visible, visible_views
from kaosheng.regions.models import ExamSite


@dataclass(frozen=True, slots=True)
class LookedOn:
    """A day on which an 考点, or the 考区 (site None), opened the dossier."""

    day: date
    site: ExamSite | None


def who_looked(dossier: Dossier, visible: Visible) -> tuple[LookedOn, ...]:
    """The days, newest first; the house only, never a person."""
    events = AuditEvent.objects.filter(
        object_kind="dossier", object=str(dossier.pk), name=AuditName.DOSSIER_VIEWED, actor_kind="staff"
    ).order_by("-id")
    views = [
        View(at=event.at, site=event.site if event.details.get("house") == "site" else "") for event in events
    ]
    shown = visible_views(
        views,
        forwards=forwards_of(list(dossier.steps.all())),
        one_stage=dossier.intake.has_one_stage,
        published=visible.published is not None,
    )
    days = dict.fromkeys((view.at.astimezone(HOUSE_TIME).date(), view.site) for view in shown)
    sites = {
        site.code: site
        for site in ExamSite.objects.filter(area=dossier.intake.area, code__in={code for _day, code in days})
    }
    return tuple(LookedOn(day=day, site=sites.get(code)) for day, code in days)
