"""Makes lab hosts look like machines with GPUs and RDMA, and plants faults in them.

Called by `lab`, never by hand:
    furnish.py --lab DIR --index X up HOST=NUMBER=PID...
    furnish.py --lab DIR --index X set HOST=NUMBER=PID [FAULT...]
    furnish.py faults

`up` builds what a healthy machine has; `set` changes the host from the faults it has to those that are named. What a
host has is always the description of a healthy machine with the edits of its faults, so that healing is nothing else
than describing it anew: only the difference is written.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import shutil
import signal
import site
import subprocess
import sys
from pathlib import Path

from faults import FAULTS
from machine import MODEL, RAIL_MTU, STATE, Entry, Link, Machine, Process, Program, Sparse, healthy, rail_address
from render import render

CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS = 1 << 17, 1 << 29, 1 << 30, 1 << 27, 1 << 26
MS_BIND, MS_REMOUNT, MS_REC = 4096, 32, 16384
HOST_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What a host's sysfs shows of the machine that it really runs on.
REAL_PARTS = ("block", "class/net", "dev", "devices/virtual", "firmware", "fs", "hypervisor", "power")
BOUND = ("cmdline", "meminfo", "modules", "sys/kernel/numa_balancing")
PROCESSES = f"{STATE}/processes"
GPU_RECORDS = "/run/muster-standin-gpu"
HIDDEN = ".muster-lab-hidden"

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    arguments = (source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode())
    check(libc.mount(*arguments), f"mount on {target}")


def enter(pid: int) -> None:
    """From here on this process is on the host, and what it starts is a process of the host's."""
    for name, kind in (
        ("ipc", CLONE_NEWIPC), ("uts", CLONE_NEWUTS), ("net", CLONE_NEWNET), ("pid", CLONE_NEWPID), ("mnt", CLONE_NEWNS),
    ):  # fmt: skip
        descriptor = os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY)
        check(libc.setns(descriptor, kind), f"enter the {name} namespace")
        os.close(descriptor)
    os.chdir("/")


# --- files ----------------------------------------------------------------------------------------------------------


def write(path: str, entry: Entry) -> None:
    if entry is None:
        os.makedirs(path, exist_ok=True)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(entry, Link):
        if os.path.islink(path):
            os.unlink(path)
        os.symlink(entry.target, path)
        return
    # In its place and not beside it: some are mounted over files of /proc, which would go on showing the old one.
    if isinstance(entry, Sparse):
        with open(path, "wb") as file:
            file.write(entry.header)
            file.truncate(entry.size)
        return
    text = entry.text if isinstance(entry, Program) else entry
    with open(path, "w") as file:
        file.write(text.rstrip("\n") + "\n" if text else "")
    if isinstance(entry, Program):
        os.chmod(path, 0o755)


def remove(path: str, entry: Entry) -> None:
    if entry is None:
        # Another device may still be below it.
        prune(path)
        return
    if os.path.lexists(path):
        os.unlink(path)
    prune(os.path.dirname(path))


def prune(path: str) -> None:
    """Directories that nothing is in any more, as far as they are the description's own."""
    owned = ("/sys/class/infiniband", "/sys/devices/pci", "/sys/bus/pci", STATE + "/")
    while path.startswith(owned) or path.endswith(".dist-info"):
        try:
            os.rmdir(path)
        except OSError:
            return
        path = os.path.dirname(path)


def hide(path: str) -> None:
    if os.path.lexists(path):
        os.rename(path, path + HIDDEN)


def show(path: str) -> None:
    if os.path.lexists(path + HIDDEN):
        shutil.rmtree(path, ignore_errors=True)
        os.rename(path + HIDDEN, path)


# --- processes and links --------------------------------------------------------------------------------------------


def start(process: Process) -> None:
    """Its own child leaves the records, since only it knows its pid on the host."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    ticks = Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
    os.makedirs(PROCESSES, exist_ok=True)
    Path(f"{PROCESSES}/{os.getpid()}").write_text(f"{ticks} {' '.join(process.words)}")
    if process.gpu is not None:
        os.makedirs(GPU_RECORDS, exist_ok=True)
        record = f"{os.getpid()} {ticks} {process.gpu} {process.mebibytes}\n"
        Path(f"{GPU_RECORDS}/{os.getpid()}").write_text(record)
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in range(3):
        os.dup2(null, descriptor)
    os.closerange(3, 256)
    os.execve(process.program, list(process.words), {"PATH": HOST_PATH})


def end(process: Process) -> None:
    """By its record and its start time. A child does it: pids are those of the host for children only."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    for record in Path(PROCESSES).glob("*"):
        ticks, _, title = record.read_text().partition(" ")
        if title != " ".join(process.words):
            continue
        record.unlink()
        try:
            stat = Path(f"/proc/{record.name}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if stat[19] == ticks:
            os.kill(int(record.name), signal.SIGKILL)
    os._exit(0)


def ip(lines: str) -> None:
    subprocess.run(["ip", "-batch", "-"], input=lines + "\n", text=True, check=True, env={"PATH": HOST_PATH})


# --- a host ---------------------------------------------------------------------------------------------------------


def change(before: Machine | None, after: Machine, gone: Machine | None = None) -> None:
    """Writes what differs; without a `before` everything, and takes away what only `gone` had."""
    old = render(before or gone) if before or gone else {}
    new = render(after)
    for path, entry in old.items():
        if path not in new:
            remove(path, entry)
    for path in (before or gone or after).hidden:
        if path not in after.hidden:
            show(path)
    for path, entry in new.items():
        if before is None or path not in old or old[path] != entry:
            write(path, entry)
    for path in after.hidden:
        if before is None or path not in before.hidden:
            hide(path)
    for place, size, was in (
        ("/dev/shm", after.shared_memory, before and before.shared_memory),
        ("/tmp", after.temporary, before and before.temporary),
    ):
        if size != was:
            mount("none", place, "", MS_REMOUNT, f"mode=1777,size={size}")
    if before:
        for action in reversed([action for action in before.actions if action not in after.actions]):
            ip(action.undo)
        for process in before.processes:
            if process not in after.processes:
                end(process)
    for action in after.actions:
        if before is None or action not in before.actions:
            ip(action.do)
    for process in after.processes:
        if before is None or process not in before.processes:
            start(process)


def mount_trees() -> None:
    """An own /sys with what is real bound into it; places of /proc that can be written to."""
    real = f"{STATE}/sysfs"
    os.makedirs(real)
    mount("/sys", real, flags=MS_BIND | MS_REC)
    mount("tmpfs", "/sys", "tmpfs", 0, "mode=755,size=1g")
    for part in REAL_PARTS:
        if os.path.isdir(f"{real}/{part}"):
            os.makedirs(f"/sys/{part}")
            mount(f"{real}/{part}", f"/sys/{part}", flags=MS_BIND | MS_REC)
    online = "devices/system/cpu/online"
    os.makedirs(os.path.dirname(f"/sys/{online}"))
    shutil.copyfile(f"{real}/{online}", f"/sys/{online}")
    mount("tmpfs", "/proc/driver", "tmpfs", 0, "mode=755,size=1m")


def bind_files() -> None:
    for name in BOUND:
        if os.path.exists(f"/proc/{name}"):
            mount(f"{STATE}/proc/{name}", f"/proc/{name}", flags=MS_BIND)


def describe(number: int, index: int, names: list[str]) -> Machine:
    machine = healthy(number, index, site.getsitepackages()[0])
    for name in names:
        FAULTS[name].plant(machine)
    return machine


def connect_rails(machine: Machine, pid: int) -> None:
    """A cable from each RDMA card to the lab's switch, on the machine's side."""
    lines = []
    for port in machine.ports:
        outer = f"ml{machine.index}n{machine.number}r{port.rail}"
        lines.append(f"link add {outer} mtu {RAIL_MTU} type veth peer name {port.netdev} mtu {RAIL_MTU} netns {pid}")
        lines.append(f"link set {outer} master muster-lab{machine.index} up")
    ip("\n".join(lines))


def plug(before: Machine | None, after: Machine) -> None:
    port = f"ml{after.index}n{after.number}"
    ip(f"link set {port} mtu {after.switch_mtu}")
    if after.switch_rate != (before and before.switch_rate):
        rate = ["replace", "dev", port, "root", "tbf", "rate", str(after.switch_rate), "burst", "64kb", "latency", "400ms"]
        words = rate if after.switch_rate else ["del", "dev", port, "root"]
        subprocess.run(["tc", "qdisc", *words], check=True, env={"PATH": HOST_PATH})


def bring_up(machine: Machine, gone: Machine | None) -> None:
    mount_trees()
    change(None, machine, gone)
    bind_files()
    # All links of a host are on one switch here, and each answers for its own address only.
    for name, kind in (("arp_ignore", "1"), ("arp_announce", "2")):
        Path(f"/proc/sys/net/ipv4/conf/all/{name}").write_text(kind)
    # As they would be on a wire: the bridge lets heaps of packets pass that nobody has cut yet, however long they are.
    lines = ["link set bond0 gso_max_segs 1"]
    for port in machine.ports:
        lines.append(f"link set {port.netdev} up")
        lines.append(f"addr add {rail_address(port.rail, machine.number)}/24 brd + dev {port.netdev}")
    ip("\n".join(lines))


def on_host(pid: int, work) -> int:
    """Runs something on a host, in a child, so that the next host finds this process where it was."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        enter(pid)
        work()
        status = 0
    except BaseException as failure:  # the child has nobody to raise to
        print(f"lab: {failure}", file=sys.stderr)
    finally:
        os._exit(status)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lab", type=Path)
    parser.add_argument("--index", type=int)
    parser.add_argument("verb", choices=["up", "set", "faults"])
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    if options.verb == "faults":
        for name, fault in FAULTS.items():
            print(f"{name:<24} {fault.text}")
        return 0
    wanted = [word for word in options.words if "=" not in word]
    children = {}
    for word in options.words:
        if "=" not in word:
            continue
        name, number, pid = word.split("=")
        record = options.lab / "hosts" / name / "machine"
        had = record.read_text().split() if record.exists() else None
        before = describe(int(number), options.index, had) if had is not None else None
        after = describe(int(number), options.index, wanted)
        plug(before, after)
        if options.verb == "up":
            connect_rails(after, int(pid))
            children[record] = on_host(int(pid), lambda: bring_up(after, before))
        else:
            children[record] = on_host(int(pid), lambda: change(before, after))
    failed = 0
    for record, child in children.items():
        if os.waitpid(child, 0)[1] == 0:
            record.write_text("".join(f"{name}\n" for name in wanted))
        else:
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
