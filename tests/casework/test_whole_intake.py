"""A whole intake with the clock moved hour by hour: every message that arrives, at its time, and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from factories import dossiers, people, world
from factories.people import Cast, cast
from factories.receiver import Receiver, receiving
from factories.world import World
from kaosheng.casework.jobs import clock, release, reminders
from kaosheng.casework.models import Dossier, Release, SiteReview
from kaosheng.casework.services import closing, counter
from kaosheng.casework.services.registrations import receive_registration
from kaosheng.domain.deadlines import HOUSE_TIME
from kaosheng.notices.jobs import send_lane
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
            receive_registration(
                dossiers.payload(self.world, number="1327000004"), way=RegistrationVersion.Way.PULL
            )

    def _register(self, tail: str) -> Dossier:
        return dossiers.register(self.world, number=f"132700{tail}")

    def acts(self) -> dict[datetime, Callable[[], object]]:
        return {
            at("21 10:00"): lambda: dossiers.submit(dossiers.fill(self.submitter)),
            at("21 11:00"): lambda: dossiers.submit(dossiers.fill(self.ignorer)),
            at("22 10:00"): lambda: dossiers.return_(self._again(self.submitter), self.cast.chen),
            at("22 22:30"): lambda: dossiers.return_(self._again(self.ignorer), self.cast.chen),
            at("24 20:30"): self._resubmit,
            at("27 10:00"): self._extend,
            at("28 10:00"): lambda: [
                dossiers.forward(self._again(dossier), self.cast.chen)
                for dossier in (self.submitter, self.ignorer)
            ],
            at("30 09:00"): self._close,
            at("30 10:00"): lambda: [
                dossiers.decide(self._again(dossier), self.cast.gao)
                for dossier in (self.submitter, self.ignorer)
            ],
            at("30 22:00"): self._release,
        }

    def _again(self, dossier: Dossier) -> Dossier:
        return dossiers.again(dossier)

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
        closing.close_site(intake=intake, site=self.world.site, staff=people.staff(self.cast.feng))
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


EXPECTED = [
    ("21 10:00", "0001", "您的医师资格考试报名材料已提交，回执号"),
    ("21 11:00", "0002", "您的医师资格考试报名材料已提交，回执号"),
    ("22 10:00", "0001", "您的医师资格考试报名材料有1项待补充：身份证明。请于1月24日24:00前在线更换"),
    ("23 08:00", "0002", "您的医师资格考试报名材料有1项待补充：身份证明。请于1月24日24:00前在线更换"),
    ("23 20:00", "0001", "您的医师资格考试报名材料有1项待补充，1月24日24:00截止"),
    ("23 20:00", "0002", "您的医师资格考试报名材料有1项待补充，1月24日24:00截止"),
    ("24 20:00", "0001", "您的医师资格考试报名材料有1项待补充，1月24日24:00截止"),
    ("24 20:00", "0002", "您的医师资格考试报名材料有1项待补充，1月24日24:00截止"),
    ("24 20:00", "0003", "您的医师资格考试报名材料还未提交，1月27日24:00截止"),
    ("24 20:00", "0004", "您的医师资格考试报名材料还未提交，1月27日24:00截止"),
    ("24 20:30", "0001", "您的医师资格考试报名材料已提交，回执号"),
    ("25 08:00", "0002", "您的医师资格考试报名材料补充期限已过"),
    ("26 20:00", "0003", "您的医师资格考试报名材料还未提交，1月27日24:00截止"),
    ("26 20:00", "0004", "您的医师资格考试报名材料还未提交，1月27日24:00截止"),
    ("27 10:00", "0003", "您的医师资格考试报名材料提交截止时间已延长至1月29日24:00"),
    ("27 20:00", "0004", "您的医师资格考试报名材料还未提交，1月27日24:00截止"),
    ("28 20:00", "0003", "您的医师资格考试报名材料还未提交，1月29日24:00截止"),
    ("29 20:00", "0003", "您的医师资格考试报名材料还未提交，1月29日24:00截止"),
    ("30 09:00", "0001", "您的医师资格考试报名材料考点审核已通过"),
    ("30 09:00", "0002", "您的医师资格考试报名材料考点审核已通过"),
    ("31 08:00", "0001", "您的医师资格考试报名资格审核结果已公布"),
    ("31 08:00", "0002", "您的医师资格考试报名资格审核结果已公布"),
]


def test_every_message_of_an_intake_arrives_once_in_its_words_at_its_time(phone: Receiver) -> None:
    Intake().play(until=at("31 09:00"))
    came = sorted(
        (
            f"{datetime.fromisoformat(body['sent_at']).astimezone(HOUSE_TIME):%d %H:%M}",
            body["phone"][-4:],
            body["text"],
        )
        for path, _key, body in phone.came
        if path == "/api/phone/"
    )
    assert [(moment, number) for moment, number, _text in came] == [
        (moment, number) for moment, number, _text in EXPECTED
    ]
    for (_moment, _number, text), (_at, _who, beginning) in zip(came, EXPECTED, strict=True):
        assert text.removeprefix("【国家医学考试】").startswith(beginning)
