#!/bin/sh
# Makes sure that the load generator wrk is there for `make bench`: installs Debian's package when run as root on a
# system with apt. Otherwise the measurements that need it say what to install.
set -u
command -v wrk >/dev/null 2>&1 && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "==> The measurement of uploads needs: wrk (Debian: apt-get install wrk)"
    exit 0
fi
echo "==> Installing wrk for the measurement of uploads"
log=var/log/wrk-setup.log
mkdir -p var/log
if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends wrk; } >"$log" 2>&1; then
    echo "    That failed; the measurement will say so. What apt printed: $log"
fi
