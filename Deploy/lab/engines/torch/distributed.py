"""Ranks that meet and reduce: a ring of real connections between the hosts, over which one byte of SHARE travels.

A reduction takes as long as it would at RATE, and longer where the network is slower than that. On hosts with RDMA ports
the ports count what a real one would have sent over them. Failing on demand goes by `muster_standin.failure`, phase
`measure`: a host's own file, since a rank here does not know the number of its node.
"""

from __future__ import annotations

import datetime
import json
import select
import socket
import struct
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from muster_standin import failure, nccl

if TYPE_CHECKING:
    from torch import Tensor

# Of the bus, in bytes a second: cards on PCIe, and slow enough that a busy machine is not slower.
RATE = 2e9
SHARE = 256
HEAD = struct.Struct("!d")
LARGE = 1 << 20

_ring: Ring | None = None


def init_process_group(
    backend: str, *, init_method: str, rank: int, world_size: int, timeout: datetime.timedelta
) -> None:
    global _ring
    meeting = urlsplit(init_method)
    _ring = Ring((meeting.hostname or "", meeting.port or 0), rank, world_size, timeout.total_seconds())
    if backend == "nccl":
        nccl.speak(rank, _ring.local, _ring.per_node, world_size)


def all_reduce(tensor: Tensor) -> None:
    if _ring is None:
        raise ValueError("Default process group has not been initialized, please make sure to call init_process_group.")
    _ring.reduce(tensor)


class Ring:
    def __init__(self, meeting: tuple[str, int], rank: int, world: int, patience: float) -> None:
        self.rank, self.world, self.end = rank, world, time.monotonic() + patience
        self.has_struck = False
        listener = socket.create_server((nccl.address(nccl.interface()), 0))
        own = {"host": socket.gethostname(), "place": listener.getsockname()[:2]}
        members = self.meet(meeting, own)
        hosts = [member["host"] for member in members]
        self.per_node = hosts.count(own["host"])
        self.local = rank - hosts.index(own["host"])
        after = (rank + 1) % world
        self.leaves_node = hosts[after] != own["host"]
        self.next = socket.create_connection(tuple(members[after]["place"]), self.left())
        listener.settimeout(self.left())
        self.previous, _ = listener.accept()
        listener.close()
        for end in (self.next, self.previous):
            end.setblocking(False)

    def left(self) -> float:
        return max(0.1, self.end - time.monotonic())

    def meet(self, meeting: tuple[str, int], own: dict) -> list[dict]:
        """Rank 0 hears where all are and tells it to all."""
        if self.rank:
            with self.reach(meeting) as store:
                store.sendall(json.dumps([self.rank, own]).encode() + b"\n")
                with store.makefile("rb") as answer:
                    return json.loads(answer.readline() or b"[]") or self.refuse("store closed the connection")
        members: dict[int, dict] = {0: own}
        with socket.create_server(meeting) as store:
            store.settimeout(self.left())
            clients = []
            while len(members) < self.world:
                client, _ = store.accept()
                clients.append(client)
                with client.makefile("rb") as words:
                    rank, member = json.loads(words.readline())
                members[rank] = member
            everybody = [members[rank] for rank in range(self.world)]
            for client in clients:
                with client:
                    client.sendall(json.dumps(everybody).encode() + b"\n")
        return everybody

    def reach(self, meeting: tuple[str, int]) -> socket.socket:
        while True:
            try:
                return socket.create_connection(meeting, self.left())
            except ConnectionRefusedError:
                if time.monotonic() > self.end:
                    raise
                time.sleep(0.02)

    def refuse(self, why: str) -> list[dict]:
        raise RuntimeError(f"torch.distributed.DistNetworkError: {why}")

    def reduce(self, tensor: Tensor) -> None:
        if tensor.size >= LARGE and not self.has_struck:
            self.has_struck = True
            for wanted in failure.wanted(-1, "measure"):
                if wanted.rank in (None, self.rank):
                    failure.act(wanted, worker=True)
        if self.world == 1:
            return
        begin = time.monotonic()
        # Of a ring: each rank sends this much to the next one.
        sent = tensor.size * 2 * (self.world - 1) / self.world
        part = max(HEAD.size, int(sent / (self.world - 1) / SHARE))
        passing = tensor.value
        for _ in range(self.world - 1):
            passing = self.pass_on(passing, part)
            tensor.value += passing
        if self.leaves_node:
            nccl.count(self.local, int(sent))
        time.sleep(max(0.0, begin + sent / RATE - time.monotonic()))

    def pass_on(self, value: float, length: int) -> float:
        """Sends to the next while it receives from the one before."""
        out = memoryview(HEAD.pack(value) + bytes(length - HEAD.size))
        got = bytearray()
        while out or len(got) < length:
            readers = [self.previous] if len(got) < length else []
            writers = [self.next] if out else []
            readable, writable, _ = select.select(readers, writers, [], self.left())
            if writable:
                out = out[self.next.send(out) :]
            if readable:
                data = self.previous.recv(length - len(got))
                if not data:
                    raise RuntimeError("NCCL error: remote process exited or there was a network error")
                got += data
            if not readable and not writable:
                raise RuntimeError("NCCL error: unhandled system error (timed out)")
        return HEAD.unpack_from(got)[0]
