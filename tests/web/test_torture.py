"""Every bad and odd file by every way in: one verdict, one sentence, and nothing hidden in the store afterwards.

The command has its own run over the same files in `tests/pictures/test_command.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from factories import clients, dossiers, people, world
from factories.people import Cast
from kaosheng.casework.models import Dossier, Picture
from kaosheng.casework.services import handing_over
from kaosheng.domain.errors import Refusal
from kaosheng.pictures import words
from kaosheng.pictures.checks import CheckedPicture, examine
from kaosheng.web.ui.messages import status_of
from pictures.drawn import SECRET, after_start, exif, jpeg
from pictures.files import ACCEPTED, HTML, REFUSED, ZIP

pytestmark = pytest.mark.django_db

KIND: Final = "M99"
WAYS: Final = ("form", "script", "api", "phone", "counter")
HIDDEN: Final = (SECRET[:20], b"<script", b"<?php", b"PK\x03\x04", b"GPS", b"Exif")
NAMES: Final = (
    "身份证 正面（样本）😀.jpg",
    "../../../etc/passwd",
    "..\\..\\windows\\system32\\x.jpg",
    "/etc/shadow.jpg",
    "C:\\照片\\身份证.jpg",
    "a/b/c.jpg",
    ".htaccess",
    "x.php",
    "x.jpg.php",
    "<script>alert(1)</script>.jpg",
    'quote".jpg',
    "null\0byte.jpg",
    "line\r\nX-Evil: 1.jpg",
    "\u202egpj.exe",
    "%2e%2e%2fx.jpg",
    "n" * 250 + ".jpg",
    " ",
    "con.jpg",
)


@functools.cache
def verdict(name: str) -> tuple[str, CheckedPicture | None, int, str]:
    """Code, picture, status and Chinese sentence a file must get."""
    if name in ACCEPTED:
        return "", examine(ACCEPTED[name]()), 0, ""
    code, build = REFUSED[name]
    with pytest.raises(Refusal) as caught:
        examine(build())
    refusal = caught.value
    return code, None, status_of(refusal), words.sentence(refusal.code, refusal.params)


def bytes_of(name: str) -> bytes:
    return ACCEPTED[name]() if name in ACCEPTED else REFUSED[name][1]()


Send = Callable[[Any, str], Any]


def way_of(dossier: Dossier, cast: Cast, way: str) -> Send:
    """How one file goes in: by the form, as a script sends it, by the API, a phone or the counter."""
    page = f"/dossiers/{dossier.pk}/kinds/{KIND}/upload/"
    own = clients.of_candidate(dossiers.candidate_of(dossier))
    if way == "form":
        return lambda file, key: own.post(page, {"picture": file, "key": key})
    if way == "script":
        return lambda file, key: own.post(page, {"picture": file, "key": key}, headers={"HX-Request": "true"})
    if way == "api":
        address = f"/api/dossiers/{dossier.pk}/pictures/"
        return lambda file, key: own.post(
            address, {"picture": file, "kind": KIND}, headers={"Idempotency-Key": key}
        )
    if way == "phone":
        phone = clients.anonymous()
        handover = handing_over.open_handover(dossier_id=dossier.pk, actor=dossiers.owner(dossier), kind=KIND)
        phone.post("/phone/", {"secret": handing_over.secret_of(handover)})
        return lambda file, key: phone.post("/phone/upload/", {"picture": file, "key": key})
    desk: Client = clients.of_staff(cast.feng)
    desk.post(f"/office/counter/{dossier.pk}/help/", {"reason": "视力或行动不便", "present": "on"})
    counter = f"/office/counter/{dossier.pk}/kinds/{KIND}/upload/"
    return lambda file, key: desk.post(counter, {"picture": file, "key": key})


def said(answer: Any) -> str:
    if answer.headers["Content-Type"].startswith("application/json"):
        message: str = answer.json()["message"]
        return message
    return unquote(answer.headers.get("X-Refusal", ""))


@pytest.fixture
def scene() -> tuple[Dossier, Cast]:
    here = world()
    return dossiers.register(here), people.cast(here)


def stored() -> Iterator[tuple[Path, bytes]]:
    """Every file of the store."""
    for path in sorted(Path(settings.STORE_ROOT).rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


def clear(dossier: Dossier) -> None:
    """Make room for the next file."""
    dossier.pictures.all().delete()
    for path, _data in stored():
        path.unlink()


@pytest.mark.parametrize("way", WAYS)
def test_one_verdict_by_every_way(scene: tuple[Dossier, Cast], way: str) -> None:
    dossier, cast = scene
    send = way_of(dossier, cast, way)
    wrong: dict[str, object] = {}
    for number, name in enumerate([*ACCEPTED, *REFUSED]):
        code, expected, status, sentence = verdict(name)
        answer = send(SimpleUploadedFile(name, bytes_of(name)), f"key-{number}")
        kept = list(stored())
        if expected is None:
            got = (answer.status_code, said(answer), len(kept), Picture.objects.count())
            if got != (status, sentence, 0, 0):
                wrong[name] = (code, got)
            continue
        digests = set(Picture.objects.values_list("stored_digest", flat=True))
        leaks = [(path.name, hidden) for path, data in kept for hidden in HIDDEN if hidden in data]
        if answer.status_code >= 400 or digests != {expected.stored_digest} or leaks or len(kept) != 2:
            wrong[name] = (answer.status_code, said(answer), digests, leaks, len(kept))
        clear(dossier)
    assert wrong == {}


def test_there_are_enough_of_them() -> None:
    assert len(REFUSED) >= 60
    assert {code for code, _build in REFUSED.values()} == {
        code for code in words.WORDS if code.startswith("picture_") and code != "picture_unknown_type"
    }


@pytest.mark.parametrize("way", WAYS)
def test_a_files_name_is_believed_in_nothing_and_kept_nowhere(scene: tuple[Dossier, Cast], way: str) -> None:
    dossier, cast = scene
    send = way_of(dossier, cast, way)
    own = clients.of_candidate(dossiers.candidate_of(dossier))
    data = after_start(jpeg(), exif()) + ZIP + HTML
    wrong: dict[str, object] = {}
    for number, name in enumerate(NAMES):
        file = SimpleUploadedFile("x.jpg", data)
        file._name = name  # type: ignore[attr-defined]  # Django's own setter would clean it before it is sent
        answer = send(file, f"key-{number}")
        picture = Picture.objects.get()
        served = own.get(f"/dossiers/{dossier.pk}/pictures/{picture.pk}/")
        kept, row = list(stored()), str(Picture.objects.values().get())
        holds = {
            "accepted": answer.status_code < 400,
            "header": served.headers["Content-Disposition"] == 'inline; filename="M99-1.jpg"'
            and "X-Evil" not in {**served.headers, **answer.headers},
            "files": {path.name for path, _data in kept} == {picture.object_key, picture.thumbnail_key},
            "row": name.strip() == "" or name not in row,
            "bytes": all(hidden not in content for _path, content in kept for hidden in HIDDEN),
        }
        if not all(holds.values()):
            wrong[name] = holds
        clear(dossier)
    assert wrong == {}
