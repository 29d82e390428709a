#!/bin/sh
# Makes sure that Chromium and a Chinese font are there for the browser tests, and the programs named as arguments
# (`make test-all`: strace, for the crash tests; `make bench`: wrk): installs Debian's packages when run as root on a system with apt.
# Otherwise what needs them fails and says what to install.
set -u
missing=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="chromium"
fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fonts-noto-cjk"
for program; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "==> The tests need: $missing (Debian: apt-get install $missing)"
    exit 0
fi
echo "==> Installing $missing for the tests"
log=var/log/browser-setup.log
mkdir -p var/log
# shellcheck disable=SC2086
if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends fontconfig $missing; } >"$log" 2>&1; then
    echo "    That failed; the tests will say so. What apt printed: $log"
fi
