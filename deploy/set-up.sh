#!/bin/bash
# set-up.sh STAMP: makes the platform that STAMP names. One at a time.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/platform.sh"
# shellcheck source=deploy/apt.sh
. "$deploy/apt.sh"
# shellcheck source=deploy/progress.sh
. "$deploy/progress.sh"
stamp=$1

die() {
  echo "error: $*" >&2
  exit 1
}

# The mirror that this machine's own apt uses.
debian_mirror() {
  # shellcheck disable=SC2016  # apt expands it.
  apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' \
    'Origin: Debian' 'Label: Debian' | head -n 1
}

provision() { (enter_root "$1" "$deploy/provision.sh"); }

bootstrap() {
  local mirror scripts=/usr/share/debootstrap/scripts
  if ! command -v debootstrap > /dev/null; then
    apt_update
    apt_install debootstrap
  fi
  mirror=${HWLEDGER_DEBIAN_MIRROR:-$(debian_mirror)}
  [[ $mirror ]] || die "apt knows no Debian mirror here:" \
    "set HWLEDGER_DEBIAN_MIRROR to the address of one"
  if [[ -e $scripts/forky ]]; then scripts+=/forky; else scripts+=/sid; fi
  unshare --mount --propagation unchanged debootstrap --variant=minbase \
    --include=ca-certificates forky "$1" "$mirror" "$scripts"
}

# A cache needs no manuals, and is made anew rather than repaired.
slim_down() {
  {
    printf 'path-exclude=/usr/share/%s/*\n' doc man info locale
    echo force-unsafe-io
  } > "$1/etc/dpkg/dpkg.cfg.d/hwledger"
}

make_root() {
  rm -rf --one-file-system "$root.partial"
  mkdir -p "$root.partial"
  bootstrap "$root.partial"
  slim_down "$root.partial"
  provision "$root.partial"
  mv "$root.partial" "$root"
}

if has_stamp "$root$stamp_file" "$stamp"; then exit; fi
if [[ -d $root ]]; then
  echo "==> Updating the platform in $root"
  provision "$root"
else
  echo "==> Setting up the platform, Debian forky, in $root (2 GB, two minutes)"
  make_root
fi
