"""What stands in exported tables, and where exports were asked for; nothing its reader doesn't see on the page."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaosheng.accounts.scope import Staff
from kaosheng.casework.models import Dossier
from kaosheng.casework.queries import progress as progress_queries
from kaosheng.casework.queries.lines import Tab
from kaosheng.casework.queries.queue import matching, narrowed_to, search_for_trail
from kaosheng.casework.queries.queue_rows import QueueRow
from kaosheng.domain.roles import Permission
from kaosheng.domain.states import State
from kaosheng.regions.models import Intake
from kaosheng.registration.words import value_in_words
from kaosheng.web.reviewer import presenting, words
from kaosheng.web.reviewer.views.queue import wanted_in_words, wanted_of

WIDTHS: Final = (16, 16, 22, 18, 24, 20, 10, 8, 8, 18)


@dataclass(frozen=True, slots=True)
class ChosenList:
    """The list of an address: its condition, its filters for the trail, and in words."""

    condition: Q
    filters: dict[str, str]
    words: list[str]


LISTS: Final = {Tab.ALL: gettext_lazy("全部"), Tab.RETURNED: gettext_lazy("已退回")}
"""The lists of the page that can be taken away; the others are a reviewer's own work."""


def chosen_list(given: QueryDict, staff: Staff, now: datetime) -> ChosenList:
    """Read tab and filters as the list page does; a search names nobody in the trail."""
    tab = next((tab for tab in LISTS if tab == given.get("tab")), Tab.ALL)
    wanted = wanted_of(given)
    noted = asdict(replace(wanted, search=search_for_trail(wanted.search)))
    return ChosenList(
        # The page looks names up among the first thousand; what is taken away is the whole list.
        condition=(Q(state=State.RETURNED) if tab is Tab.RETURNED else Q())
        & narrowed_to(replace(wanted, search=""), staff, now)
        & matching(wanted.search),
        filters={"tab": tab.value, **{name: value for name, value in noted.items() if value}},
        words=[str(LISTS[tab]), *wanted_in_words(wanted)],
    )


def heading() -> list[str]:
    """The columns of a list of dossiers."""
    return [
        _("报名号"), _("姓名"), _("证件号码"), _("考点"), _("报考类别"), _("状态"), _("系统预审"), _("图片数"), _("提交次数"), _("截止"),
    ]  # fmt: skip


def cells(row: QueueRow) -> tuple[object, ...]:
    """One dossier, with what its reader may know of its state."""
    registration = row.dossier.registration
    _chip, state = words.state_of(row.phase, sees_area=row.sees_area, verdict=row.verdict)
    facts = registration.facts
    return (
        registration.number,
        registration.name,
        row.masked_id,
        presenting.pick(row.dossier.site.name_zh, row.dossier.site.name_en),
        value_in_words("category", facts["category"]) if "category" in facts else "",
        str(state),
        value_in_words("precheck", facts["precheck"]) if "precheck" in facts else "",
        row.pictures,
        row.round,
        row.closes_at,
    )


def progress_table(intake: Intake, staff: Staff) -> tuple[list[str], list[list[object]]]:
    """Heading and rows of the progress by 考点; the 考区's own counts only for the 考区."""
    sees_area = intake.area_id in staff.area_ids(Permission.PROGRESS_VIEW)
    sites = progress_queries.sites_of(staff, intake, Permission.DOSSIER_EXPORT)
    columns: dict[str, Any] = {
        "draft": _("未提交"),
        "at_site": _("待考点审核"),
        "returned": _("待补充"),
        "at_area": _("待考区审核") if sees_area else _("已上报考区"),
        **({"decided": _("已决定")} if sees_area else {}),
        "released": _("已公布"),
        "lapsed": _("逾期未提交"),
        "withdrawn": _("报名已取消"),
    }
    unreached = _("消息未送达")
    parts = progress_queries.progress(intake, sites, sees_area=sees_area)
    rows: list[list[object]] = [
        [
            presenting.pick(part.site.name_zh, part.site.name_en),
            *(part.of(name) for name in columns),
            part.unreached,
        ]
        for part in parts
    ]
    return [_("考点"), *columns.values(), unreached], rows


def queue_address() -> str:
    """The list page."""
    return reverse("reviewer:queue")


def progress_address() -> str:
    """The progress page."""
    return reverse("office:progress")


def dossier_address(dossier: Dossier) -> str:
    """The page of a dossier."""
    return reverse("reviewer:dossier", args=[dossier.pk])


def attachment(name: str) -> str:
    """The header that lets the browser save a file under a name of any language."""
    return content_disposition_header(True, name) or ""
