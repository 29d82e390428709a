"""The words of the field for codes of a registration, and the lists a candidate chooses from."""

from collections.abc import Mapping
from typing import Any, Final

LEVELS: Final = {"practising": "执业医师", "assistant": "执业助理医师", "rural": "乡村全科执业助理医师"}
# 报考类别: code → (level, name).
CATEGORIES: Final = {
    "110": ("practising", "临床执业医师"),
    "120": ("practising", "口腔执业医师"),
    "130": ("practising", "公共卫生执业医师"),
    "141": ("practising", "中医执业医师"),
    "142": ("practising", "中西医结合执业医师"),
    "341": ("practising", "中医（师承或确有专长）执业医师"),
    "210": ("assistant", "临床执业助理医师"),
    "220": ("assistant", "口腔执业助理医师"),
    "230": ("assistant", "公共卫生执业助理医师"),
    "241": ("assistant", "中医执业助理医师"),
    "242": ("assistant", "中西医结合执业助理医师"),
    "441": ("assistant", "中医（师承或确有专长）执业助理医师"),
    "215": ("rural", "乡村全科执业助理医师"),
}
EDUCATION: Final = {
    "postgraduate": "研究生",
    "bachelor": "本科",
    "upgraded": "专升本",
    "college": "专科",
    "secondary": "中专",
    "apprenticeship": "师承或确有专长",
}
STUDY_FORMS: Final = {"full_time": "全日制", "adult": "成人教育", "overseas": "境外学历"}
ROUTES: Final = {
    "direct": "直接报考",
    "from_assistant": "助理医师升执业医师",
    "apprenticeship": "师承或确有专长",
}
IDENTITIES: Final = {
    "local": "地方考生",
    "active_military": "现役军人",
    "civilian_military": "军队文职人员",
    "hmt": "港澳台居民",
    "foreign": "外籍人员",
}
INSTITUTION_KINDS: Final = {
    "tertiary_a": "三级甲等医院",
    "hospital": "其他医院",
    "clinic": "诊所",
    "cdc": "疾病预防控制机构",
    "township": "乡镇卫生院",
}
PRECHECKS: Final = {"note": "说明", "hint": "提示", "warning": "警告", "severe": "严重警告"}
AREAS: Final = {"13": "河北考区", "99": "样本考区"}
SITES: Final = {
    "1301": "石家庄考点",
    "1302": "唐山考点",
    "1303": "秦皇岛考点",
    "1304": "邯郸考点",
    "1305": "邢台考点",
    "1306": "保定考点",
    "1307": "张家口考点",
    "1308": "承德考点",
    "1309": "沧州考点",
    "1310": "廊坊考点",
    "1311": "衡水考点",
    "9901": "样本考点",
}
BATCHES: Final = {"2026YS": "2026年医师资格考试", "2027YS": "2027年医师资格考试"}


def yes_no(value: object) -> str:
    """是 / 否 for a fact that is true or not."""
    return "是" if value else "否"


def category(facts: Mapping[str, Any]) -> str:
    """报考类别 with its code; a code this list doesn't know is shown with the level only."""
    code = str(facts.get("category", ""))
    known = CATEGORIES.get(code)
    name = known[1] if known else LEVELS.get(str(facts.get("level")), "")
    return f"{code} {name}".strip()


def groups(facts: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The facts of a registration in the words and the order of the registration form."""

    def word(table: Mapping[str, str], fact: str) -> str:
        return table.get(str(facts.get(fact)), str(facts.get(fact, "")))

    return [
        (
            "报考信息",
            [
                ("报考级别", word(LEVELS, "level")),
                ("报考类别", category(facts)),
                ("报考途径", word(ROUTES, "route")),
                ("首次报考", yes_no(facts.get("first_time"))),
                ("考生身份", word(IDENTITIES, "identity")),
                ("系统预审", word(PRECHECKS, "precheck")),
            ],
        ),
        (
            "学历信息",
            [
                ("学历层次", word(EDUCATION, "education")),
                ("学习形式", word(STUDY_FORMS, "study_form")),
                ("毕业年份", str(facts.get("graduation_year", ""))),
                ("应届毕业生", yes_no(facts.get("fresh_graduate"))),
                ("在校研究生", yes_no(facts.get("in_school"))),
                ("有学位证书", yes_no(facts.get("degree"))),
            ],
        ),
        (
            "试用（执业）机构",
            [
                ("机构名称", str(facts.get("institution_name", ""))),
                ("机构类型", word(INSTITUTION_KINDS, "institution_kind")),
                ("本年度机构数", str(facts.get("institutions", ""))),
                ("现机构注册时间不足", yes_no(facts.get("short_registration"))),
                ("姓名或证件号曾变更", yes_no(facts.get("name_changed"))),
            ],
        ),
    ]
