"""`python bench/message_storm.py`: 10,000 messages, a provider with faults, and a worker killed twice in mid-send.

The provider is a local HTTP server that checks every signature. 5 % of its answers are temporary faults, 1 % of the
numbers are dead. The worker is the real one in a process of its own; twice it gets SIGKILL while it holds messages,
and is started again as its supervisor would. It ends when no message waits any more, and fails when one got lost.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from standardwebhooks import Webhook
from system import CHECKOUT, ROOT, prepared

SECRET: Final = "whsec_" + "c2FtcGxlLXNlY3JldC1vZi10aGUtZ2F0ZXdheQ=="
TEMPORARY, DEAD = 0.05, 0.01
RATE, PARALLEL = 400, 16
GIVE_UP_SECONDS: Final = 1500
SEED: Final = 2027


@dataclass
class Faulty:
    """How the provider answers, and what it took: key → how often."""

    kind: str
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - faults, no secrets
    taken: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)

    def answer(self, request: Any) -> tuple[int, object]:
        """A temporary fault, a dead number, or an id."""
        if self.chance.random() < TEMPORARY:
            self.answers["temporary"] += 1
            return 503, "busy"
        key, number = self._message(request)
        if int(number[-8:]) % round(1 / DEAD) == 0:
            self.answers["dead"] += 1
            return self._dead()
        self.answers["taken"] += 1
        self.taken[key] += 1
        return self._taken(f"p-{key}")

    def _message(self, request: Any) -> tuple[str, str]:
        if self.kind == "gateway":
            return request.headers["webhook-id"], request.json["to"]
        return request.json["SessionContext"], request.json["PhoneNumberSet"][0]

    def _dead(self) -> tuple[int, object]:
        if self.kind == "gateway":
            return 422, {"error": "dead number"}
        status = {"Code": "FailedOperation.PhoneNumberInBlacklist", "SerialNo": "", "Message": ""}
        return 200, {"Response": {"RequestId": "r", "SendStatusSet": [status]}}

    def _taken(self, identifier: str) -> tuple[int, object]:
        if self.kind == "gateway":
            return 200, {"id": identifier}
        status = {"Code": "Ok", "SerialNo": identifier, "Message": ""}
        return 200, {"Response": {"RequestId": "r", "SendStatusSet": [status]}}


def main() -> None:
    """Run it and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument(
        "--provider",
        choices=["gateway", "tencent"],
        default="gateway",
        help="the gateway recognises repetitions",
    )
    options = parser.parse_args()
    with prepared():
        _storm(options.messages, Faulty(options.provider))


def _storm(number: int, faulty: Faulty) -> None:
    sys.path.append(str(CHECKOUT / "tests"))
    from django.conf import settings  # noqa: PLC0415 - only now are the settings known

    from factories.providers import serving, tc3_holds  # noqa: PLC0415

    checks: dict[str, Callable[[Any], bool]] = {
        "gateway": _gateway_holds,
        "tencent": lambda request: tc3_holds(request, secret_id="id", secret_key="key"),  # noqa: S106
    }
    with serving(checks[faulty.kind], faulty.answer) as provider:
        routes = {"*": {"sms": _route(faulty.kind, provider)}}
        settings.NOTICE_ROUTES, os.environ["NOTICE_ROUTES"] = routes, json.dumps(routes)
        _run(number, faulty)
        print(f"{'signatures that did not hold':42} {provider.forged:8}")


def _gateway_holds(request: Any) -> bool:
    Webhook(SECRET).verify(request.body, dict(request.headers))
    return True


def _route(kind: str, provider: Any) -> dict[str, Any]:
    common = {"rate": RATE, "parallel": PARALLEL, "template": "T-1"}
    transports = "kaosheng.notices.transports"
    if kind == "gateway":
        return {
            **common, "transport": f"{transports}.gateway.SignedGateway", "endpoint": provider.url, "secret": SECRET,
        }  # fmt: skip
    return {
        **common, "transport": f"{transports}.tencent.TencentSms", "secret_id": "id", "secret_key": "key", "app_id": "1400",
        "endpoint": provider.host, "protocol": "http",
    }  # fmt: skip


def _run(number: int, faulty: Faulty) -> None:
    from kaosheng.notices.models import Notice  # noqa: PLC0415 - only now are the settings known

    begun = time.monotonic()
    _queue(number)
    queued = time.monotonic()
    kills = [number // 3, 2 * number // 3]
    in_hand = []
    worker = _worker()
    try:
        while _waiting() and time.monotonic() - queued < GIVE_UP_SECONDS:
            time.sleep(0.2)
            settled = Notice.objects.filter(state__in=["accepted", "failed"]).count()
            if kills and settled >= kills[0] and Notice.objects.filter(state="sending").exists():
                kills.pop(0)
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                in_hand.append(Notice.objects.filter(state="sending").count())
                worker = _worker()
    finally:
        worker.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.wait(20)
    _report(number, faulty, in_hand, queued - begun, time.monotonic() - queued)


def _queue(number: int) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from kaosheng.notices.models import Mailing  # noqa: PLC0415
    from kaosheng.notices.services import Letter, post  # noqa: PLC0415

    mailing = Mailing.objects.create(
        about="storm", template="result_released", area="13", expected=number, created_at=timezone.now()
    )
    post(
        [
            Letter(
                template="result_released", about=f"dossier:{n}", area="13", language="zh-hans", dedup="storm",
                addresses={"sms": f"199{n:08d}"}, variables={"exam": "医师资格考试"},
            )
            for n in range(1, number + 1)
        ],
        mailing=mailing,
    )  # fmt: skip


def _waiting() -> bool:
    from kaosheng.notices.models import Notice  # noqa: PLC0415

    return Notice.objects.filter(state__in=["queued", "sending", "standby"]).exists()


def _worker() -> subprocess.Popen[bytes]:
    with (ROOT / "storm-worker.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "kaosheng", "worker"], stdout=log, stderr=log)


def _report(number: int, faulty: Faulty, in_hand: list[int], queueing: float, sending: float) -> None:
    from django.db.models import Sum  # noqa: PLC0415

    from kaosheng.notices.models import Message, Notice  # noqa: PLC0415

    states = Counter(Notice.objects.values_list("state", flat=True))
    accepted = {f"notice-{pk}" for pk in Notice.objects.filter(state="accepted").values_list("pk", flat=True)}
    twice = {key for key, times in faulty.taken.items() if times > 1}
    marked = {f"notice-{pk}" for pk in Notice.objects.filter(maybe_twice=True).values_list("pk", flat=True)}
    rows = {
        "messages": number,
        "queued in seconds": f"{queueing:.1f}",
        "sent in seconds, two kills included": f"{sending:.1f}",
        **{f"notices {state}": count for state, count in sorted(states.items())},
        "messages 未送达": Message.objects.filter(unreached_at__isnull=False).count(),
        "attempts": Notice.objects.aggregate(total=Sum("attempts"))["total"],
        **{f"provider's answers: {name}": count for name, count in sorted(faulty.answers.items())},
        "messages in the worker's hands at each kill": ", ".join(map(str, in_hand)),
        "taken twice by the provider": len(twice),
        "marked as perhaps twice": len(marked),
    }
    print(f"{faulty.kind}, {RATE}/s at most, {PARALLEL} at a time; synthetic data")
    for name, value in rows.items():
        print(f"{name:42} {value:>8}")
    lost = accepted ^ set(faulty.taken)
    unmarked = twice - marked if faulty.kind == "tencent" else marked
    final = states["accepted"] + states["failed"] == number
    if lost or unmarked or not final or len(in_hand) != 2:  # noqa: PLR2004 - two kills
        raise SystemExit(
            f"not right: final {final}, differ {len(lost)}, marks {len(unmarked)}, kills {in_hand}"
        )


if __name__ == "__main__":
    main()
