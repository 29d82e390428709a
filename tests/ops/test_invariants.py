"""The invariants hold over what the services make, and each notices the damage it is there for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from factories import dossiers, world
from factories.people import cast
from kaosheng.casework.models import Picture
from kaosheng.domain.states import State, Verdict
from kaosheng.ops.invariants import violations
from kaosheng.pictures.store import LocalStore, StoredObject, get_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def _every_state() -> None:
    here = world()
    house = cast(here)
    dossiers.brought_to(here, "released", cast=house)
    for state in State:
        if state is not State.LAPSED:
            dossiers.brought_to(here, state, cast=house)
    dossiers.brought_to(here, State.DECIDED, cast=house, verdict=Verdict.FAIL)
    dossiers.propose(dossiers.brought_to(here, State.AT_AREA, cast=house), house.gao)
    answered = dossiers.brought_to(here, State.RETURNED, cast=house)
    dossiers.replace(answered)
    dossiers.submit(answered)
    dossiers.upload(dossiers.register(here))
    held = dossiers.take(dossiers.brought_to(here, State.AT_SITE, cast=house), house.chen)
    dossiers.accept_all(held, house.chen)
    dossiers.change_registration(
        dossiers.brought_to(here, State.DECIDED, cast=house), here, education="college"
    )
    dossiers.lapse(dossiers.register(here))


DAMAGE = {
    "steps_without_gaps": "UPDATE casework_dossier SET revision = revision + 1 WHERE state = 'at_site'",
    "state_is_last_step": "UPDATE casework_dossier SET state = 'at_area' WHERE state = 'at_site'",
    "untouched_is_draft": "UPDATE casework_dossier SET state = 'lapsed' WHERE state = 'draft'",
    "waits_in_its_line": "UPDATE casework_dossier SET line = 'second' WHERE state = 'at_area'",
    "step_has_audit": "DELETE FROM audit_auditevent WHERE name = 'dossier:step'",
    "in_review_was_submitted": "DELETE FROM casework_submission",
    "draft_was_never_submitted": "UPDATE casework_dossier SET state = 'lapsed' WHERE state = 'at_site'",
    "submissions_counted": "UPDATE casework_submission SET ordinal = ordinal + 7",
    "submission_lines_counted": "UPDATE casework_submittedpicture SET line = line + 70",
    "submitted_digest_is_stored": "UPDATE casework_picture SET stored_digest = 'sha256:0'",
    "locked_is_as_submitted": "DELETE FROM casework_submittedpicture",
    "draft_hides_nothing": "UPDATE casework_picture SET hidden_at = now() WHERE dossier_id IN "
    "(SELECT id FROM casework_dossier WHERE state = 'draft')",
    "lease_is_for_review": "UPDATE casework_dossier SET state = 'draft' WHERE id IN (SELECT dossier_id FROM casework_lease)",
    "draft_marks_in_review": "UPDATE casework_dossier SET state = 'returned' WHERE state = 'at_site'",
    "proposal_is_at_area": "UPDATE casework_dossier SET state = 'at_site' WHERE state = 'at_area'",
    "decided_has_decision": "UPDATE casework_decision SET voided_at = now()",
    "decision_is_of_decided": "UPDATE casework_dossier SET state = 'at_area', release_id = NULL WHERE state = 'decided'",
    "returned_asks": "UPDATE casework_dossier SET deadline = NULL WHERE state = 'returned'",
    "asked_has_mark": "UPDATE casework_mark SET sent = false",
    "same_place_as_registration": "UPDATE casework_dossier SET site_id = (SELECT id FROM regions_examsite WHERE code = '1302')",
    "cancelled_is_withdrawn": "UPDATE registration_registration SET is_cancelled = false",
    "registration_is_newest_version": "UPDATE registration_registration SET source_version = 99",
    "flag_waits_unattached": "UPDATE casework_release SET published_at = NULL; "
    "UPDATE casework_dossier SET changed_since = 1 WHERE release_id IS NOT NULL",
    "status_serials_counted": "UPDATE casework_statuspush SET serial = serial + 70",
    "no_status_repeated": "UPDATE casework_statuspush SET status = 'x', text_zh = 'x'",
    "notice_life_has_times": "UPDATE notices_notice SET state = 'accepted', accepted_at = NULL",
    "unreached_is_unreached": "UPDATE notices_notice SET state = 'failed', failed_at = now(), last_error = 'x'",
    "roles_are_separate": "INSERT INTO accounts_grant (user_id, role) SELECT user_id, 'system_admin' FROM accounts_grant "
    "WHERE role = 'auditor'",
    "audit_chain": "INSERT INTO audit_auditseal (sealed_at, event_ids, settled_below, digest_before, digest) "
    "VALUES (now(), '[]', 0, '', 'sha256:0')",
}


@pytest.mark.usefixtures("_every_state")
def test_the_services_keep_every_invariant() -> None:
    assert violations() == []


@pytest.mark.usefixtures("_every_state")
def test_every_invariant_notices_its_damage() -> None:
    from kaosheng.ops.invariants import CHECKS, INVARIANTS

    names = {invariant.name for invariant in INVARIANTS} | {name for name, _sentence, _check in CHECKS}
    assert names == {*DAMAGE, "bytes_of_every_row"}
    unnoticed = [name for name, statement in DAMAGE.items() if name not in _broken_after(statement)]
    assert unnoticed == []


def _broken_after(statement: str) -> set[str]:
    """The names broken by one statement, which is taken back afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; SAVEPOINT damage; SET LOCAL session_replication_role = replica"
        )
        cursor.execute(statement)
        broken = {violation.name for violation in violations()}
        cursor.execute("ROLLBACK TO SAVEPOINT damage")
    return broken


@pytest.mark.usefixtures("_every_state")
def test_a_row_without_bytes_is_noticed() -> None:
    picture = Picture.objects.first()
    assert picture is not None
    get_store().delete(picture.thumbnail_key)
    (found,) = violations()
    assert (found.name, found.offenders) == ("bytes_of_every_row", (str(picture.pk),))


def test_a_sample_without_its_picture_is_noticed() -> None:
    kind = world().intake.catalogue_versions.get().kinds.get(code="M01")
    kind.sample = get_store().put(b"x")[0]
    kind.save()
    assert violations() == []
    get_store().delete(kind.sample)
    (found,) = violations()
    assert (found.name, found.offenders) == ("bytes_of_every_row", (f"M01 in {kind.version}",))


@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_lands_while_the_store_is_looked_over_is_whole(
    monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    dossier = dossiers.register(world())
    dossiers.upload(dossier)

    def upload_and_delete() -> None:
        (old,) = dossier.pictures.all()
        dossiers.upload(dossier, "M03")
        old.delete()
        get_store().delete(old.object_key, old.thumbnail_key)

    def objects(store: LocalStore) -> Iterator[StoredObject]:
        if moment == "before":
            upload_and_delete()
        yield from list(of_the_store(store))
        if moment == "after":
            upload_and_delete()

    of_the_store = LocalStore.objects
    monkeypatch.setattr(LocalStore, "objects", objects)
    assert violations() == []
    assert dossier.pictures.get().kind == "M03"
