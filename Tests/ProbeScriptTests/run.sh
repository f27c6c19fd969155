#!/bin/sh
# Tests of Sources/CNodeScript/probe.sh against what Probe.md says, under each shell a node may have.
#
#   run.sh [dash|bash|busybox ...] [-k PATTERN]     all three by default; -k runs the cases whose name matches
#
# Cases that need devices get a /sys of their own in a private mount namespace, which only root may make; they are skipped
# aloud otherwise. Each prints `ok` or `not ok`, and the run ends with `N passed, M failed, K skipped`.

# Scripts stand in quotes on purpose; helpers are called through others; names of files here are known.
# shellcheck disable=SC2016,SC2317,SC2012,SC2013,SC2015

here=$(cd "$(dirname "$0")" && pwd -P)
subject=$here/../../Sources/CNodeScript/probe.sh
[ "${1-}" = --inside ] || root=$(mktemp -d) || exit 1
LC_ALL=C
export LC_ALL
unset CDPATH

# ---- helpers ----

# Runs the probe as ssh would: the script on standard input. Its answer is in $dir/out, its time in $spent.
probe() {
    read -r uptime _ </proc/uptime
    before=$(echo "$uptime" | tr -d .)
    PATH=$dir/bin:$node_path HOME=$home "$node_shell" -s -- "$nonce" "$@" <"$subject" >"$dir/out" 2>>"$dir/err"
    code=$?
    read -r uptime _ </proc/uptime
    spent=$((($(echo "$uptime" | tr -d .) - before) * 10))
    [ "$code" -eq "${wanted:-0}" ] || note "exit status $code of: $*"
    [ "$code" -eq "${wanted:-0}" ]
}

note() { printf '    # %s\n' "$*" >>"$dir/notes"; }

# The text of a section.
text() { sed -n "/^@@$nonce begin $1\$/,/^@@$nonce end $1 /p" "$dir/out" | sed '1d;$d'; }

# ended SECTION STATUS
ended() {
    found=$(sed -n "s/^@@$nonce end $1 \\([0-9]*\\) [0-9]*\$/\\1/p" "$dir/out")
    [ "$found" = "$2" ] || { note "section $1 ended with '$found', not $2: $(text "$1" | head -c 300 | tr '\n' '|')" && return 1; }
}

# has SECTION TEXT: a line of the section holds the text.
has() {
    text "$1" | grep -qF -e "$2" || { note "no '$2' in $1: $(text "$1" | head -c 600 | tr '\n' '|')" && return 1; }
}

lacks() {
    ! text "$1" | grep -qF -e "$2" || { note "'$2' in $1" && return 1; }
}

is_done() { tail -n 1 "$dir/out" | grep -qx "@@$nonce done" || { note "no end" && return 1; }; }

below() { [ "$1" -le "$2" ] || { note "took $1 ms, not $2" && return 1; }; }

# tool NAME: a program in front of all others, from standard input.
tool() {
    { printf '#!/bin/sh\n' && cat; } >"$dir/bin/$1"
    chmod 755 "$dir/bin/$1"
}

# only TOOL...: leaves no other programs in the search path but those of the case.
only() {
    mkdir "$dir/few"
    for name in "$@"; do found=$(PATH=$node_path command -v "$name") && ln -s "$found" "$dir/few/$name"; done
    node_path=$dir/few
}

skip() {
    printf 'SKIPPED %s (%s): %s\n' "$case_name" "$shell" "$*"
    echo x >>"$root/skipped"
    : >"$dir/skipped"
}

# privately FUNCTION [OPTION...]: runs a function of this file where mounts are its own.
privately() {
    function=$1
    shift
    unshare --mount "$@" true 2>/dev/null || { skip "needs root for mounts of its own" && return 0; }
    export root dir home nonce shell node_shell node_path case_name subject
    unshare --mount "$@" sh "$here/run.sh" --inside "$function"
}

# put FILE VALUE
put() {
    mkdir -p "${1%/*}"
    printf '%s\n' "$2" >"$1"
}

# hca NUMBER: one RDMA device of a fake /sys with a GID table of 256 slots, of which four are in use.
hca() {
    device=/sys/devices/pci0000:16/0000:16:01.0/0000:$((10 + $1)):00.0
    ports=$device/infiniband/mlx5_$1/ports/1
    mkdir -p "$device/net/ens${1}f0" "$ports/gids" "$ports/gid_attrs/types" "$ports/gid_attrs/ndevs" "$ports/counters"
    put "$device/vendor" 0x15b3 && put "$device/class" 0x020000 && put "$device/device" 0x101d
    put "$device/numa_node" 0 && put "$device/current_link_width" 16 && put "$device/max_link_width" 16
    ln -s "$device" "/sys/bus/pci/devices/${device##*/}"
    ln -s "$device" "$device/infiniband/mlx5_$1/device"
    ln -s "$device/infiniband/mlx5_$1" "/sys/class/infiniband/mlx5_$1"
    ln -s "$device/net/ens${1}f0" "/sys/class/net/ens${1}f0"
    put "$ports/state" '4: ACTIVE' && put "$ports/phys_state" '5: LinkUp' && put "$ports/rate" '100 Gb/sec (4X EDR)'
    put "$ports/link_layer" Ethernet && put "$ports/counters/port_xmit_data" 125000
    put "$device/net/ens${1}f0/mtu" 9000 && put "$device/net/ens${1}f0/operstate" up
    slot=0
    while [ "$slot" -lt 256 ]; do
        gid=0000:0000:0000:0000:0000:0000:0000:0000
        if [ "$slot" -lt 4 ]; then
            gid=0000:0000:0000:0000:0000:ffff:0a00:0$(printf '%03x' "$((256 * $1 + slot))")
            echo 'RoCE v2' >"$ports/gid_attrs/types/$slot" && echo "ens${1}f0" >"$ports/gid_attrs/ndevs/$slot"
        fi
        echo "$gid" >"$ports/gids/$slot"
        slot=$((slot + 1))
    done
}

# A /sys with so many HCAs.
fake_sys() {
    mount -t tmpfs fake /sys && mkdir -p /sys/class/infiniband /sys/class/net /sys/bus/pci/devices || return 1
    number=0
    while [ "$number" -lt "$1" ]; do
        hca "$number"
        number=$((number + 1))
    done
}

interpreter() {
    real_python=$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null) || { skip "needs python3" && return 1; }
    ln -sf "$real_python" "$dir/bin/python3"
}

# Packages with the parsers where the engines have them.
fake_engines() {
    mkdir -p "$dir/py/sglang/srt" "$dir/py/vllm/utils" "$dir/py/vllm/entrypoints/openai"
    for package in sglang/srt vllm vllm/utils vllm/entrypoints vllm/entrypoints/openai; do : >"$dir/py/$package/__init__.py"; done
    echo '__version__ = "0.5.9"' >"$dir/py/sglang/__init__.py"
    mkdir -p "$dir/py/vllm-0.32.0.dist-info" "$dir/py/nvidia_nccl_cu12-2.27.5.dist-info"
    cat >"$dir/py/sglang/srt/server_args.py" <<'END'
print("loading")
class ServerArgs:
    @staticmethod
    def add_cli_args(parser):
        parser.add_argument("--model-path", required=True)
        parser.add_argument("--tp-size", "--tensor-parallel-size", type=int, default=1)
        parser.add_argument("--pp-size", type=int)
        parser.add_argument("--pp-async-batch-depth", type=int)
        parser.add_argument("--dtype", choices=["auto", "half"])
END
    cat >"$dir/py/vllm/utils/argparse_utils.py" <<'END'
import argparse
class FlexibleArgumentParser(argparse.ArgumentParser):
    def parse_args(self, args=None, namespace=None):
        args = [w.split("=")[0].replace("_", "-") + w[len(w.split("=")[0]):] if w.startswith("--") else w for w in args]
        return super().parse_args(args, namespace)
END
    cat >"$dir/py/vllm/entrypoints/openai/cli_args.py" <<'END'
def make_arg_parser(parser):
    parser.add_argument("--tensor-parallel-size", "-tp", type=int)
    parser.add_argument("--seed", type=int)
    return parser
END
    PYTHONPATH=$dir/py
    export PYTHONPATH
}

# ---- cases ----

case_calling() {
    wanted=2
    probe nonsense && probe modle=/x || return 1
    nonce='a b' probe && nonce='' probe || return 1
    wanted=0
    probe -- --anything 'goes here' && is_done
}

case_bare_node() { privately bare; }
bare() {
    # Nothing but what the script itself needs, and neither timeout nor python3 nor ip.
    only cat cut date df dmesg grep head id readlink sed sh sleep tail tr uname
    for directory in /usr/local/sbin /usr/sbin /sbin; do
        [ -L "$directory" ] || mount -t tmpfs -o ro none "$directory" || return 1
    done
    probe peers=10.0.0.9 docker=docker python=python3 model=/nowhere engine=vllm || return 1
    for section in gpus apps holders topology nvlink addresses routes ways software containers model engine; do
        ended "$section" 127 || return 1
    done
    has software python3 && has containers docker || return 1
    for section in clock host limits memory disks listeners names processes clock_after; do ended "$section" 0 || return 1; done
    has host "kernel=$(uname -r)" && has disks place=/dev/shm && has names "user=$(id -un)" && is_done
}

case_nvidia_smi_hangs() {
    echo 'exec sleep 100' | tool nvidia-smi
    probe || return 1
    ended gpus 124 && ended apps 123 && ended topology 123 && ended nvlink 123 && ended memory 0 && is_done && below "$spent" 12000
}

case_nvidia_smi_hangs_without_timeout() {
    echo 'exec sleep 100' | tool nvidia-smi
    only cat cut date df dmesg grep head id sed sh sleep tail tr uname
    probe || return 1
    ended gpus 124 && ended topology 123 && is_done && below "$spent" 12000
}

case_fields_that_the_driver_does_not_know() {
    tool nvidia-smi <<'END'
case $1 in
    --query-gpu=*gpu_recovery_action*) printf 'Field "gpu_recovery_action" is not a valid field to query.\n\n' && exit 2 ;;
    --query-gpu=*fabric.status*) printf 'Field "fabric.status" is not a valid field to query.\n\n' && exit 2 ;;
    --query-gpu=*,power.limit*) printf 'Field "power.limit" is not a valid field to query.\n\n' && exit 2 ;;
    --query-gpu=index,name,*) printf '%s\n0, NVIDIA L40S\n' "${1#*=}" ;;
    --query-compute-apps=*) printf 'gpu_uuid, pid, process_name, used_gpu_memory [MiB]\nGPU-0, %s, x y, 5 MiB\n' "$PPID_OF_TEST" ;;
    topo) printf 'matrix %s\n' "$2" ;;
    *) echo 'Failed to initialize NVML: Driver/library version mismatch' && exit 18 ;;
esac
END
    PPID_OF_TEST=$$
    export PPID_OF_TEST
    probe || return 1
    ended gpus 0 && has gpus 'NVIDIA L40S' && has gpus fabric.state && lacks gpus fabric.status && lacks gpus power.limit &&
        has topology 'matrix -m' && ended nvlink 18 && has nvlink 'version mismatch' && has holders "$$ $(id -u) $(id -un) "
}

case_leftover_engine() {
    MUSTER_DEPLOYMENT=demo bash -c 'exec -a sglang::scheduler_TP0 sleep 60' 2>/dev/null &
    leftover=$!
    # Somebody who only speaks of an engine.
    sh -c 'sleep 60; : sglang.launch_server' &
    speaker=$!
    sleep 0.2
    probe -- --model-path sglang.launch_server
    result=$?
    kill "$leftover" "$speaker"
    [ "$result" -eq 0 ] && ended processes 0 || return 1
    if command -v bash >/dev/null; then has processes "$leftover $(id -u) $(id -un) " && has processes ' demo sglang::scheduler_TP0' || return 1; fi
    lacks processes "$speaker " && lacks processes grep && lacks processes "$nonce"
}

case_software_and_model() {
    interpreter || return 0
    fake_engines
    model="$dir/a model's \"home\""
    mkdir "$model"
    printf '{"a": 1}' >"$model/config.json"
    printf '\074\0\0\0\0\0\0\0{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}        1234' >"$model/one.safetensors"
    printf 'short' >"$model/two.safetensors"
    printf '{"metadata":{"total_size":4},"weight_map":{"a":"one.safetensors"}}' >"$model/model.safetensors.index.json"
    ln -s nowhere "$model/lost.safetensors"
    probe "model=$model" || return 1
    ended software 0 && has software '"sglang": "0.5.9"' && has software '"vllm": "0.32.0"' && has software '"nvidia-nccl-cu12": "2.27.5"' &&
        ended model 0 && has model '"one.safetensors": [68, 4]' && has model '"two.safetensors": "error' && has model '"lost.safetensors": -1' &&
        has model '"total_size": 4' && has disks "place=$model" || return 1
    probe model=/nowhere/at/all && ended model 0 && has model '"exists": false' && has disks place=/nowhere/at/all || return 1
    HF_HOME=$dir/hub
    export HF_HOME
    mkdir -p "$dir/hub/hub/models--o--n/refs" "$dir/hub/hub/models--o--n/snapshots/77"
    printf 77 >"$dir/hub/hub/models--o--n/refs/main"
    probe model=o/n && has model 'snapshots/77", "exists": true'
    [ -z "$(find "$dir/py" -name '*.pyc')" ] || { note "byte code was written" && return 1; }
}

case_engine_of_a_console_script() {
    interpreter || return 0
    fake_engines
    printf '#!%s\nimport vllm\n' "$real_python" >"$dir/bin/vllm"
    printf "#!/bin/sh\n'''exec' \"%s\" \"\$0\" \"\$@\"\n' '''\n" "$real_python" >"$dir/bin/sglang"
    printf '\177ELF' >"$dir/bin/binary"
    chmod 755 "$dir/bin/vllm" "$dir/bin/sglang" "$dir/bin/binary"
    probe python=vllm && ended software 0 && has software "\"executable\": \"$real_python\"" || return 1
    probe python=sglang && ended software 0 && has software '"sglang": "0.5.9"' || return 1
    probe python=binary && ended software 126 || return 1
    probe python=absent && ended software 127 && has software absent
}

case_the_engine_tells_its_flags() {
    interpreter || return 0
    fake_engines
    probe engine=sglang -- --muster-flags || return 1
    ended engine 0 && has engine '"tp-size\t00-00\tone\tinteger' && has engine '"tensor-parallel-size\t00-00\t=tp-size"' || return 1
    probe engine=vllm -- --muster-flags || return 1
    ended engine 0 && has engine '"tensor-parallel-size\t00-00\tone\tinteger' && has engine '"-tp\t00-00\t=tensor-parallel-size"'
}

case_the_engine_is_asked() {
    interpreter || return 0
    fake_engines
    probe engine=sglang -- --model-path "/a b/it's \"x\"" --tensor-parallel-size=16 || return 1
    ended engine 0 && has engine '{"engine": "sglang", "complaints": []}' || return 1
    probe engine=sglang -- --model-path /m --tp-size many --pp 2 --dtype fp7 --nonsense 1 || return 1
    has engine 'argument --tp-size/--tensor-parallel-size: invalid int value' && has engine 'ambiguous option: --pp' &&
        has engine 'argument --dtype: invalid choice' && has engine 'unrecognized arguments: --nonsense' || return 1
    probe engine=sglang -- --tp-size 2 && has engine 'the following arguments are required: --model-path' || return 1
    probe engine=vllm -- /m --tensor_parallel_size 8 --seed 1 && has engine '"complaints": []' || return 1
    probe engine=vllm -- /m -tp x --swap-space 4 && has engine 'argument --tensor-parallel-size/-tp' && has engine '--swap-space 4' || return 1
    rm "$dir/py/vllm/utils/argparse_utils.py"
    probe engine=vllm -- /m && has engine '"error": "AttributeError' || return 1
    echo 'import no_such_library' >"$dir/py/sglang/srt/server_args.py"
    probe engine=sglang -- x && has engine "No module named 'no_such_library'"
}

case_containers() {
    tool docker <<'END'
case $1-$2 in
    info-*) echo '{"runc":{}}|/var/lib/docker|27.3.1' ;;
    image-inspect) [ "$5" = 'lmsys/sglang:v1' ] || { echo 'No such image' >&2 && exit 1; } && echo 'sha256:1|["a@sha256:2"]' ;;
esac
END
    probe docker=docker image=lmsys/sglang:v1 || return 1
    ended containers 0 && has containers 'runtimes={"runc":{}}' && has containers version=27.3.1 && has containers 'digests=["a@sha256:2"]' || return 1
    probe docker=docker image=other && ended containers 0 && has containers missing=other || return 1
    echo 'echo "permission denied while trying to connect" >&2; exit 1' | tool docker
    probe docker=docker && ended containers 1 && has containers 'permission denied'
}

case_own_processes() {
    # What asks the engine has its name as a word of its own, and is still there when processes are looked for.
    echo 'for last; do :; done; [ "$last" != sglang ] || sleep 1; echo "{}"' | tool python3
    probe engine=sglang && ended processes 0 && lacks processes python3
}

case_release_of_ofed() {
    echo '[ "$*" = -s ] && echo "MLNX_OFED_LINUX-24.10-1.1.4.0:"' | tool ofed_info
    probe && has rdma_software ofed=MLNX_OFED_LINUX-24.10-1.1.4.0 && lacks rdma_software 4.0:
}

case_kernel_that_loads_no_modules() {
    wanted_status=0
    [ -e /proc/modules ] || wanted_status=127
    probe && ended modules "$wanted_status"
}

case_without_root() {
    echo 'echo 00:00.0 PCI bridge: x' | tool lspci
    echo 'echo "dmesg: read kernel buffer failed: Operation not permitted" >&2; exit 1' | tool dmesg
    echo 'echo "-- No entries --"' | tool journalctl
    echo 'if [ "$1" = -u ]; then echo 1000; else echo ops; fi' | tool id
    probe && ended access_control 126 && ended kernel_log 126
}

case_devices() { privately devices; }
devices() {
    fake_sys 2 || return 1
    probe || return 1
    place=/sys/class/infiniband/mlx5_1
    has infiniband "$place/device=/sys/devices/pci0000:16/0000:16:01.0/0000:11:00.0" && has infiniband "$place/device/net=ens1f0" &&
        has infiniband "$place/ports/1/gids/3=0000:0000:0000:0000:0000:ffff:0a00:0103" && lacks infiniband gids/4= &&
        has infiniband "$place/ports/1/gid_attrs/types/3=RoCE v2" && has infiniband "$place/ports/1/counters/port_xmit_data=125000" &&
        has pci /sys/bus/pci/devices/0000:11:00.0=/sys/devices/pci0000:16/0000:16:01.0/0000:11:00.0 && has interfaces ens1f0/mtu=9000
}

case_home_that_may_not_be_written() { privately frozen; }
frozen() {
    mount -t tmpfs -o ro frozen "$home" && mount -t tmpfs -o ro frozen /var/tmp && cd "$home" || return 1
    probe "state=~/x y" && is_done && has disks "place=$home/x y"
}

# 3,000 processes, ten HCAs with tables of 256 slots: what the script itself costs.
case_crowded_node() { privately crowded --pid --fork --kill-child --mount-proc; }
crowded() {
    fake_sys 10 || return 1
    busy=0
    while [ "$busy" -lt 3000 ]; do
        sleep 600 &
        busy=$((busy + 1))
    done
    best=99999
    for round in 1 2 3; do
        probe peers=127.0.0.1,127.0.0.2 || return 1
        [ "$spent" -ge "$best" ] || best=$spent
    done
    [ "$(text infiniband | grep -c /gids/)" -eq 40 ] || { note "$(text infiniband | grep -c /gids/) GIDs" && return 1; }
    printf '    # %s: %s ms, %s bytes, %s\n' "$shell" "$best" "$(wc -c <"$dir/out")" "round ${round}"
    sed -n "s/^@@$nonce end \\([a-z_]*\\) [0-9]* \\([0-9]*\\)\$/\\2 \\1/p" "$dir/out" | sort -rn | head -n 4 | tr '\n' ',' | sed 's/^/    # slowest: /;s/,$/\n/'
    below "$best" 3000
}

# ---- running ----

open_case() {
    case_name=$1
    dir=$root/$shell/$case_name
    home=$dir/home
    nonce=N.$shell-$case_name
    wanted=0
    mkdir -p "$dir/bin" "$home"
    : >"$dir/err"
}

run_case() {
    (
        open_case "$1"
        if "case_$1" >"$dir/said"; then verdict=ok; else verdict='not ok'; fi
        # Words on stderr are trouble nobody expected, apart from those about wrong words.
        if grep -v '^probe: ' "$dir/err" | grep -q .; then
            verdict='not ok'
            note "stderr: $(head -c 400 "$dir/err" | tr '\n' '|')"
        fi
        if [ "$verdict" = ok ]; then echo x >>"$root/passed"; else echo x >>"$root/failed"; fi
        [ -f "$dir/skipped" ] || printf '%s %s (%s)\n' "$verdict" "$case_name" "$shell"
        cat "$dir/said"
        [ "$verdict" = ok ] || cat "$dir/notes" 2>/dev/null
    )
}

# Sets node_shell and node_path: `sh` is the shell under test, and for busybox there are only its applets.
use_shell() {
    shell=$1
    mkdir -p "$root/$shell/bin"
    case $shell in
        busybox)
            busybox=$(command -v busybox) || return 1
            for applet in $("$busybox" --list); do ln -s "$busybox" "$root/$shell/bin/$applet" 2>/dev/null; done
            node_path=$root/$shell/bin
            ;;
        *)
            command -v "$shell" >/dev/null || return 1
            ln -sf "$(command -v "$shell")" "$root/$shell/bin/sh"
            node_path=$root/$shell/bin:/usr/local/bin:/usr/bin:/bin
            ;;
    esac
    node_shell=$root/$shell/bin/sh
}

# In a namespace of its own, on behalf of a case outside.
if [ "${1-}" = --inside ]; then
    "$2"
    exit
fi

trap 'rm -rf "$root"' EXIT
trap 'exit 130' INT TERM HUP
shells='' pattern=''
while [ $# -gt 0 ]; do
    case $1 in
        -k) pattern=$2 && shift ;;
        dash | bash | busybox) shells="$shells $1" ;;
        *) echo "usage: run.sh [dash|bash|busybox ...] [-k PATTERN]" >&2 && exit 2 ;;
    esac
    shift
done
for list in passed failed skipped; do : >"$root/$list"; done
for shell in ${shells:-dash bash busybox}; do
    use_shell "$shell" || { echo "SKIPPED $shell: not installed" && echo x >>"$root/skipped" && continue; }
    for name in $(sed -n 's/^case_\([a-z0-9_]*\)() .*$/\1/p' "$0"); do
        case $name in *"$pattern"*) run_case "$name" ;; esac
    done
done
count() { wc -l <"$root/$1" | tr -d ' '; }
echo "$(count passed) passed, $(count failed) failed, $(count skipped) skipped"
[ "$(count failed)" -eq 0 ]
