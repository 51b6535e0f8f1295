# shellcheck shell=bash
# Goes to the reference platform. To be sourced; then `on_platform "$0" "$@"`
# returns once the script runs there.

deploy=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
checkout=$(dirname "$deploy")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hwledger
root=$cache/forky
stamp_file=/usr/local/lib/hwledger/stamp

has_stamp() { [[ -f $1 && $(< "$1") == "$2" ]]; }

# What every program on the platform finds, however it came there.
set_environment() {
  local programs=$checkout/build/release/bin
  export PATH=$programs:${1#"$programs:"}
  export CCACHE_DIR=${CCACHE_DIR:-$cache/ccache}
  export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
  # The checkout may belong to somebody else than who runs git here.
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory
  export GIT_CONFIG_VALUE_0=$checkout
}

# enter_root ROOT COMMAND…
enter_root() {
  set_environment /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  # The root has few locales and none of the host's libraries.
  export LC_ALL=C.UTF-8 SHELL=/bin/bash
  unset LD_PRELOAD LD_LIBRARY_PATH PYTHONHOME PYTHONPATH
  exec unshare --mount --propagation unchanged \
    "$deploy/enter.sh" "$1" "$checkout" "${@:2}"
}

on_platform() {
  local stamp
  stamp=$("$deploy/stamp.sh")
  if ! has_stamp "$stamp_file" "$stamp" &&
    ! has_stamp "$root$stamp_file" "$stamp"; then
    mkdir -p "$cache"
    flock "$cache/lock" "$deploy/set-up.sh" "$stamp" >&2
  fi
  if has_stamp "$stamp_file" "$stamp"; then
    set_environment "$PATH"
  else
    enter_root "$root" "$@"
  fi
}
