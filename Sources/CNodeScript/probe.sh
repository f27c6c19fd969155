#!/bin/sh
# What a node is, read and never changed: one run, one answer. Sources/MusterDoctor/MusterDoctor.docc/Probe.md says what
# each section holds; comments here say only why a line is the way it is.
#
#   sh -s -- NONCE [KEY=VALUE...] [-- ARGUMENT...] <probe.sh
#
# POSIX sh and tools that coreutils and busybox both have. Files in /sys are read by builtins, or thousands of them by
# one grep: a fork for each would cost seconds. No temporary files: a probe must also work where the disk is full.

LC_ALL=C
export LC_ALL
unset CDPATH
umask 077
newline='
'
nonce=${1-}
case $nonce in
    '' | *[!A-Za-z0-9._-]*)
        echo 'probe: the first word is to be a nonce of letters, digits and ._-' >&2
        exit 2
        ;;
esac
shift
# By this a probe knows the processes of probes, which speak of engines, too.
MUSTER_PROBE=$nonce
export MUSTER_PROBE
# A session without a terminal often lacks the directories where system tools are.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/cuda/bin
patience=8

model='' python='' state='' peers='' docker='' image='' engine=''
while [ $# -gt 0 ]; do
    case $1 in
        --)
            shift
            break
            ;;
        model=*) model=${1#*=} ;;
        python=*) python=${1#*=} ;;
        state=*) state=${1#*=} ;;
        peers=*) peers=${1#*=} ;;
        docker=*) docker=${1#*=} ;;
        image=*) image=${1#*=} ;;
        engine=*) engine=${1#*=} ;;
        *)
            printf 'probe: unknown word: %s\n' "$1" >&2
            exit 2
            ;;
    esac
    shift
done
# What is left is the command line that the engine's own parser is asked about.
case $state in \~ | \~/*) state=${HOME-}${state#\~} ;; esac
case $model in \~ | \~/*) model=${HOME-}${model#\~} ;; esac

# ---- sections ----

# Hundredths of a second since the machine started, by a builtin.
ticks() {
    ticks=0
    { read -r uptime _ </proc/uptime; } 2>/dev/null || return 0
    ticks=${uptime%.*}${uptime#*.}
    ticks=${ticks#"${ticks%%[!0]*}"}
    ticks=${ticks:-0}
}

# A program that did not answer once is not asked again: each time would cost the whole patience.
hung=''

# section NAME COMMAND...
section() {
    name=$1
    shift
    ticks
    before=$ticks
    # What was printed before need not have ended with a line break.
    printf '\n@@%s begin %s\n' "$nonce" "$name"
    # In a subshell: what goes wrong in one section must not end the others.
    ("$@" </dev/null) 2>&1
    status=$?
    [ "$status" -ne 124 ] || hung=yes
    ticks
    # A last line without a line break must not swallow the mark.
    printf '\n@@%s end %s %s %s\n' "$nonce" "$name" "$status" "$(((ticks - before) * 10))"
}

have() { command -v "$1" >/dev/null 2>&1; }

# A driver in trouble makes its tools hang, and that is an answer, too.
patiently() {
    if have timeout; then
        timeout -s KILL "$patience" "$@"
    else
        "$@" &
        patient=$!
        # Without the output of the section: whoever reads it would wait for this pause.
        (
            trap 'kill "$pause" 2>/dev/null; exit' TERM
            sleep "$patience" &
            pause=$!
            wait "$pause"
            kill -s KILL "$patient"
        ) >/dev/null 2>&1 &
        guard=$!
        # The shell's own word about a killed child is of no interest.
        wait "$patient" 2>/dev/null
        set -- "$?"
        kill -s TERM "$guard" 2>/dev/null
        wait "$guard" 2>/dev/null
        [ "$1" -ne 137 ] || return 124
        return "$1"
    fi
    status=$?
    [ "$status" -ne 137 ] || status=124
    return "$status"
}

# `PATH=VALUE` for each file that can be read; a file that refuses to be read is left out, as an empty GID slot does.
flat() {
    for file in "$@"; do
        [ -f "$file" ] || continue
        value=''
        { IFS= read -r value <"$file"; } 2>/dev/null || [ -n "$value" ] || continue
        printf '%s=%s\n' "$file" "$value"
    done
}

# The real path of a directory in $PWD, without a fork. Every path here is absolute, so it does not matter where we are.
enter() {
    # shellcheck disable=SC2164 # Its status is the answer.
    cd -P "$1" 2>/dev/null
}

# ---- the machine ----

now() { date +%s.%N; }

host() {
    { read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null && printf 'boot_id=%s\n' "$boot"
    # shellcheck disable=SC2046,SC2183 # Three words, in this order whatever the order of the letters.
    printf 'hostname=%s\nkernel=%s\nmachine=%s\n' $(uname -nrm)
    printf 'uid=%s\nhome=%s\nshell=%s\n' "$(id -u)" "${HOME-}" "${SHELL-}"
    [ ! -r /etc/os-release ] || sed -n 's/^PRETTY_NAME=/os=/p' /etc/os-release
    # This and the files of /proc/sys give all they have to the first read of more than one byte, which a shell's
    # builtin does not make.
    [ ! -r /proc/cmdline ] || printf 'cmdline=%s\n' "$(cat /proc/cmdline)"
    for file in /proc/sys/kernel/numa_balancing /proc/sys/net/ipv4/ip_local_port_range; do
        [ ! -r "$file" ] || printf '%s=%s\n' "$file" "$(cat "$file")"
    done
    flat /sys/devices/system/cpu/online /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor
    groups=0
    for group in /sys/kernel/iommu_groups/*; do [ ! -e "$group" ] || groups=$((groups + 1)); done
    printf 'iommu_groups=%s\n' "$groups"
}

# By themselves, since a name service that does not answer takes its time.
names() {
    printf 'user=%s\n' "$(patiently id -un)"
    own=$(uname -n)
    if have getent; then
        answer=$(patiently getent ahosts "$own")
        status=$?
    else
        answer=$(grep -E "[[:space:]]$own([[:space:]]|\$)" /etc/hosts)
        status=$?
    fi
    seen=' '
    while read -r address _; do
        case $seen$address in *" $address "* | ' ') continue ;; esac
        seen="$seen$address "
        [ -z "$address" ] || printf 'own_address=%s\n' "$address"
    done <<END
$answer
END
    # 2 is getent's word for a name that nobody knows, which is an answer.
    case $status in 1 | 2) status=0 ;; esac
    return "$status"
}

limits() { cat /proc/self/limits; }
memory() { cat /proc/meminfo; }

disks() {
    worst=0
    for place in /dev/shm /tmp "${HOME-}" "$state" "$model" "$@"; do
        case $place in /*) ;; *) continue ;; esac
        printf 'place=%s\n' "$place"
        # A path that does not exist yet lies on the disk of the directory that does. To look for it is left to a child:
        # a file server that is gone holds up whoever asks.
        # shellcheck disable=SC2016 # For the other shell.
        patiently sh -c 'while [ ! -e "$1" ] && [ -n "$1" ]; do set -- "${1%/*}"; done; exec df -kP "${1:-/}"' sh "$place"
        status=$?
        [ "$status" -eq 0 ] || worst=$status
    done
    return "$worst"
}

modules() {
    # A kernel that loads no modules has no such file.
    [ -e /proc/modules ] || return 127
    [ -r /proc/modules ] || return 126
    grep -E '^(nvidia|mlx|ib_|rdma|irdma|bnxt_re|efa|nv_peer|gdrdrv|bonding)' /proc/modules
    return 0
}

drivers() {
    [ ! -r /proc/driver/nvidia/version ] || sed 's/^/driver=/' /proc/driver/nvidia/version
    flat /sys/module/nvidia/version /sys/module/mlx5_core/version /sys/kernel/mm/memory_peers/*/version
}

kernel_log() {
    lines=$(patiently dmesg 2>&1)
    status=$?
    if [ "$status" -ne 0 ] && have journalctl; then
        lines=$(patiently journalctl -k --since=-7d --no-pager -o short-iso 2>&1)
        status=$?
        case $lines in *'insufficient permissions'* | *'No journal files'* | *'-- No entries --'*) status=126 ;; esac
    fi
    if [ "$status" -ne 0 ]; then
        printf '%s\n' "$lines" | head -n 3
        [ "$status" -eq 124 ] || status=126
        return "$status"
    fi
    # The NIC's driver talks a lot: only what tells of a fault may take the room.
    printf '%s\n' "$lines" | grep -E -e 'NVRM|SXid|fallen off the bus|available PCIe bandwidth|nvidia.peermem|AER:' \
        -e 'Out of memory|oom-kill|Hardware Error' \
        -e 'mlx5.*(Link down|odule event|ealth|syndrome|emperature|atal|timeout|cable|wait_func)' |
        tail -n 400
    return 0
}

# ---- GPUs ----

smi() {
    have nvidia-smi || return 127
    [ -z "$hung" ] || return 123
    patiently nvidia-smi "$@"
}

# Asks for a list of fields, and leaves out those that this driver does not know.
query() {
    fields=$1
    while [ -n "$fields" ]; do
        answer=$(smi --query-gpu="$fields" --format=csv 2>&1)
        status=$?
        case $answer in *'Field "'*'" is not a valid field'*) ;; *) break ;; esac
        unknown=${answer#*Field \"}
        unknown=${unknown%%\"*}
        rest=,$fields,
        case $rest in *,"$unknown",*) ;; *) break ;; esac
        rest=${rest%%,"$unknown",*},${rest#*,"$unknown",}
        rest=${rest#,}
        fields=${rest%,}
    done
    printf '%s\n' "$answer"
    return "$status"
}

gpus() {
    query index,name,uuid,pci.bus_id,driver_version,memory.total,memory.used,memory.free,memory.reserved,utilization.gpu,\
compute_cap,persistence_mode,compute_mode,mig.mode.current,ecc.mode.current,ecc.errors.uncorrected.volatile.total,\
remapped_rows.pending,remapped_rows.failure,retired_pages.pending,gpu_recovery_action,fabric.state,fabric.status,\
pcie.link.gen.current,pcie.link.gen.max,pcie.link.width.current,pcie.link.width.max,temperature.gpu,power.limit
}

topology() { smi topo -m; }
nvlink() { smi nvlink -s; }

# What was found before the section began.
found() {
    printf '%s\n' "$1"
    return "$2"
}

# `PID UID USER AGE PARENT DEPLOYMENT TITLE`; the deployment is muster's, `-` for all others.
process() {
    pid=$1
    stat=''
    { IFS= read -r stat <"/proc/$pid/stat"; } 2>/dev/null || return 0
    title=$(tr '\0\n' '  ' 2>/dev/null <"/proc/$pid/cmdline" | cut -c 1-200)
    # The shell that runs this had another environment when it was started.
    case $title in '' | *" $nonce "*) return 0 ;; esac
    deployment=$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" |
        sed -n -e 's/^MUSTER_PROBE=.*/*/p' -e 's/^MUSTER_DEPLOYMENT=//p')
    case $deployment in *'*'*) return 0 ;; esac
    uid=''
    while read -r key value _; do
        case $key$value in
            State:[ZX]) break ;;
            Uid:*) uid=$value && break ;;
        esac
    done 2>/dev/null <"/proc/$pid/status"
    # One that has ended meanwhile may have taken its mark with it.
    [ -n "$uid" ] || return 0
    case $users in
        *"$newline$uid="*)
            user=${users#*"$newline$uid="}
            user=${user%%"$newline"*}
            ;;
        *)
            user=$(sed -n "s/^\([^:]*\):[^:]*:$uid:.*/\1/p" /etc/passwd 2>/dev/null)
            [ -n "$user" ] || user=$(patiently id -nu "$uid" 2>/dev/null)
            user=${user:--}
            user=${user%%"$newline"*}
            users=$users$newline$uid=$user$newline
            ;;
    esac
    # The name stands in brackets and may hold blanks and brackets.
    # shellcheck disable=SC2086 # Fields of the kernel's.
    set -- ${stat##*) }
    parent=$2
    shift 19
    # 100 on every architecture that has such cards.
    printf '%s %s %s %s %s %s %s\n' "$pid" "$uid" "$user" "$((seconds - $1 / 100))" "$parent" "${deployment:--}" "$title"
}

begin_processes() {
    users=$newline
    { read -r uptime _ </proc/uptime; } 2>/dev/null
    seconds=${uptime%.*}
}

# Who holds the cards, by the answer of nvidia-smi.
holders() {
    begin_processes
    [ "$2" -eq 0 ] || return "$2"
    for pid in $(printf '%s\n' "$1" | sed -n 's/^[^,]*, *\([0-9][0-9]*\),.*/\1/p'); do process "$pid"; done
}

# What of an engine is left over or runs. Whole words of a command line are looked for, so that nobody who only speaks
# of an engine is taken for one.
processes() {
    begin_processes
    titles=$(patiently grep -szlxE -e '(sglang|vllm)::.*|VLLM::.*|(.*/)?(sglang|vllm)' \
        -e 'sglang\.launch_server|vllm\.entrypoints\..*|muster_standin\..*' /proc/[0-9]*/cmdline)
    status=$?
    for file in $titles; do
        pid=${file#/proc/}
        process "${pid%/cmdline}"
    done
    [ "$status" -ne 124 ]
}

# ---- PCI and RDMA ----

attributes='numa_node current_link_speed max_link_speed current_link_width max_link_width'

# Where a device hangs: the way through the bridges, its link, its driver.
pci_device() {
    ! enter "$1" || printf '%s=%s\n' "$1" "$PWD"
    flat "$1/vendor" "$1/device" "$1/class"
    for name in $attributes; do flat "$1/$name"; done
    [ ! -e "$1/physfn" ] || printf '%s/physfn=yes\n' "$1"
    ! enter "$1/driver" || printf '%s/driver=%s\n' "$1" "${PWD##*/}"
}

pci() {
    [ -d /sys/bus/pci/devices ] || return 127
    # Display and 3D controllers, Ethernet and InfiniBand.
    # shellcheck disable=SC2013 # The paths have no blanks.
    for class in $(grep -lE '^0x(03|0200|0207)' /sys/bus/pci/devices/*/class 2>/dev/null); do
        device=${class%/class}
        vendor=''
        { read -r vendor <"$device/vendor"; } 2>/dev/null
        { read -r class <"$class"; } 2>/dev/null
        case $vendor-$class in 0x10de-0x03* | 0x15b3-0x02* | *-0x0207*) pci_device "$device" ;; esac
    done
}

infiniband() {
    [ -d /sys/class/infiniband ] || return 127
    for device in /sys/class/infiniband/*; do
        [ -e "$device" ] || continue
        ! enter "$device/device" || printf '%s/device=%s\n' "$device" "$PWD"
        [ ! -e "$device/device/physfn" ] || printf '%s/device/physfn=yes\n' "$device"
        flat "$device/fw_ver" "$device/hca_type" "$device/board_id" "$device/node_guid"
        for name in $attributes; do flat "$device/device/$name"; done
        nets=''
        for net in "$device"/device/net/*; do [ ! -e "$net" ] || nets="$nets ${net##*/}"; done
        [ -z "$nets" ] || printf '%s/device/net=%s\n' "$device" "${nets# }"
        for port in "$device"/ports/*; do
            flat "$port/state" "$port/phys_state" "$port/rate" "$port/link_layer"
            # Totals since the driver was loaded: what they grow by while a model runs proves which way it talks.
            for name in port_xmit_data port_rcv_data port_xmit_discards port_xmit_wait link_downed symbol_error \
                link_error_recovery port_rcv_errors; do
                flat "$port/counters/$name"
            done
            for name in out_of_sequence packet_seq_err local_ack_timeout_err rnr_nak_retry_err implied_nak_seq_err \
                roce_slow_restart np_cnp_sent rp_cnp_handled out_of_buffer; do
                flat "$port/hw_counters/$name"
            done
        done
    done
    # One grep for all tables, which have 256 slots each; the type of an empty slot cannot be read.
    grep -sv -e '^0000:0000:0000:0000:0000:0000:0000:0000$' -e '^$' /dev/null /sys/class/infiniband/*/ports/*/gids/* |
        while IFS=: read -r file gid; do
            attributes=${file%/gids/*}/gid_attrs
            printf '%s=%s\n' "$file" "$gid"
            flat "$attributes/types/${file##*/}" "$attributes/ndevs/${file##*/}"
        done
    return 0
}

# Bridges tell only root whether they redirect.
access_control() {
    have lspci || return 127
    [ "$(id -u)" -eq 0 ] || return 126
    listing=$(patiently lspci -Dvvv 2>/dev/null)
    status=$?
    printf '%s\n' "$listing" | grep -E '^[0-9a-f]|ACSCtl:|LnkSta:|LnkCap:'
    return "$status"
}

rdma_software() {
    if have ofed_info; then
        # It ends in a colon, after which `ofed_info` without `-s` goes on.
        ofed=$(patiently ofed_info -s 2>/dev/null)
        printf 'ofed=%s\n' "${ofed%:}"
    fi
    for library in /usr/lib/*/libibverbs.so.1.* /usr/lib64/libibverbs.so.1.*; do
        [ ! -e "$library" ] || printf 'ibverbs=%s\n' "${library##*/}"
    done
    nodes=''
    for file in /dev/infiniband/*; do [ ! -e "$file" ] || nodes="$nodes ${file##*/}"; done
    [ -z "$nodes" ] || printf 'devices=%s\n' "${nodes# }"
}

# What decides whether RoCE loses packets: pauses, discards, traffic classes, congestion notification.
congestion() {
    [ -d /sys/class/infiniband ] || return 127
    for device in /sys/class/infiniband/*; do
        [ ! -e "$device" ] || flat "$device"/tc/*/traffic_class
        for net in "$device"/device/net/*; do
            [ -e "$net" ] || continue
            net=${net##*/}
            flat "/sys/class/net/$net"/ecn/roce_np/enable/* "/sys/class/net/$net"/ecn/roce_rp/enable/*
            ! have ethtool || patiently ethtool -S "$net" 2>/dev/null |
                sed -nE "s/^ *((rx|tx)_prio[0-9]_(pause|discards)|rx_discards_phy|rx_out_of_buffer): *([0-9]+)\$/$net.\\1=\\4/p"
        done
    done
}

# ---- network ----

addresses() {
    have ip || return 127
    patiently ip -j addr 2>/dev/null || patiently ip addr
}

routes() {
    have ip || return 127
    patiently ip -j route 2>/dev/null || patiently ip route
}

# One call for all peers: a process for each would cost more than all the rest on a large gang. Whom it does not answer,
# everybody where the tool knows no batches, is asked for singly, to have the reason. The first line is the way.
ways() {
    have ip || return 127
    set -f
    answered=,
    IFS=$newline
    # shellcheck disable=SC2086 # A list.
    for way in $(IFS=, && printf 'route get %s\n' $peers | ip -force -batch - 2>/dev/null); do
        peer=${way#local }
        peer=${peer%% *}
        case ,$peers, in
            *",$peer,"*) printf 'peer=%s %s\n' "$peer" "$way" && answered=$answered$peer, ;;
        esac
    done
    IFS=,
    for peer in $peers; do
        case $answered in *",$peer,"*) continue ;; esac
        way=$(ip route get "$peer" 2>&1)
        printf 'peer=%s %s\n' "$peer" "${way%%"$newline"*}"
    done
}

interfaces() {
    for net in /sys/class/net/*; do
        [ -d "$net" ] || continue
        flat "$net/operstate" "$net/carrier" "$net/mtu" "$net/speed" "$net/statistics/tx_bytes" "$net/statistics/rx_bytes"
        [ ! -e "$net/device" ] || { enter "$net/device" && printf '%s/device=%s\n' "$net" "$PWD"; }
        [ ! -e "$net/bridge" ] || printf '%s/bridge=yes\n' "$net"
        [ ! -e "$net/master" ] || { enter "$net/master" && printf '%s/master=%s\n' "$net" "${PWD##*/}"; }
    done
    return 0
}

bonds() {
    [ -d /proc/net/bonding ] || return 127
    for bond in /proc/net/bonding/*; do
        [ ! -r "$bond" ] || { printf '==> %s <==\n' "$bond" && cat "$bond"; }
    done
}

# The kernel's own tables: there is no need for a tool, and they name the owner's number. 0A is LISTEN.
listeners() {
    [ -r /proc/net/tcp ] || return 126
    for table in /proc/net/tcp /proc/net/tcp6; do
        [ ! -r "$table" ] || sed -nE \
            's/^ *[0-9]+: ([0-9A-F]+:[0-9A-F]+) [0-9A-F]+:[0-9A-F]+ 0A [^ ]+ [^ ]+ [^ ]+ +([0-9]+) +[0-9]+ +([0-9]+) .*/\1 \2 \3/p' \
            "$table"
    done
}

# ---- software ----

# Reads what packages say of themselves: importing an engine takes longer than all the rest, and touches the cards.
software_program='
import json, os, re, sys
found = {"python": sys.version.split()[0], "executable": sys.executable, "packages": {}}
wanted = re.compile(r"^(sglang|vllm|torch|triton|transformers|nvidia-nccl-cu\d+|sgl-kernel|sglang-kernel|"
    r"flashinfer[-a-z]*|xgrammar|numpy|ray)$")
listed = re.compile(r"^(.+?)-([^-]+?)(?:-py[\d.]+)?\.(?:dist|egg)-info$")
packages = found["packages"]
def text(*parts):
    try:
        with open(os.path.join(*parts), errors="replace") as file:
            return file.read(1 << 16)
    except OSError:
        return ""
for directory in [path for path in sys.path if path and os.path.isdir(path)]:
    for entry in sorted(os.listdir(directory)):
        parts = listed.match(entry)
        name = parts.group(1).lower().replace("_", "-").replace(".", "-") if parts else ""
        if wanted.match(name):
            packages.setdefault(name, parts.group(2))
    # An engine that was put there without pip says its version in its own source.
    for name in ("sglang", "vllm"):
        for source in ("version.py", "_version.py", "__init__.py"):
            said = re.search(r"^__version__\b[^\n]*?[\x27\"](\d[^\x27\"]*)[\x27\"]", text(directory, name, source), re.M)
            if said and name not in packages:
                packages[name] = said.group(1)
    version = text(directory, "torch", "version.py")
    for name, value in re.findall(r"^(cuda|hip)\b[^=\n]*=\s*[\x27\"]([^\x27\"]*)", version, re.M):
        found.setdefault("torch_" + name, value)
    library = os.path.join(directory, "nvidia", "nccl", "lib", "libnccl.so.2")
    if "nccl" not in found and os.path.exists(library):
        import hashlib
        with open(library, "rb") as file:
            head = hashlib.sha256(file.read(1 << 20)).hexdigest()[:16]
        found["nccl"] = {"path": library, "bytes": os.path.getsize(library), "head": head}
print(json.dumps(found))
'

# Sets runs to the interpreter of the engine: the one that is named, or the one in the first line of its program.
interpreter() {
    runs=''
    program=$(command -v "${python:-python3}") || {
        printf '%s\n' "${python:-python3}"
        return 127
    }
    case ${program##*/} in
        python*) runs=$program ;;
        *)
            first=''
            { IFS= read -r first <"$program"; } 2>/dev/null || return 126
            case $first in
                '#!'*/env\ *) runs=$(command -v "${first##* }") || return 127 ;;
                '#!'*)
                    first=${first#'#!'}
                    first=${first#' '}
                    runs=${first%% *}
                    # Where the path of the interpreter is too long for the kernel, pip writes a script for sh.
                    case $runs in */sh) runs=$(sed -n "2s/^'''exec' \"*\([^ \"]*\).*/\1/p" "$program") ;; esac
                    ;;
                *) return 126 ;;
            esac
            [ -x "$runs" ] || return 127
            ;;
    esac
}

# No byte code is written: it would be a change of the node.
run_python() {
    patiently "$runs" -B "$@" 2>/dev/null
}

software() {
    interpreter || return
    run_python -c "$software_program"
}

# Sizes, and what each shard says of its own length; the weights themselves are not read. A name instead of a path is
# looked for where the hub keeps what it has downloaded.
model_program='
import json, os, struct, sys
root = sys.argv[1]
if not root.startswith("/") and not os.path.exists(root):
    hub = os.environ.get("HF_HUB_CACHE") or os.path.join(
        os.environ.get("HF_HOME") or os.path.expanduser("~/.cache/huggingface"), "hub")
    kept = os.path.join(hub, "models--" + root.replace("/", "--"))
    try:
        with open(os.path.join(kept, "refs", "main")) as file:
            root = os.path.join(kept, "snapshots", file.read().strip())
    except OSError:
        pass
found = {"path": root, "exists": os.path.exists(root), "files": {}, "shards": {}, "texts": {}}
files = found["files"]
if os.path.isdir(root):
    for entry in sorted(os.scandir(root), key=lambda entry: entry.name):
        try:
            if entry.is_file():
                files[entry.name] = entry.stat().st_size
            elif entry.is_symlink() and not entry.is_dir():
                files[entry.name] = -1
        except OSError:
            files[entry.name] = -1
    for name in [name for name in files if name.endswith(".safetensors") and files[name] >= 0]:
        try:
            with open(os.path.join(root, name), "rb") as shard:
                length = struct.unpack("<Q", shard.read(8))[0]
                ends = 0
                if length <= min(files[name], 100 << 20):
                    header = json.loads(shard.read(length))
                    ends = max([v["data_offsets"][1] for k, v in header.items() if k != "__metadata__"] or [0])
            found["shards"][name] = [8 + length, ends]
        except Exception as error:
            found["shards"][name] = type(error).__name__ + ": " + str(error)
    for name in ("config.json", "hf_quant_config.json", "quantize_config.json", "generation_config.json"):
        try:
            with open(os.path.join(root, name), errors="replace") as file:
                found["texts"][name] = file.read(1 << 20)
        except OSError:
            pass
    try:
        with open(os.path.join(root, "model.safetensors.index.json")) as file:
            index = json.load(file)
        found["index"] = {"files": sorted(set(index["weight_map"].values())), "tensors": len(index["weight_map"]),
            "total_size": index.get("metadata", {}).get("total_size")}
    except FileNotFoundError:
        pass
    except Exception as error:
        found["index"] = {"error": type(error).__name__ + ": " + str(error)}
print(json.dumps(found))
'

model_files() {
    # With containers the interpreter of the engine is not that of the host.
    interpreter >/dev/null || runs=$(command -v python3) || return 127
    patience=60
    run_python -c "$model_program" "$model"
}

# Asks the parser that the engine itself uses. Refusals are collected: what is refused is left out, and it is asked again.
# With the one word --muster-flags it tells its flags, as lines of a catalogue of one release.
engine_program='
import argparse, importlib, json, os, re, sys
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # Engines log to the standard output while they are imported.
engine, words = sys.argv[1], sys.argv[2:]
class Refusal(Exception):
    pass
def refuse(message):
    raise Refusal(message)
def first(name, *modules):
    problem = None
    for module in modules:
        try:
            return getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as error:
            # The module moved between releases; one that it needs itself is another matter.
            if not (module + ".").startswith((error.name or "") + "."):
                raise
            problem = problem or error
        except AttributeError as error:
            problem = error
    raise problem
def build():
    if engine == "sglang":
        parser = argparse.ArgumentParser()
        first("ServerArgs", "sglang.srt.server_args").add_cli_args(parser)
        return parser
    parser = first("FlexibleArgumentParser", "vllm.utils.argparse_utils", "vllm.utils")()
    made = first("make_arg_parser", "vllm.entrypoints.common.cli_args", "vllm.entrypoints.launchers.cli_args",
        "vllm.entrypoints.openai.cli_args")(parser)
    parser = made or parser
    if not any(action.dest == "model_tag" for action in parser._actions):
        parser.add_argument("model_tag", nargs="?")
    return parser
def plain(name):
    return "--" + name[2:].replace("_", "-") if name.startswith("--") else name
def without(words, complaint):
    said = re.match(r"argument ([^\s:]+):", complaint) or re.match(r"ambiguous option: ([^\s=]+)", complaint)
    if not said:
        return None
    names = [plain(name) for name in said.group(1).split("/")]
    for place, word in enumerate(words):
        name = plain(word.split("=")[0])
        if name.startswith("-") and (name in names or name.startswith("--") and any(n.startswith(name) for n in names)):
            end = place + 1
            while end < len(words) and not words[end].startswith("-"):
                end += 1
            return words[:place] + words[end:]
    return None
def text(value):
    return " ".join(str(value).split())[:200]
def arity(action):
    if action.nargs is None:
        return "repeated" if type(action).__name__ == "_AppendAction" else "one"
    return {0: "none", "?": "maybe", "*": "any"}.get(action.nargs, "some")
def line(action):
    names = [plain(name) for name in action.option_strings]
    longs = [name[2:] for name in names if name.startswith("--")]
    # Beside --enable-N the name --disable-N switches it off, or the other way about: what stands first is the flag.
    pairs = {"disable-": "enable-", "enable-": "disable-"}
    off = [name for place, name in enumerate(longs) if name.startswith("no-") and name[3:] in longs
        or place > 0 and any(name.startswith(word) and other + name[len(word):] == longs[0] for word, other in pairs.items())]
    same = [name for name in longs if name not in off]
    same += [name for name in names if not name.startswith("--")]
    if not longs or action.dest == "help":
        return []
    has_value = action.nargs != 0
    form = {int: "integer", float: "number", json.loads: "json"}.get(action.type, "text") if has_value else ""
    # No value is no choice of one.
    choices = "|".join(text(choice) for choice in action.choices or () if choice is not None) if has_value else ""
    default = "" if action.default in (None, False, argparse.SUPPRESS) else text(action.default)
    spellings = ["=" + name for name in same[1:]] + ["!" + name for name in off]
    deprecated = "deprecated" if getattr(action, "deprecated", False) else ""
    own = [same[0], "00-00", arity(action), form, choices, default, " ".join(spellings), deprecated]
    return [own] + [[name[1:], "00-00", name[0] + same[0]] for name in spellings]
def version():
    try:
        return importlib.import_module("importlib.metadata").version(engine)
    except Exception:
        return str(getattr(importlib.import_module(engine), "__version__", ""))
answer = {"engine": engine, "complaints": []}
try:
    parser = build()
    parser.error = refuse
    rest = words
    if words == ["--muster-flags"]:
        lines = {one[0]: one for action in parser._actions for one in line(action)}
        answer["version"] = version()
        answer["flags"] = ["\t".join(lines[name]).rstrip("\t") for name in sorted(lines)]
        rest = None
    while rest is not None and len(answer["complaints"]) < 20:
        try:
            parser.parse_args(rest)
            break
        except Refusal as refusal:
            complaint = str(refusal)
        except SystemExit as error:
            complaint = "the parser ends the program with status " + str(error.code)
        except Exception as error:
            complaint = type(error).__name__ + ": " + str(error)
        if complaint not in answer["complaints"]:
            answer["complaints"].append(complaint)
        rest = without(rest, complaint)
except BaseException as error:
    answer = {"engine": engine, "error": type(error).__name__ + ": " + str(error)}
out.write(json.dumps(answer) + "\n")
out.flush()
os._exit(0)
'

ask_engine() {
    interpreter || return
    patience=60
    VLLM_NO_USAGE_STATS=1
    export VLLM_NO_USAGE_STATS
    run_python -c "$engine_program" "$engine" "$@"
}

# ---- containers ----

containers() {
    have "$docker" || {
        printf '%s\n' "$docker"
        return 127
    }
    answer=$(patiently "$docker" info --format '{{json .Runtimes}}|{{.DockerRootDir}}|{{.ServerVersion}}' 2>&1)
    status=$?
    if [ "$status" -ne 0 ]; then
        printf '%s\n' "$answer" | tail -n 3
        return "$status"
    fi
    root=${answer#*|}
    printf 'runtimes=%s\nroot=%s\nversion=%s\n' "${answer%%|*}" "${root%|*}" "${root##*|}"
    [ -n "$image" ] || return 0
    if answer=$(patiently "$docker" image inspect --format '{{.Id}}|{{json .RepoDigests}}' "$image" 2>&1); then
        printf 'image=%s\ndigests=%s\n' "${answer%%|*}" "${answer#*|}"
    else
        status=$?
        # Its words differ between docker and podman; without the image there is nothing to say about it.
        printf 'missing=%s\n' "$image"
        [ "$status" -ne 124 ] || return 124
    fi
}

# ---- the answer ----

# All lanes at once: the first writes what it finds as it finds it, then what the others have written meanwhile. Whoever
# may hang for ever stands further behind, so that what is there reaches the reader all the same.
kernel_lane() {
    section clock now
    section host host
    section limits limits
    section memory memory
    section modules modules
    section drivers drivers
    section pci pci
    section infiniband infiniband
    section rdma_software rdma_software
    section interfaces interfaces
    section bonds bonds
    section listeners listeners
    section addresses addresses
    section routes routes
    [ -z "$peers" ] || section ways ways
    section kernel_log kernel_log
    section names names
}

software_lane() {
    section software software
    section processes processes
    [ -z "$docker" ] || section containers containers
    section congestion congestion
    section access_control access_control
}

disk_lane() {
    section disks disks
    [ -z "$model" ] || section model model_files
}

gpu_lane() {
    section gpus gpus
    held=$(smi --query-compute-apps=gpu_uuid,pid,process_name,used_gpu_memory --format=csv 2>&1 </dev/null)
    held_status=$?
    section apps found "$held" "$held_status"
    section holders holders "$held" "$held_status"
    section topology topology
    section nvlink nvlink
}

engine_lane() {
    [ -z "$engine" ] || section engine ask_engine "$@"
}

gpu_lane </dev/null | { engine_lane "$@"; cat; } | { disk_lane; cat; } | { software_lane; cat; } | { kernel_lane; cat; }
section clock_after now
printf '@@%s done\n' "$nonce"
