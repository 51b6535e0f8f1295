#!/bin/bash
# screenshots.sh [FOLDER]: takes pictures of every page, light and dark, large and
# small, into FOLDER; without one, takes those in docs/images anew. On the reference
# platform (deploy/shell tests/qt/screenshots.sh), from the release build.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
taken=${1:-}
if [[ -z $taken ]]; then
  taken=$(mktemp -d)
  trap 'rm -r "$taken"' EXIT
fi
QT_QPA_PLATFORM=xcb LIBGL_ALWAYS_SOFTWARE=1 \
  xvfb-run --auto-servernum --server-args='-screen 0 1280x1024x24' \
  build/release/bin/qt_screenshots "$taken"
if (($#)); then exit; fi
mkdir -p docs/images
for picture in planner-dark {planner,run,library,devices,ledger,settings}-light; do
  cp "$taken/$picture-1280x800.png" docs/images
done
