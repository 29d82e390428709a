"""Our application as the crash tests serve it: every answer names the thread that gave it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from crash.installation import THREAD
from kaosheng.wsgi import application as ours

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer as ours does, with the thread's number as the kernel and strace know it."""
    thread = str(threading.get_native_id())

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, (THREAD, thread)], *rest)

    return ours(environ, start)
