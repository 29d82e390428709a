"""A backup taken while people work and jobs delete is whole, and neither takes the other's objects."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from factories import World, dossiers
from factories.backups import Place, Safe
from kaosheng.casework.jobs.objects import delete_objects, sweep_store
from kaosheng.casework.models import Picture
from kaosheng.casework.queries.objects import backup_lock, may_delete_objects, object_lock
from kaosheng.casework.services.pictures import delete_picture
from kaosheng.ops import backup as backups
from kaosheng.ops.backup import BackupError, keep_newest
from kaosheng.pictures.store import LocalStore, get_store

pytestmark = pytest.mark.django_db(transaction=True)


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
