"""Who has how much in his hands: for handing it over."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from kaosheng.accounts.models import User
from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Conflict, Dossier
from kaosheng.domain.roles import Permission, Role

_REVIEWERS = (Role.SITE_REVIEWER, Role.AREA_REVIEWER)


@dataclass(frozen=True, slots=True)
class Hands:
    """One reviewer and the dossiers he has leased, loaded ahead or put on hold, within the reader's reach."""

    person: User
    dossiers: tuple[Dossier, ...]


def in_hands(person: User) -> QuerySet[Dossier]:
    """Every dossier somebody has leased, loaded ahead or put on hold."""
    leased = Q(lease__holder=person, lease__until__gt=timezone.now())
    return Dossier.objects.filter(leased | Q(holds__by=person, holds__ended_at=None)).distinct()


def givers(staff: Staff) -> list[Hands]:
    """Whose dossiers he may hand over: his own, as a manager those of all reviewers he reaches; with what they hold."""
    people = reviewers_beside(staff) if Permission.HAND_OVER in staff.permissions else [staff.user]
    reach = Q(site_id__in=staff.site_ids(Permission.HAND_OVER, Permission.DOSSIER_TAKE)) | Q(
        intake__area_id__in=staff.area_ids(Permission.HAND_OVER, Permission.DOSSIER_TAKE)
    )
    found = []
    for person in people:
        dossiers = in_hands(person).filter(reach).select_related("registration").order_by("pk")
        if held := tuple(dossiers):
            found.append(Hands(person, held))
    return found


def conflicts_of(staff: Staff) -> list[Conflict]:
    """回避 that a manager may withdraw: those of his reviewers about dossiers he reaches, the newest first."""
    sites, areas = staff.site_ids(Permission.HAND_OVER), staff.area_ids(Permission.HAND_OVER)
    reach = Q(registration__dossier__site_id__in=sites) | Q(registration__dossier__intake__area_id__in=areas)
    found = Conflict.objects.standing().filter(reach, by__in=reviewers_beside(staff)).exclude(by=staff.user)
    return list(found.select_related("registration__dossier", "by").order_by("-at"))


def reviewers_beside(staff: Staff) -> list[User]:
    """The active reviewers of his sites and areas, by name; a manager of an area reaches its sites' reviewers too."""
    sites = staff.site_ids(Permission.HAND_OVER, Permission.DOSSIER_TAKE)
    areas = staff.area_ids(Permission.HAND_OVER, Permission.DOSSIER_TAKE)
    reached = Q(grants__site_id__in=sites) | Q(grants__area_id__in=areas)
    people = User.objects.filter(reached, grants__role__in=_REVIEWERS, is_active=True)
    return list(people.distinct().order_by("name", "pk"))
