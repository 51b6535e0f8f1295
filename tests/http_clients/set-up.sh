#!/bin/bash
# set-up.sh: puts the tests of this folder into build/http_clients, with the
# packages, generated code and model that they use. Safe to repeat.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=deploy/platform.sh
. "$here/../../deploy/platform.sh"
# shellcheck source=deploy/npm.sh
. "$deploy/npm.sh"
place=$checkout/build/http_clients

# Modules are looked up beside the file that imports them.
mkdir -p "$place"
rm -f "$place"/*.js
cp "$here"/*.js "$here/package.json" "$place/"
# The lock file comes last: it stands for what is installed.
if ! cmp -s "$here/package-lock.json" "$place/installed.json"; then
  cp "$here/package-lock.json" "$place/"
  npm_ci "$place" "$cache"
  cp "$here/package-lock.json" "$place/installed.json"
fi

rm -rf "$place/proto"
mkdir "$place/proto"
(cd "$checkout/proto" && protoc -I . --es_out="$place/proto" \
  --plugin="$place/node_modules/.bin/protoc-gen-es" \
  --es_opt=target=js,import_extension=js \
  hwledger/v1/*.proto google/rpc/error_details.proto)

if [[ "$here/write_model.py" -nt "$place/endless.gguf" ]]; then
  "$here/write_model.py" "$place/endless.gguf"
fi
