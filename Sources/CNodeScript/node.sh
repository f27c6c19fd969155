#!/bin/sh
# The one program muster runs on a node. What it is called with, prints and leaves on disk is laid down in
# Sources/MusterRuntime/MusterRuntime.docc/NodeContract.md; comments here say only why a line is the way it is.
#
#   sh node-<hash>.sh NONCE VERB [ARGUMENT...]
#
# POSIX sh, /proc, and tools that coreutils and busybox both have. Loops over processes and files use builtins: a
# fork per process would cost seconds on a node with thousands of them.

# What the unit must get back as the login session had it.
login_umask=$(umask)
login_lc_all=${LC_ALL+set}${LC_ALL-}
umask 077
# Tools must speak English here, and the shell must treat bytes as bytes.
LC_ALL=C
export LC_ALL
unset CDPATH
newline='
'
# Seconds for a command that may hang for ever on broken hardware.
patience=20
block_size=262144
turn_size=$((block_size * 8))
tail_size=$((block_size * 32))

# ---- answers ----

broken_pipe='exit'
say() {
    printf '%s\n' "$*" 2>/dev/null || "$broken_pipe" 1
}

# Ends the answer. Locks and helpers go first, so that whoever reads `end` may act at once.
finish() {
    tidy
    say "end $*"
    exit 0
}

# Only printable text may stand in a record.
clean() {
    case $1 in
        *[[:cntrl:]]*) printf '%s' "$1" | tr -s '\000-\037\177' ' ' ;;
        *) printf '%s' "$1" ;;
    esac
}

usage() {
    finish refused usage "$(clean "$*")"
}

# Ends with the system's own words, under the reason they stand for.
fail_with() {
    case $1 in
        *'No space left'* | *'uota exceeded'*) set -- disk-full "$1" ;;
        *'ead-only file system'*) set -- read-only "$1" ;;
        *'ermission denied'* | *'not permitted'*) set -- permission "$1" ;;
        *) set -- io "${1:-no reason was given}" ;;
    esac
    finish failed "$1" "$(clean "$2")"
}

scratch=''
holding=''
helpers=''
spawning=''
doomed=''
tidied=''
tidy() {
    [ -z "$tidied" ] || return 0
    tidied=yes
    for helper in $helpers; do
        end_helper "$helper"
    done
    [ -z "$scratch" ] || rm -rf "$scratch"
    for link in $holding; do
        rm -f "$link"
    done
}

on_signal() {
    doomed=yes
    [ -n "$spawning" ] || finish failed io "ended by a signal"
}

# Starts a helper and sets spawned to its PID:START: one that has ended may have left its number to a stranger. A
# signal that arrives before the helper is on the list must wait, or nobody would end it.
spawn() {
    spawning=yes spawned=''
    "$@" &
    if proc_stat "$!"; then
        spawned=$!:$p_start
        helpers="$helpers $spawned"
    fi
    spawning=''
    [ -z "$doomed" ] || on_signal
}

# SIGKILL, for a helper that was forked just now still has our traps and would miss anything else; waited for, or bash
# would print an obituary.
end_helper() {
    same "${1%:*}" "${1#*:}" || return 0
    kill -s KILL "${1%:*}" 2>/dev/null
    wait "${1%:*}" 2>/dev/null
}

dismiss() {
    end_helper "$1"
    dismiss_kept=''
    for helper in $helpers; do
        [ "$helper" = "$1" ] || dismiss_kept="$dismiss_kept $helper"
    done
    helpers=$dismiss_kept
}

# ---- arguments ----

is_number() {
    case $1 in
        '' | *[!0-9]* | 0?* | ????????????????*) return 1 ;;
    esac
}

need_numbers() {
    for number in "$@"; do
        is_number "$number" || usage "not a number: $number"
    done
}

# A word that is safe in a file name, a record and a pattern.
is_word() {
    case $1 in
        '' | [.-]* | *[!A-Za-z0-9@._:+-]*) return 1 ;;
    esac
}

need_deployment() {
    case $1 in
        '' | bin | [!a-z0-9]* | *[!a-z0-9-]*) usage "not a deployment name: $1" ;;
    esac
    deployment=$1
}

need_owner() {
    is_word "$1" || usage "not an owner: $1"
    owner=$1
}

# ---- files ----

# Writes standard input to a file whole or not at all; on failure the system's words are on standard output.
put() {
    put_words=$(dd "of=$1.new" bs=65536 conv=fsync 2>&1) && put_words=$(mv -f "$1.new" "$1" 2>&1) && return 0
    rm -f "$1.new"
    printf '%s' "${put_words%%"$newline"[0-9]*}"
    return 1
}

size_of() {
    stat -c %s "$1" 2>/dev/null || { [ -f "$1" ] && wc -c <"$1"; }
}

# Copies exactly $1 bytes from standard input to descriptor 6. The length is already announced, so bytes that went
# missing because somebody truncated the file in between are made up with NULs.
copy_block() {
    copied=$(dd bs="$1" count=1 2>&1 >&6)
    case $copied in
        1+0*) return 0 ;;
    esac
    copied=${copied##*out"$newline"}
    copied=${copied%% *}
    is_number "$copied" || copied=0
    [ "$copied" -ge "$1" ] || dd if=/dev/zero bs=$(($1 - copied)) count=1 2>/dev/null >&6
}

# Moves the shared offset of standard input, a regular file, without reading it.
seek_input() {
    dd bs=1 skip="$1" count=0 2>/dev/null >/dev/null
}

# ---- processes ----

IFS= read -r boot </proc/sys/kernel/random/boot_id

# Sets p_state, p_ppid, p_sid and p_start. A name may hold blanks, parentheses and newlines: what counts follows the
# last parenthesis.
proc_stat() {
    stat_text=''
    while IFS= read -r stat_line; do
        stat_text="$stat_text $stat_line"
    done 2>/dev/null <"/proc/$1/stat"
    [ -n "$stat_text" ] || return 1
    # shellcheck disable=SC2086 # splitting into fields is the point; they are numbers and one letter
    set -- ${stat_text##*)}
    p_state=$1 p_ppid=$2 p_sid=$4 p_start=${20}
    # The first thread of a process may be over while others still run.
    case $p_state in
        [ZX])
            stat_line=${stat_text#"${stat_text%%[! ]*}"}
            set -- "/proc/${stat_line%% *}/task"/*
            [ $# -gt 1 ]
            ;;
    esac
}

# The process with this pid is the one that started then.
same() {
    [ -n "$1" ] && proc_stat "$1" && [ "$p_start" = "$2" ]
}

pause() {
    sleep "$1" 2>/dev/null || sleep 1
}

# Sets now: hundredths of a second, on a clock that nobody sets.
read_clock() {
    read -r now_text </proc/uptime
    now_text=${now_text%% *}
    now=$((${now_text%.*} * 100 + 1${now_text#*.} - 100))
}

# Sets bounded_text to what a command says, and bounded_status to how it ended; false if that is not 0. One that hangs
# in the kernel cannot even be killed and keeps its end of the pipe: then the other end is given up.
bounded() {
    if command -v timeout >/dev/null; then
        bounded_text=$({
            {
                timeout -s KILL "$patience" "$@" </dev/null
                printf '\nend %s\n' "$?"
            } &
            # The shell's own words about those it killed are of no use either.
        } 2>/dev/null | { timeout "$((patience + 2))" cat; } 2>/dev/null)
    else
        bounded_text=$("$@" </dev/null 2>/dev/null; printf '\nend %s\n' "$?")
    fi
    bounded_status=hung
    case $bounded_text in
        *"${newline}end "*)
            bounded_status=${bounded_text##*"${newline}end "}
            bounded_text=${bounded_text%"${newline}end "*}
            ;;
    esac
    [ "$bounded_status" = 0 ]
}

# ---- locks ----
# A lock is a symbolic link whose target tells who holds it, PID:START:BOOT:TEXT: made in one step, content included,
# on every file system, so there is no such thing as a lock without an owner. BOOT is the boot id's first eight
# digits: a target of less than 60 bytes needs no block, so locks can be taken when the disk is full.

read_self() {
    proc_stat "$$"
    self_start=$p_start
    self=$$:$p_start:${boot%%-*}
}

# Sets holder_pid, holder_start and holder_text; false if that process is no more.
holder_alive() {
    holder_pid=${1%%:*}
    holder_text=${1#*:}
    holder_start=${holder_text%%:*}
    holder_text=${holder_text#*:}
    [ "${holder_text%%:*}" = "${boot%%-*}" ] || return 1
    holder_text=${holder_text#*:}
    is_number "$holder_pid" && same "$holder_pid" "$holder_start"
}

# Takes a lock; false if a living process holds it, which holder_text then names.
take() {
    take_tries=0
    until take_words=$(ln -s "$self:$2" "$1" 2>&1); do
        if take_target=$(readlink "$1"); then
            holder_alive "$take_target" && return 1
            break_lock "$1" "$take_target"
        fi
        take_tries=$((take_tries + 1))
        [ "$take_tries" -lt 50 ] || fail_with "$take_words"
    done
    holding="$holding $1"
}

# Removes a dead process's lock. Of all who see it, only the one that makes the link named after the dead process
# may; if that one dies too, the same rule is applied to its link. Otherwise a slow taker would remove the lock that
# a fast one has already made anew.
break_lock() {
    break_corpse=$2
    break_claims=''
    while :; do
        break_claim=${break_corpse%:*}
        break_claim=$1-${break_claim%%:*}-$(printf '%s' "${break_corpse#*:}" | cut -d: -f1,2 | tr ':' '-')
        break_claims="$break_claims $break_claim"
        ln -s "$self:break" "$break_claim" 2>/dev/null && break
        break_corpse=$(readlink "$break_claim") || return 0
        if holder_alive "$break_corpse"; then
            pause 0.02
            return 0
        fi
    done
    [ "$(readlink "$1")" != "$2" ] || rm -f "$1"
    for break_claim in $break_claims; do
        rm -f "$break_claim"
    done
}

# Sets lock_owner to the owner of the deployment's living lock, or to nothing.
read_lock() {
    lock_owner=''
    lock_target=$(readlink lock) && holder_alive "$lock_target" && lock_owner=$holder_text
}

need_lock() {
    read_lock
    [ "$lock_owner" = "$owner" ] || finish refused not-owner "$lock_owner"
}

# One stage or start at a time in a deployment: what they checked must still hold when they act.
await_turn() {
    read_clock
    turn_deadline=$((now + 1000))
    until take busy "$verb"; do
        read_clock
        [ "$now" -lt "$turn_deadline" ] || finish refused locked "$holder_text"
        pause 0.02
    done
}

# ---- units ----

# Reads what is known of the unit in a run directory, and whether its waiter lives. The exit record is read after
# the waiter was looked at: a waiter seen dead has written whatever it ever will.
load() {
    u_dir=$1 u_token='' u_hash='' u_boot='' u_pid='' u_start='' u_sid='' u_waiter='' u_waiter_start=''
    u_started='' u_status='' u_ended='' u_waits=no
    load_file "$1/unit"
    load_file "$1/identity"
    if [ "$u_boot" = "$boot" ] && same "$u_waiter" "$u_waiter_start"; then
        u_waits=yes
    fi
    load_file "$1/exit"
}

load_file() {
    [ -f "$1" ] || return 0
    while IFS='=' read -r load_key load_value; do
        is_word "$load_value" || continue
        case $load_key in
            token) u_token=$load_value ;;
            hash) u_hash=$load_value ;;
            boot) u_boot=$load_value ;;
            pid) u_pid=$load_value ;;
            start) u_start=$load_value ;;
            sid) u_sid=$load_value ;;
            waiter) u_waiter=$load_value ;;
            waiter_start) u_waiter_start=$load_value ;;
            started) u_started=$load_value ;;
            status) u_status=$load_value ;;
            ended) u_ended=$load_value ;;
        esac
    done 2>/dev/null <"$1"
}

# Sets generation and rank from `g<generation>/r<rank>`.
split_dir() {
    generation=${1%%/*}
    generation=${generation#g}
    rank=${1#*/r}
}

is_unit_dir() {
    case $1 in
        g*/r*) split_dir "$1" && is_number "$generation" && is_number "$rank" && [ -d "$1" ] ;;
        *) return 1 ;;
    esac
}

has_token() {
    [ -n "$u_token" ] && grep -qszxF -e "MUSTER_RUN_TOKEN=$u_token" "/proc/$1/environ"
}

# The process last looked at by proc_stat is one of the loaded unit's.
belongs() {
    { [ -n "$u_session" ] && [ "$p_sid" = "$u_session" ]; } || has_token "$1"
}

# Sets members to PID:START of every living process of the loaded unit but its waiter and ourselves. A session
# number is void once a stranger leads it; `gone` says that the unit was once seen empty, after which both the
# number and the pids may belong to anybody.
scan() {
    members='' u_session='' scan_proved=''
    case $u_boot in
        '' | "$boot") [ ! -e "$u_dir/gone" ] || return 0 ;;
        *) return 0 ;;
    esac
    [ -z "$u_token" ] || for scan_path in $(cd /proc && printf '%s\n' [0-9]*/environ |
        xargs grep -slzxF -e "MUSTER_RUN_TOKEN=$u_token" 2>/dev/null); do
        add_member "${scan_path%/*}"
    done
    [ -n "$u_sid" ] || return 0
    if ! proc_stat "$u_sid"; then
        u_session=$u_sid
    elif [ "$p_start" = "$u_waiter_start" ]; then
        u_session=$u_sid scan_proved=yes
    else
        return 0
    fi
    scan_found=$(cd /proc && printf '%s\n' [0-9]*/stat |
        xargs grep -sl -e ") [[:alpha:]] -*[0-9]* -*[0-9]* $u_session " 2>/dev/null)
    [ -n "$scan_found" ] || return 0
    prove_session
    for scan_path in $scan_found; do
        case $newline$scan_strangers$newline in
            *"$newline${scan_path%/*}/environ$newline"*) ;;
            *) add_member "${scan_path%/*}" "$u_session" ;;
        esac
    done
}

# Adds a living process to members, if it is in session $2 where that is given.
add_member() {
    case " $members $$: $u_waiter:" in
        *" $1:"*) return ;;
    esac
    { proc_stat "$1" && [ "$p_ppid" != "$$" ]; } || return
    [ "$p_sid" = "${2-$p_sid}" ] || return
    members="$members $1:$p_start"
}

# The kernel gives no number away that still is somebody's session, so the waiter, the launcher or a process with the
# token in the session prove that it is the unit's. If none is left, daemons of a stranger may have that number, whose
# leader is gone as well: sets scan_strangers to those in it that show an environment, in which the token is missing.
prove_session() {
    scan_strangers=''
    for member in $members $u_pid:$u_start; do
        [ -z "$scan_proved" ] || return 0
        ! same "${member%:*}" "${member#*:}" || [ "$p_sid" != "$u_session" ] || scan_proved=yes
    done
    [ -n "$scan_proved" ] || scan_strangers=$(cd /proc && printf '%s\n' "$scan_found" | sed 's/stat$/environ/' |
        xargs grep -slz -e '^PATH=' 2>/dev/null)
}

# True while anything of the loaded unit lives, its waiter included.
is_live() {
    scan
    [ -n "$members" ] || [ "$u_waits" = yes ]
}

# Sets u_state, and notes a unit that is over and empty.
judge() {
    scan
    if [ -n "$u_status" ]; then
        u_state=exited
    elif [ -z "$u_pid" ]; then
        u_state=staged
        return
    elif [ "$u_waits" = yes ]; then
        u_state=running
    elif [ -n "$members" ]; then
        u_state=orphaned
    else
        u_state=lost
    fi
    [ "$u_waits" = yes ] || [ -n "$members" ] || mark_gone
}

mark_gone() {
    [ "$u_boot" != "$boot" ] || [ -e "$u_dir/gone" ] || { true >"$u_dir/gone"; } 2>/dev/null
}

# Signals the loaded unit's members, or its launcher alone; sets count. Identity is read anew before every signal.
deliver() {
    count=0
    for member in $members; do
        [ "$2" = all ] || [ "$member" = "$u_pid:$u_start" ] || continue
        { same "${member%:*}" "${member#*:}" && belongs "${member%:*}"; } || continue
        kill -s "$1" "${member%:*}" 2>/dev/null && count=$((count + 1))
    done
}

title() {
    title_text=$(tr -s '\000-\037\177' ' ' 2>/dev/null <"/proc/$1/cmdline")
    if [ -z "${title_text% }" ]; then
        IFS= read -r title_text 2>/dev/null <"/proc/$1/comm"
        title_text="[$(clean "$title_text")]"
    fi
    printf '%.400s' "${title_text% }"
}

# Refuses if any generation has a living unit of this rank.
need_no_live() {
    for live_dir in g*/r"$1"; do
        [ -d "$live_dir" ] || continue
        load "$live_dir"
        if is_live; then
            finish refused live "$live_dir" "${u_pid:--}"
        fi
    done
}

need_generation() {
    seen=0
    [ ! -f generation ] || IFS= read -r seen <generation
    is_number "$seen" || seen=0
    [ "$1" -ge "$seen" ] || finish refused stale-generation "$seen"
}

enter() {
    need_deployment "$1"
    cd "$state/$deployment" 2>/dev/null || finish refused missing "$deployment"
}

# ---- hello, status, read ----

hello() {
    user=$(id -un 2>/dev/null) || user=-
    IFS= read -r host </proc/sys/kernel/hostname
    say "node $boot $(date +%s) $(id -u) $user $host"
    for path in "$state"/*/generation; do
        [ -f "$path" ] || continue
        path=${path%/generation}
        IFS= read -r seen <"$path/generation"
        say "seen ${path##*/} $seen"
    done
    finish ok
}

status() {
    case $1 in
        -)
            for path in "$state"/*/; do
                path=${path%/}
                case ${path##*/} in
                    bin | '*') continue ;;
                esac
                cd "$path" 2>/dev/null || continue
                deployment=${path##*/}
                status_here
            done
            ;;
        *)
            enter "$1"
            status_here
            ;;
    esac
    finish ok
}

status_here() {
    read_lock
    [ -z "$lock_owner" ] || say "lock $deployment $lock_owner"
    for dir in g*/r*; do
        is_unit_dir "$dir" || continue
        load "$dir"
        judge
        log_size=$(size_of "$dir/log") || log_size=-
        place="$deployment $generation $rank"
        say "unit $place $u_state ${u_token:--} ${u_hash:--} ${u_pid:--} ${u_start:--} ${u_started:--} $log_size"
        [ -z "$u_status" ] || say "exit $place $u_status ${u_ended:--}"
        [ ! -e "$dir/stopping" ] || say "stopped $place"
        for member in $members; do
            same "${member%:*}" "${member#*:}" || continue
            say "proc $place ${member%:*} $p_ppid $p_start $(title "${member%:*}")"
        done
    done
}

read_file() {
    [ $# -eq 6 ] || usage "read takes 6 arguments"
    enter "$1"
    need_numbers "$2" "${3%%.*}" "${5#-}" "$6"
    { is_word "$3" && is_word "$4"; } || usage "not a file: $3/$4"
    path=g$2/r$3/$4
    { [ -f "$path" ] && [ ! -L "$path" ]; } || finish refused missing "$path"
    total=$(size_of "$path")
    offset=$5
    case $offset in
        -*) offset=$((total + offset)) ;;
    esac
    [ "$offset" -ge 0 ] || offset=0
    [ "$offset" -le "$total" ] || offset=$total
    length=$((total - offset))
    [ "$length" -le "$6" ] || length=$6
    { : <"$path"; } 2>/dev/null || fail_with "$({ : <"$path"; } 2>&1)"
    say "data $offset $length $total"
    exec 6>&1
    send "$offset" "$length" <"$path"
    say
    finish ok
}

# Sends $2 bytes of standard input from offset $1, no frames.
send() {
    seek_input "$1"
    send_left=$2
    while [ "$send_left" -gt 0 ]; do
        send_size=$send_left
        [ "$send_size" -le "$block_size" ] || send_size=$block_size
        copy_block "$send_size"
        send_left=$((send_left - send_size))
    done
}

# ---- traffic ----

# What RDMA ports and interfaces have sent since they were started. Builtins only: a node that runs containers has
# hundreds of interfaces. A port that is down may refuse to tell.
count_sent() {
    for sent_path in /sys/class/infiniband/*/ports/*/counters/port_xmit_data /sys/class/net/*/statistics/tx_bytes; do
        { read -r sent <"$sent_path"; } 2>/dev/null || continue
        sent_name=${sent_path#/sys/class/*/}
        sent_port=${sent_name#*/ports/}
        sent_name=${sent_name%%/*}
        is_word "$sent_name" || continue
        case $sent_path in
            */ports/*) say "${1-}port $sent_name:${sent_port%%/*} $sent" ;;
            *) say "${1-}interface $sent_name $sent" ;;
        esac
    done
}

traffic() {
    [ $# -eq 3 ] || usage "traffic takes 3 arguments"
    enter "$1"
    need_numbers "$2" "$3"
    path=g$2/r$3/sent
    { [ -f "$path" ] && [ ! -L "$path" ]; } || finish refused missing "$path"
    while read -r line; do
        say "launch $(clean "$line")"
    done <"$path"
    count_sent 'now '
    finish ok
}

# ---- kernel ----

# The clocks that the times of a log and of the kernel are read by. Nothing else is done in between: the caller compares
# them with its own by how long the answer took.
clock() {
    [ $# -eq 0 ] || usage "clock takes no arguments"
    read -r clock_up _ </proc/uptime
    say "clock $(date +%s.%N) $clock_up $(date +%z)"
    finish ok
}

# What the kernel has said since it started that a unit may have ended of. A kernel that keeps its log from this user
# refuses.
kernel() {
    [ $# -eq 0 ] || usage "kernel takes no arguments"
    bounded dmesg || bounded journalctl -k -b --no-pager -o short-monotonic ||
        finish failed permission "neither dmesg nor journalctl -k lets $(id -un 2>/dev/null || id -u) read it"
    # Network cards and corrected bus errors talk a lot: what tells of a fault has the room.
    printf '%s\n' "$bounded_text" |
        grep -aE -e 'NVRM|nvswitch|nvidia-peermem|fallen off the bus|available PCIe bandwidth' \
            -e 'Out of memory|out of memory|oom-kill|Killed process|segfault at' |
        tail -n 400 | while IFS= read -r line; do
        say "said $(clean "$line")"
    done
    finish ok
}

# ---- gpus ----

gpus() {
    [ $# -eq 1 ] || usage "gpus takes 1 argument"
    need_deployment "$1"
    if ! command -v nvidia-smi >/dev/null; then
        say none
        find_owned
        finish ok
    fi
    ask_driver --query-gpu=index,memory.used,memory.total,uuid || driver_failed
    gpu_cards=$bounded_text
    ask_driver --query-compute-apps=pid,used_memory,gpu_uuid || driver_failed
    gpu_apps=$bounded_text
    # After the driver was asked: a process that is seen now is the one it meant, or it is gone.
    find_owned
    while IFS=, read -r gpu_index gpu_used gpu_total gpu_uuid; do
        is_number "$gpu_index" || continue
        known_number "$gpu_used"
        gpu_used=$known
        known_number "$gpu_total"
        gpu_total=$known
        known_word "$gpu_uuid"
        say "gpu $gpu_index $gpu_used $gpu_total $known"
    done <<END
$gpu_cards
END
    while IFS=, read -r gpu_pid gpu_used gpu_uuid; do
        [ -n "$gpu_uuid" ] || continue
        known_number "$gpu_pid"
        gpu_pid=$known
        known_number "$gpu_used"
        gpu_used=$known
        known_word "$gpu_uuid"
        gpu_owned=- gpu_title=-
        if [ "$gpu_pid" != - ] && proc_stat "$gpu_pid"; then
            gpu_title=$(title "$gpu_pid")
            case $gpu_owners in
                *" $gpu_pid:$p_start="*)
                    gpu_owned=${gpu_owners#*" $gpu_pid:$p_start="}
                    gpu_owned=${gpu_owned%% *}
                    ;;
            esac
        fi
        say "app $gpu_pid $gpu_used $known $gpu_owned $gpu_title"
    done <<END
$gpu_apps
END
    finish ok
}

ask_driver() {
    bounded nvidia-smi "$@" --format=csv,noheader,nounits
}

driver_failed() {
    case $bounded_status in
        hung | 124 | 137) bounded_text="no answer in $patience s" ;;
        *) bounded_text=${bounded_text%%"$newline"*} ;;
    esac
    finish failed io "nvidia-smi: $(clean "${bounded_text:-exit status $bounded_status}")"
}

# Set known to a field of the driver's answer, which is in brackets or missing when the driver does not know it.
known_number() {
    known=${1# }
    is_number "$known" || known=-
}

known_word() {
    known=${1# }
    is_word "$known" || known=-
}

# Sets gpu_owners to PID:START=GENERATION:RANK of every process of the deployment's units, each between blanks, and says
# what the processes of each living unit have read.
find_owned() {
    gpu_owners=' '
    cd "$state/$deployment" 2>/dev/null || return 0
    for dir in g*/r*; do
        is_unit_dir "$dir" || continue
        load "$dir"
        scan
        bytes_read=0
        for member in $members; do
            gpu_owners="$gpu_owners$member=$generation:$rank "
            add_read "${member%:*}"
        done
        [ -z "$members" ] || say "read $generation $rank $bytes_read"
    done
}

# Adds to bytes_read what a process has read: through calls, which a warm page cache answers too, and from disks, which is
# all that is counted of a mapped file. A process that is gone or may not be asked has read nothing.
add_read() {
    while read -r io_name io_bytes; do
        case $io_name in
            rchar: | read_bytes:) bytes_read=$((bytes_read + io_bytes)) ;;
        esac
    done 2>/dev/null <"/proc/$1/io"
}

# ---- stage ----

stage() {
    [ $# -eq 3 ] || usage "stage takes 3 arguments"
    need_owner "$3"
    need_numbers "$2"
    enter "$1"
    stage_generation=$2
    need_lock
    need_generation "$stage_generation"
    sweep
    scratch=tmp.$$
    make_dir "$scratch"
    words=$(printf '%s\n' "$stage_generation" | put "$scratch/generation") || fail_with "$words"
    ranks=''
    ended=''
    while [ -z "$ended" ] && IFS= read -r line; do
        case $line in
            done) ended=yes ;;
            'unit '*) read_unit "${line#unit }" ;;
            *) usage "unexpected line: $line" ;;
        esac
    done
    [ -n "$ended" ] || usage "the input ended early"
    commit
    for rank in $ranks; do
        say "staged $stage_generation $rank"
    done
    prune
    finish ok
}

make_dir() {
    words=$(mkdir -p "$1" 2>&1) || fail_with "$words"
}

# What a stage that was killed left behind.
sweep() {
    for path in tmp.* events.*; do
        [ -e "$path" ] && ! kill -0 "${path#*.}" 2>/dev/null && rm -rf "$path"
    done
}

read_unit() {
    IFS=' ' read -r unit_rank unit_token unit_hash unit_rest <<END
$1
END
    need_numbers "$unit_rank"
    { is_word "$unit_token" && is_word "$unit_hash" && [ -z "$unit_rest" ]; } || usage "bad unit: $1"
    case " $ranks " in
        *" $unit_rank "*) usage "twice: unit $unit_rank" ;;
    esac
    need_no_live "$unit_rank"
    ranks="$ranks $unit_rank"
    make_dir "$scratch/r$unit_rank"
    words=$(printf 'token=%s\nhash=%s\ncreated=%s\nowner=%s\n' "$unit_token" "$unit_hash" "$(date +%s)" "$owner" |
        put "$scratch/r$unit_rank/unit") || fail_with "$words"
    while IFS= read -r line; do
        case $line in
            end) return ;;
            'file '*) read_staged_file "$scratch/r$unit_rank" "${line#file }" ;;
            *) usage "unexpected line: $line" ;;
        esac
    done
    usage "the input ended early"
}

read_staged_file() {
    IFS=' ' read -r file_mode file_lines file_name <<END
$2
END
    need_numbers "$file_lines"
    case $file_mode in
        [0-7][0-7][0-7] | 0[0-7][0-7][0-7]) ;;
        *) usage "not a mode: $file_mode" ;;
    esac
    is_word "$file_name" || usage "not a file name: $file_name"
    case $file_name in
        unit | identity | exits | exit | exit.* | log | gone | stopping | *.new) usage "reserved: $file_name" ;;
    esac
    words=$(copy_lines "$file_lines" | put "$1/$file_name") || fail_with "$words"
    words=$(chmod "$file_mode" "$1/$file_name" 2>&1) || fail_with "$words"
}

copy_lines() {
    lines_left=$1
    while [ "$lines_left" -gt 0 ] && IFS= read -r line; do
        printf '%s\n' "$line"
        lines_left=$((lines_left - 1))
    done
}

# Puts the staged directories in place, all or none.
commit() {
    await_turn
    need_lock
    need_generation "$stage_generation"
    for rank in $ranks; do
        need_no_live "$rank"
    done
    target=g$stage_generation
    fresh=''
    placed=''
    kept=''
    [ -d "$target" ] || fresh=yes
    make_dir "$target"
    for rank in $ranks; do
        if [ -e "$target/r$rank" ]; then
            number=1
            while [ -e "$target/r$rank.$number" ]; do
                number=$((number + 1))
            done
            words=$(mv "$target/r$rank" "$target/r$rank.$number" 2>&1) || undo
            kept="$kept $rank.$number"
        fi
        words=$(mv "$scratch/r$rank" "$target/r$rank" 2>&1) || undo
        placed="$placed $rank"
    done
    words=$(mv -f "$scratch/generation" generation 2>&1) || undo
}

undo() {
    for rank in $placed; do
        rm -rf "$target/r$rank"
    done
    for rank in $kept; do
        mv "$target/r$rank" "$target/r${rank%.*}"
    done
    [ -z "$fresh" ] || rmdir "$target"
    fail_with "$words"
}

# Keeps the newest five of the older generations, and any that has a living unit.
prune() {
    for path in g*; do
        is_number "${path#g}" && [ "${path#g}" -lt "$stage_generation" ] && printf '%s\n' "${path#g}"
    done | sort -rn | {
        kept=0
        while read -r old; do
            kept=$((kept + 1))
            [ "$kept" -le 5 ] || is_generation_live "$old" || rm -rf "g$old"
        done
    }
}

is_generation_live() {
    for dir in "g$1"/r*; do
        [ -d "$dir" ] || continue
        load "$dir"
        ! is_live || return 0
    done
    return 1
}

# ---- start ----

start() {
    [ $# -eq 4 ] || usage "start takes 4 arguments"
    need_owner "$4"
    need_numbers "$2" "$3"
    enter "$1"
    find_session
    await_turn
    need_lock
    need_generation "$2"
    dir=g$2/r$3
    { [ -f "$dir/unit" ] && [ -f "$dir/launch.sh" ]; } || finish refused missing "$dir"
    need_no_live "$3"
    load "$dir"
    [ -z "$u_pid" ] || finish refused missing "$dir has run; stage it again"
    export "MUSTER_DEPLOYMENT=$deployment" "MUSTER_GENERATION=$2" "MUSTER_NODE_RANK=$3"
    export "MUSTER_RUN_TOKEN=$u_token" "MUSTER_RENDER_HASH=$u_hash"
    # What the unit will have sent is told from it; a unit starts without it, too.
    (count_sent >"$dir/sent") 2>/dev/null || :
    # One line is read, not the end of file: the waiter keeps its end open for as long as the unit runs.
    answer=$(
        {
            restore_login
            detach sh "$script" "$nonce" waiter "$deployment" "$2" "$3" </dev/null 2>/dev/null
        } | {
            IFS= read -r line
            printf '%s' "$line"
        }
    )
    case $answer in
        'started '*) say "$answer" && finish ok ;;
        'failed '*) fail_with "${answer#failed }" ;;
        *) fail_with "the waiter ended without a word" ;;
    esac
}

find_session() {
    if command -v setsid; then
        session_tool=setsid
    elif busybox setsid true; then
        session_tool=busybox
    elif python3 -c ''; then
        session_tool=python3
    elif perl -e ''; then
        session_tool=perl
    else
        finish refused no-setsid >&6
    fi 6>&1 >/dev/null 2>&1
}

# Runs a command in a session of its own and returns at once. Never with `&`: that would leave SIGINT and SIGQUIT
# ignored in the unit for good. The first setsid makes the second a group leader, which therefore forks.
detach() {
    case $session_tool in
        setsid) setsid setsid "$@" ;;
        busybox) busybox setsid busybox setsid "$@" ;;
        python3)
            python3 -c 'import os, signal, sys
os.fork() and os._exit(0)
os.setsid()
for number in signal.SIGPIPE, signal.SIGXFSZ:
    signal.signal(number, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' "$@"
            ;;
        perl) perl -e 'use POSIX (); fork and exit; POSIX::setsid(); exec { $ARGV[0] } @ARGV' "$@" ;;
    esac
}

restore_login() {
    umask "$login_umask"
    case $login_lc_all in
        set*) LC_ALL=${login_lc_all#set} ;;
        *) unset LC_ALL ;;
    esac
}

# Not for callers: holds `exits` open while the unit runs, and writes its exit record. Lives through everything but
# SIGKILL; traps, unlike ignored signals, are not handed down to the unit.
waiter() {
    trap : HUP INT QUIT TERM PIPE USR1 USR2 TSTP
    cd "$state/$1/g$2/r$3" || exit 1
    load .
    exec 7>&1
    rm -f exits stopping
    words=$({ mkfifo exits && : >>log; } 2>&1) || waiter_failed
    # Room for the exit record is taken now: a unit that fills the disk must still get one.
    words=$(printf '%64s' '' | tr ' ' '\n' | put exit.room) || waiter_failed
    exec 9<>exits
    # So that the time of the exit costs no process then.
    read_clock
    epoch=$(($(date +%s) - now / 100))
    # In the foreground, because background commands of a shell ignore SIGINT.
    (
        launch "$2" "$3"
    )
    u_status=$?
    [ -f identity ] || waiter_failed
    read_clock
    printf 'status=%s\nended=%s\n' "$u_status" $((epoch + now / 100)) 1<>exit.room
    mv -f exit.room exit
    # The news. Flushing comes after: it may take seconds on a busy disk.
    exec 9>&-
    dd if=/dev/null of=exit conv=notrunc,fsync 2>/dev/null
    load .
    scan
    [ -n "$members" ] || mark_gone
    exit 0
}

waiter_failed() {
    rm -f exits exit.room identity
    [ -z "$words" ] || printf 'failed %s\n' "$(clean "$words")" >&7
    exit 0
}

# Becomes the unit, after its identity is on disk.
launch() {
    trap : PIPE
    proc_stat "$$" && waiter_start=$p_start && proc_stat self || exit 1
    pid=${stat_text# }
    pid=${pid%% *}
    words=$(printf 'boot=%s\npid=%s\nstart=%s\nsid=%s\nwaiter=%s\nwaiter_start=%s\nstarted=%s\n' \
        "$boot" "$pid" "$p_start" "$p_sid" "$$" "$waiter_start" "$(date +%s)" | put identity) || {
        printf 'failed %s\n' "$(clean "$words")" >&7
        exit 1
    }
    printf 'started %s %s %s %s %s %s\n' "$1" "$2" "$pid" "$p_start" "$p_sid" "$boot" >&7
    exec </dev/null >>log 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
    restore_login
    # shellcheck disable=SC1091 # staged with the unit
    [ ! -f env ] || . ./env
    exec sh launch.sh
}

# ---- stop ----

stop() {
    [ $# -ge 4 ] || usage "stop takes a deployment, an owner, steps, ports and units"
    case $2 in
        -) owner='' ;;
        *) need_owner "$2" ;;
    esac
    stop_steps=$3 stop_ports=$4
    enter "$1"
    shift 4
    need_steps
    need_ports
    need_lock
    # A teardown that has begun is finished, whether or not anybody still listens.
    broken_pipe=:
    trap : PIPE HUP
    pick_units "$@"
    touched=''
    for step in $stop_steps; do
        [ -n "$units" ] || break
        run_step "$step"
    done
    observe
}

need_steps() {
    [ "$stop_steps" != - ] || stop_steps=''
    stop_steps=$(printf '%s' "$stop_steps" | tr ',' ' ')
    set -f
    for step in $stop_steps; do
        is_number "${step##*:}" || usage "bad step: $step"
        case $step in
            *:launcher:* | *:all:*) ;;
            *) usage "bad step: $step" ;;
        esac
        case ${step%%:*} in
            TERM | INT | QUIT | HUP | KILL | ABRT | USR1 | USR2 | CONT | STOP) ;;
            *) usage "not a signal: $step" ;;
        esac
    done
    set +f
    case " $stop_steps" in
        *' KILL:all:'*) ;;
        *) stop_steps="$stop_steps KILL:all:0" ;;
    esac
}

need_ports() {
    [ "$stop_ports" != - ] || stop_ports=''
    stop_ports=$(printf '%s' "$stop_ports" | tr ',' ' ')
    port_pattern=''
    set -f
    for port in $stop_ports; do
        need_numbers "$port"
        port_pattern="$port_pattern${port_pattern:+|}$(printf '%04X' "$port")"
    done
    set +f
}

# Sets units to the run directories that have something left, and answers `gone` for those asked for by name that
# have not.
pick_units() {
    units='' unit_pids=' '
    for unit in "$@"; do
        case $unit in
            all)
                for dir in g*/r*; do
                    is_unit_dir "$dir" && pick_unit "$dir"
                done
                ;;
            *:*)
                need_numbers "${unit%%:*}" "${unit#*:}"
                dir=g${unit%%:*}/r${unit#*:}
                pick_unit "$dir" || say "gone ${unit%%:*} ${unit#*:}"
                ;;
            *) usage "not a unit: $unit" ;;
        esac
    done
}

pick_unit() {
    case " $units " in
        *" $1 "*) return 0 ;;
    esac
    load "$1"
    if is_live || has_container "$1"; then
        units="$units $1"
        return 0
    fi
    [ -z "$u_pid" ] || mark_gone
    return 1
}

run_step() {
    step_signal=${1%%:*} step_scope=${1#*:}
    step_scope=${step_scope%%:*}
    touched=yes
    step_grace=${1##*:}
    [ "$step_scope" = all ] || has_launcher || step_grace=0
    read_clock
    step_deadline=$((now + step_grace * 100))
    for dir in $units; do
        load "$dir"
        scan
        note_members
        # Only now, and only of a launcher that lives: one that fell a moment ago must not look stopped.
        ! leads || [ -e "$dir/stopping" ] || { true >"$dir/stopping"; } 2>/dev/null
        deliver "$step_signal" "$step_scope"
        split_dir "$dir"
        [ -z "$members" ] || say "signal $generation $rank $step_signal $count"
        [ "$step_signal:$step_scope" != KILL:all ] || kill_container "$dir"
    done
    until drop_gone && [ -z "$units" ]; do
        read_clock
        [ "$now" -lt "$step_deadline" ] || break
        if [ "$step_scope" = launcher ] && [ $((step_deadline - now)) -gt 100 ] && ! has_launcher; then
            # An orderly end takes its tree along, which may need a moment yet; but nobody is left to drain.
            step_deadline=$((now + 100))
        fi
        pause 0.05
    done
}

# The loaded unit's launcher lives.
leads() {
    [ -z "$u_status" ] && [ "$u_boot" = "$boot" ] && same "$u_pid" "$u_start"
}

has_launcher() {
    for dir in $units; do
        load "$dir"
        ! leads || return 0
    done
    return 1
}

# Every process that ever was the units': the GPU driver may name one after it is gone.
note_members() {
    for member in $members; do
        case $unit_pids in
            *" $member "*) ;;
            *) unit_pids="$unit_pids$member " ;;
        esac
    done
}

# Answers `gone` for units with nothing left and takes them off the list.
drop_gone() {
    drop_kept=''
    for dir in $units; do
        load "$dir"
        scan
        note_members
        if [ -n "$members" ] || [ "$u_waits" = yes ] || has_container "$dir"; then
            drop_kept="$drop_kept $dir"
        else
            mark_gone
            split_dir "$dir"
            say "gone $generation $rank"
        fi
    done
    units=$drop_kept
}

# After the last step: 10 s for processes and ports, 30 s for GPU memory, then what is left is named.
observe() {
    read_clock
    begun=$now
    while [ -n "$touched" ]; do
        drop_gone
        read_clock
        [ $((now - begun)) -lt 1000 ] || break
        open_ports
        [ -n "$units$ports" ] || break
        for dir in $units; do
            load "$dir"
            scan
            # A fork may have slipped through; and a waiter that has nothing to wait for writes its record and ends.
            deliver KILL all
            [ -n "$members" ] || [ $((now - begun)) -lt 500 ] || ! same "$u_waiter" "$u_waiter_start" ||
                kill -s KILL "$u_waiter"
        done
        pause 0.05
    done
    open_ports
    while gpu_left; [ -n "$gpus" ]; do
        read_clock
        [ $((now - begun)) -lt 3000 ] || break
        pause 0.5
    done
    name_leftovers
}

name_leftovers() {
    for dir in $units; do
        load "$dir"
        scan
        split_dir "$dir"
        [ "$u_waits" = no ] || members="$members $u_waiter:$u_waiter_start"
        for member in $members; do
            say "left $generation $rank ${member%:*} ${member#*:} $(title "${member%:*}")"
        done
        ! has_container "$dir" || say "left $generation $rank - - container $container"
    done
    for port in $ports; do
        say "port $((0x$port))"
    done
    for gpu in $gpus; do
        say "gpu ${gpu%:*} ${gpu#*:}"
    done
    [ -z "$units$ports$gpus" ] || finish failed leftovers
    finish ok
}

# Sets ports to those of the asked ports that listen, in hexadecimal.
open_ports() {
    ports=''
    [ -z "$port_pattern" ] || ports=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        grep -E "^ *[0-9]+: [0-9A-F]+:($port_pattern) [0-9A-F]+:[0-9A-F]+ 0A " |
        cut -d: -f3 | cut -d' ' -f1 | sort -u)
}

# Sets gpus to PID:MIB for those of the units' pids that still hold GPU memory.
gpu_left() {
    gpus=''
    [ "$unit_pids" != ' ' ] && command -v nvidia-smi >/dev/null || return 0
    ask_driver --query-compute-apps=pid,used_memory || return 0
    for row in $(printf '%s\n' "$bounded_text" | tr -d ' ' | tr ',' ':'); do
        # By now the number may be a stranger's.
        gpu_start=''
        ! proc_stat "${row%%:*}" || gpu_start="$p_start "
        case $unit_pids in
            *" ${row%%:*}:$gpu_start"*)
                is_number "${row#*:}" || row=${row%%:*}:-
                gpus="$gpus $row"
                ;;
        esac
    done
}

# Sets container to the unit's container and engine to the tool that has it; false if it does not run.
has_container() {
    container=''
    [ -f "$1/container" ] || return 1
    engine=
    { IFS= read -r container && IFS= read -r engine; } <"$1/container"
    is_word "$container" || return 1
    # A record without the program is from a launch by hand.
    case $engine in
        docker | podman) ;;
        *)
            engine=docker
            command -v docker >/dev/null || engine=podman
            ;;
    esac
    command -v "$engine" >/dev/null || return 1
    bounded "$engine" ps -q --filter "name=^$container\$"
    [ -n "$bounded_text" ]
}

kill_container() {
    has_container "$1" || [ -n "$container" ] || return 0
    bounded "$engine" kill "$container"
    bounded "$engine" rm -f "$container"
}

# ---- watch ----
# Descriptors: 3 reads events, 4 writes them, 5 is the real standard input, 6 the real standard output. Helpers keep
# neither 3 nor 6: with the main loop gone, writing to 4 fails, and nobody else keeps the channel open.

watch() {
    [ $# -eq 2 ] || usage "watch takes 2 arguments"
    [ "$2" = - ] || need_owner "$2"
    [ "$2" = - ] || [ -d "$state/$1" ] || { need_deployment "$1" && make_dir "$state/$1"; }
    enter "$1"
    say "hello $boot $(date +%s)"
    if [ "$2" != - ]; then
        hold
        say held
    fi
    words=$(mkfifo "events.$$" 2>&1) || fail_with "$words"
    exec 3<>"events.$$"
    exec 4>"events.$$"
    exec 5<&0 6>&1
    rm -f "events.$$"
    ticks=0 followed='' more_asked='' guarded='' sentry='' armed=''
    # A signal may end us while it is read.
    command_line=$(tr '\000' ' ' 2>/dev/null <"/proc/$$/cmdline")
    spawn keep
    keeper=$spawned
    while :; do
        IFS= read -r event <&3 || continue
        case $event in
            tick) on_tick ;;
            ready) spawn listen ;;
            'in '*) on_command "${event#in }" ;;
            'exit '*) on_exit "${event#exit }" ;;
            fallen) look_guarded ;;
            armed) armed=yes ;;
            more)
                more_asked=''
                ship_all
                ;;
            quit) finish ok ;;
            silent) finish failed io "no beat for 15 s" ;;
        esac
    done
}

# Takes the deployment's lock. The same owner come back, over a new connection, relieves its former watcher, which
# may be waiting on a dead one.
hold() {
    until take lock "$owner"; do
        [ "$holder_text" = "$owner" ] || finish refused locked "$holder_text"
        hold_pid=$holder_pid hold_start=$holder_start
        read_clock
        hold_deadline=$((now + 200))
        kill -s TERM "$hold_pid" 2>/dev/null
        while same "$hold_pid" "$hold_start" && read_clock && [ "$now" -lt "$hold_deadline" ]; do
            pause 0.02
        done
        ! same "$hold_pid" "$hold_start" || kill -s KILL "$hold_pid"
    done
}

# The ticker, and the one that ends it all when nothing is heard or when the main loop is gone or stuck.
keep() {
    exec 3<&- 5<&- 6>&- </dev/null >/dev/null 2>&1
    trap - EXIT
    trap : PIPE
    trap 'silence=0' USR1
    silence=0
    step=1
    sleep 0.01 || step=4
    printf 'ready\n' >&4
    while [ "$silence" -lt 60 ] && kill -0 "$$" && printf 'tick\n' >&4; do
        sleep 0.25 || sleep 1
        silence=$((silence + step))
    done
    # The main loop ends us when it can act on this; if it hangs on a dead channel, we end it and what it runs.
    printf 'silent\n' >&4
    sleep 1
    kill_kin
}

kill_kin() {
    proc_stat self
    kin_self=${stat_text# }
    kin_self=${kin_self%% *}
    kin=''
    ! same "$$" "$self_start" || kin=$(cd /proc && printf '%s\n' [0-9]*/stat | xargs grep -sl -e ") [[:alpha:]] $$ ")
    kin="$kin $(cd /proc && printf '%s\n' [0-9]*/cmdline | xargs grep -slzxF -e "$nonce")"
    ! same "$$" "$self_start" || kill -s KILL "$$"
    for kin_path in $kin; do
        kin_pid=${kin_path%/*}
        [ "$kin_pid" != "$kin_self" ] || continue
        case $kin_path in
            */cmdline) [ "$(tr '\000' ' ' <"/proc/$kin_path")" = "$command_line" ] || continue ;;
        esac
        kill -s KILL "$kin_pid"
    done
    exit 0
}

# Turns standard input into events.
listen() {
    exec 0<&5 3<&- 5<&- 6>&- >/dev/null 2>&1
    trap - EXIT
    while IFS= read -r line; do
        ! same "${keeper%:*}" "${keeper#*:}" || kill -s USR1 "${keeper%:*}"
        # Longer ones might not reach the other end in one piece.
        [ "${#line}" -le 1000 ] || line=''
        printf 'in %s\n' "$line" >&4 || exit 0
    done
    printf 'quit\n' >&4
    exit 0
}

# Turns the end of a waiter into an event.
await_exit() {
    exec 3<&- 5<&- 6>&- </dev/null >/dev/null 2>&1
    trap - EXIT
    while IFS= read -r line; do
        :
    done <"$1/exits"
    printf 'exit %s\n' "$1" >&4
    exit 0
}

on_command() {
    case $1 in
        quit) finish ok ;;
        'follow '*) follow "${1#follow }" ;;
        'guard '*) guard "${1#guard }" ;;
        beat) same "${keeper%:*}" "${keeper#*:}" || finish failed io "the ticker was killed" ;;
    esac
}

# Keeps what is guarded as GENERATION:RANK:PID:START.
guard() {
    IFS=' ' read -r generation rank guard_list <<END
$1
END
    case $guard_list in
        *[!0-9:\ ]*) return 0 ;;
    esac
    is_number "$generation" && is_number "$rank" || return 0
    for process in $guard_list; do
        is_number "${process%%:*}" && is_number "${process#*:}" || return 0
    done
    load "g$generation/r$rank"
    scan
    guard_kept=''
    for guard_item in $guarded; do
        case $guard_item in
            "$generation:$rank":*) ;;
            *) guard_kept="$guard_kept $guard_item" ;;
        esac
    done
    guard_told=''
    for process in $guard_list; do
        case " $guard_told " in
            *" $process "*) continue ;;
        esac
        guard_told="$guard_told $process"
        case " $members " in
            *" $process "*) guard_kept="$guard_kept $generation:$rank:$process" ;;
            *) say "vanished $generation $rank ${process%:*} ${process#*:}" ;;
        esac
    done
    guarded=$guard_kept
    look_guarded
    post_sentry
}

# Builtins only, for it comes with every tick unless a sentry is there and has looked; and a sentry may be wrong.
look_guarded() {
    guard_kept=''
    for guard_item in $guarded; do
        process=${guard_item#*:*:}
        if same "${process%:*}" "${process#*:}"; then
            guard_kept="$guard_kept $guard_item"
        else
            guard_item=${guard_item%:*:*}
            say "vanished ${guard_item%:*} ${guard_item#*:} ${process%:*} ${process#*:}"
        fi
    done
    guarded=$guard_kept
}

# One sentry for all that is guarded by now.
post_sentry() {
    [ -z "$sentry" ] || dismiss "$sentry"
    sentry='' armed=''
    { [ -n "$guarded" ] && command -v python3 >/dev/null; } || return 0
    guard_list=''
    for guard_item in $guarded; do
        guard_list="$guard_list ${guard_item#*:*:}"
    done
    # shellcheck disable=SC2086 # a list
    spawn sentry $guard_list
    sentry=$spawned
}

# Wakes the main loop the moment a process ends. What it says is a hint, which the main loop sees for itself. The pipe
# has no reader any more when the main loop is gone: poll tells that, too. The nonce shows whose it is.
sentry() {
    exec 3<&- 5<&- 6>&- </dev/null >/dev/null 2>&1
    trap - EXIT
    exec python3 -I -S -c 'import os, select, sys
poll = select.poll()
poll.register(4, 0)
left = set()
fallen = False
for process in sys.argv[2:]:
    pid, start = process.split(":")
    try:
        handle = os.pidfd_open(int(pid))
        with open("/proc/" + pid + "/stat", "rb") as stat:
            same = stat.read().rpartition(b")")[2].split()[19] == start.encode()
    except OSError:
        same = False
    if same:
        poll.register(handle, select.POLLIN)
        left.add(handle)
    else:
        fallen = True
os.write(4, b"armed\n")
while True:
    if fallen:
        os.write(4, b"fallen\n")
    if not left:
        break
    ready = {handle for handle, _ in poll.poll()}
    if 4 in ready:
        break
    for handle in ready:
        poll.unregister(handle)
    left -= ready
    fallen = True' "$nonce" "$@"
}

# What is known of a followed unit lives in variables named after it; its numbers were checked, so eval sees digits.
follow() {
    IFS=' ' read -r generation rank from most line <<END
$1
END
    is_number "$generation" && is_number "$rank" && is_number "$from" && is_number "${most:-0}" && [ -z "$line" ] ||
        return 0
    dir=g$generation/r$rank
    case " $followed " in
        *" $dir "*) forget_reader "$dir" ;;
        *) followed="$followed $dir" ;;
    esac
    recall "$dir"
    eval "offset_$key=$from backlog_$key=$most phase_$key=waiting quiet_$key=0"
    look "$dir"
    [ -n "$more_asked" ] || ship_turn "$dir"
}

# Sets generation, rank, key, offset, backlog, phase, quiet and reader for a followed unit.
recall() {
    split_dir "$1"
    key=${generation}_$rank
    offset='' backlog='' phase='' quiet='' reader=''
    eval "offset=\${offset_$key-0} backlog=\${backlog_$key-} phase=\${phase_$key-} quiet=\${quiet_$key-0}"
    eval "reader=\${reader_$key-}"
}

forget_reader() {
    recall "$1"
    [ -z "$reader" ] || dismiss "$reader"
    eval "reader_$key=''"
}

on_tick() {
    ticks=$((ticks + 1))
    [ $((ticks % 8)) -ne 1 ] || say "beat $(date +%s)"
    { [ -n "$armed" ] && [ $((ticks % 4)) -ne 0 ] && same "${sentry%:*}" "${sentry#*:}"; } || look_guarded
    for dir in $followed; do
        look "$dir"
    done
    # If a turn was asked for, that one ships, for ticks come whether or not their predecessors are dealt with.
    [ -n "$more_asked" ] || ship_all
}

# Sees how one unit is: cheap things at every tick, the rest once a second.
look() {
    recall "$1"
    if [ "$phase" = waiting ] && [ -f "$1/identity" ]; then
        load "$1"
        say "started $generation $rank ${u_pid:--} ${u_start:--}"
        phase=running
        eval "phase_$key=running"
        if [ -z "$u_status" ] && [ "$u_waits" = yes ]; then
            spawn await_exit "$1"
            eval "reader_$key=$spawned"
        fi
        conclude "$1"
    elif [ $((ticks % 4)) -eq 0 ]; then
        # The exit reader brings the news; this is for a reader that came too late or was killed.
        conclude "$1"
    fi
}

on_exit() {
    recall "$1"
    conclude "$1"
    # Descriptors close a moment before a process is gone: a killed waiter may still look alive.
    attempts=0
    while [ "$phase" = running ] && [ "$attempts" -lt 5 ]; do
        pause 0.02
        conclude "$1"
        attempts=$((attempts + 1))
    done
}

# Tells how a unit ended, if it did, after its last bytes.
conclude() {
    case $phase in
        running | orphaned) load "$1" ;;
        *) return 0 ;;
    esac
    [ "$u_waits" = no ] || [ -n "$u_status" ] || return 0
    if [ -n "$u_status" ]; then
        ship_tail "$1"
        say_stopped "$1"
        say "exited $generation $rank $u_status ${u_ended:--}"
        phase=ended
    else
        scan
        if [ -z "$members" ]; then
            mark_gone
            ship_tail "$1"
            say_stopped "$1"
            say "lost $generation $rank"
            phase=ended
        elif [ "$phase" = running ]; then
            say "orphaned $generation $rank"
            phase=orphaned
        fi
    fi
    eval "phase_$key=$phase"
    forget_reader "$1"
}

say_stopped() {
    [ ! -e "$1/stopping" ] || say "stopped $generation $rank"
}

ship_all() {
    for dir in $followed; do
        recall "$dir"
        { [ "$quiet" -ge 8 ] && [ $((ticks % 4)) -ne 0 ]; } || ship_turn "$dir"
    done
}

# A turn is short in time, too: behind a slow channel its bytes could take seconds.
ship_turn() {
    read_clock
    turn_end=$((now + 10))
    ship "$1" "$turn_size"
}

# Everything that is left, unless that is so much that the news would come late: then its end.
ship_tail() {
    log_size=$(size_of "$1/log") || return 0
    [ $((log_size - offset)) -le "$tail_size" ] || offset=$((log_size - tail_size))
    turn_end=''
    ship "$1" "$((tail_size * 2))"
}

# Sends at most $2 new bytes of a unit's log, and asks for another turn if there are more.
ship() {
    log_size=$(size_of "$1/log") || return 0
    [ "$log_size" -ge "$offset" ] || offset=0
    [ $((log_size - offset)) -le "${backlog:-$log_size}" ] || offset=$((log_size - backlog))
    if [ "$log_size" -eq "$offset" ]; then
        eval "quiet_$key=$((quiet + 1)) offset_$key=$offset"
        return 0
    fi
    ship_end=$log_size
    [ $((ship_end - offset)) -le "$2" ] || ship_end=$((offset + $2))
    {
        seek_input "$offset"
        while [ "$offset" -lt "$ship_end" ]; do
            ship_size=$((ship_end - offset))
            [ "$ship_size" -le "$block_size" ] || ship_size=$block_size
            say "log $generation $rank $offset $ship_size"
            copy_block "$ship_size"
            say
            offset=$((offset + ship_size))
            [ -z "$turn_end" ] || { read_clock && [ "$now" -lt "$turn_end" ]; } || break
        done
    } <"$1/log"
    eval "quiet_$key=0 offset_$key=$offset"
    [ "$offset" -ge "$log_size" ] || [ -n "$more_asked" ] || {
        # One at a time: each would be a turn that other news waits for.
        more_asked=yes
        printf 'more\n' >&4
    }
}

# ---- the call ----

script=$0
case $script in
    */*) state=${script%/*}/.. ;;
    *) state=.. ;;
esac
state=$(cd "$state" && pwd -P) || exit 1
script=$state/bin/${script##*/}
nonce=${1-}
verb=${2-}
case $nonce in
    '' | *[!A-Za-z0-9._-]*) nonce=- ;;
esac
[ $# -lt 2 ] || shift 2
[ "$verb" != waiter ] || waiter "$@"
trap tidy EXIT
trap on_signal HUP INT TERM
trap 'exit 1' PIPE
read_self
say "muster/1 $nonce"
[ "$nonce" != - ] || usage "no nonce"
case $verb in
    hello) hello ;;
    gpus) gpus "$@" ;;
    status) [ $# -eq 1 ] || usage "status takes 1 argument"; status "$1" ;;
    stage) stage "$@" ;;
    start) start "$@" ;;
    stop) stop "$@" ;;
    read) read_file "$@" ;;
    traffic) traffic "$@" ;;
    clock) clock "$@" ;;
    kernel) kernel "$@" ;;
    watch) watch "$@" ;;
    *) usage "no such verb: $verb" ;;
esac
