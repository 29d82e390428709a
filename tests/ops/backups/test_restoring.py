"""A backup restored into an empty place of another server is the same; what it lost is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from factories import World
from factories.backups import Place, Safe, drawn_key, key_file
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Picture
from kaosheng.ops import backup as backups
from kaosheng.ops.backup import BackupError
from kaosheng.ops.restoring import restore
from kaosheng.pictures.store import LocalStore, get_store

pytestmark = pytest.mark.django_db(transaction=True)

GO_ON = """
import time
from kaosheng.audit.models import AuditEvent, AuditSeal
from kaosheng.audit.sealing import seal_settled, verify
while seal_settled() or not AuditSeal.objects.exists():
    time.sleep(0.05)
found = verify()
print(found.broken_seal, found.unsealed, found.sealed == AuditEvent.objects.count())
"""


def test_restored_elsewhere_everything_is_the_same(
    busy: World, here: Place, elsewhere: Place, safe: Safe
) -> None:
    made = safe.make()
    before = here.fingerprint()

    said = elsewhere.kaosheng(*safe.restore)

    assert f"objects restored {made.objects}, missing 0, lost 0, differing from their rows 0" in said
    assert "whole, its last seal is the backup's\ninvariants broken 0" in said
    after = elsewhere.fingerprint()
    events = after.pop("audit.AuditEvent")
    assert events[0] == before.pop("audit.AuditEvent")[0] + 1  # the restore itself
    assert after == before
    contents = {entry.key: get_store().read(entry.key) for entry in get_store().objects()}
    copy = LocalStore(elsewhere.store)
    assert {entry.key: copy.read(entry.key) for entry in copy.objects()} == contents
    assert len(contents) == made.objects > 20


def test_the_trail_goes_on_after_a_restore(busy: World, elsewhere: Place, safe: Safe) -> None:
    """The other server counts transactions from the beginning, far below those sealed here."""
    safe.make()
    said = elsewhere.kaosheng(*safe.restore)

    assert int(said.split("added to transaction numbers ")[1].split()[0]) > 0
    assert elsewhere.kaosheng("shell", "--no-imports", "-c", GO_ON).split() == ["None", "0", "True"]
    assert "added to transaction numbers" in elsewhere.kaosheng("audit", "continue")


def test_a_harmed_backup_is_refused_before_anything_is_written(busy: World, safe: Safe) -> None:
    folder, key = safe.folder, safe.identity.read_text()
    made = safe.make()
    with pytest.raises(BackupError, match="the database isn't empty"):
        restore(folder, key)
    assert AuditEvent.objects.filter(name="system:restored").count() == 0
    with pytest.raises(BackupError, match="holds no complete backup 20200101"):
        restore(folder, key, name="20200101T000000Z")
    (folder / made.name / "database.age").write_bytes(b"age-encryption.org/v1\n")
    with pytest.raises(BackupError, match="was changed since it was written"):
        restore(folder, key)
    (folder / made.name / "complete.json").unlink()
    with pytest.raises(BackupError, match="holds no complete backup"):
        restore(folder, key)


def test_a_wrong_key_and_a_full_store_are_refused(busy: World, elsewhere: Place, safe: Safe) -> None:
    safe.make()
    right = safe.identity.read_text()
    safe.identity.write_text(drawn_key())
    assert "database.age can't be decrypted" in elsewhere.kaosheng(*safe.restore, fails=True)
    safe.identity.write_text(right)
    (there,) = LocalStore(elsewhere.store).put(b"somebody's")
    assert "the picture store isn't empty" in elsewhere.kaosheng(*safe.restore, fails=True)
    LocalStore(elsewhere.store).delete(there)


def test_what_a_backup_lost_is_named_and_everything_else_comes_back(
    busy: World, elsewhere: Place, safe: Safe
) -> None:
    made = safe.make()
    picture = Picture.objects.all()[0]
    gone = picture.object_key
    changed, cut, empty, *sound = (key for key in backups.keys_of(safe.folder, made) if key != gone)
    path_of = {key: backups.object_path(safe.folder, made, key) for key in (gone, changed, cut, empty)}
    content = bytearray(path_of[changed].read_bytes())
    content[-20] ^= 1
    path_of[changed].write_bytes(content)
    path_of[cut].write_bytes(path_of[cut].read_bytes()[:300])
    path_of[empty].write_bytes(b"")
    path_of[gone].unlink()

    said = elsewhere.kaosheng(*safe.restore, fails=True)

    assert f"objects restored {len(sound)}, missing 0, lost 4, differing from their rows 0" in said
    named = {line.split()[1].rstrip(":"): line for line in said.splitlines() if line.startswith("LOST ")}
    assert set(named) == {gone, changed, cut, empty}
    assert named[gone] == f"LOST {gone}: {picture.pk}"
    assert "what was restored isn't whole: all is there but what is named above" in said
    copy = LocalStore(elsewhere.store)
    assert {entry.key: copy.read(entry.key) for entry in copy.objects()} == {
        key: get_store().read(key) for key in sound
    }


def test_a_picture_that_rotted_before_the_backup_is_named(
    busy: World, elsewhere: Place, safe: Safe, settings: Any
) -> None:
    picture = Picture.objects.all()[0]
    path = settings.STORE_ROOT / picture.object_key[:2] / picture.object_key
    path.write_bytes(b"rot" + path.read_bytes()[3:])
    safe.make()
    said = elsewhere.kaosheng(*safe.restore, fails=True)
    assert f"DIFFERING {picture.pk}" in said
    assert "what was restored isn't whole" in said


def test_single_objects_are_put_back_as_they_were_accepted(
    busy: World, here: Place, safe: Safe, time_machine_at: Callable[[int], None]
) -> None:
    """Of a picture that had rotted before a later set of keys copied it anew, the earlier copy is taken."""
    picture, other = Picture.objects.all()[:2]
    accepted, thumbnail = get_store().read(picture.object_key), get_store().read(other.thumbnail_key)
    time_machine_at(-1)
    first = safe.make()
    get_store().delete(other.thumbnail_key)
    path = here.store / picture.object_key[:2] / picture.object_key
    path.write_bytes(b"rot" + accepted[3:])
    time_machine_at(0)
    key_file(safe.identity, *safe.identity.read_text().splitlines()[1:], drawn_key())
    safe.make()

    said = here.kaosheng(
        *safe.restore, "--object", picture.object_key, other.thumbnail_key, "0" * 32, fails=True
    )

    for key in (picture.object_key, other.thumbnail_key):
        assert f"PUT BACK {key} from {first.name}" in said
    assert f"{'0' * 32} isn't put back: no row names it" in said
    assert get_store().read(picture.object_key) == accepted
    assert get_store().read(other.thumbnail_key) == thumbnail

    backups.object_path(safe.folder, first, picture.object_key).unlink()
    path.write_bytes(b"rot")
    said = here.kaosheng(*safe.restore, "--object", picture.object_key, fails=True)
    assert (
        f"{picture.object_key} isn't put back: no backup in {safe.folder} has it as it was accepted" in said
    )
    assert path.read_bytes() == b"rot"
