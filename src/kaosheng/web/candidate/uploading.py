"""What the scripts of the upload pages are told: limits of a kind, and whose pictures wait in this browser."""

from __future__ import annotations

from typing import Final

from django.utils.crypto import salted_hmac

from kaosheng.casework.models import Dossier, Handover
from kaosheng.casework.queries.candidate import KindView
from kaosheng.pictures.limits import MAX_BYTES, PREPARED_BYTES, SIDE_MAX, SIDE_MIN
from kaosheng.web.ui.components import UploadLimits, UploadQueue

_OWNER: Final = "kaosheng.uploads.owner"
_PHONE: Final = "kaosheng.uploads.phone"


def upload_limits(kind: KindView) -> UploadLimits:
    """The server's own rules for one picture of this kind, and the places where it takes more now."""
    return UploadLimits(
        size=MAX_BYTES,
        prepared=PREPARED_BYTES,
        floor=kind.item.kind.long_side_floor,
        grey=kind.item.kind.grey,
        side_min=SIDE_MIN,
        side_max=SIDE_MAX,
        places=[place.position for place in kind.places if place.is_open and place.picture is None],
    )


def upload_queue(dossier: Dossier) -> UploadQueue:
    """Name the queue of this dossier, and its person by a token that tells nothing about him.

    Pictures waiting in a browser under another person's token are thrown away: office computers are shared.
    """
    return UploadQueue(scope=str(dossier.pk), owner=_token(_OWNER, str(dossier.registration.candidate_id)))


def phone_queue(handover: Handover) -> UploadQueue:
    """Name the queue of a phone by dossier and kind, again by a token: what one code left waiting, the next one sends."""
    return UploadQueue(scope=_token(_PHONE, f"{handover.dossier_id} {handover.kind}"))


def _token(salt: str, value: str) -> str:
    return salted_hmac(salt, value, algorithm="sha256").hexdigest()[:32]
