#!/bin/sh
# The tests drive a real Chromium and check signed PDFs with poppler's pdfsig. Install what is missing when we may,
# else say in words what to install.
set -eu

missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium fonts-dejavu-core"
command -v pdfsig >/dev/null 2>&1 || missing="$missing poppler-utils"
# The driver that steers Chromium is a Node.js whose one library a small system may lack.
/sbin/ldconfig -p 2>/dev/null | grep -q 'libatomic\.so\.1' || missing="$missing libatomic1"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "The tests need these programs, and only root may install them:$missing" >&2
    echo "On Debian or Ubuntu: sudo apt-get install$missing" >&2
    exit 1
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need these programs; install them with this system's package manager:$missing" >&2
    exit 1
fi
echo "Installing what the tests need:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet --quiet
# shellcheck disable=SC2086 # a list of package names
apt-get install --yes --quiet --quiet --no-install-recommends $missing
