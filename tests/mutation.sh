#!/usr/bin/env bash
# Mutation score of the session table and the MQTT machine: Stryker changes their code piece by piece, and each change
# should make a test fail. `tests/mutation.sh` runs the list of tests/stryker-config.json; `tests/mutation.sh GLOB...`
# mutates only the files given, for example '**/Mqtt/MqttTransitions.cs'. Report: artifacts/mutation/reports.
# It takes long (docs/quality.md has times) and is not part of tests/run.sh.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly ROOT=$PWD
readonly OUTPUT=$ROOT/artifacts/mutation
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 MSBUILDTERMINALLOGGER=off

arguments=()
for glob in "$@"; do arguments+=(--mutate "$glob"); done

dotnet tool restore >/dev/null
rm -rf "$OUTPUT"

# Stryker looks for the test project in the folder it is started in.
cd tests/DeviceClient.Core.Tests
dotnet stryker --config-file ../stryker-config.json --output "$OUTPUT" --skip-version-check "${arguments[@]}"
