# shellcheck shell=bash
# The phases of .ci/run that are more than one command. To be sourced after nodes.sh.

CARGO_DENY_VERSION=0.20.2
# Must be there for the tests. Only looked for: skycoin, skycoin-cli.
REQUIRED=image-root,bitcoind,litecoind,btcd,anvil,geth,solc,pebble,pebble-challtestsrv,fiu-run,fiu-ctrl,setpriv,prometheus,promtool,chromium,schemathesis,test-python

export PATH=$TELLER_NODES/cargo/bin:$HOME/.cargo/bin:$PATH
export CARGO_TERM_COLOR=never TELLER_REQUIRE_NODES=$REQUIRED
: "${CARGO_TARGET_DIR:=$PWD/target}"
export CARGO_TARGET_DIR

machine_prepare() {
    debian_packages build-essential ca-certificates shellcheck
    rust_is_new_enough || rust_install
    cargo --version
    cargo clippy --version
    cargo fmt --version
    printf '%s cores, %s\n' "$(nproc)" "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)"
}

rust_wanted() { sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml; }

rust_is_new_enough() {
    local version
    version=$(cargo --version 2>/dev/null | awk '{print $2}') || return 1
    printf '%s\n' "$(rust_wanted)" "$version" | sort -V -C && cargo clippy --version && cargo fmt --version
} >/dev/null 2>&1

# rustup, where there is one or Debian has it, knows by itself where Rust comes from.
rust_install() {
    command -v rustup >/dev/null || debian_packages rustup ||
        because "Rust $(rust_wanted) with clippy and rustfmt is not here, nor rustup to install it"
    rustup toolchain install stable --profile minimal --component clippy --component rustfmt
    rustup default stable
}

check_format() {
    cargo fmt --check
    shellcheck .ci/run .ci/*.sh dist/deb dist/release dist/debian/* tests/browser/run tests/schema/run
    printf 'formatted, and no complaints about the scripts\n'
}

# cargo_tool NAME VERSION: has this subcommand of cargo in just this version
cargo_tool() {
    [[ $(cargo "$1" --version 2>/dev/null) == *" $2" ]] && return
    ( unset CARGO_TARGET_DIR; cargo install --quiet --locked --root "$TELLER_NODES/cargo" "cargo-$1@$2" )
}

# Licences, bans and sources always; advisories where their database can be had.
check_dependencies() {
    local checks=(licenses bans sources)
    cargo_tool deny "$CARGO_DENY_VERSION"
    if timeout 120 cargo deny fetch db >/dev/null 2>&1; then
        checks+=(advisories)
    else
        printf 'advisories: NOT CHECKED, their database cannot be fetched from this machine\n\n'
    fi
    # Crates that are there twice are told by `cargo deny check` itself, at length.
    cargo deny --locked check --allow duplicate "${checks[@]}"
}

# What of web/ is built is committed: it has to be what comes of its sources, to the byte.
check_web() {
    local node=$TELLER_NODES/bin/web-node built page
    if ! "$node" --version >/dev/null 2>&1; then because 'web: web-node is not installed'; fi
    built=$(mktemp -d)
    cd web || return
    npm ci --ignore-scripts --no-audit --no-fund
    for page in desk buyer; do
        "$node" node_modules/vite/bin/vite.js build --mode "$page" --outDir "$built/$page" --logLevel warn
    done
    "$node" node_modules/typescript/bin/tsc --noEmit
    "$node" node_modules/vitest/vitest.mjs run
    check_api_types
    diff -r dist "$built" || because "web: dist is not what comes of src: run \`npm run build\` in web and commit it"
    rm -r "$built"
    printf 'web: built the same, types and tests pass\n'
}

# The types of the API follow from its documents, and those from the code (`cargo test --test api described`).
check_api_types() {
    local made listener
    made=$(mktemp -d)
    npm --prefix api ci --ignore-scripts --no-audit --no-fund
    for listener in public admin; do
        "$node" api/node_modules/openapi-typescript/bin/cli.js "../docs/openapi-$listener.json" --output "$made/$listener.d.ts"
        diff "api/$listener.d.ts" "$made/$listener.d.ts" ||
            because "web: api/$listener.d.ts is not what the documents say: run \`npm run api\` in web and commit it"
    done
    rm -r "$made"
}

check_documentation() {
    RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps
    RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items
}

# The tests try them as well, beside a Prometheus; this says at once which rule is wrong.
check_monitoring() {
    local promtool=$TELLER_NODES/bin/promtool
    [ -x "$promtool" ] || because "promtool is absent: the alert rules are not checked"
    ( cd docs/monitoring && "$promtool" check rules alerts.yml && "$promtool" test rules alerts_test.yml )
}

# The unit, with a program that is there in the service's place: an exposure of 2.0 or more fails.
check_unit() {
    local folder
    if ! command -v systemd-analyze >/dev/null; then
        printf 'unit: NOT CHECKED, there is no systemd on this machine\n'
        return 0
    fi
    folder=$(mktemp -d)
    sed 's|/usr/bin/teller|/bin/true|' dist/teller.service >"$folder/teller.service"
    systemd-analyze verify "$folder/teller.service"
    systemd-analyze security --no-pager --offline=true --threshold=20 "$folder/teller.service" | tail -n 1
    rm -rf "$folder"
}

# What the README says, with all real nodes, and on to the end whatever fails.
# The README's command, and the wallet that is encrypted at full cost: a GiB of memory, which other tests should not share.
check_tests() {
    local status=0
    cargo test --locked --no-fail-fast || status=$?
    cargo test --locked --test skycoin_vectors -- --ignored full_cost || status=$?
    return "$status"
}

# Runs each fuzz target over its seeds. Fuzzing itself wants a nightly Rust, and time.
check_seeds() {
    local target seeds output count=0
    cargo build --quiet --manifest-path fuzz/Cargo.toml --bins
    for target in fuzz/targets/*.rs; do
        target=$(basename "$target" .rs)
        seeds=(fuzz/seeds/"$target"/*)
        if ! output=$("$CARGO_TARGET_DIR/debug/$target" "${seeds[@]}" 2>&1); then
            printf '%s\n' "$output"
            because "seeds: $target fails on the last of these"
        fi
        count=$((count + ${#seeds[@]}))
    done
    printf 'seeds: %d passed\n' "$count"
}
