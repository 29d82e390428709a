"""The sentence and HTTP status of every refusal: one rule, one text, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaosheng.domain.errors import Refusal
from kaosheng.pictures import words as picture_words
from kaosheng.web.ui import times


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and sentence of one code; the sentence may name the refusal's params as %(name)s."""

    status: int
    sentence: str | Promise


_NOT_FOUND: Final = Answer(404, _("没有找到这项内容，或您无权查看。"))

ANSWERS: Final[dict[str, Answer]] = {
    # doors
    "not_found": _NOT_FOUND,
    "receipt_unknown": Answer(404, _("没有这份回执。请核对网址是否完整，或重新扫描回执上的二维码。")),
    "login_needed": Answer(403, _("登录已过期，请重新登录后再操作；没有保存任何内容。")),
    "not_your_role": Answer(403, _("您的角色不能进行这项操作，没有保存任何内容。")),
    "not_your_stage": Answer(409, _("这份材料现在不在您的审核阶段，请返回查看最新状态。")),
    "lease_needed": Answer(409, _("这份材料现在不在您手中，请先领取再操作。")),
    "taken_by_another": Answer(409, _("这份材料正由其他审核人员处理，请领取下一份。")),
    "stale_revision": Answer(409, _("内容已更新，您的操作没有保存，请查看最新状态后再操作。")),
    "action_not_possible": Answer(409, _("当前状态不能进行这项操作，请查看最新状态。")),
    # candidates
    "dossier_locked": Answer(409, _("材料已锁定：已提交审核或正在审核，不能修改。")),
    "dossier_lapsed": Answer(409, _("逾期未提交：已过截止时间，不能再修改。如有特殊情况请联系考点。")),
    "dossier_withdrawn": Answer(409, _("报名已取消，材料不能修改。")),
    "slot_locked": Answer(409, _("这个位置已锁定，不能修改；只有审核人员要求更换的位置可以修改。")),
    "slot_taken": Answer(409, _("这个位置（第%(position)s张）已有图片，请先删除再上传。")),
    "kind_full": Answer(409, _("这种材料最多上传 %(maximum)s 张，已达到上限，不能继续上传。")),
    "no_such_place": Answer(422, _("这种材料最多 %(maximum)s 张，没有第 %(position)s 张的位置。")),
    "kind_not_accepted": Answer(422, _("按您的报名信息，这种材料不需要上传，系统不接收。")),
    "unknown_kind": Answer(404, _("材料种类中没有“%(kind)s”。")),
    "kind_is_full": Answer(
        422, _("这种材料已有 %(maximum)s 张，没有空位可补。请在有问题的图片上标记需更换。")
    ),
    "picture_gone": Answer(409, _("这个位置的图片已不在，请刷新后再操作。")),
    "idempotency_key_reused": Answer(422, _("同一次上传的编号被用于两张不同的图片，请刷新页面后重新上传。")),
    "advice_outdated": Answer(409, _("这条预检提示已经过时，请刷新页面查看最新内容。")),
    "window_not_open": Answer(409, _("材料上传于 %(opens_at)s 开始，现在还不能上传。")),
    "deadline_passed": Answer(
        409, _("已过截止时间 %(closes_at)s，不能再修改或提交。如有特殊情况请联系考点。")
    ),
    "materials_missing": Answer(422, _("还有 %(count)s 种必需材料未上传，补齐后才能提交审核。")),
    "places_unanswered": Answer(422, _("还有 %(count)s 处要求更换的材料未更换，完成后才能重新提交。")),
    "nothing_to_resubmit": Answer(409, _("没有需要在线更换的材料，请按审核意见到现场或电话办理。")),
    "picture_list_changed": Answer(409, _("核对之后图片又有变化，没有提交。请重新核对后再提交。")),
    "commitment_changed": Answer(409, _("真实性承诺的内容刚刚有更新，请重新阅读并勾选。")),
    "commitment_missing": Answer(422, _("请先阅读并勾选真实性承诺，再提交审核。")),
    "place_not_asked": Answer(409, _("这处材料没有要求更换，不需要说明。")),
    "promise_not_possible": Answer(
        422, _("这种材料不能选择“暂时无法提供”，请上传图片；确实不能提供的，请选择“无法提供”并说明原因。")
    ),
    "promise_date_past": Answer(422, _("承诺提供日期 %(date)s 不晚于今天，请填写今天以后的日期。")),
    "handover_over": Answer(
        403,
        _("手机上传已失效：二维码或数字码只能使用一次，10 分钟内有效。请在电脑上重新点“手机扫码上传”。"),
    ),
    "handover_tries": Answer(429, _("输错的次数太多，请 10 分钟后再试，或改用扫描二维码。")),
    "phone_malformed": Answer(
        422, _("请填写 11 位手机号码，例如 13800000000。收到的号码有 %(digits)s 位数字。")
    ),
    "phone_unchanged": Answer(422, _("这个号码正在接收通知，不需要更换。")),
    "codes_too_many": Answer(
        429, _("一小时内最多发送 %(limit)s 次验证码，请稍后再试。着急办理请电话联系考点。")
    ),
    "code_wrong": Answer(422, _("验证码不正确，还可以再试 %(left)s 次。")),
    "code_expired": Answer(409, _("验证码已过期（10 分钟内有效，只有最新的有效），请重新获取。")),
    "code_spent": Answer(429, _("验证码已输错 %(limit)s 次，请重新获取。")),
    "file_missing": Answer(422, _("没有选取文件，请先选取图片再提交。")),
    "body_too_large": Answer(
        413, _("上传内容大小为 %(size)s（%(bytes)s 字节），超过系统接收的 %(limit)s，没有接收。")
    ),
    "too_many_files": Answer(422, _("一次只能上传一张图片，收到 %(count)s 张。")),
    # messages
    "broadcast_text_unknown": Answer(422, _("请选择要发送的内容。")),
    "broadcast_nobody": Answer(422, _("按所选条件没有考生，没有发送。")),
    "broadcast_variable": Answer(422, _("请填写中文和英文，各不超过 %(longest)s 个字符。")),
    "broadcast_count_differs": Answer(
        422, _("输入的人数 %(counted)s 与现在的人数 %(expected)s 不一致，没有发送。请核对后重新输入。")
    ),
    "too_many_tests": Answer(429, _("一小时最多发 %(limit)s 条测试短信，请稍后再试。")),
    "wording_braces": Answer(422, _("大括号不成对，或括号里不只是变量名。变量写作 {deadline}。")),
    "wording_unknown_variable": Answer(422, _("这条短信没有变量“%(name)s”，可用的变量：%(known)s。")),
    "wording_missing_variable": Answer(422, _("缺少变量 {%(name)s}，考生收不到这项内容，没有保存。")),
    "wording_forbidden": Answer(422, _("运营商不接收含“%(word)s”的短信，请换一种写法。")),
    "wording_link": Answer(422, _("短信里不能写网址。")),
    "wording_number": Answer(422, _("短信里不能写 7 位以上的数字（手机号、证件号等）。")),
    "wording_too_long": Answer(422, _("短信有 %(characters)s 字，最多 %(limit)s 字。")),
    # reviewers
    "reason_needed": Answer(422, _("请填写理由。")),
    "reason_too_long": Answer(
        422, _("最多 %(limit_value)d 个字，收到 %(show_value)d 个字，没有保存。请缩短后再提交。")
    ),
    "verdict_needed": Answer(422, _("请选择结论。")),
    "places_needed": Answer(422, _("没有标记任何需更换或缺少的材料，不能退回补充。")),
    "pictures_unmarked": Answer(422, _("还有 %(count)s 张图片没有标记，全部标记后才能继续。")),
    "one_stage_only": Answer(409, _("本次审核只有考区一级，没有这项操作。")),
    "refusal_needs_two": Answer(422, _("“不通过”须由一人提议、另一人确认，不能单独决定。")),
    "drawn_for_second_look": Answer(409, _("这份材料被抽中由第二人复查，须提议后由另一人确认。")),
    "second_look_not_drawn": Answer(409, _("这份材料没有被抽中由第二人复查，请直接决定通过。")),
    "promise_open": Answer(422, _("考生承诺补交的材料尚未到齐，须填写免交理由才能通过。")),
    "second_person_needed": Answer(403, _("提议人不能确认或否决自己的提议，须由另一人处理。")),
    "not_your_proposal": Answer(403, _("只有提议人可以撤回提议。")),
    "nothing_to_keep": Answer(409, _("报名信息没有新的变更，不需要维持。")),
    "first_decider": Answer(403, _("参与原决定的人员不能参与更正和复核。")),
    "nothing_to_confirm": Answer(409, _("没有等待确认的提议。")),
    "nothing_to_receive": Answer(409, _("没有要求现场提交或电话联系的材料。")),
    "deadline_not_passed": Answer(409, _("尚未到截止时间。")),
    "remark_names_staff": Answer(
        422, _("考生会看到这段话，其中有工作人员的姓名“%(name)s”。请删去姓名后再保存。")
    ),
    "conflict_declared": Answer(
        403, _("您已声明与这份材料的考生有利害关系，须回避；材料由其他审核人员处理。")
    ),
    "own_conflict": Answer(403, _("不能撤回自己声明的回避，须由管理员处理。")),
    "note_empty": Answer(422, _("备注没有内容，请填写后再保存。")),
    "on_hold": Answer(409, _("这份材料已暂缓，结束暂缓后再操作。")),
    "proposal_pending": Answer(409, _("这份材料已有提议，等待另一位审核员复核。")),
    "registration_flagged": Answer(409, _("报名信息在提交后有变更，须由人核对差异。")),
    "registration_doubted": Answer(409, _("考生反映报名信息有误，尚未答复，须由人核对。")),
    "picture_used_twice": Answer(409, _("有图片与其他考生的相同，须由人核对。")),
    "asks_something": Answer(409, _("有标记为需更换或缺少的材料，须由人处理。")),
    "came_back": Answer(409, _("曾退回、逾期未补充或重新审核，须由人审核。")),
    "recommended_fail": Answer(409, _("考点建议不通过，须由人审核。")),
    "reason_without_sentence": Answer(422, _("每条原因都须填写中文，没有保存。")),
    "bulk_failed": Answer(500, _("处理时出错，没有执行。可以点“继续”再试，或单独处理这份材料。")),
    "bulk_account_disabled": Answer(403, _("发起批量处理的账号已停用，没有执行。")),
    "bulk_role_withdrawn": Answer(403, _("发起人已没有审核这份材料的角色，没有执行。")),
    "bulk_empty": Answer(422, _("没有可以批量处理的材料，没有执行。")),
    "bulk_count_differs": Answer(
        422, _("输入的份数是 %(counted)s，将处理的是 %(expected)s 份，请核对后重新输入。")
    ),
    # managers
    "deadline_not_later": Answer(422, _("新的截止时间 %(until)s 须晚于现在和原截止时间 %(deadline)s。")),
    "answer_needed": Answer(422, _("请写下给考生的答复。")),
    "doubt_changed": Answer(409, _("考生已修改说明，您的答复没有保存，请看过新的说明后再答复。")),
    "extension_asked_already": Answer(409, _("这份材料已有待处理的延期申请。")),
    "window_still_open": Answer(409, _("上传时间尚未结束，不能结束考点审核。")),
    "site_has_open_cases": Answer(409, _("还有 %(count)s 份材料未处理完，不能结束考点审核。")),
    "closing_count_differs": Answer(
        422, _("输入的份数是 %(counted)s，将看到“考点通过”的是 %(expected)s 份，请核对后重新输入。")
    ),
    "site_closed_already": Answer(409, _("考点审核已结束。")),
    "site_not_closed": Answer(409, _("考点审核没有结束，不需要重新开放。")),
    "release_blocked": Answer(409, _("还有 %(count)s 份材料未处理完，须处理或列为迟办后才能公布。")),
    "late_case_unknown": Answer(
        422, _("列为迟办的材料中有 %(count)s 份不属于本批或已处理完，没有准备。请核对下面的列表后再准备。")
    ),
    "release_count_differs": Answer(
        422, _("输入的份数是 %(counted)s，将公布的是 %(expected)s 份，请核对后重新输入。")
    ),
    "release_published_already": Answer(409, _("这一批结果已经公布。")),
    "nothing_to_release": Answer(409, _("没有可公布的决定。")),
    # intake and catalogue
    "catalogue_published": Answer(409, _("第 %(number)s 版材料目录已经发布或已被取消，不能再改。")),
    "catalogue_changed_meanwhile": Answer(409, _("预览之后材料目录又有改动，没有发布。请重新查看后再发布。")),
    "catalogue_edited_meanwhile": Answer(
        409, _("材料目录已被他人改动，您的修改没有保存，请查看最新内容后再改。")
    ),
    "nothing_prepared": Answer(409, _("没有准备中的材料目录，请先点“开始修改”。")),
    "share_wrong": Answer(422, _("随机复查比例应在 0 到 100 之间，收到的是 %(percent)s。")),
    "recheck_days_wrong": Answer(422, _("申请复核的期限是 %(days)s 天，须在 0 到 %(limit)s 天之间。")),
    "recheck_promised": Answer(409, _("已有结果公布，考生已被告知可在 %(days)s 天内申请复核，不能再缩短。")),
    "commitment_empty": Answer(422, _("真实性承诺的中文内容不能为空。")),
    "telephone_needed": Answer(422, _("请填写电话，考生有问题时靠它找到考点。")),
    "intake_exists": Answer(409, _("批次代码 %(intake)s 已有，请核对后重新填写。")),
    "intake_incomplete": Answer(422, _("请填写批次代码和两种语言的名称。")),
    "catalogue_empty": Answer(422, _("材料目录中没有任何材料种类，不能发布。")),
    "kind_still_used": Answer(
        409,
        _("材料 %(kind)s 已有考生上传的图片 %(count)s 张，不能从目录中去掉；可以改为“不需要上传”。"),
    ),
    "kind_code_twice": Answer(422, _("材料代码 %(kind)s 出现了两次，每种材料的代码须不同。")),
    "kind_counts_wrong": Answer(
        422,
        _(
            "材料 %(kind)s 的张数不对：最少 %(minimum)s 张、最多 %(maximum)s 张；最多须在 1 到 %(limit)s 之间且不小于最少。"
        ),
    ),
    "kind_text_missing": Answer(422, _("材料 %(kind)s 的名称、简称或要求没有填全，中文和英文都要填写。")),
    "kind_short_name_long": Answer(
        422, _("材料 %(kind)s 的简称有 %(length)s 个字，短信中最多 %(limit)s 个字。")
    ),
    "kind_floor_wrong": Answer(
        422, _("材料 %(kind)s 的长边最少像素是 %(pixels)s，须在 %(lowest)s 到 %(highest)s 之间。")
    ),
    "kind_labels_wrong": Answer(
        422, _("材料 %(kind)s 的位置名称不对：中文和英文的个数须相同，且不多于最多张数。")
    ),
    "rule_kind_unknown": Answer(422, _("有一条规则针对材料 %(kind)s，目录中没有这种材料。")),
    "rule_group_missing": Answer(422, _("材料 %(kind)s 的“任选其一”规则没有填写组名。")),
    "rule_text_missing": Answer(422, _("材料 %(kind)s 有一条规则没有写给考生的理由，中文和英文都要填写。")),
    "rule_condition_wrong": Answer(422, _("材料 %(kind)s 有一条规则的条件“%(fact)s”无法成立，请检查。")),
    "settings_changed_meanwhile": Answer(
        409, _("设置已被他人修改，您的修改没有保存，请查看最新设置后再改。")
    ),
    "window_backwards": Answer(422, _("截止时间 %(closes_at)s 不晚于开始时间 %(opens_at)s，没有保存。")),
    "window_ends_in_past": Answer(
        422, _("截止时间 %(closes_at)s 已经过去，没有保存；请填写现在以后的时间。")
    ),
    "window_opened_already": Answer(
        409, _("上传已于 %(opens_at)s 开始，已有考生上传图片，开始时间不能改到以后。")
    ),
    "supplement_days_wrong": Answer(422, _("补充期限是 %(days)s 天，须在 1 到 %(limit)s 天之间。")),
    "stages_unknown": Answer(422, _("审核级数是 %(stages)s，须为 1（考区）或 2（考点、考区）。")),
    "stages_fixed": Answer(409, _("已有考生提交审核，审核级数（%(stages)s 级）不能再改。")),
    # accounts and roles
    "bootstrap_done": Answer(409, _("三员账号已经建立，不能再次初始化。")),
    "roles_separated": Answer(
        422, _("系统管理员、安全管理员、审计员须由三人分别担任，不能兼任，也不能同时担任其他角色。")
    ),
    "account_incomplete": Answer(422, _("请填写用户名和姓名。")),
    "username_taken": Answer(422, _("用户名“%(username)s”已被使用，请换一个。")),
    "account_asked_already": Answer(409, _("已为用户名“%(username)s”申请过同样的角色，正在办理。")),
    "own_account": Answer(403, _("不能停用、启用或重置自己的账号，须由另一位系统管理员处理。")),
    "own_confirmation": Answer(403, _("不能确认自己的账号，重置的人也不能确认，须由另一人处理。")),
    "password_not_chosen": Answer(
        409, _("本人还没有用新密码登录并选择自己的密码，现在不能确认。请本人登录后再确认。")
    ),
    "nobody_to_confirm": Answer(
        409, _("重置后须由另一人确认，现在没有人可以确认这个账号，没有重置。请先确认其他已重置的账号。")
    ),
    "own_grant": Answer(403, _("不能给自己授予或收回角色，须由另一位安全管理员处理。")),
    "scope_unknown": Answer(422, _("角色与范围不符：考点角色须选择考点，考区角色须选择考区。")),
    "grant_exists": Answer(409, _("该账号已有这个角色和范围。")),
    # 复核
    "recheck_asked_already": Answer(409, _("您已申请过复核，每份报名材料只能申请一次。")),
    "recheck_window_over": Answer(409, _("复核申请的时间已过，没有提交。如有疑问请联系考点。")),
    "no_recheck_pending": Answer(409, _("没有等待答复的复核申请。")),
    "wechat_unavailable": Answer(503, _("微信暂时没有回应，没有生成二维码。请稍后再试；短信通知照常发送。")),
    # gateway
    "registration_not_understood": Answer(422, _("报名信息格式有误：%(field)s。")),
    "intake_unknown": Answer(422, _("没有考区 %(area)s 批次 %(batch)s 的审核。")),
    "intake_differs": Answer(422, _("报名号 %(number)s 已属于另一考区或批次，没有更新。")),
    "imported_id_differs": Answer(409, _("报名号 %(number)s 的证件号码与考区导入的不一致，没有绑定。")),
    "site_unknown": Answer(422, _("没有代码为 %(site)s 的考点。")),
    "signature_invalid": Answer(401, _("签名无效。")),
    "call_repeated": Answer(409, _("这次调用已处理过，没有再次处理。")),
    "event_not_understood": Answer(422, _("事件格式有误，没有处理。")),
    "report_not_understood": Answer(422, _("送达报告格式有误，没有处理。")),
    "message_too_large": Answer(413, _("消息超过 %(limit)s 字节，没有接收。")),
    "csrf_missing": Answer(403, _("请求缺少页面令牌或令牌已过期，没有保存任何内容。请刷新页面后重试。")),
    "catalogue_missing": Answer(503, _("材料目录尚未发布，请稍后再试。")),
    "export_too_many": Answer(422, _("共 %(count)s 份，一次最多导出 %(limit)s 份，请先筛选再导出。")),
    # imported registrations
    "import_not_xlsx": Answer(422, _("这不是 xlsx 文件，没有导入任何内容。请用模板填写，另存为 .xlsx。")),
    "import_unreadable": Answer(
        422, _("文件已损坏，或展开后超出系统允许的大小，没有导入任何内容。请重新导出后再试。")
    ),
    "import_has_password": Answer(422, _("文件有密码保护，系统打不开。请取消密码后重新上传。")),
    "import_unpacks_too_large": Answer(
        422, _("文件展开后有 %(megabytes)s MB，超过 %(limit)s MB，没有导入任何内容。请拆分后上传。")
    ),
    "import_too_many_rows": Answer(422, _("表中有 %(rows)s 行，一次最多导入 %(limit)s 行，请拆分后上传。")),
    "import_columns_missing": Answer(422, _("表头缺少这些列：%(columns)s。请下载模板，按模板填写。")),
    "import_column_twice": Answer(422, _("表头中“%(column)s”出现了两次。")),
    "import_empty": Answer(422, _("表中没有数据行。")),
    "import_has_errors": Answer(422, _("有 %(count)s 行有错误。须先改正，或勾选只导入没有错误的各行。")),
    "import_not_checked": Answer(409, _("这次导入现在不能执行这项操作，请查看最新状态。")),
    "binding_settled": Answer(409, _("这件事已经处理过了。")),
    "claim_outdated": Answer(
        409, _("报名系统此后发来了更新的报名信息，这次登录带来的已经过时，没有采用。考生再次登录后重新核对。")
    ),
    # forms
    "nul_in_text": Answer(
        400, _("提交的内容含有不能保存的字符（NUL），没有保存任何内容。请删去这个字符后重新提交。")
    ),
    "form_incomplete": Answer(400, _("提交的内容不完整或格式有误：%(field)s。")),
}

_ENDS: Final = frozenset({"closes_at", "deadline", "until"})
"""Params that are the end of a time: midnight reads 24:00 of the day before."""

_PICTURE_STATUS: Final = {
    "picture_too_large": 413,
    "picture_wrong_type": 415,
    "picture_unknown_type": 415,
    "store_unavailable": 503,
    "stored_object_missing": 503,
}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    if refusal.code in picture_words.WORDS:
        return _PICTURE_STATUS.get(refusal.code, 422)
    return ANSWERS[refusal.code].status


def sentence_of(refusal: Refusal) -> str:
    """The sentence in the active language. Raises KeyError for a code nobody gave words."""
    if refusal.code in picture_words.WORDS:
        return picture_words.sentence(refusal.code, refusal.params)
    params = dict(refusal.params)
    for name in ("kinds", "places"):
        if isinstance(counted := params.get(name), tuple):
            params["count"] = len(counted)
    for name, value in params.items():
        if isinstance(value, datetime):
            params[name] = (times.deadline if name in _ENDS else times.moment)(value, year=True)
    return str(ANSWERS[refusal.code].sentence) % params
