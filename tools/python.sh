#!/bin/sh
# Prints a Python of version 3.11 or newer that can make a virtual environment, or says what to install.
for python in "$PYTHON" python3 python3.14 python3.13 python3.12 python3.11 python; do
    [ -n "$python" ] || continue
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "$python"
        exit 0
    fi
done
echo "Python 3.11 or newer with its venv module is needed (Debian: apt-get install python3 python3-venv)." >&2
exit 1
