"""The pages a candidate sees."""

import json
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from registration_demo import outbox, registrations, wechat, words
from registration_demo.clock import phone_now
from registration_demo.forms import RegistrationForm
from registration_demo.models import Account, PhoneMessage, Registration, WechatFollower

LOGIN_RATE = {"login_failed": "60/m/ip,10/m/key"}
SHOWN_ON_PHONE = 100


@lru_cache
def demo_accounts() -> list[dict[str, str]]:
    """The accounts the log-in page offers, because this is a demonstration: user name, password, name, what is special."""
    people: list[dict[str, Any]] = json.loads(settings.PEOPLE_FILE.read_text(encoding="utf-8"))
    return [
        {
            "username": person["username"],
            "password": person["password"],
            "name": person["name"],
            "what": "；".join(
                f"{words.SITES.get(registration['site'], registration['site'])} · {words.category(registration['facts'])}"
                for registration in person["registrations"]
            ),
        }
        for person in people
    ]


class LogIn(LoginView):
    """登录, with a limit on attempts."""

    template_name = "registration_demo/login.html"
    authentication_form = AuthenticationForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check the password, unless there were too many wrong ones in this minute."""
        if not self._count_failure(dry_run=True):
            return problem(
                request,
                HTTPStatus.TOO_MANY_REQUESTS,
                "尝试次数过多",
                "一分钟内登录失败已达上限，请一分钟后再试。",
            )
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """The form again, with the sentence at its top."""
        self._count_failure(dry_run=False)
        response = super().form_invalid(form)
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form and the demo accounts."""
        return super().get_context_data(
            demo_accounts=demo_accounts(), authorizing="/authorize" in self.get_redirect_url(), **kwargs
        )

    def _count_failure(self, *, dry_run: bool) -> bool:
        username = self.request.POST.get("username", "")
        return bool(
            ratelimit.consume(
                self.request,
                app="registration_demo",
                action="login_failed",
                config=LOGIN_RATE,
                key=username,
                dry_run=dry_run,
            )
        )


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """退出 this system."""
    end_session(request)
    messages.success(request, "您已退出报名系统。如考生服务系统仍打开，请在那里也退出。")
    return redirect("account_login")


@require_GET
def log_in_again(request: HttpRequest) -> HttpResponse:
    """Where the provider sends a person who is logged in when a client asks for a fresh log-in."""
    end_session(request)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': request.GET.get('next', '')})}")


@never_cache
@login_required
@require_safe
def registration_list(request: HttpRequest) -> HttpResponse:
    """我的报名信息."""
    rows = [
        {
            "registration": registration,
            "batch": words.BATCHES.get(registration.exam_batch, registration.exam_batch),
            "category": words.category(registration.facts),
            "site": words.SITES.get(registration.site, registration.site),
            "area": words.AREAS.get(registration.area, registration.area),
            "groups": words.groups(registration.facts),
            "waiting": outbox.waiting(registration.number),
            "enter_url": f"{settings.SERVICE_URL}/enter/?{urlencode({'registration': registration.number})}",
        }
        for registration in _own(request)
    ]
    return render(
        request, "registration_demo/registrations.html", {"rows": rows, "service_name": settings.SERVICE_NAME}
    )


@never_cache
@login_required
def registration_change(request: HttpRequest, number: str) -> HttpResponse:
    """修改报名信息."""
    registration = get_object_or_404(_own(request), number=number)
    form = RegistrationForm(request.POST if request.method == "POST" else None, registration=registration)
    if form.is_valid():
        values = dict(form.cleaned_data)
        try:
            changed = registrations.change(
                number=number, seen_version=values.pop("seen_version"), values=values
            )
        except registrations.StaleError:
            return problem(
                request,
                HTTPStatus.CONFLICT,
                "报名信息已更新",
                "打开本页后报名信息又有变动，请重新打开后再修改。",
            )
        except registrations.NotAllowedError as error:
            return problem(request, HTTPStatus.CONFLICT, "不能修改", f"{error}。")
        if changed.source_version == registration.source_version:
            messages.info(request, "报名信息没有变化。")
        else:
            messages.success(request, "报名信息已保存，将同步到考生服务系统。")
        return redirect("registrations")
    context = {"form": form, "registration": registration}
    code = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "registration_demo/change.html", context, status=code)


@never_cache
@login_required
def registration_cancel(request: HttpRequest, number: str) -> HttpResponse:
    """取消报名: asks once."""
    registration = get_object_or_404(_own(request), number=number)
    if request.method != "POST":
        return render(request, "registration_demo/cancel.html", {"registration": registration})
    registrations.cancel(number=number)
    messages.success(request, f"报名 {number} 已取消。")
    return redirect("registrations")


@login_required
@require_POST
def registration_restore(request: HttpRequest, number: str) -> HttpResponse:
    """恢复报名."""
    get_object_or_404(_own(request), number=number)
    registrations.restore(number=number)
    messages.success(request, f"报名 {number} 已恢复。")
    return redirect("registrations")


@never_cache
@login_required
@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """The candidate's phone: what arrived at the numbers of the own registrations."""
    numbers = sorted({registration.phone for registration in _own(request)})
    received = PhoneMessage.objects.filter(phone__in=numbers)[:SHOWN_ON_PHONE]
    follows = WechatFollower.objects.filter(account__username=request.user.get_username(), following=True)
    context = {"numbers": numbers, "received": received, "follows": follows.exists(), "now": phone_now()}
    return render(request, "registration_demo/phone.html", context)


@never_cache
@login_required
def wechat_scan(request: HttpRequest, ticket: str) -> HttpResponse:
    """What a phone shows that scanned a QR code of the official account: asks once, then follows."""
    scene = wechat.scene_of(ticket)
    if scene is None:
        return problem(
            request, HTTPStatus.NOT_FOUND, "二维码已失效", "请回到考生服务系统，重新生成二维码后再扫描。"
        )
    if request.method != "POST":
        return render(request, "registration_demo/scan.html")
    wechat.scan(_account(request), scene)
    messages.success(request, "已关注国家医学考试中心公众号。绑定结果请看考生服务系统的页面。")
    return redirect("phone")


@login_required
@require_POST
def wechat_unfollow(request: HttpRequest) -> HttpResponse:
    """取消关注."""
    wechat.unfollow(_account(request))
    messages.success(request, "已取消关注国家医学考试中心公众号。")
    return redirect("phone")


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For whoever starts this system: it answers, and its database does."""
    Account.objects.exists()
    return HttpResponse("ok", content_type="text/plain")


def problem(request: HttpRequest, status: HTTPStatus, heading: str, sentence: str) -> HttpResponse:
    """A page that says what went wrong and what to do."""
    return render(
        request, "registration_demo/problem.html", {"heading": heading, "sentence": sentence}, status=status
    )


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose CSRF token doesn't hold."""
    return problem(
        request,
        HTTPStatus.FORBIDDEN,
        "页面已过期",
        "为保护您的账号，本次操作没有执行。请返回并刷新页面后重试。",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for an address that doesn't exist, or isn't yours."""
    return problem(request, HTTPStatus.NOT_FOUND, "没有找到", "地址有误，或者该报名信息不属于您。")


def broken(request: HttpRequest) -> HttpResponse:
    """The page for a fault of this system."""
    return problem(
        request, HTTPStatus.INTERNAL_SERVER_ERROR, "系统暂时无法处理", "操作没有完成，请稍后再试。"
    )


def _account(request: HttpRequest) -> Account:
    return Account.objects.get(username=request.user.get_username())


def _own(request: HttpRequest) -> QuerySet[Registration]:
    return Registration.objects.filter(account__username=request.user.get_username()).select_related(
        "account"
    )
