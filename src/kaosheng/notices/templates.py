"""The built-in texts of messages (domain.md 1.7): an 考区 may word each of them anew (`notices.wording`).

No personal data, no reviewer's free text, no links. `{names}` are variables; their greatest lengths stand in
VARIABLES, since providers count them and operators refuse long ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kaosheng.domain.quiet import Urgency


@dataclass(frozen=True, slots=True)
class Variable:
    """What may stand in a text: a sample for previews and the greatest length in characters."""

    sample_zh: str
    sample_en: str
    longest_zh: int = 12
    longest_en: int = 24


VARIABLES: Final[dict[str, Variable]] = {
    "exam": Variable("临床执业医师", "Clinical Medicine", longest_en=35),
    "receipt": Variable("13-20270126-K7MP-4Q2X", "13-20270126-K7MP-4Q2X", 24, 24),
    "places": Variable("3", "3", 3, 3),
    "kinds": Variable("身份证明等3项", "ID document +2"),
    "deadline": Variable("1月28日24:00", "28 Jan 24:00"),
    "manner": Variable("在线更换", "replace online"),
    "code": Variable("482913", "482913", 6, 6),
    "date": Variable("1月27日", "27 January"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """One message in both languages; `everywhere`: by every channel at once, else one falls back to the next.

    `title_*` name the message in the inbox, the office and on a WeChat card. `broadcast` texts are offered for
    messages to a filtered list.
    """

    zh: str
    en: str
    title_zh: str = "报名材料通知"
    title_en: str = "Notice about your materials"
    urgency: Urgency = Urgency.PERSONAL
    everywhere: bool = False
    broadcast: bool = False

    def in_language(self, language: str) -> str:
        """The text with its variables still in braces."""
        return self.en if language.startswith("en") else self.zh

    def title(self, language: str) -> str:
        """The name of the message."""
        return self.title_en if language.startswith("en") else self.title_zh


TEXTS: Final[dict[str, Text]] = {
    "submitted": Text(
        zh="您的{exam}报名材料已提交，回执号{receipt}。材料已锁定，审核期间请留意短信和上传页面。",
        en="Your {exam} materials have been submitted, receipt {receipt}. They are locked; please watch for messages.",
        title_zh="报名材料已提交",
        title_en="Materials submitted",
        urgency=Urgency.CODE,
    ),
    "returned": Text(
        zh="您的{exam}报名材料有{places}项待补充：{kinds}。请于{deadline}前{manner}，详见上传页面。",
        en="{places} item(s) of your {exam} materials need attention: {kinds}. Please {manner} before {deadline}; see the upload page.",
        title_zh="报名材料待补充",
        title_en="Materials returned",
        everywhere=True,
    ),
    "reminder_submit": Text(
        zh="您的{exam}报名材料还未提交，{deadline}截止，逾期不能提交。请登录报名网站，从报名信息处进入上传页面。",
        en="Your {exam} materials have not been submitted. The window closes at {deadline}; please enter the upload page from your registration.",
        title_zh="报名材料提交提醒",
        title_en="Reminder: not submitted yet",
        urgency=Urgency.MASS,
    ),
    "reminder_supplement": Text(
        zh="您的{exam}报名材料有{places}项待补充，{deadline}截止，请尽快按审核意见办理。",
        en="{places} item(s) of your {exam} materials still wait for you. Please do as the remarks say before {deadline}.",
        title_zh="报名材料补充提醒",
        title_en="Reminder: supplement",
        urgency=Urgency.MASS,
    ),
    "supplement_overdue": Text(
        zh="您的{exam}报名材料补充期限已过，材料按上次提交的内容继续审核。如有疑问请联系考点。",
        en="The time to supplement your {exam} materials is over; the review goes on with what you last submitted. Questions: your exam site.",
        title_zh="补充期限已过",
        title_en="Time to supplement is over",
    ),
    "checklist_changed": Text(
        zh="您的{exam}报名信息已变更，所需报名材料有变化，请登录上传页面查看。",
        en="Your {exam} registration changed and so did the materials needed. Please see the upload page.",
        title_zh="所需材料变更",
        title_en="Materials needed changed",
    ),
    "registration_changed": Text(
        zh="您的{exam}报名信息已变更，已通知审核人员，如需补充会通知您。",
        en="Your {exam} registration changed. The reviewers have been told; you will hear from us if anything is needed.",
        title_zh="报名信息变更",
        title_en="Registration changed",
    ),
    "registration_cancelled": Text(
        zh="您的{exam}报名已取消，报名材料不再审核。如非本人操作请联系考点。",
        en="Your {exam} registration was cancelled; its materials are no longer reviewed. If this wasn't you, contact your exam site.",
        title_zh="报名已取消",
        title_en="Registration cancelled",
    ),
    "registration_restored": Text(
        zh="您的{exam}报名已恢复，请登录上传页面查看材料状态和截止时间。",
        en="Your {exam} registration was restored. Please see the upload page for its state and deadline.",
        title_zh="报名已恢复",
        title_en="Registration restored",
    ),
    "deadline_extended": Text(
        zh="您的{exam}报名材料提交截止时间已延长至{deadline}，请在此之前提交审核。",
        en="The deadline for your {exam} materials has been extended to {deadline}. Please submit before then.",
        title_zh="截止时间延长",
        title_en="Deadline extended",
    ),
    "deadline_earlier": Text(
        zh="您的{exam}报名材料提交截止时间已调整为{deadline}，早于此前公布的时间，请在此之前提交审核。",
        en="The deadline for your {exam} materials is now {deadline}, earlier than announced before. Please submit before then.",
        title_zh="截止时间提前",
        title_en="Deadline moved forward",
    ),
    "catalogue_changed": Text(
        zh="考区更新了报名材料要求，您的{exam}材料有变化，请登录上传页面查看；已上传的图片保留。",
        en="The exam area updated its requirements and the materials for {exam} changed. Please see the upload page; your pictures are kept.",
        title_zh="材料要求更新",
        title_en="Requirements updated",
        urgency=Urgency.MASS,
    ),
    "counter_upload": Text(
        zh="考点工作人员已为您的{exam}报名材料上传图片，请登录上传页面核对，由您本人提交。您未到场的，请联系考点。",
        en="Staff of your exam site uploaded pictures to your {exam} materials. Please check and submit them yourself. If you weren't there, contact the site.",
        title_zh="窗口代传材料",
        title_en="Uploaded at the counter",
        urgency=Urgency.CODE,
    ),
    "phone_code": Text(
        zh="您正在更换接收报名通知的手机号，验证码{code}，10分钟内有效。如非本人操作请忽略。",
        en="Your code is {code}, valid for 10 minutes: somebody asked to send messages about a registration to this number. If it wasn't you, ignore it.",
        title_zh="手机号验证码",
        title_en="Code for a telephone number",
        urgency=Urgency.CODE,
    ),
    "phone_changed": Text(
        zh="您的{exam}报名手机号已变更，今后的通知发到新号码。如非本人操作请联系考点。",
        en="The telephone number of your {exam} registration changed; messages go to the new one. If this wasn't you, contact your exam site.",
        title_zh="手机号变更",
        title_en="Telephone number changed",
        urgency=Urgency.CODE,
    ),
    "wechat_moved": Text(
        zh="您绑定的微信已改为接收其他考生的通知，您的{exam}通知今后只发短信。如非本人操作请联系考点。",
        en="The WeChat you had bound now serves another candidate; messages about your {exam} come by SMS only. If this wasn't you, contact your exam site.",
        title_zh="微信绑定解除",
        title_en="WeChat no longer bound",
    ),
    "site_passed": Text(
        zh="您的{exam}报名材料考点审核已通过，考区复审中，请留意后续通知。",
        en="Your {exam} materials passed the review of the exam site; the exam area reviews next. Please watch for messages.",
        title_zh="考点审核通过",
        title_en="Passed by the exam site",
        urgency=Urgency.MASS,
    ),
    "result_released": Text(
        zh="您的{exam}报名资格审核结果已公布，请登录上传页面查看。",
        en="The result of your {exam} review has been released. Please see the upload page.",
        title_zh="审核结果公布",
        title_en="Result released",
        urgency=Urgency.MASS,
    ),
    "result_corrected": Text(
        zh="您的{exam}报名资格审核结果有更正，请登录上传页面查看。",
        en="Your {exam} review result has been corrected. Please see the upload page.",
        title_zh="审核结果更正",
        title_en="Result corrected",
    ),
    "recheck_answered": Text(
        zh="您的{exam}复核申请已答复，请登录上传页面查看。",
        en="Your request to re-examine the {exam} result has been answered. Please see the upload page.",
        title_zh="复核答复",
        title_en="Re-examination answered",
    ),
    "broadcast_window": Text(
        zh="{exam}报名材料上传截止时间调整为{deadline}，请及时提交。",
        en="The upload window for {exam} now closes at {deadline}. Please submit in time.",
        title_zh="上传时间调整",
        title_en="Upload window moved",
        urgency=Urgency.MASS,
        broadcast=True,
    ),
    "broadcast_hall": Text(
        zh="考点报名服务窗口{date}暂停办理，{exam}报名材料可照常在线提交，详见上传页面。",
        en="The counter of your exam site is closed on {date}. {exam} materials can be submitted online as usual.",
        title_zh="窗口暂停办理",
        title_en="Counter closed",
        urgency=Urgency.MASS,
        broadcast=True,
    ),
    "broadcast_see_page": Text(
        zh="{exam}报名材料有新的说明，请登录上传页面查看。",
        en="There is new information about your {exam} materials. Please see the upload page.",
        title_zh="新的说明",
        title_en="New information",
        urgency=Urgency.MASS,
        broadcast=True,
    ),
}
