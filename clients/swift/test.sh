#!/bin/bash
# test.sh: builds what needs no package from a network (the view models) and runs its tests.
# Where there is no Swift it says so in one line and ends well.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

if ! command -v swift > /dev/null; then
  echo "skipped: the Swift client's view models, for want of a Swift toolchain"
  exit 0
fi

# The overlays of Testing are not in every distribution's toolchain; no test needs one.
swift test --package-path ViewModels \
  -Xswiftc -Xfrontend -Xswiftc -disable-cross-import-overlays
