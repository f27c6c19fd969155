"""Boots lab hosts: one set of namespaces, one overlay of the machine's root and one sshd each.

Called by `lab`, never by hand:  hosts.py --lab DIR --index X [--bind DIR]... NAME=NUMBER...

All hosts of one call boot in parallel, from one interpreter, because starting Python is most of the cost. The process
that becomes a host's pid 1 stays this program, asleep; the kernel reaps for it because it ignores SIGCHLD.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import uuid
from pathlib import Path

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2

SSHD_DIRECTORY = "/etc/ssh/muster-lab"
HOST_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BIND_FALLBACK_SHARED = ("usr", "opt", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "srv")

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    check(
        libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()),
        f"mount {kind or 'bind'} on {target}",
    )


class Lab:
    def __init__(self, directory: Path, index: int, binds: list[str]) -> None:
        self.directory = directory
        self.index = index
        self.binds = binds
        self.tools = Path(__file__).resolve().parent
        self.home = pwd.getpwuid(0).pw_dir

    def address(self, number: int) -> str:
        return f"10.77.{self.index}.{number}"

    def hosts_file(self) -> str:
        lines = ["127.0.0.1 localhost"]
        count = int((self.directory / "count").read_text())
        lines += [f"{self.address(i)} node{i}" for i in range(1, count + 1)]
        return "\n".join(lines) + "\n"


# --- the disk of a host ---------------------------------------------------------------------------------------------


def put(base: Path, path: str, text: str, mode: int = 0o644) -> None:
    """Writes a file of the host; directories on the way take mode and owner from the machine's own."""
    make_directories(base, os.path.dirname(path))
    target = Path(f"{base}{path}")
    target.unlink(missing_ok=True)
    target.write_text(text)
    target.chmod(mode)


def make_directories(base: Path, path: str) -> None:
    walked = ""
    for part in path.strip("/").split("/"):
        walked += "/" + part
        target = f"{base}{walked}"
        if os.path.isdir(target):
            continue
        os.mkdir(target)
        if os.path.isdir(walked):
            seen = os.stat(walked)
            os.chown(target, seen.st_uid, seen.st_gid)
            os.chmod(target, stat.S_IMODE(seen.st_mode))


def hide(base: Path, path: str) -> None:
    """An overlay whiteout: what the machine has at this path does not exist on the host."""
    if os.path.lexists(path):
        make_directories(base, os.path.dirname(path))
        os.mknod(f"{base}{path}", stat.S_IFCHR | 0o600, os.makedev(0, 0))


def furnish(lab: Lab, name: str, base: Path, packages: str) -> None:
    """What a host has of its own, written once, before its first boot."""
    keys = lab.directory / "hosts" / name
    put(base, "/etc/hostname", name + "\n")
    put(base, "/etc/hosts", lab.hosts_file())
    put(base, "/etc/motd", "")
    put(base, SSHD_DIRECTORY + "/host_key", (keys / "host_key").read_text(), 0o600)
    put(base, SSHD_DIRECTORY + "/authorized_keys", (lab.directory / "id_ed25519.pub").read_text(), 0o600)
    put(base, SSHD_DIRECTORY + "/more.conf", "")
    put(
        base,
        SSHD_DIRECTORY + "/sshd_config",
        "\n".join(
            [
                f"Include {SSHD_DIRECTORY}/more.conf",
                "Port 22",
                f"HostKey {SSHD_DIRECTORY}/host_key",
                f"AuthorizedKeysFile {SSHD_DIRECTORY}/authorized_keys",
                "PidFile /run/sshd.pid",
                "PermitRootLogin prohibit-password",
                "AuthenticationMethods publickey",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "UsePAM no",
                "UseDNS no",
                "PrintMotd no",
                "PrintLastLog no",
                "Subsystem sftp internal-sftp",
                # The machine's own PATH, with whatever its owner put there, is not the host's.
                f"SetEnv PATH={HOST_PATH}",
                "",
            ]
        ),
    )
    put(base, lab.home + "/.bashrc", "")
    put(base, lab.home + "/.profile", "")
    put(base, "/models/standin/config.json", (lab.tools / "engines/model/config.json").read_text())
    for program in ("vllm", "nvidia-smi", "docker"):
        put(base, f"/usr/local/bin/{program}", (lab.tools / "engines/bin" / program).read_text(), 0o755)
    # Copied as they are, compiled files and times included, so that no host compiles them again.
    make_directories(base, packages)
    for package in os.listdir(lab.directory / "engines"):
        shutil.copytree(lab.directory / "engines" / package, f"{base}{packages}/{package}")


def make_disk(lab: Lab, name: str) -> None:
    disk = lab.directory / "disk" / name
    if disk.exists():
        return
    for part in ("upper", "work", "root"):
        (disk / part).mkdir(parents=True)
    os.chmod(disk / "upper", 0o755)
    os.chmod(disk / "root", 0o755)
    packages = subprocess.run(
        ["/usr/bin/python3", "-ISc", "import site; print(site.getsitepackages()[0])"],
        check=True, capture_output=True, text=True, env={"PATH": HOST_PATH},
    ).stdout.strip()  # fmt: skip
    upper = disk / "upper"
    furnish(lab, name, upper, packages)
    # A host's home is empty, whatever its user keeps on the machine, but for the cache: a real engine lives there.
    for entry in os.listdir(lab.home):
        if entry not in (".cache", ".bashrc", ".profile"):
            hide(upper, f"{lab.home}/{entry}")


def mount_root(lab: Lab, name: str) -> str:
    """Mounts the host's root and returns it: an overlay, or where that is refused, binds around a copied /etc."""
    disk = lab.directory / "disk" / name
    root = str(disk / "root")
    try:
        if os.environ.get("MUSTER_LAB_ROOT") == "bind":
            raise OSError("not asked for")
        mount("overlay", root, "overlay", 0, f"lowerdir=/,upperdir={disk}/upper,workdir={disk}/work")
        return root
    except OSError as refused:
        print(f"overlay over / refused ({refused}); binding instead", flush=True)
    mount(root, root, flags=MS_BIND)
    fresh = not (disk / "bound").exists()
    for part in BIND_FALLBACK_SHARED:
        source, target = f"/{part}", f"{root}/{part}"
        if os.path.islink(source):
            if not os.path.lexists(target):
                os.symlink(os.readlink(source), target)
        elif os.path.isdir(source):
            os.makedirs(target, exist_ok=True)
            mount(source, target, flags=MS_BIND)
            mount(source, target, flags=MS_BIND | MS_REMOUNT | MS_RDONLY)
    for part in ("proc", "sys", "dev", "run", "tmp", "home", "var/log", "var/tmp", "mnt", lab.home.strip("/")):
        os.makedirs(f"{root}/{part}", exist_ok=True)
    if fresh:
        shutil.copytree("/etc", f"{root}/etc", symlinks=True, dirs_exist_ok=True)
        # /usr is shared and read-only here: the engines go where Python looks for a user's own packages.
        minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
        furnish_base = disk / "bound"
        furnish_base.mkdir()
        furnish(lab, name, furnish_base, f"{lab.home}/.local/lib/{minor}/site-packages")
        shutil.copytree(furnish_base, root, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("usr"))
        os.makedirs(f"{root}{lab.home}/.local/bin", exist_ok=True)
    # The two programs are seen at their usual place through a directory of their own.
    target = f"{root}/usr/local/bin"
    if os.path.isdir(target):
        mount(str(disk / "bound/usr/local/bin"), target, flags=MS_BIND)
    return root


def mount_devices(root: str) -> None:
    dev = root + "/dev"
    mount("tmpfs", dev, "tmpfs", MS_NOSUID, "mode=755,size=64k")
    for name, major, minor in (
        ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0),
    ):  # fmt: skip
        os.mknod(f"{dev}/{name}", stat.S_IFCHR | 0o666, os.makedev(major, minor))
        os.chmod(f"{dev}/{name}", 0o666)
    os.symlink("/proc/self/fd", dev + "/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{number}", f"{dev}/{name}")
    os.mkdir(dev + "/pts")
    os.mkdir(dev + "/shm")
    mount("devpts", dev + "/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620,gid=5")
    os.symlink("pts/ptmx", dev + "/ptmx")
    mount("tmpfs", dev + "/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")


# --- pid 1 ----------------------------------------------------------------------------------------------------------


def become_host(lab: Lab, name: str, number: int) -> None:
    """Runs as pid 1 of the new namespaces, up to the moment sshd listens."""
    socket.sethostname(name)
    subprocess.run(
        ["ip", "-batch", "-"],
        check=True,
        text=True,
        input="link set lo up\n"
        f"addr add {lab.address(number)}/24 brd + dev bond0\n"
        "link set bond0 up\n"
        f"route add default via {lab.address(254)}\n",
    )
    mount("none", "/", flags=MS_REC | MS_PRIVATE)
    root = mount_root(lab, name)
    mount("proc", root + "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    # The kernel's boot id is the machine's; a host that lost power has to show a new one.
    boot_id = lab.directory / "disk" / name / "boot_id"
    boot_id.write_text(f"{uuid.uuid4()}\n")
    mount(str(boot_id), root + "/proc/sys/kernel/random/boot_id", flags=MS_BIND)
    mount("sysfs", root + "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount_devices(root)
    mount("tmpfs", root + "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    mount("tmpfs", root + "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")
    for shown in lab.binds:
        if os.path.isdir(shown) and not os.path.isdir(root + shown):
            os.makedirs(root + shown, exist_ok=True)
            mount(shown, root + shown, flags=MS_BIND | MS_REC)
    os.mkdir(root + "/run/sshd", 0o755)
    os.chdir(root)
    subprocess.run(["pivot_root", ".", "."], check=True)
    check(libc.umount2(b".", MNT_DETACH), "leave the machine's root")
    os.chdir("/")
    subprocess.run(
        ["/usr/sbin/sshd", "-f", SSHD_DIRECTORY + "/sshd_config", "-E", "/var/log/muster-lab-sshd.log"],
        check=True,
        env={"PATH": HOST_PATH},
    )


def first_process(lab: Lab, name: str, number: int, go: int, ready: int) -> None:
    try:
        log = os.open(lab.directory / "hosts" / name / "boot.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        null = os.open("/dev/null", os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        if os.read(go, 1) != b"g":
            os._exit(1)
        become_host(lab, name, number)
        os.write(ready, b"r")
        os.closerange(3, 256)
        for descriptor in (1, 2):
            os.dup2(0, descriptor)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            signal.pause()
    except BaseException as failure:  # pid 1 has nobody to raise to
        os.write(2, f"{name}: {failure}\n".encode())
        os._exit(1)


# --- the machine's side ---------------------------------------------------------------------------------------------


def start_ticks(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


def fork_host(lab: Lab, name: str, number: int) -> tuple[int, int, int]:
    """Forks the future pid 1; returns its pid, the pipe that lets it go on, and the pipe that says it is up."""
    go_read, go_write = os.pipe()
    ready_read, ready_write = os.pipe()
    pid_read, pid_write = os.pipe()
    middle = os.fork()
    if middle == 0:
        os.setsid()
        check(libc.unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET), "unshare")
        first = os.fork()
        if first == 0:
            for descriptor in (go_write, ready_read, pid_read, pid_write):
                os.close(descriptor)
            first_process(lab, name, number, go_read, ready_write)
        os.write(pid_write, str(first).encode())
        os._exit(0)
    for descriptor in (go_read, ready_write, pid_write):
        os.close(descriptor)
    answer = os.read(pid_read, 32)
    os.close(pid_read)
    os.waitpid(middle, 0)
    if not answer:
        raise SystemExit(f"{name}: the namespaces were refused")
    return int(answer), go_write, ready_read


def connect_links(lab: Lab, hosts: dict[str, int], pids: dict[str, int]) -> None:
    x = lab.index
    stale = [f"link del ml{x}n{number}" for number in hosts.values() if Path(f"/sys/class/net/ml{x}n{number}").exists()]
    if stale:
        subprocess.run(
            ["ip", "-force", "-batch", "-"], input="\n".join(stale) + "\n", text=True, stderr=subprocess.DEVNULL
        )
    lines = []
    for name, number in hosts.items():
        # A fixed hardware address, so that a host that comes back is not hidden by the machine's neighbour table.
        peer = f"peer name bond0 address 02:4d:4c:{x:02x}:00:{number:02x} netns {pids[name]}"
        lines.append(f"link add ml{x}n{number} type veth {peer}")
        lines.append(f"link set ml{x}n{number} master muster-lab{x} up")
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n", text=True, check=True)


def wait_for_banner(address: str, deadline: float) -> bool:
    while time.monotonic() < deadline:
        try:
            with socket.create_connection((address, 22), timeout=1) as client:
                client.settimeout(2)
                if client.recv(4) == b"SSH-":
                    return True
        except OSError:
            pass
        time.sleep(0.005)
    return False


def boot(lab: Lab, hosts: dict[str, int]) -> int:
    pids: dict[str, int] = {}
    pipes: dict[str, tuple[int, int]] = {}
    for name, number in hosts.items():
        make_disk(lab, name)
        pids[name], go, ready = fork_host(lab, name, number)
        pipes[name] = (go, ready)
        record = lab.directory / "hosts" / name / "pid"
        record.write_text(f"{pids[name]} {start_ticks(pids[name])}\n")
    connect_links(lab, hosts, pids)
    for go, _ in pipes.values():
        os.write(go, b"g")
    failed = 0
    for name, number in hosts.items():
        came_up = os.read(pipes[name][1], 1) == b"r"
        if not came_up or not wait_for_banner(lab.address(number), time.monotonic() + 10):
            log = (lab.directory / "hosts" / name / "boot.log").read_text().strip()
            print(f"lab: {name} did not come up: {log or 'sshd does not answer'}", file=sys.stderr)
            failed += 1
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lab", type=Path, required=True)
    parser.add_argument("--index", type=int, required=True)
    parser.add_argument("--bind", action="append", default=[])
    parser.add_argument("hosts", nargs="+")
    options = parser.parse_args()
    hosts = {name: int(number) for name, number in (entry.split("=") for entry in options.hosts)}
    return boot(Lab(options.lab, options.index, options.bind), hosts)


if __name__ == "__main__":
    raise SystemExit(main())
