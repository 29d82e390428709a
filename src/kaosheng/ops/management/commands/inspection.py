"""`kaosheng inspection work | rerun | status | report`: the picture assistant's process and its book-keeping."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import structlog
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from kaosheng.casework.models import AdviceAnswer, PictureAdvice
from kaosheng.casework.queries.advice_report import how_advice_fared, what_candidates_did
from kaosheng.casework.services.advice_queue import TIME_LIMIT_SECONDS, ask_again, take_next, waiting
from kaosheng.domain.advice import Advice
from kaosheng.domain.errors import Refusal
from kaosheng.domain.statistics import wilson
from kaosheng.inspection import nets
from kaosheng.ops.processes import ends_after, idle_priority, resident_bytes

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from kaosheng.inspection.inspector import Inspector

_PAUSE_SECONDS: Final = 0.2
"""Between two looks at an empty queue. A look costs under a millisecond, and an upload nothing, unlike NOTIFY."""

_RECYCLED_AFTER: Final = 500
_MOST_MEMORY: Final = 550 * 1024 * 1024

_REPORT_HEAD: Final = (
    "precision: returned for a reason that says the same, of the pictures advised so; returned: for any reason\n"
    "recall: advised, of the pictures returned for such a reason (turned and mirrored share theirs)\n\n"
    f"{'model':12} {'advice':15} {'precision':28} {'returned':28} {'recall':28} confirmed"
)

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """The picture assistant."""

    help = "The picture assistant: work, rerun, status, report."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word for what to do."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("work", help="look at pictures as they come, in the foreground")
        actions.add_parser("rerun", help="queue every picture this model version hasn't looked at")
        actions.add_parser("status", help="what waits, and for how long")
        actions.add_parser(
            "report", help="precision and recall of each kind of advice, by what reviewers did"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """Do it."""
        match options["action"]:
            case "work":
                self._work()
            case "rerun":
                self.stdout.write(f"{ask_again(now=timezone.now())} pictures queued for {nets.MODEL_VERSION}")
            case "status":
                for stage, count, seconds in waiting(now=timezone.now()):
                    self.stdout.write(f"{stage:8} {count:8} oldest {seconds:8.0f} s")
            case "report":
                self._report()

    def _report(self) -> None:
        """Two tables. A share stands with its 95 % interval (Wilson) and the numbers it is made of."""
        self.stdout.write(_REPORT_HEAD)
        for fared in how_advice_fared():
            self.stdout.write(
                f"{fared.model_version:12} {fared.code:15} {_share(fared.agreed, fared.advised):28} "
                f"{_share(fared.returned, fared.advised):28} {_share(fared.found, fared.missable):28} {fared.confirmed:9}"
            )
        self.stdout.write(f"\n{'advice':15} {'turned':>8} {'confirmed':>10} {'removed':>8}   by candidates")
        answers = what_candidates_did()
        for code in Advice:
            turned, confirmed, removed = (answers[code, answer] for answer in AdviceAnswer.Answer)
            self.stdout.write(f"{code:15} {turned:8} {confirmed:10} {removed:8}")

    def _work(self) -> None:
        if not nets.available():
            raise CommandError(
                "The picture assistant isn't installed: it needs the extra `vision` and its models."
            )
        from kaosheng.inspection.inspector import Inspector  # noqa: PLC0415 - part of the optional extra

        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        idle_priority()
        inspector = Inspector()
        inspector.warm()
        log.info("assistant ready", version=nets.MODEL_VERSION)
        done = 0
        while done < _RECYCLED_AFTER and resident_bytes() < _MOST_MEMORY:
            if look_at_next(inspector):
                done += 1
            else:
                time.sleep(_PAUSE_SECONDS)
        log.info("assistant starts afresh", pictures=done, resident=resident_bytes())
        connection.close()
        os.execv(sys.executable, [sys.executable, "-m", "kaosheng", "inspection", "work"])  # noqa: S606 - ourselves


def _share(hits: int, total: int) -> str:
    """A share in per cent with its interval and numbers; a dash where there is nothing to count."""
    if not total:
        return "-"
    low, high = wilson(hits, total)
    return f"{100 * hits / total:3.0f} % [{100 * low:3.0f}, {100 * high:3.0f}] {hits}/{total}"


def look_at_next(inspector: Inspector) -> bool:
    """Do one piece of work; whether there was one. What takes longer than the limit ends this process."""
    from kaosheng.casework.services.inspecting import work_on  # noqa: PLC0415 - part of the optional extra

    row = take_next(now=timezone.now())
    if row is None:
        return False
    try:
        with ends_after(TIME_LIMIT_SECONDS):
            work_on(row, inspector)
    except Refusal as refusal:
        log.warning("picture can't be looked at", picture=str(row.picture_id), code=refusal.code)
        PictureAdvice.objects.filter(pk=row.pk).update(stage=PictureAdvice.Stage.FAILED)
    return True
