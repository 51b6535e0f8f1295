#!/bin/sh
# Names the platform that this checkout wants: a hash of all that defines it.
cd "$(dirname "$0")" || exit
cat packages.txt provision.sh apt.sh npm.sh buf/package*.json | sha256sum | cut -c1-16
