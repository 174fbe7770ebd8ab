#!/bin/sh
# usage: build.sh FOLDER
# Makes FOLDER/vmlinuz and FOLDER/root.cpio: a small Debian 12 with Debian's kernel, the drives' programs and the agent's
# locked Python packages, as one initramfs. Its packages come from this machine's own apt sources and pip settings.
# Programs that only the package manager, a desktop or a person needs are left out: this root runs the tests only.
set -eu

folder=${1:?"usage: build.sh FOLDER"}
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
mkdir -p "$folder"
work=$(mktemp -d "$folder/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root

own_sources() {
    apt-get indextargets --format "\$(CODENAME) deb [signed-by=$keys] \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
        'Created-By: Packages' 'Origin: Debian' | sed -n 's/^bookworm[^ ]* //p' | sort -u
}

debian_root() {
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    own_sources >"$work/sources.list"
    if [ ! -s "$work/sources.list" ]; then
        apt-get update --quiet --quiet
        own_sources >"$work/sources.list"
    fi
    # "extract": unpacked, no package's own script is run, so that it takes half a minute.
    mmdebstrap --quiet --mode=root --variant=extract --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
        --include="$(paste --serial --delimiters=, "$here/packages.txt")" \
        --aptopt='Apt::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
        bookworm "$root" "$work/sources.list"
    printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
    printf '%s\n' root:x:0: tty:x:5: disk:x:6: kmem:x:15: dialout:x:20: audio:x:29: video:x:44: cdrom:x:24: \
        tape:x:26: lp:x:7: input:x:101: sgx:x:102: kvm:x:103: render:x:104: plugdev:x:46: >"$root/etc/group"
    echo herstart-guest >"$root/etc/hostname"
    mv "$root"/boot/vmlinuz-* "$work/vmlinuz"
}

keep_modules() {
    kernel=$(ls "$root/lib/modules")
    chroot "$root" depmod "$kernel"
    # shellcheck disable=SC2046 # one word a module
    chroot "$root" modprobe --all --set-version "$kernel" --show-depends $(cat "$here/modules.txt") |
        sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u >"$work/kept"
    mkdir "$work/modules"
    tar -C "$root" -cf - $(sed 's|^/||' "$work/kept") | tar -C "$work/modules" -xf -
    find "$root/lib/modules/$kernel" -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +
    cp -a "$work/modules/lib/." "$root/lib/"
    chroot "$root" depmod "$kernel"
}

python_packages() {
    for python in "${PYTHON:-}" "$checkout/.venv/bin/python" python3; do
        if [ -n "$python" ] && "$python" -m pip --version >/dev/null 2>&1; then break; fi
    done
    # For the guest's Python, whichever Python runs here.
    "$python" -m pip --quiet --disable-pip-version-check install --root-user-action=ignore --require-hashes --no-deps \
        --no-compile --only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 --abi abi3 --abi none \
        --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 --platform manylinux_2_34_x86_64 \
        --platform linux_x86_64 --platform any --target "$root/opt/packages" -r "$checkout/requirements/agent.txt"
}

thin() {
    cd "$root"
    rm -rf boot usr/share/doc usr/share/man usr/share/locale usr/share/perl* usr/share/i18n usr/share/info \
        usr/share/bash-completion usr/share/zoneinfo usr/share/lintian usr/share/bug usr/share/common-licenses \
        usr/lib/x86_64-linux-gnu/perl* usr/lib/x86_64-linux-gnu/gconv usr/lib/gcc usr/lib/apt usr/lib/dpkg usr/lib/locale \
        usr/lib/initramfs-tools usr/share/initramfs-tools usr/lib/python3.11/test usr/lib/python3.11/idlelib \
        usr/lib/python3.11/lib2to3 usr/lib/python3.11/ensurepip usr/lib/python3.11/turtledemo usr/lib/python3.11/tkinter \
        var/lib/apt var/cache/apt var/lib/dpkg usr/bin/perl* usr/bin/gdb* usr/include usr/src
    # Without these, Python would compile every module anew at each start, and the guest is slow.
    chroot . python3 -m compileall -q --invalidation-mode unchecked-hash usr/lib/python3.11 usr/lib/python3 opt/packages
    cd "$work"
}

debian_root
keep_modules
python_packages
thin
(cd "$root" && find . -print0 | cpio --null --create --format=newc --quiet) >"$work/root.cpio"
mv "$work/root.cpio" "$work/vmlinuz" "$folder/"
