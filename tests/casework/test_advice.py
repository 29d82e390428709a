from __future__ import annotations

import io
import subprocess
import sys
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from factories import World, dossiers, pictures
from factories.assistant import advice, inspector, look_at_everything, upload_paper
from factories.people import Cast
from factories.refusals import refused
from inspection.pages import NAME, NUMBER, REGISTRATION, as_png
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Dossier, Picture, PictureAdvice
from kaosheng.casework.queries.advice import advice_on
from kaosheng.casework.services import advice_queue
from kaosheng.casework.services.advice_queue import ask_again, take_next
from kaosheng.casework.services.advising import confirm_advice, turn_picture
from kaosheng.casework.services.inspecting import work_on
from kaosheng.casework.services.pictures import add_picture, delete_picture
from kaosheng.domain.advice import Advice
from kaosheng.domain.places import Slot
from kaosheng.domain.states import State
from kaosheng.ops.drawings.documents import draw
from kaosheng.pictures.limits import MAX_BYTES

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(here: World) -> Dossier:
    return dossiers.register(here, name=NAME, id_number=NUMBER)


def test_a_good_picture_gets_no_advice_and_its_fields_are_found(dossier: Dossier) -> None:
    picture = upload_paper(dossier, "M01", 1)
    look_at_everything()
    row = advice(picture)
    assert (row.stage, row.codes, row.paper, row.paper_fits) == ("done", [], "id_front", True)
    assert (row.name, row.id_number) == ("match", "match")
    assert row.number_box is not None
    left, top, width, height = row.number_box
    # The number stands in the lower half of the card, wider than high.
    assert 0 < left < left + width <= 1
    assert 0.5 < top < top + height <= 1
    assert width > 4 * height


def test_a_sideways_picture_is_turned_through_the_upload_path(dossier: Dossier) -> None:
    sideways = upload_paper(dossier, "M01", 2, orientation=6)
    look_at_everything()
    assert advice(sideways).codes == ["turned"]
    upright = turn_picture(dossier_id=dossier.pk, picture=sideways, actor=dossiers.owner(dossier))
    assert [(p.pk, p.kind, p.position) for p in dossier.pictures.all()] == [(upright.pk, "M01", 2)]
    assert (upright.width, upright.height) == (sideways.height, sideways.width)
    assert upright.bytes <= MAX_BYTES
    look_at_everything()
    row = advice(upright)
    assert (row.codes, row.direction, row.name) == ([], "upright", "match")
    names = set(AuditEvent.objects.values_list("name", flat=True))
    assert {"picture:added", "picture:turned"} <= names


@pytest.mark.parametrize(
    ("orientation", "code"), [(2, "mirrored"), (3, "turned"), (5, "mirrored"), (8, "turned")]
)
def test_every_way_to_lie_is_put_upright(dossier: Dossier, orientation: int, code: str) -> None:
    picture = upload_paper(dossier, "M01", orientation=orientation)
    look_at_everything()
    assert advice(picture).codes == [code]
    upright = turn_picture(dossier_id=dossier.pk, picture=picture, actor=dossiers.owner(dossier))
    look_at_everything()
    assert (advice(upright).direction, advice(upright).name) == ("upright", "match")


def test_the_same_turn_asked_twice_turns_once(dossier: Dossier) -> None:
    sideways = upload_paper(dossier, "M01", 1, orientation=6)
    look_at_everything()
    turn_picture(dossier_id=dossier.pk, picture=sideways, actor=dossiers.owner(dossier))
    with refused("advice_outdated"):
        turn_picture(dossier_id=dossier.pk, picture=sideways, actor=dossiers.owner(dossier))
    assert dossier.pictures.count() == 1


def test_nothing_is_turned_that_nothing_advises_to_turn(dossier: Dossier) -> None:
    picture = upload_paper(dossier, "M01", 1)
    look_at_everything()
    with refused("advice_outdated"):
        turn_picture(dossier_id=dossier.pk, picture=picture, actor=dossiers.owner(dossier))


def test_a_locked_picture_is_neither_turned_nor_confirmed(here: World, dossier: Dossier) -> None:
    sideways = upload_paper(dossier, "M01", 1, orientation=6)
    look_at_everything()
    dossiers.fill(dossier)
    dossiers.submit(dossier)
    with refused("dossier_locked"):
        turn_picture(dossier_id=dossier.pk, picture=sideways, actor=dossiers.owner(dossier))
    with refused("dossier_locked"):
        confirm_advice(
            dossier_id=dossier.pk,
            picture_id=sideways.pk,
            codes=frozenset({"turned"}),
            actor=dossiers.owner(dossier),
        )
    assert Picture.objects.filter(pk=sideways.pk, hidden_at=None).exists()


def test_a_turned_picture_that_was_submitted_stays_as_history(
    here: World, house: Cast, dossier: Dossier
) -> None:
    sideways = upload_paper(dossier, "M01", 1, orientation=6)
    look_at_everything()
    dossiers.fill(dossier)
    dossiers.submit(dossier)
    dossiers.take(dossier, house.chen)
    dossiers.accept_all(dossier, house.chen)
    dossiers.return_(dossier, house.chen, dossiers.replace_note("M01", 1))
    turn_picture(dossier_id=dossier.pk, picture=sideways, actor=dossiers.owner(dossier))
    sideways.refresh_from_db()
    assert sideways.hidden_at is not None
    assert dossiers.again(dossier).state == State.RETURNED


def test_the_name_of_somebody_else_is_missed_but_never_on_a_teachers_paper(here: World) -> None:
    other = dossiers.register(here, name="李海涛", id_number="139999199001010016")
    card = upload_paper(other, "M01", 1)
    look_at_everything()
    row = advice(card)
    assert (row.codes, row.name, row.name_box, row.id_number) == (
        ["name_not_found"],
        "not_found",
        None,
        "unclear",
    )


def test_another_paper_than_the_kind_takes(dossier: Dossier) -> None:
    picture = upload_paper(dossier, "M01", 1, shows=("M03", 1))
    look_at_everything()
    assert (advice(picture).paper, advice(picture).codes) == ("diploma", ["other_paper"])


def test_what_was_read_is_not_kept(here: World, dossier: Dossier, capsys: pytest.CaptureFixture[str]) -> None:
    upload_paper(dossier, "M01", 1)
    other = dossiers.register(here, name="李海涛", id_number="139999199001010016")
    upload_paper(other, "M01", 1)
    look_at_everything()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(a::text, ' ') FROM casework_pictureadvice a")
        (kept,) = cursor.fetchone()
    spoken = capsys.readouterr()
    for text in (NAME, NUMBER, "李海涛", "139999199001010016", "公民身份"):
        assert text not in kept + spoken.out + spoken.err


def test_confirmed_is_what_was_shown(dossier: Dossier) -> None:
    picture = upload_paper(dossier, "M01", 1, orientation=6)
    look_at_everything()
    confirm_advice(
        dossier_id=dossier.pk,
        picture_id=picture.pk,
        codes=frozenset({"turned"}),
        actor=dossiers.owner(dossier),
    )
    (advised,) = advice_on([picture], now=timezone.now()).values()
    assert (advised.open, advised.confirmed) == ((), (Advice.TURNED,))
    PictureAdvice.objects.update(codes=["turned", "name_not_found"])
    (advised,) = advice_on([picture], now=timezone.now()).values()
    assert (advised.open, advised.confirmed) == ((Advice.NAME_NOT_FOUND,), (Advice.TURNED,))
    assert AuditEvent.objects.filter(name="advice:confirmed").count() == 1


# --- the same picture twice ------------------------------------------------------------------------------------------
def test_the_same_bytes_are_told(dossier: Dossier) -> None:
    first, again = upload_paper(dossier, "M01", 1), upload_paper(dossier, "M01", 2)
    advised = advice_on([again, first], now=timezone.now())
    assert advised[first.pk].same_as is None
    assert (advised[again.pk].same_as, advised[again.pk].codes) == (Slot("M01", 1), (Advice.SAME_PICTURE,))


def test_the_same_pixels_in_other_bytes_are_told(dossier: Dossier) -> None:
    first = dossiers.upload(dossier, "M01", 1, seed=4)
    other = dossiers.upload(dossier, "M01", 2, seed=5)
    again = upload_bytes(dossier, as_png(pictures.jpeg(4)))
    look_at_everything()
    advised = advice_on([first, other, again], now=timezone.now())
    assert first.stored_digest != again.stored_digest
    assert [entry.same_as for entry in advised.values()].count(Slot("M01", 1)) == 1
    assert advised[again.pk].same_as == Slot("M01", 1)


def test_the_same_form_of_two_people_is_not_the_same_picture(dossier: Dossier) -> None:
    """A perceptual hash would take one for the other: so it never speaks."""
    forms = [
        draw("M09", 1, {**REGISTRATION, "name": name, "id_number": number}, 77)
        for name, number in ((NAME, NUMBER), ("李海涛", "139999199403070013"))
    ]
    assert sum(a != b for a, b in zip(*map(perceptual_hash, forms), strict=True)) <= 2
    placed = [upload_bytes(dossier, data, key=str(number)) for number, data in enumerate(forms)]
    look_at_everything()
    advised = advice_on(placed, now=timezone.now())
    assert [entry.same_as for entry in advised.values()] == [None, None]
    assert {code for entry in advised.values() for code in entry.codes}.isdisjoint({Advice.SAME_PICTURE})


def perceptual_hash(data: bytes) -> list[bool]:
    """64 bits: whether each of 8 x 9 averaged greys is darker than its right neighbour."""
    grey = np.asarray(
        Image.open(io.BytesIO(data)).convert("L").resize((9, 8), Image.Resampling.BOX), dtype=int
    )
    return list((grey[:, :-1] < grey[:, 1:]).ravel())


def upload_bytes(dossier: Dossier, data: bytes, *, key: str = "again") -> Picture:
    return add_picture(
        dossier_id=dossier.pk,
        actor=dossiers.owner(dossier),
        kind="M99",
        position=None,
        data=data,
        idempotency_key=key,
    )


# --- the queue -------------------------------------------------------------------------------------------------------
def test_quick_looks_come_before_readings_and_the_oldest_first(dossier: Dossier) -> None:
    first, second = upload_paper(dossier, "M01", 1), upload_paper(dossier, "M01", 2, shows=("M01", 2))
    order = []
    while (row := take_next(now=timezone.now())) is not None:
        order.append((row.picture_id, row.stage))
        work_on(row, inspector())
    assert order == [
        (first.pk, "waiting"),
        (second.pk, "waiting"),
        (first.pk, "looked"),
        (second.pk, "looked"),
    ]


def test_what_is_a_minute_behind_is_put_off_and_the_page_stops_waiting(dossier: Dossier) -> None:
    late, fresh = upload_paper(dossier, "M01", 1), upload_paper(dossier, "M01", 2, shows=("M01", 2))
    PictureAdvice.objects.filter(picture=late).update(queued_at=timezone.now() - timedelta(seconds=61))
    row = take_next(now=timezone.now())
    assert row is not None
    assert row.picture_id == fresh.pk
    advised = advice_on([late, fresh], now=timezone.now())
    assert (advised[late.pk].pending, advised[fresh.pk].pending) == (False, True)
    dossiers.upload(dossier, "M99")  # an upload is never put off


def test_readings_fall_behind_before_quick_looks(dossier: Dossier) -> None:
    """Under load only looks are done; the readings they leave behind are the first to be a minute old."""
    first, second = upload_paper(dossier, "M01", 1), upload_paper(dossier, "M01", 2, shows=("M01", 2))
    row = take_next(now=timezone.now())
    assert row is not None
    work_on(row, inspector())
    row = take_next(now=timezone.now())
    assert row is not None
    assert (row.picture_id, row.stage) == (second.pk, "waiting")
    assert advice(first).stage == "looked"


def test_a_row_that_ended_its_worker_twice_is_given_up(dossier: Dossier) -> None:
    picture = upload_paper(dossier, "M01", 1)
    now = timezone.now()
    assert take_next(now=now) is not None
    assert take_next(now=now) is None  # in another worker's hands
    assert take_next(now=now + timedelta(seconds=16)) is not None
    assert take_next(now=now + timedelta(seconds=32)) is None
    assert advice(picture).stage == "failed"


def test_a_picture_deleted_meanwhile_takes_its_advice_along(dossier: Dossier) -> None:
    picture = upload_paper(dossier, "M01", 1)
    row = take_next(now=timezone.now())
    assert row is not None
    delete_picture(dossier_id=dossier.pk, picture_id=picture.pk, actor=dossiers.owner(dossier))
    assert PictureAdvice.objects.count() == 0


def test_a_new_model_version_looks_again_and_keeps_what_was_confirmed(
    dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = upload_paper(dossier, "M01", 1, orientation=6)
    look_at_everything()
    confirm_advice(
        dossier_id=dossier.pk,
        picture_id=picture.pk,
        codes=frozenset({"turned"}),
        actor=dossiers.owner(dossier),
    )
    assert ask_again(now=timezone.now()) == 0
    monkeypatch.setattr(advice_queue, "MODEL_VERSION", "next")
    assert ask_again(now=timezone.now()) == 1
    assert ask_again(now=timezone.now()) == 0
    (advised,) = advice_on([picture], now=timezone.now()).values()
    assert (advised.row.model_version, advised.pending) == ("ppocrv6-2", False)
    look_at_everything()
    (advised,) = advice_on([picture], now=timezone.now()).values()
    assert (advised.row.model_version, advised.open, advised.confirmed) == ("next", (), (Advice.TURNED,))


# --- without it ------------------------------------------------------------------------------------------------------
def test_switched_off_nothing_is_queued(dossier: Dossier, settings: Settings) -> None:
    settings.PICTURE_ASSISTANT = False
    upload_paper(dossier, "M01", 1)
    assert PictureAdvice.objects.count() == 0


def test_without_the_extra_the_whole_service_loads() -> None:
    program = """
import importlib, pkgutil, sys
for name in ("onnxruntime", "cv2"):
    sys.modules[name] = None
import django
django.setup()
import kaosheng
optional = {"kaosheng.casework.services.inspecting"}
for module in pkgutil.walk_packages(kaosheng.__path__, "kaosheng."):
    if not module.name.startswith(("kaosheng.inspection.", "kaosheng.settings.", "kaosheng.__main__")) and module.name not in optional:
        importlib.import_module(module.name)
from django.conf import settings
print(settings.PICTURE_ASSISTANT)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr[-500:]) == (0, "")
    assert done.stdout.strip() == "False"


def test_what_was_noticed_moves_a_dossier_forward_before_and_after_its_submission(here: World) -> None:
    early, late = (dossiers.fill(dossiers.register(here)) for _ in range(2))
    dossiers.submit(late)
    late.refresh_from_db()
    line, unseen = late.line, late.priority
    look_at_everything()
    dossiers.submit(early)
    for dossier in (early, late):
        dossier.refresh_from_db()
        noticed = sum(
            bool(one.codes) for one in advice_on(dossier.pictures.all(), now=timezone.now()).values()
        )
        assert 0 < noticed < 10
        assert (dossier.line, dossier.priority) == (line, unseen - noticed)
