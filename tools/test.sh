#!/bin/sh
# Runs the tests of both systems: the stand-in registration system has settings of its own, so a run of its own.
# Arguments go to every run of pytest. The service's run comes last and ends with its line of results.
# A failed test gets one second try, three in a run at most, and its first failure is printed (docs/testing.md).
set -u
status=0
run() {
    .venv/bin/python -m pytest --reruns 1 --max-suite-reruns 3 --rerun-show-tracebacks "$@" || status=$?
}
if [ -f tests/registration_demo/pytest.ini ]; then
    run -c tests/registration_demo/pytest.ini --rootdir . "$@" tests/registration_demo
fi
# Playwright leaves an event loop running in its process, where asyncio.run() can't be used: so a run of its own.
run "$@" tests/browser
run "$@" --ignore=tests/browser
exit "$status"
