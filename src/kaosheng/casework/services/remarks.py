"""What candidates read of the house: it speaks as a house, never a person by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from django.db import transaction
from django.db.models import Q

from kaosheng.accounts.models import User
from kaosheng.accounts.scope import Staff
from kaosheng.audit.recording import By
from kaosheng.casework.services import locks
from kaosheng.casework.services.case import Case
from kaosheng.catalogue.queries import kinds_of_area
from kaosheng.catalogue.reasons import Reason, area_reasons, keep_reasons, reasons_digest, reasons_of
from kaosheng.domain.errors import Refusal
from kaosheng.domain.materials import Kind
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import ExamArea

_SHORTEST: Final = 2
"""One character alone is a word more often than a person."""

_TITLES: Final = ("老师", "主任", "科长", "处长", "同志", "先生", "女士", "医生", "审核员")


def require_nameless(case: Case, text: str) -> None:
    """Refuse words for the candidate that name somebody who works at his site or area; his own name is his.

    Raises Refusal `remark_names_staff` (name).
    """
    here = Q(grants__site=case.dossier.site_id) | Q(grants__area=case.intake.area_id)
    _refuse_names(
        text, here, spared=case.registration.name, vocabulary=lambda: _vocabulary(case.catalogue.kinds)
    )


def keep_area_reasons(
    *, staff: Staff, area: ExamArea, kind: str, seen: str, reasons: Iterable[Reason]
) -> None:
    """Let a kind have exactly these 退回原因 in the 考区: sentences every candidate may come to read.

    `seen` is the digest of those it had (`reasons_digest`). Raises Refusal `not_found`, `settings_changed_meanwhile`,
    `reason_without_sentence`, `remark_names_staff` (name).
    """
    if area.pk not in staff.area_ids(Permission.REASONS_EDIT):
        raise Refusal("not_found")
    kept = list(reasons)
    here = Q(grants__area=area) | Q(grants__site__area=area)
    for sentence in (text for reason in kept for text in (reason.zh, reason.en)):
        _refuse_names(sentence, here, vocabulary=lambda: _vocabulary(kinds_of_area(area.pk)))
    with transaction.atomic(durable=True):
        locks.lock_area(area.pk)
        if reasons_digest(reasons_now(area_id=area.pk, kind=kind)) != seen:
            raise Refusal("settings_changed_meanwhile")
        keep_reasons(area=area, kind=kind, reasons=kept, by=By("staff", staff.id))


def reasons_now(*, area_id: int, kind: str) -> list[Reason]:
    """The 退回原因 of a kind in an 考区. Raises Refusal `not_found` for a kind it doesn't deal with."""
    for known in kinds_of_area(area_id):
        if known.code == kind:
            return reasons_of(known, area_reasons(area_id))
    raise Refusal("not_found")


def _refuse_names(text: str, here: Q, *, vocabulary: Callable[[], str], spared: str = "") -> None:
    said = _together(text)
    if not said:
        return
    for full in User.objects.filter(here).distinct().values_list("name", flat=True):
        shown = full.split("（", maxsplit=1)[0].strip()
        name = _together(shown)
        if len(name) < _SHORTEST or name not in said or name in _together(spared):
            continue
        if _is_a_word(name, vocabulary()) and not any(name + title in said for title in _TITLES):
            continue
        raise Refusal("remark_names_staff", name=shown)


def _is_a_word(name: str, vocabulary: str) -> bool:
    """Whether two characters that are somebody's name are a word here: the catalogue itself uses them.

    许可 is a name, and stands in 执业许可证; then only a title behind it makes it a person.
    """
    return len(name) == _SHORTEST and name in vocabulary


def _vocabulary(kinds: Iterable[Kind]) -> str:
    return "\n".join(
        text
        for kind in kinds
        for text in (kind.name_zh, kind.requirement_zh, *kind.labels_zh, *(zh for _, zh, _ in kind.reasons))
    )


def _together(text: str) -> str:
    """Without any space, also the wide one, and whatever the case: a name isn't hidden by how it is set."""
    return "".join(text.split()).casefold()
