"""Which lists of the office can be taken away, and what stands in their tables; nothing their pages don't list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaosheng.accounts.models import User
from kaosheng.casework.models import Dossier, ExtensionRequest, LateCase, Recheck, RegistrationDoubt
from kaosheng.casework.queries.exports import PIECE
from kaosheng.casework.queries.messages import dossiers_of
from kaosheng.casework.queries.narrowing import about_dossiers_within
from kaosheng.casework.queries.progress import blockers_with_reasons, late_cases_of
from kaosheng.casework.queries.queue import in_scope
from kaosheng.domain.deadlines import effective_deadline
from kaosheng.domain.errors import Refusal
from kaosheng.domain.pieces import in_pieces
from kaosheng.domain.roles import Permission
from kaosheng.notices.models import Message
from kaosheng.regions.models import Intake
from kaosheng.web.access import staff_intake, staff_member
from kaosheng.web.message_words import title_of, ways_of
from kaosheng.web.numbers import whole_number
from kaosheng.web.office import lists
from kaosheng.web.office.lists import OfficeList
from kaosheng.web.office.words import RECHECK_OUTCOMES, blocker_state, extension_state, late_state
from kaosheng.web.reviewer.presenting import pick
from kaosheng.web.ui.times import deadline

Text = str | Promise
Cells = tuple[object, ...]
_LAST_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows an address asks for, its filters for the trail and in words, and the page it was opened from."""

    rows: QuerySet[Any]
    filters: dict[str, str]
    words: list[str]
    back: str


@dataclass(frozen=True, slots=True)
class ListExport:
    """One list that can be taken away. `columns` are headings with widths, `cells` their values for some rows."""

    title: Text
    permissions: tuple[Permission, ...]
    choose: Callable[[HttpRequest], Chosen]
    columns: tuple[tuple[Text, int], ...]
    cells: Callable[[Sequence[Any]], Iterable[Cells]]

    def heading(self) -> list[str]:
        """The heading of each column."""
        return [str(words) for words, _width in self.columns]

    def widths(self) -> list[int]:
        """The width of each column."""
        return [width for _words, width in self.columns]

    def lines(self, chosen: Chosen, ids: Sequence[Any]) -> Iterator[Cells]:
        """The lines of these rows, in the order of their page; in pieces, so that memory doesn't grow with them."""
        for piece in in_pieces(ids, PIECE):
            yield from self.cells(list(chosen.rows.filter(pk__in=piece)))


def list_to_export(name: str, request: HttpRequest) -> ListExport:
    """The list of an address, for those who have its page. Raises Refusal `not_found`."""
    found = LISTS.get(name)
    if found is None or not staff_member(request).permissions & set(found.permissions):
        raise Refusal("not_found")
    return found


def _as_narrowed(request: HttpRequest, listed: OfficeList) -> Chosen:
    """What the page shows under the same address, as far as he may also take it away."""
    staff, by = staff_member(request), listed.narrowing(request.GET)
    return Chosen(
        rows=listed.narrowed(staff, by).filter(listed.reach(staff, Permission.DOSSIER_EXPORT)),
        filters=lists.trail_of(by),
        words=lists.in_words(by, staff, listed),
        back=lists.narrowed_address(reverse(listed.page), by),
    )


def _blocking(request: HttpRequest) -> Chosen:
    """What stands before a release, listed on the page or counted there only."""
    intake, staff = _intake(request), staff_member(request)
    found = blockers_with_reasons(intake, staff, now=timezone.now())
    return _of_release(intake, found.filter(in_scope(staff, Permission.DOSSIER_EXPORT)))


def _late(request: HttpRequest) -> Chosen:
    """Who was left for a later batch; the page counts them by batch."""
    intake, staff = _intake(request), staff_member(request)
    reach = about_dossiers_within(staff, Permission.DOSSIER_EXPORT)
    return _of_release(intake, late_cases_of(intake, staff).filter(reach))


def _intake(request: HttpRequest) -> Intake:
    """The intake of the address. Raises Refusal `not_found`."""
    given = whole_number(request.GET.get("intake", ""), most=_LAST_ID)
    return staff_intake(request, given or 0, Permission.RELEASE_PUBLISH)


def _of_release(intake: Intake, rows: QuerySet[Any]) -> Chosen:
    name, back = pick(intake.name_zh, intake.name_en), reverse("office:release", args=[intake.pk])
    return Chosen(rows=rows, filters={"intake": intake.code}, words=[name], back=back)


# --- what stands in the tables -----------------------------------------------------------------------------------
def _person(dossier: Dossier) -> Cells:
    registration, site = dossier.registration, dossier.site
    return registration.number, registration.name, pick(site.name_zh, site.name_en)


def _answered(by: User | None, at: datetime | None) -> Cells:
    return by.name if by else "", at


def _unreached(messages: Sequence[Message]) -> Iterator[Cells]:
    dossiers = dossiers_of(messages)
    for message in messages:
        if message.about in dossiers:
            dossier = dossiers[message.about]
            phone = dossier.registration.phone_for_messages
            yield (
                *_person(dossier),
                phone,
                title_of(message.template),
                message.text,
                _failures(message),
                message.unreached_at,
            )


def _failures(message: Message) -> str:
    said = (f"{way.channel} {way.words} {way.reason}".rstrip() for way in ways_of(message))
    return "；".join(said) or str(_("没有手机号"))


def _recheck(row: Recheck) -> Cells:
    _chip, state = RECHECK_OUTCOMES[row.outcome]
    return (
        *_person(row.dossier),
        row.asked_at,
        row.reason,
        state,
        row.answer,
        *_answered(row.answered_by, row.answered_at),
    )


def _doubt(row: RegistrationDoubt) -> Cells:
    return (
        *_person(row.dossier),
        row.told_at,
        row.text,
        row.answer,
        *_answered(row.answered_by, row.answered_at),
    )


def _extension(row: ExtensionRequest) -> Cells:
    dossier, (_chip, state) = row.dossier, extension_state(row)
    closes = effective_deadline(own=dossier.deadline, intake_closes=dossier.intake.closes_at)
    return (
        *_person(dossier), deadline(closes, year=True), deadline(row.until, year=True), row.reason, row.requested_by.name,
        row.requested_at, state, *_answered(row.answered_by, row.answered_at),
    )  # fmt: skip


def _blocker(dossier: Dossier) -> Cells:
    _chip, state = blocker_state(dossier)
    return *_person(dossier), state, dossier.late_reason  # type: ignore[attr-defined]  # annotated


def _late_case(row: LateCase) -> Cells:
    _chip, state = late_state(row.dossier)
    return row.release.batch, *_person(row.dossier), row.reason, state


_PERSON: Final = ((_("报名号"), 16), (_("姓名"), 16), (_("考点"), 18))
_ANSWER: Final = ((_("答复人"), 14), (_("答复时间"), 18))

LISTS: Final[dict[str, ListExport]] = {
    lists.UNREACHED.name: ListExport(
        _("未送达"),
        lists.UNREACHED.permissions,
        partial(_as_narrowed, listed=lists.UNREACHED),
        (*_PERSON, (_("手机号"), 16), (_("内容"), 18), (_("通知全文"), 60), (_("原因"), 36), (_("未送达时间"), 18)),
        _unreached,
    ),
    lists.RECHECKS.name: ListExport(
        _("复核申请"),
        lists.RECHECKS.permissions,
        partial(_as_narrowed, listed=lists.RECHECKS),
        (*_PERSON, (_("申请时间"), 18), (_("考生的理由"), 60), (_("状态"), 14), (_("答复"), 60), *_ANSWER),
        partial(map, _recheck),
    ),
    lists.DOUBTS.name: ListExport(
        _("报名信息有误"),
        lists.DOUBTS.permissions,
        partial(_as_narrowed, listed=lists.DOUBTS),
        (*_PERSON, (_("反映时间"), 18), (_("考生说明"), 60), (_("答复"), 60), *_ANSWER),
        partial(map, _doubt),
    ),
    lists.EXTENSIONS.name: ListExport(
        _("延期申请"),
        lists.EXTENSIONS.permissions,
        partial(_as_narrowed, listed=lists.EXTENSIONS),
        (
            *_PERSON, (_("现截止"), 22), (_("申请延期至"), 22), (_("理由"), 40), (_("申请人"), 14), (_("申请时间"), 18),
            (_("状态"), 14), *_ANSWER,
        ),
        partial(map, _extension),
    ),
    "blockers": ListExport(
        _("未处理完的材料"),
        (Permission.RELEASE_PUBLISH,),
        _blocking,
        (*_PERSON, (_("状态"), 28), (_("列为迟办的理由"), 40)),
        partial(map, _blocker),
    ),
    "late-cases": ListExport(
        _("迟办名单"),
        (Permission.RELEASE_PUBLISH,),
        _late,
        ((_("批次"), 8), *_PERSON, (_("列为迟办的理由"), 40), (_("现在的状态"), 20)),
        partial(map, _late_case),
    ),
}  # fmt: skip
"""By the name in the address and in the trail."""
