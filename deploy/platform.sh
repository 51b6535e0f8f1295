# shellcheck shell=bash
# Goes to the reference platform. To be sourced; then `on_platform SCRIPT "$@"`
# returns once SCRIPT runs there.

deploy=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
checkout=$(dirname "$deploy")
# Under sudo, in a checkout of their own, people stay who they are: what is built
# and cached is theirs. Elsewhere they have become root.
if [[ $EUID == 0 && ${SUDO_UID:-} == "$(stat -c %u "$checkout")" ]]; then
  HOME=$(getent passwd "$SUDO_UID" | cut -d: -f6)
else
  unset SUDO_UID
fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hwledger
root=$cache/forky
stamp_file=/usr/local/lib/hwledger/stamp
# Names the container engine and the image, where there is one.
container_file=$cache/container
# shellcheck source=deploy/user-files.sh
. "$deploy/user-files.sh"

die() {
  echo "error: $*" >&2
  exit 1
}

has_stamp() { [[ -f $1 && $(< "$1") == *"$stamp" ]]; }

# What every program on the platform finds, however it came there.
set_environment() {
  local programs=$checkout/build/release/bin
  export PATH=$programs:${1#"$programs:"}
  export CCACHE_DIR=${CCACHE_DIR:-$cache/ccache}
  # What ccache asks for before it keeps what uses precompiled headers.
  export CCACHE_SLOPPINESS=pch_defines,time_macros
  export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
  # The checkout may belong to somebody else than who runs git here.
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory
  export GIT_CONFIG_VALUE_0=$checkout
}

# What a platform finds that shares nothing but files with this machine: few
# locales, none of its libraries.
set_environment_apart() {
  set_environment /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  export LC_ALL=C.UTF-8 SHELL=/bin/bash
  unset LD_PRELOAD LD_LIBRARY_PATH PYTHONHOME PYTHONPATH
}

# enter_root ROOT COMMAND…
enter_root() {
  ((EUID == 0)) || die "the platform is a private root here, which takes root" \
    "to enter: use sudo"
  set_environment_apart
  exec unshare --mount --propagation unchanged \
    "$deploy/enter.sh" "$1" "$checkout" "${@:2}"
}

# enter_container ENGINE IMAGE COMMAND…
enter_container() {
  local engine name path options=(--rm --interactive --init --network host
    --security-opt label=disable --workdir "$PWD")
  if [[ -t 0 && -t 1 ]]; then options+=(--tty); fi
  if [[ $1 == podman ]]; then
    options+=(--userns keep-id)
  else
    options+=(--user "$(id -u):$(id -g)")
  fi
  if [[ -e /dev/dri ]]; then options+=(--device /dev/dri); fi
  while IFS= read -r path; do
    options+=(--volume "$path:$path")
  done < <(user_directories)
  engine=$(type -P "$1")
  set_environment_apart
  while IFS= read -r name; do
    options+=(--env "$name")
  done < <(compgen -e)
  exec "$engine" run "${options[@]}" "$2" "${@:3}"
}

on_platform() {
  local stamp engine image
  stamp=$("$deploy/stamp.sh")
  if ! has_stamp "$stamp_file" && ! has_stamp "$root$stamp_file" &&
    ! has_stamp "$container_file"; then
    "$deploy/set-up.sh" "$stamp" >&2
  fi
  if has_stamp "$stamp_file"; then
    set_environment "$PATH"
  elif has_stamp "$root$stamp_file"; then
    enter_root "$root" "$@"
  else
    read -r engine image < "$container_file"
    enter_container "$engine" "$image" "$@"
  fi
}
