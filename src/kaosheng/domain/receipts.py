"""The text a receipt's signature stands under: number, time and digests, nothing of the person (requirement B6).

One line each, UTF-8, every line ended by a line feed:

    kaosheng-receipt/1
    number 13-20270120-ABCD-EFGH
    submitted 2027-01-20T02:00:00.123456Z
    1 sha256:…
    2 sha256:…

A receipt to keep is this text and one more line, `signature ed25519:<key id>:<base64>`. Plain lines, so that
anybody can check it with openssl and a text editor, and no two programs can disagree about what was signed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_FORMAT: Final = "kaosheng-receipt/1"
_SIGNATURE: Final = "signature "
_RECEIPT: Final = re.compile(
    rf"(?P<body>{_FORMAT}\n"
    r"number (?P<number>[0-9A-Z-]{1,40})\n"
    r"submitted (?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n"
    r"(?P<lines>(?:[1-9]\d{0,3} [a-z0-9]{1,12}:[0-9a-f]{32,128}\n)*))"
    rf"{_SIGNATURE}(?P<signature>[a-z0-9]{{1,12}}:[\w.-]{{1,40}}:[A-Za-z0-9+/=]{{1,200}})\n?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A receipt read from its text; `digests` in the order of its lines, which count from 1."""

    body: str
    number: str
    at: datetime
    digests: tuple[str, ...]
    signature: str


def receipt_body(*, number: str, at: datetime, digests: Sequence[str]) -> str:
    """The text that is signed; equal receipts give equal bytes."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    lines = [f"{line} {digest}" for line, digest in enumerate(digests, start=1)]
    return "\n".join([_FORMAT, f"number {number}", f"submitted {moment}", *lines]) + "\n"


def receipt_text(*, body: str, signature: str) -> str:
    """The whole receipt, as it is handed out for keeping."""
    return f"{body}{_SIGNATURE}{signature}\n"


def read_receipt(text: str) -> SignedReceipt:
    """A receipt from its text. Raises ValueError for anything that isn't exactly one."""
    found = _RECEIPT.fullmatch(text)
    if found is None:
        raise ValueError("not a receipt of this service, or an incomplete one")
    lines = [line.split(" ") for line in found["lines"].splitlines()]
    if [int(number) for number, _digest in lines] != list(range(1, len(lines) + 1)):
        raise ValueError("the lines of the receipt don't count from 1")
    return SignedReceipt(
        body=found["body"],
        number=found["number"],
        at=datetime.strptime(found["at"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC),
        digests=tuple(digest for _number, digest in lines),
        signature=found["signature"],
    )
