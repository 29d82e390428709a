"""`kaosheng check_invariants`: look over the whole database and store."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from kaosheng.ops.invariants import CHECKS, INVARIANTS, violations


class Command(BaseCommand):
    """Prints every broken invariant with its first offenders; exit 1 when there is one."""

    help = "Check what must hold over the whole database and store."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Check and report."""
        found = violations()
        for violation in found:
            self.stdout.write(
                f"BROKEN {violation.name}: {violation.sentence}: {', '.join(violation.offenders)}"
            )
        self.stdout.write(f"{len(INVARIANTS) + len(CHECKS)} invariants checked, {len(found)} broken")
        if found:
            sys.exit(1)
