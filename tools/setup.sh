#!/bin/sh
# Make .venv with the exact versions of requirements.txt and activlib itself. Asks nothing, contacts only the package index
# (and Debian's, where even pip and venv are missing).
set -eu
cd "$(dirname "$0")/.."

python=
for name in ${PYTHON:-} python3 python3.11 python3.12 python3.13; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$(command -v "$name")
        break
    fi
done
[ -n "$python" ] || { echo "Python 3.11 or newer is needed: install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }

# uv: the one on this machine, else a private one through pip, else through venv, which Debian packs apart from Python.
if uv --version >/dev/null 2>&1; then
    uv=uv
else
    uv=.uv/bin/uv
    if [ ! -x "$uv" ]; then
        rm -rf .uv
        if "$python" -m pip --version >/dev/null 2>&1; then
            "$python" -m pip install --quiet --root-user-action=ignore --target .uv uv
        else
            if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
                [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || {
                    echo "Neither uv, pip nor venv is here: install one of them (Debian: apt-get install python3-venv)" >&2
                    exit 1
                }
                apt-get update -q
                DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends python3-venv
            fi
            "$python" -m venv .uv
            .uv/bin/python -m pip install --quiet uv
        fi
    fi
fi

# Never let uv fetch a Python of its own: that comes from neither index.
export UV_PYTHON_DOWNLOADS=never
[ -x .venv/bin/python ] || "$uv" venv --quiet --python "$python" .venv
# Compiled once here, by all cores, and not again by each process where Python may not store what it compiles.
"$uv" pip sync --quiet --compile-bytecode --python .venv/bin/python requirements.txt
"$uv" pip install --quiet --python .venv/bin/python --no-deps --editable .
touch .venv/ready
