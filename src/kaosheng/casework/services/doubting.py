"""我发现报名信息有误: the candidate tells the 考点 what the registration system has wrong (B20)."""

from __future__ import annotations

from uuid import UUID

from kaosheng.audit.names import AuditName
from kaosheng.casework.models import RegistrationDoubt
from kaosheng.casework.services.actors import Actor
from kaosheng.casework.services.write_path import open_case


def tell_doubt(*, dossier_id: UUID, actor: Actor, text: str) -> None:
    """Tell it, or change what was told; empty takes it back. No state hinders it: the data may be wrong in any."""
    with open_case(dossier_id) as case:
        case.roles_of(actor)
        if text.strip():
            RegistrationDoubt.objects.update_or_create(
                dossier=case.dossier, defaults={"text": text.strip(), "told_at": case.now}
            )
        else:
            RegistrationDoubt.objects.filter(dossier=case.dossier).delete()
        case.record(AuditName.REGISTRATION_DOUBTED, actor, told=bool(text.strip()))
