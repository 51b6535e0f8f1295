# shellcheck shell=bash
# apt, as both the machine and the platform need it. To be sourced.

# A mirror that is a stored copy serves lists past their date. Only then, and
# not before, the date is ignored.
apt_update() {
  local output
  if output=$(LC_ALL=C apt-get update 2>&1); then return; fi
  if [[ $output != *" is expired "* ]]; then
    printf '%s\n' "$output"
    return 1
  fi
  echo "==> The mirror's lists are past their date, as a stored copy's are:" \
    "going on with them"
  apt-get -qq -o Acquire::Check-Valid-Until=false update
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get -q install --yes \
    --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
}
