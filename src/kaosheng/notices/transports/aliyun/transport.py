"""SendSms 2017-05-25, signed with ACS3-HMAC-SHA256 by the SDK.

The SDK puts the telephone number into the address of the request: nothing here logs or keeps an address, nor the
text of an error that may quote one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import SendSmsRequest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.exceptions import UnretryableException
from darabonba.runtime import RuntimeOptions

from kaosheng.notices.transports import NEVER, TIMEOUT_SECONDS, DeliveryError, Outgoing, require_approved

ACCEPTED: Final = "OK"
PASSES: Final = (
    "isv.BUSINESS_LIMIT_CONTROL",
    "isv.DAY_LIMIT_CONTROL",
    "isv.AMOUNT_NOT_ENOUGH",
    "isv.OUT_OF_SERVICE",
    "isp.",
    "Throttling",
    "ServiceUnavailable",
    "InternalError",
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
    "Forbidden",
)
"""Beginnings of codes that a later attempt may not meet: limits, faults of theirs, of our set-up or account."""
UNSURE: Final = ("isp.", "ServiceUnavailable", "InternalError")


class AliyunSms:
    """Configuration: access_key_id, access_key_secret, sign; endpoint and protocol when they differ."""

    remembers = NEVER

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make the client, which is safe to share between threads."""
        milliseconds = int(TIMEOUT_SECONDS * 1000)
        self.client = Client(
            Config(
                access_key_id=config["access_key_id"],
                access_key_secret=config["access_key_secret"],
                endpoint=config.get("endpoint", "dysmsapi.aliyuncs.com"),
                protocol=config.get("protocol", "HTTPS"),
            )
        )
        self.options = RuntimeOptions(
            autoretry=False, max_attempts=1, connect_timeout=milliseconds, read_timeout=milliseconds
        )

    def send(self, message: Outgoing) -> str:
        """Hand the message over; the BizId. Raises DeliveryError."""
        request = SendSmsRequest(
            phone_numbers=message.recipient,
            sign_name=message.signature,
            template_code=require_approved(message),
            template_param=json.dumps(dict(message.variables), ensure_ascii=False),
            out_id=message.key,
        )
        try:
            answer = self.client.send_sms_with_options(request, self.options).body
        except AlibabaCloudException as error:
            raise _refused(str(error.code)) from None
        except UnretryableException as error:
            raise DeliveryError(type(error.inner_exception).__name__, permanent=False, unsure=True) from None
        except Exception as error:  # noqa: BLE001 - the SDK passes on whatever its HTTP library raises
            raise DeliveryError(type(error).__name__, permanent=False, unsure=True) from None
        code = str(answer.code)
        if code != ACCEPTED:
            raise _refused(code)
        return str(answer.biz_id)


def _refused(code: str) -> DeliveryError:
    return DeliveryError(code, permanent=not code.startswith(PASSES), unsure=code.startswith(UNSURE))
