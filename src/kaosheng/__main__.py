"""`python -m kaosheng COMMAND`: the same as the console script."""

from __future__ import annotations

from kaosheng.ops.cli import main

main()
