#!/bin/bash
# test.sh [--native]: builds the C# client, runs its tests and packs it; with --native it
# makes the sample a native program, too, which takes minutes, and starts that. Tests
# against a real daemon run where the release build is: in HWLEDGER_TEST_PROGRAMS, else in
# build/release/bin.
# Where there is no .NET SDK it says so in one line and ends well.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
if [[ $# -gt 1 || ${1:---native} != --native ]]; then
  echo "usage: ${0##*/} [--native]" >&2
  exit 2
fi
programs=${HWLEDGER_TEST_PROGRAMS:-../../build/release/bin}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Nothing that was started for a build stays behind.
options=(--configuration Release -m:1 -nodeReuse:false
  -p:UseSharedCompilation=false)
filter=()

if ! dotnet --list-sdks 2> /dev/null | grep -qE '^[1-9][0-9]+\.'; then
  echo "skipped: the C# client, for want of the .NET SDK 10"
  exit 0
fi
if [[ ! -x $programs/hwledgerd ]]; then
  echo "skipped: the C# client's tests against a daemon, for want of" \
    "hwledgerd in $programs"
  filter=(--filter "needs!=daemon")
fi

dotnet restore HwLedger.slnx
dotnet build HwLedger.slnx --no-restore "${options[@]}"
dotnet test HwLedger.slnx --no-build "${options[@]}" "${filter[@]}" \
  --blame-hang-timeout 3m --blame-hang-dump-type none
rm -rf artifacts
dotnet pack HwLedger.Client --no-build "${options[@]}" --output artifacts

if (($#)); then
  dotnet publish Samples/hwledger-dotnet "${options[@]}" -p:PublishAot=true \
    --use-current-runtime --output artifacts/native
  # Without arguments it tells its usage.
  status=0
  artifacts/native/hwledger-dotnet || status=$?
  ((status == 2))
fi
