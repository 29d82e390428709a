"""SendSms 2021-01-11, signed with TC3-HMAC-SHA256 by the SDK."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models
from tencentcloud.sms.v20210111.sms_client import SmsClient

from kaosheng.notices.transports import (
    NEVER,
    TIMEOUT_SECONDS,
    DeliveryError,
    Outgoing,
    chinese_number,
    require_approved,
)

PASSES: Final = (
    "LimitExceeded",
    "RequestLimitExceeded",
    "InternalError",
    "ClientNetworkError",
    "ServerNetworkError",
    "ResourceUnavailable",
    "AuthFailure",
    "FailedOperation.InsufficientBalance",
)
"""Beginnings of codes that a later attempt may not meet: limits, faults of the network, of our set-up or account."""
UNSURE: Final = ("ClientNetworkError", "ServerNetworkError", "InternalError")
NOT_UNDERSTOOD: Final = frozenset({"JSONDecodeError", "KeyError", "TypeError", "AttributeError"})
"""What the SDK gives as the code when it can't read an answer: the name of its own exception."""


class TencentSms:
    """Configuration: secret_id, secret_key, app_id, sign; endpoint, protocol and region when they differ."""

    remembers = NEVER

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make the client, which is safe to share between threads."""
        self.app_id = str(config["app_id"])
        http = HttpProfile(
            protocol=config.get("protocol", "https"),
            endpoint=config.get("endpoint", "sms.tencentcloudapi.com"),
            reqTimeout=TIMEOUT_SECONDS,
        )
        self.client = SmsClient(
            credential.Credential(config["secret_id"], config["secret_key"]),
            config.get("region", "ap-beijing"),
            ClientProfile(httpProfile=http),
        )

    def send(self, message: Outgoing) -> str:
        """Hand the message over; the serial number. Raises DeliveryError."""
        request = models.SendSmsRequest()
        request.SmsSdkAppId = self.app_id
        request.SignName = message.signature
        request.TemplateId = require_approved(message)
        request.TemplateParamSet = list(message.variables.values())
        request.PhoneNumberSet = [chinese_number(message.recipient)]
        request.SessionContext = message.key
        try:
            status = self.client.SendSms(request).SendStatusSet[0]
        except TencentCloudSDKException as error:
            raise _refused(str(error.get_code())) from error
        except IndexError as error:
            raise _refused("KeyError") from error
        if status.Code != "Ok":
            raise _refused(str(status.Code))
        return str(status.SerialNo)


def _refused(code: str) -> DeliveryError:
    if code in NOT_UNDERSTOOD:
        return DeliveryError("answer not understood", permanent=False, unsure=True)
    return DeliveryError(code, permanent=not code.startswith(PASSES), unsure=code.startswith(UNSURE))
