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
stamp=$1
log=$cache/set-up.log

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

# In the root even who came by sudo is root.
provision_root() { (SUDO_UID="" enter_root "$1" "$deploy/provision.sh"); }

# The mirror that this machine's own apt uses.
debian_mirror() {
  # shellcheck disable=SC2016  # apt expands it.
  apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' \
    'Origin: Debian' 'Label: Debian' | head -n 1
}

bootstrap() {
  local mirror scripts=/usr/share/debootstrap/scripts
  if ! command -v debootstrap > /dev/null; then
    apt_install debootstrap || return
  fi
  mirror=${HWLEDGER_DEBIAN_MIRROR:-$(debian_mirror)}
  [[ $mirror ]] || die "apt knows no Debian mirror here:" \
    "set HWLEDGER_DEBIAN_MIRROR to the address of one"
  # The proxy of apt, if any, in the variable that debootstrap heeds.
  eval "$(apt-config shell http_proxy Acquire::http::Proxy | sed 's/^/export /')"
  # A debootstrap older than forky has no script of that name; sid's serves.
  if [[ -e $scripts/forky ]]; then scripts+=/forky; else scripts+=/sid; fi
  unshare --mount --propagation unchanged debootstrap --variant=minbase \
    --include=ca-certificates forky "$1" "$mirror" "$scripts"
}

# A cache needs no manuals, and is made anew rather than repaired. Its mirror is
# reached the way the machine's is.
configure_apt() {
  {
    printf 'path-exclude=/usr/share/%s/*\n' doc man info locale
    echo force-unsafe-io
  } > "$1/etc/dpkg/dpkg.cfg.d/hwledger"
  apt-config dump | grep -iE '^Acquire::https?::Proxy[: ]' \
    > "$1/etc/apt/apt.conf.d/80proxy" || true
}

# Takes the name $root only once it is complete: nothing is left of an
# interrupted attempt.
make_root() {
  rm -rf --one-file-system "$root.partial"
  mkdir -p "$root.partial"
  watch_step "$log" bootstrap "$root.partial"
  configure_apt "$root.partial"
  watch_step "$log" provision_root "$root.partial"
  mv "$root.partial" "$root"
}

set_up_root() {
  ((EUID == 0)) || die "this distribution has no libllama-dev 0.7 and no" \
    "container engine answers; to make a private root of Debian forky, use sudo"
  command -v apt-get > /dev/null || die "this distribution has no apt and no" \
    "container engine answers; start docker or podman"
  unshare --mount --propagation unchanged true || die "root may not mount" \
    "anything here, as in a container without CAP_SYS_ADMIN: run this outside"
  if [[ -d $root ]]; then
    echo "==> Updating the platform in $root"
    watch_step "$log" provision_root "$root" ||
      die "if it stays so, remove $root to have it made anew"
  else
    echo "==> Setting up Debian forky in $root (3 GB, two minutes)"
    make_root
  fi
}

# The user's from the start, so that only the root in it is root's.
for directory in "$(dirname "$cache")" "$cache" "$cache/ccache"; do
  if [[ ! -d $directory ]]; then
    mkdir -p "$directory"
    # shellcheck disable=SC2153  # sudo sets both.
    if [[ ${SUDO_UID:-} ]]; then chown "$SUDO_UID:$SUDO_GID" "$directory"; fi
  fi
done
exec 9> "$cache/lock"
if ! flock --nonblock 9; then
  echo "==> Waiting for another set-up to end"
  flock 9
fi
if has_stamp "$stamp_file" || has_stamp "$root$stamp_file"; then exit; fi
if ((EUID == 0)) && command -v apt-get > /dev/null; then
  apt_update || echo "==> apt-get update failed; going on with its old lists"
fi
if is_native; then
  echo "==> Installing what is missing of deploy/packages.txt"
  watch_step "$log" provision_here
elif engine=$(container_engine); then
  echo "==> Building the platform's image with $engine"
  watch_step "$log" build_image "$engine"
else
  set_up_root
fi
