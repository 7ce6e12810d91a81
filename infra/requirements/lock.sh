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
compile --output-file "$out/base.txt" pyproject.toml
compile --extra dev --extra model --output-file "$out/all.txt" pyproject.toml
# dev and model hold only what base lacks, so that the three can be installed together or apart.
"$bin/python" "$out/split_lock.py" "$out/all.txt" "$out/base.txt" "$out"
rm "$out/all.txt"
