"""The signed text of a receipt: one form, read back exactly, everything else refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaosheng.domain.receipts import SignedReceipt, read_receipt, receipt_body, receipt_text

AT = datetime(2027, 1, 20, 2, 3, 4, 5, tzinfo=UTC)
BODY = (
    "kaosheng-receipt/1\n"
    "number 13-20270120-ABCD-EFGH\n"
    "submitted 2027-01-20T02:03:04.000005Z\n"
    f"1 sha256:{'0f' * 32}\n"
    f"2 sm3:{'a1' * 32}\n"
)
SIGNATURE = "ed25519:2027:" + "A" * 86 + "=="
DIGESTS = (f"sha256:{'0f' * 32}", f"sm3:{'a1' * 32}")


def test_the_text_is_this_and_nothing_else() -> None:
    assert receipt_body(number="13-20270120-ABCD-EFGH", at=AT, digests=DIGESTS) == BODY
    assert receipt_text(body=BODY, signature=SIGNATURE) == f"{BODY}signature {SIGNATURE}\n"


def test_it_is_read_back() -> None:
    assert read_receipt(receipt_text(body=BODY, signature=SIGNATURE)) == SignedReceipt(
        body=BODY, number="13-20270120-ABCD-EFGH", at=AT, digests=DIGESTS, signature=SIGNATURE
    )


@given(
    at=st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    digests=st.lists(st.binary(min_size=32, max_size=32).map(lambda raw: "sha256:" + raw.hex()), max_size=40),
)
def test_every_receipt_is_read_back(at: datetime, digests: list[str]) -> None:
    body = receipt_body(number="13-20270120-ABCD-EFGH", at=at, digests=digests)
    read = read_receipt(receipt_text(body=body, signature=SIGNATURE))
    assert (read.body, read.at, read.digests) == (body, at, tuple(digests))


WHOLE = receipt_text(body=BODY, signature=SIGNATURE)


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        BODY,
        WHOLE.replace("receipt/1", "receipt/2"),
        WHOLE.replace("2 sm3", "3 sm3"),
        WHOLE.replace("1 sha256", "2 sha256").replace("2 sm3", "1 sm3"),
        WHOLE.replace("\n", "\r\n"),
        WHOLE.replace("number ", "number  "),
        WHOLE.replace("2027-01-20", "2027-13-20"),
        WHOLE + "3 sha256:" + "00" * 32 + "\n",
        "x" + WHOLE,
    ],
)
def test_what_is_not_exactly_a_receipt_is_refused(damaged: str) -> None:
    with pytest.raises(ValueError, match=r"receipt|time data"):
        read_receipt(damaged)
