"""A ministry's own SMS or 公众号 gateway, spoken to in signed JSON (standardwebhooks)."""

from kaosheng.notices.transports.gateway.transport import SignedGateway

__all__ = ["SignedGateway"]
