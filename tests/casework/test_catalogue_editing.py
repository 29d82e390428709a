"""Editing a catalogue in preparation: kinds, order, rules, samples; nobody follows it before it is published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from factories import World, dossiers, people, pictures
from factories.people import Cast
from factories.refusals import refused
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.jobs.objects import sweep
from kaosheng.casework.queries.catalogues import desk_of, edited, try_on
from kaosheng.casework.services import catalogue_editing as editing
from kaosheng.casework.services.intakes import publish_catalogue
from kaosheng.domain.materials import Effect, Rule
from kaosheng.pictures.store import get_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def edit(here: World, house: Cast) -> Callable[..., None]:
    """Run one edit of the area's manager on the newest state."""
    staff = people.staff(house.jiang)
    editing.begin(intake=here.intake, staff=staff)

    def run(verb: Callable[..., None], **given: Any) -> None:
        seen = given.pop("seen", desk_of(here.intake).seen)
        verb(intake=here.intake, staff=staff, seen=seen, **given)

    return run


def codes(here: World) -> list[str]:
    return [kind.code for kind in desk_of(here.intake).shown.kinds]


def test_a_prepared_catalogue_is_a_copy_nobody_follows(here: World, edit: Callable[..., None]) -> None:
    desk = desk_of(here.intake)
    assert desk.then is not None
    assert (desk.then.kinds, desk.then.rules) == (desk.now.kinds, desk.now.rules)
    kind = desk.now.kinds[0]
    edit(editing.put_kind, code="M01", kind=replace(kind, maximum=3, labels_zh=(), labels_en=()))
    dossier = dossiers.register(here)
    with refused("kind_full"):
        for _ in range(3):
            dossiers.upload(dossier, "M01")


def test_kinds_are_added_changed_moved_and_taken_out(here: World, edit: Callable[..., None]) -> None:
    first = desk_of(here.intake).now.kinds[0]
    edit(editing.put_kind, code="", kind=replace(first, code="M77", name_zh="新材料"))
    edit(editing.move_kind, code="M77", by=-1)
    edit(editing.move_kind, code="M01", by=-1)
    assert codes(here) == ["M01", "M03", "M04", "M09", "M13", "M14", "M77", "M99"]
    edit(editing.remove_kind, code="M04")
    edit(editing.put_kind, code="M03", kind=replace(first, code="M30", labels_zh=(), labels_en=()))
    desk = desk_of(here.intake)
    assert codes(here) == ["M01", "M30", "M09", "M13", "M14", "M77", "M99"]
    assert {rule.kind for rule in desk.shown.rules} == {"M01", "M30", "M09", "M13", "M14"}
    found = edited(desk)
    assert (found.added, found.removed, found.changed, found.moved) == (
        ("M30", "M77"),
        ("M03", "M04"),
        (),
        False,
    )


def test_rules_are_added_changed_and_taken_out(here: World, edit: Callable[..., None]) -> None:
    rule = Rule(
        kind="M99",
        effect=Effect.REQUIRED,
        when={"identity": "hmt"},
        reason_zh="港澳台居民另交",
        reason_en="Residents of Hong Kong, Macao and Taiwan",
    )
    edit(editing.put_rule, number=None, rule=rule)
    last = len(desk_of(here.intake).shown.rules) - 1
    edit(editing.put_rule, number=last, rule=replace(rule, when={"identity": ["hmt", "foreign"]}))
    desk = desk_of(here.intake)
    assert desk.shown.rules[last].when == {"identity": ["hmt", "foreign"]}
    assert edited(desk).rules == ("M99",)
    tried = {line.code: line for line in try_on(desk, {"identity": "foreign"})}
    assert tried["M99"].differs
    assert not tried["M01"].differs
    edit(editing.remove_rule, number=last)
    assert edited(desk_of(here.intake)).rules == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "M03"}, "kind_code_twice"),
        ({"minimum": 3, "maximum": 2}, "kind_counts_wrong"),
        ({"name_en": ""}, "kind_text_missing"),
        ({"short_name_zh": "超过八个字的简称了"}, "kind_short_name_long"),
        ({"labels_en": ("one",)}, "kind_labels_wrong"),
    ],
)
def test_what_is_wrong_is_refused_at_once(
    here: World, edit: Callable[..., None], changes: dict[str, Any], code: str
) -> None:
    kind = desk_of(here.intake).now.kinds[0]
    with refused(code):
        edit(editing.put_kind, code="M01", kind=replace(kind, **changes))
    assert not edited(desk_of(here.intake)).changed


def test_two_editors_dont_overwrite_each_other(here: World, edit: Callable[..., None]) -> None:
    seen = desk_of(here.intake).seen
    edit(editing.move_kind, code="M03", by=-1)
    with refused("catalogue_edited_meanwhile"):
        edit(editing.move_kind, code="M04", by=-1, seen=seen)


def test_without_a_version_in_preparation_nothing_is_edited(here: World, house: Cast) -> None:
    with refused("nothing_prepared"):
        editing.remove_kind(
            intake=here.intake, staff=people.staff(house.jiang), seen=desk_of(here.intake).seen, code="M04"
        )


def test_discarding_leaves_what_is_published(here: World, house: Cast, edit: Callable[..., None]) -> None:
    before = desk_of(here.intake).now
    edit(editing.remove_kind, code="M04")
    editing.discard(intake=here.intake, staff=people.staff(house.jiang))
    desk = desk_of(here.intake)
    assert (desk.prepared, desk.now) == (None, before)


def test_a_sample_passes_the_checks_and_stays_in_the_store(
    here: World, house: Cast, edit: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with refused("picture_wrong_type"):
        editing.keep_sample(b"no picture")
    key, dropped = editing.keep_sample(pictures.jpeg(1)), editing.keep_sample(pictures.jpeg(2))
    kind = desk_of(here.intake).now.kinds[0]
    edit(editing.put_kind, code="M01", kind=replace(kind, sample=key))
    monkeypatch.setattr("kaosheng.casework.jobs.objects.LEFT_ALONE_FOR", timedelta(days=-1))
    sweep()
    assert {entry.key for entry in get_store().objects()} == {key}
    assert key != dropped
    publish_catalogue(
        version_id=desk_of(here.intake).prepared.pk,  # type: ignore[union-attr]
        staff=people.staff(house.jiang),
        seen=desk_of(here.intake).seen,
    )
    assert desk_of(here.intake).now.kinds[0].sample == key


@pytest.mark.parametrize("who", ["gao", "feng", "kong", "auditor"])
def test_only_the_areas_manager_edits(here: World, house: Cast, edit: Callable[..., None], who: str) -> None:
    staff = people.staff(getattr(house, who))
    with refused("not_found"):
        editing.begin(intake=here.intake, staff=staff)
    with refused("not_found"):
        editing.remove_kind(intake=here.intake, staff=staff, seen=desk_of(here.intake).seen, code="M04")
    with refused("not_found"):
        editing.discard(intake=here.intake, staff=staff)


def test_every_edit_stands_in_the_trail(here: World, edit: Callable[..., None]) -> None:
    edit(editing.remove_kind, code="M04")
    told = [
        details["what"]
        for details in AuditEvent.objects.filter(name="catalogue:edited")
        .order_by("pk")
        .values_list("details", flat=True)
    ]
    assert told == ["begin", "kind_removed"]
