"""The catalogue of an intake for its editors: what is published, what is prepared, what differs, who is asked for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kaosheng.accounts.scope import Staff
from kaosheng.catalogue.models import CatalogueVersion
from kaosheng.catalogue.queries import published_versions, read_catalogue
from kaosheng.catalogue.services import catalogue_digest
from kaosheng.domain.materials import Catalogue, Item, checklist
from kaosheng.domain.roles import Permission
from kaosheng.regions.models import Intake
from kaosheng.registration.models import Registration


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies before the editor. `seen` is the digest of the prepared catalogue, for his next edit."""

    published: CatalogueVersion | None
    prepared: CatalogueVersion | None
    now: Catalogue
    then: Catalogue | None
    seen: str

    @property
    def shown(self) -> Catalogue:
        """The prepared catalogue where there is one."""
        return self.then if self.then is not None else self.now

    @property
    def for_candidates(self) -> Catalogue | None:
        """The catalogue candidates go by; before the first publication the prepared one, which they would."""
        return self.now if self.published is not None else self.then


def desk_of(intake: Intake) -> Desk:
    """Read both versions."""
    published = published_versions().filter(intake=intake).first()
    prepared = CatalogueVersion.objects.filter(intake=intake, published_at=None).first()
    then = read_catalogue(prepared) if prepared else None
    return Desk(
        published=published,
        prepared=prepared,
        now=read_catalogue(published) if published else Catalogue(version=0, kinds=(), rules=()),
        then=then,
        seen=catalogue_digest(then) if then else "",
    )


@dataclass(frozen=True, slots=True)
class Edited:
    """Codes of kinds that differ between the published and the prepared catalogue; `rules` are kinds whose rules do."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    rules: tuple[str, ...]
    moved: bool


def edited(desk: Desk) -> Edited:
    """What the prepared catalogue changes."""
    old, new = desk.now, desk.shown
    before = {kind.code: kind for kind in old.kinds}
    after = {kind.code: kind for kind in new.kinds}
    both = [code for code in after if code in before]
    of_rules = [
        code
        for code in after
        if [rule for rule in old.rules if rule.kind == code]
        != [rule for rule in new.rules if rule.kind == code]
    ]
    return Edited(
        added=tuple(code for code in after if code not in before),
        removed=tuple(code for code in before if code not in after),
        changed=tuple(code for code in both if before[code] != after[code]),
        rules=tuple(of_rules),
        moved=[code for code in before if code in after] != both,
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """One kind in a trial: the line now and the line then; `differs` when a candidate would be asked for something else."""

    code: str
    now: Item | None
    then: Item | None

    @property
    def differs(self) -> bool:
        """Whether the two lines ask for something else."""
        return _asks(self.now) != _asks(self.then)


def _asks(item: Item | None) -> tuple[Any, ...]:
    return (item.effect, item.minimum, item.maximum, item.group) if item else ()


def try_on(desk: Desk, facts: dict[str, Any]) -> list[Tried]:
    """The checklist of these facts by both catalogues, in the shown one's order; dropped kinds last."""
    now = {item.kind.code: item for item in checklist(desk.now, facts)}
    then = {item.kind.code: item for item in checklist(desk.then, facts)} if desk.then else now
    codes = [*then, *(code for code in now if code not in then)]
    return [Tried(code, now.get(code), then.get(code)) for code in codes]


def registration_to_try(intake: Intake, staff: Staff, number: str) -> Registration | None:
    """A real registration of this intake, for those who may see its dossier."""
    found = Registration.objects.filter(
        intake=intake, number=number, intake__area__in=staff.area_ids(Permission.CATALOGUE_PUBLISH)
    )
    return found.first()
