# shellcheck shell=bash
# Long steps that show they are alive. To be sourced.

# Shows what a step says: on a terminal its latest line, elsewhere a line every
# ten seconds. Lines that begin with "==>" always stay.
show_progress() {
  local line clear='' last=$SECONDS width=$((${COLUMNS:-80} - 4))
  if [[ -t 2 ]]; then clear=$'\r\e[K'; fi
  while IFS= read -r line; do
    if [[ $line == '==>'* ]]; then
      printf '%s%s\n' "$clear" "$line" >&2
    elif [[ $clear ]]; then
      printf '%s  %.*s' "$clear" "$width" "$line" >&2
    elif ((SECONDS - last >= 10)); then
      printf '  %s\n' "$line" >&2
      last=$SECONDS
    fi
  done
  printf '%s' "$clear" >&2
}

# watch_step LOG COMMAND…: its output goes to LOG; the end of it is shown when
# it fails. In a function as COMMAND, `set -e` has no effect.
watch_step() {
  local log=$1 status=0
  shift
  "$@" 2>&1 < /dev/null | tee "$log" | show_progress || status=${PIPESTATUS[0]}
  if ((status)); then
    tail -n 40 "$log" | sed 's/^/  | /' >&2
    printf 'error: %s failed; all of its output: %s\n' "${1##*/}" "$log" >&2
  fi
  return "$status"
}

bold='' plain=''
if [[ -t 1 ]]; then bold=$'\e[1m' plain=$'\e[0m'; fi

heading() {
  printf '\n%s==> %s%s\n' "$bold" "$*" "$plain"
}
