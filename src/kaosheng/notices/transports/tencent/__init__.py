"""SMS through Tencent Cloud, by its official SDK (extra `sms`)."""

from kaosheng.notices.transports.tencent.transport import TencentSms

__all__ = ["TencentSms"]
