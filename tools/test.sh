#!/bin/sh
# Runs the tests of both systems: the stand-in registration system has settings of its own, so a run of its own.
# Arguments go to every run of pytest. The service's run comes last and ends with its line of results.
set -u
status=0
if [ -f tests/registration_demo/pytest.ini ]; then
    .venv/bin/python -m pytest -c tests/registration_demo/pytest.ini --rootdir . "$@" tests/registration_demo || status=$?
fi
# Playwright leaves an event loop running in its process, where asyncio.run() can't be used: so a run of its own.
.venv/bin/python -m pytest "$@" tests/browser || status=$?
.venv/bin/python -m pytest "$@" --ignore=tests/browser || status=$?
exit "$status"
