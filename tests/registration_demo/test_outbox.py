"""Changes reach the service: at least once, signed, after any failure, and once only when nothing fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings
from receiver import Receiver

from registration_demo import outbox, registrations
from registration_demo.models import OutboxMessage, Registration

NUMBER = "1327000001"


def send_due() -> None:
    call_command("send_outbox", once=True)


def make_due() -> None:
    OutboxMessage.objects.update(next_at=timezone.now())


@pytest.mark.usefixtures("people")
def test_a_change_is_pushed_as_it_was_made(receiver: Receiver) -> None:
    registrations.change(number=NUMBER, seen_version=1, values={"category": "210", "level": "assistant"})
    registrations.change(number=NUMBER, seen_version=2, values={"phone": "19900000077", "site": "1305"})
    send_due()
    (_, first), (_, second) = receiver.received
    assert first["type"] == "registration.changed"
    assert (first["registration"]["source_version"], second["registration"]["source_version"]) == (2, 3)
    assert first["registration"]["facts"]["category"] == "210"
    assert (first["registration"]["phone"], second["registration"]["phone"]) == ("19900000001", "19900000077")
    assert second["registration"]["site"] == "1305"
    assert second["registration"]["facts"]["precheck"] == "hint"
    assert second["registration"] == registrations.as_object(Registration.objects.get(number=NUMBER))


@pytest.mark.usefixtures("people")
def test_cancel_and_restore_are_pushed(receiver: Receiver) -> None:
    registrations.cancel(number=NUMBER)
    registrations.cancel(number=NUMBER)
    registrations.restore(number=NUMBER)
    send_due()
    pushed = [
        (body["type"], body["registration"]["cancelled"], body["registration"]["source_version"])
        for _, body in receiver.received
    ]
    assert pushed == [("registration.cancelled", True, 2), ("registration.restored", False, 3)]


@pytest.mark.usefixtures("people")
def test_nothing_is_pushed_when_nothing_changed(receiver: Receiver) -> None:
    registration = registrations.change(
        number=NUMBER, seen_version=1, values={"category": "110", "site": "1301"}
    )
    registrations.restore(number=NUMBER)
    send_due()
    assert registration.source_version == 1
    assert receiver.received == []


@pytest.mark.usefixtures("people")
def test_an_undone_change_leaves_no_message() -> None:
    with transaction.atomic():
        registrations.cancel(number=NUMBER)
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


@pytest.mark.usefixtures("people")
def test_an_old_form_and_a_cancelled_registration_change_nothing() -> None:
    registrations.change(number=NUMBER, seen_version=1, values={"phone": "19900000077"})
    with pytest.raises(registrations.StaleError):
        registrations.change(number=NUMBER, seen_version=1, values={"phone": "19900000088"})
    registrations.cancel(number=NUMBER)
    with pytest.raises(registrations.NotAllowedError):
        registrations.change(number=NUMBER, seen_version=3, values={"phone": "19900000088"})
    assert Registration.objects.get(number=NUMBER).phone == "19900000077"


@pytest.mark.usefixtures("people")
def test_the_push_survives_a_service_that_is_down(settings: Settings) -> None:
    with Receiver(settings.WEBHOOK_SECRET) as gone:
        settings.SERVICE_URL = gone.url
    registrations.cancel(number=NUMBER)
    for attempt in (1, 2):
        before = timezone.now()
        send_due()
        message = OutboxMessage.objects.get()
        assert (message.attempts, message.sent_at) == (attempt, None)
        assert "ConnectError" in message.last_error
        assert message.next_at >= before + outbox.wait_after(attempt)
        send_due()  # not due yet
        assert OutboxMessage.objects.get().attempts == attempt
        make_due()

    with Receiver(settings.WEBHOOK_SECRET) as back:
        settings.SERVICE_URL = back.url
        back.answer = 503
        send_due()
        assert OutboxMessage.objects.get().last_error.startswith("HTTP 503")
        make_due()
        back.answer = 204
        send_due()
        send_due()
        message = OutboxMessage.objects.get()
        assert [identifier for identifier, _ in back.received] == [str(message.id)]
        assert (message.attempts, message.last_error) == (4, "")
        assert message.sent_at is not None


@pytest.mark.usefixtures("people")
def test_a_wrong_secret_is_refused_and_tried_again(receiver: Receiver, settings: Settings) -> None:
    right = settings.WEBHOOK_SECRET
    settings.WEBHOOK_SECRET = "whsec_d3Jvbmctc2VjcmV0LXdyb25nLXNlY3JldA=="
    registrations.cancel(number=NUMBER)
    send_due()
    assert receiver.refused == ["No matching signature found"]
    assert OutboxMessage.objects.get().last_error.startswith("HTTP 401")
    settings.WEBHOOK_SECRET = right
    make_due()
    send_due()
    assert len(receiver.received) == 1


@pytest.mark.usefixtures("people")
def test_what_the_service_cannot_understand_is_not_sent_again(receiver: Receiver) -> None:
    receiver.answer = 422
    registrations.cancel(number=NUMBER)
    send_due()
    make_due()
    send_due()
    message = OutboxMessage.objects.get()
    assert (message.attempts, message.sent_at) == (1, None)
    assert message.refused_at is not None


def test_waits_grow_to_five_minutes() -> None:
    waits = [outbox.wait_after(attempts) for attempts in range(1, 12)]
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8)]
    assert waits[-1] == outbox.wait_after(1_000_000) == timedelta(minutes=5)


@pytest.mark.usefixtures("people")
def test_a_sender_that_died_gives_its_message_back(receiver: Receiver) -> None:
    registrations.cancel(number=NUMBER)
    assert outbox._claim() is not None
    send_due()
    assert receiver.received == []
    OutboxMessage.objects.update(next_at=timezone.now() - timedelta(milliseconds=1))
    send_due()
    assert len(receiver.received) == 1


@pytest.mark.usefixtures("live_people")
def test_two_senders_send_each_message_once(receiver: Receiver) -> None:
    for _ in range(10):
        registrations.cancel(number=NUMBER)
        registrations.restore(number=NUMBER)
    together = threading.Barrier(2)

    def run() -> None:
        together.wait()
        send_due()
        connection.close()

    senders = [threading.Thread(target=run) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    sent = [identifier for identifier, _ in receiver.received]
    assert len(sent) == len(set(sent)) == 20


@pytest.mark.usefixtures("live_people")
def test_the_running_sender_delivers_and_ends_when_told(receiver: Receiver) -> None:
    database = connection.settings_dict["NAME"]
    environment = os.environ | {
        "REGISTRATION_DATABASE_URL": os.environ["REGISTRATION_DATABASE_URL"].replace(
            "/registration_demo", f"/{database}"
        ),
        "SERVICE_URL": receiver.url,
    }
    sender = subprocess.Popen([sys.executable, "-m", "registration_demo", "send_outbox"], env=environment)
    try:
        registrations.cancel(number=NUMBER)
        give_up = time.monotonic() + 20
        while not receiver.received and time.monotonic() < give_up:
            time.sleep(0.05)
        assert len(receiver.received) == 1
        sender.send_signal(signal.SIGTERM)
        assert sender.wait(timeout=10) == 0
    finally:
        sender.kill()
        sender.wait()
