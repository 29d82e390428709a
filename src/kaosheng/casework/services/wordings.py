"""An 考区's own words for the texts of messages: saving them, trying them on the own phone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from kaosheng.accounts.scope import Staff
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.casework.services import locks
from kaosheng.domain.errors import Refusal
from kaosheng.domain.roles import Permission
from kaosheng.notices.models import Message, Wording
from kaosheng.notices.services import Letter, post
from kaosheng.notices.templates import TEXTS, VARIABLES
from kaosheng.notices.wording import check, names_in, worded
from kaosheng.regions.models import ExamArea

TESTS_AN_HOUR: Final = 10


def check_both(*, template: str, zh: str, en: str) -> None:
    """Refuse words that could not be sent; the refusal names the `language`. Raises Refusal."""
    for language, words in (("zh", zh), ("en", en)):
        try:
            check(template, words, language=language)
        except Refusal as refusal:
            raise Refusal(refusal.code, **{**refusal.params, "language": language}) from refusal


def save(
    *, staff: Staff, area: ExamArea, template: str, seen: str, zh: str, en: str, approved: Mapping[str, str]
) -> None:
    """Keep the words and the providers' template ids; the built-in words are kept as none.

    `seen` is the digest of what was there (`worded(...).digest`). Raises Refusal `not_found`,
    `settings_changed_meanwhile`, and those of `check_both`.
    """
    _require(staff, area)
    check_both(template=template, zh=zh, en=en)
    built_in = TEXTS[template]
    with transaction.atomic(durable=True):
        locks.lock_area(area.pk)
        if worded(area.code, template).digest != seen:
            raise Refusal("settings_changed_meanwhile")
        Wording.objects.update_or_create(
            area=area.code,
            template=template,
            defaults={
                "zh": "" if zh == built_in.zh else zh,
                "en": "" if en == built_in.en else en,
                "approved": dict(approved),
                "edited_at": timezone.now(),
                "edited_by": staff.user.name,
            },
        )
        record(
            AuditName.TEXT_CHANGED,
            by=By("staff", staff.id),
            about=("text", template),
            area=area.code,
            zh=zh,
            en=en,
            approved=dict(approved),
        )


def send_test(*, staff: Staff, area: ExamArea, template: str, phone: str, english: bool) -> None:
    """Send the text filled with samples. Raises Refusal `not_found`, `too_many_tests` (limit)."""
    _require(staff, area)
    about = f"staff:{staff.id}"
    names = names_in(TEXTS[template].zh)
    samples = {name: VARIABLES[name].sample_en if english else VARIABLES[name].sample_zh for name in names}
    letter = Letter(
        template=template,
        about=about,
        area=area.code,
        language="en" if english else "zh-hans",
        dedup=str(uuid4()),
        addresses={"sms": phone},
        variables=samples,
    )
    with transaction.atomic(durable=True):
        locks.lock_person(staff.user.pk)
        since = timezone.now() - timedelta(hours=1)
        if Message.objects.filter(about=about, created_at__gt=since).count() >= TESTS_AN_HOUR:
            raise Refusal("too_many_tests", limit=TESTS_AN_HOUR)
        post([letter])
        record(AuditName.TEXT_TESTED, by=By("staff", staff.id), about=("text", template), area=area.code)


def _require(staff: Staff, area: ExamArea) -> None:
    if area.pk not in staff.area_ids(Permission.MESSAGE_WORD):
        raise Refusal("not_found")
