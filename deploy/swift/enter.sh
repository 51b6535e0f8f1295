#!/bin/bash
# enter.sh COMMAND…: runs COMMAND where Swift is: in a private root of Debian sid,
# as forky has no Swift. The first call makes it.
set -euo pipefail
# shellcheck source=deploy/platform.sh
. "$(dirname "$(readlink -f "$0")")/../platform.sh"
# shellcheck source=deploy/apt.sh
. "$deploy/apt.sh"
# shellcheck source=deploy/progress.sh
. "$deploy/progress.sh"
# shellcheck source=deploy/private-root.sh
. "$deploy/private-root.sh"
swift_root=$cache/swift

set_up() {
  lock_set_up
  if [[ -d $swift_root ]]; then return; fi
  refresh_lists
  echo "==> Setting up Swift in $swift_root (3.5 GB, three minutes)"
  make_root sid "$swift_root" "$deploy/swift/provision.sh"
}

((EUID == 0)) || die "Swift is set up in a private root, which takes root: use sudo"
command -v apt-get > /dev/null || die "this distribution has no apt, which" \
  "a private root with Swift is made by: install Swift itself"
check_mounts
# In a shell of its own, whose end lets go of the lock.
if [[ ! -d $swift_root ]]; then (set_up) >&2; fi
enter_root "$swift_root" "$@"
