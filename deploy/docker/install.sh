#!/bin/sh
# Installs one service into a virtual environment: what it needs from the lock file by hash, then our own packages.
# install.sh SERVICE SOURCES WORK TARGET; WORK holds requirements.lock and locked_subset.py, uv is on the PATH.
set -eu
service=${1:?say which: --build-arg SERVICE=catalog} sources=$2 work=$3 target=$4

case "$service" in
  catalog|review|checkup|search|notify) own="services/$service" ;;
  web) own=web ;;
  local) own=deploy/local ;;
  *) echo "there is no service $service" >&2; exit 1 ;;
esac

locked() { # what a requirements file asks for, as blocks of the lock file
  uv pip compile --quiet --no-header --no-annotate --constraint "$work/requirements.lock" \
    --no-emit-package marktplatz-contracts --no-emit-package marktplatz-servicekit --output-file "$work/wanted.txt" "$1"
  python3 "$work/locked_subset.py" "$work/requirements.lock" "$work/wanted.txt"
}

echo hatchling > "$work/tools.in"
locked "$work/tools.in" > "$work/tools.txt"
locked "$sources/$own/pyproject.toml" > "$work/needed.txt"

uv venv --quiet "$work/tools"
uv pip install --quiet --python "$work/tools" --no-deps --require-hashes --requirement "$work/tools.txt"
for package in libs/contracts libs/servicekit "$own"; do
  (cd "$sources/$package" && "$work/tools/bin/python" -m hatchling build --target wheel --directory "$work/wheels")
done

uv venv --quiet "$target"
uv pip install --quiet --python "$target" --no-deps --require-hashes --requirement "$work/needed.txt"
uv pip install --quiet --python "$target" --no-deps --no-index "$work"/wheels/*.whl
