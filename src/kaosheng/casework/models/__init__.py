"""The aggregate: a dossier and everything that changes under its lock."""

from kaosheng.casework.models.advice import AdviceAnswer, AdviceOutcome, PictureAdvice
from kaosheng.casework.models.decisions import (
    Correction,
    Decision,
    ExtensionRequest,
    LateCase,
    Proposal,
    Recheck,
    Release,
    SiteReview,
)
from kaosheng.casework.models.dossier import Dossier, Lease, Step
from kaosheng.casework.models.doubts import RegistrationDoubt
from kaosheng.casework.models.handling import BulkItem, BulkRun, Conflict, Hold, InternalNote, Look
from kaosheng.casework.models.handover import Handover
from kaosheng.casework.models.outgoing import StatusPush
from kaosheng.casework.models.pictures import Picture, Submission, SubmittedPicture
from kaosheng.casework.models.review import (
    AskedPlace,
    Explanation,
    Mark,
    OpenedSlot,
    Promise,
    Return,
    standing_mark,
)

__all__ = [
    "AdviceAnswer",
    "AdviceOutcome",
    "AskedPlace",
    "BulkItem",
    "BulkRun",
    "Conflict",
    "Correction",
    "Decision",
    "Dossier",
    "Explanation",
    "ExtensionRequest",
    "Handover",
    "Hold",
    "InternalNote",
    "LateCase",
    "Lease",
    "Look",
    "Mark",
    "OpenedSlot",
    "Picture",
    "PictureAdvice",
    "Promise",
    "Proposal",
    "Recheck",
    "RegistrationDoubt",
    "Release",
    "Return",
    "SiteReview",
    "StatusPush",
    "Step",
    "Submission",
    "SubmittedPicture",
    "standing_mark",
]
