#!/bin/bash
# Gives the Debian system it runs in, as root, what Swift packages are built with.
set -euo pipefail
# shellcheck source=deploy/apt.sh
. "$(dirname "$(readlink -f "$0")")/../apt.sh"
apt_update
apt_install g++ git swiftlang
apt-get clean
