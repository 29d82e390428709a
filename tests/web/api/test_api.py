"""The JSON side: the same rules, statuses and sentences as the pages."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook

from factories import World, clients, dossiers, pictures
from factories.people import cast
from kaosheng.casework.models import Dossier, Picture
from kaosheng.domain.states import State
from kaosheng.registration.models import Registration

pytestmark = pytest.mark.django_db


def send(client: Client, dossier: Dossier, *, seed: int = 1, key: str = "", **fields: Any) -> Any:
    """One picture over the API."""
    body = {"picture": SimpleUploadedFile("a.jpg", pictures.jpeg(seed)), "kind": "M01", **fields}
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/api/dossiers/{dossier.pk}/pictures/", body, headers=headers)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["code"]


def test_upload_answers_with_place_and_digests_and_a_retry_with_the_same(here: World) -> None:
    dossier = dossiers.register(here)
    me = clients.of_candidate(dossier.registration.candidate)
    first, again = send(me, dossier, key="k"), send(me, dossier, key="k")
    assert (first.status_code, first.json()) == (201, again.json())
    picture = Picture.objects.get()
    assert first.json()["received_digest"] == picture.received_digest
    assert (first.json()["kind"], first.json()["position"]) == ("M01", 1)


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"kind": ""}, (400, "form_incomplete")),
        ({"kind": "M77"}, (404, "unknown_kind")),
        ({"position": "x"}, (400, "form_incomplete")),
        ({"position": "1" * 5000}, (400, "form_incomplete")),
        ({"kind": "M\0"}, (400, "nul_in_text")),
        ({"position": "9"}, (422, "no_such_place")),
        ({"picture": ""}, (422, "file_missing")),
        ({"picture": SimpleUploadedFile("a.gif", b"GIF89a" + b"0" * 90)}, (415, "picture_wrong_type")),
        ({"picture": SimpleUploadedFile("a.jpg", b"x" * 204_801)}, (413, "picture_too_large")),
    ],
)
def test_bad_uploads_leave_nothing(here: World, fields: dict[str, Any], answer: tuple[int, str]) -> None:
    dossier = dossiers.register(here)
    got = send(clients.of_candidate(dossier.registration.candidate), dossier, **fields)
    assert code_of(got) == answer
    assert not Picture.objects.exists()


def test_a_body_over_20_mb_is_refused_in_the_words_of_a_picture_too_large(here: World) -> None:
    dossier = dossiers.register(here)
    me = clients.of_candidate(dossier.registration.candidate)
    got = me.post(
        f"/api/dossiers/{dossier.pk}/pictures/",
        b"x" * 20_971_521,
        content_type="multipart/form-data; boundary=x",
    )
    assert code_of(got) == (413, "picture_too_large")
    said = "图片大小为 20480.1 KB（20,971,521 字节），超过单张 200 KB（204,800 字节）的限制"
    assert got.json()["message"] == said


def test_strangers_and_nobody_get_the_same_as_for_nothing(here: World) -> None:
    dossier, other = dossiers.register(here), dossiers.register(here)
    stranger = clients.of_candidate(other.registration.candidate)
    assert code_of(send(stranger, dossier)) == (404, "not_found")
    assert code_of(send(clients.anonymous(), dossier)) == (403, "login_needed")
    assert code_of(send(clients.of_staff(cast(here).chen), dossier)) == (403, "login_needed")


def test_an_upload_without_the_csrf_token_is_refused(here: World) -> None:
    dossier = dossiers.register(here)
    me = clients.of_candidate(dossier.registration.candidate)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = me.cookies
    assert send(strict, dossier).status_code == 403
    assert not Picture.objects.exists()


def test_delete_frees_the_place_and_a_locked_dossier_refuses(here: World) -> None:
    dossier = dossiers.register(here)
    me = clients.of_candidate(dossier.registration.candidate)
    picture = dossiers.upload(dossier)
    assert me.delete(f"/api/dossiers/{dossier.pk}/pictures/{picture.pk}/").status_code == 204
    dossiers.submit(dossiers.fill(dossier))
    submitted = dossier.pictures.first()
    assert submitted is not None
    got = me.delete(f"/api/dossiers/{dossier.pk}/pictures/{submitted.pk}/")
    assert code_of(got) == (409, "dossier_locked")


def test_state_is_visible_state_with_a_validator_of_the_body(here: World) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast(here))
    me = clients.of_candidate(dossier.registration.candidate)
    first = me.get(f"/api/dossiers/{dossier.pk}/state/")
    assert (first.json()["state"], first.json()["text"]) == ("waiting", "已提交，待考点审核")
    again = me.get(f"/api/dossiers/{dossier.pk}/state/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_receipt_names_number_time_and_digests_only(here: World) -> None:
    submission = dossiers.submit(dossiers.fill(dossiers.register(here)))
    got = clients.anonymous().get(f"/api/receipts/{submission.code}/").json()
    assert set(got) == {"number", "submitted_at", "pictures", "text"}
    assert [line["digest"] for line in got["pictures"]] == list(
        submission.lines.values_list("stored_digest", flat=True)
    )
    assert clients.anonymous().get("/api/receipts/none/").status_code == 404


def pushed(payload: object, *, secret: str = "", at: Any = None) -> Any:
    """A push as the registration system signs it."""
    body, now = json.dumps(payload), at or timezone.now()
    signature = Webhook(secret or settings.REGISTRATION_WEBHOOK_SECRET).sign("m1", now, body)
    headers = {
        "webhook-id": "m1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    return Client().post("/api/registrations/", body, content_type="application/json", headers=headers)


def test_a_signed_push_is_applied_and_a_replay_changes_nothing(here: World) -> None:
    payload = {"type": "registration.changed", "registration": dossiers.payload(here)}
    assert pushed(payload).status_code == pushed(payload).status_code == 204
    assert Registration.objects.get().versions.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "样\0本"}, "name"),
        ({"subject": "s\0"}, "subject"),
        ({"phone": "\0"}, "phone"),
        ({"name": "\ud800"}, "name"),
        ({"facts": {"institution_name": "样\0本"}}, "facts"),
        ({"facts": {"le\0vel": "x"}}, "facts"),
        ({"more": ["\0"]}, "more"),
        ({"mo\0re": 1}, "registration"),
        ({"number": "1" * 41}, "number"),
        ({"subject": "s" * 256}, "subject"),
        ({"source_version": 2**63}, "source_version"),
    ],
)
def test_a_push_that_cannot_be_kept_is_refused_by_name_not_failed_on_for_ever(
    here: World, changes: dict[str, Any], field: str
) -> None:
    sent = {**dossiers.payload(here), **changes}
    answer = pushed({"type": "registration.changed", "registration": sent})
    assert code_of(answer) == (422, "registration_not_understood")
    assert field in answer.json()["message"]
    assert not Registration.objects.exists()


def test_pushes_that_are_forged_old_or_not_understood_are_refused(here: World) -> None:
    payload = {"type": "registration.changed", "registration": dossiers.payload(here)}
    assert code_of(pushed(payload, secret="whsec_" + "A" * 44)) == (401, "signature_invalid")
    old = timezone.now() - timedelta(minutes=6)
    assert code_of(pushed(payload, at=old)) == (401, "signature_invalid")
    assert code_of(pushed({**payload, "type": "other"})) == (422, "registration_not_understood")
    assert code_of(pushed([1])) == (422, "registration_not_understood")
    assert code_of(pushed({**payload, "registration": {}})) == (422, "registration_not_understood")
    assert Client().post("/api/registrations/", "x", content_type="application/json").status_code == 401
    assert not Registration.objects.exists()
