"""微信绑定: which openid of an official account belongs to which person.

A person opens a ticket; its code is the parameter of the account's QR code; WeChat tells us who scanned it. A
ticket serves once. An openid belongs to the person who bound it last, a person to his last openid.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.crypto.sealing import blind_index
from kaosheng.domain.errors import Refusal
from kaosheng.notices.models import WechatBinding, WechatCall, WechatTicket
from kaosheng.notices.routes import Route, routes_of
from kaosheng.notices.transports import DeliveryError
from kaosheng.notices.transports.wechat.client import WechatClient

WECHAT: Final = "wechat"
TICKET_FOR: Final = timedelta(minutes=10)
CALLS_KEPT: Final = timedelta(hours=1)


def account_of(area: str) -> str:
    """The official account (appid) that speaks to an area's people; empty when there is none."""
    route = routes_of(area).get(WECHAT)
    return str(route.config.get("account", "")) if route else ""


def offers_binding(area: str) -> bool:
    """Whether people of an area can bind their WeChat themselves: the account calls us back when they scan."""
    route = routes_of(area).get(WECHAT)
    return bool(route and route.config.get("account") and route.config.get("aes_key"))


def openids_of(persons: Iterable[str], *, area: str) -> dict[str, str]:
    """Person → openid, for those who bound the area's official account."""
    account = account_of(area)
    if not account:
        return {}
    bound = WechatBinding.objects.filter(account=account, person__in=list(persons))
    return {binding.person: binding.openid for binding in bound}


def binding_of(person: str, *, area: str) -> WechatBinding | None:
    """The person's binding to the area's official account."""
    return WechatBinding.objects.filter(account=account_of(area), person=person).first()


def ticket_of(person: str, *, now: datetime) -> WechatTicket | None:
    """The person's QR code that can be scanned now."""
    return WechatTicket.objects.filter(person=person, until__gt=now).first()


def open_ticket(*, person: str, area: str, now: datetime) -> WechatTicket:
    """A QR code to scan within ten minutes; asked again, the same one while it lives.

    Raises Refusal `not_found` (the area has no account to bind), `wechat_unavailable`.
    """
    route = routes_of(area).get(WECHAT)
    if route is None or not offers_binding(area):
        raise Refusal("not_found")
    living = ticket_of(person, now=now)
    if living is not None:
        return living
    code = secrets.token_urlsafe(24)
    ticket, _made = WechatTicket.objects.update_or_create(
        person=person,
        defaults={
            "account": route.config["account"],
            "code": code,
            "url": _ask_for_code(route, code),
            "until": now + TICKET_FOR,
        },
    )
    return ticket


def close_ticket(*, person: str) -> None:
    """The QR code no longer serves; a binding stays as it is."""
    WechatTicket.objects.filter(person=person).delete()


def _ask_for_code(route: Route, code: str) -> str:
    """What the QR code must say, from the official account. Raises Refusal `wechat_unavailable`."""
    wanted = {
        "expire_seconds": int(TICKET_FOR.total_seconds()),
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": code}},
    }
    try:
        with closing(WechatClient(route.config)) as client:
            answer = client.call("/cgi-bin/qrcode/create", wanted)
    except DeliveryError as error:
        raise Refusal("wechat_unavailable") from error
    if not isinstance(answer.get("url"), str):
        raise Refusal("wechat_unavailable")
    return str(answer["url"])


def once(*, account: str, call: str, now: datetime) -> None:
    """Remember a call by its signature, in the transaction that does what it asks. Raises Refusal `call_repeated`."""
    WechatCall.objects.filter(at__lt=now - CALLS_KEPT).delete()
    _row, new = WechatCall.objects.get_or_create(account=account, signature=call, defaults={"at": now})
    if not new:
        raise Refusal("call_repeated")


def bind(*, account: str, code: str, openid: str, now: datetime) -> list[str]:
    """Somebody scanned a ticket's code; who lost this openid by it. Nothing happens for a code that isn't living."""
    with transaction.atomic():
        ticket = (
            WechatTicket.objects.select_for_update().filter(account=account, code=code, until__gt=now).first()
        )
        if ticket is None or not openid:
            return []
        index = _index(openid)
        others = WechatBinding.objects.filter(account=account, openid_index=index).exclude(
            person=ticket.person
        )
        lost = [_remove(binding) for binding in others.select_for_update()]
        WechatBinding.objects.update_or_create(
            account=account,
            person=ticket.person,
            defaults={"openid": openid, "openid_index": index, "bound_at": now},
        )
        ticket.delete()
        _record(AuditName.WECHAT_BOUND, ticket.person)
    return lost


def unbind_openid(*, account: str, openid: str) -> None:
    """The account was unfollowed."""
    with transaction.atomic():
        for binding in WechatBinding.objects.filter(account=account, openid_index=_index(openid)):
            _remove(binding)


def unbind_person(*, person: str, area: str) -> None:
    """The person no longer wants messages there; a QR code still on its way ends too."""
    with transaction.atomic():
        close_ticket(person=person)
        binding = binding_of(person, area=area)
        if binding is not None:
            _remove(binding)


def _remove(binding: WechatBinding) -> str:
    binding.delete()
    _record(AuditName.WECHAT_UNBOUND, binding.person)
    return binding.person


def _index(openid: str) -> str:
    """Upper and lower case tell openids apart; a blind index doesn't, so it is taken of their bytes."""
    return blind_index(openid.encode().hex(), label="notices_wechatbinding.openid")


def _record(name: AuditName, person: str) -> None:
    kind, _, identifier = person.partition(":")
    record(name, by=By(kind, identifier), about=(kind, identifier))
