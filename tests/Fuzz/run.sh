#!/usr/bin/env bash
# Fuzzes the parsers with AFL++ (Debian package afl++) and SharpFuzz.
#   tests/Fuzz/run.sh MINUTES [TARGET...]     each target for so many minutes; default: all of them
#   JOBS=2 tests/Fuzz/run.sh 10               two targets at a time
#   OUT=FOLDER tests/Fuzz/run.sh 10           findings and state in another folder than artifacts/fuzz
# Inputs to start from: corpus/TARGET. Findings and state: artifacts/fuzz/TARGET. Ends with one line for each target
# and exit code 1 when one of them crashed or hung. Replay a finding: dotnet artifacts/fuzz/bin/Fuzz.dll TARGET < FILE

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

minutes=${1:?usage: tests/Fuzz/run.sh MINUTES [TARGET...]}
shift
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || mapfile -t targets < <(find tests/Fuzz/corpus -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)

command -v afl-fuzz >/dev/null || { echo 'afl-fuzz is not installed; run: apt-get install afl++'; exit 1; }

out=${OUT:-artifacts/fuzz}
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
# Built apart: instrumented assemblies must not be met by other tests.
rm -rf "$out/bin"
dotnet build tests/Fuzz/Fuzz.csproj -c Release -o "$out/bin" -nologo -v q '-clp:ErrorsOnly;NoSummary'
dotnet tool restore >/dev/null
for assembly in DeviceClient.Core DeviceClient.Provisioning; do
  dotnet sharpfuzz "$out/bin/$assembly.dll"
done

# The program is no instrumented native binary, core dumps may go elsewhere, and the governor is not ours to set.
export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1

fuzz() {
  local target=$1 dictionary=()
  rm -rf "${out:?}/$target"
  mkdir -p "$out/$target"
  [ ! -f "tests/Fuzz/dictionaries/$target.txt" ] || dictionary=(-x "tests/Fuzz/dictionaries/$target.txt")
  afl-fuzz -i "tests/Fuzz/corpus/$target" -o "$out/$target" -t 5000 -m none -V "$((minutes * 60))" "${dictionary[@]}" \
    -- dotnet "$out/bin/Fuzz.dll" "$target" >"$out/$target/afl.log" 2>&1 </dev/null
}

# The figure behind a name in AFL's statistics.
stat() { awk -F' *: *' -v name="$2" '$1 == name { print $2 }' "$out/$1/default/fuzzer_stats"; }

for target in "${targets[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "${JOBS:-1}" ]; do wait -n || true; done
  fuzz "$target" &
done
wait

code=0
for target in "${targets[@]}"; do
  if [ ! -f "$out/$target/default/fuzzer_stats" ]; then
    echo "$target: did not run, see $out/$target/afl.log"
    code=1
    continue
  fi
  crashes=$(stat "$target" saved_crashes) hangs=$(stat "$target" saved_hangs)
  echo "$target: $(stat "$target" execs_done) executions in $(stat "$target" run_time) s, $(stat "$target" corpus_count) inputs, $crashes crashes, $hangs hangs"
  [ "$crashes" -eq 0 ] && [ "$hangs" -eq 0 ] || code=1
done
exit "$code"
