"""The trail leaves the house as a file only for a reason, and the export becomes part of it."""

from __future__ import annotations

import csv
import io

import pytest

from factories import clients, dossiers
from factories.people import Cast
from factories.world import World
from kaosheng.audit.models import AuditEvent
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record
from kaosheng.domain.states import State

pytestmark = pytest.mark.django_db

ADDRESS = "/office/audit/export/"


def test_an_export_holds_what_was_searched_and_is_an_event_with_its_reason(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_AREA, cast=cast)
    dossiers.brought_to(here, State.AT_SITE, cast=cast)
    answer = clients.of_staff(cast.auditor).post(
        ADDRESS, {"about": dossier.registration.number, "reason": "样本：年度检查"}
    )
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert lines[0][:3] == ["id", "at", "name"]
    of_this = {
        ("dossier", str(dossier.pk)),
        ("registration", dossier.registration.number),
        ("candidate", str(dossier.registration.candidate_id)),
    }
    assert ("dossier", str(dossier.pk)) in {(line[5], line[6]) for line in lines[1:]} <= of_this
    event = AuditEvent.objects.get(name=AuditName.AUDIT_EXPORTED)
    assert event.details == {
        "searched": {"about": dossier.registration.number}, "reason": "样本：年度检查", "count": len(lines) - 1,
    }  # fmt: skip


def test_without_a_reason_nothing_leaves(cast: Cast) -> None:
    assert clients.of_staff(cast.auditor).post(ADDRESS, {"reason": "  "}).status_code == 400
    assert not AuditEvent.objects.filter(name=AuditName.AUDIT_EXPORTED).exists()


def test_no_cell_is_a_formula(cast: Cast) -> None:
    record(AuditName.AUDIT_SEARCHED, by=By("staff", "=1+1"), about=("audit", "@x"))
    answer = clients.of_staff(cast.auditor).post(ADDRESS, {"actor": "=1+1", "reason": "样本"})
    text = b"".join(answer).decode()
    assert "'=1+1" in text
    assert ",'@x," in text


def test_a_candidates_own_events_are_found_by_his_registration_number(here: World, cast: Cast) -> None:
    dossier = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    other = dossiers.brought_to(here, State.AT_SITE, cast=cast)
    found = clients.of_staff(cast.auditor).get("/office/audit/", {"actor": dossier.registration.number})
    actors = {row["event"].actor for row in found.context["rows"]}
    assert actors == {str(dossier.registration.candidate_id)}
    assert str(other.registration.candidate_id) not in actors
