#!/bin/bash
# Makes the Debian system it runs in, as root, one that hwLedger can be built,
# checked and run on. Safe to repeat. The private root, the Dockerfile and
# native installs all use it.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
home=/usr/local/lib/hwledger
# shellcheck source=deploy/apt.sh
. "$here/apt.sh"
# shellcheck source=deploy/npm.sh
. "$here/npm.sh"

install_buf() {
  local scratch
  scratch=$(mktemp -d)
  cp "$here"/buf/package*.json "$home/"
  npm_ci "$home" "$scratch"
  rm -rf "$scratch"
  # The program itself, not the launcher in JavaScript in front of it.
  ln -sf "$home"/node_modules/@bufbuild/buf-linux-*/bin/buf /usr/local/bin/buf
}

mkdir -p "$home"
rm -f "$home/stamp"
dpkg --configure -a  # Finishes what an interrupted run left.
apt_update
mapfile -t packages < <(grep -o '^[^# ]\+' "$here/packages.txt")
apt_install "${packages[@]}"
apt-get clean
install_buf
"$here/stamp.sh" > "$home/stamp"
