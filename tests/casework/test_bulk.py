"""批量处理: what is left out and why, the typed number, each dossier on its own, going on after a crash."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factories import World, clients, copies, dossiers
from factories.people import Cast, actor, staff
from factories.refusals import refused
from kaosheng.accounts.models import Grant, User
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.jobs.bulk import carry_out_run
from kaosheng.casework.models import BulkRun, Dossier
from kaosheng.casework.queries.queue import Wanted, for_bulk
from kaosheng.casework.services import bulk, deciding, handling, reviewing, submitting
from kaosheng.casework.services.case import Case
from kaosheng.casework.services.doubting import answer_doubt, tell_doubt
from kaosheng.domain.roles import Role
from kaosheng.domain.states import State, Verdict
from kaosheng.regions.models import Intake

pytestmark = pytest.mark.django_db


def marked(here: World, house: Cast) -> Dossier:
    """A dossier at its site whose pictures are all accepted, in nobody's hands."""
    dossier = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    dossiers.accept_all(dossier, house.chen)
    return give_back(dossier, house.chen)


def give_back(dossier: Dossier, by: User) -> Dossier:
    reviewing.give_back(dossier_id=dossier.pk, actor=actor(by))
    return dossiers.again(dossier)


def acting(dossier: Dossier, by: User) -> dict[str, Any]:
    """What every verb of the staff is told."""
    fresh = dossiers.again(dossier)
    return {"dossier_id": fresh.pk, "actor": actor(by), "seen_revision": fresh.revision}


def previewed(house: Cast, act: BulkRun.Act = BulkRun.Act.FORWARD) -> BulkRun:
    person = staff(house.gao if act is BulkRun.Act.DECIDE else house.chen)
    found = for_bulk(act, person, Wanted(), most=bulk.LOOKED_AT)
    return bulk.preview(staff=person, act=act, dossiers=found)


def outcome(run: BulkRun) -> dict[object, str]:
    return {item.dossier_id: item.excluded or ("done" if item.done_at else "") for item in run.items.all()}


def test_the_preview_says_what_is_left_out_and_why(here: World, house: Cast) -> None:
    ready = marked(here, house)
    unmarked = dossiers.brought_to(here, State.AT_SITE, cast=house)
    leased = dossiers.take(marked(here, house), house.chen_two)
    held = dossiers.take(marked(here, house), house.chen)
    handling.hold(dossier_id=held.pk, actor=actor(house.chen), seen_revision=held.revision, reason="等待")
    asking = dossiers.take(marked(here, house), house.chen)
    dossiers.mark(asking, house.chen, dossiers.replace_note(text="反光"))
    give_back(asking, house.chen)
    flagged = dossiers.change_registration(marked(here, house), here, institution_name="另一家")
    mine = marked(here, house)
    handling.declare_conflict(dossier_id=mine.pk, actor=actor(house.chen), reason="亲属")
    doubting = marked(here, house)
    tell_doubt(dossier_id=doubting.pk, actor=dossiers.owner(doubting), text="姓名有误")
    assert outcome(previewed(house)) == {
        ready.pk: "",
        unmarked.pk: "pictures_unmarked",
        leased.pk: "taken_by_another",
        held.pk: "on_hold",
        asking.pk: "asks_something",
        flagged.pk: "registration_flagged",
        mine.pk: "conflict_declared",
        doubting.pk: "registration_doubted",
    }
    assert Dossier.objects.filter(state=State.AT_AREA).count() == 0


def test_a_doubt_that_was_answered_or_came_after_the_preview(here: World, house: Cast) -> None:
    answered, later = marked(here, house), marked(here, house)
    tell_doubt(dossier_id=answered.pk, actor=dossiers.owner(answered), text="姓名有误")
    answer_doubt(
        dossier_id=answered.pk,
        actor=actor(house.feng),
        told_at=dossiers.again(answered).doubt.told_at.isoformat(),
        text="已核对无误",
    )
    run = previewed(house)
    assert set(outcome(run).values()) == {""}
    bulk.confirm(run=run, staff=staff(house.chen), counted=2)
    tell_doubt(dossier_id=later.pk, actor=dossiers.owner(later), text="单位有误")
    carry_out_run(run_id=run.pk)
    assert outcome(run) == {answered.pk: "done", later.pk: "registration_doubted"}


def test_at_the_area_second_looks_and_refusals_need_a_person(here: World, house: Cast) -> None:
    plain = dossiers.brought_to(here, State.AT_AREA, cast=house)
    proposed = dossiers.propose(dossiers.brought_to(here, State.AT_AREA, cast=house), house.he)
    advised = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    dossiers.accept_all(advised, house.chen)
    dossiers.forward(advised, house.chen, verdict=Verdict.FAIL, reason="试用期不足")
    assert outcome(previewed(house, BulkRun.Act.DECIDE)) == {
        plain.pk: "",
        proposed.pk: "proposal_pending",
        advised.pk: "recommended_fail",
    }
    Intake.objects.update(second_look_share=1)
    assert outcome(previewed(house, BulkRun.Act.DECIDE))[plain.pk] == "drawn_for_second_look"


def test_what_came_back_needs_a_person(here: World, house: Cast) -> None:
    """Every picture of these carries its 合格 from before, and nobody has looked at why they are here again."""
    overdue, sent_back, reopened, rejected, resubmitted = (
        dossiers.brought_to(here, State.AT_AREA, cast=house) for _ in range(5)
    )
    explained = dossiers.brought_to(here, State.AT_SITE, cast=house)
    for asked, by in ((overdue, house.gao), (resubmitted, house.gao), (explained, house.chen)):
        dossiers.return_(asked, by, dossiers.missing_note("M03"))
    dossiers.upload(resubmitted, "M03", 2)
    submitting.explain(
        dossier_id=explained.pk, actor=dossiers.owner(explained), kind="M03", position=None, reason="遗失"
    )
    for answered in (resubmitted, explained):
        dossiers.submit(answered)
    dossiers.take(sent_back, house.gao)
    reviewing.send_back(**acting(sent_back, house.gao), reason="公章存疑")
    dossiers.decide(reopened, house.gao)
    deciding.reopen(**acting(reopened, house.jiang), reason="公章存疑")
    dossiers.take(dossiers.propose(rejected, house.gao), house.he)
    deciding.reject_proposal(**acting(rejected, house.he), reason="理由不足")
    give_back(rejected, house.he)
    dossiers.overdue(overdue)
    came_back = dict.fromkeys((sent_back.pk, explained.pk), "came_back")
    assert outcome(previewed(house)) == came_back
    assert outcome(previewed(house, BulkRun.Act.DECIDE)) == dict.fromkeys(
        (overdue.pk, reopened.pk, rejected.pk, resubmitted.pk), "came_back"
    )


def test_what_was_looked_at_again_goes_along(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.RETURNED, cast=house)
    dossiers.replace(dossier)
    dossiers.submit(dossier)
    dossiers.forward(dossier, house.chen)
    assert outcome(previewed(house, BulkRun.Act.DECIDE)) == {dossier.pk: ""}


def test_what_cannot_be_done_hides_nothing_behind_it(
    here: World, house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_MOST", 2)
    monkeypatch.setattr(bulk, "PAGE", 2)
    unmarked = [dossiers.brought_to(here, State.AT_SITE, cast=house) for _ in range(3)]
    ready = [marked(here, house) for _ in range(3)]
    behind = dossiers.brought_to(here, State.AT_SITE, cast=house)
    run = previewed(house)
    assert outcome(run) == dict.fromkeys([one.pk for one in unmarked], "pictures_unmarked") | {
        ready[0].pk: "",
        ready[1].pk: "",
    }
    page = clients.of_staff(house.chen).get(f"/staff/bulk/{run.pk}/").content.decode()
    assert "<strong>3 份</strong>：有图片没有标记" in page
    assert "一次最多 2 份" in page
    assert "一次最多查看" not in page
    assert behind.registration.number not in page
    monkeypatch.setattr(bulk, "LOOKED_AT", 4)
    run = previewed(house)
    assert outcome(run) == dict.fromkeys([one.pk for one in unmarked], "pictures_unmarked") | {
        ready[0].pk: ""
    }
    page = clients.of_staff(house.chen).get(f"/staff/bulk/{run.pk}/").content.decode()
    assert "一次最多查看 4 份" in page


def test_all_that_is_left_out_is_named_page_by_page_but_nobody_in_conflict(
    here: World, house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kaosheng.web.reviewer.views.bulk.PER_PAGE", 2)
    left_out = [dossiers.brought_to(here, State.AT_SITE, cast=house) for _ in range(3)]
    mine = dossiers.brought_to(here, State.AT_SITE, cast=house)
    dossiers.declare_conflict(mine, house.chen)
    client, address = clients.of_staff(house.chen), f"/staff/bulk/{previewed(house).pk}/"
    pages: list[Any] = [client.get(f"{address}?page={number}") for number in (1, 2)]
    named = [item.dossier.pk for page in pages for item, _why in page.context["left_out"]]
    assert sorted(named) == sorted(dossier.pk for dossier in left_out)
    assert pages[0].context["left_out_count"] == 4
    text = "".join(page.content.decode() for page in pages)
    assert mine.registration.number not in text
    assert f'href="{address}?page=2"' in text


@pytest.mark.harms
def test_a_page_of_a_preview_asks_as_much_as_one_dossier(here: World, house: Cast) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            previewed(house)
        return len(asked)

    first = marked(here, house)
    previewed(house)  # the catalogue is kept from here on
    dossiers.take(first, house.chen_two)
    alone = statements()
    copies.of_waiting(dossiers.brought_to(here, State.AT_SITE, cast=house), 5)
    for _ in range(3):
        marked(here, house)
    assert statements() == alone


def test_nothing_happens_before_the_number_is_typed(here: World, house: Cast) -> None:
    marked(here, house)
    run = previewed(house)
    with refused("bulk_count_differs"):
        bulk.confirm(run=run, staff=staff(house.chen), counted=2)
    with refused("not_found"):
        bulk.confirm(run=run, staff=staff(house.chen_two), counted=1)
    assert Dossier.objects.filter(state=State.AT_AREA).count() == 0


def test_a_run_does_each_once_and_skips_what_changed(here: World, house: Cast) -> None:
    one, other, changed = (marked(here, house) for _ in range(3))
    run = previewed(house)
    bulk.confirm(run=run, staff=staff(house.chen), counted=3)
    dossiers.change_registration(changed, here, institution_name="另一家")
    first = bulk.waiting_items(run).first()
    assert first is not None
    bulk.carry_out(item_id=first.pk)
    assert sorted(outcome(run).values()) == ["", "", "done"]
    carry_out_run(run_id=run.pk)
    carry_out_run(run_id=run.pk)
    assert outcome(run) == {one.pk: "done", other.pk: "done", changed.pk: "stale_revision"}
    run.refresh_from_db()
    assert run.finished_at is not None
    for dossier in (one, other):
        steps = dossier.steps.filter(action="forward")
        assert [(step.actor, step.verdict) for step in steps] == [(house.chen, "pass")]
        assert not hasattr(dossiers.again(dossier), "lease")


def test_a_decision_of_a_run_is_a_decision(here: World, house: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_AREA, cast=house)
    run = previewed(house, BulkRun.Act.DECIDE)
    bulk.confirm(run=run, staff=staff(house.gao), counted=1)
    carry_out_run(run_id=run.pk)
    decision = dossiers.again(dossier).decisions.get()
    assert (decision.verdict, decision.decided_by) == ("pass", house.gao)


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ("account", ("bulk_account_disabled", "发起批量处理的账号已停用")),
        ("role", ("bulk_role_withdrawn", "发起人已没有审核这份材料的角色")),
    ],
)
def test_a_run_ends_with_the_account_or_the_role_of_its_owner(
    here: World, house: Cast, monkeypatch: pytest.MonkeyPatch, lost: str, told: tuple[str, str]
) -> None:
    reason, words = told
    first, second, third = (marked(here, house) for _ in range(3))
    run = previewed(house)
    bulk.confirm(run=run, staff=staff(house.chen), counted=3)
    one = bulk.carry_out

    def lost_behind_the_first(*, item_id: int) -> None:
        one(item_id=item_id)
        if lost == "account":
            User.objects.filter(pk=house.chen.pk).update(is_active=False)
        else:
            house.chen.grants.all().delete()

    monkeypatch.setattr(bulk, "carry_out", lost_behind_the_first)
    carry_out_run(run_id=run.pk)
    assert outcome(run) == {first.pk: "done", second.pk: reason, third.pk: reason}
    assert Dossier.objects.filter(state=State.AT_AREA).count() == 1
    User.objects.filter(pk=house.chen.pk).update(is_active=True)
    Grant.objects.get_or_create(user=house.chen, role=Role.SITE_REVIEWER, site=here.site, area=here.area)
    page = clients.of_staff(house.chen).get(f"/staff/bulk/{run.pk}/").content.decode()
    assert f"<strong>2 份</strong>：{words}" in page


def failing_at(dossier: Dossier, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let carrying out this one fail as no rule foresees."""
    whole = bulk._act

    def act(case: Case, *rest: Any) -> None:
        whole(case, *rest)
        if case.dossier.pk == dossier.pk:
            raise error

    monkeypatch.setattr(bulk, "_act", act)


def test_one_that_fails_holds_up_nobody_and_is_tried_again(
    here: World, house: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, bad, last = (marked(here, house) for _ in range(3))
    run, person = previewed(house), staff(house.chen)
    bulk.confirm(run=run, staff=person, counted=3)
    with monkeypatch.context() as patch:
        failing_at(bad, patch, ValueError(bad.registration.name))
        carry_out_run(run_id=run.pk)
    assert outcome(run) == {first.pk: "done", bad.pk: "bulk_failed", last.pk: "done"}
    assert dossiers.again(bad).state == State.AT_SITE
    assert bad.registration.name not in caplog.text
    run.refresh_from_db()
    assert run.finished_at is not None
    with refused("not_found"):
        bulk.resume(run=run, staff=staff(house.chen_two))
    client = clients.of_staff(house.chen)
    where = f"/staff/bulk/{run.pk}/"
    assert "继续" in client.get(where).content.decode()
    assert client.post(f"{where}resume/").status_code == 302
    carry_out_run(run_id=run.pk)
    assert set(outcome(run).values()) == {"done"}
    trail = AuditEvent.objects.filter(object_kind="bulk").order_by("pk").values_list("name", flat=True)
    assert list(trail) == ["bulk:confirmed", "bulk:finished", "bulk:resumed", "bulk:finished"]
    assert first.steps.filter(action="forward").count() == 1
    assert client.post(f"{where}resume/").status_code == 422
    assert f"{where}resume/" not in client.get(where).content.decode()


def test_a_database_that_is_away_leaves_the_run_to_the_queue(
    here: World, house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = marked(here, house)
    run = previewed(house)
    bulk.confirm(run=run, staff=staff(house.chen), counted=1)
    failing_at(one, monkeypatch, OperationalError())
    with pytest.raises(OperationalError):
        carry_out_run(run_id=run.pk)
    assert outcome(run) == {one.pk: ""}
    assert not bulk.stands_still(run)
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        run.refresh_from_db()
        assert bulk.stands_still(run)
