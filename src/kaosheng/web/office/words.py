"""Events of the audit trail and requests for accounts, in words."""

from __future__ import annotations

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kaosheng.accounts.models import AccountRequest
from kaosheng.audit.names import AuditName
from kaosheng.casework.models import Dossier, ExtensionRequest, Recheck
from kaosheng.domain.roles import Role
from kaosheng.domain.states import Phase, State
from kaosheng.registration.models import BindingConflict, RegistrationImport
from kaosheng.registration.row_words import OUTCOMES as ROW_OUTCOMES
from kaosheng.web.reviewer import words
from kaosheng.web.reviewer.frame import ROLE_WORDS
from kaosheng.web.reviewer.presenting import pick

__all__ = [
    "BINDING_OUTCOMES",
    "EVENTS",
    "IMPORT_PHASES",
    "RECHECK_OUTCOMES",
    "ROW_OUTCOMES",
    "blocker_state",
    "extension_state",
    "late_state",
    "request_line",
]

IMPORT_PHASES: Final[dict[RegistrationImport.Phase, tuple[str, str | Promise]]] = {
    RegistrationImport.Phase.CHECKING: ("in_review", _("正在检查")),
    RegistrationImport.Phase.CHECKED: ("unmarked", _("已检查，待确认")),
    RegistrationImport.Phase.APPLYING: ("in_review", _("正在导入")),
    RegistrationImport.Phase.DONE: ("complete", _("已导入")),
    RegistrationImport.Phase.REFUSED: ("replace", _("无法读取")),
    RegistrationImport.Phase.DISCARDED: ("withdrawn", _("已放弃")),
}
"""Chip and words."""

BINDING_OUTCOMES: Final[dict[str, str | Promise]] = {
    BindingConflict.Outcome.CLAIM: _("以报名系统为准，已绑定"),
    BindingConflict.Outcome.IMPORT: _("维持导入信息，未绑定"),
    BindingConflict.Outcome.AGREED: _("重新导入后一致，已绑定"),
}

RECHECK_OUTCOMES: Final[dict[str, tuple[str, str | Promise]]] = {
    Recheck.Outcome.PENDING: ("unmarked", _("待答复")),
    Recheck.Outcome.UPHELD: ("complete", _("维持原结论")),
    Recheck.Outcome.CORRECTED: ("changed", _("已更正")),
}
"""Chip and words."""


def extension_state(row: ExtensionRequest) -> tuple[str, str | Promise]:
    """Chip and words of a request for more time."""
    if row.answered_at is None:
        return "unmarked", _("等待答复")
    return ("accepted", _("已同意")) if row.granted else ("withdrawn", pgettext_lazy("answered", "不同意"))


def blocker_state(dossier: Dossier) -> tuple[str, str | Promise]:
    """Chip and words of what stops a release: a decided one does so by the change nobody has looked at."""
    if dossier.changed_since is not None and dossier.state == State.DECIDED:
        return "changed", _("已决定，报名信息变更待处理")
    return words.STATES[Phase(dossier.state)]


def late_state(dossier: Dossier) -> tuple[str, str | Promise]:
    """Chip and words of what became of a late case; of a decided one not how."""
    out = dossier.release is not None and dossier.release.published_at is not None
    return words.STATES[Phase.RELEASED if out else Phase(dossier.state)]


EVENTS: Final[dict[str, str | Promise]] = {
    AuditName.CANDIDATE_LOGGED_IN: _("考生登录"),
    AuditName.CANDIDATE_LOGGED_OUT: _("考生退出"),
    AuditName.PHONE_CODE_SENT: _("考生获取手机验证码"),
    AuditName.PHONE_CHANGED: _("考生更换通知手机号"),
    AuditName.OWN_PICTURES_TAKEN: _("考生下载自己的图片"),
    AuditName.DOSSIER_ERASED: _("保存期满，清除材料"),
    AuditName.REGISTRATION_DOUBTED: _("考生反映报名信息有误"),
    AuditName.REGISTRATION_DOUBT_ANSWERED: _("考点答复报名信息有误"),
    AuditName.STAFF_LOGGED_IN: _("工作人员登录"),
    AuditName.STAFF_LOGIN_FAILED: _("工作人员登录失败"),
    AuditName.STAFF_LOGGED_OUT: _("工作人员退出"),
    AuditName.ACCOUNT_CREATED: _("建立账号"),
    AuditName.ACCOUNT_DISABLED: _("停用账号"),
    AuditName.ACCOUNT_ENABLED: _("启用账号"),
    AuditName.ACCOUNT_RESET: _("重置账号"),
    AuditName.ACCOUNT_CONFIRMED: _("确认重置后的账号"),
    AuditName.PASSWORD_CHOSEN: _("修改密码"),
    AuditName.ACCOUNT_SIGNED_OUT: _("强制退出"),
    AuditName.ACCOUNT_REQUESTED: _("申请账号"),
    AuditName.ACCOUNT_REQUEST_REFUSED: _("不同意账号申请"),
    AuditName.ROLE_GRANTED: _("授予角色"),
    AuditName.ROLE_WITHDRAWN: _("收回角色"),
    AuditName.REGISTRATION_RECEIVED: _("收到报名信息"),
    AuditName.IMPORT_UPLOADED: _("上传导入文件"),
    AuditName.IMPORT_CONFIRMED: _("确认导入"),
    AuditName.IMPORT_ENDED: _("导入结束"),
    AuditName.BINDING_REFUSED: _("证件号码不一致，未绑定"),
    AuditName.BINDING_SETTLED: _("处理证件号码不一致"),
    AuditName.DOSSIER_CREATED: _("建立报名材料"),
    AuditName.DOSSIER_VIEWED: _("查看报名材料"),
    AuditName.DOSSIER_TAKEN: _("领取"),
    AuditName.DOSSIER_RESERVED: _("预先载入"),
    AuditName.DOSSIER_GIVEN_BACK: _("交还"),
    AuditName.DOSSIER_HELD: _("暂缓"),
    AuditName.HOLD_ENDED: _("结束暂缓"),
    AuditName.DOSSIER_HANDED_OVER: _("移交"),
    AuditName.CONFLICT_DECLARED: _("声明回避"),
    AuditName.PROPOSAL_VOIDED: _("提议因回避作废"),
    AuditName.CONFLICT_WITHDRAWN: _("撤回回避"),
    AuditName.INTERNAL_NOTE_ADDED: _("内部备注"),
    AuditName.BULK_CONFIRMED: _("确认批量处理"),
    AuditName.BULK_RESUMED: _("继续批量处理"),
    AuditName.BULK_FINISHED: _("批量处理完成"),
    AuditName.REASONS_CHANGED: _("修改退回原因"),
    AuditName.DOSSIER_STEP: _("材料状态变化"),
    AuditName.PICTURE_ADDED: _("上传图片"),
    AuditName.PICTURE_DELETED: _("删除图片"),
    AuditName.PICTURE_RESTORED: _("恢复图片"),
    AuditName.HANDOVER_OPENED: _("打开手机扫码上传"),
    AuditName.HANDOVER_REDEEMED: _("手机扫码开始上传"),
    AuditName.HANDOVER_CLOSED: _("结束手机扫码上传"),
    AuditName.PICTURE_TURNED: _("转正图片"),
    AuditName.ADVICE_CONFIRMED: _("考生确认预检提示"),
    AuditName.MARK_SET: _("审核标记"),
    AuditName.MARK_CLEARED: _("撤销审核标记"),
    AuditName.PROMISE_MADE: _("承诺补交"),
    AuditName.PROMISE_WITHDRAWN: _("撤回补交承诺"),
    AuditName.PLACE_EXPLAINED: _("考生说明"),
    AuditName.EXPLANATION_WITHDRAWN: _("撤回说明"),
    AuditName.EXTENSION_REQUESTED: _("申请延期"),
    AuditName.EXTENSION_REFUSED: _("不同意延期"),
    AuditName.SITE_CLOSED: _("考点审核结束"),
    AuditName.SITE_REOPENED: _("考点审核重新开放"),
    AuditName.RELEASE_PREPARED: _("准备公布"),
    AuditName.RELEASE_PUBLISHED: _("结果公布"),
    AuditName.CORRECTION_CONFIRMED: _("确认更正"),
    AuditName.CATALOGUE_EDITED: _("编辑材料目录"),
    AuditName.CATALOGUE_PUBLISHED: _("发布材料目录"),
    AuditName.INTAKE_CHANGED: _("修改审核设置"),
    AuditName.INTAKE_OPENED: _("新建审核批次"),
    AuditName.SITE_CHANGED: _("修改考点信息"),
    AuditName.LIST_EXPORTED: _("导出列表"),
    AuditName.PICTURES_EXPORTED: _("导出图片"),
    AuditName.SHEET_EXPORTED: _("导出材料单"),
    AuditName.TEXT_CHANGED: _("修改短信内容"),
    AuditName.TEXT_TESTED: _("发送测试短信"),
    AuditName.BROADCAST_SENT: _("发出群发通知"),
    AuditName.SYSTEM_RESTORED: _("从备份恢复系统"),
    AuditName.STORE_ROT_FOUND: _("发现存储的图片损坏"),
    AuditName.MAILING_STOPPED: _("停止群发"),
    AuditName.MAILING_RESUMED: _("继续群发"),
    AuditName.CANDIDATE_PHONED: _("已电话通知考生"),
    AuditName.WECHAT_BOUND: _("绑定微信"),
    AuditName.WECHAT_UNBOUND: _("解除微信绑定"),
    AuditName.AUDIT_SEARCHED: _("查询审计记录"),
    AuditName.AUDIT_EXPORTED: _("导出审计记录"),
}

_WAITS: Final = {Role.SYSTEM_ADMIN: _("待建立账号"), Role.SECURITY_ADMIN: _("待授予角色")}


def request_line(row: AccountRequest) -> dict[str, Any]:
    """One request in words."""
    place = row.site or row.area
    refused = pgettext_lazy("answered", "不同意")
    answered = ("complete", _("已办理")) if row.granted_at else ("withdrawn", refused)
    chip, state = ("unmarked", _WAITS[row.waits_for]) if row.waits_for else answered
    return {
        "row": row,
        "role": ROLE_WORDS[row.role],
        "place": pick(place.name_zh, place.name_en),
        "chip": chip,
        "state": state,
    }
