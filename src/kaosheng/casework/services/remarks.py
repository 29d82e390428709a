"""What candidates read of reviewers: the house speaks, never a person by name."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from kaosheng.accounts.models import User
from kaosheng.casework.services.case import Case
from kaosheng.domain.errors import Refusal

_SHORTEST: Final = 2
"""One character alone is a word more often than a person."""


def require_nameless(case: Case, text: str) -> None:
    """Refuse words for the candidate that name somebody who works at his site or area; his own name is his.

    Raises Refusal `remark_names_staff` (name).
    """
    if not text.strip():
        return
    here = Q(grants__site=case.dossier.site_id) | Q(grants__area=case.intake.area_id)
    for full in User.objects.filter(here).distinct().values_list("name", flat=True):
        name = full.split("（", maxsplit=1)[0].strip()
        if len(name) >= _SHORTEST and name in text and name not in case.registration.name:
            raise Refusal("remark_names_staff", name=name)
