#!/bin/bash
# Makes the Debian system it runs in, as root, one that hwLedger can be built,
# checked and run on. Safe to repeat. The private root, the Dockerfile and
# native installs all use it.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
home=/usr/local/lib/hwledger
# shellcheck source=deploy/apt.sh
. "$here/apt.sh"

# corepack downloads npm itself, before npm can read anybody's settings.
npm_registry() {
  local file
  echo "${npm_config_registry:-${NPM_CONFIG_REGISTRY:-}}"
  for file in ~/.npmrc /usr/local/etc/npmrc /usr/etc/npmrc /etc/npmrc; do
    if [[ -f $file ]]; then sed -n 's/^ *registry *= *//p' "$file"; fi
  done
}

# npm as Debian packages would be 350 of them; corepack, which comes with
# nodejs, fetches it as one file, checked against the hash in package.json.
install_buf() {
  local registry scratch
  registry=$(npm_registry | grep -m1 . || true)
  if [[ $registry ]]; then export COREPACK_NPM_REGISTRY=${registry%/}; fi
  scratch=$(mktemp -d)
  export COREPACK_HOME=$scratch/corepack COREPACK_ENABLE_DOWNLOAD_PROMPT=0
  cp "$here"/buf/package*.json "$home/"
  (cd "$home" && corepack npm ci --cache "$scratch/npm" --ignore-scripts \
    --no-fund --no-audit)
  rm -rf "$scratch"
  # The program itself, not the launcher in JavaScript in front of it.
  ln -sf "$home"/node_modules/@bufbuild/buf-linux-*/bin/buf /usr/local/bin/buf
}

mkdir -p "$home"
rm -f "$home/stamp"
dpkg --configure -a  # Finishes what an interrupted run left.
apt_update
mapfile -t packages < <(grep -o '^[^# ]\+' "$here/packages.txt")
apt_install "${packages[@]}"
apt-get clean
install_buf
"$here/stamp.sh" > "$home/stamp"
