"""Where everything happens: areas, sites, intakes and a catalogue small enough to know by heart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from kaosheng.catalogue.models import CatalogueVersion
from kaosheng.catalogue.services import begin_version, write_version
from kaosheng.domain.materials import Effect, Kind, Rule
from kaosheng.regions.models import ExamArea, ExamSite, Intake

COMMITMENT = "test-1"
BATCH = "2027YS"

KINDS: tuple[dict[str, Any], ...] = (
    {
        "code": "M01", "name_zh": "身份证明", "name_en": "Proof of identity", "short_name_zh": "身份证明",
        "short_name_en": "ID", "minimum": 2, "maximum": 2,
        "labels_zh": ["人像面", "国徽面"], "labels_en": ["Photo side", "Emblem side"],
    },
    {
        "code": "M03", "name_zh": "毕业证书", "name_en": "Diploma", "short_name_zh": "毕业证书",
        "short_name_en": "Diploma", "minimum": 1, "maximum": 4, "may_promise": True,
    },
    {
        "code": "M04", "name_zh": "学位证书", "name_en": "Degree certificate", "short_name_zh": "学位证书",
        "short_name_en": "Degree", "minimum": 1, "maximum": 1,
    },
    {
        "code": "M09", "name_zh": "试用期考核证明", "name_en": "Proof of probation", "short_name_zh": "试用期证明",
        "short_name_en": "Probation", "minimum": 1, "maximum": 3, "count_fact": "institutions",
    },
    {
        "code": "M13", "name_zh": "带教老师执业证书", "name_en": "Teacher's licence", "short_name_zh": "带教执业证",
        "short_name_en": "Teacher's licence", "minimum": 1, "maximum": 2,
    },
    {
        "code": "M14", "name_zh": "医疗机构执业许可证", "name_en": "Institution's licence", "short_name_zh": "机构许可证",
        "short_name_en": "Licence", "minimum": 1, "maximum": 1,
        "long_side_floor": 1000, "grey": True, "source": "样本目录第 14 项",
    },
    {
        "code": "M99", "name_zh": "其他材料", "name_en": "Other materials", "short_name_zh": "其他材料",
        "short_name_en": "Other", "minimum": 0, "maximum": 30,
    },
)  # fmt: skip
"""M01 fixed pair, M03 may be promised, M04 for degrees, M09 counted by a fact, M13/M14 one of a group, M14 prepared in its own way, M99 offered."""

RULES: tuple[dict[str, Any], ...] = (
    {"kind": "M01", "effect": "required", "when": {}, "reason_zh": "所有考生都需要", "reason_en": "Everybody needs it"},
    {"kind": "M03", "effect": "required", "when": {}, "reason_zh": "所有考生都需要", "reason_en": "Everybody needs it"},
    {
        "kind": "M04", "effect": "required", "when": {"degree": True},
        "reason_zh": "因为您的报名信息中有学位", "reason_en": "Because your registration names a degree",
        "source_zh": "考区通知第三条", "source_en": "notice of the exam area, item 3",
    },
    {
        "kind": "M04", "effect": "not_accepted", "when": {"education": "secondary"},
        "reason_zh": "因为您的学历为中专", "reason_en": "Because your education is a secondary vocational school",
    },
    {
        "kind": "M09", "effect": "required", "when": {"route": "direct"},
        "reason_zh": "因为您直接报考执业医师", "reason_en": "Because you apply directly",
    },
    {
        "kind": "M13", "effect": "one_of", "group": "unit", "when": {"route": "direct"},
        "reason_zh": "因为您直接报考执业医师", "reason_en": "Because you apply directly",
    },
    {
        "kind": "M14", "effect": "one_of", "group": "unit", "when": {"route": "direct"},
        "reason_zh": "因为您直接报考执业医师", "reason_en": "Because you apply directly",
    },
)  # fmt: skip

REASONS = [
    {"code": "blurred", "zh": "图片模糊，文字看不清", "en": "The picture is blurred"},
    {"code": "seal_missing", "zh": "缺单位公章", "en": "The unit's seal is missing"},
]

FACTS: dict[str, Any] = {
    "level": "practising", "category": "110", "education": "bachelor", "study_form": "full_time",
    "graduation_year": 2022, "degree": True, "route": "direct", "first_time": True, "identity": "local",
    "institution_name": "样本医院", "institution_kind": "hospital", "institutions": 1, "precheck": "note",
}  # fmt: skip
"""Asks for M01 (2), M03, M04, M09 and one of M13/M14: six pictures."""


@dataclass(frozen=True)
class World:
    """The places of a test."""

    area: ExamArea
    site: ExamSite
    other_site: ExamSite
    intake: Intake
    other_area: ExamArea
    foreign_site: ExamSite
    foreign_intake: Intake


def world(*, stages: int = 2, second_look_share: float = 0.0) -> World:
    """An open intake in 河北考区 with two sites, and another 考区 beside it."""
    area = make_area("13", "河北考区", "Hebei")
    other = make_area("99", "样本考区", "Sample area")
    intake = make_intake(area, stages=stages, second_look_share=second_look_share)
    foreign = make_intake(other)
    publish_catalogue(intake)
    publish_catalogue(foreign)
    return World(
        area=area,
        site=make_site(area, "1301", "石家庄考点", "Shijiazhuang"),
        other_site=make_site(area, "1302", "唐山考点", "Tangshan"),
        intake=intake,
        other_area=other,
        foreign_site=make_site(other, "9901", "样本考点", "Sample site"),
        foreign_intake=foreign,
    )


def make_area(code: str, name_zh: str, name_en: str) -> ExamArea:
    """An 考区."""
    return ExamArea.objects.create(
        code=code, name_zh=name_zh, name_en=name_en, telephone=f"0{code}00-0000000（样本）"
    )


def make_site(area: ExamArea, code: str, name_zh: str, name_en: str) -> ExamSite:
    """An 考点 with telephone, address, hours and notes."""
    return ExamSite.objects.create(
        area=area, code=code, name_zh=name_zh, name_en=name_en, telephone=f"0311-0000{code}",
        address_zh=f"样本路 {code} 号", address_en=f"{code} Sample Road", hours_zh="工作日 9:00–17:00",
        hours_en="Working days 9:00-17:00", notes_zh=f"{name_zh}的说明", notes_en=f"Notes of {name_en}",
    )  # fmt: skip


def make_intake(
    area: ExamArea, *, code: str = BATCH, stages: int = 2, second_look_share: float = 0.0
) -> Intake:
    """An intake that opened yesterday and closes in a week."""
    now = timezone.now()
    return Intake.objects.create(
        area=area, code=code, name_zh="2027年医师资格考试", name_en="2027 Physician Qualification",
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=7), stages=stages,
        second_look_share=second_look_share, second_look_seed="seed", notes_zh="考区的说明", notes_en="Area's notes",
        commitment_version=COMMITMENT, commitment_zh="我承诺材料真实。", commitment_en="I declare they are true.",
        review_expected_by=date(2027, 2, 10), release_expected_by=date(2027, 3, 1),
    )  # fmt: skip


def publish_catalogue(
    intake: Intake, *, kinds: tuple[dict[str, Any], ...] = KINDS, rules: tuple[dict[str, Any], ...] = RULES
) -> CatalogueVersion:
    """The next version of the intake's catalogue, out without anybody being told."""
    version = prepare_catalogue(intake, kinds=kinds, rules=rules)
    version.published_at = timezone.now()
    version.save(update_fields=["published_at"])
    return version


def prepare_catalogue(
    intake: Intake, *, kinds: tuple[dict[str, Any], ...] = KINDS, rules: tuple[dict[str, Any], ...] = RULES
) -> CatalogueVersion:
    """The next version of the intake's catalogue, in preparation."""
    version = begin_version(intake_id=intake.pk)
    write_version(
        version=version,
        kinds=[_kind(kind) for kind in kinds],
        rules=[Rule(**{**rule, "effect": Effect(rule["effect"])}) for rule in rules],
    )
    return version


def _kind(kind: dict[str, Any]) -> Kind:
    texts = {
        "requirement_zh": f"{kind['name_zh']}：整页拍下，文字清楚。",
        "requirement_en": f"{kind['name_en']}: show the whole page, legible.",
    }
    labels = {name: tuple(kind.get(name, ())) for name in ("labels_zh", "labels_en")}
    reasons = tuple((entry["code"], entry["zh"], entry["en"]) for entry in REASONS)
    return Kind(**{**texts, **kind, **labels, "reasons": reasons})


def close_window(intake: Intake) -> None:
    """Let the window end ten minutes ago."""
    intake.closes_at = timezone.now() - timedelta(minutes=10)
    intake.save(update_fields=["closes_at"])
