#!/usr/bin/env bash
# Takes inputs of a run that reached new code into the corpus, spread over their lengths and named by their content.
#   tests/Fuzz/keep.sh TARGET [FOLDER]     FOLDER as OUT of run.sh; default artifacts/fuzz

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

target=${1:?usage: tests/Fuzz/keep.sh TARGET [FOLDER]}
queue=${2:-artifacts/fuzz}/$target/default/queue
# The corpus is read by people and lives in git: few and small.
readonly MOST=40 LARGEST=256

find "$queue" -maxdepth 1 -type f -name '*+cov' -size "-$((LARGEST + 1))c" -printf '%s %p\n' | sort -n |
  awk -v most="$MOST" '{ line[NR] = $0 } END { for (i = 1; i <= NR; i++) if (NR <= most || int(i * most / NR) != int((i - 1) * most / NR)) print line[i] }' |
  while read -r _ file; do
    install -m 644 "$file" "tests/Fuzz/corpus/$target/$(sha1sum "$file" | cut -c1-12)"
  done
echo "$target: $(find "tests/Fuzz/corpus/$target" -type f | wc -l) inputs"
