#!/bin/sh
# Runs uv with the package index that pip is configured for: many machines name a mirror there, and uv doesn't look.
set -eu
if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
    index=${PIP_INDEX_URL:-$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)}
    if [ -n "$index" ]; then
        UV_DEFAULT_INDEX=$index
        export UV_DEFAULT_INDEX
    fi
fi
exec .venv/bin/uv "$@"
