"""What a search of the trail finds: everything the text may mean, and nothing of somebody who only bears the same id."""

from __future__ import annotations

from uuid import uuid4

import pytest

from factories import clients, dossiers
from factories.people import Cast
from factories.world import World
from kaosheng.accounts.models import User
from kaosheng.audit.models import AuditEvent
from kaosheng.audit.names import AuditName
from kaosheng.audit.recording import By, record

pytestmark = pytest.mark.django_db


def events(cast: Cast, **query: str) -> set[tuple[str, str, str, str]]:
    """Actor and object, each with its kind, of what is found."""
    answer = clients.of_staff(cast.auditor).get("/office/audit/", query)
    found = [row["event"] for row in answer.context["rows"]]
    return {(one.actor_kind, one.actor, one.object_kind, one.object) for one in found}


def happened(by: tuple[str, object], about: tuple[str, object]) -> None:
    record(AuditName.DOSSIER_VIEWED, by=By(by[0], str(by[1])), about=(about[0], str(about[1])))


def test_equal_ids_are_different_people(here: World, cast: Cast) -> None:
    registration = dossiers.register(here).registration
    candidate = registration.candidate_id
    happened(("candidate", cast.chen.pk), ("dossier", "x"))
    happened(("staff", cast.chen.pk), ("dossier", "x"))
    happened(("staff", candidate), ("dossier", "x"))
    by_name = events(cast, actor=cast.chen.username)
    assert {(kind, pk) for kind, pk, *_ in by_name} == {("staff", str(cast.chen.pk))}
    by_number = events(cast, actor=registration.number)
    assert {(kind, pk) for kind, pk, *_ in by_number} == {("candidate", str(candidate))}
    as_shown = events(cast, actor=f"staff {candidate}")
    assert {(kind, pk) for kind, pk, *_ in as_shown} == {("staff", str(candidate))}


def test_two_people_of_one_name_are_both_found(cast: Cast) -> None:
    User.objects.filter(pk__in=[cast.chen.pk, cast.gao.pk]).update(name="王芳")
    happened(("staff", cast.chen.pk), ("dossier", "x"))
    happened(("staff", cast.gao.pk), ("dossier", "y"))
    happened(("staff", cast.he.pk), ("dossier", "z"))
    assert {what for *_who, what in events(cast, actor="王芳")} == {"x", "y"}


def test_a_registration_number_finds_dossier_registration_and_person(here: World, cast: Cast) -> None:
    dossier, other = dossiers.register(here), dossiers.register(here)
    number, candidate = dossier.registration.number, dossier.registration.candidate_id
    objects = [("dossier", dossier.pk), ("registration", number), ("candidate", candidate)]
    for about in (*objects, ("account", candidate), ("dossier", other.pk)):
        happened(("staff", cast.chen.pk), about)
    found = {(kind, what) for _kind, _who, kind, what in events(cast, about=number)}
    assert found == {(kind, str(what)) for kind, what in objects}


def test_an_account_is_found_by_its_user_name(cast: Cast) -> None:
    happened(("staff", cast.security_admin.pk), ("account", cast.chen.pk))
    happened(("staff", cast.security_admin.pk), ("candidate", cast.chen.pk))
    found = events(cast, about=cast.chen.username)
    assert ("account", str(cast.chen.pk)) in {(kind, what) for *_who, kind, what in found}
    assert ("candidate", str(cast.chen.pk)) not in {(kind, what) for *_who, kind, what in found}


def test_a_search_of_the_trail_keeps_ids_and_names_nobody(here: World, cast: Cast) -> None:
    dossier, stranger = dossiers.register(here), uuid4()
    registration = dossier.registration
    happened(("staff", cast.chen.pk), ("dossier", dossier.pk))
    searches = {
        ("about", registration.number): registration.number,
        ("about", registration.name): "name",
        ("about", registration.id_number): "id_number",
        ("about", str(dossier.pk)): str(dossier.pk),
        ("about", f"dossier {dossier.pk}"): f"dossier {dossier.pk}",
        ("about", f"dossier {stranger}"): "id_number",
        ("about", cast.chen.username): f"account {cast.chen.pk}",
        ("actor", cast.chen.name): f"account {cast.chen.pk}",
        ("actor", f"staff {cast.chen.pk}"): f"staff {cast.chen.pk}",
        ("actor", "张三"): "name",
        ("actor", registration.id_number): "id_number",
    }
    auditor = clients.of_staff(cast.auditor)
    for field, text in searches:
        events(cast, **{field: text})
        b"".join(auditor.post("/office/audit/export/", {field: text, "reason": "样本"}))
    kept = [
        event.details["searched"]
        for event in AuditEvent.objects.filter(name__in=["audit:searched", "audit:exported"]).order_by("pk")
    ]
    assert kept == [{field: kept} for (field, _text), kept in searches.items() for _twice in range(2)]
