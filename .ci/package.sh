# shellcheck shell=bash
# The Debian package: made, installed, run, upgraded with its database, rolled back, removed, purged.
# To be sourced after nodes.sh. It installs on this very machine, so that it does nothing where a teller is installed.

CARGO_CYCLONEDX_VERSION=0.5.9
PACKAGE_PAYEE=2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y
package_work=
package_process=
package_is_mine=

check_package() {
    local release first same next
    package_work=$(mktemp -d)
    trap package_leave EXIT
    release=$package_work/release
    command -v curl >/dev/null || debian_packages curl
    command -v dpkg-shlibdeps >/dev/null || debian_packages dpkg-dev
    command -v jq >/dev/null || debian_packages jq
    # As the tests built it: optimised programs take ten minutes more, and nothing here is about speed.
    cargo build --quiet --locked --bin teller --bin tool
    export DPKG_DEB_COMPRESSOR_LEVEL=1
    cargo_tool cyclonedx "$CARGO_CYCLONEDX_VERSION"
    dist/release "$release" "$CARGO_TARGET_DIR/debug"
    package_bill "$release/teller.cdx.json"
    ( cd "$release" && sha256sum --quiet --check SHA256SUMS )
    first=$(echo "$release"/teller_*.deb)
    mkdir "$package_work/again"
    cmp "$first" "$(dist/deb "$release" "$package_work/again" 1)"
    same=$(dist/deb "$release" "$package_work" 2)
    package_lint "$first"
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        printf 'package: NOT INSTALLED, that takes root and apt-get\n'
    elif dpkg-query --show teller >/dev/null 2>&1 || [ -e /etc/teller ] || [ -e /var/lib/teller ]; then
        printf 'package: NOT INSTALLED, there is a teller on this machine already\n'
    else
        next=$(package_next)
        package_is_mine=yes
        package_try "$first" "$same" "$next"
    fi
    printf 'package: %s bytes\n' "$(stat -c %s "$first")"
}

# A version that is yet to come: another number, and a schema with one step more.
package_next() {
    local tree=$package_work/next
    mkdir "$tree"
    tar --create --exclude node_modules Cargo.toml Cargo.lock askama.toml README.md CHANGELOG.md LICENSE-MIT config.toml \
        src cmd web addresses dist docs | tar --extract --directory "$tree"
    sed -i '0,/^version = .*/s//version = "999.0.0"/' "$tree/Cargo.toml"
    sed -i 's/^pub const SCHEMA_VERSION: u32 = 1;/pub const SCHEMA_VERSION: u32 = 2;/
        s/^const STEPS: &\[Step\] = &\[\];/const STEPS: \&[Step] = \&[|_| Ok(())];/' "$tree/src/store/migrate.rs"
    [ "$(diff "$tree/src/store/migrate.rs" src/store/migrate.rs | grep -c '^<')" = 2 ] ||
        because 'package: src/store/migrate.rs is another one, so that no version with a schema to come can be made'
    ( cd "$tree" && cargo build --quiet --offline --bin teller --bin tool )
    "$tree/dist/deb" "$CARGO_TARGET_DIR/debug" "$package_work"
}

# The bill of materials names every crate that the programs are made of, each with its version, and no folder.
package_bill() {
    local named locked
    named=$(jq --raw-output '.components[] | select(.purl | startswith("pkg:cargo/")) | "\(.name) \(.version)"' "$1" | sort --unique)
    locked=$(cargo tree --locked --edges normal --prefix none --format '{p}' | awk '{ sub("^v", "", $2); print $1, $2 }' |
        grep --invert-match '^teller ' | sort --unique)
    local missing
    missing=$(comm -13 <(printf '%s\n' "$named") <(printf '%s\n' "$locked"))
    [ -z "$missing" ] || because "package: the bill of materials does not name: $missing"
    ! grep --quiet --fixed-strings "$PWD" "$1" || because 'package: the bill of materials names a folder of this machine'
    printf 'package: the bill of materials names %d crates\n' "$(wc --lines <<<"$named")"
}

package_lint() {
    if ! command -v lintian >/dev/null && ! ( debian_packages lintian ) >/dev/null 2>&1; then
        printf 'package: NOT LINTED, lintian cannot be had\n'
        return 0
    fi
    # This one is made by no maintainer.
    lintian --allow-root --fail-on error --suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog "$1"
}

# Whatever is left of it goes, the database of this try included.
package_leave() {
    if [ -n "$package_is_mine" ]; then
        package_stop || true
        dpkg --purge teller >/dev/null 2>&1 || true
        rm -rf /var/lib/teller /var/log/teller /etc/teller
        userdel teller >/dev/null 2>&1 || true
    fi
    rm -rf "$package_work"
}

package_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --allow-downgrades --no-install-recommends \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" >"$package_work/apt" 2>&1 ||
        { cat "$package_work/apt"; return 1; }
}

package_try() {
    local first=$1 same=$2 next=$3
    has_systemd || printf 'package: there is no systemd here, the unit'\''s command is run as its user\n'
    package_install "$first"
    teller --version
    # Nobody has said anything yet: nothing runs, and a start says why it cannot.
    package_refuses 'btc_addresses: must name'
    [ "$(stat -c '%U:%G %a' /etc/teller/config.toml)" = 'root:teller 640' ]

    # Play money; the port of another service is not taken.
    printf 'web.http_addr = "127.0.0.1:17071"\nadmin_panel.host = "127.0.0.1:17711"\n' >"$package_work/mine"
    printf 'dummy = { scanner = true, sender = true, http_addr = "127.0.0.1:14121" }\n' >>"$package_work/mine"
    printf 'btc_addresses = "/usr/share/teller/examples/addresses/btc_addresses.json"\n' >>"$package_work/mine"
    cp "$package_work/mine" /etc/teller/config.toml
    package_start
    package_bind
    package_knows 1
    printf 'package: installed, runs, has bound an address\n'

    package_upgrade "$same"
    package_knows 1
    package_bind
    package_upgrade "$first"
    package_knows 2
    printf 'package: upgraded and rolled back within a schema, with its database\n'

    package_another_schema "$first" "$next"
    cmp "$package_work/mine" /etc/teller/config.toml
    package_remove
}

# What docs/install.md says of an upgrade that changes the schema, of a rollback after it, and of the two ways on from there.
package_another_schema() {
    local first=$1 next=$2 database=/var/lib/teller/teller.db before
    curl --silent --fail --output "$package_work/before.db" http://127.0.0.1:17711/api/backup
    package_upgrade "$next"
    [ "$(teller --version)" = 'teller 999.0.0' ]
    package_knows 2
    package_bind
    printf 'package: upgraded to another schema, with its database\n'

    package_stop
    before=$(sha256sum "$database")
    package_install "$first"
    package_refuses 'has schema 2, this version of teller knows up to 1'
    [ "$(sha256sum "$database")" = "$before" ]
    package_install "$next"
    package_start
    package_knows 3
    printf 'package: the version before refuses that schema and changes nothing; the newer one goes on\n'

    package_stop
    mv "$database" "$package_work/after.db"
    package_install "$first"
    chmod 711 "$package_work"
    chown teller "$package_work/before.db"
    package_tool restore "$package_work/before.db" --to "$database" >/dev/null
    package_start
    package_knows 2
    printf 'package: rolled back to the copy from before the upgrade\n'
}

package_remove() {
    package_stop
    package_tool db check /var/lib/teller/teller.db
    dpkg --remove teller >/dev/null 2>&1
    [ ! -e /usr/bin/teller ] && [ -e /etc/teller/config.toml ] && [ -e /var/lib/teller/teller.db ]
    dpkg --purge teller >"$package_work/said" 2>&1
    grep --quiet 'is kept' "$package_work/said"
    [ ! -e /etc/teller/config.toml ] && [ -e /var/lib/teller/teller.db ]
    printf 'package: removed, purged; the database is kept\n'
}

# Whether a start of what is installed ends with these words, as the unit would have it.
package_refuses() {
    local unit=/usr/lib/systemd/system/teller.service command
    command=$(sed -n 's|^ExecStartPre=/usr/bin/teller ||p' "$unit")
    # shellcheck disable=SC2086
    if ( package_run $command ) >"$package_work/said" 2>&1; then because "package: started, and was to say: $1"; fi
    grep --quiet --fixed-strings "$1" "$package_work/said" || { cat "$package_work/said"; return 1; }
}

# With systemd the manager restarts it, else this script does.
package_upgrade() {
    has_systemd || package_stop
    package_install "$1"
    has_systemd || package_start
    package_answers
}

has_systemd() { [ -d /run/systemd/system ] && systemctl list-units >/dev/null 2>&1; }

# As the unit does it: its user, its folders, its command. Becomes the service: to be called in a shell of its own.
package_run() {
    install -d --owner teller --group teller --mode 0700 /var/lib/teller
    cd /etc/teller || return
    umask 0077
    exec setpriv --reuid=teller --regid=teller --clear-groups --no-new-privs -- /usr/bin/teller "$@"
}

package_tool() { setpriv --reuid=teller --regid=teller --clear-groups -- /usr/bin/teller-tool "$@"; }

package_start() {
    local command
    if has_systemd; then
        # It comes back once the service has said that it is ready.
        systemctl start teller.service
        systemctl show teller.service --property ActiveState,StatusText,WatchdogUSec
    else
        command=$(sed -n 's|^ExecStart=/usr/bin/teller ||p' /usr/lib/systemd/system/teller.service)
        # shellcheck disable=SC2086
        package_run $command >>"$package_work/log" 2>&1 &
        package_process=$!
    fi
    package_answers
}

package_stop() {
    if has_systemd; then
        systemctl stop teller.service
    elif [ -n "$package_process" ]; then
        kill "$package_process"
        wait "$package_process"
        package_process=
    fi
}

package_answers() {
    local tries
    for ((tries = 0; tries < 150; tries++)); do
        curl --silent --fail http://127.0.0.1:17071/api/config >/dev/null && return 0
        sleep 0.2
    done
    tail -n 20 "$package_work/log" 2>/dev/null || journalctl --unit teller --no-pager --lines 20
    because 'package: the service does not answer'
}

package_bind() {
    curl --silent --fail --header 'Content-Type: application/json' \
        --data "{\"skyaddr\":\"$PACKAGE_PAYEE\",\"coin_type\":\"BTC\"}" http://127.0.0.1:17071/api/bind >/dev/null
}

# Whether so many addresses are bound.
package_knows() {
    local bound
    bound=$(curl --silent --fail "http://127.0.0.1:17071/api/status?skyaddr=$PACKAGE_PAYEE" | grep -o '"seq"' | wc -l)
    [ "$bound" = "$1" ] || because "package: $bound bindings are there, and $1 were made"
}
