"""What differs between an earlier version of a registration, as it was received, and the present one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from kaosheng.regions.models import ExamSite
from kaosheng.registration.models import Registration

OWN_FIELDS: Final = ("name", "id_type", "id_number", "phone", "site")
"""What a registration says besides its facts, in the order it is shown."""
COUNTED: Final = ("name", "id_number", "site")
"""Those a checklist or a reviewer goes by; a new telephone number doesn't count."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field or fact that differs; None where a version didn't have it. Of a site it is the site itself."""

    name: str
    before: object
    after: object


def own_fields(registration: Registration, *, site: str) -> dict[str, str]:
    """The present fields by name; `site` is the code of its site."""
    return {
        "name": registration.name,
        "id_type": registration.id_type,
        "id_number": registration.id_number,
        "phone": registration.phone,
        "site": site,
    }


def own_changes(known: Mapping[str, Any], registration: Registration, *, site: ExamSite) -> list[Change]:
    """Fields that differ from a version as it was received; one query, and only when the site changed."""
    after = own_fields(registration, site=site.code)
    changes = [
        Change(name, known.get(name, ""), after[name])
        for name in OWN_FIELDS
        if known.get(name, "") != after[name]
    ]
    return [_with_sites(change, site) if change.name == "site" else change for change in changes]


def fact_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[Change]:
    """Facts that differ between two versions."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (Change(name, before.get(name), after.get(name)) for name in names)


def _with_sites(change: Change, site: ExamSite) -> Change:
    before = ExamSite.objects.filter(area=site.area_id, code=change.before).first()
    return replace(change, before=before or change.before, after=site)
