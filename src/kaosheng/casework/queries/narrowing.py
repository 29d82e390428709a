"""What the office narrows its lists by: one 考点, and whether somebody has answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet

from kaosheng.accounts.scope import Staff
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import ExamSite

_Row = TypeVar("_Row", bound=Model)

OPEN, ANSWERED = "open", "answered"
ONLY: Final = (OPEN, ANSWERED)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a list is narrowed to; both may be empty. `site` is a code, `only` one of `ONLY`."""

    site: str = ""
    only: str = ""


def narrow(found: QuerySet[_Row], by: Narrowing, *, site: str, answered: str = "") -> QuerySet[_Row]:
    """The rows that meet it; `site` is the way from a row to its 考点's code, `answered` the moment of an answer."""
    if by.site:
        found = found.filter(**{site: by.site})
    if by.only and answered:
        found = found.filter(**{f"{answered}__isnull": by.only == OPEN})
    return found


def sites_within(staff: Staff, *permissions: Permission) -> QuerySet[ExamSite]:
    """The 考点 these permissions reach, alone or with their area."""
    own, areas = staff.site_ids(*permissions), staff.area_ids(*permissions)
    return ExamSite.objects.filter(Q(pk__in=own) | Q(area_id__in=areas)).order_by("code")


def about_dossiers_within(staff: Staff, permission: Permission) -> Q:
    """Rows about dossiers this permission reaches."""
    return Q(dossier__site__in=staff.site_ids(permission)) | Q(
        dossier__intake__area__in=staff.area_ids(permission)
    )
