#!/bin/bash
# set-up.sh STAMP: makes the platform that STAMP names, in the first of three
# ways that this machine allows.
set -euo pipefail
# shellcheck source=deploy/platform.sh
. "$(dirname "$(readlink -f "$0")")/platform.sh"
# shellcheck source=deploy/apt.sh
. "$deploy/apt.sh"
# shellcheck source=deploy/progress.sh
. "$deploy/progress.sh"
# shellcheck source=deploy/private-root.sh
. "$deploy/private-root.sh"
stamp=$1

# Whether this machine's own distribution is the platform, or a later one.
is_native() {
  local version
  command -v apt-cache > /dev/null || return
  version=$(LC_ALL=C apt-cache policy libllama-dev |
    sed -n 's/^ *Candidate: \([0-9].*\)/\1/p')
  [[ $version ]] && dpkg --compare-versions "$version" ge 1:0.7
}

provision_here() {
  if ((EUID)); then sudo "$deploy/provision.sh"; else "$deploy/provision.sh"; fi
}

container_engine() {
  local engine
  for engine in docker podman; do
    if "$engine" info > /dev/null 2>&1; then echo "$engine" && return; fi
  done
  return 1
}

build_image() {
  local engine=$1 image=hwledger-platform:$stamp
  "$engine" build --build-arg npm_config_registry --tag "$image" "$deploy" &&
    echo "$engine $image" > "$container_file"
}

set_up_root() {
  ((EUID == 0)) || die "this distribution has no libllama-dev 0.7 and no" \
    "container engine answers; to make a private root of Debian forky, use sudo"
  command -v apt-get > /dev/null || die "this distribution has no apt and no" \
    "container engine answers; start docker or podman"
  check_mounts
  if [[ -d $root ]]; then
    echo "==> Updating the platform in $root"
    watch_step "$log" run_as_root_in "$root" "$deploy/provision.sh" ||
      die "if it stays so, remove $root to have it made anew"
  else
    echo "==> Setting up Debian forky in $root (3 GB, two minutes)"
    make_root forky "$root" "$deploy/provision.sh"
  fi
}

lock_set_up
if has_stamp "$stamp_file" || has_stamp "$root$stamp_file"; then exit; fi
if ((EUID == 0)) && command -v apt-get > /dev/null; then refresh_lists; fi
if is_native; then
  echo "==> Installing what is missing of deploy/packages.txt"
  watch_step "$log" provision_here
elif engine=$(container_engine); then
  echo "==> Building the platform's image with $engine"
  watch_step "$log" build_image "$engine"
else
  set_up_root
fi
