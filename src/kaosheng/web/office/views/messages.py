"""通知: what went out in this 考区 or 考点, mass sending, and who wasn't reached."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaosheng.casework.queries import messages as queries
from kaosheng.casework.queries.messages import MailingProgress
from kaosheng.casework.services import broadcasting
from kaosheng.domain.roles import Permission
from kaosheng.notices.models import Message
from kaosheng.web.access import for_staff, staff_member
from kaosheng.web.message_words import title_of, ways_of
from kaosheng.web.office.lists import UNREACHED, back_to, page_of
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.components import Bar

SHOWN_MAILINGS: Final = 10


@require_safe
@for_staff(Permission.MESSAGE_VIEW)
def messages(request: HttpRequest) -> HttpResponse:
    """Counts by text, and the newest mass sending with its progress."""
    staff = staff_member(request)
    mailings = queries.progress_of(queries.mailings(staff)[:SHOWN_MAILINGS])
    context = {
        "statistics": [(title_of(counts.template), counts) for counts in queries.statistics(staff)],
        "mailings": [_mailing(progress) for progress in mailings],
        "unreached": queries.unreached(staff).count(),
        "may_broadcast": Permission.BROADCAST_SEND in staff.permissions,
        "may_word": Permission.MESSAGE_WORD in staff.permissions,
    }
    return render(request, "office/messages.html", context)


def _mailing(progress: MailingProgress) -> dict[str, Any]:
    mailing = progress.mailing
    total = progress.handed_over + progress.failed + progress.left
    title = title_of(mailing.template)
    return {
        "mailing": mailing,
        "title": title,
        "progress": progress,
        "bars": [Bar(label=title, done=progress.handed_over + progress.failed, total=total)],
    }


@require_POST
@for_staff(Permission.BROADCAST_SEND)
def stop(request: HttpRequest, mailing_id: int) -> HttpResponseBase:
    """停止发送."""
    left = broadcasting.stop(staff=staff_member(request), mailing_id=mailing_id)
    flash.success(request, _("已停止，还有 %(left)s 条没有发出。") % {"left": left})
    return redirect("office:messages")


@require_POST
@for_staff(Permission.BROADCAST_SEND)
def resume(request: HttpRequest, mailing_id: int) -> HttpResponseBase:
    """继续发送."""
    number = broadcasting.resume(staff=staff_member(request), mailing_id=mailing_id)
    flash.success(request, _("继续发送 %(number)s 条。") % {"number": number})
    return redirect("office:messages")


@require_safe
@for_staff(*UNREACHED.permissions)
def unreached(request: HttpRequest) -> HttpResponse:
    """未送达: the call list."""
    page, context = page_of(request, UNREACHED)
    dossiers = queries.dossiers_of(page)
    context["rows"] = [
        _unreached(message, dossiers[message.about]) for message in page if message.about in dossiers
    ]
    return render(request, "office/unreached.html", context)


def _unreached(message: Message, dossier: Any) -> dict[str, Any]:
    return {
        "message": message,
        "title": title_of(message.template),
        "dossier": dossier,
        "site": pick(dossier.site.name_zh, dossier.site.name_en),
        "ways": ways_of(message),
    }


@require_POST
@for_staff(Permission.MESSAGE_VIEW)
def phoned(request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """已电话通知."""
    broadcasting.mark_phoned(staff=staff_member(request), message_id=message_id)
    flash.success(request, _("已记录：已电话通知考生。"))
    return back_to(request, UNREACHED)
