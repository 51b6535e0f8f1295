#!/bin/bash
# enter.sh ROOT CHECKOUT COMMAND [ARGUMENT…]
# Runs COMMAND in ROOT with the users' files at their own paths. To be started
# as root in a mount namespace of its own: its mounts end with it.
set -euo pipefail
root=$1 checkout=$2
shift 2
# shellcheck source=deploy/user-files.sh
. "$checkout/deploy/user-files.sh"

# Nothing mounted here may show on the host. In a chroot "/" need not be a mount
# point and then cannot be cut off from the host; /proc is always one.
if mount --make-rslave / 2>/dev/null; then
  stage=$root
else
  mount --make-private /proc || {
    echo "error: /proc is not mounted" >&2
    exit 1
  }
  stage=/proc/fs
fi
mount --bind "$root" "$stage"
mount --make-private "$stage"

# A directory deep in the system, such as somebody's home in /var, gives way to
# one that the platform fills itself.
show() {
  mkdir -p "$stage$1"
  if [[ -z ${1%/*} || -z $(ls -A "$stage$1") ]]; then
    mount --rbind "$1" "$stage$1"
  fi
}

# Keeps a file of the root equal to the host's, which may change any time.
follow() {
  if [[ -f $1 ]] && ! cmp -s "$1" "$stage$1"; then
    mkdir -p "$stage${1%/*}"
    cp -L --remove-destination "$1" "$stage$1"
  fi
}

mapfile -t directories < <(user_directories)
for path in "${directories[@]}"; do show "$path"; done
# Not what is mounted in /proc: the root itself may be.
mount --bind /proc "$stage/proc"
mount --rbind /sys "$stage/sys"
mount --rbind /dev "$stage/dev"
mount --make-rslave "$stage"

for path in /etc/resolv.conf /etc/hosts /etc/localtime /etc/npmrc \
  /usr/etc/npmrc /usr/local/etc/npmrc /etc/ssl/certs/ca-certificates.crt \
  "${NODE_EXTRA_CA_CERTS:-}" "${SSL_CERT_FILE:-}"; do
  follow "$path"
done

# Who came by sudo goes on as themselves.
user=()
if [[ ${SUDO_UID:-} ]]; then
  # shellcheck disable=SC2153  # sudo sets both.
  user=("--userspec=$SUDO_UID:$SUDO_GID")
  user+=("--groups=$(id -G "$SUDO_UID" | tr ' ' ,)")
  mount --bind /etc/passwd "$stage/etc/passwd"
  mount --bind /etc/group "$stage/etc/group"
fi

# shellcheck disable=SC2016  # The shell inside expands it.
exec chroot "${user[@]}" "$stage" /bin/bash -c '
  cd "$0" 2>/dev/null || { cd "$1" && echo "$0 is not here; in $1" >&2; }
  shift && exec "$@"' "$PWD" "$checkout" "$@"
