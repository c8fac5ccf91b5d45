# Installs what is missing. Sourced by compose/up and Tests/run.

# install_packages NAME…: Debian packages, through apt-get, as root or with sudo.
install_packages() {
    local missing=() name
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    local sudo=""
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || { echo "Please install as root: apt-get install ${missing[*]}" >&2; return 1; }
        sudo=sudo
    fi
    echo "Installing ${missing[*]} …" >&2
    # Packages of servers start them when they are installed; what runs here is started by hand, on its own ports.
    local policy=/usr/sbin/policy-rc.d made=""
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
        $sudo chmod 755 $policy
        made=1
    fi
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    [ -z "$made" ] || $sudo rm -f $policy
}

# require_swift: Swift 6.1 or later must be there; it is not in Debian.
require_swift() {
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -1)
    if [ -z "$version" ] || [ "$(printf '6.1\n%s\n' "$version" | sort -V | head -1)" != 6.1 ]; then
        echo "Swift 6.1 or later is needed (found: ${version:-none}). See https://www.swift.org/install/" >&2
        return 1
    fi
}
