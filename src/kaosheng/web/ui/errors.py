"""Error pages: one sentence that says what was refused, what to do, and whom to telephone."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaosheng.web.ui.page import page_facts

Text = str | Promise

_TEMPLATE: Final = "ui/error.html"
HEADINGS: Final[dict[int, Text]] = {
    400: _("请求无法处理"),
    403: _("没有权限查看"),
    404: _("没有找到这个页面"),
    405: _("请求无法处理"),
    409: _("内容已有变化"),
    413: _("文件太大"),
    415: _("文件类型不符"),
    422: _("内容需要修改"),
    429: _("操作过于频繁"),
    500: _("系统出现故障"),
    502: _("系统暂时无法使用"),
    503: _("系统暂时无法使用"),
}
SENTENCES: Final[dict[int, Text]] = {
    400: _("您提交的内容不完整或格式有误，没有保存任何内容。"),
    403: _("您没有权限查看这个页面，或登录已过期。"),
    404: _("网址可能有误，或这项内容不属于您的报名信息。"),
    405: _("这个网址不接受这种请求，没有保存任何内容。"),
    409: _("您打开页面之后，这份材料已有新的变化，您的操作没有保存。"),
    413: _("您提交的文件超过系统接收的上限，没有保存任何内容。"),
    415: _("系统只接收 jpg、jpeg、png 格式的图片，没有保存任何内容。"),
    422: _("您提交的内容不符合要求，没有保存任何内容。"),
    429: _("短时间内操作次数过多，没有保存任何内容。"),
    500: _("处理您的请求时出现故障。已经显示上传成功或提交成功的内容不受影响。"),
    502: _("系统正在恢复。已经显示上传成功或提交成功的内容不受影响。"),
    503: _("系统正在维护或恢复。已经显示上传成功或提交成功的内容不受影响。"),
}
ADVICE: Final[dict[int, Text]] = {
    400: _("请返回上一页，检查后重新提交。"),
    403: _("请重新登录后再试。"),
    404: _("请从首页重新进入。"),
    405: _("请从首页重新进入。"),
    409: _("请返回查看最新状态，再决定是否重新操作。"),
    413: _("请选择不超过 200 KB 的图片，再重新上传。"),
    415: _("请选择 jpg、jpeg 或 png 格式的图片，再重新上传。"),
    422: _("请返回上一页，按提示修改后重新提交。"),
    429: _("请等待几分钟再试。"),
    500: _("请稍后重试。如果多次出现，请联系考点。"),
    502: _("请几分钟后重试。"),
    503: _("请几分钟后重试。"),
}


def tell_scripts(response: HttpResponse, sentence: str, code: str = "") -> HttpResponse:
    """Add what scripts need of a refused request: its sentence (X-Refusal), and the rule's code (X-Refusal-Code)."""
    response.headers["X-Refusal"] = quote(sentence)
    if code:
        response.headers["X-Refusal-Code"] = code
    return response


def error_page(
    request: HttpRequest,
    status: int,
    *,
    sentence: Text = "",
    advice: Text = "",
    heading: Text = "",
    code: str = "",
) -> HttpResponse:
    """Answer with `status` and its page; sentence and code also go out in headers, for scripts."""
    context = _shown(request, status, sentence, advice, heading)
    return tell_scripts(render(request, _TEMPLATE, context, status=status), str(context["sentence"]), code)


def unavailable_page(request: HttpRequest) -> HttpResponse:
    """Answer while the database is away: the page of a 503, made without asking the database anything."""
    # No context processors: they and the messages would load session and user.
    context = _shown(request, 503) | {"request": request, "csrf_token": get_token(request)}
    response = HttpResponse(render_to_string(_TEMPLATE, context), status=503)
    return tell_scripts(response, str(context["sentence"]))


def _shown(
    request: HttpRequest, status: int, sentence: Text = "", advice: Text = "", heading: Text = ""
) -> dict[str, Any]:
    staff = bool(page_facts(request).navigation)
    return {
        "base": "ui/staff_base.html" if staff else "ui/candidate_base.html",
        "status": status,
        # What has a heading of its own isn't an error to the reader: he declined, or came too late.
        "code": ""
        if heading and status < HTTPStatus.INTERNAL_SERVER_ERROR
        else _("错误 %(status)d") % {"status": status},
        "heading": heading or HEADINGS.get(status, HEADINGS[400]),
        "sentence": sentence or SENTENCES.get(status, SENTENCES[400]),
        "advice": advice or ADVICE.get(status, ADVICE[400]),
    }


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what Django itself found malformed (handler400)."""
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a PermissionDenied (handler403)."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere, or to somebody else's things (handler404)."""
    return error_page(request, 404)


def wrong_method(request: HttpRequest) -> HttpResponse:
    """Answer an address that takes only forms opened as a page, and the other way about."""
    return error_page(request, 405)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours (handler500)."""
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old (CSRF_FAILURE_VIEW)."""
    return error_page(
        request,
        403,
        heading=_("页面已过期"),
        sentence=_("这个页面打开得太久，或您已在别处退出登录，这次提交没有保存。"),
        advice=_("请刷新页面后重新提交。"),
    )
