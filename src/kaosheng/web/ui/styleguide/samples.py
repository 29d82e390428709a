"""Invented data of the style guide, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse
from django.utils.translation import get_language

from kaosheng.web.ui import components as ui
from kaosheng.web.ui.page import Contact, NavItem, PageFacts
from kaosheng.web.ui.styleguide.pictures import size_of

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
NOW: Final = datetime(2027, 1, 26, 18, 0, tzinfo=SHANGHAI)
LIMITS: Final = ui.UploadLimits(
    size=204_800, prepared=195_000, floor=1600, side_min=100, side_max=8_000, places=(1, 2)
)
QUEUE: Final = ui.UploadQueue(scope="styleguide", owner="styleguide")


def say(chinese: str, english: str) -> str:
    """Return the words in the page's language; sample data stay out of the catalogue."""
    return english if get_language() == "en" else chinese


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return a moment of January 2027."""
    return datetime(2027, 1, day, hour, minute, tzinfo=SHANGHAI)


def contact() -> Contact:
    """Return the sample 考点."""
    return Contact(
        name=say("石家庄考点", "Shijiazhuang site"),
        telephone="0311-0000 0000",
        hours=say("工作日 9:00–12:00，14:00–17:00", "Working days 9:00–12:00, 14:00–17:00"),
        address=say("石家庄市样本路 8 号（样本地址）", "8 Sample Road, Shijiazhuang (sample address)"),
    )


def candidate_facts() -> PageFacts:
    """Return the frame of a candidate's page."""
    return PageFacts(
        area=say("河北", "Hebei"),
        intake=say("2027年医师资格考试", "2027 Physician Qualification"),
        person=say("李晓雨", "Li Xiaoyu"),
        home=reverse("styleguide"),
        logout=reverse("styleguide"),
        contact=contact(),
        demo=True,
    )


def staff_facts(current: int = 0) -> PageFacts:
    """Return the frame of a staff page."""
    names = (
        (say("待审材料", "Queue"), reverse("styleguide_queue")),
        (say("审核", "Review"), reverse("styleguide_workbench")),
        (say("考点设置", "Site"), reverse("styleguide_staff_form")),
        (say("组件", "Components"), reverse("styleguide")),
    )
    return PageFacts(
        area=say("河北", "Hebei"),
        person=say("王审核", "Wang Shenhe"),
        role=say("石家庄考点 · 审核员", "Shijiazhuang site · reviewer"),
        home=reverse("styleguide_queue"),
        logout=reverse("styleguide"),
        contact=contact(),
        navigation=[NavItem(label=n, url=u, current=i == current) for i, (n, u) in enumerate(names)],
        demo=True,
    )


def slot(kind: str, label: str, alt: str, **more: object) -> ui.PictureSlot:
    """Return a place with a drawn picture in it."""
    address = reverse("styleguide_picture", args=[kind])
    width, height = size_of(kind)
    factor = 320 / max(width, height)
    values: dict[str, object] = {
        "label": label,
        "alt": alt,
        "thumbnail_url": address,
        "picture_url": address,
        "width": round(width * factor),
        "height": round(height * factor),
    }
    return ui.PictureSlot(**{**values, **more})  # type: ignore[arg-type]


def free(label: str) -> ui.PictureSlot:
    """Return an open, empty place."""
    return ui.PictureSlot(label=label, upload_url=reverse("styleguide_upload"), locked=False)


def remark() -> ui.Remark:
    """Return the remark of a return."""
    return ui.Remark(
        text=say(
            "单位公章不清晰，请在光线充足处重新拍摄。",
            "The institution's seal is not legible. Take the photo again in good light.",
        ),
        author=say("石家庄考点", "Shijiazhuang site"),
        at=at(26, 10, 24),
    )


def panel(state: str) -> ui.StatusPanel:
    """Return the status panel of a sample dossier: draft, submitted, returned, passed, failed or lapsed."""
    labels = [
        say("上传材料", "Upload"),
        say("考点审核", "Site review"),
        say("考区审核", "Area review"),
        say("公布结果", "Result"),
    ]
    present = {"draft": 0, "returned": 1, "submitted": 1, "lapsed": 0, "passed": 3, "failed": 3}[state]
    steps = [
        ui.Step(label=label, state="done" if i < present else "current" if i == present else "ahead")
        for i, label in enumerate(labels)
    ]
    return _panels(steps)[state]()


def _panels(steps: list[ui.Step]) -> dict[str, Callable[[], ui.StatusPanel]]:
    return {
        "draft": lambda: ui.StatusPanel(
            chip="draft", words=say("未提交", "Not submitted"), steps=steps, contact=contact(),
            heading=say("还有 2 项材料需要上传", "2 materials still to upload"),
            deadline=at(30), deadline_label=say("提交截止", "Submit by"), now=NOW,
            next_step=say("传齐后点击右上角的“提交审核”。未提交的材料不会进入审核。", "When everything is there, press “Submit” at the top right. Nothing is reviewed before you submit."),
        ),
        "submitted": lambda: ui.StatusPanel(
            chip="submitted", words=say("已提交，待考点审核", "Submitted, waiting for the site"), steps=steps, contact=contact(),
            heading=say("上报完成，内容已锁定", "Submitted. Your materials are locked"),
            next_step=say("石家庄考点将在 2月10日 前审核。您现在不需要做任何事，有结果会以短信通知。", "The Shijiazhuang site reviews by 10 February. There is nothing you need to do; a message will tell you."),
        ),
        "returned": lambda: ui.StatusPanel(
            chip="returned", words=say("待补充（1项）", "1 item to change"), about=say("报名号 1327000123", "No. 1327000123"), tone="change", steps=steps, contact=contact(),
            heading=say("请更换 1 张图片，然后重新提交", "Replace 1 picture, then submit again"),
            deadline=at(29), deadline_label=say("补充截止", "Due"), now=NOW,
            remarks=[ui.Remark(
                text=remark().text, author=remark().author, at=remark().at, url="#material-M09",
                subject=say("审核意见：试用期考核合格证明", "Reviewer's remark: Probation assessment"),
            )],
        ),
        "passed": lambda: ui.StatusPanel(
            chip="passed", words=say("审核通过", "Passed"), tone="accepted", steps=steps,
            heading=say("您的报名资格审核已通过", "Your registration has passed review"),
            next_step=say("请留意考区公布的缴费和准考证安排。", "Watch for the area's notice on fees and admission tickets."),
        ),
        "failed": lambda: ui.StatusPanel(
            chip="failed", words=say("审核不通过", "Not passed"), tone="refused", steps=steps, contact=contact(),
            heading=say("您的报名资格审核未通过", "Your registration has not passed review"),
            remarks=[ui.Remark(
                text=say("试用期不满一年，不符合报考条件。", "The probation period is shorter than one year, so the conditions are not met."),
                author=say("河北考区", "Hebei area"), at=at(28, 9), tone="quiet", subject=say("最终审核意见", "Final opinion"),
            )],
        ),
        "lapsed": lambda: ui.StatusPanel(
            chip="lapsed", words=say("逾期未提交", "Not submitted in time"), tone="quiet", contact=contact(),
            heading=say("提交时间已过，材料没有提交", "The time to submit is over"),
            next_step=say("如有特殊情况，请联系考点。", "If there is a special reason, contact the site."),
        ),
    }  # fmt: skip


def cards(state: str) -> list[ui.MaterialCard]:
    """Return the cards of a sample dossier in this state."""
    returned, locked = state == "returned", state != "draft"
    names = {
        "M01": say("有效身份证明", "Identity document"),
        "M03": say("毕业证书", "Graduation certificate"),
        "M09": say("试用期考核合格证明", "Probation assessment certificate"),
        "M10": say("医疗机构执业许可证", "Institution's practice licence"),
    }
    remove = "" if locked else reverse("styleguide_remove")
    mark = "accepted" if returned else ""
    front, back = say("正面", "Front"), say("反面", "Back")
    sample = reverse("styleguide_picture", args=["form"])
    identity = [
        slot("id-front", front, f"{names['M01']} {front}", locked=locked, mark=mark, remove_url=remove),
        slot("id-back", back, f"{names['M01']} {back}", locked=locked, mark=mark, remove_url=remove),
    ]
    first = say("第 1 张", "Picture 1")
    probation = slot(
        "form", first, f"{names['M09']} {first}", locked=not returned and locked,
        mark="replace" if returned else "", remove_url=reverse("styleguide_remove") if returned else remove,
    )  # fmt: skip
    chip = "accepted" if returned else "locked" if locked else "complete"
    return [
        ui.MaterialCard(
            code="M09", name=names["M09"], chip="replace" if returned else chip, count=1, minimum=1, maximum=2,
            reason=say("因为您以本科学历直接报考执业医师", "Because you apply directly with a bachelor's degree"),
            requirement=say("单位公章与法定代表人签字齐全，当年有效。", "With the institution's seal and its legal representative's signature, valid this year."),
            sample_url=sample, slots=[probation, *([free(say("第 2 张", "Picture 2"))] if returned or not locked else [])],
            remarks=[remark()] if returned else [],
        ),
        ui.MaterialCard(
            code="M01", name=names["M01"], chip=chip, count=2, minimum=2, maximum=2,
            positions=say("正面、反面", "front and back"), reason=say("所有考生都需要", "Needed from every candidate"),
            sample_url=reverse("styleguide_picture", args=["id-front"]), slots=identity,
        ),
        ui.MaterialCard(
            code="M03", name=names["M03"], chip=chip if locked else "incomplete", count=1 if locked else 0, minimum=1, maximum=1,
            reason=say("因为您的学历为本科", "Because your education is a bachelor's degree"),
            sample_url=reverse("styleguide_picture", args=["diploma"]),
            slots=[slot("diploma", first, names["M03"], mark=mark) if locked else free(first)],
            links=[] if locked else [ui.CardLink(label=say("暂时无法提供", "Can't provide it yet"), url=reverse("styleguide_remove"), icon="promise", dialog=True)],
        ),
        ui.MaterialCard(
            code="M10", name=names["M10"], chip="promised" if not locked else chip, count=0, minimum=1, maximum=4,
            reason=say("因为您的试用机构为三级甲等医院", "Because your institution is a class 3A hospital"),
            slots=[free(first)] if not locked else [ui.PictureSlot(label=first)],
        ),
    ]  # fmt: skip


def timeline() -> list[ui.TimelineEntry]:
    """Return a sample 经过."""
    me, site = say("考生", "Candidate"), say("石家庄考点", "Shijiazhuang site")
    return [
        ui.TimelineEntry(what=say("退回补充 1 项", "Returned, 1 item"), at=at(26, 10, 24), who=site, tone="change", text=say("单位公章不清晰", "Seal not legible")),
        ui.TimelineEntry(what=say("提交审核", "Submitted"), at=at(22, 16, 3), who=me, tone="accepted"),
        ui.TimelineEntry(what=say("首次进入系统", "First visit"), at=at(20, 9, 41), who=me),
    ]  # fmt: skip


def registration() -> list[ui.Fact]:
    """Return sample registration data."""
    return [
        ui.Fact(label=say("姓名", "Name"), value=say("李晓雨", "Li Xiaoyu"), chip="agrees"),
        ui.Fact(label=say("证件号", "ID number"), value="139999200103080028", chip="agrees"),
        ui.Fact(label=say("报考类别", "Category"), value=say("110 临床执业医师", "110 Clinical physician")),
        ui.Fact(label=say("学历", "Education"), value=say("本科 · 2024年毕业", "Bachelor · 2024")),
        ui.Fact(label=say("单位", "Institution"), value=say("样本市第三医院", "Sample City Third Hospital")),
        ui.Fact(
            label=say("预审", "Pre-check"),
            value=say("首次报考，学历未核验", "First time, education not verified"),
            chip="hint",
        ),
    ]


def bars() -> list[ui.Bar]:
    """Return sample progress by 考点."""
    return [
        ui.Bar(label=say("石家庄", "Shijiazhuang"), done=386, total=412, tone="accepted"),
        ui.Bar(label=say("唐山", "Tangshan"), done=197, total=305),
        ui.Bar(label=say("秦皇岛", "Qinhuangdao"), done=38, total=164, tone="change"),
    ]


def tabs() -> list[ui.Tab]:
    """Return sample tabs."""
    return [
        ui.Tab(label=say("待审", "To review"), url="?tab=1", count=412, current=True),
        ui.Tab(label=say("重新提交", "Resubmitted"), url="?tab=2", count=18),
        ui.Tab(label=say("逾期未补充", "Overdue"), url="?tab=3", count=3),
        ui.Tab(label=say("已上报考区", "Forwarded"), url="?tab=4"),
    ]


def queue_rows() -> list[dict[str, object]]:
    """Return sample rows of a queue."""
    names = (
        ("李晓雨", "Li Xiaoyu"),
        ("赵明远", "Zhao Mingyuan"),
        ("陈思源", "Chen Siyuan"),
        ("周子涵", "Zhou Zihan"),
    )
    chips = ("unmarked", "changed", "overdue", "proposal")
    return [
        {
            "name": say(*name),
            "number": f"13270001{i + 23}",
            "category": say("110 临床执业医师", "110 Clinical physician"),
            "at": at(22 + i, 16, 3),
            "pictures": 6 + i,
            "chip": chip,
        }
        for i, (name, chip) in enumerate(zip(names, chips, strict=True))
    ]


def receipt() -> ui.Receipt:
    """Return a sample receipt."""
    return ui.Receipt(
        number="HB27-0A3F-91C7",
        at=at(26, 18, 2),
        lines=[(card.name, card.count or 1) for card in cards("submitted")],
        next_step=say(
            "石家庄考点将在 2月10日 前审核。您现在不需要做任何事，有结果会以短信通知。",
            "The Shijiazhuang site reviews by 10 February. There is nothing you need to do; a message will tell you.",
        ),
    )


class SampleForm(forms.Form):
    """Fields of every sort, with an error in some."""

    name = forms.CharField()
    telephone = forms.RegexField(r"^[0-9-]+$")
    place = forms.ChoiceField(choices=())
    manner = forms.ChoiceField(widget=forms.RadioSelect, choices=())
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    promise = forms.BooleanField()

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        labels = {
            "name": ("考点名称", "Site name"),
            "telephone": ("咨询电话", "Telephone"),
            "place": ("考点", "Site"),
            "manner": ("补充方式", "Manner"),
            "note": ("说明", "Note"),
            "promise": (
                "我承诺以上材料真实、准确、完整、有效",
                "I declare that these materials are true, accurate, complete and valid",
            ),
        }
        for name, words in labels.items():
            self.fields[name].label = say(*words)
        wrong = say(
            "咨询电话只能包含数字和短横线，收到“0311电话”。",
            "A telephone holds digits and hyphens only; received “0311电话”.",
        )
        self.fields["telephone"].error_messages["invalid"] = wrong
        self.fields["promise"].error_messages["required"] = say("请勾选真实性承诺。", "Tick the declaration.")
        sites = [("1301", say("石家庄", "Shijiazhuang")), ("1302", say("唐山", "Tangshan"))]
        manners = [
            ("online", say("在线更换", "Replace online")),
            ("counter", say("现场提交", "Bring it to the site")),
            ("call", say("电话联系", "By telephone")),
        ]
        for field, choices in (("place", sites), ("manner", manners)):
            choice = self.fields[field]
            if isinstance(choice, forms.ChoiceField):
                choice.choices = choices


def form() -> SampleForm:
    """Return the sample form as it comes back with errors."""
    values = {
        "name": say("石家庄考点", "Shijiazhuang site"),
        "telephone": "0311电话",
        "place": "1301",
        "manner": "online",
    }
    return SampleForm(values)
