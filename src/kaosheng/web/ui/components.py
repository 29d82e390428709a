"""What the larger components are given: plain values, made by views, drawn by `{% load ui %}` tags.

Words arrive in the reader's language; times arrive aware and are written by the templates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaosheng.web.ui.page import Contact

Text = str | Promise
Tone = Literal["brand", "accepted", "change", "refused", "quiet"]


SEE_AND_REPLACE: Final = _("查看并更换")
DUE: Final = _("截止")
DONE_AND_LOCKED: Final = _("上报完成，内容已锁定")


@dataclass(frozen=True)
class ChipLook:
    """Icon, tone and usual words of one state."""

    icon: str
    tone: Tone
    words: Text


CHIPS: Final[dict[str, ChipLook]] = {
    # pictures and places
    "accepted": ChipLook("check", "accepted", _("合格")),
    "replace": ChipLook("replace", "change", _("需更换")),
    "missing": ChipLook("alert", "change", _("待补充")),
    "locked": ChipLook("lock", "quiet", _("已锁定")),
    "unlocked": ChipLook("unlock", "brand", _("未锁定")),
    "empty": ChipLook("waiting", "quiet", _("未上传")),
    # kinds on the checklist
    "complete": ChipLook("check", "accepted", _("已齐全")),
    "incomplete": ChipLook("upload", "brand", _("待上传")),
    "optional": ChipLook("waiting", "quiet", _("按需上传")),
    "not_needed": ChipLook("minus", "quiet", _("无需上传")),
    "promised": ChipLook("promise", "change", _("暂时无法提供")),
    # dossiers
    "draft": ChipLook("document", "brand", _("未提交")),
    "submitted": ChipLook("lock", "brand", _("已提交")),
    "in_review": ChipLook("clock", "brand", _("审核中")),
    "returned": ChipLook("replace", "change", _("待补充")),
    "passed": ChipLook("check-circle", "accepted", _("审核通过")),
    "failed": ChipLook("refuse", "refused", _("审核不通过")),
    "lapsed": ChipLook("clock", "quiet", _("逾期未提交")),
    "withdrawn": ChipLook("refuse", "quiet", _("报名已取消")),
    # staff
    "unmarked": ChipLook("waiting", "quiet", _("待审")),
    "new": ChipLook("plus", "brand", _("新")),
    "changed": ChipLook("flag", "change", _("报名信息已变更")),
    "proposal": ChipLook("person", "brand", _("待复查")),
    "overdue": ChipLook("clock", "change", _("逾期未补充")),
    "hint": ChipLook("info", "change", _("提示")),
    "agrees": ChipLook("check", "accepted", _("一致")),
    "differs": ChipLook("alert", "change", _("不一致")),
}
"""The one table of state words with their look. Another word for the same look: the tag's second argument."""


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What a person wrote about a picture, a kind or the whole."""

    text: Text
    author: Text = ""
    at: datetime | None = None
    subject: Text = ""
    url: str = ""
    url_label: Text = SEE_AND_REPLACE
    tone: Literal["change", "note", "quiet"] = "change"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stage of the way from filling in to the result."""

    label: Text
    state: Literal["done", "current", "ahead"] = "ahead"


@dataclass(frozen=True, kw_only=True)
class StatusPanel:
    """The answer to "where do I stand": state, heading, deadline, next step, remarks, telephone.

    `about` stands beside the state word and says which registration this is.
    """

    chip: str
    words: Text
    heading: Text
    about: Text = ""
    tone: Tone = "brand"
    deadline: datetime | None = None
    deadline_label: Text = DUE
    now: datetime | None = None
    next_step: Text = ""
    remarks: Sequence[Remark] = field(default=())
    steps: Sequence[Step] = field(default=())
    contact: Contact | None = None


@dataclass(frozen=True, kw_only=True)
class PictureSlot:
    """One place of a kind: a picture in it, or free to upload (`upload_url`), or closed and empty.

    `width` and `height` are the thumbnail's own, so that nothing moves when it arrives. `remove_url` and `upload_url`
    are set only while the place is open.
    """

    label: Text
    alt: Text = ""
    thumbnail_url: str = ""
    picture_url: str = ""
    width: int = 320
    height: int = 240
    locked: bool = True
    locked_words: Text = ""
    """Other words than 已锁定 while it is locked."""
    mark: Literal["", "accepted", "replace"] = ""
    remove_url: str = ""
    upload_url: str = ""
    note: Text = ""
    box: tuple[float, float, float, float] | None = None
    """The spot a reviewer marked: left, top, width, height as fractions of the picture."""

    @property
    def box_data(self) -> str:
        """The spot as the viewer reads it."""
        return ",".join(f"{part:.4f}" for part in self.box) if self.box else ""

    @property
    def box_drawn(self) -> dict[str, str]:
        """The spot in the thumbnail's own units."""
        if self.box is None:
            return {}
        left, top, width, height = self.box
        return {
            "x": f"{left * self.width:.1f}",
            "y": f"{top * self.height:.1f}",
            "width": f"{width * self.width:.1f}",
            "height": f"{height * self.height:.1f}",
        }


@dataclass(frozen=True, kw_only=True)
class AdviceNote:
    """预检: one sentence about one picture, with what can be done about it; addresses that are empty aren't offered.

    `code` is what 我已确认无误 confirms.
    """

    label: Text
    text: Text
    code: str
    turn_url: str = ""
    again_url: str = ""
    confirm_url: str = ""


@dataclass(frozen=True, kw_only=True)
class CardLink:
    """A small action of a card, e.g. 暂时无法提供; `dialog` opens it over the page when scripts run."""

    label: Text
    url: str
    icon: str = "right"
    dialog: bool = False


@dataclass(frozen=True, kw_only=True)
class MaterialCard:
    """One 材料种类 with its places. `code` makes the element's id (`material-M01`)."""

    code: str
    name: Text
    chip: str
    count: int
    maximum: int
    minimum: int = 0
    chip_words: Text = ""
    positions: Text = ""
    reason: Text = ""
    source: Text = ""
    requirement: Text = ""
    sample_url: str = ""
    slots: Sequence[PictureSlot] = field(default=())
    remarks: Sequence[Remark] = field(default=())
    links: Sequence[CardLink] = field(default=())
    advice: Sequence[AdviceNote] = field(default=())

    @property
    def attention(self) -> bool:
        """Tell whether this card asks for something after a return."""
        return self.chip in {"replace", "missing"}

    @property
    def element_id(self) -> str:
        """Return the id other elements link and swap to."""
        return f"material-{self.code}"


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """One line of 经过."""

    what: Text
    at: datetime | None = None
    who: Text = ""
    text: Text = ""
    tone: Literal["", "current", "change", "accepted", "refused"] = ""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One row of a list of facts; `chip` adds a state word behind the value."""

    label: Text
    value: Text
    chip: str = ""
    chip_words: Text = ""


@dataclass(frozen=True, kw_only=True)
class FieldProblem:
    """One line of the error summary: the sentence and the id of the field it is about."""

    sentence: Text
    field_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One tab: a link to a view of the same list."""

    label: Text
    url: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One row of progress: `done` of `total`."""

    label: Text
    done: int
    total: int
    tone: Literal["", "accepted", "change"] = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The proof of a submission: number, time, kinds with their count."""

    number: str
    at: datetime
    heading: Text = DONE_AND_LOCKED
    lines: Sequence[tuple[Text, int]] = field(default=())
    next_step: Text = ""


@dataclass(frozen=True, kw_only=True)
class UploadLimits:
    """What the upload form checks and aims at before sending; the numbers are the server's own.

    `size` is the limit and `prepared` what a photograph is shrunk to, in bytes; `floor` the pixels its long side
    keeps at least; `side_min` and `side_max` pixels of any side; `places` those of the kind that still take a picture.
    """

    size: int
    prepared: int
    floor: int
    side_min: int
    side_max: int
    places: Sequence[int]
    grey: bool = False
    types: Sequence[str] = ("image/jpeg", "image/png")

    @property
    def accept(self) -> str:
        """Return the `accept` attribute of the file field."""
        return ",".join(self.types)

    @property
    def kilobytes(self) -> int:
        """Return the size in the KB of the rule's words."""
        return self.size // 1024


@dataclass(frozen=True, kw_only=True)
class UploadQueue:
    """Whose pictures wait in this browser: `scope` is the dossier, `owner` a token of the person.

    Pictures of other owners are thrown away; without an owner (somebody's phone, lent for one material) they stay.
    """

    scope: str
    owner: str = ""
