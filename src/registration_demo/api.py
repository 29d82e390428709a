"""What other systems call: the pull for reconciliation, the status receiver and the phone receiver."""

import base64
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from registration_demo import signing
from registration_demo.models import PhoneMessage, Registration
from registration_demo.registrations import as_object

MOST_PER_PULL = 500
Payload = dict[str, Any]


class NotUnderstoodError(Exception):
    """A signed message that lacks something; `code` is for the program, the text for its keeper."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def refusal(status: HTTPStatus, code: str, sentence: str) -> JsonResponse:
    """A refusal in the form every address of this API uses."""
    return JsonResponse(
        {"error": code, "message": sentence}, status=status, json_dumps_params={"ensure_ascii": False}
    )


def signed_message(kind: str) -> Callable[[Callable[[Payload], None]], Callable[..., HttpResponse]]:
    """A POST address that takes signed messages of one type: 204 taken, 401 bad signature, 422 not understood."""

    def decorate(receive: Callable[[Payload], None]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @require_POST
        @wraps(receive)
        def view(request: HttpRequest) -> HttpResponse:
            try:
                payload = signing.opened(request.body, request.headers)
                _require_type(payload, kind)
                receive(payload)
            except signing.BadSignatureError as error:
                return refusal(HTTPStatus.UNAUTHORIZED, "signature", f"签名无效：{error}")
            except signing.UnreadableError as error:
                return refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "json", str(error))
            except NotUnderstoodError as error:
                return refusal(HTTPStatus.UNPROCESSABLE_ENTITY, error.code, str(error))
            return HttpResponse(status=HTTPStatus.NO_CONTENT)

        return view

    return decorate


@signed_message("dossier.status")
def status(payload: Payload) -> None:
    """Keep the status of a registration; the highest serial wins, in whatever order messages arrive."""
    number = _text(payload, "number", 20)
    serial = payload.get("serial")
    if not isinstance(serial, int) or isinstance(serial, bool) or not 0 < serial < 2**63:
        raise NotUnderstoodError("serial", f"serial 应为正整数，收到 {serial!r}")
    report = {
        "status": _text(payload, "status", 40),
        "status_text_zh": _text(payload, "text_zh", 200),
        "status_text_en": _text(payload, "text_en", 200),
        "status_corrected_at": _instant(payload, "corrected_at") if payload.get("corrected_at") else None,
    }
    registrations = Registration.objects.filter(number=number)
    if not registrations.exists():
        raise NotUnderstoodError("unknown_number", f"没有报名号为 {number} 的报名信息")
    registrations.filter(status_serial__lt=serial).update(
        status_serial=serial, status_received_at=timezone.now(), **report
    )


@signed_message("message")
def phone(payload: Payload) -> None:
    """Put a message on the phone with this number. The same id again changes nothing."""
    channel = _text(payload, "channel", 10)
    if channel not in PhoneMessage.Channel.values:
        raise NotUnderstoodError("channel", f"channel 应为 sms 或 wechat，收到 {channel!r}")
    number = _text(payload, "phone", 20)
    message = {
        "channel": channel,
        "phone": number,
        "text": _text(payload, "text", 2000),
        "sent_at": _instant(payload, "sent_at"),
    }
    if not Registration.objects.filter(phone=number).exists():
        raise NotUnderstoodError("dead_number", f"没有人使用手机号 {number}")
    PhoneMessage.objects.get_or_create(id=_text(payload, "id", 100), defaults=message)


@require_GET
def pull(request: HttpRequest) -> JsonResponse:
    """Registrations of one batch and area ordered by number, a page at a time, for reconciliation."""
    if not _is_client(request):
        response = refusal(HTTPStatus.UNAUTHORIZED, "client", "需要客户端编号和密钥（HTTP Basic）")
        response.headers["WWW-Authenticate"] = 'Basic realm="registrations", charset="UTF-8"'
        return response
    wanted = request.GET
    for name in ("exam_batch", "area"):
        if not wanted.get(name):
            return refusal(HTTPStatus.BAD_REQUEST, name, f"缺少参数 {name}")
    limit_text = wanted.get("limit", str(MOST_PER_PULL))
    if not (limit_text.isascii() and limit_text.isdigit() and 1 <= int(limit_text) <= MOST_PER_PULL):
        return refusal(
            HTTPStatus.BAD_REQUEST,
            "limit",
            f"limit 应为 1 至 {MOST_PER_PULL} 的整数，收到 {limit_text[:20]!r}",
        )
    limit = int(limit_text)
    rows = Registration.objects.filter(exam_batch=wanted["exam_batch"], area=wanted["area"]).select_related(
        "account"
    )
    # One row more than asked for tells whether there is a next page.
    page = list(rows.filter(number__gt=wanted.get("after", "")).order_by("number")[: limit + 1])
    next_after = page[limit - 1].number if len(page) > limit else None
    return JsonResponse(
        {"registrations": [as_object(row) for row in page[:limit]], "next_after": next_after},
        json_dumps_params={"ensure_ascii": False},
    )


def _require_type(payload: Payload, kind: str) -> None:
    if payload.get("type") != kind:
        raise NotUnderstoodError("type", f"type 应为 {kind}，收到 {payload.get('type')!r}")


def _is_client(request: HttpRequest) -> bool:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True).decode()
    except ValueError:  # not ASCII, not base64, or not text inside
        return False
    expected = f"{settings.CLIENT_ID}:{settings.CLIENT_SECRET}"
    return scheme.lower() == "basic" and constant_time_compare(given, expected)


def _text(payload: Payload, name: str, longest: int) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or "\x00" in value:
        raise NotUnderstoodError(name, f"{name} 应为 1 至 {longest} 个字符的文字，收到 {str(value)[:60]!r}")
    return value


def _instant(payload: Payload, name: str) -> datetime:
    text = _text(payload, name, 40)
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise NotUnderstoodError(name, f"{name} 应为带时区的 ISO 8601 时间，收到 {text!r}")
    return moment
