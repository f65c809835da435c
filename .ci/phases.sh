# shellcheck shell=bash
# Runs phases one after the other: a heading, the output, the time; at the end a summary. To be sourced.
#
#     phase NAME COMMAND...        never fails by itself
#     phases_end                   the summary; exits with 1 where a phase failed
#
# Each phase has a process group of its own. What is left of it when its command has ended is stopped, and so is all
# of it when the run itself is stopped.

PHASES_LOGS=$(mktemp -d)
PHASES_NAMES=()
PHASES_FAILED=()
declare -A PHASES_TOLD=()
phase_group=

phases_leave() {
    group_stop "$phase_group"
    rm -rf "$PHASES_LOGS"
}
trap phases_leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

phase() {
    local name=$1 begun=$SECONDS status=0 teed verdict=passed
    shift
    printf '\n==== %s ====\n\n' "$name"
    exec 3> >(exec tee "$PHASES_LOGS/$name")
    teed=$!
    # Job control gives the phase its group.
    set -m
    ( set -euo pipefail; "$@" ) </dev/null >&3 2>&1 3>&- &
    phase_group=$!
    set +m
    exec 3>&-
    wait "$phase_group" || status=$?
    group_stop "$phase_group"
    phase_group=
    # It ends with the last one that could write to it.
    wait "$teed" || true
    if [ "$status" != 0 ]; then
        PHASES_FAILED+=("$name")
        verdict="FAILED with $status"
    fi
    PHASES_NAMES+=("$name")
    PHASES_TOLD[$name]=$(printf '%4d s  %s' $((SECONDS - begun)) "$verdict")
    printf '\n---- %s: %s\n' "$name" "${PHASES_TOLD[$name]}"
}

# Asks a process group to end, and ends it where it does not.
group_stop() {
    local tries
    [ -n "$1" ] || return 0
    for ((tries = 0; tries < 50; tries++)); do
        kill -TERM -- "-$1" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL -- "-$1" 2>/dev/null || true
}

phases_end() {
    local name
    printf '\n==== summary ====\n\n'
    # The runners' own closing lines, and what was left out.
    for name in "${PHASES_NAMES[@]}"; do
        grep -aE '^ +(Running|Doc-tests) |^(test result:|browser:|web:|seeds:|package:|release:|advisories:)|\.\.\. ignored|: absent \(' "$PHASES_LOGS/$name" || true
    done
    printf '\n'
    for name in "${PHASES_NAMES[@]}"; do printf '%-14s %s\n' "$name" "${PHASES_TOLD[$name]}"; done
    printf '%-14s %4d s\n\n' all "$SECONDS"
    cat "$PHASES_LOGS"/* | awk '
        /^test result:/ { passed += $4; failed += $6; ignored += $8 }
        END { printf "tests: %d passed, %d failed, %d skipped\n", passed, failed, ignored }'
    if [ ${#PHASES_FAILED[@]} != 0 ]; then
        printf 'FAILED: %s\n' "${PHASES_FAILED[*]}"
        exit 1
    fi
    printf 'all phases passed\n'
}
