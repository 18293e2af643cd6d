#!/usr/bin/env bash
# The test command. `tests/run.sh` installs what the tests need and runs everything; `tests/run.sh AREA...` runs
# parts; `tests/run.sh --list` shows the areas. The last line is always `N passed, N failed`, with `, N skipped` added
# when something was skipped. Exit code 0 means that nothing failed. Logs of all steps: artifacts/logs.

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# One row per step: area, kind, path, what the machine must have. Add yours here; the kinds are the step_* functions.
#   test     a test program on Microsoft.Testing.Platform: built, run, its summary added to the sum
#   program  a plain program which prints `N passed, N failed` last
#   aot      as program, but published as native code first; run by itself and with --emulator
#   build    every project below the path is built: one check each
#   run      the program is run and must end with exit code 0
#   pack     every packable project below the path is packed in Release
#   format   `dotnet format --verify-no-changes`
#   table    every test project below the path stands in this table
readonly STEPS='
core          test     tests/DeviceClient.Core.Tests
provisioning  test     tests/Provisioning.Tests
nano          test     tests/NanoSubset.Tests
nano          program  tests/NanoRuntime
linux         test     tests/DeviceClient.Linux.Tests
emulator      test     tests/DeviceClient.Emulator.Tests
interop       test     tests/Interop                       mosquitto,node,port443
fuzz          program  tests/Fuzz
samples       build    samples
samples       run      samples/01.Quickstart
pack          pack     src
format        format   DeviceSdk.sln
format        table    tests
aot           aot      tests/AotCheck                      native,devicehub
'

# A step that takes longer than this hangs; it is ended and counted as failed.
readonly STEP_LIMIT_SECONDS=900
readonly LOGS="$PWD/artifacts/logs"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# A build server that outlives this script would keep a CI machine busy and a clone's files open.
export MSBUILDDISABLENODEREUSE=1 MSBUILDTERMINALLOGGER=off

passed=0 failed=0 skipped=0 built=0
port443_told=0

areas() { awk 'NF > 1 { print $1 }' <<<"$STEPS" | uniq; }

closing_line() {
  local line="$passed passed, $failed failed"
  [ "$skipped" -eq 0 ] || line="$line, $skipped skipped"
  echo "$line"
}

finish() {
  # A CI machine shall not be left with a server that keeps files of the clone open.
  [ "${CI:-}" != true ] || dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 </dev/null
  closing_line
  [ "$failed" -eq 0 ]
  exit
}

# --- reporting -------------------------------------------------------------------------------------------------------

# ok STEP DETAIL
ok() { printf 'ok    %-44s %s\n' "$1" "$2"; }

# bad STEP WHY [LOG]: names the step and shows the part of its log that a reader wants.
bad() {
  printf 'FAIL  %-44s %s\n' "$1" "$2"
  [ -n "${3:-}" ] && [ -f "$3" ] || return 0
  # Build errors repeat per project; failed tests are printed in full by the platform before its summary.
  if grep -qE '(error|failed) ' "$3"; then
    grep -E -A25 '(: error |^failed |^  failed |^Error|Unhandled exception)' "$3" | awk '!seen[$0]++' | head -n 120 | sed 's/^/      | /'
  else
    tail -n 40 "$3" | sed 's/^/      | /'
  fi
  echo "      log: ${3#"$PWD"/}"
}

# check STEP LOG COMMAND...: one command is one check.
check() {
  local step=$1 log=$2 started=$SECONDS code
  shift 2
  timeout --kill-after=20 "$STEP_LIMIT_SECONDS" "$@" >"$log" 2>&1 </dev/null
  code=$?
  if [ "$code" -eq 0 ]; then
    passed=$((passed + 1))
    ok "$step" "($((SECONDS - started)) s)"
    return 0
  fi
  failed=$((failed + 1))
  [ "$code" -eq 124 ] || [ "$code" -eq 137 ] && bad "$step" "ended after $STEP_LIMIT_SECONDS s: it hung" "$log" || bad "$step" "exit code $code" "$log"
  return 1
}

# --- what the machine must have --------------------------------------------------------------------------------------

need_dotnet() {
  command -v dotnet >/dev/null || stop "needs the .NET SDK of global.json (10.0.100 or later): https://dotnet.microsoft.com/download"
  dotnet --version >/dev/null 2>&1 || stop "the .NET SDK found does not satisfy global.json (10.0.100 or later)"
}

# stop TEXT: nothing can be tested; one line says why.
stop() {
  echo "cannot run: $1"
  failed=$((failed + 1))
  finish
}

# apt_install PACKAGE...: as root, or as a user with sudo; else one line that names the packages.
apt_install() {
  local root=() log="$LOGS/apt.log"
  if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; }; then root=(sudo); else
      echo "cannot install (no root, no sudo); ask for: apt-get install $*"
      return 1
    fi
  fi
  command -v apt-get >/dev/null || { echo "cannot install (no apt-get here); needed: $*"; return 1; }
  echo "installing: $*"
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >"$log" 2>&1
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1 && return 0
  echo "apt-get could not install $*; its last words:"
  tail -n 5 "$log" | sed 's/^/      | /'
  return 1
}

# missing_packages NEED: names the apt packages of a need that are not here.
missing_packages() {
  # Debian puts brokers in /usr/sbin, which is not on every user's path.
  local PATH="$PATH:/usr/sbin:/sbin"
  case $1 in
    mosquitto)
      command -v mosquitto >/dev/null || echo mosquitto
      command -v mosquitto_pub >/dev/null || echo mosquitto-clients
      ;;
    node)
      command -v node >/dev/null || echo nodejs
      command -v npm >/dev/null || echo npm
      ;;
    native)
      command -v clang >/dev/null || command -v gcc >/dev/null || echo clang
      [ -e /usr/include/zlib.h ] || echo zlib1g-dev
      ;;
  esac
}

# have NEED,...: true when all is here or could be installed.
have() {
  local need missing=() names
  IFS=, read -ra names <<<"${1:-}"
  for need in "${names[@]:-}"; do
    [ -z "$need" ] || mapfile -t -O "${#missing[@]}" missing < <(missing_packages "$need")
  done
  [ "${#missing[@]}" -eq 0 ] || apt_install "${missing[@]}" || return 1
  for need in "${names[@]:-}"; do
    case $need in
      node) node_modules || return 1 ;;
      port443) port443 ;;
      devicehub) build_project src/DeviceClient.Emulator.Tool/DeviceClient.Emulator.Tool.csproj "$LOGS/devicehub.log" || return 1 ;;
    esac
  done
}

# The peers of tests/Interop, exactly as its lock file names them; done again only when the lock file changed.
node_modules() {
  local folder=tests/Interop/node
  [ -f "$folder/package-lock.json" ] || return 0
  cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-lock" && return 0
  echo "installing: npm packages of $folder"
  if ! (cd "$folder" && npm ci --no-audit --no-fund --ignore-scripts) >"$LOGS/npm.log" 2>&1 </dev/null; then
    echo "npm ci failed in $folder; its last words:"
    tail -n 5 "$LOGS/npm.log" | sed 's/^/      | /'
    return 1
  fi
  cp "$folder/package-lock.json" "$folder/node_modules/.installed-lock"
}

port443() {
  local first_free
  [ "$port443_told" -eq 0 ] && [ "$(id -u)" -ne 0 ] || return 0
  first_free=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || echo 1024)
  [ "$first_free" -gt 443 ] || return 0
  port443_told=1
  echo "note: port 443 is not allowed here, so the peers that know no other port are skipped (run as root, or: sysctl net.ipv4.ip_unprivileged_port_start=443)"
}

# --- the kinds of steps ----------------------------------------------------------------------------------------------

# project PATH: the one project file of a folder, or nothing.
project() {
  case $1 in
    *.csproj) echo "$1" ;;
    *) find "$1" -maxdepth 1 -name '*.csproj' 2>/dev/null | head -n 1 ;;
  esac
}

# build_project PROJECT LOG: the solution is built once for a full run; a part builds its own project.
build_project() {
  [ "$built" -eq 1 ] || dotnet build "$1" -nologo -v q '-clp:ErrorsOnly;NoSummary' >"$2" 2>&1 </dev/null
}

log_name() { echo "$LOGS/$(tr '/ ' '--' <<<"$1").log"; }

# number FILE WORD: the figure behind `word:` in the platform's summary, the last one printed.
number() { awk -v word="$2:" '$1 == word && $2 ~ /^[0-9]+$/ { n = $2 } END { print n + 0 }' "$1"; }

step_test() {
  local step="$1: $2" file log name code started=$SECONDS p f s
  file=$(project "$2"); log=$(log_name "$1-$2"); name=$(basename "${file%.csproj}")
  if ! build_project "$file" "$log"; then failed=$((failed + 1)); bad "$step" "does not build" "$log"; return; fi
  timeout --kill-after=20 "$STEP_LIMIT_SECONDS" dotnet "$(dirname "$file")/bin/Debug/net10.0/$name.dll" \
    --no-ansi --progress off --results-directory "$PWD/artifacts/test-results" >"$log" 2>&1 </dev/null
  code=$?
  p=$(number "$log" succeeded); f=$(number "$log" failed); s=$(number "$log" skipped)
  passed=$((passed + p)); skipped=$((skipped + s))
  if [ "$code" -eq 0 ] && [ "$f" -eq 0 ] && [ "$p" -gt 0 ]; then
    ok "$step" "$p passed$([ "$s" -eq 0 ] || echo ", $s skipped") ($((SECONDS - started)) s)"
    awk '/^skipped / { name = $2; getline why; print "      skipped " name ":" why }' "$log" | head -n 40
    return
  fi
  # A program that crashed, hung or ran no test prints no failed test; it is one failure all the same.
  [ "$f" -gt 0 ] || f=1
  failed=$((failed + f))
  case $code in
    8) bad "$step" "no test ran" "$log" ;;
    124 | 137) bad "$step" "ended after $STEP_LIMIT_SECONDS s: it hung" "$log" ;;
    *) bad "$step" "$p passed, $f failed (exit code $code)" "$log" ;;
  esac
}

# counted STEP LOG CODE: takes the sums of a program's closing line.
counted() {
  local line p f s
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$2" | tail -n 1)
  read -r p f s < <(sed -E 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?.*/\1 \2 \4/' <<<"$line")
  passed=$((passed + ${p:-0})); skipped=$((skipped + ${s:-0}))
  if [ "$3" -eq 0 ] && [ -n "$line" ] && [ "$f" -eq 0 ] && [ "$p" -gt 0 ]; then ok "$1" "$line"; return; fi
  [ "${f:-0}" -gt 0 ] || f=1
  failed=$((failed + f))
  bad "$1" "${line:-no closing line} (exit code $3)" "$2"
}

step_program() {
  local step="$1: $2" file log
  file=$(project "$2"); log=$(log_name "$1-$2")
  if ! build_project "$file" "$log"; then failed=$((failed + 1)); bad "$step" "does not build" "$log"; return; fi
  timeout --kill-after=20 "$STEP_LIMIT_SECONDS" dotnet run --no-build --project "$file" >"$log" 2>&1 </dev/null
  counted "$step" "$log" $?
}

step_aot() {
  local step="$1: $2" file log out arguments
  file=$(project "$2"); log=$(log_name "$1-$2"); out="$PWD/artifacts/aot/$(basename "$2")"
  # Trim and AOT warnings are errors here: they are the promise that this step keeps.
  check "$step (publish)" "$log" dotnet publish "$file" -c Release -nologo -v q -o "$out" || return
  # First against a hub that the program scripts itself, then against the emulator's process.
  for arguments in '' '--emulator'; do
    # shellcheck disable=SC2086
    timeout --kill-after=20 "$STEP_LIMIT_SECONDS" "$out/$(basename "${file%.csproj}")" $arguments >"$log$arguments" 2>&1 </dev/null
    counted "$step $arguments" "$log$arguments" $?
  done
}

step_build() {
  local file
  while IFS= read -r file; do
    check "$1: build $(dirname "$file")" "$(log_name "$1-build-$(dirname "$file")")" dotnet build "$file" -nologo -v q '-clp:ErrorsOnly;NoSummary'
  done < <(find "$2" -name '*.csproj' -not -path '*/obj/*' | sort)
}

step_run() {
  local file log
  file=$(project "$2"); log=$(log_name "$1-run-$2")
  if ! build_project "$file" "$log"; then failed=$((failed + 1)); bad "$1: run $2" "does not build" "$log"; return; fi
  check "$1: run $2" "$log" dotnet run --no-build --project "$file"
}

step_pack() {
  local file
  rm -rf artifacts/packages
  while IFS= read -r file; do
    check "$1: $(dirname "$file")" "$(log_name "$1-$(dirname "$file")")" dotnet pack "$file" -c Release -nologo -v q
  done < <(find "$2" -name '*.csproj' -not -path '*/obj/*' | sort)
}

step_format() {
  # The analyzers need a restored solution, nothing more.
  if [ "$built" -eq 0 ] && ! dotnet restore "$2" -v q >"$LOGS/format-restore.log" 2>&1 </dev/null; then
    failed=$((failed + 1)); bad "$1: restore" "failed" "$LOGS/format-restore.log"; return
  fi
  check "$1: $2" "$(log_name "$1")" dotnet format "$2" --verify-no-changes --no-restore
}

# A test project that nobody runs is worse than none.
step_table() {
  local file folder missing=''
  while IFS= read -r file; do
    folder=$(dirname "$file")
    awk '{ print $3 }' <<<"$STEPS" | grep -qxF "$folder" || missing="$missing $folder"
  done < <(find "$2" -name '*.csproj' -not -path '*/obj/*' -print0 | xargs -0 -r grep -l 'Sdk="MSTest.Sdk' | sort)
  if [ -z "$missing" ]; then passed=$((passed + 1)); ok "$1: every test project is run" ""; return; fi
  failed=$((failed + 1)); bad "$1: every test project is run" "not in the table of tests/run.sh:$missing"
}

# --- the run ---------------------------------------------------------------------------------------------------------

# In a function, so that the script is read whole before it runs: it may be edited or rebased meanwhile.
main() {
  if [ "${1:-}" = --list ]; then areas; exit 0; fi
  mkdir -p "$LOGS"
  wanted=$(areas)
  if [ $# -gt 0 ]; then
    for area in "$@"; do grep -qxF -- "$area" <<<"$wanted" || stop "unknown area '$area'; there are: $(tr '\n' ' ' <<<"$wanted")"; done
    wanted=$(printf '%s\n' "$@")
  fi

  need_dotnet
  if [ $# -eq 0 ]; then
    check "build: DeviceSdk.sln" "$LOGS/build.log" dotnet build DeviceSdk.sln -nologo -v q '-clp:ErrorsOnly;NoSummary' || finish
    built=1
  fi

  # On descriptor 3: a step that reads its standard input must not eat the table.
  while read -r -u 3 area kind path needs; do
    grep -qxF -- "$area" <<<"$wanted" || continue
    if [ ! -e "$path" ] || { [[ $kind =~ ^(test|program|aot|run)$ ]] && [ -z "$(project "$path")" ]; }; then
      failed=$((failed + 1)); bad "$area: $path" "is not there"; continue
    fi
    if ! have "$needs"; then failed=$((failed + 1)); bad "$area: $path" "not run: what it needs is missing"; continue; fi
    "step_$kind" "$area" "$path"
  done 3< <(awk 'NF > 1' <<<"$STEPS")

  finish
}

main "$@"
