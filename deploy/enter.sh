#!/bin/bash
# enter.sh ROOT CHECKOUT COMMAND [ARGUMENT…]
# Runs COMMAND in ROOT with the user's files at their own paths. To be started
# as root in a mount namespace of its own: its mounts end with it.
set -euo pipefail
root=$1 checkout=$2
shift 2

# Nothing mounted here may show on the host. In a chroot "/" need not be a mount
# point and then cannot be cut off from the host; /proc is always one.
if mount --make-rslave / 2>/dev/null; then
  stage=$root
else
  mount --make-private /proc
  stage=/proc/fs
fi
mount --bind "$root" "$stage"
mount --make-private "$stage"

# Keeps a file of the root equal to the host's, which may change any time.
follow() {
  local file=$1
  if [[ -f $file ]] && ! cmp -s "$file" "$stage$file"; then
    mkdir -p "$stage${file%/*}"
    cp -L --remove-destination "$file" "$stage$file"
  fi
}

show() {
  mkdir -p "$stage$1"
  mount --rbind "$1" "$stage$1"
}

# A directory that no directory shown so far contains. One that the platform
# has a filled directory of its own for stays the platform's.
show_extra() {
  local path=$1
  if [[ ! -d $path || $path -ef $stage$path ]]; then return; fi
  if [[ -n $(ls -A "$stage$path" 2>/dev/null) ]]; then return; fi
  show "$path"
}

# Homes of people, and of Ollama's service, which keeps its models in its own.
homes() {
  getent passwd | awk -F: '$3 == 0 || $1 == "ollama" ||
                           ($3 >= 1000 && $3 < 65534) { print $6 }'
}

for path in /*; do
  case $path in
    /bin | /boot | /dev | /etc | /lib | /lib32 | /lib64 | /libx32) ;;
    /lost+found | /proc | /run | /sbin | /sys | /usr | /var) ;;
    *) if [[ -d $path ]]; then show "$path"; fi ;;
  esac
done
mapfile -t extras < <(homes)
for path in "${extras[@]}" "$HOME" "${HF_HOME:-}" "${OLLAMA_MODELS:-}" \
  /run/user /var/tmp "$checkout"; do
  show_extra "$path"
done

# Not the whole of /proc: the root itself may lie in it.
mount --bind /proc "$stage/proc"
mount --rbind /sys "$stage/sys"
mount --rbind /dev "$stage/dev"
mount --make-rslave "$stage"

for file in /etc/resolv.conf /etc/hosts /etc/localtime \
  /etc/ssl/certs/ca-certificates.crt /etc/npmrc /usr/etc/npmrc \
  /usr/local/etc/npmrc "${NODE_EXTRA_CA_CERTS:-}" "${SSL_CERT_FILE:-}"; do
  follow "$file"
done

# shellcheck disable=SC2016  # The shell inside expands it.
exec chroot "$stage" /bin/bash -c '
  cd "$0" 2>/dev/null || { cd "$1" && echo "$0 is not here; in $1" >&2; }
  shift && exec "$@"' "$PWD" "$checkout" "$@"
