"""Who takes part: the fresh candidate of each walk, and a candidate for every state a dossier can be seen in."""

from __future__ import annotations

from typing import Any, Final

WALKS: Final = {"phone": "2027YS", "desktop": "2027YS-2", "plain": "2027YS-3", "oldest": "2027YS-6"}
"""Each walk's intake: closing its window and releasing its results disturbs no other."""

WALKERS: Final = {
    "phone": "lixiaoyu",
    "desktop": "wangjingyi",
    "plain": "zhaomingzhe",
    "oldest": "weijianguo",
}

GALLERY: Final = "2027YS-4"
"""The intake with a dossier in every state."""

_PASS: Final = {"by": "site-reviewer-1", "verdict": "pass"}
_FAIL: Final = {"by": "site-reviewer-1", "verdict": "fail", "reason_zh": "试用期未满一年。"}
_REFUSAL: Final = {
    "by": "area-reviewer-1",
    "verdict": "fail",
    "reason_zh": "试用期未满一年，不符合报名条件。",
}
_RETURN: Final = {
    "by": "site-reviewer-1",
    "manner": "online",
    "answer": "waiting",
    "places": [
        {"kind": "M01", "position": 2, "text_zh": "四角不全，请重新拍摄。", "box": [0.1, 0.1, 0.4, 0.3]}
    ],
}

BENCH_SITE: Final = "1302"
"""Where the workbench's test has its reviewer and its dossiers to itself."""

BENCH_REVIEWER: Final = "tangshan-reviewer"

BENCH: Final = {"bench-1": "sunjiaqi", "bench-2": "dongyifan", "bench-3": "fanxuelian"}

AHEAD_SITE: Final = "1305"

AHEAD_REVIEWER: Final = "xingtai-reviewer"

AHEAD: Final = {"ahead-1": "houyongjun", "ahead-2": "xionglinna"}
"""One is open while the registration of the other changes."""

DESK_SITE: Final = "1303"
"""Where tests that need one dossier have their reviewer."""

DESK_REVIEWER: Final = "qinhuangdao-reviewer"

KEYLESS_SITE: Final = "1304"

KEYLESS_REVIEWER: Final = "handan-reviewer"
"""Who switches the keys off, for himself alone."""

_ANSWERED: Final = {
    "by": DESK_REVIEWER,
    "manner": "online",
    "answer": "resubmitted",
    "places": [{"kind": "M01", "position": 1, "text_zh": "反光，请重新拍摄。"}],
}

DESK: Final[dict[str, dict[str, Any]]] = {
    "desk_lacking": {"username": "xuhuimin"},
    "desk_refused": {"username": "songziqi"},
    "desk_keys": {"username": "tangguoliang"},
    "desk_hidden": {"username": "fengbowen"},
    "desk_folds": {"username": "kongxiangyu"},
    "desk_spot": {"username": "lvchunmei"},
    "desk_left": {"username": "shenyulan"},
    "desk_enter": {"username": "majunxi"},
    "desk_changed": {"username": "zhuqingqing"},
    "desk_fields": {"username": "linshuwen"},
    "desk_spots": {"username": "wanshufen"},
    "desk_seen": {"username": "leiyuchen"},
    "desk_late": {"username": "xiaoyunshu"},
    "desk_answered": {"username": "guozhongwei", "return": [_ANSWERED]},
    "keyless": {"username": "lianglihua", "site": KEYLESS_SITE},
}
"""One dossier for each of these tests: none finds the marks of another."""

CASES: Final[dict[str, dict[str, Any]]] = {
    "draft": {"username": "liuzhiyuan", "state": "draft"},
    "at_site": {"username": "chenyutong", "state": "at_site"},
    "returned": {"username": "gaotianyu", "state": "returned", "return": [_RETURN]},
    "at_area": {"username": "luyaqin", "state": "at_area", "recommendation": _PASS},
    "proposed": {"username": "renpengfei", "state": "at_area", "recommendation": _FAIL, "proposal": _REFUSAL},
    "passed": {
        "username": "pengjunjie",
        "state": "decided",
        "recommendation": _PASS,
        "decision": {"by": "area-reviewer-1", "verdict": "pass"},
    },
    "failed": {
        "username": "hanmeiling",
        "state": "decided",
        "recommendation": _FAIL,
        "decision": {**_REFUSAL, "confirmed_by": "area-reviewer-2"},
    },
    "lapsed": {"username": "jiangtao", "state": "draft"},
    "withdrawn": {"username": "duzhiqiang", "state": "draft"},
    "handover": {"username": "yanghaoran", "state": "draft"},
    "handover_typed": {"username": "yuanhaitao", "state": "draft"},
    "handover_again": {"username": "dengxiaofeng", "state": "draft"},
    "sender": {"username": "zhangxinyue", "state": "draft"},
    "photographer": {"username": "zhouwenbo", "state": "draft"},
    "onlooker": {"username": "tianyuhan", "state": "draft"},
    "torturer": {"username": "hexinran", "state": "draft"},
    "troubled": {"username": "shilanfang", "state": "draft"},
    "forgetful": {"username": "fuzhenguo", "state": "draft"},
    "two_sided": {"username": "geliping", "state": "draft"},
    "counter": {"username": "qinshuyi", "state": "draft"},
    "cut_off": {"username": "yaominghui", "state": "draft"},
    "keyboard": {"username": "caoruoxi", "state": "draft"},
}
"""As cases.toml writes them; what a case can't say (lapsed, withdrawn) its name does."""


def order() -> dict[str, Any]:
    """What the seeding is told."""
    people = {name: {"username": WALKERS[name], "batch": batch} for name, batch in WALKS.items()}
    people |= {name: {"username": case["username"], "batch": GALLERY} for name, case in CASES.items()}
    people |= {
        name: {"username": username, "batch": "2027YS-5", "site": site}
        for site, those in ((BENCH_SITE, BENCH), (AHEAD_SITE, AHEAD))
        for name, username in those.items()
    }
    people |= {
        name: {"username": case["username"], "batch": "2027YS-5", "site": case.get("site", DESK_SITE)}
        for name, case in DESK.items()
    }
    waiting = {
        name: {"username": username, "state": "at_site"} for name, username in {**BENCH, **AHEAD}.items()
    }
    waiting |= {name: {**case, "state": "at_site"} for name, case in DESK.items()}
    return {
        "people": people,
        "cases": {**CASES, **waiting},
        "gallery": GALLERY,
    }
