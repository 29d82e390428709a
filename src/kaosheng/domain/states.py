"""The words of a dossier's life: what is stored of it, its phases, its stages, verdicts and actions (docs/glossary.md, States)."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What is stored of a dossier's place in its life."""

    DRAFT = "draft"
    AT_SITE = "at_site"
    AT_AREA = "at_area"
    RETURNED = "returned"
    DECIDED = "decided"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Phase(StrEnum):
    """State, pending proposal and release together: the rows of the table."""

    DRAFT = "draft"
    AT_SITE = "at_site"
    AT_AREA = "at_area"
    PROPOSED = "proposed"
    RETURNED = "returned"
    DECIDED = "decided"
    RELEASED = "released"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """Who reviews: the 考点 first, the 考区 after it."""

    SITE = "site"
    AREA = "area"


class Verdict(StrEnum):
    """通过 or 不通过; the 考点's recommendation uses the same two words."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"


class Action(StrEnum):
    """Everything that can happen to a dossier; each one that does is a Step."""

    SUBMIT = "submit"
    RECEIVE = "receive"
    OVERDUE = "overdue"
    RETURN = "return"
    FORWARD = "forward"
    SEND_BACK = "send_back"
    DECIDE = "decide"
    PROPOSE = "propose"
    CONFIRM = "confirm"
    REJECT_PROPOSAL = "reject_proposal"
    WITHDRAW_PROPOSAL = "withdraw_proposal"
    REOPEN = "reopen"
    KEEP = "keep"
    PROPOSE_CORRECTION = "propose_correction"
    CONFIRM_CORRECTION = "confirm_correction"
    ASK_RECHECK = "ask_recheck"
    UPHOLD = "uphold"
    LAPSE = "lapse"
    EXTEND = "extend"
    WINDOW_EXTENDED = "window_extended"
    REGISTRATION_CHANGED = "registration_changed"
    REGISTRATION_CANCELLED = "registration_cancelled"
    REGISTRATION_RESTORED = "registration_restored"
