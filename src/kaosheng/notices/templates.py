"""The texts of messages, as data: no personal data, no reviewer's free text, no links (domain.md 1.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Text:
    """One message in both languages; `{names}` are its variables."""

    zh: str
    en: str

    def fill(self, language: str, variables: dict[str, str]) -> str:
        """The finished text. Raises KeyError when a variable is missing."""
        return (self.en if language.startswith("en") else self.zh).format(**variables)


SIGNATURE: Final = Text(zh="【国家医学考试】", en="[Medical Examination] ")

TEXTS: Final[dict[str, Text]] = {
    "submitted": Text(
        zh="您的报名材料已提交，回执号{receipt}。材料已锁定，审核期间请留意短信和上传页面。",
        en="Your materials have been submitted, receipt {receipt}. They are locked; please watch for messages.",
    ),
    "returned": Text(
        zh="您的报名材料有{places}项待补充：{kinds}。请于{deadline}前{manner}，详见报名材料上传页面。",
        en="{places} item(s) of your materials need attention: {kinds}. Please {manner} before {deadline}; see the upload page.",
    ),
    "checklist_changed": Text(
        zh="您的报名信息已变更，所需报名材料有变化，请登录报名材料上传页面查看。",
        en="Your registration changed and so did the materials needed. Please see the upload page.",
    ),
    "registration_changed": Text(
        zh="您的报名信息已变更，已通知审核人员，如需补充会通知您。",
        en="Your registration changed. The reviewers have been told; you will hear from us if anything is needed.",
    ),
    "catalogue_changed": Text(
        zh="考区更新了报名材料要求，您需提交的材料有变化，请登录报名材料上传页面查看；已上传的图片保留。",
        en="The exam area updated its requirements and the materials you must give changed. Please see the upload page; your pictures are kept.",
    ),
    "deadline_extended": Text(
        zh="报名材料提交截止时间已延长至{deadline}，请在此之前提交审核。",
        en="The deadline for your materials has been extended to {deadline}. Please submit before then.",
    ),
    "deadline_earlier": Text(
        zh="报名材料提交截止时间已调整为{deadline}，早于此前公布的时间，请在此之前提交审核。",
        en="The deadline for your materials is now {deadline}, earlier than announced before. Please submit before then.",
    ),
    "result_released": Text(
        zh="报名资格审核结果已公布，请登录报名材料上传页面查看。",
        en="The results of the review have been released. Please see the upload page.",
    ),
    "result_corrected": Text(
        zh="您的报名资格审核结果有更正，请登录报名材料上传页面查看。",
        en="Your review result has been corrected. Please see the upload page.",
    ),
}


def render(template: str, language: str, variables: dict[str, str]) -> str:
    """The whole message with the sender's signature. Raises KeyError for an unknown template or variable."""
    signature = SIGNATURE.en if language.startswith("en") else SIGNATURE.zh
    return signature + TEXTS[template].fill(language, variables)
