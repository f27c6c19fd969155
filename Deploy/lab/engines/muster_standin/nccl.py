"""What NCCL says of itself with NCCL_DEBUG=INFO: its devices, its network, and which way each channel goes.

A machine with RDMA ports that are up talks over them, from GPU memory, and any other over TCP. STANDIN_NCCL=ib or socket
decides it instead.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import threading
from pathlib import Path

VERBS = Path("/sys/class/infiniband")
SIOCGIFADDR = 0x8915


def speak(rank: int, local: int, per_node: int, size: int) -> None:
    """Prints what the communicator of all ranks makes this rank say."""
    if os.environ.get("NCCL_DEBUG", "").upper() not in ("INFO", "TRACE"):
        return
    name = interface()
    place = f"{name}:{address(name)}<0>"
    devices = ports()
    messages = [f"Bootstrap : Using {place}"]
    if devices:
        listed = " ".join(f"[{index}]{device}:1/{layer}" for index, (device, layer) in enumerate(devices))
        messages += [f"NET/IB : Using {listed} [RO]; OOB {place}", "Using network IB"]
    else:
        if not is_refused():
            messages.append("NET/IB : No device found.")
        messages += [f"NET/Socket : Using [0]{place}", "Using network Socket"]
    messages += channels(rank, local, per_node, size, len(devices))
    head = f"{socket.gethostname()}:{os.getpid()}:{threading.get_native_id()} [{local}] NCCL INFO "
    # One write: the lines of all workers end up in one file.
    os.write(1, "".join(f"{head}{message}\n" for message in messages).encode())


def channels(rank: int, local: int, per_node: int, size: int, devices: int) -> list[str]:
    """With devices every GPU talks to its like on the next node, over all that fall to it; over TCP a ring enters a node
    at its first GPU and leaves it at its last."""
    said = []
    if local + 1 < per_node:
        said.append(f"Channel 00/0 : {rank}[{local}] -> {rank + 1}[{local + 1}] via P2P/CUMEM")
    if size == per_node:
        return said
    if devices:
        ways = [f"NET/IB/{device}/GDRDMA" for device in own_devices(local, per_node, devices)]
        ends = [(rank, (rank + per_node) % size, "send"), ((rank - per_node) % size, rank, "receive")]
    else:
        ways = ["NET/Socket/0"]
        ends = [(rank, (rank + 1) % size, "send")] if local + 1 == per_node else []
        ends += [((rank - 1) % size, rank, "receive")] if local == 0 else []
    return said + [
        f"Channel {channel:02}/0 : {source}[{source % per_node}] -> {target}[{target % per_node}] [{verb}] via {way}"
        for channel, way in enumerate(ways)
        for source, target, verb in ends
    ]


def own_devices(local: int, per_node: int, devices: int) -> range:
    """Numbers of those that a GPU uses: several where there are fewer GPUs than devices."""
    return range(local % devices, devices, per_node)


def count(local: int, sent: int) -> None:
    """Has a port count what went out over it, in bytes, as its counter does: in units of four. TCP is counted by whoever
    carries it."""
    devices = ports()
    if not devices:
        return
    counter = VERBS / devices[local % len(devices)][0] / "ports/1/counters/port_xmit_data"
    # Ports that are pretended by STANDIN_NCCL have no counter.
    if counter.exists():
        counter.write_text(f"{int(counter.read_text()) + sent // 4}\n")


def ports() -> list[tuple[str, str]]:
    """Devices that NCCL would use, with their link layers."""
    forced = os.environ.get("STANDIN_NCCL")
    if forced == "socket" or is_refused():
        return []
    found = []
    for device in sorted(VERBS.iterdir()) if VERBS.is_dir() else []:
        port = device / "ports" / "1"
        if is_wanted(device.name) and "ACTIVE" in read(port / "state"):
            found.append((device.name, "RoCE" if read(port / "link_layer").strip() == "Ethernet" else "IB"))
    return found or ([("mlx5_0", "RoCE")] if forced == "ib" else [])


def is_refused() -> bool:
    return os.environ.get("NCCL_IB_DISABLE", "0") != "0" or os.environ.get("NCCL_NET", "").upper() == "SOCKET"


def is_wanted(device: str) -> bool:
    """By NCCL_IB_HCA: `mlx5_1,mlx5_2` are beginnings of names, `=` asks for whole names, and `^` for all others."""
    words = os.environ.get("NCCL_IB_HCA", "")
    names = [word.partition(":")[0] for word in words.lstrip("^=").split(",") if word]
    if not names:
        return True
    is_named = device in names if "=" in words[:2] else any(device.startswith(name) for name in names)
    return is_named != words.startswith("^")


def read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def interface() -> str:
    return os.environ.get("NCCL_SOCKET_IFNAME", "").lstrip("=^").split(",")[0] or "eth0"


def address(interface: str) -> str:
    if own := os.environ.get("STANDIN_ADDRESS"):
        return own
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        try:
            answer = fcntl.ioctl(asker, SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
        except OSError:
            return "0.0.0.0"
    return socket.inet_ntoa(answer[20:24])
