"""The whole system with the small seed of the guide's walks, for measurements that drive a browser through its pages."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from system import CHECKOUT


def set_up() -> None:
    """Bring the tests' folder into the path and Django under their settings; before anything of theirs is imported."""
    sys.path.append(str(CHECKOUT / "tests"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaosheng.settings.test")
    os.environ.setdefault("KAOSHENG_TEST_RUN", str(os.getpid()))
    django.setup()


@contextlib.contextmanager
def guide_system() -> Iterator[tuple[Any, Path]]:
    """Give the started system and a folder of its own; both end with the block, and the database if this began it."""
    from browser.guide.system import System  # noqa: PLC0415 - its folder is in the path since `set_up`
    from kaosheng.ops.embedded_postgres import cluster_of_tests  # noqa: PLC0415 - needs the settings

    cluster = cluster_of_tests(CHECKOUT / "var")
    is_ours = cluster.start()
    with tempfile.TemporaryDirectory() as folder:
        system = System(Path(folder) / "var")
        try:
            system.start()
            yield system, Path(folder)
        finally:
            system.stop()
            if is_ours:
                cluster.stop()
