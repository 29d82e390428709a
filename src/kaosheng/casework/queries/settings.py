"""The settings of an intake: what contradicts itself, who changed what, and a candidate to look at them with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kaosheng.accounts.models import User
from kaosheng.audit.models import AuditEvent
from kaosheng.audit.names import AuditName
from kaosheng.casework.models import Dossier
from kaosheng.catalogue.queries import published_versions
from kaosheng.domain.intakes import Settings, Warning, warnings_about  # noqa: A004 - the word of the page
from kaosheng.domain.states import State
from kaosheng.regions.models import ExamSite, Intake

_CHANGES: Final = (AuditName.INTAKE_CHANGED, AuditName.CATALOGUE_PUBLISHED)
SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class ChangedSetting:
    """One setting, from and to, as the trail has them."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SettingsVersion:
    """One change of an intake's settings, or a published catalogue; numbered from the first."""

    number: int
    at: datetime
    by: str
    changes: tuple[ChangedSetting, ...]
    catalogue: int | None


def warnings_of(intake: Intake, *, now: datetime) -> list[Warning]:
    """What looks wrong in the settings as they are (or as `intake`, unsaved, would have them)."""
    settings = Settings(
        opens_at=intake.opens_at,
        closes_at=intake.closes_at,
        supplement_days=intake.supplement_days,
        second_look_share=intake.second_look_share,
        review_expected_by=intake.review_expected_by,
        release_expected_by=intake.release_expected_by,
        notes_zh=intake.notes_zh,
        notes_en=intake.notes_en,
        has_catalogue=published_versions().filter(intake=intake).exists(),
        sites_without_telephone=ExamSite.objects.filter(area=intake.area_id, telephone="").count(),
    )
    return warnings_about(settings, now=now)


def history_of(intake: Intake) -> list[SettingsVersion]:
    """The newest changes first. The trail is the history: it can't be rewritten."""
    events = AuditEvent.objects.filter(
        object_kind="intake",
        object=f"{intake.area.code}/{intake.code}",
        name__in=[name.value for name in _CHANGES],
    ).order_by("-pk")
    count, newest = events.count(), list(events[:SHOWN])
    staff = {event.actor for event in newest if event.actor_kind == "staff"}
    names = {str(user.pk): user.name for user in User.objects.filter(pk__in=staff)}
    return [
        SettingsVersion(
            number=count - place,
            at=event.at,
            by=names.get(event.actor, ""),
            changes=_changes(event),
            catalogue=event.details.get("version"),
        )
        for place, event in enumerate(newest)
    ]


def _changes(event: AuditEvent) -> tuple[ChangedSetting, ...]:
    before, after = event.details.get("before", {}), event.details.get("after", {})
    return tuple(
        ChangedSetting(name=name, before=before.get(name, ""), after=value)
        for name, value in after.items()
        if before.get(name, "") != value
    )


def waiting_drafts(intake: Intake) -> int:
    """How many still have to submit and go by the intake's own end: who is told when it moves."""
    return Dossier.objects.filter(intake=intake, state__in=[State.DRAFT, State.LAPSED], deadline=None).count()


def somebody_at(intake: Intake, state: State) -> Dossier | None:
    """A dossier in this state, to show the settings as its candidate reads them."""
    return (
        Dossier.objects.filter(intake=intake, state=state, deadline=None)
        .select_related("registration__candidate", "intake__area", "site", "release")
        .order_by("registration__number")
        .first()
    )
