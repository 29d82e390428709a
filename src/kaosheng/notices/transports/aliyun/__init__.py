"""SMS through Alibaba Cloud, by its official SDK (extra `sms`)."""

from kaosheng.notices.transports.aliyun.transport import AliyunSms

__all__ = ["AliyunSms"]
