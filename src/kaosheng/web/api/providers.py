"""What providers of messages call: delivery reports, and the events of an official account."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Router

from kaosheng.casework.services import wechat as following
from kaosheng.notices.reports import take_reports
from kaosheng.notices.wechat_events import account_called, read_event, require_address
from kaosheng.web.api.bodies import body_of

router = Router(tags=["providers"])

_LARGEST: Final = 1024 * 1024
"""Bytes of one call: a provider sends the reports of a second or two at once."""


@router.post("reports/{token}/", auth=None)
def reports(request: HttpRequest, token: str) -> HttpResponse:
    """Delivery reports; the answer is one that Tencent and Alibaba both take for an acknowledgement."""
    body = body_of(request, largest=_LARGEST)
    take_reports(token=token, body=body, headers=request.headers, now=timezone.now())
    return JsonResponse({"result": 0, "errmsg": "OK", "code": 0, "msg": "OK"})


@router.get("wechat/{account}/", auth=None, url_name="wechat")
def wechat_address(request: HttpRequest, account: str) -> HttpResponse:
    """An official account makes sure that this address is ours."""
    query = request.GET.dict()
    require_address(account_called(account), query)
    return HttpResponse(query.get("echostr", ""), content_type="text/plain")


@router.post("wechat/{account}/", auth=None, url_name="wechat")
def wechat_event(request: HttpRequest, account: str) -> HttpResponse:
    """An official account tells of an event, in the AES mode."""
    called = account_called(account)
    event = read_event(called, request.GET.dict(), body_of(request, largest=_LARGEST))
    following.take_event(called, event, call=request.GET["msg_signature"], now=timezone.now())
    return HttpResponse("success", content_type="text/plain")
