"""Which catalogue a dossier goes by."""

from __future__ import annotations

from kaosheng.casework.models import Dossier
from kaosheng.catalogue.queries import load_catalogue, newest_version_id
from kaosheng.domain.errors import Refusal
from kaosheng.domain.materials import Catalogue


def catalogue_of(dossier: Dossier) -> Catalogue:
    """The dossier's own version once submitted, else the newest. Raises Refusal `catalogue_missing`."""
    return load_catalogue(dossier.catalogue_version_id or newest_version_id(dossier.intake_id))


def sample_key(dossier: Dossier, code: str) -> str:
    """The store key of a kind's 示例 as this dossier's people see it. Raises Refusal `not_found`."""
    kind = catalogue_of(dossier).kind(code)
    if kind is None or not kind.sample:
        raise Refusal("not_found")
    return kind.sample
