#!/bin/sh
# Tests of Sources/CNodeScript/node.sh against the node contract, under each shell a node may have.
#
#   run.sh [dash|bash|busybox ...] [-k PATTERN]     all three by default; -k runs the cases whose name matches
#
# Every case gets a state directory and a deployment of its own. It prints `ok` or `not ok` and the case's name, and
# ends with `N passed, M failed`. It kills only processes that it can name by pid, session or token.

# Scripts for the node stand in quotes on purpose; helpers are called through `await`; names of files here are known.
# shellcheck disable=SC2016,SC2059,SC2317,SC2012,SC2010,SC2143,SC2013,SC2030,SC2031,SC2015,SC2320,SC2153,SC2154

here=$(cd "$(dirname "$0")" && pwd -P)
subject=$here/../../Sources/CNodeScript/node.sh
[ "${1-}" = --inside ] || root=$(mktemp -d) || exit 1
# Node answers are compared as bytes.
LC_ALL=C
export LC_ALL
unset CDPATH
newline='
'

# ---- helpers ----

# Runs a verb as a node would; its answer is in $dir/out.
node() {
    calls=$((calls + 1))
    PATH=$node_path "$node_shell" "$script" "n$calls.$shell$$.$case_name" "$@" >"$dir/out" 2>>"$dir/err"
    code=$?
    [ "$code" -eq 0 ] || note "exit status $code of: $*"
    cp "$dir/out" "$dir/out.$calls"
}

note() {
    printf '    # %s\n' "$*" >>"$dir/notes"
}

# The last record of the last answer.
answered() {
    [ "$(tail -n 1 "$dir/out")" = "$*" ] && return 0
    note "wanted: $*; got: $(tail -n 3 "$dir/out" | tr '\n' '|')"
    return 1
}

says() {
    grep -aq -e "$1" "${2:-$dir/out}" && return 0
    note "no '$1' in $(tr -d '\000' <"${2:-$dir/out}" | head -c 600 | tr '\n' '|')"
    return 1
}

# await SECONDS COMMAND...: bounded polling.
await() {
    tries=$(($1 * 50))
    shift
    until "$@" 2>/dev/null; do
        tries=$((tries - 1))
        if [ "$tries" -le 0 ]; then
            note "never: $*"
            return 1
        fi
        sleep 0.02
    done
}

not() {
    ! "$@"
}

shows() {
    grep -aq -e "$1" "$2"
}

alive() {
    case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in
        '' | Z* | X*) return 1 ;;
    esac
}

key_of() {
    sed -n "s/^$2=//p" "$state/demo/$1"
}

# Processes of one watcher, by the nonce in their command line.
kin_of() {
    # In brackets, so that grep does not find itself.
    grep -lszx -e "[${1%"${1#?}"}]${1#?}" /proc/[0-9]*/cmdline
}

no_kin() {
    [ -z "$(kin_of "$1")" ]
}

# watcher NAME OWNER [COMMAND...]: starts a watch whose answer is in $dir/NAME and whose input is the FIFO NAME.in.
watcher() {
    mkfifo "$dir/$1.in"
    PATH=$node_path "$node_shell" "$script" "w$1.$shell$$.$case_name" watch demo "$2" \
        <"$dir/$1.in" >"$dir/$1" 2>>"$dir/err" &
    watch_pid=$!
    printf '%s\n' "$watch_pid" >>"$dir/pids"
    # Held open by a process of its own, so that the end of input is the test's decision.
    sleep 300 >"$dir/$1.in" &
    input_pid=$!
    printf '%s\n' "$input_pid" >>"$dir/pids"
}

tell() {
    tell_to=$1
    shift
    await 5 shows '^muster/1' "$dir/$tell_to"
    # Read and write: opening must not wait for a watcher that has already left.
    printf '%s\n' "$*" 1<>"$dir/$tell_to.in"
}

# Takes the lock as me@test.
hold() {
    watcher main me@test
    while :; do
        echo beat
        sleep 3
    done >"$dir/main.in" &
    printf '%s\n' "$!" >>"$dir/pids"
    await 5 shows '^held' "$dir/main"
}

# stage GENERATION RANK [SCRIPT]: stages launch.sh, from standard input if it is not given.
stage() {
    if [ $# -gt 2 ]; then
        # shellcheck disable=SC2059 # with escapes, for scripts of several lines
        printf "$3\n" >"$dir/launch"
    else
        cat >"$dir/launch"
    fi
    {
        printf 'unit %s %s.%s.%s.%s sha256:0\n' "$2" "$shell$$" "$case_name" "$1" "$2"
        printf 'file 0700 %s launch.sh\n' "$(wc -l <"$dir/launch" | tr -d ' ')"
        cat "$dir/launch"
        printf 'end\ndone\n'
    } >"$dir/frame"
    node stage demo "$1" me@test <"$dir/frame"
}

# up GENERATION RANK [SCRIPT]: stages launch.sh and starts it; sets pid.
up() {
    stage "$@"
    answered end ok || return 1
    node start demo "$1" "$2" me@test
    answered end ok && says "^started $1 $2 "
    pid=$(key_of "g$1/r$2/identity" pid)
}

# Takes a watch's answer apart: log bytes of one unit to $3, everything else to $3.events.
demux() {
    at=0
    : >"$3"
    : >"$3.events"
    size=$(wc -c <"$1")
    while [ "$at" -lt "$size" ]; do
        line=$(tail -c +$((at + 1)) "$1" | head -n 1)
        at=$((at + ${#line} + 1))
        printf '%s\n' "$line" >>"$3.events"
        case $line in
            'log '*)
                length=${line##* }
                offset=${line% *}
                offset=${offset##* }
                tail -c +$((at + 1)) "$1" | head -c "$length" |
                    dd of="$3" bs=65536 conv=notrunc oflag=seek_bytes seek="$((offset - $2))" 2>/dev/null
                at=$((at + length + 1))
                ;;
        esac
    done
}

is_root() {
    [ "$(id -u)" = 0 ]
}

skip() {
    printf 'SKIPPED %s (%s): %s\n' "$case_name" "$shell" "$*"
    : >"$dir/skipped"
}

# mounted OPTIONS: a small file system of its own as state directory.
mounted() {
    is_root || { skip "needs root for a tmpfs" && return 1; }
    mount -t tmpfs -o "$1" muster-test "$state" 2>/dev/null || { skip "cannot mount a tmpfs" && return 1; }
    mkdir "$state/bin"
    cp "$subject" "$script"
}

# in_own_pids FUNCTION: runs a function of this file where pids are its own to give away; skips where it cannot.
in_own_pids() {
    unshare --pid --fork --mount-proc sh -c 'echo 900 >/proc/sys/kernel/ns_last_pid' 2>/dev/null || {
        skip "needs root for pids of its own"
        return 0
    }
    export root dir state script shell node_shell node_path case_name calls subject
    unshare --pid --fork --mount-proc --kill-child sh "$here/run.sh" --inside "$1"
}

# as_pid PID COMMAND...: starts a command that gets just this pid, which must be free.
as_pid() {
    reused=$1
    shift
    await 5 [ ! -e "/proc/$reused" ] || return 1
    # From the number before it to the fork, nothing may take the number.
    echo $((reused - 1)) >/proc/sys/kernel/ns_last_pid
    "$@" &
    [ "$!" = "$reused" ] || { note "pid $! instead of $reused" && return 1; }
}

start_of() {
    sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20
}

# Whatever a case left: watchers by pid, units by their session and token.
clean_case() {
    [ ! -f "$dir/pids" ] || while read -r pid; do kill -s KILL "$pid" 2>/dev/null; done <"$dir/pids"
    for path in "$state"/demo/g*/r*/unit; do
        [ -f "$path" ] || continue
        path=${path%/unit}
        for token in $(sed -n 's/^token=//p' "$path/unit"); do
            for environ in $(grep -lszxF -e "MUSTER_RUN_TOKEN=$token" /proc/[0-9]*/environ); do
                environ=${environ#/proc/}
                kill -s KILL "${environ%/environ}" 2>/dev/null
            done
        done
    done
    if mountpoint -q "$state" 2>/dev/null; then
        await 3 umount "$state"
    fi
}

# ---- cases: calling ----

case_hello() {
    node hello
    answered end ok && says '^muster/1 n1\.' && says "^node $(cat /proc/sys/kernel/random/boot_id) [0-9]* $(id -u) "
}

case_banner_before_the_first_line() {
    { echo 'Welcome to node 7'; echo 'muster is here'; node hello; cat "$dir/out"; } >"$dir/all"
    sed -n '/^muster\/1 n1/,$p' "$dir/all" | head -n 2 | tail -n 1 | grep -q '^node '
}

case_bad_arguments_are_refused() {
    hold || return 1
    while read -r arguments; do
        # shellcheck disable=SC2086 # each line is a list of arguments
        node $arguments </dev/null
        says '^end refused usage' || { note "$arguments" && return 1; }
    done <<END
frobnicate
status
status ../x
status Demo
status bin
stage demo 01 me@test
stage demo x me@test
stage demo 1 me/test
start demo 1 0
start demo 1 -1 me@test
stop demo me@test TERM:some:1 - all
stop demo me@test TERM:all:x - all
stop demo me@test NOPE:all:1 - all
stop demo me@test - 80x all
stop demo me@test - - 1-2
read demo 1 0 ../../generation 0 10
read demo 1 0 log x 10
traffic demo 1
traffic demo 1 x
kernel demo
watch demo a/b
END
}

case_unknown_deployment_is_missing() {
    for verb in 'stage nix 1 me@test' 'start nix 1 0 me@test' 'stop nix - - - all' 'status nix' 'watch nix -'; do
        # shellcheck disable=SC2086 # a list of arguments
        node $verb </dev/null
        says '^end refused missing' || return 1
    done
}

# ---- cases: lock ----

case_two_watches_race_for_one_lock() {
    for round in 1 2 3; do
        watcher "a$round" a@test
        a=$watch_pid
        watcher "b$round" b@test
        b=$watch_pid
        await 5 one_holds "$dir/a$round" "$dir/b$round" || return 1
        tell "a$round" quit
        tell "b$round" quit
        await 5 not alive "$a" || return 1
        await 5 not alive "$b" || return 1
    done
}

one_holds() {
    [ "$(cat "$@" | grep -c '^held')" = 1 ] && [ "$(cat "$@" | grep -c '^end refused locked')" = $(($# - 1)) ]
}

case_stale_lock_is_broken_by_exactly_one() {
    mkdir "$state/demo"
    sh -c 'exit' & dead=$!
    wait "$dead"
    boot=$(cut -d- -f1 /proc/sys/kernel/random/boot_id)
    first=$(sed 's/.*) //' /proc/1/stat | cut -d' ' -f20)
    for round in "$dead:1:$boot:x@y" "1:$((first + 1)):$boot:x@y" "1:$first:other:x@y" junk; do
        ln -s "$round" "$state/demo/lock"
        number=$((${number:-0} + 1))
        for taker in 1 2 3 4; do
            watcher "s$number$taker" "o$taker@test"
        done
        await 8 one_holds "$dir/s${number}1" "$dir/s${number}2" "$dir/s${number}3" "$dir/s${number}4" || return 1
        for taker in 1 2 3 4; do
            if shows '^held' "$dir/s$number$taker"; then
                case $(readlink "$state/demo/lock") in
                    *":o$taker@test") tell "s$number$taker" quit ;;
                    *) note "lock: $(readlink "$state/demo/lock")" && return 1 ;;
                esac
            fi
        done
        await 5 [ ! -L "$state/demo/lock" ] || return 1
    done
    [ -z "$(ls "$state/demo")" ] || { note "left: $(ls "$state/demo")" && return 1; }
}

case_same_owner_takes_over() {
    hold || return 1
    first=$watch_pid
    watcher again me@test
    await 5 shows '^held' "$dir/again" && await 5 not alive "$first" && says '^end failed io' "$dir/main"
}

case_stage_and_start_need_the_lock() {
    hold || return 1
    node stage demo 1 other@test </dev/null
    answered end refused not-owner me@test || return 1
    node start demo 1 0 other@test
    answered end refused not-owner me@test || return 1
    node stop demo - - - all
    answered end refused not-owner me@test || return 1
    tell main quit
    await 5 not alive "$watch_pid"
    node stage demo 1 me@test </dev/null
    says '^end refused not-owner' || return 1
    node stop demo - - - all
    answered end ok
}

# ---- cases: stage ----

case_files_arrive_byte_for_byte() {
    hold || return 1
    {
        printf '  lead and trail \t \n\\n \\ $x `y` "z" \r\n\n\\\n'
        number=1
        while [ "$number" -lt 256 ]; do
            # shellcheck disable=SC2059 # the format is the octal escape
            printf "\\$(printf '%03o' "$number")"
            number=$((number + 1))
        done
        printf '\nlast \303\201\n'
    } >"$dir/bytes"
    {
        printf 'unit 0 tok sha256:0\nfile 0700 1 launch.sh\nexit\nfile 0640 %s data\n' "$(wc -l <"$dir/bytes")"
        cat "$dir/bytes"
        printf 'end\nunit 3 tok3 h\nend\ndone\n'
    } | node stage demo 1 me@test
    answered end ok && says '^staged 1 0' && says '^staged 1 3' && cmp "$dir/bytes" "$state/demo/g1/r0/data" &&
        [ "$(stat -c %a "$state/demo/g1/r0/data")" = 640 ] && [ "$(stat -c %a "$state/demo/g1/r0/unit")" = 600 ] &&
        [ "$(stat -c %a "$state/demo/g1")" = 700 ] && [ "$(cat "$state/demo/generation")" = 1 ]
}

case_argv_arrives_byte_for_byte() {
    hold || return 1
    cat >"$dir/launch.args" <<'END'
exec printf '[%s]\n' --json '{"a": "$HOME", "b": ["it'\''s", "\\n", "* ?"], "c": `d`}' '' ' two  blanks ' 'line
break' '$$' "\"'" '%s'
END
    up 1 0 <"$dir/launch.args" || return 1
    await 5 [ -f "$state/demo/g1/r0/exit" ] || return 1
    sh "$dir/launch.args" | cmp - "$state/demo/g1/r0/log"
}

case_half_a_stage_leaves_nothing() {
    hold || return 1
    for frame in 'unit 0 tok h\nfile 0700 5 launch.sh\nexit\n' 'unit 0 tok h\nend\n' 'unit 0 tok h\nfile 0700 1 a\n' \
        'unit 0 tok h\nend\nunit 0 tok h\nend\ndone\n' 'unit 0 tok h\nfile 0700 1 exit\nx\nend\ndone\n' 'nonsense\n' \
        'unit 0 tok h\nfile 0700 1 ../x\nx\nend\ndone\n' 'unit 0 tok h\nfile 9 1 x\nx\nend\ndone\n'; do
        # shellcheck disable=SC2059 # the frames are formats
        printf "$frame" | node stage demo 1 me@test
        says '^end refused usage' || return 1
        [ "$(ls -A "$state/demo")" = lock ] || { note "$frame left $(ls -A "$state/demo")" && return 1; }
    done
}

case_older_generation_is_refused() {
    hold || return 1
    stage 5 0 'exec sleep 50'
    answered end ok || return 1
    stage 4 0 exit
    answered end refused stale-generation 5 || return 1
    stage 6 1 'exec sleep 50'
    node start demo 5 0 me@test
    answered end refused stale-generation 6 || return 1
    node hello
    says '^seen demo 6$'
}

case_a_live_rank_is_never_doubled() {
    hold || return 1
    up 1 0 'exec sleep 50' || return 1
    stage 1 0 'exec sleep 50'
    answered end refused live "g1/r0 $pid" || return 1
    stage 2 0 'exec sleep 50'
    answered end refused live "g1/r0 $pid" || return 1
    node start demo 1 0 me@test
    answered end refused live "g1/r0 $pid" || return 1
    [ "$(ls "$state/demo")" = "g1${newline}generation${newline}lock" ] || return 1
    # What is left of it counts too.
    cat >"$dir/leaver" <<'END'
sleep 50 &
exec sleep 0
END
    up 1 1 <"$dir/leaver" || return 1
    await 5 [ -f "$state/demo/g1/r1/exit" ] || return 1
    stage 2 1 exit
    says '^end refused live'
}

case_two_starts_race() {
    hold || return 1
    stage 1 0 'exec sleep 50'
    for number in 1 2 3; do
        PATH=$node_path "$node_shell" "$script" "r$number" start demo 1 0 me@test >"$dir/start$number" 2>>"$dir/err" &
    done
    wait_for_ends() { [ "$(cat "$dir"/start? | grep -c '^end ')" = 3 ]; }
    await 8 wait_for_ends || return 1
    [ "$(cat "$dir"/start? | grep -c '^started ')" = 1 ] && [ "$(cat "$dir"/start? | grep -c '^end refused live')" = 2 ]
}

case_restaged_runs_are_kept() {
    hold || return 1
    for number in 1 2; do
        up 1 0 "exec echo run $number" || return 1
        await 5 [ -f "$state/demo/g1/r0/gone" ] || return 1
    done
    node start demo 1 0 me@test
    says '^end refused missing' || return 1
    node read demo 1 0.1 log 0 100
    says '^data 0 6 6$' && says '^run 1$' || return 1
    node read demo 1 0 log -2 100
    says '^data 4 2 6$' && says '^2$'
}

case_old_generations_are_pruned() {
    hold || return 1
    up 1 7 'exec sleep 50' || return 1
    for number in 2 3 4 5 6 7 8 9; do
        stage "$number" 0 exit
    done
    [ "$(cd "$state/demo" && echo g[0-9]*)" = 'g1 g4 g5 g6 g7 g8 g9' ]
}

# ---- cases: launch ----

case_the_unit_starts_clean() {
    hold || return 1
    cat >"$dir/clean" <<'END'
umask
grep -E 'Sig(Ign|Blk)' /proc/self/status
for fd in 0 3 4 5 6 7 8 9; do [ ! -e /proc/$$/fd/$fd ] || echo "fd $fd $(readlink /proc/$$/fd/$fd)"; done
echo "$MUSTER_DEPLOYMENT $MUSTER_GENERATION $MUSTER_NODE_RANK $MUSTER_RUN_TOKEN $MUSTER_RENDER_HASH"
echo "secret $SECRET locale ${LC_ALL-none} in $PWD"
END
    {
        printf "unit 0 tok.$shell$$ sha256:9\nfile 0600 1 env\nexport SECRET='it is'\nfile 0700 5 launch.sh\n"
        cat "$dir/clean"
        printf 'end\ndone\n'
    } >"$dir/frame"
    node stage demo 1 me@test <"$dir/frame"
    (
        umask 027
        LC_ALL=POSIX
        exec 7<"$dir/frame" 9>"$dir/seven"
        node start demo 1 0 me@test
    )
    await 5 [ -f "$state/demo/g1/r0/exit" ] || return 1
    log=$state/demo/g1/r0/log
    says '^0027$' "$log" && says 'SigIgn:.0000000000000000' "$log" && says 'SigBlk:.0000000000000000' "$log" &&
        says "^demo 1 0 tok.$shell$$ sha256:9$" "$log" && says '^fd 0 /dev/null' "$log" &&
        not shows '^fd [3-9]' "$log" &&
            says "^secret it is locale POSIX in .*/demo/g1/r0$" "$log"
}

case_exit_status_is_told() {
    hold || return 1
    rank=0
    for ending in 0 3 KILL TERM INT QUIT; do
        tell main "follow 1 $rank 0"
        case $ending in
            [0-9]) up 1 "$rank" "echo last words; exit $ending" || return 1 ;;
            *)
                up 1 "$rank" 'ulimit -c 0; echo last words; exec sleep 50' || return 1
                await 5 shows sleep "/proc/$pid/cmdline" && kill -s "$ending" "$pid"
                ;;
        esac
        rank=$((rank + 1))
    done
    rank=0
    for status in 0 3 137 143 130 131; do
        await 5 shows "^exited 1 $rank $status [0-9]" "$dir/main" || return 1
        sed "/^exited 1 $rank /q" "$dir/main" | grep -q "^log 1 $rank 0 11" || { note "log after exit" && return 1; }
        rank=$((rank + 1))
    done
    node status demo
    says '^exit demo 1 2 137 [0-9]' && says '^unit demo 1 1 exited '
}

case_the_waiter_outlives_everything() {
    hold || return 1
    tell main "follow 1 0 0"
    up 1 0 'exec sleep 50' || return 1
    waiter=$(key_of g1/r0/identity waiter)
    for signal in HUP INT TERM QUIT PIPE USR1; do
        kill -s "$signal" "$waiter"
    done
    sleep 0.1
    alive "$waiter" && alive "$pid" || return 1
    kill -s KILL "$pid"
    await 5 shows '^exited 1 0 137' "$dir/main" && await 5 not alive "$waiter"
}

case_start_with_nobody_listening() {
    hold || return 1
    stage 1 0 'exec sleep 50'
    PATH=$node_path "$node_shell" "$script" n start demo 1 0 me@test | IFS= read -r line
    await 5 [ -f "$state/demo/g1/r0/identity" ] || return 1
    sleep 0.1
    alive "$(key_of g1/r0/identity pid)"
}

case_odd_process_names() {
    hold || return 1
    odd="$dir/a) Z 1 1${newline}(b"
    cp "$(command -v sleep)" "$odd"
    ! readlink -f "$(command -v sleep)" | grep -q busybox || { skip "sleep is busybox"; return 0; }
    printf "exec '%s' 50\n" "$odd" >"$dir/odd"
    up 1 0 <"$dir/odd" || return 1
    await 5 shows 'Z 1 1' "/proc/$pid/cmdline" || return 1
    node status demo
    says '^unit demo 1 0 running ' && says "^proc demo 1 0 $pid [0-9]* [0-9]* /" || return 1
    node stop demo me@test - - all
    answered end ok && not alive "$pid"
}

# tools DIRECTORY NAME...: a PATH with what the script needs and the named extras.
tools() {
    mkdir "$1"
    for tool in cat chmod cp cut date dd grep head id ln ls mkdir mkfifo mv printf readlink rm rmdir sed sleep sort \
        stat tail tr true wc xargs "$2" "$3"; do
        [ -z "$tool" ] || ln -s "$(PATH=$node_path command -v "$tool")" "$1/$tool" 2>/dev/null
    done
    ln -s "$(readlink -f "$node_shell")" "$1/sh"
}

case_without_setsid() {
    hold || return 1
    tools "$dir/bare" '' ''
    stage 1 0 'grep SigIgn /proc/self/status; exec sleep 50'
    rich_path=$node_path
    node_path=$dir/bare
    node start demo 1 0 me@test
    answered end refused no-setsid || return 1
    rank=0
    for tool in python3 perl; do
        command -v "$tool" >/dev/null || { skip "no $tool"; continue; }
        mkdir "$dir/$tool"
        # Not a link: a link to a launcher that looks at its own name would not work.
        printf '#!/bin/sh\nPATH=%s exec %s "$@"\n' "'$PATH'" "$tool" >"$dir/$tool/$tool"
        chmod 700 "$dir/$tool/$tool"
        node_path=$dir/bare:$dir/$tool
        [ "$rank" = 0 ] || stage 1 "$rank" 'grep SigIgn /proc/self/status; exec sleep 50'
        node start demo 1 "$rank" me@test
        answered end ok || return 1
        pid=$(key_of "g1/r$rank/identity" pid)
        [ "$(key_of "g1/r$rank/identity" sid)" = "$(key_of "g1/r$rank/identity" waiter)" ] || return 1
        await 5 shows 'SigIgn:.0000000000000000' "$state/demo/g1/r$rank/log" || return 1
        rank=$((rank + 1))
    done
    node_path=$rich_path
}

# ---- cases: watch ----

case_exit_news_is_fast() {
    hold || return 1
    : >"$dir/times"
    mkfifo "$dir/fast.in" "$dir/fast.out"
    PATH=$node_path "$node_shell" "$script" fast watch demo - <"$dir/fast.in" >"$dir/fast.out" 2>>"$dir/err" &
    printf '%s\n' "$!" >>"$dir/pids"
    exec 8>"$dir/fast.in" 9<"$dir/fast.out"
    round=1
    while [ "$round" -le 15 ]; do
        up 1 "$round" 'exec sleep 50' || return 1
        printf 'follow 1 %s 0\nbeat\n' "$round" >&8
        while IFS= read -r line <&9; do
            case $line in "started 1 $round "*) break ;; esac
        done
        sleep 0.0$((round % 10))
        before=$(date +%s%N)
        kill -s KILL "$pid"
        while IFS= read -r line <&9; do
            case $line in "exited 1 $round "*) break ;; esac
        done
        after=$(date +%s%N)
        echo $(((after - before) / 100000)) >>"$dir/times"
        round=$((round + 1))
    done
    exec 8>&- 9<&-
    median=$(sort -n "$dir/times" | sed -n 8p)
    worst=$(sort -n "$dir/times" | tail -n 1)
    printf '    # kill -9 to `exited`, %s: median %s.%s ms, worst %s.%s ms of 15\n' "$shell" \
        $((median / 10)) $((median % 10)) $((worst / 10)) $((worst % 10))
    [ "$median" -lt 1000 ]
}

case_killed_waiter_is_orphaned_then_lost() {
    hold || return 1
    tell main "follow 1 0 0"
    up 1 0 'exec sleep 50' || return 1
    await 5 shows '^started' "$dir/main" || return 1
    kill -s KILL "$(key_of g1/r0/identity waiter)"
    await 3 shows '^orphaned 1 0' "$dir/main" && alive "$pid" || return 1
    node status demo
    says '^unit demo 1 0 orphaned ' && says "^proc demo 1 0 $pid " || return 1
    stage 2 0 exit
    says '^end refused live' || return 1
    kill -s KILL "$pid"
    await 3 shows '^lost 1 0' "$dir/main" || return 1
    node status demo
    says '^unit demo 1 0 lost '
}

case_orphans_can_be_stopped() {
    hold || return 1
    up 1 0 'sleep 50 & env -i sleep 51 & exec sleep 50' || return 1
    kill -s KILL "$(key_of g1/r0/identity waiter)"
    kill -s KILL "$pid"
    node stop demo me@test TERM:launcher:1,KILL:all:1 - 1:0
    answered end ok && says '^signal 1 0 KILL 2' && says '^gone 1 0'
}

case_killed_watcher_leaves_nothing() {
    hold || return 1
    tell main "follow 1 0 0"
    up 1 0 'exec sleep 50' || return 1
    await 5 shows '^started' "$dir/main" || return 1
    kill -s KILL "$watch_pid"
    await 3 no_kin "wmain.$shell$$.$case_name" || return 1
    alive "$pid" || return 1
    watcher next other@test
    await 3 shows '^held' "$dir/next" || return 1
    tell next "follow 1 0 0"
    kill -s KILL "$pid"
    await 3 shows '^exited 1 0 137' "$dir/next"
}

case_watch_ends_without_orphans() {
    for ending in quit eof TERM HUP; do
        watcher "$ending" me@test
        await 5 shows '^held' "$dir/$ending" || return 1
        [ "$ending" != quit ] || { up 1 0 'exec sleep 50' || return 1; }
        tell "$ending" "follow 1 0 0"
        await 5 shows '^started' "$dir/$ending" || return 1
        case $ending in
            quit) tell quit quit ;;
            eof) kill -s KILL "$input_pid" ;;
            *) kill -s "$ending" "$watch_pid" ;;
        esac
        await 3 shows '^end ' "$dir/$ending" && await 3 no_kin "w$ending.$shell$$.$case_name" || return 1
        [ ! -L "$state/demo/lock" ] || return 1
    done
    says '^end ok' "$dir/quit" && says '^end ok' "$dir/eof" && alive "$pid"
}

case_hello_comes_first() {
    hold || return 1
    up 1 0 'echo words' || return 1
    watcher observer -
    tell observer "follow 1 0 0"
    await 5 shows '^exited 1 0 0' "$dir/observer" || return 1
    boot=$(cat /proc/sys/kernel/random/boot_id)
    for name in main observer; do
        sed -n 2p "$dir/$name" | grep -qx "hello $boot [0-9]*" || { note "$name: $(head -n 3 "$dir/$name")" && return 1; }
    done
}

case_observers_need_no_lock() {
    hold || return 1
    watcher first -
    watcher second -
    for name in first second; do
        tell "$name" "follow 1 0 0"
    done
    up 1 0 'echo words; exec sleep 50' || return 1
    await 3 shows '^words' "$dir/first" && kill -s KILL "$pid"
    for name in first second; do
        await 3 shows '^exited 1 0 137' "$dir/$name" && says '^started 1 0' "$dir/$name" || return 1
    done
    watcher third -
    tell third "follow 1 0 0"
    await 3 shows '^exited 1 0 137' "$dir/third" && says '^words' "$dir/third"
}

case_log_bytes_are_exact_at_any_offset() {
    hold || return 1
    cat >"$dir/talker" <<'END'
printf 'first\0\r\nwith \377 bytes\n'
while [ ! -f more ]; do sleep 0.02; done
printf 'second\n\n\0no end'
exec sleep 50
END
    up 1 0 <"$dir/talker" || return 1
    await 5 shows with "$state/demo/g1/r0/log" || return 1
    watcher a -
    tell a "follow 1 0 3"
    await 3 shows 'with' "$dir/a" || return 1
    tell a quit
    await 3 shows '^end ok' "$dir/a" || return 1
    : >"$state/demo/g1/r0/more"
    watcher b -
    tell b "follow 1 0 20"
    await 3 shows 'no end' "$dir/b" || return 1
    tell b quit
    await 3 shows '^end ok' "$dir/b" || return 1
    demux "$dir/a" 3 "$dir/a.log"
    demux "$dir/b" 20 "$dir/b.log"
    tail -c +4 "$state/demo/g1/r0/log" | head -c 18 | cmp - "$dir/a.log" || return 1
    tail -c +21 "$state/demo/g1/r0/log" | cmp - "$dir/b.log"
}

case_truncated_log_starts_again() {
    hold || return 1
    tell main "follow 1 0 0"
    up 1 0 'echo 0123456789\nwhile [ ! -f more ]; do sleep 0.02; done\necho new\nexec sleep 50\n' || return 1
    await 3 shows '^log 1 0 0 11' "$dir/main" || return 1
    : >"$state/demo/g1/r0/log"
    : >"$state/demo/g1/r0/more"
    await 3 shows '^log 1 0 0 4' "$dir/main" && await 3 shows '^new' "$dir/main"
}

case_burst_of_20_mb() {
    hold || return 1
    tell main "follow 1 0 0"
    up 1 0 'head -c 20000000 /dev/urandom; kill -s KILL $$' || return 1
    await 5 [ -f "$state/demo/g1/r0/exit" ] || return 1
    await 5 shows '^exited 1 0 137' "$dir/main" || return 1
    tell main quit
    await 3 not alive "$watch_pid"
    demux "$dir/main" 0 "$dir/burst"
    # The end is whole in any case; the beginning is unless the watcher was more than 8 MiB behind.
    tail -c 8388608 "$state/demo/g1/r0/log" >"$dir/tail"
    tail -c 8388608 "$dir/burst" | cmp - "$dir/tail" || return 1
    ! grep '^log ' "$dir/burst.events" | awk '$5 > 262144 { exit 1 }' | grep .
}

# with_python [SCRIPT]: node_path with a python3 that is just that and no launcher of one, or that is this script.
with_python() {
    mkdir "$dir/python"
    ln -s "$(python3 -c 'import sys; print(sys.executable)')" "$dir/python/python3" || return 1
    if [ $# -gt 0 ]; then
        rm "$dir/python/python3"
        printf '#!/bin/sh\n%s\n' "$1" >"$dir/python/python3"
        chmod 700 "$dir/python/python3"
    fi
    node_path=$dir/python:$node_path
}

# without_python: node_path with what the script needs, and no python3.
without_python() {
    tools "$dir/bare" setsid kill
    node_path=$dir/bare
}

# workers COUNT: a unit with that many children that nobody reaps; sets worker1, worker2 and so on to PID:START.
workers() {
    up 1 0 "exec 2>/dev/null\nfor n in $(seq -s ' ' "$1"); do sleep 6\$n & echo \$!; done\nkill -s STOP \$\$\n" || return 1
    counted() { [ "$(wc -l <"$state/demo/g1/r0/log")" = "$1" ]; }
    await 5 counted "$1" || return 1
    number=0
    while read -r worker; do
        number=$((number + 1))
        eval "worker$number=$worker:$(start_of "$worker")"
    done <"$state/demo/g1/r0/log"
}

vanished() {
    await 3 shows "^vanished $1 $2 ${3%:*} ${3#*:}\$" "$dir/main"
}

# The sentries of the main watch, as paths of their command lines.
sentries() {
    kin_of "wmain.$shell$$.$case_name" | xargs -r grep -lsz -e '[p]idfd_open'
}

sentry_runs() {
    [ "$(sentries | wc -l)" = 1 ]
}

check_guard() {
    hold || return 1
    workers 4 || return 1
    tell main "guard 1 0 $worker1 $worker2 $worker3"
    [ "$1" = ticks ] || await 5 sentry_runs || return 1
    sleep 0.4
    not shows '^vanished' "$dir/main" || return 1
    # A zombie, for the launcher is stopped.
    kill -s KILL "${worker1%:*}"
    vanished 1 0 "$worker1" || return 1
    shows 'State:.Z' "/proc/${worker1%:*}/status" || { note "no zombie" && return 1; }
    # Replaced: one is let go of, one is new, one was gone before, one is told again because it was asked for again.
    tell main "guard 1 0 $worker3 $worker4 $worker1"
    again() { [ "$(grep -ac "^vanished 1 0 ${worker1%:*} " "$dir/main")" = 2 ]; }
    await 3 again || return 1
    kill -s KILL "${worker2%:*}" "${worker4%:*}"
    vanished 1 0 "$worker4" || return 1
    # No list is the end of it.
    tell main "guard 1 0"
    sleep 0.1
    kill -s KILL "${worker3%:*}"
    sleep 0.6
    [ "$(grep -ac '^vanished' "$dir/main")" = 3 ] || { note "$(grep -a '^vanished' "$dir/main" | tr '\n' '|')" && return 1; }
    [ "$1" = ticks ] || await 3 not sentry_runs || return 1
    tell main quit
    await 3 shows '^end ok' "$dir/main" && await 3 no_kin "wmain.$shell$$.$case_name"
}

case_guard_with_python() {
    with_python || { skip "no python3"; return 0; }
    check_guard python
}

case_guard_without_python() {
    without_python
    check_guard ticks
}

case_guard_with_a_broken_python() {
    case $shell in
        dash) broken='exit 1' ;;
        bash) broken='exec sleep 67' ;;
        *) broken='printf "%09999d\n" 7 >&4; echo fallen >&4; exit 0' ;;
    esac
    with_python "$broken" || { skip "no python3"; return 0; }
    check_guard ticks
}

case_guard_takes_no_strangers() {
    hold || return 1
    workers 2 || return 1
    up 1 1 '(setsid sleep 72 & exit) & exec sleep 61' || return 1
    second=$pid:$(start_of "$pid")
    in_two() { node status demo; [ "$(grep -c '^proc demo 1 1 ' "$dir/out")" = 2 ]; }
    await 5 in_two || return 1
    # In a session of its own, and the unit's by its token.
    runaway=$(grep '^proc .* sleep 72$' "$dir/out" | cut -d' ' -f5):$(grep '^proc .* sleep 72$' "$dir/out" | cut -d' ' -f7)
    sleep 63 &
    printf '%s\n' "$!" >>"$dir/pids"
    stranger=$!:$(start_of "$!")
    wrong=${worker1%:*}:$((${worker1#*:} + 1))
    tell main "guard 1 0 $worker1 $stranger $wrong $second 4194305:7 $worker1"
    for item in "$stranger" "$wrong" "$second" 4194305:7; do
        vanished 1 0 "$item" || return 1
    done
    tell main "guard 1 1 $second $runaway"
    # Not commands at all.
    tell main "guard 1 0 $worker2 *"
    tell main "guard 1 0 $worker2 x:1"
    tell main "guard 1 0 $worker2 01:1"
    tell main "guard 01 0 $worker2"
    tell main "guard 1"
    tell main "guard 1 0 $(seq -s : 300)"
    tell main "guard 7 0 $worker2"
    vanished 7 0 "$worker2" || return 1
    [ "$(grep -ac '^vanished' "$dir/main")" = 5 ] || { note "$(grep -a '^vanished' "$dir/main" | tr '\n' '|')" && return 1; }
    # Whom it took, it guards, of both units and without `follow`.
    kill -s KILL "${worker1%:*}" "${runaway%:*}" "${second%:*}"
    vanished 1 0 "$worker1" && vanished 1 1 "$second" && vanished 1 1 "$runaway" &&
        [ "$(grep -ac '^vanished' "$dir/main")" = 8 ]
}

case_a_long_guard_is_heard() {
    hold || return 1
    workers 3 || return 1
    # A thousand bytes, and not one more.
    list=''
    number=0
    while [ "$number" -lt 54 ]; do
        number=$((number + 1))
        list="$list 4194305:$((10000000 + number))"
    done
    list="$list $worker1"
    while [ "$((${#list} + 9))" -lt 1000 ]; do
        list="$list "
    done
    tell main "guard 1 1$list "
    tell main "guard 1 0$list"
    vanished 1 0 4194305:10000054 && not shows '^vanished 1 1' "$dir/main" &&
        [ "$(grep -ac '^vanished 1 0' "$dir/main")" = 54 ] || return 1
    kill -s KILL "${worker1%:*}"
    vanished 1 0 "$worker1"
}

case_sentry_dies_with_the_watch() {
    with_python || { skip "no python3"; return 0; }
    hold || return 1
    workers 2 || return 1
    tell main "guard 1 0 $worker1"
    await 5 sentry_runs || return 1
    # One at a time, whatever is asked for.
    for number in 1 2 3 4 5 6; do
        tell main "guard 1 0 $worker1 $worker2"
    done
    for number in 1 2 3 4 5 6 7 8; do
        [ "$(sentries | wc -l)" -le 1 ] || { note "more than one" && return 1; }
        sleep 0.05
    done
    await 5 sentry_runs || return 1
    # A channel that a helper holds would never be seen to close, nor would events that it could read.
    for path in $(sentries); do
        ls -l "${path%/cmdline}/fd" | grep -e " -> $dir/main" -e '^lr.*events\.' && return 1
    done
    kill -s KILL "$watch_pid"
    await 3 no_kin "wmain.$shell$$.$case_name"
}

case_a_reused_pid_is_not_guarded() {
    in_own_pids reused_guard_inside
}

reused_guard_inside() {
    without_python
    hold || return 1
    up 1 0 'sleep 64 &\necho $!\nwait\nexec sleep 50\n' || return 1
    await 5 [ -s "$state/demo/g1/r0/log" ] || return 1
    worker=$(cat "$state/demo/g1/r0/log")
    worker=$worker:$(start_of "$worker")
    tell main "guard 1 0 $worker"
    sleep 0.4
    not shows '^vanished' "$dir/main" || return 1
    # Reaped, and its number given to a stranger before anybody looks.
    sleep 0.02
    kill -s KILL "${worker%:*}"
    as_pid "${worker%:*}" setsid sleep 65 || return 1
    vanished 1 0 "$worker" || return 1
    stranger=${worker%:*}:$(start_of "${worker%:*}")
    tell main "guard 1 0 $stranger"
    vanished 1 0 "$stranger" && alive "${worker%:*}"
}

# measure_guard WORD: kill -9 of a worker to `vanished`, in $dir/times as tenths of a millisecond.
measure_guard() {
    hold || return 1
    workers 20 || return 1
    mkfifo "$dir/fast.in" "$dir/fast.out"
    PATH=$node_path "$node_shell" "$script" fast watch demo - <"$dir/fast.in" >"$dir/fast.out" 2>>"$dir/err" &
    printf '%s\n' "$!" >>"$dir/pids"
    exec 8>"$dir/fast.in" 9<"$dir/fast.out"
    list=''
    for number in $(seq 20); do
        eval "list=\"\$list \$worker$number\""
    done
    printf 'follow 1 0 0\nguard 1 0%s\nbeat\n' "$list" >&8
    sleep 1
    : >"$dir/times"
    for worker in $list; do
        sleep "0.$((10 + ${worker%:*} % 7 * 7))"
        printf 'beat\n' >&8
        before=$(date +%s%N)
        kill -s KILL "${worker%:*}"
        while IFS= read -r line <&9; do
            case $line in "vanished 1 0 ${worker%:*} "*) break ;; esac
            line=''
        done
        [ -n "$line" ] || return 1
        after=$(date +%s%N)
        echo $(((after - before) / 100000)) >>"$dir/times"
    done
    exec 8>&- 9<&-
    median=$(sort -n "$dir/times" | sed -n 10p)
    worst=$(sort -n "$dir/times" | tail -n 1)
    printf '    # kill -9 to `vanished`, %s, %s: median %s.%s ms, worst %s.%s ms of 20\n' "$shell" "$1" \
        $((median / 10)) $((median % 10)) $((worst / 10)) $((worst % 10))
}

case_guard_news_is_fast() {
    with_python || { skip "no python3"; return 0; }
    measure_guard python3 && [ "$median" -lt 1000 ]
}

case_guard_news_comes_without_python() {
    without_python
    measure_guard ticks && [ "$median" -lt 10000 ]
}

case_a_backlog_is_skipped() {
    hold || return 1
    cat >"$dir/talker" <<'END'
head -c 3000000 /dev/urandom
while [ ! -f more ]; do sleep 0.02; done
head -c 1000 /dev/urandom
while [ ! -f enough ]; do sleep 0.02; done
head -c 20000000 /dev/urandom
kill -s KILL $$
END
    up 1 0 <"$dir/talker" || return 1
    log=$state/demo/g1/r0/log
    sized() { [ "$(wc -c <"$log")" = "$1" ]; }
    await 5 sized 3000000 || return 1
    tell main "follow 1 0 5 -1"
    tell main "follow 1 0 5 1 1"
    tell main "follow 1 0 5 100000"
    await 5 shows '^log 1 0 2900000 100000' "$dir/main" || return 1
    : >"$state/demo/g1/r0/more"
    await 5 shows '^log 1 0 3000000 1000' "$dir/main" || return 1
    : >"$state/demo/g1/r0/enough"
    await 9 shows '^exited 1 0 137' "$dir/main" || return 1
    # At the end, too; and without the number everything comes, as ever.
    tell main "follow 1 0 22900000"
    twice() { [ "$(grep -ac '^exited 1 0 137' "$dir/main")" = 2 ]; }
    await 5 twice || return 1
    tell main quit
    await 3 not alive "$watch_pid"
    demux "$dir/main" 0 "$dir/copy"
    tail -c 100000 "$log" >"$dir/tail"
    tail -c 100000 "$dir/copy" | cmp - "$dir/tail" || return 1
    tail -c +2900001 "$log" | head -c 101000 >"$dir/part"
    tail -c +2900001 "$dir/copy" | head -c 101000 | cmp - "$dir/part" || return 1
    sed '/^exited/q' "$dir/copy.events" | awk '/^log/ { sum += $5 } END { exit sum > 6000000 }' || { note "too much" && return 1; }
    says '^log 1 0 22900000 ' "$dir/copy.events"
}

# A log that grows faster than its reader takes it must not push other units' news back.
case_flood_before_a_slow_reader() {
    hold || return 1
    cat >"$dir/flood" <<'END'
while [ ! -f "$(dirname "$0")/stop" ]; do
    head -c 600000 /dev/zero
    sleep 0.1
done &
exec sleep 50
END
    for backlog in '' ' 1000000'; do
        generation=$((${generation:-0} + 1))
        mkfifo "$dir/slow$generation.in" "$dir/slow$generation.out"
        PATH=$node_path "$node_shell" "$script" "slow$generation" watch demo - <"$dir/slow$generation.in" \
            >"$dir/slow$generation.out" 2>>"$dir/err" &
        printf '%s\n' "$!" >>"$dir/pids"
        exec 8>"$dir/slow$generation.in"
        while dd bs=65536 count=1 2>/dev/null && sleep 0.03; do :; done <"$dir/slow$generation.out" \
            >"$dir/slow$generation" &
        reader=$!
        printf '%s\n' "$reader" >>"$dir/pids"
        up "$generation" 0 <"$dir/flood" || return 1
        up "$generation" 1 'exec sleep 50' || return 1
        other=$pid
        printf 'beat\nfollow %s 0 0%s\nfollow %s 1 0\n' "$generation" "$backlog" "$generation" >&8
        await 5 shows "^started $generation 1" "$dir/slow$generation" || return 1
        sleep 6
        before=$(date +%s%N)
        kill -s KILL "$other"
        await 9 shows "^exited $generation 1 137" "$dir/slow$generation" || return 1
        after=$(date +%s%N)
        : >"$state/demo/g$generation/r0/stop"
        node stop demo me@test - - all
        kill "$reader"
        exec 8>&-
        printf '    # exit beside a flood and a slow reader, %s, backlog%s: %s ms\n' "$shell" "${backlog:- -}" \
            $(((after - before) / 1000000))
        [ $((after - before)) -lt 3000000000 ] || return 1
        beats=$(grep -ac '^beat ' "$dir/slow$generation")
        [ "$beats" -ge 3 ] || { note "only $beats beats" && return 1; }
    done
}

case_flood_does_not_delay_the_news() {
    hold || return 1
    tell main "follow 1 0 0"
    tell main "follow 1 1 0"
    cat >"$dir/flood" <<'END'
while [ ! -f "$(dirname "$0")/stop" ]; do
    head -c 5000000 /dev/zero
    sleep 0.09
done &
exec sleep 50
END
    up 1 0 <"$dir/flood" || return 1
    up 1 1 'exec sleep 50' || return 1
    other=$pid
    await 5 shows '^started 1 1' "$dir/main" || return 1
    sleep 0.5
    before=$(date +%s%N)
    kill -s KILL "$other"
    await 5 shows '^exited 1 1 137' "$dir/main" || return 1
    after=$(date +%s%N)
    : >"$state/demo/g1/r0/stop"
    : >"$state/demo/g1/r0/log"
    printf '    # exit beside a flood, %s: %s ms\n' "$shell" $(((after - before) / 1000000))
    # A guard against hanging; the number itself is for people, as machines that run tests are busy.
    [ $((after - before)) -lt 5000000000 ]
}

case_read_is_exact() {
    hold || return 1
    up 1 0 "head -c 700000 /dev/urandom" || return 1
    await 5 [ -f "$state/demo/g1/r0/exit" ] || return 1
    for range in '0 1000000 0 700000' '5 300000 5 300000' '-10 100 699990 10' '800000 5 700000 0' '0 0 0 0'; do
        # shellcheck disable=SC2086 # a list of numbers
        set -- $range
        node read demo 1 0 log "$1" "$2"
        says "^data $3 $4 700000$" || return 1
        skip_bytes=$(head -n 2 "$dir/out" | wc -c)
        tail -c +$((skip_bytes + 1)) "$dir/out" | head -c "$4" >"$dir/part"
        tail -c +$(($3 + 1)) "$state/demo/g1/r0/log" | head -c "$4" | cmp - "$dir/part" || return 1
        [ "$(tail -c 8 "$dir/out")" = "${newline}end ok" ] || return 1
    done
    node read demo 1 0 nothing 0 5
    says '^end refused missing' || return 1
    node read demo 1 0 exits 0 5
    says '^end refused missing'
}

case_traffic_since_the_launch() {
    hold || return 1
    up 1 0 'exec sleep 50' || return 1
    [ "$(wc -l <"$state/demo/g1/r0/sent")" -gt 0 ] || return 1
    node traffic demo 1 0
    answered end ok && says '^launch interface lo [0-9][0-9]*$' && says '^now interface lo [0-9][0-9]*$' || return 1
    # What is there now is there by its own count, and nothing is told twice.
    for when in launch now; do
        [ "$(grep -c "^$when interface lo " "$dir/out")" = 1 ] || return 1
    done
    lo_now=$(sed -n 's/^now interface lo //p' "$dir/out")
    [ "$lo_now" -ge "$(sed -n 's/^launch interface lo //p' "$dir/out")" ] || return 1
    [ "$lo_now" -le "$(cat /sys/class/net/lo/statistics/tx_bytes)" ] || return 1
    # A unit of a release that did not count.
    rm "$state/demo/g1/r0/sent"
    node traffic demo 1 0
    says '^end refused missing' || return 1
    node traffic demo 2 0
    says '^end refused missing'
}

# ---- cases: stop ----

case_stop_with_nothing_to_stop() {
    hold || return 1
    node stop demo me@test TERM:launcher:30 - all
    answered end ok || return 1
    stage 1 0 exit
    node stop demo me@test TERM:launcher:30 - 1:0 7:7
    answered end ok && says '^gone 1 0' && says '^gone 7 7' && not shows '^signal' "$dir/out"
}

case_grandchild_in_its_own_session_is_found() {
    hold || return 1
    cat >"$dir/forker" <<'END'
(setsid sh -c 'sleep 53 & exit') &
exec sleep 50
END
    up 1 0 <"$dir/forker" || return 1
    in_two() { node status demo; [ "$(grep -c '^proc demo 1 0' "$dir/out")" = 2 ]; }
    await 5 in_two || return 1
    kill -s KILL "$pid"
    in_one() { node status demo; says '^proc demo 1 0 [0-9]* [0-9]* [0-9]* sleep 53$' && says ' exited '; }
    await 5 in_one || return 1
    node stop demo me@test TERM:launcher:0,TERM:all:2 - all
    answered end ok && says '^signal 1 0 TERM 0$' && says '^signal 1 0 TERM 1$' && says '^gone 1 0'
}

case_child_without_environment_is_found() {
    hold || return 1
    up 1 0 'env -i /bin/sleep 54 & exec sleep 50' || return 1
    bare() { node status demo; says '^proc demo 1 0 .*sleep 54$'; }
    await 5 bare || return 1
    kill -s KILL "$pid"
    await 5 [ -f "$state/demo/g1/r0/exit" ] || return 1
    node stop demo me@test - - all
    answered end ok && says '^signal 1 0 KILL 1$'
}

case_setproctitle_child_is_found() {
    python=$(python3 -c 'import setproctitle, sys; print(sys.executable)' 2>/dev/null) || {
        skip "python3 has no setproctitle"
        return 0
    }
    hold || return 1
    cat >"$dir/titled" <<'END'
exec python3 -c 'import setproctitle, time; setproctitle.setproctitle("VLLM::Worker_TP0"); time.sleep(50)'
END
    sed -i "s#^exec python3#exec $python#" "$dir/titled"
    up 1 0 <"$dir/titled" || return 1
    titled() { node status demo; says "^proc demo 1 0 $pid .* VLLM::Worker_TP0$"; }
    await 5 titled || return 1
    node stop demo me@test - - all
    answered end ok && not alive "$pid"
}

case_deaf_process_is_killed() {
    hold || return 1
    tell main "follow 1 0 0"
    up 1 0 "trap '' TERM\necho ready\nwhile :; do sleep 1; done\n" || return 1
    await 5 shows ready "$state/demo/g1/r0/log" || return 1
    node stop demo me@test TERM:launcher:1,KILL:all:0 - all
    answered end ok && says '^signal 1 0 TERM 1$' && says '^signal 1 0 KILL' && says '^gone 1 0' &&
        await 3 shows '^exited 1 0 137' "$dir/main"
}

case_stop_ends_early() {
    hold || return 1
    up 1 0 'exec sleep 50' || return 1
    up 2 1 'exec sleep 50' || return 1
    before=$(date +%s)
    node stop demo me@test TERM:launcher:30 - all
    answered end ok && says '^signal 1 0 TERM 1$' && says '^gone 1 0' && says '^gone 2 1' &&
        [ $(($(date +%s) - before)) -lt 5 ] && [ -f "$state/demo/g1/r0/exit" ]
}

case_a_stop_is_told_from_a_failure() {
    hold || return 1
    tell main "follow 1 0 0"
    tell main "follow 1 1 0"
    up 1 0 'echo last words; exec sleep 50' || return 1
    up 1 1 'sleep 51 & exec sleep 50' || return 1
    # One that fails, and leaves something behind that is stopped later.
    kill -s KILL "$pid"
    await 5 shows '^exited 1 1 137' "$dir/main" || return 1
    node status demo
    not shows '^stopped' "$dir/out" || return 1
    node stop demo me@test TERM:launcher:5,KILL:all:5 - all
    answered end ok && says '^gone 1 0' && says '^gone 1 1' && await 3 shows '^exited 1 0 143' "$dir/main" || return 1
    # Behind the last words, right before the exit.
    grep -a -A 1 '^stopped 1 0$' "$dir/main" | tail -n 1 | grep -q '^exited 1 0 143 ' || { note "not before" && return 1; }
    not shows '^stopped 1 1' "$dir/main" && sed '/^stopped/q' "$dir/main" | grep -q '^last words' || return 1
    node status demo
    says '^stopped demo 1 0$' && not shows '^stopped demo 1 1' "$dir/out" || return 1
    [ "$(grep -A 1 '^exit demo 1 0 143 ' "$dir/out" | tail -n 1)" = 'stopped demo 1 0' ]
}

case_a_stopped_orphan_is_told_too() {
    hold || return 1
    tell main "follow 1 0 0"
    up 1 0 'exec sleep 50' || return 1
    kill -s KILL "$(key_of g1/r0/identity waiter)"
    await 3 shows '^orphaned 1 0' "$dir/main" || return 1
    node stop demo me@test - - all
    answered end ok && await 3 shows '^lost 1 0' "$dir/main" || return 1
    grep -a -A 1 '^stopped 1 0$' "$dir/main" | tail -n 1 | grep -q '^lost 1 0$' || return 1
    # Staged anew, it starts with a clean sheet.
    up 1 0 'exec sleep 50' || return 1
    node status demo
    says '^unit demo 1 0 running' && not shows '^stopped' "$dir/out"
}

case_dead_launchers_are_not_waited_for() {
    hold || return 1
    deaf="(trap '' TERM; exec sleep 52) &"
    up 1 0 "$deaf\nexec sleep 50\n" || return 1
    kill -s KILL "$pid"
    await 5 [ -f "$state/demo/g1/r0/exit" ] || return 1
    before=$(date +%s%N)
    node stop demo me@test TERM:launcher:30,INT:launcher:20,KILL:all:5 - all
    answered end ok && says '^signal 1 0 TERM 0$' && says '^signal 1 0 KILL 1$' || return 1
    [ $(($(date +%s%N) - before)) -lt 6000000000 ] || { note "waited for the dead" && return 1; }
    # One that ends on being told to: what it left has a second to go by itself.
    up 2 0 "$deaf\n(trap 'sleep 0.3; exit' TERM; echo ready; while :; do sleep 0.1; done) &
trap 'kill \$!; exit 3' TERM\nwait\n" || return 1
    await 5 shows ready "$state/demo/g2/r0/log" || return 1
    before=$(date +%s%N)
    node stop demo me@test TERM:launcher:30,KILL:all:5 - all
    answered end ok && says '^signal 2 0 TERM 1$' && says '^signal 2 0 KILL 1$' || return 1
    [ $(($(date +%s%N) - before)) -lt 8000000000 ] || { note "waited for what is deaf" && return 1; }
}

case_reused_pid_is_never_signalled() {
    hold || return 1
    stage 1 0 exit
    setsid sleep 55 &
    await 5 shows 'sleep' "/proc/$!/cmdline"
    stranger=$!
    printf '%s\n' "$stranger" >>"$dir/pids"
    start=$(sed 's/.*) //' "/proc/$stranger/stat" | cut -d' ' -f20)
    boot=$(cat /proc/sys/kernel/random/boot_id)
    printf 'boot=%s\npid=%s\nstart=%s\nsid=%s\nwaiter=%s\nwaiter_start=%s\nstarted=1\n' "$boot" "$stranger" \
        "$((start - 1))" "$stranger" "$stranger" "$((start - 1))" >"$state/demo/g1/r0/identity"
    node status demo
    says '^unit demo 1 0 lost ' || return 1
    rm -f "$state/demo/g1/r0/gone"
    node stop demo me@test TERM:launcher:1 - 1:0
    answered end ok && says '^gone 1 0' && alive "$stranger"
}

case_session_of_strangers_is_never_signalled() {
    hold || return 1
    stage 1 0 exit
    # As a daemon is made: the leader of the session ends, and the session keeps its number.
    setsid sh -c 'sleep 56 & echo $! >"$1"' sh "$dir/daemon" &
    leader=$!
    printf '%s\n' "$leader" >>"$dir/pids"
    await 5 [ -s "$dir/daemon" ] && await 5 not alive "$leader" || return 1
    wait "$leader"
    stranger=$(cat "$dir/daemon")
    printf '%s\n' "$stranger" >>"$dir/pids"
    sid=$(sed 's/.*) //' "/proc/$stranger/stat" | cut -d' ' -f4)
    printf 'boot=%s\npid=%s\nstart=1\nsid=%s\nwaiter=%s\nwaiter_start=1\nstarted=1\n' \
        "$(cat /proc/sys/kernel/random/boot_id)" $((sid + 1)) "$sid" "$sid" >"$state/demo/g1/r0/identity"
    node status demo
    says '^unit demo 1 0 lost ' && not shows '^proc' "$dir/out" || return 1
    rm -f "$state/demo/g1/r0/gone"
    node stop demo me@test TERM:launcher:1 - all
    answered end ok && not shows '^signal' "$dir/out" && alive "$stranger"
}

case_reused_pids_are_strangers() {
    in_own_pids reused_pids_inside
}

reused_pids_inside() {
    hold || return 1
    up 1 0 'sleep 57 & exec sleep 50' || return 1
    two() { node status demo; [ "$(grep -c '^proc ' "$dir/out")" = 2 ]; }
    await 5 two || return 1
    child=$(grep '^proc .* sleep 57$' "$dir/out" | cut -d' ' -f5)
    waiter=$(key_of g1/r0/identity waiter)
    kill -s KILL "$waiter" "$pid" "$child"
    as_pid "$child" sleep 58 && as_pid "$pid" setsid sleep 58 && as_pid "$waiter" setsid sleep 58 || return 1
    smi_rows
    printf '0, 1, 2, GPU-a\n' >"$dir/cards"
    printf '%s, 1, GPU-a\n' "$child" "$pid" "$waiter" >"$dir/apps"
    node gpus demo
    answered end ok && [ "$(grep -c '^app [0-9]* 1 GPU-a - sleep 58$' "$dir/out")" = 3 ] || return 1
    node status demo
    says '^unit demo 1 0 lost ' && not shows '^proc' "$dir/out" || return 1
    rm -f "$state/demo/g1/r0/gone"
    node stop demo me@test TERM:launcher:1,TERM:all:1 - 1:0 all
    answered end ok && not shows '^signal' "$dir/out" && says '^gone 1 0' || return 1
    for stranger in "$child" "$pid" "$waiter"; do
        alive "$stranger" || return 1
    done
}

case_a_helpers_number_is_not_a_helper() {
    in_own_pids reused_helper_inside
}

# What a watch started and what ended since must not be ended again under its old number.
reused_helper_inside() {
    hold || return 1
    tell main "follow 1 0 0"
    up 1 0 'exec sleep 50' || return 1
    await 5 shows '^started 1 0' "$dir/main" || return 1
    helpers_of() { cat "/proc/$watch_pid/task/$watch_pid/children"; }
    holds_exits() { [ "$(helpers_of | wc -w)" -ge 3 ]; }
    await 5 holds_exits || return 1
    before=$(helpers_of)
    kill -s KILL "$pid"
    await 5 shows '^exited 1 0 137' "$dir/main" || return 1
    strangers=''
    for helper in $before; do
        await 1 [ ! -e "/proc/$helper" ] || continue
        as_pid "$helper" setsid sleep 59 && strangers="$strangers $helper"
    done
    [ -n "$strangers" ] || { note "no helper ended" && return 1; }
    tell main quit
    await 5 shows '^end ok' "$dir/main" || return 1
    for stranger in $strangers; do
        alive "$stranger" || return 1
    done
}

case_rebooted_node_has_nothing() {
    hold || return 1
    up 1 0 'exec sleep 50' || return 1
    sed -i 's/^boot=.*/boot=another/' "$state/demo/g1/r0/identity"
    ls "$state/demo/g1/r0" >"$dir/before"
    node status demo
    says '^unit demo 1 0 lost ' || return 1
    node stop demo me@test - - 1:0
    answered end ok && says '^gone 1 0' && alive "$pid" && ls "$state/demo/g1/r0" | cmp - "$dir/before"
}

case_ports_are_observed() {
    python=$(python3 -c 'import sys; print(sys.executable)') || { skip "no python3 to listen with"; return 0; }
    hold || return 1
    cat >"$dir/listen" <<END
exec '$python' -c '
import socket, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print(s.getsockname()[1], flush=True)
time.sleep(60)'
END
    up 1 0 <"$dir/listen" || return 1
    await 5 [ -s "$state/demo/g1/r0/log" ] || return 1
    port=$(cat "$state/demo/g1/r0/log")
    node stop demo me@test - "$port" 9:9
    answered end failed leftovers && says "^port $port$" || return 1
    node stop demo me@test - "$port,1" all
    answered end ok && says '^gone 1 0'
}

# stand_in TOOL SCRIPT: what a tool of this case does.
stand_in() {
    mkdir -p "$dir/stand-in"
    printf '#!/bin/sh\n%s\n' "$2" >"$dir/stand-in/$1"
    chmod 700 "$dir/stand-in/$1"
    case $node_path in
        "$dir/stand-in:"*) ;;
        *) node_path=$dir/stand-in:$node_path ;;
    esac
}

nvidia_smi() { stand_in nvidia-smi "$1"; }

case_gpu_memory_is_observed() {
    hold || return 1
    up 1 0 'exec sleep 50' || return 1
    nvidia_smi "echo x >>'$dir/asked'
[ \"\$(wc -l <'$dir/asked')\" -gt 2 ] || echo '$pid, 81234'
echo '1, 5'"
    node stop demo me@test - - all
    answered end ok && [ "$(wc -l <"$dir/asked")" = 3 ]
}

# smi_rows: a driver's tool that answers with the files $dir/cards and $dir/apps.
smi_rows() {
    nvidia_smi "case \$* in
    '--query-gpu=index,memory.used,memory.total,uuid --format=csv,noheader,nounits') cat '$dir/cards' ;;
    '--query-compute-apps=pid,used_memory,gpu_uuid --format=csv,noheader,nounits') cat '$dir/apps' ;;
    *) echo \"Invalid combination: \$*\" && exit 2 ;;
esac"
}

case_gpus_tells_whose_memory_it_is() {
    smi_rows
    printf '0, 81234, 81559, GPU-a\n1, [N/A], 81559, GPU-b\n2, [GPU is lost], [Unknown Error], [N/A]\n' >"$dir/cards"
    sleep 68 &
    stranger=$!
    printf '%s\n' "$stranger" >>"$dir/pids"
    hold || return 1
    cat >"$dir/forker" <<'END'
(setsid sh -c 'exec sleep 69' & exit) &
env -i sleep 70 &
exec sleep 50
END
    up 1 0 <"$dir/forker" || return 1
    up 2 3 'exec sleep 71' || return 1
    other=$pid
    in_four() { node status demo; [ "$(grep -c '^proc ' "$dir/out")" = 4 ]; }
    await 5 in_four || return 1
    runaway=$(grep '^proc .* sleep 69$' "$dir/out" | cut -d' ' -f5)
    bare=$(grep '^proc .* sleep 70$' "$dir/out" | cut -d' ' -f5)
    printf '%s, 70000, GPU-a\n' "$runaway" >"$dir/apps"
    printf '%s, [N/A], GPU-b\n%s, 5, GPU-a\n%s, 17, [N/A]\n4194305, 9, GPU-a\n[N/A], 8, GPU-a\n' \
        "$bare" "$other" "$stranger" >>"$dir/apps"
    node gpus demo
    answered end ok || return 1
    cat >"$dir/wanted" <<END
gpu 0 81234 81559 GPU-a
gpu 1 - 81559 GPU-b
gpu 2 - - -
app $runaway 70000 GPU-a 1:0 sleep 69
app $bare - GPU-b 1:0 sleep 70
app $other 5 GPU-a 2:3 sleep 71
app $stranger 17 - - sleep 68
app 4194305 9 GPU-a - -
app - 8 GPU-a - -
end ok
END
    tail -n +2 "$dir/out" | grep -v '^read ' | cmp -s - "$dir/wanted" ||
        { note "$(tr '\n' '|' <"$dir/out")" && return 1; }
    # Killed, and not yet forgotten by the driver.
    kill -s KILL "$other"
    await 5 not alive "$other" || return 1
    node gpus demo
    answered end ok && says "^app $other 5 GPU-a - -$" || return 1
    # Of a deployment that this node has never seen, nothing is ours.
    node gpus elsewhere
    answered end ok && says '^gpu 0 81234' && says "^app $runaway 70000 GPU-a - sleep 69$" &&
        says "^app $stranger 17 - - sleep 68$" && [ ! -e "$state/elsewhere" ] && not shows '^read' "$dir/out" || return 1
    node gpus De/mo
    says '^end refused usage'
}

case_kernel_says_what_a_unit_may_end_of() {
    stand_in dmesg "cat '$dir/ring'"
    printf '[    1.5] usb 1-1: new device\n[ 1843.308145] NVRM: Xid (PCI:0000:91:00): 79,\tpid=9\n' >"$dir/ring"
    printf '[ 1850.000001] python3[77]: segfault at 8 ip 1 sp 2 error 4 in libnccl.so.2\n' >>"$dir/ring"
    node kernel
    answered end ok || return 1
    says '^said \[ 1843.308145\] NVRM: Xid (PCI:0000:91:00): 79, pid=9$' || return 1
    [ "$(grep -c '^said ' "$dir/out")" = 2 ] || return 1
    # The newest ones of many.
    seq -f '[ %.0f.5] NVRM: Xid (PCI:0000:91:00): 31' 1000 1999 >"$dir/ring"
    node kernel
    [ "$(grep -c '^said ' "$dir/out")" = 400 ] && says '^said \[ 1999.5\]' && answered end ok || return 1
    # A kernel that keeps it from users, with a journal and without one.
    stand_in dmesg 'echo "dmesg: read kernel buffer failed: Operation not permitted" >&2; exit 1'
    stand_in journalctl 'echo "[ 1843.308145] gpu-3 kernel: oom-kill:constraint=CONSTRAINT_NONE"'
    node kernel
    answered end ok && says '^said \[ 1843.308145\] gpu-3 kernel: oom-kill' || return 1
    stand_in journalctl 'exit 1'
    node kernel
    says '^end failed permission neither dmesg' && not shows '^said' "$dir/out"
}

case_clock_says_what_times_are_read_by() {
    node clock
    answered end ok && says '^clock [0-9]*\.[0-9N%]* [0-9]*\.[0-9]* [+-][0-9]\{4\}$' || return 1
    node clock now
    says '^end refused usage'
}

case_gpus_where_there_are_none() {
    # Whatever this machine has.
    tools "$dir/bare" '' ''
    node_path=$dir/bare
    node gpus demo
    answered end ok && says '^none$' && [ "$(wc -l <"$dir/out")" = 3 ] || return 1
    smi_rows
    printf 'No devices were found\n' >"$dir/cards"
    : >"$dir/apps"
    node gpus demo
    answered end ok && not shows '^gpu' "$dir/out"
}

case_gpus_tells_what_units_have_read() {
    hold || return 1
    # It reads lines until its writer ends, and stays: a process that is gone takes its count along.
    up 1 0 '{ head -c 300000 /dev/zero | tr "\\0" x; echo; sleep 73; } | { read -r line; sleep 73; } &
exec sleep 72' || return 1
    up 2 3 'exec sleep 74' || return 1
    enough() {
        node gpus demo
        answered end ok || return 1
        bytes=$(grep '^read 1 0 [0-9]*$' "$dir/out" | cut -d' ' -f4)
        [ "${bytes:-0}" -ge 300000 ] && [ "$(grep -c '^read 2 3 [0-9]*$' "$dir/out")" = 1 ]
    }
    await 5 enough || { note "$(tr '\n' '|' <"$dir/out")" && return 1; }
    node stop demo me@test - - all
    node gpus demo
    answered end ok && not shows '^read' "$dir/out"
}

case_gpus_of_a_broken_driver() {
    nvidia_smi 'echo "Failed to initialize NVML: Driver/library version mismatch"; echo "more words"; exit 18'
    node gpus demo
    answered end failed io "nvidia-smi: Failed to initialize NVML: Driver/library version mismatch" || return 1
    nvidia_smi 'exit 9'
    node gpus demo
    answered end failed io "nvidia-smi: exit status 9" || return 1
    # It hangs, also for a stop; and its child cannot be killed and keeps the answer open.
    sed -i 's/^patience=20$/patience=1/' "$script"
    nvidia_smi "setsid sleep 20 & echo \$! >>'$dir/pids'; echo 'some words'; exec sleep 20"
    before=$(date +%s%N)
    node gpus demo
    answered end failed io "nvidia-smi: no answer in 1 s" || return 1
    hold || return 1
    up 1 0 'exec sleep 50' || return 1
    node stop demo me@test - - all
    answered end ok || return 1
    [ $(($(date +%s%N) - before)) -lt 12000000000 ]
}

# With the lab's driver, whose records may name any process that lives.
case_gpus_of_the_stand_in() {
    standin=$here/../../Deploy/lab/engines/bin/nvidia-smi
    nvidia_smi "STANDIN_GPUS=2 STANDIN_GPU_DIR='$dir/held' exec sh '$standin' \"\$@\""
    mkdir "$dir/held"
    hold || return 1
    up 1 0 '(setsid sleep 74 & exit) & exec sleep 50' || return 1
    in_two() { node status demo; [ "$(grep -c '^proc ' "$dir/out")" = 2 ]; }
    await 5 in_two || return 1
    runaway=$(grep '^proc .* sleep 74$' "$dir/out" | cut -d' ' -f5)
    printf '%s %s 0 1000\n%s %s 1 2000\n' "$pid" "$(start_of "$pid")" "$runaway" "$(start_of "$runaway")" \
        >"$dir/held/$pid"
    printf '%s %s 1 77\n' "$runaway" 5 >"$dir/held/$runaway"
    uuid=GPU-5a1e0000-0000-4000-8000-00000000000
    node gpus demo
    answered end ok && says "^gpu 0 1001 46068 ${uuid}0$" && says "^gpu 1 2001 46068 ${uuid}1$" &&
        says "^app $pid 1000 ${uuid}0 1:0 sleep 50$" && says "^app $runaway 2000 ${uuid}1 1:0 sleep 74$" || return 1
    [ ! -e "$dir/held/$runaway" ] || return 1
    # What one of a record's processes holds outlives the other.
    kill -s KILL "$pid"
    await 5 not alive "$pid" || return 1
    node gpus demo
    answered end ok && says '^gpu 0 1 ' && says "^app $runaway 2000 ${uuid}1 1:0 sleep 74$" || return 1
    node stop demo me@test - - all
    answered end ok || return 1
    node gpus demo
    answered end ok && says '^gpu 1 1 ' && not shows '^app' "$dir/out" && [ -z "$(ls "$dir/held")" ]
}

case_container_is_stopped() {
    hold || return 1
    mkdir "$dir/engine"
    cat >"$dir/engine/docker" <<END
#!/bin/sh
echo "\$*" >>'$dir/docker'
case \$1 in
    ps) [ -f '$dir/removed' ] || echo 0123abcd ;;
    rm) : >'$dir/removed' ;;
esac
END
    chmod 700 "$dir/engine/docker"
    node_path=$dir/engine:$node_path
    {
        printf 'unit 0 c%s h\nfile 0700 1 launch.sh\nexec sleep 50\n' "$shell$$"
        printf 'file 0600 1 container\nmuster-demo-0\nend\ndone\n'
    } | node stage demo 1 me@test
    node start demo 1 0 me@test
    # The client may be gone while the container runs on.
    kill -s KILL "$(key_of g1/r0/identity pid)"
    await 5 [ -f "$state/demo/g1/r0/exit" ] || return 1
    node stop demo me@test - - all
    answered end ok && says '^gone 1 0' && says '^kill muster-demo-0' "$dir/docker" &&
        says '^rm -f muster-demo-0' "$dir/docker" && says '^ps -q --filter name=^muster-demo-0\$' "$dir/docker"
}

# ---- cases: file systems ----

case_full_disk() {
    # Room for the script, and for half of what is staged.
    mounted "size=$(($(wc -c <"$subject") / 1024 + 40))k,mode=700" || return 0
    hold || return 1
    {
        printf 'unit 0 tok h\nfile 0700 2000 launch.sh\n'
        number=0
        while [ "$number" -lt 2000 ]; do
            echo 'a line of some length, to fill the disk with'
            number=$((number + 1))
        done
        printf 'end\ndone\n'
    } >"$dir/frame"
    node stage demo 1 me@test <"$dir/frame"
    says '^end failed disk-full .*No space left on device' || return 1
    [ "$(ls -A "$state/demo")" = lock ] || { note "left: $(ls -A "$state/demo")" && return 1; }
    # A unit that fills the disk itself still gets its exit record.
    tell main "follow 1 0 0"
    up 1 0 'cat /dev/zero; exit 9' || return 1
    await 5 shows '^exited 1 0 9' "$dir/main" && says '^status=9' "$state/demo/g1/r0/exit"
}

case_read_only_disk() {
    mounted size=1m,mode=700 || return 0
    # A lock held by no watcher: its open FIFO would keep the file system from becoming read-only.
    sleep 50 &
    printf '%s\n' "$!" >>"$dir/pids"
    mkdir "$state/demo"
    start=$(sed 's/.*) //' "/proc/$!/stat" | cut -d' ' -f20)
    ln -s "$!:$start:$(cut -d- -f1 /proc/sys/kernel/random/boot_id):me@test" "$state/demo/lock"
    stage 1 0 'exec sleep 1'
    mount -o remount,ro "$state" || return 1
    stage 2 0 exit
    says '^end failed read-only .*Read-only file system' || return 1
    node start demo 1 0 me@test
    says '^end failed read-only .*Read-only file system' || return 1
    node status demo
    answered end ok
}

case_noexec_disk() {
    mounted size=1m,mode=700,noexec || return 0
    hold || return 1
    tell main "follow 1 0 0"
    up 1 0 'exec sleep 50' || return 1
    node stop demo me@test TERM:launcher:5 - all
    answered end ok && await 3 shows '^exited 1 0 143' "$dir/main"
}

case_directory_without_permission() {
    ! is_root || { command -v setpriv >/dev/null || { skip "root, and no setpriv"; return 0; }; }
    hold || return 1
    tell main quit
    await 3 not alive "$watch_pid"
    chmod 755 "$root" "$root/$shell" "$dir" "$state" "$state/bin"
    chmod 555 "$state/demo"
    if is_root; then
        chmod 644 "$script"
        setpriv --reuid 65534 --regid 65534 --clear-groups env "PATH=$node_path" "$node_shell" "$script" n \
            watch demo x@y <"$dir/frame.none" >"$dir/out" 2>>"$dir/err"
    else
        node watch demo x@y </dev/null
    fi
    says '^end failed permission .*Permission denied'
}

# ---- cases: sudden death ----

case_killed_at_any_moment() {
    hold || return 1
    generation=1
    for delay in 0.00 0.01 0.02 0.03 0.05; do
        delay=$delay$(($(date +%N | cut -c 4-6 | sed 's/^0*//;s/^$/0/') % 10))
        stage "$generation" 0 'exec sleep 50' || return 1
        PATH=$node_path "$node_shell" "$script" k start demo "$generation" 0 me@test >/dev/null 2>&1 &
        victim=$!
        sleep "$delay"
        kill -s KILL "$victim" 2>/dev/null
        wait "$victim" 2>/dev/null
        node stop demo me@test - - all
        answered end ok || return 1
        PATH=$node_path "$node_shell" "$script" k stage demo $((generation + 1)) me@test <"$dir/frame" >/dev/null 2>&1 &
        victim=$!
        sleep "$delay"
        kill -s KILL "$victim" 2>/dev/null
        wait "$victim" 2>/dev/null
        generation=$((generation + 2))
        up "$generation" 0 'exec sleep 50' || { note "killed after $delay s" && return 1; }
        node status demo
        [ "$(grep -c '^proc ' "$dir/out")" = 1 ] || { note "not one process" && return 1; }
        node stop demo me@test - - all
        answered end ok || return 1
        generation=$((generation + 1))
    done
    # Who is killed while breaking a lock leaves its claim, a name that nobody will ask for again.
    [ -z "$(ls -A "$state/demo" | grep -v -e '^g' -e '^lock$' -e '^busy-')" ] || { note "$(ls -A "$state/demo")" && return 1; }
}

# These two take 15 s each: they are begun first and looked at last.
begin_silence() {
    watcher mute me@test
    mute=$watch_pid
    await 5 shows '^held' "$dir/mute"
    up 1 0 'head -c 3000000 /dev/zero; exec sleep 300'
    mkfifo "$dir/stuck" "$dir/stuck.fifo"
    sleep 300 >"$dir/stuck.fifo" &
    printf '%s\n' "$!" >>"$dir/pids"
    PATH=$node_path "$node_shell" "$script" "stuck.$shell$$" watch demo - \
        <"$dir/stuck.fifo" >"$dir/stuck" 2>>"$dir/err" &
    stuck=$!
    printf '%s\n' "$stuck" >>"$dir/pids"
    # Opened, and then never read.
    exec 7<"$dir/stuck"
    printf 'follow 1 0 0\n' >"$dir/stuck.fifo"
}

case_silent_reader_is_left() {
    await 20 not alive "$mute" && says '^end failed io no beat' "$dir/mute" &&
        await 3 no_kin "wmute.$shell$$.silence" && [ ! -L "$state/demo/lock" ]
}

case_stuck_reader_is_left() {
    await 20 not alive "$stuck" && await 3 no_kin "stuck.$shell$$" && alive "$(key_of g1/r0/identity pid)"
}

# ---- running ----

open_case() {
    case_name=$1
    dir=$root/$shell/$1
    state="$dir/sta te"
    script=$state/bin/node-0123456789ab.sh
    calls=0
    mkdir -p "$state/bin"
    cp "$subject" "$script"
    : >"$dir/err"
    : >"$dir/frame.none"
}

close_case() {
    # Words on stderr are trouble nobody expected.
    if [ -s "$dir/err" ] && [ "$verdict" = ok ]; then
        verdict='not ok'
        note "stderr: $(head -c 400 "$dir/err" | tr '\n' '|')"
    fi
    if [ "$verdict" = ok ]; then
        echo x >>"$root/passed"
    else
        echo x >>"$root/failed"
    fi
    [ -f "$dir/skipped" ] || printf '%s %s (%s)\n' "$verdict" "$case_name" "$shell"
    [ "$verdict" = ok ] || cat "$dir/notes" 2>/dev/null
}

run_case() {
    (
        open_case "$1"
        if "case_$1"; then verdict=ok; else verdict='not ok'; fi
        clean_case
        close_case
    )
}

run_silence() {
    case_name=$1
    if "case_$1"; then verdict=ok; else verdict='not ok'; fi
    close_case
}

# Sets node_shell and node_path: `sh` is the shell under test, and for busybox there are only its applets.
use_shell() {
    shell=$1
    mkdir -p "$root/$shell/bin"
    case $shell in
        busybox)
            busybox=$(command -v busybox) || return 1
            for applet in $("$busybox" --list); do
                [ -L "$root/$shell/bin/$applet" ] || ln -s "$busybox" "$root/$shell/bin/$applet" 2>/dev/null
            done
            node_path=$root/$shell/bin
            ;;
        *)
            command -v "$shell" >/dev/null || return 1
            ln -sf "$(command -v "$shell")" "$root/$shell/bin/sh"
            node_path=$root/$shell/bin:$PATH
            ;;
    esac
    node_shell=$root/$shell/bin/sh
}

# The cases that take 15 s are begun first and looked at last; the ones that measure time run alone, in timed_shell.
run_shell() {
    silent=''
    if echo silent_reader stuck_reader | grep -q -e "$pattern"; then
        silent=yes
        open_case silence
        begin_silence
    fi
    for case_function in $cases; do
        case $case_function in
            silent_reader_is_left | stuck_reader_is_left | exit_news_is_fast | guard_news_* | flood_*) ;;
            *"$pattern"*) run_case "$case_function" ;;
        esac
    done
    if [ -n "$silent" ]; then
        run_silence silent_reader_is_left
        run_silence stuck_reader_is_left
        clean_case
        exec 7<&-
    fi
}

timed_shell() {
    for case_function in exit_news_is_fast guard_news_is_fast guard_news_comes_without_python \
        flood_does_not_delay_the_news flood_before_a_slow_reader; do
        case $case_function in
            *"$pattern"*) run_case "$case_function" ;;
        esac
    done
}

finish() {
    for mounted_state in "$root"/*/*/sta*; do
        ! mountpoint -q "$mounted_state" 2>/dev/null || umount -l "$mounted_state"
    done
    rm -rf "$root"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# In a namespace of its own, on behalf of a case outside.
if [ "${1-}" = --inside ]; then
    trap - EXIT
    "$2"
    exit
fi

shells=''
pattern=''
while [ $# -gt 0 ]; do
    case $1 in
        -k) pattern=$2 && shift ;;
        dash | bash | busybox) shells="$shells $1" ;;
        *) echo "usage: run.sh [dash|bash|busybox ...] [-k PATTERN]" >&2 && exit 2 ;;
    esac
    shift
done
: >"$root/passed"
: >"$root/failed"
cases=$(sed -n 's/^case_\([a-z0-9_]*\)() {$/\1/p' "$0")
shells=${shells:-dash bash busybox}
# All at once, for they mostly wait; as a pipeline, for a background list would have SIGINT and SIGQUIT ignored.
run_all() {
    shell=$1
    shift
    if [ $# -gt 0 ]; then
        { run_quietly </dev/null; } | run_all "$@"
    else
        run_quietly </dev/null
    fi
}

run_quietly() {
    if use_shell "$shell"; then
        run_shell >"$root/$shell.output" 2>&1
    else
        echo "SKIPPED $shell: not installed" >"$root/$shell.output"
    fi
}

# shellcheck disable=SC2086 # a list of names
run_all $shells
for shell in $shells; do
    cat "$root/$shell.output"
    ! use_shell "$shell" || timed_shell
done
passed=$(wc -l <"$root/passed")
failed=$(wc -l <"$root/failed")
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
