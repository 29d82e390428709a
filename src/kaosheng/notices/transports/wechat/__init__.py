"""Template messages of a WeChat official account."""

from kaosheng.notices.transports.wechat.transport import WechatTemplate

__all__ = ["WechatTemplate"]
