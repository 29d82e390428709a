"""Queueing messages in the business transaction: one, or thousands of one occasion."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kaosheng.domain.pieces import in_pieces
from kaosheng.domain.quiet import Urgency, may_go_at, may_wake
from kaosheng.notices.jobs import queue_lane
from kaosheng.notices.models import Mailing, Message, Notice
from kaosheng.notices.routes import Route, routes_of
from kaosheng.notices.wording import Worded, cut, fill, worded

CHUNK: Final = 1_000
HIDDEN: Final = "******"
"""Stands for a secret wherever a message is shown."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What to say to whom. `addresses` maps a channel to where it reaches this person; unknown ones are left out.

    `dedup` names the occasion: the same occasion never makes a second message. `deadline` is the one the text
    names: close to it a message doesn't wait for the morning. `secrets` are variables that only the sent text shows.
    """

    template: str
    about: str
    area: str
    language: str
    dedup: str
    addresses: Mapping[str, str]
    site: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    deadline: datetime | None = None

    @property
    def dedup_key(self) -> str:
        """Case, text and occasion."""
        return f"{self.about}:{self.template}:{self.dedup}"


def post(letters: Sequence[Letter], *, mailing: Mailing | None = None, now: datetime | None = None) -> int:
    """Put messages into the outbox and queue their sending, all in the caller's transaction; how many are new.

    Somebody without any address gets his message on the page alone and is 未送达 at once.
    """
    now = now or timezone.now()
    made = 0
    for chunk in in_pieces(letters, CHUNK):
        made += _post_chunk(chunk, mailing, now)
    return made


@transaction.atomic
def _post_chunk(letters: Sequence[Letter], mailing: Mailing | None, now: datetime) -> int:
    words: dict[tuple[str, str], Worded] = {}
    routes: dict[str, dict[str, Route]] = {}
    pairs: list[tuple[Letter, Message, list[Notice]]] = []
    for letter in letters:
        key = (letter.area, letter.template)
        if key not in words:
            words[key] = worded(*key)
            routes[letter.area] = routes_of(letter.area)
        message = _message(letter, words[key], mailing, now)
        notices = _notices(letter, words[key], routes[letter.area], message, now)
        if not notices:
            message.unreached_at = now
        pairs.append((letter, message, notices))
    Message.objects.bulk_create([message for _, message, _ in pairs], ignore_conflicts=True)
    new = set(
        Message.objects.filter(pk__in=[message.pk for _, message, _ in pairs]).values_list("pk", flat=True)
    )
    notices = [notice for _, message, ways in pairs if message.pk in new for notice in ways]
    Notice.objects.bulk_create(notices)
    for lane in sorted({notice.lane for notice in notices if notice.state == Notice.State.QUEUED}):
        queue_lane(lane)
    return len(new)


def _message(letter: Letter, words: Worded, mailing: Mailing | None, now: datetime) -> Message:
    variables = cut(letter.variables, language=letter.language)
    return Message(
        template=letter.template,
        area=letter.area,
        site=letter.site,
        about=letter.about,
        mailing=mailing,
        dedup_key=letter.dedup_key,
        language=letter.language,
        text=fill(
            words.text.in_language(letter.language), {**variables, **dict.fromkeys(letter.secrets, HIDDEN)}
        ),
        variables=variables,
        secrets=json.dumps(dict(letter.secrets)) if letter.secrets else "",
        created_at=now,
    )


def _notices(
    letter: Letter, words: Worded, routes: Mapping[str, Route], message: Message, now: datetime
) -> list[Notice]:
    """The ways this message has: all at once, or the first, with the others on standby."""
    urgency = Urgency.MASS if message.mailing_id else words.text.urgency
    wakes = not settings.NOTICE_QUIET_HOURS or may_wake(
        urgency=urgency, made_at=now, deadline=letter.deadline
    )
    stopped = message.mailing is not None and message.mailing.stopped_at is not None
    first = Notice.State.STOPPED if stopped else Notice.State.QUEUED
    ways = [route for channel, route in routes.items() if letter.addresses.get(channel)]
    return [
        Notice(
            message=message,
            channel=route.channel,
            lane=route.lane,
            rank=rank,
            recipient=letter.addresses[route.channel],
            state=first if rank == 0 or words.text.everywhere else Notice.State.STANDBY,
            urgency=urgency,
            wakes=wakes,
            due_at=may_go_at(made_at=now, wakes=wakes),
        )
        for rank, route in enumerate(ways)
    ]


def stop_mailing(*, mailing: Mailing, now: datetime) -> int:
    """停止: what was not handed over yet stays; how many."""
    with transaction.atomic():
        Mailing.objects.filter(pk=mailing.pk).update(stopped_at=now)
        return Notice.objects.filter(message__mailing=mailing, state=Notice.State.QUEUED).update(
            state=Notice.State.STOPPED
        )


def resume_mailing(*, mailing: Mailing, now: datetime) -> int:
    """继续: send what a stop left; how many."""
    with transaction.atomic():
        Mailing.objects.filter(pk=mailing.pk).update(stopped_at=None)
        stopped = Notice.objects.filter(message__mailing=mailing, state=Notice.State.STOPPED)
        lanes = sorted(set(stopped.values_list("lane", flat=True)))
        resumed = stopped.update(state=Notice.State.QUEUED, due_at=now)
        for lane in lanes:
            queue_lane(lane)
        return resumed
