"""The demo phone: the stand-in registration system shows what a candidate's telephone would."""

from kaosheng.notices.transports.demo_phone.transport import DemoPhone

__all__ = ["DemoPhone"]
