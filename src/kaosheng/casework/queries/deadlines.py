"""The SQL twin of `domain.deadlines`: the rules of it that are asked of many dossiers at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from kaosheng.casework.models import Dossier
from kaosheng.domain.deadlines import GRACE

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Effective(TypedDict):
        """What `with_deadline` adds to a dossier."""

        effective: datetime

    WithDeadline = WithAnnotations[Dossier, Effective]


def with_deadline(dossiers: QuerySet[Dossier]) -> QuerySet[WithDeadline]:
    """Each with `effective`, as `deadlines.effective_deadline`: its own deadline, else the intake's."""
    return dossiers.annotate(effective=Coalesce(F("deadline"), F("intake__closes_at")))


def run_out(now: datetime) -> Q:
    """Of those `with_deadline`, as `deadlines.has_run_out`: nothing that arrived in time can still commit."""
    return Q(effective__lt=now - GRACE)


def still_in_time(now: datetime) -> Q:
    """The rest of them: what arrived in time may still commit."""
    return Q(effective__gte=now - GRACE)
