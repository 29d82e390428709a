"""What a search of the trail means, and what the trail keeps of it."""

from __future__ import annotations

from django.db.models import Q

from kaosheng.accounts.models import User
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.queries.queue import search_for_trail


def noted(text: str) -> str:
    """What the trail keeps of a text it was searched for: ids as they are, accounts by theirs, of all else its kind.

    Somebody looks for a candidate or a colleague by name too; the trail holds ids, never names.
    """
    accounts = User.objects.filter(Q(username__iexact=text) | Q(name=text)).order_by("pk")
    if ids := [str(pk) for pk in accounts.values_list("pk", flat=True)]:
        return " ".join(["account", *ids])
    return text if _stands_there(text) else search_for_trail(text)


def _stands_there(text: str) -> bool:
    """Whether the trail knows it as an id, alone or behind its kind as the page shows it."""
    kind, _space, number = text.partition(" ")
    known = (
        Q(actor=text) | Q(object=text) | Q(actor_kind=kind, actor=number) | Q(object_kind=kind, object=number)
    )
    return AuditEvent.objects.filter(known).exists()
