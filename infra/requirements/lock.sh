#!/usr/bin/env bash
# Resolve pyproject.toml into hashed locks: base (run time), dev (tests, on top), model (embedded Whisper base).
# No registry address is written, so the locks work with any mirror.
set -euo pipefail
bin=$1
cd "$(dirname "$0")/../.."
compile() {
  "$bin/pip-compile" --quiet --strip-extras --generate-hashes --allow-unsafe --no-header \
    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-annotate "$@"
}
out=infra/requirements
compile --extra dev --extra model --extra s3 --extra train --output-file "$out/all.txt" pyproject.toml
# base keeps to the versions that the whole set can live with.
grep -oE '^[A-Za-z0-9._-]+==[^ ]+' "$out/all.txt" > "$out/versions.txt"
compile --constraint "$out/versions.txt" --output-file "$out/base.txt" pyproject.toml
# dev (with the s3 and train extras, which tests use) and model hold only what base lacks, so that the three can be installed together or apart.
"$bin/python" "$out/split_lock.py" "$out/all.txt" "$out/base.txt" "$out"
rm "$out/all.txt" "$out/versions.txt"
