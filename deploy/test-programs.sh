#!/bin/sh
# usage: test-programs.sh [guest]
# The programs that the tests drive: a real Chromium and poppler's pdfsig; with "guest", what builds and
# boots the test guest. Install what is missing when we may, else say in words what to install.
set -eu

missing=""
need() { # a program, and the packages that bring it
    command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || missing="$missing $2"
}

if [ "${1:-}" = guest ]; then
    need qemu-system-x86_64 qemu-system-x86
    need mmdebstrap mmdebstrap
    need cpio cpio
else
    need chromium "chromium fonts-dejavu-core"
    need pdfsig poppler-utils
    # The driver that steers Chromium is a Node.js whose one library a small system may lack.
    /sbin/ldconfig -p 2>/dev/null | grep -q 'libatomic\.so\.1' || missing="$missing libatomic1"
fi
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
