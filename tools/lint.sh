#!/bin/sh
# Every check, also after one has failed: a reader wants the whole list.
set -u
status=0
check() {
    name=$1
    shift
    echo "==> $name"
    "$@" || { status=1; echo "    $name: failed"; }
}
check "ruff" .venv/bin/ruff check --quiet .
check "ruff format" .venv/bin/ruff format --check --quiet .
check "mypy" .venv/bin/mypy
check "mypy, registration system" .venv/bin/mypy --config-file src/registration_demo/mypy.ini
check "import direction" .venv/bin/lint-imports
check "templates" .venv/bin/djlint --lint --quiet src
check "TypeScript" sh tools/npm.sh run --silent check
# No database needs to run for it; Django warns that it couldn't ask one which migrations it has.
check "migrations" env DJANGO_SETTINGS_MODULE=kaosheng.settings.test PYTHONWARNINGS="ignore:Got an error checking:RuntimeWarning" \
    .venv/bin/kaosheng makemigrations --check --dry-run
exit "$status"
