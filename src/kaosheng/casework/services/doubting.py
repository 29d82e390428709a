"""我发现报名信息有误: the candidate tells the 考点 what the registration system has wrong, and it answers."""

from __future__ import annotations

from uuid import UUID

from kaosheng.audit.names import AuditName
from kaosheng.casework.models import RegistrationDoubt
from kaosheng.casework.services.actors import Actor
from kaosheng.casework.services.remarks import require_nameless
from kaosheng.casework.services.write_path import open_case
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission, permissions_of


def tell_doubt(*, dossier_id: UUID, actor: Actor, text: str) -> None:
    """Tell it, or change what was told; empty takes it back. No state hinders it: the data may be wrong in any."""
    with open_case(dossier_id) as case:
        case.roles_of(actor)
        if text.strip():
            RegistrationDoubt.objects.update_or_create(
                dossier=case.dossier,
                defaults={
                    "text": text.strip(),
                    "told_at": case.now,
                    "answer": "",
                    "answered_at": None,
                    "answered_by": None,
                },
            )
        else:
            RegistrationDoubt.objects.filter(dossier=case.dossier).delete()
        case.record(AuditName.REGISTRATION_DOUBTED, actor, told=bool(text.strip()))


def answer_doubt(*, dossier_id: UUID, actor: Actor, told_at: str, text: str) -> None:
    """The 考点 says what became of it; the candidate reads it on his page. An answer can be put better.

    `told_at` is the moment of the words that are answered, in ISO 8601: the candidate may have written others.
    Raises Refusal `not_your_role`, `answer_needed`, `remark_names_staff`, `not_found`, `doubt_changed`.
    """
    with open_case(dossier_id) as case:
        if Permission.DOUBT_ANSWER not in permissions_of(case.roles_of(actor)):
            raise Refusal("not_your_role", action="answer")
        if not text.strip():
            raise Refusal("answer_needed")
        require_nameless(case, text)
        doubt = RegistrationDoubt.objects.filter(dossier=case.dossier).first()
        if doubt is None:
            raise Refusal("not_found")
        if doubt.told_at.isoformat() != told_at:
            raise Refusal("doubt_changed")
        doubt.answer, doubt.answered_at, doubt.answered_by = text.strip(), case.now, actor.person
        doubt.save(update_fields=["answer", "answered_at", "answered_by"])
        case.record(AuditName.REGISTRATION_DOUBT_ANSWERED, actor)
