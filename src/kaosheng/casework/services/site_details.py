"""What an 考点 tells candidates of itself: telephone, hours, address, notes; beside every state, remark and error."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.services import locks
from kaosheng.crypto.digests import digest
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import ExamSite


@dataclass(frozen=True, slots=True)
class SiteDetails:
    """What may be changed; code and name are the registration system's."""

    telephone: str
    hours_zh: str
    hours_en: str
    address_zh: str
    address_en: str
    notes_zh: str
    notes_en: str

    @classmethod
    def of(cls, site: ExamSite) -> SiteDetails:
        """As they are now."""
        return cls(**{name: getattr(site, name) for name in cls.__slots__})

    @property
    def digest(self) -> str:
        """What somebody saw when he began."""
        return digest(repr(self).encode())


def change_site(*, site_id: int, staff: Staff, seen: str, wanted: SiteDetails) -> ExamSite:
    """Change them; what changed stands in the trail, from and to. `seen` is the digest of what was there.

    Raises Refusal `not_found`, `settings_changed_meanwhile`, `telephone_needed`.
    """
    with transaction.atomic(durable=True):
        site = locks.lock_site(site_id)
        if site.pk not in staff.site_ids(Permission.SITE_SET) and site.area_id not in staff.area_ids(
            Permission.SITE_SET
        ):
            raise Refusal("not_found")
        before = SiteDetails.of(site)
        if before.digest != seen:
            raise Refusal("settings_changed_meanwhile")
        if not wanted.telephone.strip():
            raise Refusal("telephone_needed")
        old, new = asdict(before), asdict(wanted)
        changed = [name for name in new if old[name] != new[name]]
        if not changed:
            return site
        for name in changed:
            setattr(site, name, new[name])
        site.save(update_fields=changed)
        record(
            AuditName.SITE_CHANGED,
            by=By("staff", staff.id),
            about=("site", f"{site.area.code}/{site.code}"),
            area=site.area.code,
            site=site.code,
            before={name: old[name] for name in changed},
            after={name: new[name] for name in changed},
        )
        return site
