"""Invented registrations to try a catalogue on: 样本, nobody's data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kaosheng.registration.words import Text

_BASE: Final[dict[str, Any]] = {
    "level": "practising", "category": "110", "education": "bachelor", "study_form": "full_time", "graduation_year": 2022,
    "fresh_graduate": False, "in_school": False, "degree": True, "route": "direct", "first_time": True, "identity": "local",
    "institution_name": "样本医院", "institution_kind": "hospital", "institutions": 1, "short_registration": False,
    "name_changed": False, "precheck": "note",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """One invented registration, by what is typical of it."""

    code: str
    name: Text
    facts: dict[str, Any]


def _sample(code: str, name: Text, **facts: Any) -> Sample:
    return Sample(code, name, {**_BASE, **facts})


SAMPLES: Final[tuple[Sample, ...]] = (
    _sample("direct", _("本科直接报考临床执业医师，首次")),
    _sample("again", _("本科直接报考临床执业医师，再次"), first_time=False),
    _sample("postgraduate", _("在校研究生报考临床执业医师"), education="postgraduate", in_school=True),
    _sample("upgraded", _("专升本报考临床执业医师"), education="upgraded"),
    _sample("two_units", _("两家试用机构"), institutions=2),
    _sample(
        "dental", _("口腔助理升执业，成人学历"), category="120", route="from_assistant", education="college",
        study_form="adult", degree=False,
    ),
    _sample(
        "assistant", _("中专报考临床执业助理医师"), level="assistant", category="210", education="secondary", degree=False,
    ),
    _sample(
        "rural", _("乡村全科执业助理医师"), level="rural", category="215", education="secondary", degree=False,
        institution_kind="township",
    ),
    _sample(
        "apprenticeship", _("师承报考中医执业助理医师"), level="assistant", category="441", education="apprenticeship",
        route="apprenticeship", degree=False, institution_kind="clinic",
    ),
    _sample("military", _("现役军人报考临床执业医师"), identity="active_military"),
    _sample("foreign", _("境外学历的外籍人员"), identity="foreign", study_form="overseas"),
)  # fmt: skip
