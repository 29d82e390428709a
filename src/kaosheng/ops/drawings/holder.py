"""What stands on a person's papers: taken from the registration, the rest invented the same way every time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from kaosheng.ops.demo_data import read_toml

Registration = Mapping[str, Any]
"""A registration as the registration system describes it: number, name, id_number, facts, …"""

_TEACHERS: Final = ("郑培源", "葛素芬", "栾志强", "秦望舒", "汤怀瑾", "祝明川", "庄雪梅", "柏青林")
_LEADERS: Final = ("纪长河", "褚卫东", "翁丽君", "单国良", "管敬之", "费云山", "穆少华", "应文渊")
_SCHOOLS: Final = {
    "postgraduate": "样本医科大学",
    "bachelor": "样本医科大学",
    "upgraded": "样本医科大学",
    "college": "样本医学高等专科学校",
    "secondary": "样本市卫生学校",
    "apprenticeship": "样本中医药大学",
}
_MAJORS: Final = {"1": "临床医学", "2": "口腔医学", "3": "预防医学", "4": "中医学"}
_LENGTHS: Final = {
    "postgraduate": "三",
    "bachelor": "五",
    "upgraded": "三",
    "college": "三",
    "secondary": "三",
}
_RESIDENT_LENGTH: Final = 18
_HUI_SHARE: Final = 0.08
_DIGITS: Final = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Holder:
    """One person's words for every blank of documents.toml, and what his portrait needs."""

    words: Mapping[str, str]
    female: bool
    face_seed: int
    identity: str


def holder_of(registration: Registration) -> Holder:
    """Everything that can be printed for this registration.

    The same person has the same face, school and address on each paper, whichever registration it is for.
    """
    facts = registration["facts"]
    rng = np.random.default_rng(_seed(f"{registration['subject']}"))
    id_number = str(registration["id_number"])
    resident = len(id_number) == _RESIDENT_LENGTH
    born = id_number[6:14] if resident else f"{int(rng.integers(1980, 1999))}0315"
    female = int(id_number[16] if resident else id_number[-1]) % 2 == 0
    exam_year = int(str(registration["exam_batch"])[:4])
    words = {
        "name": str(registration["name"]),
        "sex": "女" if female else "男",
        "id_type": str(registration["id_type"]),
        "id_number": id_number,
        "number": str(registration["number"]),
        "phone": str(registration["phone"]),
        "institution": str(facts["institution_name"]),
        **_dates(born, exam_year, int(facts["graduation_year"])),
        **_in_words(facts),
        **_invented(rng, facts),
        **_place(str(registration["site"])),
    }
    return Holder(words=words, female=female, face_seed=_seed(id_number), identity=str(facts["identity"]))


def _seed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])


def _dates(born: str, exam_year: int, graduated: int) -> dict[str, str]:
    year, month, day = int(born[:4]), int(born[4:6]), int(born[6:8])
    return {
        "born": f"{year}年{month}月{day}日",
        "born_short": f"{year}-{month:02d}-{day:02d}",
        "born_month": f"{year}年{month}月",
        "year": str(exam_year),
        "last_year": str(exam_year - 1),
        "graduated": str(graduated),
        "enrolled": str(graduated - 5),
        "enrolled_cn": _year_in_words(graduated - 5),
        "graduated_cn": _year_in_words(graduated),
        "registered": str(max(graduated + 2, exam_year - 6)),
    }


def _year_in_words(year: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(year))


def _in_words(facts: Mapping[str, Any]) -> dict[str, str]:
    tables = _fact_words()
    words = {name: tables[name].get(str(facts[name]), str(facts[name])) for name in tables}
    category = str(facts["category"])
    education = str(facts["education"])
    return {
        **words,
        "school": "样本国立大学" if facts["study_form"] == "overseas" else _SCHOOLS[education],
        "major": _MAJORS.get(category[1], "临床医学"),
        "length": _LENGTHS.get(education, "三"),
        "degree_name": "医学硕士" if education == "postgraduate" else "医学学士",
        "scope": f"{_MAJORS.get(category[1], '临床医学')}专业",
        "departments": "内科、外科、口腔科、急诊医学科、医学检验科、医学影像科、中医科",
    }


@cache
def _fact_words() -> dict[str, dict[str, str]]:
    return {
        fact["name"]: {value["value"]: value["zh"] for value in fact["values"]}
        for fact in read_toml("facts")["fact"]
        if "values" in fact
    }


@cache
def _cities() -> dict[str, str]:
    return {
        site["code"]: f"{site['name_zh'].removesuffix('考点')}市" for site in read_toml("regions")["site"]
    }


def _place(site: str) -> dict[str, str]:
    city = _cities().get(site, "样本市")
    return {"city": city, "site": f"{city.removesuffix('市')}考点"}


def _invented(rng: np.random.Generator, facts: Mapping[str, Any]) -> dict[str, str]:
    serial = [int(number) for number in rng.integers(10_000, 99_999, 8)]
    teacher, leader = (table[int(rng.integers(len(table)))] for table in (_TEACHERS, _LEADERS))
    return {
        "nation": "回" if rng.random() < _HUI_SHARE else "汉",
        "address": f"样本省样本市样本区样本路{serial[0] % 290 + 1}号院{serial[1] % 20 + 1}号楼{serial[2] % 600 + 101}室",
        "teacher": teacher,
        "teacher_number": f"1101399990{serial[3]:05d}",
        "leader": leader,
        "diploma_number": f"1399991{facts['graduation_year']}0{serial[4]:05d}",
        "degree_number": f"139999{facts['graduation_year']}4{serial[5]:05d}",
        "check_code": f"A{serial[5]}B{serial[6]}C99X",
        "report_number": f"样-{serial[6]}-{serial[7]}",
        "licence_number": f"13999900{serial[7]}D1102",
        "qualification_number": f"20139999{serial[2]}{serial[3]}"[:18],
        "practice_number": f"210139999{serial[1]:06d}"[:15],
        "authority": "样本市卫生健康委员会",
        "room": str(serial[0] % 40 + 1),
        "seat": str(serial[1] % 30 + 1),
        "score": str(serial[2] % 90 + 260),
    }
