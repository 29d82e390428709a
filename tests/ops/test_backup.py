"""A backup taken while people work, restored into an empty place of another server, is the same."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from factories import World, dossiers, world
from factories.people import cast
from kaosheng.audit.models import AuditEvent
from kaosheng.audit.sealing import seal_settled, verify
from kaosheng.casework.jobs.objects import delete_objects, sweep_store
from kaosheng.casework.models import Picture
from kaosheng.casework.queries.objects import backup_lock, may_delete_objects, object_lock
from kaosheng.casework.services.pictures import delete_picture
from kaosheng.domain.states import State
from kaosheng.ops import backup as backups
from kaosheng.ops.backup import Backup, BackupError, keep_newest, make_backup
from kaosheng.ops.embedded_postgres import TEST_SETTINGS, Cluster
from kaosheng.ops.restoring import restore
from kaosheng.pictures.store import LocalStore, get_store

pytestmark = pytest.mark.django_db(transaction=True)

FINGERPRINT = """
import hashlib, json
from django.apps import apps
from django.core import serializers
tables = {}
for model in apps.get_models(include_auto_created=True):
    rows = sorted(serializers.serialize("jsonl", model.objects.all()).splitlines())
    tables[model._meta.label] = (len(rows), hashlib.sha256("\\n".join(rows).encode()).hexdigest())
print(json.dumps(tables))
"""
GO_ON = """
import time
from kaosheng.audit.models import AuditEvent, AuditSeal
from kaosheng.audit.sealing import seal_settled, verify
while seal_settled() or not AuditSeal.objects.exists():
    time.sleep(0.05)
found = verify()
print(found.broken_seal, found.unsealed, found.sealed == AuditEvent.objects.count())
"""


@dataclass(frozen=True)
class Place:
    """An empty database and an empty store."""

    environment: dict[str, str]
    store: Path

    def kaosheng(self, *arguments: str, fails: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "kaosheng", *arguments],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr if fails else done.stdout

    def fingerprint(self) -> Any:
        return json.loads(self.kaosheng("shell", "--no-imports", "-c", FINGERPRINT).splitlines()[-1])


@pytest.fixture(scope="module")
def other_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(var=tmp_path_factory.mktemp("other") / "var", name="other", settings=TEST_SETTINGS)
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(cluster.place, ignore_errors=True)


@pytest.fixture
def empty_place(other_server: Cluster, tmp_path: Path) -> Callable[[], Place]:
    """Each call is another one on the other server."""
    numbers = itertools.count()

    def place() -> Place:
        number = next(numbers)
        name = f"restored_{number}_{tmp_path.name}".lower().replace("-", "_")[:60]
        other_server.create_databases(name)
        store = tmp_path / f"empty_{number}"
        return Place({"DATABASE_URL": other_server.url(name), "STORE_ROOT": str(store)}, store)

    return place


@pytest.fixture
def elsewhere(empty_place: Callable[[], Place]) -> Place:
    return empty_place()


@pytest.fixture
def here(settings: Any) -> Place:
    """The database and the store of this test, for commands."""
    name = connection.settings_dict["NAME"]
    return Place(
        {"DATABASE_URL": settings.TEST_CLUSTER.url(name), "STORE_ROOT": str(settings.STORE_ROOT)},
        settings.STORE_ROOT,
    )


@dataclass(frozen=True)
class Safe:
    """A folder of backups and the keys it is for."""

    folder: Path
    identity: Path

    @property
    def recipients(self) -> list[str]:
        """The public halves of all keys in the file."""
        lines = self.identity.read_text().splitlines()
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if not line.startswith("#")]
        return [str(key.to_public()) for key in keys]

    @property
    def restore(self) -> tuple[str, ...]:
        """The command that restores its newest backup."""
        return "restore", str(self.folder), "--identity", str(self.identity)

    def make(self) -> Backup:
        return make_backup(self.folder, self.recipients)


@pytest.fixture
def safe(tmp_path: Path) -> Safe:
    return Safe(tmp_path / "backup", _key_file(tmp_path / "backup.key", _drawn_key()))


def _drawn_key() -> str:
    return str(pyrage.x25519.Identity.generate())


def _key_file(path: Path, *keys: str) -> Path:
    path.write_text("# a test's key\n" + "".join(f"{key}\n" for key in keys))
    return path


@pytest.fixture
def busy() -> World:
    """Dossiers in several states, and a sealed trail whose transactions no young server has reached."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DO $$ BEGIN FOR turn IN 1..30000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
        )
    place = world()
    house = cast(place)
    for state in (State.AT_SITE, State.RETURNED, State.DECIDED):
        dossiers.brought_to(place, state, cast=house)
    dossiers.brought_to(place, "released", cast=house)
    while seal_settled():
        pass
    return place


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


def test_a_backup_taken_while_people_add_and_delete_is_whole(
    busy: World,
    elsewhere: Place,
    safe: Safe,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drafts = [dossiers.register(busy) for _ in range(2)]
    standing = [dossiers.upload(draft) for draft in drafts]
    dumped = backups._dump
    dossiers_of_threads = iter(drafts)
    acts: list[str] = []

    def people_work_while_it_dumps(*args: Any) -> None:
        """The moment is taken; now rows change, jobs run, and only then dump and copy begin."""
        threads = [threading.Thread(target=_act, args=(next(dossiers_of_threads), acts)) for _ in drafts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        dumped(*args)

    monkeypatch.setattr(backups, "_dump", people_work_while_it_dumps)
    made = safe.make()

    assert acts == ["deleted and uploaded"] * 2
    assert made.missing == []
    said = elsewhere.kaosheng(*safe.restore)
    assert "missing 0, lost 0, differing from their rows 0" in said
    copy = LocalStore(elsewhere.store)
    assert [len(copy.read(picture.object_key)) for picture in standing] == [p.bytes for p in standing]


def _act(draft: Any, acts: list[str]) -> None:
    """Delete the picture, run the deletion's job, upload another."""
    try:
        picture = draft.pictures.get()
        delete_picture(dossier_id=draft.pk, picture_id=picture.pk, actor=dossiers.owner(draft))
        delete_objects.func(keys=[picture.object_key, picture.thumbnail_key])
        dossiers.upload(draft)
        acts.append("deleted and uploaded")
    finally:
        connections.close_all()


def test_a_deletion_waits_for_the_backup_and_is_done_after_it(busy: World) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    draft = dossiers.register(busy)
    picture = dossiers.upload(draft)
    keys = [picture.object_key, picture.thumbnail_key]
    Picture.objects.filter(pk=picture.pk).delete()
    with _a_backup_running():
        delete_objects.func(keys=keys)
        assert get_store().read(keys[0])
        waiting = ProcrastinateJob.objects.filter(
            task_name__endswith="delete_objects", args={"keys": keys}
        ).get()
        assert waiting.scheduled_at is not None
        assert 50 < (waiting.scheduled_at - timezone.now()).total_seconds() <= 60
    delete_objects.func(keys=keys)
    assert not [entry for entry in get_store().objects() if entry.key in keys]


def test_a_sweep_comes_again_after_the_backup(busy: World) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    with _a_backup_running():
        sweep_store.func(timestamp=0)
        sweep_store.func(timestamp=60)
        waiting = ProcrastinateJob.objects.get(task_name__endswith="sweep_store")
    assert waiting.scheduled_at is not None
    assert 50 < (waiting.scheduled_at - timezone.now()).total_seconds() <= 60
    sweep_store.func(timestamp=60)
    assert ProcrastinateJob.objects.filter(task_name__endswith="sweep_store").count() == 1


def test_nothing_is_made_or_tidied_beside_a_backup_that_runs(busy: World, safe: Safe) -> None:
    begun = safe.folder / "20270101T000000Z.unfinished"
    begun.mkdir(parents=True)
    with _a_backup_running():
        with pytest.raises(BackupError, match="another backup is running"):
            safe.make()
        with pytest.raises(BackupError, match="another backup is running"):
            keep_newest(safe.folder, 1)
    assert begun.exists()
    keep_newest(safe.folder, 1)
    assert not begun.exists()


def test_a_backup_waits_for_a_deletion_that_has_begun(busy: World, safe: Safe) -> None:
    with _objects_being_deleted() as ends:
        making = threading.Thread(target=_make_and_close, args=(safe,))
        making.start()
        _wait_until_somebody_waits()
        ends.set()
        making.join()
    (made,) = backups.complete_backups(safe.folder)
    assert made.missing == []


def test_a_backup_that_waited_in_vain_says_for_what(
    busy: World, safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "DELETING_ENDS_WITHIN", dt.timedelta(milliseconds=50))
    with (
        _objects_being_deleted(),
        pytest.raises(
            BackupError, match=r"waited 0.05 s for objects being deleted, by process \d+ of the database"
        ),
    ):
        safe.make()
    assert not safe.folder.exists()
    assert safe.make().missing == []


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


def _make_and_close(safe: Safe) -> None:
    try:
        safe.make()
    finally:
        connections.close_all()


def _wait_until_somebody_waits() -> None:
    give_up = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < give_up:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
                " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
            )
            if cursor.fetchone() == (1,):
                return
    pytest.fail("the backup doesn't wait")


@contextlib.contextmanager
def _a_backup_running() -> Iterator[None]:
    """Hold the locks a backup holds, from another connection."""

    @contextlib.contextmanager
    def locks() -> Iterator[None]:
        with backup_lock() as alone, object_lock(wait=dt.timedelta(seconds=10)):
            assert alone
            yield

    with _held_elsewhere(locks):
        yield


@contextlib.contextmanager
def _objects_being_deleted() -> Iterator[threading.Event]:
    """A deletion's transaction that stays open until it is told to end."""

    @contextlib.contextmanager
    def deletion() -> Iterator[None]:
        with transaction.atomic():
            assert may_delete_objects()
            yield

    with _held_elsewhere(deletion) as ends:
        yield ends


@contextlib.contextmanager
def _held_elsewhere(
    block: Callable[[], contextlib.AbstractContextManager[None]],
) -> Iterator[threading.Event]:
    """Stay in the block on another connection until the event is set."""
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with block():
            entered.set()
            leave.wait(20)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert entered.wait(10)
    try:
        yield leave
    finally:
        leave.set()
        holder.join()


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


def test_each_backup_opens_with_the_keys_of_its_day(
    busy: World,
    empty_place: Callable[[], Place],
    tmp_path: Path,
    time_machine_at: Callable[[int], None],
) -> None:
    """What was copied for one set of keys isn't taken for another's, and a file may hold several keys."""
    first, second, stranger = _drawn_key(), _drawn_key(), _drawn_key()
    opened_by = {(first,): (first,), (second,): (stranger, second), (first, second): (second,)}
    made: dict[tuple[str, ...], Backup] = {}
    for hours, keys in enumerate(opened_by):
        time_machine_at(hours)
        made[keys] = Safe(tmp_path / "backup", _key_file(tmp_path / "made for", *keys)).make()

    assert [backup.copied for backup in made.values()] == [made[first,].objects] * 3
    for keys, opening in opened_by.items():
        safe = Safe(tmp_path / "backup", _key_file(tmp_path / "opened by", *opening))
        said = empty_place().kaosheng(*safe.restore, "--name", made[keys].name)
        assert (
            f"objects restored {made[keys].objects}, missing 0, lost 0, differing from their rows 0" in said
        )
    other_order = Safe(tmp_path / "backup", _key_file(tmp_path / "made for", second, first))
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


@pytest.fixture
def time_machine_at() -> Iterator[Callable[[int], None]]:
    import time_machine

    started: list[Any] = []

    def later(hours: int) -> None:
        for one in started:
            one.stop()
        started[:] = [time_machine.travel(timezone.now() + dt.timedelta(hours=hours), tick=True)]
        started[0].start()

    yield later
    for one in started:
        one.stop()


def test_nothing_readable_lies_in_a_backup(busy: World, safe: Safe) -> None:
    safe.make()
    name = Picture.objects.select_related("dossier__registration").all()[0].dossier.registration.number
    for path in safe.folder.rglob("*.age"):
        content = path.read_bytes()
        assert content.startswith(b"age-encryption.org/v1")
        assert name.encode() not in content


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
    safe.identity.write_text(_drawn_key())
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
    _key_file(safe.identity, *safe.identity.read_text().splitlines()[1:], _drawn_key())
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


def test_nobody_to_read_it_makes_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="BACKUP_RECIPIENTS is empty"):
        make_backup(tmp_path / "backup", [])
    with pytest.raises(BackupError, match="isn't a public key of age"):
        make_backup(tmp_path / "backup", ["age1nonsense"])
    assert not (tmp_path / "backup").exists()
    assert verify().broken_seal is None
