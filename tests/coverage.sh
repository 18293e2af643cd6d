#!/usr/bin/env bash
# Line coverage of DeviceClient.Core by its tests. `tests/coverage.sh` prints the percentage, the files with uncovered
# lines, and fails below 95 %. `tests/coverage.sh PERCENT` sets another bar. Report: artifacts/coverage/core.cobertura.xml.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly BAR=${1:-95}
readonly PROJECT=tests/DeviceClient.Core.Tests
readonly RESULTS=$PWD/artifacts/coverage
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 MSBUILDTERMINALLOGGER=off

rm -rf "$RESULTS"
mkdir -p "$RESULTS"

# The measuring tool comes into the build by this property only; a later ordinary build leaves it out again.
dotnet build "$PROJECT" -v q -clp:ErrorsOnly -p:MeasureCoverage=true >"$RESULTS/build.log" 2>&1 || { cat "$RESULTS/build.log"; exit 1; }

code=0
dotnet "$PROJECT/bin/Debug/net10.0/DeviceClient.Core.Tests.dll" --no-ansi --progress off --results-directory "$RESULTS" \
  --coverlet --coverlet-output-format cobertura --coverlet-include '[DeviceClient.Core]*' >"$RESULTS/test.log" 2>&1 </dev/null || code=$?
if [ "$code" -ne 0 ]; then
  tail -n 60 "$RESULTS/test.log"
  echo "the tests failed (exit code $code); coverage counts only when they pass"
  exit 1
fi

mv "$RESULTS"/coverage.cobertura*.xml "$RESULTS/core.cobertura.xml"

# Coverlet writes one <class> for each type and each partial file, so a file's lines are collected over all of them.
# The report names every line twice, once in its method and once in its class: only the first hit count of a line matters.
awk -v bar="$BAR" '
  match($0, /filename="[^"]*"/) { file = substr($0, RSTART + 10, RLENGTH - 11) }
  match($0, /<line number="[0-9]+" hits="[0-9]+"/) {
    split(substr($0, RSTART, RLENGTH), part, "\"")
    key = file ":" part[2]
    if (!(key in hits)) { hits[key] = 0; lines[file]++; total++ }
    if (part[4] > 0 && hits[key] == 0) { hits[key] = 1; covered[file]++; sum++ }
  }
  END {
    if (total == 0) { print "the report names no lines"; exit 1 }
    for (file in lines) {
      if (covered[file] < lines[file]) {
        printf "%5.1f %%  %4d of %4d lines  %s\n", 100 * covered[file] / lines[file], covered[file], lines[file], file | "sort -n"
      }
    }
    close("sort -n")
    percent = 100 * sum / total
    printf "DeviceClient.Core: %.2f %% of lines covered (%d of %d), bar %s %%\n", percent, sum, total, bar
    exit percent < bar
  }' "$RESULTS/core.cobertura.xml"
