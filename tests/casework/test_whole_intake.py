"""A whole intake with the clock moved hour by hour: every message that arrives, at its time, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from factories import dossiers, people, world
from factories.people import Cast, cast
from factories.pictures import jpeg
from factories.receiver import Receiver, receiving
from factories.world import RULES, World, prepare_catalogue
from kaosheng.accounts.models import User
from kaosheng.casework.jobs import clock, release, reminders
from kaosheng.casework.jobs import intakes as jobs
from kaosheng.casework.models import Dossier, Release, SiteReview
from kaosheng.casework.queries.intakes import catalogue_effect
from kaosheng.casework.services import (
    counter,
    deciding,
    intakes,
    phone_numbers,
    pictures,
    rechecking,
)
from kaosheng.casework.services.registrations import receive_registration
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.domain.states import Verdict
from kaosheng.notices.jobs import send_lane
from kaosheng.notices.models import Message
from kaosheng.registration.models import RegistrationVersion
from kaosheng.settings.base import DEMO_PHONE

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    """A moment of January 2027 in the house: "day hour:minute"."""
    return datetime.strptime(f"2027-01-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=HOUSE_TIME)


@pytest.fixture
def phone(settings: Settings) -> Iterator[Receiver]:
    with receiving(settings.REGISTRATION_WEBHOOK_SECRET) as receiver:
        settings.REGISTRATION_ISSUER = receiver.url
        settings.NOTICE_ROUTES = {"*": {"sms": {"transport": DEMO_PHONE, "rate": 100_000}}}
        yield receiver


FROM_ASSISTANT = {
    "kind": "M09", "effect": "required", "when": {"route": "from_assistant"},
    "reason_zh": "因为您以执业助理医师身份报考", "reason_en": "Because you apply as an assistant physician",
}  # fmt: skip


class Intake:
    """One intake played by the clock; what somebody does stands in `acts`, by its moment."""

    def __init__(self) -> None:
        with time_machine.travel(at("19 09:00"), tick=False):
            self.world: World = world()
            self.cast: Cast = cast(self.world)
            intake = self.world.intake
            intake.opens_at, intake.closes_at = at("20 00:00"), at("28 00:00")
            intake.supplement_days = 2
            intake.save()
            self.submitter = self._register("0001")
            self.ignorer = self._register("0002")
            self.extended = self._register("0003")
            self.eventful = self._register("0005")
            receive_registration(
                dossiers.payload(self.world, number="1327000004"), way=RegistrationVersion.Way.PULL
            )

    def _register(self, tail: str) -> Dossier:
        return dossiers.register(self.world, number=f"132700{tail}")

    def acts(self) -> dict[datetime, Callable[[], object]]:
        return {
            at("20 09:00"): self._upload_at_counter,
            at("20 10:00"): lambda: self._change(route="from_assistant"),
            at("20 11:00"): self._change_number,
            at("20 12:00"): self._publish_catalogue,
            at("20 15:00"): lambda: dossiers.submit(dossiers.fill(self.eventful)),
            at("21 12:00"): self._change,
            at("21 13:00"): lambda: self._change(cancelled=True),
            at("21 14:00"): self._change,
            at("21 10:00"): lambda: dossiers.submit(dossiers.fill(self.submitter)),
            at("21 11:00"): lambda: dossiers.submit(dossiers.fill(self.ignorer)),
            at("22 10:00"): lambda: dossiers.return_(self._again(self.submitter), self.cast.chen),
            at("22 22:30"): lambda: dossiers.return_(self._again(self.ignorer), self.cast.chen),
            at("24 20:30"): self._resubmit,
            at("27 10:00"): self._extend,
            at("28 10:00"): lambda: [
                dossiers.forward(self._again(dossier), self.cast.chen)
                for dossier in (self.submitter, self.ignorer, self.eventful)
            ],
            at("30 09:00"): self._close,
            at("30 10:00"): self._decide,
            at("30 22:00"): self._release,
            at("31 10:00"): self._correct,
            at("31 11:00"): self._ask_recheck,
            at("31 12:00"): self._uphold,
        }

    def _again(self, dossier: Dossier) -> Dossier:
        return dossiers.again(dossier)

    def _change(self, **changes: Any) -> None:
        dossiers.change_registration(self._again(self.eventful), self.world, **changes)

    def _upload_at_counter(self) -> None:
        pictures.add_picture(
            dossier_id=self.eventful.pk, actor=people.actor(self.cast.feng), kind="M01", position=1, data=jpeg(5),
            idempotency_key="counter", reason="视力不便",
        )  # fmt: skip

    def _change_number(self) -> None:
        change = phone_numbers.send_code(
            candidate_id=dossiers.candidate_of(self.eventful).pk,
            dossier=self._again(self.eventful),
            phone="13900000055",
        )
        phone_numbers.confirm(
            candidate_id=dossiers.candidate_of(self.eventful).pk,
            dossier=self._again(self.eventful),
            change_id=change.pk,
            code=json.loads(Message.objects.get(template="phone_code").secrets)["code"],
        )

    def _publish_catalogue(self) -> None:
        version = prepare_catalogue(self.world.intake, rules=(*RULES, FROM_ASSISTANT))
        seen = catalogue_effect(version).seen
        intakes.publish_catalogue(version_id=version.pk, staff=people.staff(self.cast.jiang), seen=seen)
        jobs.announce_catalogue(version_id=version.pk)

    def _decide(self) -> None:
        for dossier in (self.submitter, self.ignorer):
            dossiers.decide(self._again(dossier), self.cast.gao)
        dossiers.propose(self._again(self.eventful), self.cast.gao)
        dossiers.confirm(self._again(self.eventful), self.cast.he)

    def _correct(self) -> None:
        deciding.propose_correction(
            **self._by(self.submitter, self.cast.he), verdict=Verdict.FAIL, opinion="样本"
        )
        deciding.confirm_correction(**self._by(self.submitter, self.cast.hu))

    def _ask_recheck(self) -> None:
        rechecking.ask_recheck(
            dossier_id=self.eventful.pk, actor=dossiers.owner(self.eventful), reason="样本：第二页有印章"
        )

    def _uphold(self) -> None:
        rechecking.uphold(**self._by(self.eventful, self.cast.hu), reason="印章单位与登记不符")

    def _by(self, dossier: Dossier, user: User) -> dict[str, Any]:
        return {
            "dossier_id": dossier.pk, "actor": people.actor(user), "seen_revision": self._again(dossier).revision,
        }  # fmt: skip

    def _resubmit(self) -> None:
        dossiers.replace(self._again(self.submitter))
        dossiers.submit(self._again(self.submitter))

    def _extend(self) -> None:
        counter.extend(
            dossier_id=self.extended.pk,
            actor=people.actor(self.cast.jiang),
            seen_revision=self._again(self.extended).revision,
            until=at("30 00:00"),
            reason="住院",
        )

    def _close(self) -> None:
        intake = self._again(self.submitter).intake
        dossiers.close_site(intake, self.world.site, self.cast.feng)
        release.announce_closing(site_review_id=SiteReview.objects.get().pk)

    def _release(self) -> None:
        dossiers.release(self._again(self.submitter).intake, self.cast.jiang)
        release.announce_release(release_id=Release.objects.get().pk)

    def play(self, until: datetime) -> None:
        """Every half hour: what somebody does, then each round of the clock, twice as two workers would."""
        acts = self.acts()
        now = at("20 00:00")
        while now <= until:
            with time_machine.travel(now, tick=False):
                acts.pop(now, lambda: None)()
                for _ in range(2):
                    clock.run_round()
                    reminders.remind()
                    send_lane(lane="*:sms")
            now += timedelta(minutes=30)
        assert acts == {}


SUBMITTED = "您的医师资格考试报名材料已提交，回执号…。材料已锁定，审核期间请留意短信和上传页面。"
RETURNED = "您的医师资格考试报名材料有1项待补充：身份证明。请于1月24日24:00前在线更换，详见上传页面。"
SUPPLEMENT = "您的医师资格考试报名材料有1项待补充，1月24日24:00截止，请尽快按审核意见办理。"
BY_27TH = "您的医师资格考试报名材料还未提交，1月27日24:00截止，逾期不能提交。请登录报名网站，从报名信息处进入上传页面。"
BY_29TH = "您的医师资格考试报名材料还未提交，1月29日24:00截止，逾期不能提交。请登录报名网站，从报名信息处进入上传页面。"
NUMBER_CHANGED = "您的医师资格考试报名手机号已变更，今后的通知发到新号码。如非本人操作请联系考点。"
SITE_PASSED = "您的医师资格考试报名材料考点审核已通过，考区复审中，请留意后续通知。"
RELEASED = "您的医师资格考试报名资格审核结果已公布，请登录上传页面查看。"

EXPECTED = [
    ("20 09:00", "0005", "考点工作人员已为您的医师资格考试报名材料上传图片，请登录上传页面核对，由您本人提交。您未到场的，请联系考点。"),
    ("20 10:00", "0005", "您的医师资格考试报名信息已变更，所需报名材料有变化，请登录上传页面查看。"),
    ("20 11:00", "0055", "您正在更换接收报名通知的手机号，验证码…，10分钟内有效。如非本人操作请忽略。"),
    ("20 11:00", "0005", NUMBER_CHANGED),
    ("20 11:00", "0055", NUMBER_CHANGED),
    ("20 12:00", "0055", "考区更新了报名材料要求，您的医师资格考试材料有变化，请登录上传页面查看；已上传的图片保留。"),
    ("20 15:00", "0055", SUBMITTED),
    ("21 10:00", "0001", SUBMITTED),
    ("21 11:00", "0002", SUBMITTED),
    ("21 12:00", "0055", "您的医师资格考试报名信息已变更，已通知审核人员，如需补充会通知您。"),
    ("21 13:00", "0055", "您的医师资格考试报名已取消，报名材料不再审核。如非本人操作请联系考点。"),
    ("21 14:00", "0055", "您的医师资格考试报名已恢复，请登录上传页面查看材料状态和截止时间。"),
    ("22 10:00", "0001", RETURNED),
    ("23 08:00", "0002", RETURNED),
    ("23 20:00", "0001", SUPPLEMENT),
    ("23 20:00", "0002", SUPPLEMENT),
    ("24 20:00", "0001", SUPPLEMENT),
    ("24 20:00", "0002", SUPPLEMENT),
    ("24 20:00", "0003", BY_27TH),
    ("24 20:00", "0004", BY_27TH),
    ("24 20:30", "0001", SUBMITTED),
    ("25 08:00", "0002", "您的医师资格考试报名材料补充期限已过，材料按上次提交的内容继续审核。如有疑问请联系考点。"),
    ("26 20:00", "0003", BY_27TH),
    ("26 20:00", "0004", BY_27TH),
    ("27 10:00", "0003", "您的医师资格考试报名材料提交截止时间已延长至1月29日24:00，请在此之前提交审核。"),
    ("27 20:00", "0004", BY_27TH),
    ("28 20:00", "0003", BY_29TH),
    ("29 20:00", "0003", BY_29TH),
    ("30 09:00", "0001", SITE_PASSED),
    ("30 09:00", "0002", SITE_PASSED),
    ("30 09:00", "0055", SITE_PASSED),
    ("31 08:00", "0001", RELEASED),
    ("31 08:00", "0002", RELEASED),
    ("31 08:00", "0055", RELEASED),
    ("31 10:00", "0001", "您的医师资格考试报名资格审核结果有更正，请登录上传页面查看。"),
    ("31 12:00", "0055", "您的医师资格考试复核申请已答复，请登录上传页面查看。"),
]  # fmt: skip


def _as_expected(text: str) -> str:
    """Without the sender's name; what is drawn by chance as …."""
    plain = text.removeprefix("【国家医学考试】")
    return re.sub(r"验证码\d{6}", "验证码…", re.sub(r"回执号[0-9A-Z-]+", "回执号…", plain))


def test_every_message_of_an_intake_arrives_once_in_its_words_at_its_time(phone: Receiver) -> None:
    Intake().play(until=at("31 13:00"))
    came = sorted(
        (
            f"{datetime.fromisoformat(body['sent_at']).astimezone(HOUSE_TIME):%d %H:%M}",
            body["phone"][-4:],
            _as_expected(body["text"]),
        )
        for path, _key, body in phone.came
        if path == "/api/phone/"
    )
    assert came == sorted(EXPECTED)
