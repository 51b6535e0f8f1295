# shellcheck shell=bash
# Which directories of this machine are its users' and not its distribution's:
# they stand at their own paths on the platform too. To be sourced.

is_system() {
  local top=${1#/}
  case ${top%%/*} in
    '' | bin | boot | dev | etc | lib | lib32 | lib64 | libx32) ;;
    lost+found | proc | run | sbin | sys | usr | var) ;;
    *) return 1 ;;
  esac
}

# Homes of people, and of Ollama's service, which keeps its models in its own.
homes() {
  getent passwd | awk -F: '$3 == 0 || $1 == "ollama" ||
                           ($3 >= 1000 && $3 < 65534) { print $6 }'
}

user_directories() {
  local path inside
  for path in /*; do
    if [[ -d $path ]] && ! is_system "$path"; then echo "$path"; fi
  done
  mapfile -t inside < <(homes)
  # shellcheck disable=SC2154  # Whoever sources this knows the checkout.
  inside+=("$HOME" "$checkout" "${HF_HOME:-}" "${OLLAMA_MODELS:-}")
  for path in "${inside[@]}" /run/user /var/tmp; do
    if [[ -d $path ]] && is_system "$path"; then echo "$path"; fi
  done | sort -u
}
