"""Receipts: what they show to whom, at every later state; the public page, the files, the check without us."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from factories import World, clients, dossiers
from factories.people import Cast
from kaosheng.casework.models import Dossier, Submission
from kaosheng.crypto.signatures import is_genuine, public_keys
from kaosheng.domain.receipts import read_receipt
from kaosheng.domain.states import State
from kaosheng.pictures.store import get_store

AFTER_SUBMITTING = (State.AT_SITE, State.RETURNED, State.AT_AREA, State.DECIDED, "released")
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+')


@pytest.fixture
def submitted(places: World, cast: Cast) -> Dossier:
    return dossiers.brought_to(places, State.AT_SITE, cast=cast)


def own(dossier: Dossier) -> Client:
    return clients.of_candidate(dossiers.candidate_of(dossier))


def first(dossier: Dossier) -> Submission:
    return dossier.submissions.get(ordinal=1)


def public(submission: Submission, name: str = "") -> Any:
    return clients.anonymous().get(f"/r/{submission.code}/{name}")


def test_the_receipt_names_number_pictures_signature_and_the_code(submitted: Dossier) -> None:
    submission = first(submitted)
    html = own(submitted).get(f"/dossiers/{submitted.pk}/submissions/1/").content.decode()
    assert submission.number in html
    assert html.count("/thumbnail/") == 6
    for digest in submission.lines.values_list("stored_digest", flat=True):
        assert digest.removeprefix("sha256:") in html
    assert submission.signature.rpartition(":")[2] in html
    assert "密钥 test-1" in html
    assert f"/r/{submission.code}/" in html
    assert 'class="qr"' in html


def test_each_submission_has_its_own(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.RETURNED, cast=cast)
    dossiers.replace(dossier)
    dossiers.submit(dossier)
    one, two = dossier.submissions.order_by("ordinal")
    assert one.number != two.number
    assert one.code != two.code
    assert one.signature != two.signature
    pages = [public(one).content.decode(), public(two).content.decode()]
    assert [(one.number in page, two.number in page) for page in pages] == [(True, False), (False, True)]


def test_the_signature_stands_under_number_time_and_digests(submitted: Dossier) -> None:
    submission = first(submitted)
    receipt = read_receipt(public(submission, "receipt.txt").content.decode())
    assert receipt.number == submission.number
    assert receipt.at == submission.at
    assert list(receipt.digests) == list(submission.lines.values_list("stored_digest", flat=True))
    assert is_genuine(receipt.body.encode(), receipt.signature)
    assert not is_genuine(receipt.body.replace("1 sha256:", "1 sha256:0").encode(), receipt.signature)


# --- the public page ------------------------------------------------------------------------------------------
def test_the_public_page_confirms_and_says_nothing_of_the_person(submitted: Dossier) -> None:
    submission, registration = first(submitted), submitted.registration
    answer = public(submission)
    html = answer.content.decode()
    assert "回执真实，签名有效" in html
    assert submission.number in html
    assert all(
        digest.removeprefix("sha256:") in html
        for digest in submission.lines.values_list("stored_digest", flat=True)
    )
    secret = [
        registration.name, registration.number, registration.id_number, registration.phone, str(submitted.pk),
        "石家庄", "身份证明", "学位证书", "待考点审核", "/thumbnail/",
    ]  # fmt: skip
    assert [word for word in secret if word in html] == []
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert 'name="robots" content="noindex' in html
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_public_page_is_the_same_for_ever(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    seen = {public_bytes(dossier)}
    dossiers.return_(dossier, cast.chen)
    seen.add(public_bytes(dossier))
    dossiers.replace(dossier)
    dossiers.submit(dossier)
    dossiers.forward(dossier, cast.chen)
    dossiers.decide(dossier, cast.gao)
    seen.add(public_bytes(dossier))
    dossiers.release(dossier.intake, cast.jiang)
    seen.add(public_bytes(dossier))
    assert len(seen) == 1


def public_bytes(dossier: Dossier) -> tuple[bytes, bytes, bytes]:
    submission = first(dossier)
    api = clients.anonymous().get(f"/api/receipts/{submission.code}/").content
    page = _TOKEN.sub(b"", public(submission).content)
    return page, public(submission, "receipt.txt").content, api


@pytest.mark.parametrize("code", ["A" * 22, "short", "A" * 23, "a/b/c", "样本", "A" * 21 + "'"])
def test_a_code_nobody_was_given_and_one_that_is_none_get_the_same_answer(
    submitted: Dossier, code: str
) -> None:
    nobody = clients.anonymous()
    none, got = refused(f"/r/{'B' * 22}/"), refused(f"/r/{code}/")
    assert got == none
    assert "没有这份回执" in got
    if "/" not in code:
        api = nobody.get(f"/api/receipts/{code}/")
        assert (api.status_code, api.json()["code"]) == (404, "receipt_unknown")


def refused(address: str) -> str:
    """The page of a 404, without its own address and token."""
    answer = clients.anonymous().get(address)
    assert answer.status_code == 404
    own_address = re.compile(r'name="next" value="[^"]*"')
    return own_address.sub("", _TOKEN.sub(b"", answer.content).decode())


def test_a_key_that_is_gone_is_said_not_hidden(submitted: Dossier, settings: Any) -> None:
    settings.RECEIPT_KEY_ID = "test-2"
    html = public(first(submitted)).content.decode()
    assert "现在无法核验它的签名" in html
    assert "签名有效" not in html


# --- files ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", AFTER_SUBMITTING)
def test_the_receipt_stays_available(places: World, cast: Cast, state: State | str) -> None:
    dossier = dossiers.brought_to(places, state, cast=cast)
    client, here = own(dossier), f"/dossiers/{dossier.pk}/submissions/1/"
    assert first(dossier).number in client.get(here).content.decode()
    pdf = client.get(f"{here}receipt.pdf")
    assert (pdf.status_code, pdf.headers["Content-Type"]) == (200, "application/pdf")
    assert client.get(f"{here}receipt.txt").content == public(first(dossier), "receipt.txt").content


def test_pictures_are_called_locked_only_while_they_are(places: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(places, State.AT_SITE, cast=cast)
    here = f"/dossiers/{dossier.pk}/submissions/1/"
    assert "已锁定" in own(dossier).get(here).content.decode()
    dossiers.return_(dossier, cast.chen)
    assert "已锁定" not in own(dossier).get(here).content.decode()


def test_it_stays_when_the_registration_is_cancelled(places: World, submitted: Dossier) -> None:
    dossiers.change_registration(submitted, places, cancelled=True)
    assert own(submitted).get(f"/dossiers/{submitted.pk}/submissions/1/receipt.pdf").status_code == 200


@pytest.mark.parametrize(("more", "pages"), [(0, 1), (24, 1), (25, 2)])
def test_thirty_pictures_stand_on_one_page(places: World, more: int, pages: int) -> None:
    dossier = dossiers.fill(dossiers.register(places, institutions=1))
    for _ in range(more):
        dossiers.upload(dossier, "M99")
    assert dossier.pictures.count() == 6 + more
    dossiers.submit(dossier)
    client, address = own(dossier), f"/dossiers/{dossier.pk}/submissions/1/receipt.pdf"
    data = client.get(address).content
    assert data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", data)) == pages
    assert client.get(address).content == data


def test_a_rare_character_of_a_name_is_drawn(places: World) -> None:
    dossier = dossiers.fill(dossiers.register(places, name="样本·㛃䶮"))
    dossiers.submit(dossier)
    assert own(dossier).get(f"/dossiers/{dossier.pk}/submissions/1/receipt.pdf").status_code == 200


# --- without us -----------------------------------------------------------------------------------------------
def run(*arguments: str | Path) -> tuple[int, str]:
    """The installed command, with a database address that leads nowhere."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("kaosheng")), "receipt", *arguments],
        capture_output=True, text=True, check=False,
        env={
            "PATH": "/usr/bin:/bin",
            "DJANGO_SETTINGS_MODULE": "kaosheng.settings.test",
            "DATABASE_URL": "postgresql:///nowhere?host=/nowhere",
        },
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def kept(submitted: Dossier, tmp_path: Path) -> Path:
    """What a candidate kept: the signed text and his pictures."""
    (tmp_path / "receipt.txt").write_bytes(public(first(submitted), "receipt.txt").content)
    (tmp_path / "pictures").mkdir()
    for number, line in enumerate(first(submitted).lines.select_related("picture")):
        (tmp_path / "pictures" / f"{number}.jpg").write_bytes(get_store().read(line.picture.object_key))
    return tmp_path


def test_the_command_verifies_without_database(kept: Path) -> None:
    code, output = run("verify", kept / "receipt.txt", "--pictures", kept / "pictures")
    assert (code, output.count("MISSING")) == (0, 0), output
    assert output.startswith("GENUINE 13-")
    assert output.count(".jpg sha256:") == 6


def test_the_command_tells_forgeries_and_foreign_pictures(kept: Path) -> None:
    text = (kept / "receipt.txt").read_text()
    forged = kept / "forged.txt"
    forged.write_text(re.sub(r"(?m)^submitted \d{4}", "submitted 2019", text))
    assert run("verify", forged)[0] == 1
    assert run("verify", forged)[1].startswith("FORGED")
    changed = kept / "pictures" / "3.jpg"
    changed.write_bytes(changed.read_bytes() + b"\0")
    code, output = run("verify", kept / "receipt.txt", "--pictures", kept / "pictures")
    assert (code, output.count("MISSING")) == (1, 1)
    assert "not a receipt of this service" in run("verify", changed)[1]


def test_openssl_alone_verifies_it(kept: Path) -> None:
    """The recipe of docs/operations.md."""
    code, output = run("keys")
    assert (code, json.loads(output)) == (0, public_keys())
    script = """
    head -n -1 receipt.txt > body
    tail -n 1 receipt.txt | cut -d: -f3 | base64 -d > signature
    { printf '302a300506032b6570032100' | xxd -r -p; printf '%s' "$KEY" | base64 -d; } > key.der
    openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in body -sigfile signature
    """
    done = subprocess.run(
        ["sh", "-c", script], cwd=kept, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "KEY": public_keys()["test-1"]},
    )  # fmt: skip
    assert "Signature Verified Successfully" in done.stdout, done.stderr
