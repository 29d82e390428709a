"""Times as the pages write them: Asia/Shanghai, deadlines half-open and shown as 24:00 of the day before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(at: datetime, *, year: bool = False) -> str:
    """Write a moment: 1月26日 10:24, with the year when asked."""
    local = timezone.localtime(at)
    return _("%(day)s %(time)s") % {"day": day(local, year=year), "time": f"{local:%H:%M}"}


def day(at: datetime, *, year: bool = False) -> str:
    """Write the day of a moment: 1月26日."""
    local = timezone.localtime(at)
    values = {"year": local.year, "month": local.month, "name": MONTHS[local.month - 1], "day": local.day}
    return (_("%(year)s年%(month)s月%(day)s日") if year else _("%(month)s月%(day)s日")) % values


def deadline(at: datetime, *, year: bool = False) -> str:
    """Write the end of a half-open time: midnight reads 24:00 of the day before."""
    local = timezone.localtime(at)
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return moment(at, year=year)
    before = day(local - timedelta(seconds=1), year=year)
    return _("%(day)s %(time)s") % {"day": before, "time": "24:00"}


def time_left(until: datetime, now: datetime | None = None) -> str:
    """Write what is left: 还有 2 天 6 小时; the two largest units; 已截止 when nothing is."""
    minutes = int((until - (now or datetime.now(UTC))).total_seconds() // 60)
    if minutes < 0:
        return _("已截止")
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = []
    if days:
        parts.append(ngettext("%(count)d 天", "%(count)d 天", days) % {"count": days})
    if hours:
        parts.append(ngettext("%(count)d 小时", "%(count)d 小时", hours) % {"count": hours})
    if not days and (minutes or not hours):
        parts.append(ngettext("%(count)d 分钟", "%(count)d 分钟", minutes) % {"count": minutes})
    return _("还有 %(time)s") % {"time": " ".join(parts)}
