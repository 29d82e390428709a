"""Who has how much in his hands: for handing it over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from kaosheng.accounts.models import User
from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Conflict, Dossier, Hold, Lease
from kaosheng.domain.roles import Permission, Role
from kaosheng.domain.states import State

_REVIEWERS = (Role.SITE_REVIEWER, Role.AREA_REVIEWER)


@dataclass(frozen=True, slots=True)
class Hands:
    """One reviewer and the dossiers he has leased, loaded ahead or put on hold, within the reader's reach."""

    person: User
    dossiers: tuple[Dossier, ...]


def givers(staff: Staff) -> list[Hands]:
    """Whose dossiers he may hand over, by name, with what they hold: his own, as a manager everybody's in his reach.

    Who left, was disabled or lost the role is among them: his work is what has to be handed over most.
    """
    held = Hold.objects.filter(_reach(staff), ended_at=None).values_list("by", "dossier")
    leased = Lease.objects.filter(_reach(staff, "holder"), until__gt=timezone.now())
    pairs = {*held, *leased.values_list("holder", "dossier")}
    people = User.objects.filter(pk__in={person for person, _dossier in pairs}).order_by("name", "pk")
    dossiers = Dossier.objects.filter(pk__in={dossier for _person, dossier in pairs})
    by_number = list(dossiers.select_related("registration").order_by("registration__number"))
    return [
        Hands(person, tuple(dossier for dossier in by_number if (person.pk, dossier.pk) in pairs))
        for person in people
    ]


def _reach(staff: Staff, by: str = "by") -> Q:
    """His own; as a manager what waits in his area, or at his site: what the 考区 has in hand isn't a site's business."""
    at_his_sites = Q(dossier__site_id__in=staff.site_ids(Permission.HAND_OVER), dossier__state=State.AT_SITE)
    areas = staff.area_ids(Permission.HAND_OVER)
    return Q(**{by: staff.user}) | at_his_sites | Q(dossier__intake__area_id__in=areas)


def loaded_ahead(person: User, *, now: datetime) -> QuerySet[Lease]:
    """What keeps a dossier for him without his having opened it; one at most."""
    return Lease.objects.filter(holder=person, reserved=True, until__gt=now)


def conflicts_of(staff: Staff) -> list[Conflict]:
    """回避 that a manager may withdraw: those of his reviewers about dossiers he reaches, the newest first."""
    sites, areas = staff.site_ids(Permission.HAND_OVER), staff.area_ids(Permission.HAND_OVER)
    reach = Q(registration__dossier__site_id__in=sites) | Q(registration__dossier__intake__area_id__in=areas)
    found = Conflict.objects.standing().filter(reach, by__in=_beside(staff)).exclude(by=staff.user)
    return list(found.select_related("registration__dossier", "by").order_by("-at"))


def reviewers_beside(staff: Staff) -> list[User]:
    """The active reviewers of his sites and areas, by name; a manager of an area reaches its sites' reviewers too."""
    return list(_beside(staff).order_by("name", "pk"))


def _beside(staff: Staff) -> QuerySet[User]:
    sites = staff.site_ids(Permission.HAND_OVER, Permission.DOSSIER_TAKE)
    areas = staff.area_ids(Permission.HAND_OVER, Permission.DOSSIER_TAKE)
    reached = Q(grants__site_id__in=sites) | Q(grants__area_id__in=areas)
    return User.objects.filter(
        reached, grants__role__in=_REVIEWERS, is_active=True, asleep_since=None
    ).distinct()
