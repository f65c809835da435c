#!/usr/bin/env bash
# Installs the real nodes and helpers that the tests start, and says for each what is there:
#
#     bitcoind: <version>          or          bitcoind: absent (<reason>)
#
# Run it (`.ci/nodes.sh`, or `.ci/nodes.sh anvil geth` for some), or source it and call `nodes_install`.
# Everything comes by package name from apt, npm and Go; no address of a registry or mirror stands here.
# What is installed goes under TELLER_NODES (default ~/.cache/teller-nodes), programs in its `bin`; a tool
# that cannot be had is a line of output, never a failure: tests that need it then report themselves ignored.
# A second run finds everything in place and only asks for versions. Each tool's log: $TELLER_NODES/log/<tool>.

: "${TELLER_NODES:=$HOME/.cache/teller-nodes}"
export TELLER_NODES

NODES_BTCD_VERSION=0.26.2
# Newer ones need a module that the proxy does not have.
NODES_GETH_VERSION=1.16.7
NODES_ANVIL_VERSION=1.7.1
NODES_SOLC_VERSION=0.8.37
# The last that takes Debian 12's Node.
NODES_PLAYWRIGHT_VERSION=1.60.0
NODES_AXE_VERSION=4.14.1
NODES_LIGHTHOUSE_VERSION=13.5.0
# What builds and tests the pages: Debian's own is too old for its tools.
NODES_NODE_VERSION=24.21.0
NODES_SCHEMATHESIS_VERSION=4.32.5
NODES_AIOSMTPD_VERSION=1.4.6
NODES_OTLP_VERSION=1.45.0
NODES_STANDARDWEBHOOKS_VERSION=1.1.0
NODES_MOTO_VERSION=5.2.5
# What btcd's and geth's go.mod ask for.
NODES_GO_MINIMUM=1.24

NODES_ALL=(bitcoind litecoind btcd btcctl anvil geth solc pebble pebble-challtestsrv fiu-run prometheus promtool
    chromium playwright-core axe-core web-node lighthouse schemathesis test-python image-root skycoin skycoin-cli)

# Installs the named tools, or all, and prints one closing line for each.
nodes_install() {
    mkdir -p "$TELLER_NODES/bin" "$TELLER_NODES/log"
    local tool tools=("$@")
    [ ${#tools[@]} != 0 ] || tools=("${NODES_ALL[@]}")
    for tool in "${tools[@]}"; do
        # One installer at a time: several checkouts of the project may share the folder.
        ( flock 9 && nodes_one "$tool" ) 9>"$TELLER_NODES/lock"
    done
}

nodes_one() {
    local tool=$1 log=$TELLER_NODES/log/$1 status=0 version
    if ! declare -F "install_$tool" >/dev/null; then
        printf '%s: absent (no such tool here)\n' "$tool"
        return
    fi
    # In the background, because `set -e` is not heard inside a function called as a condition.
    ( set -euo pipefail; shopt -s inherit_errexit; "install_$tool"; "version_$tool" >"$log.version" ) >"$log" 2>&1 9>&- &
    wait $! || status=$?
    version=$(sed -n 1p "$log.version" 2>/dev/null)
    rm -f "$log.version"
    if [ "$status" = 0 ] && [ -n "$version" ]; then
        printf '%s: %s\n' "$tool" "$version"
    else
        printf '%s: absent (%s)\n' "$tool" "$(grep -v '^[[:space:]]*$' "$log" | tail -n 1)"
    fi
}

# ---- the tools: install_X makes X runnable, version_X runs it ----------------------------------------------

install_bitcoind() {
    local root=$TELLER_NODES/bitcoin-knots
    if [ ! -e "$root/usr/bin/bitcoind" ]; then unstable_unpack "$root" bitcoin-knots; fi
    unstable_wrap "$root" bitcoind
    unstable_wrap "$root" bitcoin-cli
}
version_bitcoind() { "$TELLER_NODES/bin/bitcoind" -version | sed -n '1s/.*version v\{0,1\}//p'; }

# Of the machine's own suite: the unstable one has it without the libraries that it needs.
install_litecoind() { debian_packages litecoind; }
version_litecoind() { litecoind -version | sed -n '1s/.*version v\{0,1\}//p'; }

install_btcd() { go_tool btcd "$NODES_BTCD_VERSION" github.com/btcsuite/btcd; }
version_btcd() { "$TELLER_NODES/bin/btcd" --version | awk '{print $3}'; }

install_btcctl() { go_tool btcctl "$NODES_BTCD_VERSION" github.com/btcsuite/btcd/cmd/btcctl; }
version_btcctl() { "$TELLER_NODES/bin/btcctl" --version >/dev/null && echo "$NODES_BTCD_VERSION"; }

install_geth() { go_tool geth "$NODES_GETH_VERSION" github.com/ethereum/go-ethereum/cmd/geth; }
version_geth() { "$TELLER_NODES/bin/geth" --version | awk '{print $3}'; }

install_anvil() {
    # The binary's own package: `@foundry-rs/anvil` only adds a node script around it, which asks for a newer
    # Node than Debian may have and is one process more to stop.
    local package
    package=@foundry-rs/anvil-linux-$(dpkg --print-architecture)
    npm_tool anvil "$package" "$NODES_ANVIL_VERSION"
    ln -sfn "$TELLER_NODES/npm/anvil/node_modules/$package/bin/anvil" "$TELLER_NODES/bin/anvil"
}
version_anvil() { "$TELLER_NODES/bin/anvil" --version | sed -n '1s/.*[Vv]ersion: *//p'; }

# The compiler of the tests' contracts. npm has it as a script for Node.
install_solc() {
    npm_tool solc solc "$NODES_SOLC_VERSION"
    ln -sfn "$TELLER_NODES/npm/solc/node_modules/.bin/solcjs" "$TELLER_NODES/bin/solc"
}
version_solc() { "$TELLER_NODES/bin/solc" --version | sed -n '1s/+.*//p'; }

install_pebble() { debian_packages pebble; }
# It has no flag for its version.
version_pebble() { command -v pebble >/dev/null && debian_version pebble; }

install_pebble-challtestsrv() { debian_packages pebble; }
version_pebble-challtestsrv() { command -v pebble-challtestsrv >/dev/null && debian_version pebble; }

# Fails the system calls of whole programs: tests of a failing disk.
install_fiu-run() { debian_packages fiu-utils; }
version_fiu-run() { command -v fiu-run >/dev/null && debian_version fiu-utils; }

# Unpacked and not installed: Debian's package would start a server on the machine.
install_prometheus() {
    local root=$TELLER_NODES/prometheus
    if [ ! -x "$root/usr/bin/prometheus" ]; then debian_unpack "$root" prometheus; fi
    ln -sfn "$root/usr/bin/prometheus" "$TELLER_NODES/bin/prometheus"
    ln -sfn "$root/usr/bin/promtool" "$TELLER_NODES/bin/promtool"
}
version_prometheus() { "$TELLER_NODES/bin/prometheus" --version 2>&1 | awk 'NR == 1 {print $3}'; }

install_promtool() { install_prometheus; }
version_promtool() { "$TELLER_NODES/bin/promtool" --version 2>&1 | awk 'NR == 1 {print $3}'; }

install_chromium() { debian_packages chromium; }
version_chromium() { chromium --version --no-sandbox 2>/dev/null | awk '{print $2}'; }

install_playwright-core() { npm_tool playwright playwright-core "$NODES_PLAYWRIGHT_VERSION"; }
version_playwright-core() {
    # Loads it for real; pages' tests do the same through NODE_PATH.
    NODE_PATH=$TELLER_NODES/npm/playwright/node_modules \
        node -e "require('playwright-core').chromium.name() && console.log(require('playwright-core/package.json').version)"
}

# Finds what keeps people out of a page.
install_axe-core() { npm_tool axe-core axe-core "$NODES_AXE_VERSION"; }
version_axe-core() {
    NODE_PATH=$TELLER_NODES/npm/axe-core/node_modules node -e "console.log(require('axe-core').version)"
}

# Measures how soon a page can be used, on a newer Node than Debian has.
install_lighthouse() { npm_tool lighthouse lighthouse "$NODES_LIGHTHOUSE_VERSION"; }
version_lighthouse() {
    "$TELLER_NODES/bin/web-node" "$TELLER_NODES/npm/lighthouse/node_modules/lighthouse/cli/index.js" --version
}

# Node by npm, the binary's own package: `node` only adds a script that installs it.
install_web-node() {
    local package
    package=node-linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
    npm_tool web-node "$package" "$NODES_NODE_VERSION"
    ln -sfn "$TELLER_NODES/npm/web-node/node_modules/$package/bin/node" "$TELLER_NODES/bin/web-node"
}
version_web-node() { "$TELLER_NODES/bin/web-node" --version | sed 's/^v//'; }

# Holds the service to its OpenAPI documents. In an environment of its own, since Debian's Python takes no packages but its own.
install_schemathesis() {
    local folder=$TELLER_NODES/python/schemathesis
    debian_packages ca-certificates python3-venv
    if [ ! -x "$folder/bin/pip" ]; then python3 -m venv "$folder"; fi
    "$folder/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$NODES_SCHEMATHESIS_VERSION"
}
version_schemathesis() { "$TELLER_NODES/python/schemathesis/bin/schemathesis" --version | awk '{print $NF}'; }

# A Python for what the tests speak to that others wrote: a mail server, the messages of OpenTelemetry, webhooks,
# a store that speaks S3.
install_test-python() {
    local folder=$TELLER_NODES/python/test
    debian_packages ca-certificates python3-venv
    if [ ! -x "$folder/bin/pip" ]; then python3 -m venv "$folder"; fi
    "$folder/bin/pip" install --quiet --disable-pip-version-check \
        "aiosmtpd==$NODES_AIOSMTPD_VERSION" "opentelemetry-proto==$NODES_OTLP_VERSION" \
        "standardwebhooks==$NODES_STANDARDWEBHOOKS_VERSION" "moto[s3]==$NODES_MOTO_VERSION" flask flask-cors
    printf '#!/bin/sh\nexec %s "$@"\n' "$folder/bin/python" >"$TELLER_NODES/bin/test-python"
    chmod +x "$TELLER_NODES/bin/test-python"
}
version_test-python() { "$TELLER_NODES/python/test/bin/pip" list 2>/dev/null | awk '/aiosmtpd|moto|opentelemetry-proto|standardwebhooks/ {printf "%s %s ", $1, $2}'; }

# What the Dockerfile's base has, unpacked: a root file system for the service, without an engine and without certificates.
install_image-root() {
    local root=$TELLER_NODES/image-root
    if [ ! -e "$root/etc/debian_version" ]; then
        unstable_unpack "$root" base-files base-passwd coreutils dash libc6 libgcc-s1 passwd
    fi
}
version_image-root() { sed -n 1p "$TELLER_NODES/image-root/etc/debian_version"; }

# No registry carries it: looked for, never fetched or built.
install_skycoin() { skycoin_path >/dev/null || because "not on PATH and SKYCOIN_BIN is not set"; }
version_skycoin() {
    # It makes its data folder in the home folder even when only asked for its version.
    local home
    home=$(mktemp -d)
    HOME=$home "$(skycoin_path)" -version 2>/dev/null | grep -E '^[0-9]+\.' || true
    rm -rf "$home"
}
skycoin_path() { command -v "${SKYCOIN_BIN:-skycoin}"; }

# Comes with the daemon.
install_skycoin-cli() { skycoin_cli_path >/dev/null || because "not on PATH, SKYCOIN_CLI_BIN is not set, not beside skycoin"; }
version_skycoin-cli() { "$(skycoin_cli_path)" --version | awk '{print $3}'; }
skycoin_cli_path() {
    command -v "${SKYCOIN_CLI_BIN:-skycoin-cli}" ||
        { skycoin_path >/dev/null && command -v "$(dirname "$(skycoin_path)")/skycoin-cli"; }
}

# ---- Debian ------------------------------------------------------------------------------------------------

# Ends the installation of one tool with a reason for its closing line.
because() {
    printf '%s\n' "$1"
    exit 1
}

# Reads on to the end, where `head` would break the pipe and pipefail would call that a failure.
first_line() { sed -n 1p; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# The machine's own packages. The lists are fetched again only when something is missing and cannot be had.
debian_packages() {
    local package missing=()
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) = *' ok installed' ]] || missing+=("$package")
    done
    [ ${#missing[@]} != 0 ] || return 0
    command -v apt-get >/dev/null || because "this is not a Debian machine"
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600
        install --no-install-recommends "${missing[@]}")
    as_root "${install[@]}" && return 0
    as_root apt-get -q update
    as_root "${install[@]}"
}

# debian_unpack FOLDER PACKAGE: a package of the machine's own suite, unpacked and never installed, without what it needs.
debian_unpack() {
    local root=$1 package=$2 folder
    command -v apt-get >/dev/null || because "this is not a Debian machine"
    folder=$(mktemp -d)
    if ! ( cd "$folder" && apt-get -q download "$package" ); then
        as_root apt-get -q update
        ( cd "$folder" && apt-get -q download "$package" )
    fi
    rm -rf "$root" "$root.new"
    mkdir -p "$root.new"
    dpkg-deb -x "$folder"/*.deb "$root.new"
    rm -rf "$folder"
    # Renamed when whole, so that a run cut short is not taken for an installation.
    mv "$root.new" "$root"
}

debian_version() { dpkg-query -W -f '${Version}\n' "$1"; }

# apt over a root of its own: it sees only the unstable suite and believes that nothing is installed, so that
# what it fetches is complete, and the machine's own packages are out of its reach. Signatures are checked, but
# not how old they are: a mirror may be a frozen one, and these are programs for tests.
unstable_apt() {
    local apt=$TELLER_NODES/apt
    "$@" -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$apt/sources" \
        -o Dir::State="$apt/state" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
        -o APT::Sandbox::User= -o Acquire::Languages=none -o Debug::NoLocking=1 \
        -o Acquire::Check-Valid-Until=false
}

unstable_sources() {
    local apt=$TELLER_NODES/apt mirror keys
    command -v apt-get >/dev/null || because "this is not a Debian machine"
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || because "the machine's apt sources name no Debian mirror"
    keys=$(find /usr/share/keyrings -name 'debian-archive-keyring.*' | sort | first_line)
    [ -n "$keys" ] || because "debian-archive-keyring is not installed"
    mkdir -p "$apt/sources" "$apt/state/lists/partial" "$apt/cache/archives/partial"
    : >"$apt/status"
    printf '%s\n' 'Types: deb' "URIs: $mirror" 'Suites: unstable' 'Components: main' 'Targets: Packages' \
        "Signed-By: $keys" >"$apt/sources/unstable.sources"
}

# Where this machine gets Debian from. apt knows it once it has lists; before, its sources are read as text.
debian_mirror() {
    local found
    # shellcheck disable=SC2016  # apt fills these in
    found=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 2>/dev/null |
        sed -n 's/^Debian|Debian|//p' | first_line) || true
    [ -n "$found" ] || found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
        sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb  *\(\[[^]]*\]  *\)\{0,1\}\([^ ]*\) .*/\2/p' |
        grep '/debian/\{0,1\}$' | first_line) || true
    printf '%s\n' "$found"
}

# unstable_unpack FOLDER PACKAGE...: the packages and all they need, unpacked and never installed.
unstable_unpack() {
    local root=$1 archives=$TELLER_NODES/apt/cache/archives deb
    shift
    unstable_sources
    unstable_apt apt-get -q update
    rm -f "$archives"/*.deb
    unstable_apt apt-get -q -y --no-install-recommends --download-only install "$@"
    rm -rf "$root" "$root.new"
    mkdir -p "$root.new"
    for deb in "$archives"/*.deb; do dpkg-deb -x "$deb" "$root.new"; done
    rm -f "$archives"/*.deb
    # Renamed when whole, so that a run cut short is not taken for an installation.
    mv "$root.new" "$root"
}

# unstable_wrap FOLDER PROGRAM: a script that starts it with the loader and libraries it was built for, since
# the machine's own may be older.
unstable_wrap() {
    local root=$1 program=$2 loader libraries
    loader=$(find "$root" -name 'ld-linux*.so.*' | sort | first_line)
    [ -n "$loader" ] || because "no loader came with the packages"
    libraries=$(find "$root/usr/lib" -name '*.so.*' -printf '%h\n' | grep -v gconv | sort -u | paste -s -d :)
    printf '#!/bin/sh\nexec "%s" --library-path "%s" --argv0 "%s" "%s" "$@"\n' \
        "$loader" "$libraries" "$program" "$root/usr/bin/$program" >"$TELLER_NODES/bin/$program.new"
    chmod +x "$TELLER_NODES/bin/$program.new"
    mv "$TELLER_NODES/bin/$program.new" "$TELLER_NODES/bin/$program"
}

# ---- Go and npm --------------------------------------------------------------------------------------------

# go_tool PROGRAM VERSION PACKAGE
go_tool() {
    local program=$1 version=$2 package=$3 go marker=$TELLER_NODES/bin/.$1.version
    # The programs do not all know their own version: btcctl's is years behind.
    if [ -x "$TELLER_NODES/bin/$program" ] && [ "$(cat "$marker" 2>/dev/null)" = "$version" ]; then return; fi
    debian_packages ca-certificates
    go=$(go_command)
    GOBIN=$TELLER_NODES/bin GOFLAGS=-trimpath GOTOOLCHAIN=local CGO_ENABLED=0 "$go" install "$package@v$version"
    printf '%s\n' "$version" >"$marker"
}

# A Go that is new enough: the machine's own, else Debian's newest, in a folder of its own.
go_command() {
    local root=$TELLER_NODES/go found
    if go_is_new_enough go; then
        echo go
        return
    fi
    if [ ! -d "$root/usr/lib" ]; then unstable_unpack "$root" golang-go >&2; fi
    found=$(find "$root/usr/lib" -path '*/go-*/bin/go' | first_line)
    go_is_new_enough "$found" || because "no Go $NODES_GO_MINIMUM or newer to be had" >&2
    echo "$found"
}

go_is_new_enough() {
    local version
    version=$("$1" env GOVERSION 2>/dev/null) || return 1
    printf '%s\n' "$NODES_GO_MINIMUM" "${version#go}" | sort -V -C
}

# npm_tool FOLDER PACKAGE VERSION: each in a folder of its own, since npm prunes what it was not told of.
npm_tool() {
    local folder=$TELLER_NODES/npm/$1 package=$2 version=$3
    if grep -qs "\"version\": \"$version\"" "$folder/node_modules/$package/package.json"; then return; fi
    debian_packages ca-certificates
    command -v npm >/dev/null || debian_packages nodejs npm
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-save --no-audit --no-fund --ignore-scripts "$package@$version"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then nodes_install "$@"; fi
