"""预检 beside the picture: what the machine noticed, how it compares with the registration, what the candidate did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaosheng.casework.models import AdviceAnswer
from kaosheng.casework.queries.advice import Advised
from kaosheng.casework.queries.workbench import PictureView, Workbench
from kaosheng.domain.advice import Advice, Finding
from kaosheng.web.reviewer import presenting

Text = str | Promise

_NOTICED: Final[dict[Advice, Text]] = {
    Advice.TURNED: gettext_lazy("画面可能转了方向"),
    Advice.MIRRORED: gettext_lazy("画面可能左右翻转"),
    Advice.NO_TEXT: gettext_lazy("没有识别到文字"),
    Advice.DARK: gettext_lazy("画面可能太暗"),
    Advice.ILLEGIBLE: gettext_lazy("画面可能模糊"),
    Advice.SMALL: gettext_lazy("文字可能太小"),
    Advice.SAME_PICTURE: gettext_lazy("与本份材料的另一张图片相同"),
    Advice.OTHER_PAPER: gettext_lazy("可能不是本项材料"),
    Advice.NAME_NOT_FOUND: gettext_lazy("未识别到登记姓名"),
}
_TURNS: Final[dict[str, Text]] = {
    "rotated_90": gettext_lazy("画面可能向右转了 90°"),
    "rotated_180": gettext_lazy("画面可能上下颠倒"),
    "rotated_270": gettext_lazy("画面可能向左转了 90°"),
}
_ANSWERS: Final[dict[str, Text]] = {
    AdviceAnswer.Answer.TURNED: gettext_lazy("考生选择“帮我转正”，图片已由系统转正"),
    AdviceAnswer.Answer.CONFIRMED: gettext_lazy("考生确认无误"),
    AdviceAnswer.Answer.REMOVED: gettext_lazy("考生删除了这张图片，另行上传"),
}
_FINDINGS: Final[dict[str, tuple[str, Text]]] = {
    Finding.MATCH: ("agrees", gettext_lazy("一致")),
    Finding.UNCLEAR: ("hint", gettext_lazy("不确定")),
    Finding.NOT_FOUND: ("differs", gettext_lazy("未识别到")),
}
_PAPERS: Final[dict[str, Text]] = {
    "id_front": gettext_lazy("身份证人像面"),
    "id_back": gettext_lazy("身份证国徽面"),
    "registration_notice": gettext_lazy("网上报名成功通知单"),
    "diploma": gettext_lazy("毕业证书"),
    "degree": gettext_lazy("学位证书"),
    "education_record": gettext_lazy("学历证书电子注册备案表"),
    "education_report": gettext_lazy("学历认证报告"),
    "foreign_degree": gettext_lazy("国外学历学位认证书"),
    "student_record": gettext_lazy("学籍或实习证明"),
    "probation": gettext_lazy("试用期考核证明"),
    "practice_period": gettext_lazy("执业期考核证明"),
    "qualification": gettext_lazy("医师资格证书"),
    "practice_certificate": gettext_lazy("医师执业证书"),
    "first_registration": gettext_lazy("首次注册及变更记录证明"),
    "institution_licence": gettext_lazy("医疗机构执业许可证"),
    "undertaking": gettext_lazy("承诺书"),
    "apprenticeship": gettext_lazy("师承或确有专长证书"),
    "secondary_pass": gettext_lazy("中等卫生专业学历合格证"),
    "consent": gettext_lazy("同意报考证明"),
    "internship_approval": gettext_lazy("实习申请审核表"),
    "admission": gettext_lazy("准考证或成绩单"),
    "employment": gettext_lazy("在岗证明"),
    "name_change": gettext_lazy("姓名变更证明"),
}
"""The papers of inspection/papers.toml, on screen."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One thing the machine noticed; `confirmed`: the candidate says that it is in order."""

    text: Text
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that was looked for: label, finding as a chip with words, and what was recognised, if that is no secret."""

    label: Text
    chip: str
    words: Text
    seen: Text = ""
    box: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """One thing the candidate did about advice."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class AdviceView:
    """Everything the panel says of one picture. `state`: done, coming, or nothing (given up, or not looked at)."""

    noted: tuple[Noted, ...]
    fields: tuple[Field, ...]
    answers: tuple[Answered, ...]
    state: str


def advice_view(bench: Workbench, picture: PictureView) -> AdviceView | None:
    """The machine's part of a picture's panel; None where there is none, as without the assistant."""
    advised = picture.advised
    answers = tuple(Answered(answer.at, _in_words(answer)) for answer in picture.answers)
    if advised is None:
        return AdviceView((), (), answers, "nothing") if answers else None
    return AdviceView(
        noted=tuple(
            Noted(_sentence(bench, advised, code), confirmed=code in advised.confirmed)
            for code in advised.codes
        ),
        fields=tuple(_fields(advised)),
        answers=answers,
        state=_state(advised),
    )


def found_on(picture: PictureView) -> str:
    """Where recognised fields stand, for the script that lays them over the picture: left,top,width,height,look,label;…"""
    if picture.advised is None:
        return ""
    return ";".join(
        f"{','.join(f'{part:.4f}' for part in field.box)},{field.chip},{field.label}"
        for field in _fields(picture.advised)
        if field.box
    )


def _state(advised: Advised) -> str:
    if advised.row.stage == advised.row.Stage.FAILED:
        return "nothing"
    return "done" if advised.row.is_finished else "coming"


def _fields(advised: Advised) -> Iterator[Field]:
    row = advised.row
    if row.paper:
        chip, words = _kind_finding(fits=row.paper_fits)
        yield Field(
            label=_("材料"),
            chip=chip,
            words=words,
            seen=_PAPERS.get(row.paper, row.paper),
            box=tuple(row.paper_box or ()),
        )
    for label, finding, box in (
        (_("姓名"), row.name, row.name_box),
        (_("证件号码"), row.id_number, row.number_box),
    ):
        if finding:
            chip, words = _FINDINGS[finding]
            yield Field(label=label, chip=chip, words=words, box=tuple(box or ()))


def _kind_finding(*, fits: bool | None) -> tuple[str, Text]:
    if fits is None:
        return "hint", gettext_lazy("不确定")
    return ("agrees", gettext_lazy("与本项相符")) if fits else ("differs", gettext_lazy("可能不是本项材料"))


def _sentence(bench: Workbench, advised: Advised, code: Advice) -> Text:
    if code is Advice.TURNED:
        return _TURNS.get(advised.row.direction, _NOTICED[code])
    if code is Advice.SAME_PICTURE and advised.same_as is not None:
        other = next((kind.item.kind for kind in bench.kinds if kind.code == advised.same_as.kind), None)
        if other is not None:
            return _("与“%(place)s”的图片相同") % {
                "place": presenting.place_name(other, advised.same_as.position)
            }
    return _NOTICED[code]


def _in_words(answer: AdviceAnswer) -> str:
    """提示“画面可能向右转了 90°”：考生选择“帮我转正”…."""
    noticed = "、".join(
        str(
            _TURNS.get(answer.direction, _NOTICED[Advice.TURNED])
            if code == Advice.TURNED
            else _NOTICED[Advice(code)]
        )
        for code in answer.codes
    )
    return _("提示“%(noticed)s”：%(answer)s") % {"noticed": noticed, "answer": _ANSWERS[answer.answer]}
