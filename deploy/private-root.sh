# shellcheck shell=bash
# Making a private root of Debian. To be sourced, after platform.sh, apt.sh and
# progress.sh.

# shellcheck disable=SC2154  # platform.sh sets it.
log=$cache/set-up.log

# One set-up at a time, until this shell ends.
lock_set_up() {
  local directory
  # The user's from the start, so that only the roots in it are root's.
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
}

refresh_lists() {
  apt_update || echo "==> apt-get update failed; going on with its old lists"
}

check_mounts() {
  unshare --mount --propagation unchanged true || die "root may not mount" \
    "anything here, as in a container without CAP_SYS_ADMIN: run this outside"
}

# The mirror that this machine's own apt uses.
debian_mirror() {
  # shellcheck disable=SC2016  # apt expands it.
  apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' \
    'Origin: Debian' 'Label: Debian' | head -n 1
}

# bootstrap SUITE ROOT
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
  # A debootstrap older than the suite has no script of that name; sid's serves.
  if [[ -e $scripts/$1 ]]; then scripts+=/$1; else scripts+=/sid; fi
  unshare --mount --propagation unchanged debootstrap --variant=minbase \
    --include=ca-certificates "$1" "$2" "$mirror" "$scripts"
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

# run_as_root_in ROOT COMMAND…: who came by sudo is root, too.
run_as_root_in() { (SUDO_UID="" enter_root "$@"); }

# make_root SUITE ROOT COMMAND…: of what COMMAND installs in it. It takes the name
# ROOT only once it is complete: nothing is left of an interrupted attempt.
make_root() {
  local suite=$1 made=$2
  shift 2
  rm -rf --one-file-system "$made.partial"
  mkdir -p "$made.partial"
  watch_step "$log" bootstrap "$suite" "$made.partial"
  configure_apt "$made.partial"
  watch_step "$log" run_as_root_in "$made.partial" "$@"
  mv "$made.partial" "$made"
}
