"""One dossier played several times: same visible steps, different hidden ones, equal bytes (docs/architecture.md, What people may know).

Every play starts from the same committed moment and the same clock; what a candidate, the registration system
or a message could learn is collected and compared byte by byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from factories import World, clients, dossiers, people, pictures, world
from factories.people import Cast, cast
from factories.world import close_window
from kaosheng.casework.jobs.bulk import carry_out_run
from kaosheng.casework.jobs.release import announce_closing
from kaosheng.casework.models import BulkRun, Dossier, Release, StatusPush
from kaosheng.casework.services import (
    bulk,
    deciding,
    handling,
    queueing,
    releasing,
    reviewing,
    submitting,
)
from kaosheng.domain.states import State, Verdict
from kaosheng.notices.models import Notice
from kaosheng.web.candidate.urls import urlpatterns

pytestmark = pytest.mark.django_db

START = datetime(2027, 1, 20, 2, 0, tzinfo=UTC)
_TOKEN = re.compile(rb'(name="(?:csrfmiddlewaretoken|key)" value="|csrf[^"]{0,20}&quot;: ?&quot;)[^"&]+')
"""What is drawn by lot for every page: the masked CSRF token and the next upload's key."""

Play = Callable[["Stage"], None]


class Stage:
    """The dossier, its people and the clock of one play."""

    def __init__(self, here: World, house: Cast, dossier: Dossier, clock: time_machine.Traveller) -> None:
        self.here, self.house, self.dossier, self.clock = here, house, dossier, clock

    def at(self, minutes: int) -> None:
        """Set the clock to this many minutes after the start."""
        self.clock.move_to(START + timedelta(minutes=minutes))

    def acting(self, by: Any) -> dict[str, Any]:
        """Dossier, actor and the present revision, as every verb wants them."""
        revision = dossiers.again(self.dossier).revision
        return {"dossier_id": self.dossier.pk, "actor": people.actor(by), "seen_revision": revision}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still until a play moves it."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


# --- where the plays start -------------------------------------------------------------------------------------
def forwarded(clock: time_machine.Traveller, *, verdict: Verdict = Verdict.PASS) -> Stage:
    """Two stages, sent on by the 考点: with 建议通过 unless said otherwise."""
    here = world()
    house = cast(here)
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=house)
    dossiers.forward(dossier, house.chen, verdict=verdict)
    return Stage(here, house, dossier, clock)


def forwarded_against(clock: time_machine.Traveller) -> Stage:
    """Sent on with 建议不通过."""
    return forwarded(clock, verdict=Verdict.FAIL)


def forwarded_with_a_promise(clock: time_machine.Traveller) -> Stage:
    """One material promised for later and still not there."""
    here = world()
    house = cast(here)
    dossier = dossiers.register(here)
    submitting.promise(
        dossier_id=dossier.pk,
        actor=dossiers.owner(dossier),
        kind="M03",
        due_on=date(2027, 2, 1),
        note="补办中",
    )
    dossiers.submit(dossiers.fill(dossier))
    return Stage(here, house, dossiers.forward(dossier, house.chen), clock)


def submitted_in_one_stage(clock: time_machine.Traveller) -> Stage:
    """The 考区 reviews alone."""
    here = world(stages=1)
    dossier = dossiers.submit(dossiers.fill(dossiers.register(here))).dossier
    return Stage(here, cast(here), dossier, clock)


def resubmitted_to_the_area(clock: time_machine.Traveller) -> Stage:
    """Returned by the 考区, answered and submitted again."""
    stage = forwarded(clock)
    dossiers.return_(stage.dossier, stage.house.gao)
    dossiers.replace(stage.dossier)
    dossiers.submit(stage.dossier)
    return stage


def forwarded_and_window_over(clock: time_machine.Traveller) -> Stage:
    """The 考点 could close its review now."""
    stage = forwarded(clock)
    close_window(stage.here.intake)
    return stage


def forwarded_against_and_window_over(clock: time_machine.Traveller) -> Stage:
    """The same, sent on with 建议不通过."""
    stage = forwarded_against(clock)
    close_window(stage.here.intake)
    return stage


# --- the plays -------------------------------------------------------------------------------------------------
def nothing_happens(_stage: Stage) -> None:
    """The dossier lies there."""


def somebody_looks(stage: Stage) -> None:
    stage.at(3)
    for reader in (stage.house.gao, stage.house.chen):
        assert clients.of_staff(reader).get(f"/staff/dossiers/{stage.dossier.pk}/").status_code == 200
    dossiers.take(stage.dossier, stage.house.gao)
    dossiers.accept_all(stage.dossier, stage.house.gao)
    dossiers.mark(stage.dossier, stage.house.gao, dossiers.replace_note(text="公章存疑"))


def refusal_is_proposed(stage: Stage) -> None:
    somebody_looks(stage)
    stage.at(6)
    dossiers.propose(stage.dossier, stage.house.gao)


def refused_and_attached(stage: Stage) -> None:
    refusal_is_proposed(stage)
    stage.at(9)
    dossiers.confirm(stage.dossier, stage.house.he)
    stage.at(11)
    releasing.prepare_release(intake=stage.here.intake, staff=people.staff(stage.house.jiang), late_cases={})
    assert Release.objects.get().dossiers.count() == 1


def passed_reopened_and_sent_back(stage: Stage) -> None:
    stage.at(4)
    dossiers.decide(stage.dossier, stage.house.gao)
    stage.at(5)
    deciding.reopen(**stage.acting(stage.house.jiang), reason="公章存疑")
    dossiers.take(stage.dossier, stage.house.he)
    stage.at(7)
    reviewing.send_back(**stage.acting(stage.house.he), reason="请核对公章")
    stage.at(8)
    dossiers.forward(stage.dossier, stage.house.chen_two, verdict=Verdict.FAIL)


def handled_among_the_staff(stage: Stage) -> None:
    """Loaded ahead, looked at, noted, put on hold, handed over, a conflict declared and withdrawn, decided in a batch."""
    gao, he = people.staff(stage.house.gao), people.staff(stage.house.he)
    stage.at(2)
    queueing.take_next(staff=gao, reserve=True)
    handling.note_look(dossier=stage.dossier, staff=gao)
    handling.add_note(
        dossier_id=stage.dossier.pk, actor=people.actor(stage.house.gao), text="疑似伪造，已电话核实"
    )
    stage.at(4)
    handling.hold(**stage.acting(stage.house.gao), reason="等待学校回函")
    handling.hand_over(
        dossier_id=stage.dossier.pk, actor=people.actor(stage.house.gao), giver=stage.house.gao, taker=he
    )
    handling.declare_conflict(
        dossier_id=stage.dossier.pk, actor=people.actor(stage.house.gao), reason="考生是我的学生"
    )
    handling.withdraw_conflict(
        dossier_id=stage.dossier.pk,
        actor=people.actor(stage.house.jiang),
        by=stage.house.gao,
        reason="看错了姓名",
    )
    stage.at(6)
    handling.end_hold(dossier_id=stage.dossier.pk, actor=people.actor(stage.house.he))
    run = bulk.preview(staff=he, act=BulkRun.Act.DECIDE, dossiers=[dossiers.again(stage.dossier)])
    bulk.confirm(run=run, staff=he, counted=1)
    carry_out_run(run_id=run.pk)
    assert dossiers.again(stage.dossier).state == State.DECIDED


def passed(stage: Stage) -> None:
    stage.at(4)
    dossiers.take(stage.dossier, stage.house.gao)
    dossiers.accept_all(stage.dossier, stage.house.gao)
    dossiers.decide(stage.dossier, stage.house.gao)


def passed_with_a_waiver(stage: Stage) -> None:
    stage.at(4)
    dossiers.take(stage.dossier, stage.house.gao)
    deciding.decide_pass(**stage.acting(stage.house.gao), waiver="毕业证书已在学信网核实")
    assert stage.dossier.promises.get().waived_reason


def registration_changes(stage: Stage) -> None:
    stage.at(10)
    dossiers.change_registration(stage.dossier, stage.here, degree=False)


def passed_changed_and_kept(stage: Stage) -> None:
    passed(stage)
    registration_changes(stage)
    stage.at(15)
    deciding.keep(**stage.acting(stage.house.jiang))
    assert dossiers.again(stage.dossier).changed_since is None


def cancelled_and_restored(stage: Stage) -> None:
    stage.at(10)
    dossiers.change_registration(stage.dossier, stage.here, cancelled=True)
    stage.at(12)
    dossiers.change_registration(stage.dossier, stage.here)


def refused_cancelled_and_restored(stage: Stage) -> None:
    refused_and_attached(stage)
    cancelled_and_restored(stage)


def site_closes(stage: Stage) -> None:
    stage.at(20)
    review = dossiers.close_site(stage.here.intake, stage.here.site, stage.house.feng)
    announce_closing(site_review_id=review.pk)


def refused_and_site_closes(stage: Stage) -> None:
    refused_and_attached(stage)
    site_closes(stage)


def site_closes_and_it_is_sent_back(stage: Stage) -> None:
    passed(stage)
    site_closes(stage)
    stage.at(22)
    deciding.reopen(**stage.acting(stage.house.jiang), reason="公章存疑")
    dossiers.take(stage.dossier, stage.house.he)
    reviewing.send_back(**stage.acting(stage.house.he), reason="请核对公章")


SAME: tuple[tuple[Callable[[time_machine.Traveller], Stage], Play, Play], ...] = (
    (forwarded, nothing_happens, handled_among_the_staff),
    (forwarded, nothing_happens, somebody_looks),
    (forwarded, nothing_happens, refusal_is_proposed),
    (forwarded, nothing_happens, refused_and_attached),
    (forwarded, nothing_happens, passed_reopened_and_sent_back),
    (forwarded, registration_changes, passed_changed_and_kept),
    (forwarded, cancelled_and_restored, refused_cancelled_and_restored),
    (forwarded_against, nothing_happens, passed),
    (resubmitted_to_the_area, nothing_happens, passed_reopened_and_sent_back),
    (resubmitted_to_the_area, nothing_happens, refused_and_attached),
    (forwarded_with_a_promise, nothing_happens, passed_with_a_waiver),
    (submitted_in_one_stage, nothing_happens, somebody_looks),
    (submitted_in_one_stage, nothing_happens, refused_and_attached),
    (submitted_in_one_stage, nothing_happens, passed),
    (forwarded_and_window_over, site_closes, refused_and_site_closes),
    (forwarded_and_window_over, site_closes, site_closes_and_it_is_sent_back),
    (forwarded_against_and_window_over, site_closes, refused_and_site_closes),
)
"""Where it starts, a play and another one that shows the candidate the same."""


def told(stage: Stage, play: Play) -> dict[str, Any]:
    """Everything that goes out after a play, which leaves nothing behind."""
    dossier = stage.dossier
    before = transaction.savepoint()
    play(stage)
    stage.at(30)
    dossiers.change_registration(dossier, stage.here, education="college")
    stage.at(60)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    seen: dict[str, Any] = dict(_pages(client, dossier))
    seen["messages"] = list(
        Notice.objects.order_by("message__created_at", "channel").values_list(
            "message__template", "channel", "message__text", "message__created_at", "due_at"
        )
    )
    seen["reports"] = list(
        StatusPush.objects.order_by("serial").values_list(
            "serial", "status", "text_zh", "text_en", "created_at"
        )
    )
    transaction.savepoint_rollback(before)
    return seen


_OTHER_WAYS_IN: Final = frozenset(
    {"enter", "callback", "logout", "phone", "phone-upload", "phone-sample", "phone-delete"}
)
"""Log-in and the other device: they know nothing of a dossier that was submitted."""


def _pages(client: Client, dossier: Dossier) -> Iterator[tuple[str, Any]]:
    submission = dossier.submissions.latest("ordinal")
    picture = dossier.pictures.order_by("kind", "position")[0]
    here, there = {"dossier_id": dossier.pk}, {"dossier_id": dossier.pk, "picture_id": picture.pk}
    values = {
        **there,
        "code": "M01",
        "ordinal": submission.ordinal,
        "receipt_code": submission.code,
        "change_id": UUID(int=1),
    }
    # Every address a candidate has, whoever adds one.
    addresses = [
        reverse(
            f"candidate:{pattern.name}", kwargs={name: values[name] for name in pattern.pattern.converters}
        )
        for pattern in urlpatterns
        if pattern.name not in _OTHER_WAYS_IN
    ]
    addresses += [f"/api/dossiers/{dossier.pk}/state/", f"/api/receipts/{submission.code}/"]
    for address in addresses:
        for language in ("zh-hans", "en"):
            client.cookies["kaosheng_language"] = language
            yield f"GET {address} {language}", _bare(client.get(address))
    posts: dict[str, dict[str, Any]] = {
        reverse("candidate:submit", kwargs=here): {
            "list": "x",
            "commitment": "on",
            "commitment_version": "test-1",
        },
        reverse("candidate:upload", kwargs={**here, "code": "M99"}): {
            "picture": SimpleUploadedFile("a.jpg", pictures.jpeg(3))
        },
        reverse("candidate:delete", kwargs=there): {},
        reverse("candidate:recheck", kwargs=here): {"reason": "请重新核对"},
        reverse("candidate:promise", kwargs={**here, "code": "M99"}): {"note": "x"},
        reverse("candidate:handover-close", kwargs={**here, "code": "M99"}): {},
        reverse("candidate:acknowledge", kwargs=here): {},
    }
    for address, body in posts.items():
        yield f"POST {address}", _bare(client.post(address, body))
    yield "page after acknowledging", _bare(client.get(reverse("candidate:dossier", kwargs=here)))


def _bare(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
    return answer.status_code, _TOKEN.sub(rb"\1", content), headers


@pytest.mark.parametrize(
    ("start", "quiet", "busy"), SAME, ids=lambda value: getattr(value, "__name__", str(value))
)
def test_hidden_steps_change_no_byte_of_what_goes_out(
    clock: time_machine.Traveller,
    start: Callable[[time_machine.Traveller], Stage],
    quiet: Play,
    busy: Play,
) -> None:
    stage = start(clock)
    one, other = told(stage, quiet), told(stage, busy)
    assert one.keys() == other.keys()
    differing = [name for name, answer in one.items() if answer != other[name]]
    assert differing == []
    assert (
        b"".join(answer[1] for name, answer in one.items() if name.startswith("GET")).count("审核".encode())
        > 5
    )


def returned(stage: Stage) -> None:
    stage.at(3)
    dossiers.return_(stage.dossier, stage.house.gao)


@pytest.mark.parametrize(("start", "play"), [(forwarded, returned), (forwarded_and_window_over, site_closes)])
def test_the_comparison_notices_a_visible_step(
    clock: time_machine.Traveller, start: Callable[[time_machine.Traveller], Stage], play: Play
) -> None:
    stage = start(clock)
    quiet, busy = told(stage, nothing_happens), told(stage, play)
    assert {"reports", f"GET /api/dossiers/{stage.dossier.pk}/state/ en"} <= {
        name for name, answer in quiet.items() if answer != busy[name]
    }
