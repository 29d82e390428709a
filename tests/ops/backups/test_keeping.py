"""A folder of backups: what is copied once, for whom, and what goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from factories import World, dossiers
from factories.backups import Place, Safe, drawn_key, key_file
from kaosheng.audit.sealing import verify
from kaosheng.casework.models import Picture
from kaosheng.ops import backup as backups
from kaosheng.ops.backup import Backup, BackupError, keep_newest, make_backup
from kaosheng.pictures.store import get_store

pytestmark = pytest.mark.django_db(transaction=True)


def test_later_backups_copy_what_is_new_and_old_ones_go(
    busy: World, safe: Safe, time_machine_at: Callable[[int], None]
) -> None:
    folder = safe.folder
    first = safe.make()
    picture = dossiers.upload(dossiers.register(busy))
    time_machine_at(1)
    second = safe.make()
    assert (first.copied, second.copied) == (first.objects, 2)
    Picture.objects.filter(pk=picture.pk).delete()
    time_machine_at(2)
    third = safe.make()
    assert (third.copied, third.objects) == (0, first.objects)

    assert keep_newest(folder, 1) == 2
    assert [backup.name for backup in backups.complete_backups(folder)] == [third.name]
    assert not backups.object_path(folder, third, picture.object_key).exists()
    assert len(list(folder.rglob("??/*.age"))) == third.objects


def test_nothing_old_is_removed_when_something_is_missing(
    busy: World, here: Place, safe: Safe, time_machine_at: Callable[[int], None]
) -> None:
    time_machine_at(-1)
    whole = safe.make()
    lost = dossiers.upload(dossiers.register(busy)).object_key
    get_store().delete(lost)
    recipients = {"BACKUP_RECIPIENTS": ",".join(safe.recipients)}
    command = Place(here.environment | recipients, here.store)

    said = command.kaosheng("backup", str(safe.folder), "--keep", "1", fails=True)

    assert f"1 objects are missing, the first {lost}; no older backup was removed" in said
    first, second = backups.complete_backups(safe.folder)
    assert (first.name, second.missing) == (whole.name, [lost])


def test_each_backup_opens_with_the_keys_of_its_day(
    busy: World,
    empty_place: Callable[[], Place],
    tmp_path: Path,
    time_machine_at: Callable[[int], None],
) -> None:
    """What was copied for one set of keys isn't taken for another's, and a file may hold several keys."""
    first, second, stranger = drawn_key(), drawn_key(), drawn_key()
    opened_by = {(first,): (first,), (second,): (stranger, second), (first, second): (second,)}
    made: dict[tuple[str, ...], Backup] = {}
    for hours, keys in enumerate(opened_by):
        time_machine_at(hours)
        made[keys] = Safe(tmp_path / "backup", key_file(tmp_path / "made for", *keys)).make()

    assert [backup.copied for backup in made.values()] == [made[first,].objects] * 3
    for keys, opening in opened_by.items():
        safe = Safe(tmp_path / "backup", key_file(tmp_path / "opened by", *opening))
        said = empty_place().kaosheng(*safe.restore, "--name", made[keys].name)
        assert (
            f"objects restored {made[keys].objects}, missing 0, lost 0, differing from their rows 0" in said
        )
    other_order = Safe(tmp_path / "backup", key_file(tmp_path / "made for", second, first))
    time_machine_at(len(made))
    assert other_order.make().copied == 0

    assert keep_newest(tmp_path / "backup", 1) == 3
    assert len(list((tmp_path / "backup").rglob("*.age"))) == made[first,].objects + 1  # and the database


def test_a_backup_of_before_that_noted_no_folder_of_objects_is_restored(
    busy: World, elsewhere: Place, safe: Safe
) -> None:
    made = safe.make()
    (safe.folder / made.objects_in).rename(safe.folder / "objects")
    complete = safe.folder / made.name / "complete.json"
    said = json.loads(complete.read_text())
    del said["objects_in"]
    complete.write_text(json.dumps(said))

    assert "missing 0, lost 0, differing from their rows 0" in elsewhere.kaosheng(*safe.restore)


def test_nothing_readable_lies_in_a_backup(busy: World, safe: Safe) -> None:
    safe.make()
    name = Picture.objects.select_related("dossier__registration").all()[0].dossier.registration.number
    for path in safe.folder.rglob("*.age"):
        content = path.read_bytes()
        assert content.startswith(b"age-encryption.org/v1")
        assert name.encode() not in content


def test_nobody_to_read_it_makes_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="BACKUP_RECIPIENTS is empty"):
        make_backup(tmp_path / "backup", [])
    with pytest.raises(BackupError, match="isn't a public key of age"):
        make_backup(tmp_path / "backup", ["age1nonsense"])
    assert not (tmp_path / "backup").exists()
    assert verify().broken_seal is None
