"""Candidates who bind the official account, and what the account tells of them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kaosheng.casework.models import Dossier
from kaosheng.casework.services.addressing import candidate_of_code, letters_to
from kaosheng.notices import bindings
from kaosheng.notices.life import reported
from kaosheng.notices.services import post
from kaosheng.notices.wechat_events import Account, Event

_SCANNED = frozenset({"subscribe", "scan"})
_DELIVERED = "success"


def take_event(account: Account, event: Event, *, call: str, now: datetime) -> None:
    """Do what an event of the official account says, once a call; `call` is its signature.

    Raises Refusal `call_repeated`.
    """
    with transaction.atomic():
        bindings.once(account=account.appid, call=call, now=now)
        if event.kind in _SCANNED and event.key:
            _bind(account, event, now)
        elif event.kind == "unsubscribe":
            bindings.unbind_openid(account=account.appid, openid=event.openid)
        elif event.kind == "templatesendjobfinish":
            reported(
                lane=account.lane,
                provider_id=event.message_id,
                delivered=event.status == _DELIVERED,
                reason=event.status,
                now=now,
            )


def _bind(account: Account, event: Event, now: datetime) -> None:
    lost = bindings.bind(account=account.appid, code=event.key, openid=event.openid, now=now)
    for person in lost:
        _tell_of_loss(person, now)


def _tell_of_loss(person: str, now: datetime) -> None:
    """Somebody else bound this person's WeChat: he is told by what is left to him."""
    dossier = (
        Dossier.objects.filter(registration__candidate=candidate_of_code(person))
        .select_related("registration__candidate", "intake__area", "site")
        .order_by("-created_at")
        .first()
    )
    if dossier is not None:
        post(letters_to([dossier], "wechat_moved", occasion=now.isoformat()), now=now)
