# shellcheck shell=bash
# npm, of which the platform has only corepack. To be sourced.

# corepack downloads npm itself, before npm can read anybody's settings.
npm_registry() {
  local file
  echo "${npm_config_registry:-${NPM_CONFIG_REGISTRY:-}}"
  for file in ~/.npmrc /usr/local/etc/npmrc /usr/etc/npmrc /etc/npmrc; do
    if [[ -f $file ]]; then sed -n 's/^ *registry *= *//p' "$file"; fi
  done
}

# npm_ci FOLDER CACHE: installs what the lock file in FOLDER names; downloads
# stay in CACHE. npm as Debian packages would be 350 of them; corepack, which
# comes with nodejs, fetches it as one file, checked against the hash in
# package.json.
npm_ci() (
  registry=$(npm_registry | grep -m1 . || true)
  if [[ $registry ]]; then export COREPACK_NPM_REGISTRY=${registry%/}; fi
  export COREPACK_HOME=$2/corepack COREPACK_ENABLE_DOWNLOAD_PROMPT=0
  cd "$1" && corepack npm ci --cache "$2/npm" --prefer-offline \
    --ignore-scripts --no-fund --no-audit
)
