"""Logs are one JSON object a line and name nobody."""

from __future__ import annotations

import logging
import logging.config
from io import StringIO
from typing import Any

import structlog

from kaosheng.settings.logs import logging_settings, mask_personal_data


def test_personal_data_are_masked_by_their_name_and_by_their_look() -> None:
    event: dict[str, Any] = {
        "event": "sent to 19900001234", "phone": "19900001234", "id_number": "139999199001011234",
        "name": "李晓雨", "dossier": "1327000101", "count": 3,
    }  # fmt: skip
    assert mask_personal_data(None, "info", event) == {
        "event": "sent to ***", "phone": "***", "id_number": "***", "name": "***", "dossier": "1327000101", "count": 3,
    }  # fmt: skip


def test_an_exception_from_the_database_does_not_tell_whose_row_it_was() -> None:
    formatter = logging_settings("INFO")["formatters"]["json"]
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"]
        )
    )
    logger = logging.Logger("test")  # noqa: LOG001 - not the one of the process
    logger.addHandler(handler)
    try:
        raise ValueError("DETAIL: Key (id_number)=(13999919900101123X) already exists")  # noqa: TRY301
    except ValueError:
        logger.exception("failed")
    assert "1399991990" not in stream.getvalue()
    assert "Key (id_number)=(***) already exists" in stream.getvalue()
    assert stream.getvalue().count("\n") == 1
